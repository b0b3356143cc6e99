"""Due dates against an independent counter that walks day by day: a hundred thousand cases, drawn by dice."""

import random
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import deadline
from engine.domain.deadline import BEIJING, Pause
from engine.domain.limit import Limit, Unit
from tests import dates

ONE_DAY = timedelta(days=1)
CASES = 100_000
FIRST, LAST = date(2012, 1, 1), date(2026, 12, 31)
WORKED = frozenset(day for day in dates.days(FIRST, LAST) if dates.calendar(2026).is_working(day))

starts = st.datetimes(datetime(2012, 1, 1), datetime(2025, 6, 1), timezones=st.just(BEIJING))  # noqa: DTZ001 - zoned by hypothesis
#: A pause as (hours after the start, hours long, hours announced or nothing).
stretches = st.lists(
    st.tuples(st.integers(-100, 900), st.integers(0, 400), st.none() | st.integers(1, 300)), max_size=5
)


def pauses_of(start: datetime, drawn: list[tuple[int, int, int | None]]) -> list[Pause]:
    found = []
    for after, long, announced in drawn:
        begun = start + timedelta(hours=after)
        cap = None if announced is None else begun + timedelta(hours=announced)
        found.append(Pause(begun, begun + timedelta(hours=long), "鉴定", cap))
    return found


def counted(n: int, start: date, pauses: list[Pause], *, natural: bool) -> date:
    """Walk from the day after the start, cross off what is stopped or free, give way to what stops the last day."""
    stopped = set()
    for pause in pauses:
        capped = pause.cap is not None and pause.end is not None and pause.cap <= pause.end
        end = pause.cap - timedelta(microseconds=1) if capped and pause.cap is not None else pause.end
        day, last = pause.start.astimezone(BEIJING).date(), (end or pause.start).astimezone(BEIJING).date()
        while day < last:
            day += ONE_DAY
            stopped.add(day)
    day = start
    while n:
        day += ONE_DAY
        n -= day not in stopped and (natural or day in WORKED)
    last = day
    while day + ONE_DAY in stopped or (natural and day not in WORKED):
        day += ONE_DAY
        if natural or day in WORKED:
            last = day
    return last


@pytest.mark.slow
def test_a_hundred_thousand_dates_are_the_same_counted_day_by_day() -> None:
    dice = random.Random(20261124)
    calendar = dates.calendar(2026)
    for _ in range(CASES):
        start = datetime(2012, 1, 1, tzinfo=BEIJING) + timedelta(minutes=dice.randrange(13 * 365 * 24 * 60))
        drawn = [
            (dice.randint(-99, 700), dice.randint(0, 300), dice.choice((None, dice.randint(1, 200))))
            for _ in range(dice.randint(0, 3))
        ]
        n, more = dice.randint(1, 30), dice.choice((0, 10, 15))
        unit = dice.choice((Unit.WORKDAY, Unit.DAY))
        pauses = pauses_of(start, drawn)
        extension = Limit(more, unit) if more else None
        due = deadline.due(Limit(n, unit), start, calendar, pauses, extension=extension)
        by_hand = counted(n + more, start.date(), pauses, natural=unit is Unit.DAY)
        assert deadline.last_day(due) == by_hand, (start, n, more, unit, drawn)


@given(starts, st.integers(1, 60), st.none() | st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_adding_and_counting_agree(start: datetime, n: int, more: int | None) -> None:
    """R-CNT-1: between the day of the start and the last day lie as many working days as were allowed."""
    extension = Limit(more, Unit.WORKDAY) if more else None
    due = deadline.due(Limit(n, Unit.WORKDAY), start, dates.calendar(2026), extension=extension)
    assert dates.calendar(2026).count(deadline.day_of(start), deadline.last_day(due)) == n + (more or 0)


@given(starts, st.integers(1, 30), stretches, st.randoms())
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_pauses_does_not_matter(
    start: datetime, n: int, drawn: list[tuple[int, int, int | None]], dice: random.Random
) -> None:
    """R-CNT-5."""
    pauses = pauses_of(start, drawn)
    shuffled = dice.sample(pauses, len(pauses))
    calendar, limit = dates.calendar(2026), Limit(n, Unit.WORKDAY)
    assert deadline.due(limit, start, calendar, pauses) == deadline.due(limit, start, calendar, shuffled)


@given(starts, st.integers(1, 30), stretches)
@settings(max_examples=100, deadline=None)
def test_what_lasts_longer_than_announced_is_as_if_it_had_ended_then(
    start: datetime, n: int, drawn: list[tuple[int, int, int | None]]
) -> None:
    """R-CNT-6: an open pause with an announced end is one that ends there."""
    calendar, limit = dates.calendar(2026), Limit(n, Unit.WORKDAY)
    announced = [pause for pause in pauses_of(start, drawn) if pause.cap is not None]
    open_ = [Pause(pause.start, None, pause.ground, pause.cap) for pause in announced]
    ended = [Pause(pause.start, pause.cap, pause.ground, pause.cap) for pause in announced]
    assert deadline.due(limit, start, calendar, open_) == deadline.due(limit, start, calendar, ended)
