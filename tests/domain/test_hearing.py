"""When a hearing may be held, and by whom (R-LIM-7)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import hearing
from engine.domain.errors import Malformed, NotNow, Refused
from engine.domain.hearing import Standing
from tests.dates import calendar

MONDAY = date(2026, 11, 23)


@given(st.integers(0, 30), st.integers(0, 40))
def test_it_is_noticed_seven_days_before_and_in_time_where_both_can_be(left: int, ahead: int) -> None:
    """行政许可法 第四十七条、第四十八条."""
    last, day = MONDAY + timedelta(days=left), MONDAY + timedelta(days=ahead)
    earliest = calendar(2026).add(MONDAY, hearing.NOTICE_DAYS)
    may = day >= earliest and (day <= last or earliest > last)
    try:
        hearing.must_be_noticed(day, MONDAY, last, calendar(2026))
    except Malformed:
        assert not may
    else:
        assert may


def test_who_examined_the_case_does_not_sit_in_the_chair() -> None:
    hearing.must_be_impartial(1, "甲", {2})
    with pytest.raises(Malformed) as refused:
        hearing.must_be_impartial(1, "甲", {1, 2})
    assert refused.value.field == "chair"


@pytest.mark.parametrize(
    ("standing", "open_", "waits"),
    [
        (Standing.NONE, True, False),
        (Standing.ANNOUNCED, True, True),
        (Standing.ANNOUNCED, False, False),
        (Standing.ASKED, False, True),
    ],
)
def test_what_a_decision_waits_for(standing: Standing, *, open_: bool, waits: bool) -> None:
    try:
        hearing.must_not_wait(standing, may_still_ask=open_)
    except NotNow:
        assert waits
    else:
        assert not waits


@pytest.mark.parametrize(("record", "words"), [(None, "同意"), (3, " ")])
def test_a_hearing_leaves_a_record(record: int | None, words: str) -> None:
    with pytest.raises(Refused):
        hearing.must_be_recorded(record, words)
