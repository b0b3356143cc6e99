"""When a hall is open: by season and kind of day, apart from which days are working days."""

from typing import Any

import pytest

from engine.domain import deadline
from engine.domain.clock import Precision
from engine.domain.errors import Malformed
from engine.domain.hours import STANDARD, Kind, OfficeHours, opening, words
from engine.domain.limit import Limit
from tests.domain.test_calendar import calendar, day
from tests.domain.test_deadline import moment

SEED = OfficeHours.read(
    [{"from": "01-01", "workday": "09:00-20:00", "saturday": "09:00-16:00", "sunday": "09:00-12:00"}]
)
SEASONS = OfficeHours.read(
    [
        {"from": "10-01", "workday": "09:00-12:00 13:30-17:30"},
        {"from": "05-01", "workday": "08:30-12:00，15:00至18:00"},
    ]
)
EXTENDED = calendar().overlaid("extended", {}, SEED)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-11-23", "09:00-20:00"),
        ("2026-11-21", "09:00-16:00"),
        ("2026-11-22", "09:00-12:00"),
        ("2026-10-01", ""),  # a feast
        ("2026-10-10", "09:00-20:00"),  # a Saturday that is worked
    ],
)
def test_each_kind_of_day_has_its_own_hours(on: str, expected: str) -> None:
    assert words(EXTENDED.openings(day(on))) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-04-30", "09:00-12:00 13:30-17:30"),
        ("2026-05-06", "08:30-12:00 15:00-18:00"),
        ("2026-09-30", "08:30-12:00 15:00-18:00"),
        ("2026-10-08", "09:00-12:00 13:30-17:30"),
        ("2026-01-05", "09:00-12:00 13:30-17:30"),  # winter runs over New Year
    ],
)
def test_summer_and_winter_change_on_their_days(on: str, expected: str) -> None:
    assert words(SEASONS.on(day(on), Kind.WORKDAY)) == expected


def test_hours_are_told_as_they_are_read() -> None:
    for hours in (SEED, SEASONS, STANDARD):
        assert OfficeHours.read(hours.told()) == hours


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ([], "hours.empty"),
        ({}, "hours.empty"),
        ([{"from": "01-01"}], "hours.empty"),
        ([{"from": "13-01", "workday": "09:00-12:00"}], "hours.unreadable"),
        ([{"from": "01-01", "workday": "9 to 5"}], "hours.unreadable"),
        ([{"from": "01-01", "workday": "09:00-25:00"}], "hours.unreadable"),
        ([{"from": "01-01", "workday": "12:00-09:00"}], "hours.order"),
        ([{"from": "01-01", "workday": "09:00-12:00 11:00-17:00"}], "hours.order"),
        ([{"from": "01-01", "workday": "09:00-12:00", "night": "x"}], "hours.unreadable"),
        ([{"workday": "09:00-12:00"}, {"from": "01-01", "workday": "09:00-12:00"}], "hours.same-day"),
        (["x"], "hours.unreadable"),
    ],
)
def test_hours_that_make_no_sense_are_refused(told: Any, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        OfficeHours.read(told)
    assert (refused.value.code, refused.value.field) == (code, "hours")


def test_an_open_saturday_counts_no_working_hour_and_no_working_day() -> None:
    """Rulebook §1.1: received on Saturday, the clock starts on Monday."""
    saturday = moment("2026-11-21 10:00")
    assert deadline.due(Limit.parse("2 hour"), saturday, EXTENDED) == moment("2026-11-23 11:00")
    assert deadline.due(Limit.parse("1 workday"), saturday, EXTENDED) == moment("2026-11-24 00:00")


def test_what_is_due_at_closing_is_due_when_that_hall_closes() -> None:
    """R-CNT-2: business_close is the hall's, by season and kind of day."""
    start = moment("2026-11-20 10:00")
    ask = {"precision": Precision.CLOSE}
    assert deadline.due(Limit.parse("1 workday"), start, calendar(), **ask) == moment("2026-11-23 17:00")
    assert deadline.due(Limit.parse("1 workday"), start, EXTENDED, **ask) == moment("2026-11-23 20:00")


def test_on_the_spot_on_an_open_saturday_ends_when_it_closes() -> None:
    onspot = Limit.parse("onspot")
    ask = {"precision": Precision.CLOSE}
    assert deadline.due(onspot, moment("2026-11-21 10:00"), EXTENDED, **ask) == moment("2026-11-21 16:00")
    assert deadline.due(onspot, moment("2026-11-21 17:00"), EXTENDED, **ask) == moment("2026-11-23 20:00")
    assert deadline.due(onspot, moment("2026-11-21 10:00"), calendar(), **ask) == moment("2026-11-23 17:00")


@pytest.mark.parametrize(
    ("now", "open_", "until"),
    [
        ("2026-11-27 08:59", False, "2026-11-27 09:00"),
        ("2026-11-27 09:00", True, "2026-11-27 12:00"),
        ("2026-11-27 12:00", False, "2026-11-27 13:00"),
        ("2026-11-27 17:00", False, "2026-11-30 09:00"),
        ("2026-09-30 18:00", False, "2026-10-08 09:00"),
    ],
)
def test_a_place_is_open_or_says_when_it_will_be(now: str, open_: bool, until: str) -> None:  # noqa: FBT001
    """Over a weekend, and over the week of the National Day."""
    found = opening(calendar().openings, moment(now))
    assert (found.open, found.until) == (open_, moment(until))


def test_who_never_opens_says_so() -> None:
    assert opening(lambda _: (), moment("2026-11-27 09:00")).until is None
