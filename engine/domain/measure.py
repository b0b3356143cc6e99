"""How long a finished case took (办结用时): working days, working hours and plain hours, and what it was allowed.

The day of acceptance does not count, as with the limits (R-CNT-1); what a pause stopped is not counted (R-CNT-5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.domain.calendar import Calendar
from engine.domain.day import ONE_DAY
from engine.domain.deadline import due, last_day
from engine.domain.errors import Malformed
from engine.domain.hours import Hours
from engine.domain.limit import Limit
from engine.domain.pause import BEIJING, Pause, day_of, stopped_days, stopped_moments


@dataclass(frozen=True, slots=True)
class Measure:
    """What one finished case took and was allowed; None where the calendar does not reach or nothing is known."""

    worked_days: int | None
    worked_minutes: int | None
    elapsed_minutes: int
    promised_days: int | None
    legal_days: int | None


def measure(
    start: datetime,
    end: datetime,
    calendar: Calendar | None,
    pauses: Iterable[Pause] = (),
    promised: Limit | None = None,
    legal: Limit | None = None,
) -> Measure:
    """Measure a case accepted at *start* and finished at *end*."""
    elapsed = int((end - start).total_seconds()) // 60
    pauses = tuple(pauses)
    try:
        if calendar is None:
            return Measure(None, None, elapsed, None, None)
        days, minutes = (
            worked_days(start, end, calendar, pauses),
            worked_minutes(start, end, calendar, pauses),
        )
    except Malformed:  # before the first notice or after the last
        return Measure(None, None, elapsed, None, None)
    return Measure(
        days, minutes, elapsed, allowed(promised, start, calendar), allowed(legal, start, calendar)
    )


def worked_days(start: datetime, end: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()) -> int:
    """Count the working days after the day of *start* up to the day of *end* that no pause covers."""
    last = day_of(end)
    stops = [
        (stop.start, min(stop.end, last)) for stop in stopped_days(start, pauses, end) if stop.start < last
    ]
    return calendar.count(day_of(start), last) - sum(calendar.count(*stop) for stop in stops)


def worked_minutes(start: datetime, end: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()) -> int:
    """Count the minutes the hall was open between *start* and *end* and no pause ran."""
    stops = [
        (stop.start, min(stop.end, end)) for stop in stopped_moments(start, pauses, end) if stop.start < end
    ]
    return open_minutes(start, end, calendar) - sum(open_minutes(*stop, calendar) for stop in stops)


def open_minutes(start: datetime, end: datetime, calendar: Calendar) -> int:
    """Count the minutes the hall was open between two moments, on working days."""
    if end <= start:
        return 0
    day, last, counted = day_of(start), day_of(end), 0
    begun, ended = start.astimezone(BEIJING).time(), end.astimezone(BEIJING).time()
    first = day
    while day <= last:
        if calendar.is_working(day):
            counted += _minutes(
                calendar.openings(day),
                begun if day == first else time.min,
                ended if day == last else time.max,
            )
        day += ONE_DAY
    return counted


def _minutes(openings: Hours, after: time, until: time) -> int:
    """The minutes the hall is open on a day between two times of it."""
    return sum(max(0, _whole(min(until, closes)) - _whole(max(after, opens))) for opens, closes in openings)


def _whole(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def allowed(limit: Limit | None, start: datetime, calendar: Calendar) -> int | None:
    """Return a limit in working days, as the calendar counts it from *start* without any pause."""
    if limit is None:
        return None
    try:
        return between(start, due(limit, start, calendar), calendar)
    except Malformed:
        return None


def between(start: datetime, due_at: datetime, calendar: Calendar) -> int:
    """Count the working days from the day of *start* to the last day of something due at *due_at*."""
    first: date = day_of(start)
    return calendar.count(first, last_day(due_at))
