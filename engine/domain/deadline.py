"""How long something may take (时限): when it is due, what stops its clock, and which light (灯) it shows.

Moments are aware; days are Beijing days. How a due date came about is told in explain.py.
"""

import math
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from engine.domain.calendar import ONE_DAY, Calendar
from engine.domain.limit import Limit, Unit

BEIJING = ZoneInfo("Asia/Shanghai")

T = TypeVar("T", date, datetime)


class Clock(StrEnum):
    """The clocks of a case: each has its own start, allowance and article of law (rulebook 0-1)."""

    NOTICE = "notice"
    PREREVIEW = "prereview"
    PROMISED = "promised"
    LEGAL = "legal"
    STAGE = "stage"
    CORRECTION = "correction"
    TOLERANCE = "tolerance"
    DELIVERY = "delivery"
    TIMER = "timer"


class Light(StrEnum):
    """What the clock shows at a glance (红黄牌 are cards given for it; this is the lamp)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands still (中止), and why; an open one has no end yet."""

    start: datetime
    end: datetime | None
    ground: str


@dataclass(frozen=True, slots=True)
class Stop(Generic[T]):
    """Pauses joined where they touch. By days it is half open: the days in (start, end] are not counted."""

    start: T
    end: T
    grounds: tuple[str, ...]


def day_of(moment: datetime) -> date:
    """Return the Beijing day of a moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(BEIJING).date()


def end_of(day: date) -> datetime:
    """Return the moment a day is over: the next midnight in Beijing (R-CNT-2)."""
    return _at(day + ONE_DAY, time.min)


def last_day(due: datetime) -> date:
    """Return the day on which something due at that moment may last be done."""
    return day_of(due - timedelta(microseconds=1))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, BEIJING).astimezone(UTC)


def due(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    until: datetime | None = None,
) -> datetime:
    """Return the moment from which the limit is overdue.

    Whatever the order of the pauses, it moves by exactly what lies in their union (R-CNT-5). A pause that
    begins after the limit has passed moves nothing. An open pause runs *until*; without that it has not yet
    stopped anything. Raises Malformed if the calendar does not reach that far.
    """
    if limit.unit in BY_MOMENT:
        return BY_MOMENT[limit.unit](limit, start, calendar, stopped_moments(start, pauses, until))
    return end_of(reckon(limit, day_of(start), calendar, stopped_days(start, pauses, until))[1])


def stopped_days(start: datetime, pauses: Iterable[Pause], until: datetime | None) -> tuple[Stop[date], ...]:
    """Return the stretches of days that do not count for a clock begun at *start*, in order.

    The day of the pause counts and that of the resumption does not, so a pause within one day stops nothing.
    """
    begun = day_of(start)
    return _joined(
        Stop(max(begun, day_of(first)), day_of(end), (ground,))
        for first, end, ground in _closed(pauses, until)
    )


def stopped_moments(
    start: datetime, pauses: Iterable[Pause], until: datetime | None
) -> tuple[Stop[datetime], ...]:
    """Return the stretches of time that do not count, for limits kept to the minute."""
    return _joined(Stop(max(start, first), end, (ground,)) for first, end, ground in _closed(pauses, until))


def _closed(pauses: Iterable[Pause], until: datetime | None) -> Iterator[tuple[datetime, datetime, str]]:
    for pause in pauses:
        end = pause.end or until
        if end is not None:
            yield pause.start, end, pause.ground


def _joined(stops: Iterable[Stop[T]]) -> tuple[Stop[T], ...]:
    joined: list[Stop[T]] = []
    for stop in sorted(stops, key=lambda stop: (stop.start, stop.end, stop.grounds)):
        if stop.end <= stop.start:
            continue
        if joined and stop.start <= joined[-1].end:
            before = joined.pop()
            grounds = tuple(dict.fromkeys(before.grounds + stop.grounds))
            joined.append(Stop(before.start, max(before.end, stop.end), grounds))
        else:
            joined.append(stop)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How a unit counted by days goes forward, what a stop adds to it, and where its last day may fall."""

    forward: Callable[[date, int, Calendar], date]
    stop: Callable[[date, Stop[date], Calendar], date]
    settle: Callable[[date, Calendar], date]


def reckon(limit: Limit, day: date, calendar: Calendar, stops: Iterable[Stop[date]]) -> tuple[date, date]:
    """Return the last day counted, and the last day in law: they differ when a rest day is rolled over."""
    unit = BY_DAY[limit.unit]
    counted = last = unit.forward(day, limit.value, calendar)
    for stop in stops:
        if stop.start > unit.settle(last, calendar):
            break  # the limit had passed before the clock was stopped
        last = unit.stop(last, stop, calendar)
        if stop.start <= counted:
            counted = last
    return counted, unit.settle(last, calendar)


def _add_workdays(day: date, n: int, calendar: Calendar) -> date:
    return calendar.add(day, n)


def _add_days(day: date, n: int, _: Calendar) -> date:
    return day + ONE_DAY * n


def _add_months(day: date, n: int, _: Calendar) -> date:
    # 民法典 第二百零二条: the corresponding day, and where the month has none, its last day.
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    year = min(year, date.max.year)  # far beyond every calendar, which then refuses
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _add_years(day: date, n: int, calendar: Calendar) -> date:
    return _add_months(day, n * 12, calendar)


def _stop_workdays(day: date, stop: Stop[date], calendar: Calendar) -> date:
    return calendar.add(day, calendar.count(stop.start, stop.end))


def _stop_days(day: date, stop: Stop[date], _: Calendar) -> date:
    # A pause may begin on the day a rest day was rolled to, after the last day counted.
    return max(day, stop.start) + (stop.end - stop.start)


def _stay(day: date, _: Calendar) -> date:
    return day


def _roll(day: date, calendar: Calendar) -> date:
    # 民法典 第二百零三条 (R-CNT-3): a last day that is a rest day gives way to the next working day.
    return day if calendar.is_working(day) else calendar.add(day, 1)


#: The units that end with a day.
BY_DAY: dict[Unit, Reckoning] = {
    Unit.WORKDAY: Reckoning(_add_workdays, _stop_workdays, _stay),
    Unit.DAY: Reckoning(_add_days, _stop_days, _roll),
    Unit.MONTH: Reckoning(_add_months, _stop_days, _roll),
    Unit.YEAR: Reckoning(_add_years, _stop_days, _roll),
    Unit.ONSPOT: Reckoning(_add_days, _stop_days, _stay),
}


def _after_hours(
    limit: Limit, start: datetime, calendar: Calendar, stops: Sequence[Stop[datetime]]
) -> datetime:
    left = timedelta(hours=limit.value)
    openings = _openings(start, calendar, stops)
    opens, closes = next(openings)
    while closes - opens < left:
        left -= closes - opens
        opens, closes = next(openings)
    return opens + left


def _openings(
    start: datetime, calendar: Calendar, stops: Sequence[Stop[datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the hall's open hours after *start* that no stop covers, until the calendar refuses."""
    day = day_of(start)
    while True:
        if calendar.is_working(day):
            for opening, closing in calendar.hours:
                yield from _outside(max(start, _at(day, opening)), _at(day, closing), stops)
        day += ONE_DAY


def _outside(
    opens: datetime, closes: datetime, stops: Sequence[Stop[datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    for stop in stops:
        if opens < min(closes, stop.start):
            yield opens, min(closes, stop.start)
        opens = max(opens, stop.end)
    if opens < closes:
        yield opens, closes


def _after_minutes(limit: Limit, start: datetime, _: Calendar, stops: Sequence[Stop[datetime]]) -> datetime:
    passed = start + timedelta(minutes=limit.value)
    for stop in stops:
        if stop.start >= passed:
            break
        passed += stop.end - stop.start
    return passed


#: The units that end at a moment.
BY_MOMENT: dict[Unit, Callable[[Limit, datetime, Calendar, Sequence[Stop[datetime]]], datetime]] = {
    Unit.HOUR: _after_hours,
    Unit.MINUTE: _after_minutes,
}


def remaining(due: datetime, at: datetime, calendar: Calendar) -> int:
    """Return the working days left: 0 on the due day, 1 when it is the next working day.

    What is overdue is negative, by one day at least, also on the rest day that follows or within the due day.
    """
    left = calendar.count(day_of(at), last_day(due))
    return min(left, -1) if at >= due else left


#: The share of the allowance that is left when it is time to hurry (rulebook 5), and what a unit is in days.
NOTICE_SHARE = 0.2
DAYS_IN: dict[Unit, int] = {Unit.DAY: 1, Unit.MONTH: 30, Unit.YEAR: 365}


def light(due: datetime, at: datetime, calendar: Calendar, limit: Limit, paused: bool = False) -> Light:  # noqa: FBT001, FBT002 - the clock says so itself
    """Return the lamp of a clock. A running pause wins: before it ends, nobody knows the due moment."""
    if paused:
        return Light.PAUSED
    if at >= due:
        return Light.RED
    return Light.YELLOW if _is_near(due, at, calendar, limit) else Light.GREEN


def _is_near(due: datetime, at: datetime, calendar: Calendar, limit: Limit) -> bool:
    if limit.unit in (Unit.HOUR, Unit.MINUTE, Unit.ONSPOT):
        return day_of(at) >= last_day(due)
    if limit.unit is Unit.WORKDAY:
        return remaining(due, at, calendar) <= max(1, math.ceil(limit.value * NOTICE_SHARE))
    days_left = (last_day(due) - day_of(at)).days
    allowance = limit.value * DAYS_IN[limit.unit]
    return remaining(due, at, calendar) <= 1 or days_left <= math.ceil(allowance * NOTICE_SHARE)
