"""Visits (到场次数): days somebody came, against what was promised."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import visit
from engine.domain.pause import BEIJING, day_of

BEGAN = datetime(2026, 1, 1, tzinfo=BEIJING)
moments = st.integers(0, 8000).map(lambda hours: BEGAN + timedelta(hours=hours))


@given(st.lists(moments))
def test_as_many_visits_as_days_on_which_he_came(came: list[datetime]) -> None:
    last: datetime | None = None
    visits = 0
    for at in sorted(came):
        if visit.is_another(last, at):
            visits, last = visits + 1, at
    assert visits == len({day_of(at) for at in came})


@pytest.mark.parametrize(
    ("promised", "channel", "allowed"),
    [(0, "online", 0), (0, "window", 1), (1, "window", 1), (2, "online", 2)],
)
def test_who_need_not_come_and_does_is_owed_one(promised: int, channel: str, allowed: int) -> None:
    assert visit.allowed({"onsite_visits": {"value": promised, "unit": "visit"}}, channel) == allowed
