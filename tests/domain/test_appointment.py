"""Appointments (预约): slots lie whole within the hours of a window; hours of a window are no working days."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import appointment
from engine.domain.appointment import Counter
from engine.domain.errors import Malformed, NotNow
from engine.domain.hours import Hours, OfficeHours
from engine.domain.pause import BEIJING, at_time

DAY = date(2026, 11, 28)
TOLD = {
    "hours": [{"from": "01-01", "workday": "09:00-20:00"}],
    "minutes": 30,
    "capacity": 4,
    "reserve": 1,
    "ahead": 14,
}
times = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
openings = st.lists(times, min_size=2, max_size=8, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)


@given(openings, st.integers(1, 240))
def test_every_slot_lies_whole_within_an_opening_and_none_overlap(hours: Hours, minutes: int) -> None:
    length, found = timedelta(minutes=minutes), appointment.slots(hours, DAY, minutes)
    for at in found:
        begin = at.astimezone(BEIJING)
        assert any(
            at_time(DAY, opens) <= begin and begin + length <= at_time(DAY, closes) for opens, closes in hours
        )
    assert all(after - before >= length for before, after in pairwise(found))


@given(openings, st.integers(1, 240))
def test_no_opening_is_left_with_room_for_one_more(hours: Hours, minutes: int) -> None:
    for opens, closes in hours:
        room = at_time(DAY, closes) - at_time(DAY, opens)
        within = [
            at for at in appointment.slots(hours, DAY, minutes)
            if at_time(DAY, opens) <= at < at_time(DAY, closes)
        ]  # fmt: skip
        assert len(within) == room // timedelta(minutes=minutes)


def test_who_goes_first_has_places_of_his_own() -> None:
    counter = appointment.counter(TOLD)
    assert (counter.places(first=False), counter.places(first=True)) == (4, 5)


@pytest.mark.parametrize("name", ["minutes", "capacity", "ahead"])
def test_figures_that_make_no_sense_are_refused(name: str) -> None:
    for value in (0, -1, "4", True, None):
        with pytest.raises(Malformed) as refused:
            appointment.counter({**TOLD, name: value})
        assert refused.value.field == name


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-11-23 09:00", "appointment.past"),
        ("2026-12-08 09:00", "appointment.far"),
        ("2026-11-24 09:10", "appointment.closed"),
        ("2026-11-24 20:00", "appointment.closed"),
    ],
)
def test_what_is_not_offered_is_not_booked(at: str, code: str) -> None:
    now = datetime(2026, 11, 23, 9, tzinfo=BEIJING)
    counter = Counter(OfficeHours.read(TOLD["hours"]), 30, 4, 1, 14)
    asked = datetime.fromisoformat(at).replace(tzinfo=BEIJING)
    with pytest.raises((Malformed, NotNow)) as refused:
        appointment.must_be_offered(asked, now, counter, ((time(9), time(20)),))
    assert refused.value.code == code
