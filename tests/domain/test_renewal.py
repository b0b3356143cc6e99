"""Asking for a renewal in time (延续, R-LIM-8): the day thirty days before the end is the last."""

from contextlib import nullcontext
from datetime import date

import pytest

from engine.domain import renewal
from engine.domain.errors import Refused
from engine.domain.limit import Limit, Unit
from engine.domain.renewal import Span
from tests.domain.test_calendar import calendar

ENDS, FAR = date(2026, 12, 31), date(2101, 1, 1)
LAW = Span(None, renewal.BEFORE)
FOOD = Span(Limit(90, Unit.WORKDAY), Limit(15, Unit.WORKDAY))


def test_the_thirtieth_day_before_the_end_is_in_time() -> None:
    """31 December less thirty days is 1 December."""
    assert renewal.must_be_in_time(date(2026, 12, 1), ENDS, LAW, calendar()) == ENDS


@pytest.mark.parametrize(
    ("received", "until", "code"),
    [
        (date(2026, 12, 2), ENDS, "renewal.late"),
        (date(2027, 1, 1), ENDS, "renewal.expired"),
        (date(2026, 1, 1), None, "renewal.until-missing"),
    ],
)
def test_later_is_refused_with_the_way_out(received: date, until: date | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        renewal.must_be_in_time(received, until, LAW, calendar())
    assert refused.value.code == code


def test_a_matter_says_whether_it_renews_and_how_early() -> None:
    assert renewal.span({}) is None
    assert renewal.span({"renewal": {}}) == LAW
    food = {"opens": {"value": 90, "unit": "workday"}, "before": {"value": 15, "unit": "workday"}}
    assert renewal.span({"renewal": food}) == FOOD


@pytest.mark.parametrize(
    ("received", "code"),
    [("2026-08-20", "renewal.early"), ("2026-08-21", ""), ("2026-12-10", ""), ("2026-12-11", "renewal.late")],
)
def test_working_days_before_the_end_are_counted_back(received: str, code: str) -> None:
    """From ninety to fifteen working days before the last of December."""
    with pytest.raises(Refused) if code else nullcontext() as refused:
        renewal.must_be_in_time(date.fromisoformat(received), ENDS, FOOD, calendar())
    assert (refused.value.code if refused else "") == code


def test_what_ends_beyond_every_calendar_is_in_time_or_too_early() -> None:
    assert renewal.must_be_in_time(date(2026, 12, 1), FAR, LAW, calendar()) == FAR
    with pytest.raises(Refused, match="现在还早"):
        renewal.must_be_in_time(date(2026, 12, 1), FAR, FOOD, calendar())
