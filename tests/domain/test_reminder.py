"""When a licence that ends is reminded of, and what came of it (跟、管、帮)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import reminder
from engine.domain.limit import Limit, Unit
from engine.domain.reminder import Kind, Standing, Way
from tests.domain.test_calendar import calendar

FOOD = {
    "key": "renewal",
    "renewal": {
        "of": ["food"],
        "opens": {"value": 90, "unit": "workday"},
        "before": {"value": 15, "unit": "workday"},
    },
}


def test_the_matter_that_renews_says_when_and_one_without_is_applied_for_anew() -> None:
    """R-LIM-8, and the typical figures where nothing is said."""
    ways = reminder.ways([FOOD, {"key": "food"}, {"key": "advert"}])
    assert ways["food"] == Way(
        "renewal",
        renews=True,
        opens=Limit(90, Unit.WORKDAY),
        before=Limit(15, Unit.WORKDAY),
        near=Limit(15, Unit.DAY),
    )
    assert ways["advert"] == Way(
        "advert", renews=False, opens=Limit(90, Unit.DAY), before=None, near=Limit(15, Unit.DAY)
    )


@given(
    until=st.dates(date(2026, 6, 1), date(2026, 12, 31)),
    opens=st.integers(1, 120),
    before=st.none() | st.integers(1, 60),
    near=st.integers(1, 30),
    unit=st.sampled_from([Unit.DAY, Unit.WORKDAY]),
)
def test_first_it_opens_then_it_is_near_then_it_is_too_late(
    until: date, opens: int, before: int | None, near: int, unit: Unit
) -> None:
    """Each reminder has its days, in this order, and none lies after the end."""
    early = Limit(before, unit) if before else None
    way = Way("m", renews=True, opens=Limit(opens, unit), before=early, near=Limit(near, unit))
    window = reminder.window(until, way, calendar())
    assert window.opens <= window.near <= window.last <= until
    days = [window.opens + timedelta(days=n) for n in range((until - window.opens).days + 1)]
    kinds = [window.kind(day) for day in days]
    assert kinds == sorted(kinds, key=[Kind.OPEN, Kind.LAST, None].index)
    assert window.kind(window.opens - timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("facts", "stands"),
    [
        ({}, Standing.WAITING),
        ({"said": "unreached"}, Standing.UNREACHED),
        ({"said": "told"}, Standing.TOLD),
        ({"said": "unwanted"}, Standing.DECLINED),
        ({"declined": True, "said": "told"}, Standing.DECLINED),
        ({"today": date(2026, 5, 2)}, Standing.LAPSED),
        ({"applied": True, "declined": True}, Standing.APPLIED),
        ({"applied": True, "granted": True}, Standing.RENEWED),
        ({"licence": "revoked", "applied": True}, Standing.ENDED),
    ],
)
def test_what_came_of_it(facts: dict[str, object], stands: Standing) -> None:
    plain = {"licence": "valid", "applied": False, "granted": False, "said": "", "declined": False}
    days = {"last": date(2026, 5, 1), "today": date(2026, 5, 1)}
    assert reminder.standing(**{**plain, **days, **facts}) is stands  # type: ignore[arg-type]
