"""How a limit is counted forward, unit by unit, over the stops that lie in its way (R-CNT-1..5)."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.domain.calendar import Calendar
from engine.domain.day import ONE_DAY
from engine.domain.limit import Limit, Unit
from engine.domain.pause import BEIJING, Stop, at_time, day_of


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
    Unit.FIXED: Reckoning(_add_days, _stop_days, _stay),
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
            for opening, closing in calendar.openings(day):
                yield from _outside(max(start, at_time(day, opening)), at_time(day, closing), stops)
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


def _after_clock_hours(
    limit: Limit, start: datetime, _: Calendar, stops: Sequence[Stop[datetime]]
) -> datetime:
    return _after(start + timedelta(hours=limit.value), stops)


def _after_minutes(limit: Limit, start: datetime, _: Calendar, stops: Sequence[Stop[datetime]]) -> datetime:
    return _after(start + timedelta(minutes=limit.value), stops)


def _after(passed: datetime, stops: Sequence[Stop[datetime]]) -> datetime:
    """Move a moment by every stop that begins before it."""
    for stop in stops:
        if stop.start >= passed:
            break
        passed += stop.end - stop.start
    return passed


#: The units that end at a moment.
BY_MOMENT: dict[Unit, Callable[[Limit, datetime, Calendar, Sequence[Stop[datetime]]], datetime]] = {
    Unit.HOUR: _after_hours,
    Unit.CLOCKHOUR: _after_clock_hours,
    Unit.MINUTE: _after_minutes,
}


def to_the_second(
    limit: Limit, start: datetime, calendar: Calendar, stops: Sequence[Stop[datetime]]
) -> tuple[datetime, datetime]:
    """Return the last moment counted, and the last in law, of a limit that keeps its time of day (R-CNT-2).

    It is the n-th day after, at the same time. Stops move it by exactly the time they take: working time where
    working days are counted.
    """
    unit, rests = BY_DAY[limit.unit], limit.unit is Unit.WORKDAY
    clock = start.astimezone(BEIJING).timetz().replace(tzinfo=None)
    last = at_time(unit.forward(day_of(start), limit.value, calendar), clock)
    for stop in stops:
        if stop.start > _settled(unit, last, calendar):
            break
        if rests:
            last = _go_on(last, _worked(stop.start, stop.end, calendar), calendar)
        else:
            last = max(last, stop.start) + (stop.end - stop.start)
    return last, _settled(unit, last, calendar)


def _settled(unit: Reckoning, last: datetime, calendar: Calendar) -> datetime:
    day = day_of(last)
    return last + (unit.settle(day, calendar) - day)


def _worked(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return how much of (start, end] lies on working days."""
    days = calendar.count(day_of(start), day_of(end)) * ONE_DAY
    return days + _of_day(end, calendar) - _of_day(start, calendar)


def _of_day(moment: datetime, calendar: Calendar) -> timedelta:
    """Return how much of its working day has passed at *moment*, less the day itself; nothing on a rest day."""
    day = day_of(moment)
    return moment - at_time(day, time.min) - ONE_DAY if calendar.is_working(day) else timedelta()


def _go_on(last: datetime, worked: timedelta, calendar: Calendar) -> datetime:
    day = day_of(last)
    days, rest = divmod(last - at_time(day, time.min) + worked, ONE_DAY)
    return at_time(calendar.add(day, days), time.min) + rest
