"""Asking for a renewal in time (延续, R-LIM-8): the day thirty days before the end is the last."""

from datetime import date

import pytest

from engine.domain import renewal
from engine.domain.errors import Refused
from engine.domain.limit import Limit, Unit

ENDS = date(2026, 12, 31)


def test_the_thirtieth_day_before_the_end_is_in_time() -> None:
    """31 December less thirty days is 1 December."""
    assert renewal.must_be_in_time(date(2026, 12, 1), ENDS, renewal.BEFORE) == ENDS


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
        renewal.must_be_in_time(received, until, renewal.BEFORE)
    assert refused.value.code == code


def test_a_matter_says_whether_it_renews_and_how_early() -> None:
    assert renewal.before({}) is None
    assert renewal.before({"renewal": {}}) == Limit(30, Unit.DAY)
    assert renewal.before({"renewal": {"before": {"value": 60, "unit": "day"}}}) == Limit(60, Unit.DAY)
