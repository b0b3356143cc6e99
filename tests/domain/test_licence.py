"""E-licences: valid to the end of their corresponding day, ended on the law's grounds, never alive again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import licence
from engine.domain.errors import Incomplete, Malformed, NotNow
from engine.domain.licence import GROUNDS, Ground, Licence, State
from engine.domain.limit import Limit
from tests.dates import calendar

CALENDAR = calendar(2026)
STORED = (State.VALID, State.REVOKED, State.CANCELLED)


@pytest.mark.parametrize(
    ("since", "valid", "until"),
    [
        ("2026-11-23", "5 year", "2031-11-23"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2026-01-31", "1 month", "2026-02-28"),
        ("2026-08-01", "2 month", "2026-10-01"),  # a holiday: a licence gives way to none
    ],
)
def test_it_ends_on_the_corresponding_day(since: str, valid: str, until: str) -> None:
    """R-CNT-4 (民法典 202)."""
    found = licence.ends(Limit.parse(valid), date.fromisoformat(since), CALENDAR)
    assert found.isoformat() == until


@given(st.sampled_from(STORED), st.none() | st.dates(), st.dates())
def test_it_is_valid_to_the_end_of_its_last_day_and_never_again(
    stored: State, until: date | None, today: date
) -> None:
    """Expiry is told at read time: there is no moment at which it is wrong."""
    found = licence.standing(stored, until, today)
    assert (found is State.VALID) == (stored is State.VALID and (until is None or today <= until))
    assert stored is State.VALID or found is stored


@given(st.sampled_from(State), st.sampled_from((State.REVOKED, State.CANCELLED)), st.sampled_from(Ground))
def test_it_ends_only_as_the_law_says(state: State, end: State, ground: Ground) -> None:
    """R-DEC-2: art. 69 revokes, art. 70 cancels; a cancelled one is over."""
    try:
        found = licence.must_follow(state, end, ground, "查明的事实")
    except NotNow:
        assert end not in licence.NEXT[state]
    except Malformed:
        assert ground not in GROUNDS[end]
    else:
        assert (found, end in licence.NEXT[state], ground in GROUNDS[end]) == (ground, True, True)


def test_it_does_not_end_without_facts() -> None:
    with pytest.raises(Incomplete):
        licence.must_follow(State.VALID, State.REVOKED, "fraud", " ")


def _held(**more: object) -> Licence:
    told = {"id": 1, "number": "Z1", "kind": "food-licence", "name": "食品经营许可证", "matter_key": "food",
            "valid_from": date(2020, 1, 1), "valid_until": date(2031, 1, 1), "stored": State.VALID}  # fmt: skip
    return Licence(**(told | more))  # type: ignore[arg-type]  # a test's own words


@given(st.lists(st.builds(_held, id=st.integers(1, 9), stored=st.sampled_from(STORED),
                          valid_until=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)))))  # fmt: skip
def test_only_a_valid_one_is_shown_and_the_longest(held: list[Licence]) -> None:
    today = date(2026, 11, 23)
    best = licence.best(held, today)
    valid = [each for each in held if not each.obstacle(today)]
    assert (best is None) == (not valid)
    if best is not None:
        assert best in valid
        assert all((best.valid_until or date.max) >= (each.valid_until or date.max) for each in valid)
