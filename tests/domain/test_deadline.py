"""Deadlines: when something is due, what stops the clock, and which light it shows."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import deadline
from engine.domain.calendar import Calendar
from engine.domain.deadline import BEIJING, Light, Pause
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit

NOTICES = Path(__file__).parents[2] / "bpmn" / "calendars"
ONE_DAY = timedelta(days=1)
EIGHT = Limit(8, Unit.WORKDAY)


@cache
def calendar() -> Calendar:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(NOTICES.glob("[0-9]*.json"))]
    return Calendar.from_holiday_cn((n for n in found if n["year"] <= 2026), version="2026")


def moment(text: str) -> datetime:
    """A Beijing moment such as "2026-11-16 10:30", as the store would keep it."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def pause(start: str, end: str | None, ground: str = "补正") -> Pause:
    return Pause(moment(start), moment(end) if end else None, ground)


def due_day(limit: str, start: str, pauses: Sequence[Pause] = (), until: str | None = None) -> str:
    due = deadline.due(
        Limit.parse(limit), moment(start), calendar(), pauses, moment(until) if until else None
    )
    return str(deadline.last_day(due))


# Limits


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("3 workday", Limit(3, Unit.WORKDAY)),
        ("5个工作日", Limit(5, Unit.WORKDAY)),
        ("7 天", Limit(7, Unit.DAY)),
        ("onspot", Limit(0, Unit.ONSPOT)),
        ("1 onspot", Limit(0, Unit.ONSPOT)),
        (" 4  hour ", Limit(4, Unit.HOUR)),
    ],
)
def test_a_limit_is_read_as_a_designer_writes_it(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit


@given(st.builds(Limit, st.integers(1, 9999), st.sampled_from([u for u in Unit if u is not Unit.ONSPOT])))
def test_a_limit_survives_being_written_down(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == Limit.parse(limit.words()) == limit


def test_on_the_spot_survives_being_written_down() -> None:
    spot = Limit.parse("当场")
    assert Limit.parse(str(spot)) == Limit.parse(spot.words()) == spot


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "workday",
        "0 workday",
        "-3 workday",
        "3 weeks",
        "3.5 day",
        "99999 day",
        "²3 day",
        "2 onspot",
        "٣ day",
    ],
)
def test_an_unreadable_limit_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        Limit.parse(text)
    assert refused.value.code == "limit.unreadable"


# Due dates


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("5 workday", "2026-09-24 09:00", "2026-10-09"),
        ("8 workday", "2026-11-16 23:59", "2026-11-26"),
        ("8 workday", "2026-11-17 00:00", "2026-11-27"),
        ("30 day", "2026-09-04 10:00", "2026-10-08"),  # the 30th day lies in 国庆: it gives way
        ("7 day", "2026-10-03 10:00", "2026-10-10"),  # a Saturday that is worked stands
        ("1 month", "2026-01-31 10:00", "2026-02-28"),  # no 31st; and the 28th, a Saturday, is worked
        ("3 month", "2026-08-31 10:00", "2026-11-30"),
        ("1 year", "2024-02-29 10:00", "2025-02-28"),
        ("onspot", "2026-11-21 10:00", "2026-11-21"),
    ],
)
def test_each_unit_ends_where_the_law_says(limit: str, start: str, due: str) -> None:
    assert due_day(limit, start) == due


def test_a_due_day_ends_at_midnight_in_beijing() -> None:
    assert deadline.due(EIGHT, moment("2026-11-16 10:00"), calendar()) == moment("2026-11-27 00:00")


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("4 hour", "2026-11-20 16:00", "2026-11-23 12:00"),  # one hour on Friday, three on Monday
        ("1 hour", "2026-11-20 11:30", "2026-11-20 13:30"),  # over lunch
        ("7 hour", "2026-09-30 18:00", "2026-10-08 17:00"),  # over 国庆
        ("1 hour", "2026-10-10 08:00", "2026-10-10 10:00"),  # a Saturday that is worked
        ("90 minute", "2026-11-21 23:00", "2026-11-22 00:30"),
    ],
)
def test_hours_are_the_hours_of_the_hall_and_minutes_are_minutes(limit: str, start: str, due: str) -> None:
    assert deadline.due(Limit.parse(limit), moment(start), calendar()) == moment(due)


@pytest.mark.parametrize("limit", ["2000 workday", "9999 day", "9999 year", "999 month", "9999 hour"])
def test_a_limit_beyond_the_calendar_is_refused(limit: str) -> None:
    with pytest.raises(Malformed) as refused:
        due_day(limit, "2099-11-23 10:00")
    assert refused.value.code == "calendar.out-of-range"


def test_a_moment_without_a_zone_is_a_fault() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline.day_of(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the fault


# Pauses


def test_a_correction_moves_the_due_date_by_its_working_days() -> None:
    assert due_day("8 workday", "2026-11-16 10:00") == "2026-11-26"
    stopped = [pause("2026-11-17 10:00", "2026-11-19 10:00")]
    assert due_day("8 workday", "2026-11-16 10:00", stopped) == "2026-11-30"


def test_a_pause_within_one_day_moves_nothing() -> None:
    assert (
        due_day("8 workday", "2026-11-16 10:00", [pause("2026-11-17 09:00", "2026-11-17 17:00")])
        == "2026-11-26"
    )


def test_a_pause_over_a_weekend_moves_only_by_its_monday() -> None:
    assert (
        due_day("8 workday", "2026-11-16 10:00", [pause("2026-11-20 09:00", "2026-11-23 17:00")])
        == "2026-11-27"
    )


def test_an_open_pause_runs_until_now() -> None:
    open_ = [pause("2026-11-17 10:00", None)]
    assert due_day("8 workday", "2026-11-16 10:00", open_, until="2026-11-19 08:00") == "2026-11-30"
    assert due_day("8 workday", "2026-11-16 10:00", open_) == "2026-11-26"


def test_a_pause_on_the_due_day_still_counts_and_one_after_it_does_not() -> None:
    assert (
        due_day("1 workday", "2026-11-16 10:00", [pause("2026-11-17 16:00", "2026-11-20 09:00")])
        == "2026-11-20"
    )
    assert (
        due_day("1 workday", "2026-11-16 10:00", [pause("2026-11-18 00:00", "2026-11-20 09:00")])
        == "2026-11-17"
    )


def test_a_pause_before_the_clock_began_moves_nothing() -> None:
    assert (
        due_day("8 workday", "2026-11-16 10:00", [pause("2026-11-02 10:00", "2026-11-13 10:00")])
        == "2026-11-26"
    )


def test_an_on_the_spot_case_is_due_on_the_day_it_resumes() -> None:
    assert (
        due_day("onspot", "2026-11-16 10:00", [pause("2026-11-16 11:00", "2026-11-18 09:00")]) == "2026-11-18"
    )


def test_a_rolled_last_day_is_stopped_too() -> None:
    # Seven days end on Sunday, the law says Monday, and on that Monday the clock is stopped until Wednesday.
    assert due_day("7 day", "2026-11-15 10:00") == "2026-11-23"
    assert (
        due_day("7 day", "2026-11-15 10:00", [pause("2026-11-23 10:00", "2026-11-25 10:00")]) == "2026-11-25"
    )


def test_overlapping_pauses_stop_hours_once() -> None:
    stops = [pause("2026-11-16 10:00", "2026-11-16 11:00"), pause("2026-11-16 10:30", "2026-11-16 14:00")]
    four = deadline.due(Limit(4, Unit.HOUR), moment("2026-11-16 09:00"), calendar(), stops)
    assert four == moment("2026-11-16 17:00")
    minutes = deadline.due(Limit(90, Unit.MINUTE), moment("2026-11-16 09:00"), calendar(), stops)
    assert minutes == moment("2026-11-16 14:30")


starts = st.datetimes(datetime(2012, 1, 1), datetime(2026, 3, 1), timezones=st.just(BEIJING))  # noqa: DTZ001 - zoned by hypothesis
#: A pause as (hours after the start, hours long).
stretches = st.lists(st.tuples(st.integers(-100, 900), st.integers(-5, 400)), max_size=6)


def pauses_from(start: datetime, stretches: Sequence[tuple[int, int]]) -> list[Pause]:
    firsts = [(start + timedelta(hours=after), timedelta(hours=long)) for after, long in stretches]
    return [Pause(first, first + long, "鉴定") for first, long in firsts]


def stopped_days(start: datetime, pauses: Sequence[Pause]) -> set[date]:
    """The days in the union of the half-open (start, end], one by one."""
    stopped = set()
    for each in pauses:
        assert each.end is not None
        day = deadline.day_of(each.start)
        while day < deadline.day_of(each.end):
            day += ONE_DAY
            if day > deadline.day_of(start):
                stopped.add(day)
    return stopped


def counted_by_hand(n: int, start: datetime, stopped: set[date], *, natural: bool) -> date:
    """Walk day by day, cross off what does not count, and stop at the n-th; then give way to stops and rest."""
    day = deadline.day_of(start)
    while n:
        day += ONE_DAY
        n -= day not in stopped and (natural or calendar().is_working(day))
    last = day
    while day + ONE_DAY in stopped or (natural and not calendar().is_working(day)):
        day += ONE_DAY
        if natural or calendar().is_working(day):
            last = day
    return last


@pytest.mark.parametrize("unit", [Unit.WORKDAY, Unit.DAY])
def test_due_equals_a_count_by_hand(unit: Unit) -> None:
    dice = random.Random(20261123)
    for _ in range(1500):
        start = datetime(2012, 1, 1, tzinfo=BEIJING) + timedelta(minutes=dice.randrange(14 * 365 * 24 * 60))
        pauses = pauses_from(
            start, [(dice.randint(-99, 700), dice.randint(0, 300)) for _ in range(dice.randint(0, 5))]
        )
        n = dice.randint(1, 30)
        by_hand = counted_by_hand(n, start, stopped_days(start, pauses), natural=unit is Unit.DAY)
        assert deadline.last_day(deadline.due(Limit(n, unit), start, calendar(), pauses)) == by_hand


@given(starts, st.integers(1, 30), stretches)
@settings(max_examples=200, deadline=None)
def test_due_moves_by_exactly_the_working_days_in_the_union(
    start: datetime, n: int, stretches: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, stretches)
    due = deadline.due(Limit(n, Unit.WORKDAY), start, calendar(), pauses)
    before_due = [each for each in pauses if each.start < due]
    moved = calendar().add(deadline.day_of(start), n), deadline.last_day(due)
    assert calendar().count(*moved) == sum(map(calendar().is_working, stopped_days(start, before_due)))


@given(starts, st.sampled_from(Unit), stretches, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_the_order_of_the_pauses_does_not_matter(
    start: datetime, unit: Unit, stretches: list[tuple[int, int]], dice: random.Random
) -> None:
    limit = Limit(1, unit)
    pauses = pauses_from(start, stretches)
    shuffled = dice.sample(pauses, len(pauses))
    assert deadline.due(limit, start, calendar(), pauses) == deadline.due(limit, start, calendar(), shuffled)


@given(starts, st.integers(1, 40), st.sampled_from([Unit.HOUR, Unit.MINUTE]), stretches)
@settings(max_examples=100, deadline=None)
def test_a_pause_split_in_two_stops_as_long(
    start: datetime, n: int, unit: Unit, stretches: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, stretches)
    halves = [
        half
        for each in pauses
        if each.end is not None
        for middle in [each.start + (each.end - each.start) / 2]
        for half in (Pause(each.start, middle, "鉴定"), Pause(middle, each.end, "鉴定"))
    ]
    limit = Limit(n, unit)
    assert deadline.due(limit, start, calendar(), pauses) == deadline.due(limit, start, calendar(), halves)


# Lights


@pytest.mark.parametrize(
    ("at", "left", "light"),
    [
        ("2026-11-16 10:00", 8, Light.GREEN),
        ("2026-11-23 10:00", 3, Light.GREEN),
        ("2026-11-24 00:00", 2, Light.YELLOW),  # a fifth of eight days, rounded up, is two
        ("2026-11-26 23:59", 0, Light.YELLOW),
        ("2026-11-27 00:00", -1, Light.RED),
        ("2026-11-28 10:00", -1, Light.RED),  # a Saturday adds no working day
        ("2026-11-30 10:00", -2, Light.RED),
    ],
)
def test_the_lamp_of_eight_working_days(at: str, left: int, light: Light) -> None:
    due = deadline.due(EIGHT, moment("2026-11-16 10:00"), calendar())
    assert deadline.remaining(due, moment(at), calendar()) == left
    assert deadline.light(due, moment(at), calendar(), EIGHT) is light


def test_over_a_weekend_one_working_day_is_left() -> None:
    assert deadline.remaining(moment("2026-11-24 00:00"), moment("2026-11-20 10:00"), calendar()) == 1


def test_due_on_friday_a_saturday_is_already_late() -> None:
    friday = deadline.end_of(date(2026, 11, 20))
    assert deadline.remaining(friday, moment("2026-11-21 10:00"), calendar()) == -1


def test_a_running_pause_wins_over_every_colour() -> None:
    due = moment("2026-11-20 00:00")
    assert deadline.light(due, moment("2026-11-23 10:00"), calendar(), EIGHT, paused=True) is Light.PAUSED


@pytest.mark.parametrize(
    ("limit", "due", "at", "light"),
    [
        ("4 hour", "2026-11-23 12:00", "2026-11-20 16:30", Light.GREEN),
        ("4 hour", "2026-11-23 12:00", "2026-11-23 09:00", Light.YELLOW),
        ("4 hour", "2026-11-23 12:00", "2026-11-23 12:00", Light.RED),
        ("onspot", "2026-11-24 00:00", "2026-11-23 09:00", Light.YELLOW),
        ("30 day", "2026-12-01 00:00", "2026-11-23 09:00", Light.GREEN),
        ("30 day", "2026-12-01 00:00", "2026-11-24 09:00", Light.YELLOW),
        ("3 day", "2026-11-24 00:00", "2026-11-20 09:00", Light.YELLOW),  # the weekend leaves one working day
        ("1 year", "2026-12-01 00:00", "2026-09-01 09:00", Light.GREEN),
    ],
)
def test_every_unit_turns_yellow_when_it_is_time_to_hurry(
    limit: str, due: str, at: str, light: Light
) -> None:
    assert deadline.light(moment(due), moment(at), calendar(), Limit.parse(limit)) is light
