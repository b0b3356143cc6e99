"""How long something may take (时限): when it is due, how many days are left, and which light (灯) it shows.

Moments are aware; days are Beijing days. This is the door to what pause.py and reckoning.py know; how a due
date came about is told in explain.py.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.clock import Clock, Precision
from engine.domain.limit import Limit, Unit
from engine.domain.pause import (
    BEIJING,
    Pause,
    Stop,
    at_time,
    day_of,
    end_of,
    last_day,
    stopped_days,
    stopped_moments,
)
from engine.domain.reckoning import BY_DAY, BY_MOMENT, reckon, to_the_second

__all__ = [
    "BEIJING",
    "BY_DAY",
    "BY_MOMENT",
    "DAYS_IN",
    "NOTICE_SHARE",
    "ONE_SECOND",
    "Allowance",
    "Clock",
    "Course",
    "Light",
    "Pause",
    "Precision",
    "Stop",
    "agreed",
    "course",
    "day_of",
    "due",
    "end_of",
    "last_day",
    "light",
    "reckon",
    "remaining",
    "stopped_days",
    "stopped_moments",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a clock grants: its limit, an extension with the paper that told of it, and how finely it ends."""

    limit: Limit
    extension: Limit | None = None
    document: str = ""
    precision: Precision = Precision.DATE

    @classmethod
    def read(
        cls, limit: str, extension: str = "", precision: str = "date", document: str = ""
    ) -> "Allowance":
        """Read an allowance from the words it is kept in."""
        more = Limit.parse(extension) if extension else None
        return cls(Limit.parse(limit), more, document, Precision(precision))

    @property
    def whole(self) -> Limit:
        """The limit with its extension, by which a light is measured; the extension alone where units differ."""
        return _periods(self.limit, self.extension)[-1]


#: What a limit kept to the second has over before it is late (R-CNT-2: one second late is late).
ONE_SECOND = timedelta(seconds=1)


class Light(StrEnum):
    """What the clock shows at a glance (红黄牌 are cards given for it; this is the lamp)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"


def due(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    until: datetime | None = None,
    *,
    extension: Limit | None = None,
    precision: Precision = Precision.DATE,
) -> datetime:
    """Return the moment from which the limit, with its *extension*, is overdue.

    Whatever the order of the pauses, it moves by exactly what lies in their union (R-CNT-5). A pause that
    begins after the limit has passed moves nothing. An open pause runs to its announced end, or *until*;
    without either it has not yet stopped anything. Raises Malformed if the calendar does not reach that far.
    """
    return course(limit, start, calendar, pauses, until, extension=extension, precision=precision)[-1].due


@dataclass(frozen=True, slots=True)
class Course:
    """One period of a clock, reckoned: the limit, or an extension in another unit that follows it.

    *counted* is the last day counted and *last* the last in law; they differ when a rest day is rolled over.
    """

    limit: Limit
    start: datetime
    counted: date
    last: date
    due: datetime


def course(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    until: datetime | None = None,
    *,
    extension: Limit | None = None,
    precision: Precision = Precision.DATE,
) -> tuple[Course, ...]:
    """Return how a clock went: one period, or two where the extension is counted in another unit."""
    pauses, periods = tuple(pauses), _periods(limit, extension)
    found: list[Course] = []
    for period in periods:
        begun = _follows(found[-1], precision) if found else start
        found.append(_period(period, begun, calendar, pauses, until, precision))
    return tuple(found)


def _periods(limit: Limit, extension: Limit | None) -> tuple[Limit, ...]:
    """An extension in the same unit makes one longer limit; in another it begins where the first one ends."""
    if extension is None:
        return (limit,)
    if extension.unit is limit.unit:
        return (Limit(limit.value + extension.value, limit.unit),)
    return (limit, extension)


def _follows(before: Course, precision: Precision) -> datetime:
    """Return where a second period begins: in the last day of the first, or at its last moment."""
    if before.limit.unit in BY_MOMENT:
        return before.due
    return before.due - (ONE_SECOND if precision is Precision.INSTANT else timedelta(microseconds=1))


def _period(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause],
    until: datetime | None,
    precision: Precision,
) -> Course:
    if limit.unit in BY_MOMENT:
        stops = stopped_moments(start, pauses, until)
        ends = BY_MOMENT[limit.unit](limit, start, calendar, stops)
        return Course(limit, start, last_day(ends), last_day(ends), ends)
    if precision is Precision.INSTANT and limit.unit is not Unit.ONSPOT:
        stops = stopped_moments(start, pauses, until)
        at, ends = to_the_second(limit, start, calendar, stops)
        return Course(limit, start, day_of(at), day_of(ends), ends + ONE_SECOND)
    counted, last = reckon(limit, day_of(start), calendar, stopped_days(start, pauses, until))
    ends = end_of(last) if precision is Precision.DATE else _closing(last, start, calendar)
    return Course(limit, start, counted, max(last, last_day(ends)), ends)


def _closing(day: date, start: datetime, calendar: Calendar) -> datetime:
    """Return when the hall closes on *day* (民法典 第二百零三条); what began later has the next working day.

    A Saturday on which the hall is open has a closing of its own; one on which it is not gives way too.
    """
    ends = [at_time(day, closes) for _, closes in calendar.openings(day)]
    if ends and ends[-1] > start:
        return ends[-1]
    following = calendar.add(day, 1)
    return at_time(following, calendar.openings(following)[-1][1])


def agreed(start: datetime, due: datetime) -> Limit:
    """Return the limit of something begun at *start* that is due on an agreed day, which no calendar moves."""
    days = (last_day(due) - day_of(start)).days
    return Limit(days, Unit.FIXED) if days else Limit(0, Unit.ONSPOT)


def remaining(due: datetime, at: datetime, calendar: Calendar) -> int:
    """Return the working days left: 0 on the due day, 1 when it is the next working day.

    What is overdue is negative, by one day at least, also on the rest day that follows or within the due day.
    """
    left = calendar.count(day_of(at), last_day(due))
    return min(left, -1) if at >= due else left


#: The share of the allowance that is left when it is time to hurry (rulebook 5), and what a unit is in days.
NOTICE_SHARE = 0.2
DAYS_IN: dict[Unit, int] = {Unit.DAY: 1, Unit.FIXED: 1, Unit.MONTH: 30, Unit.YEAR: 365}


def light(due: datetime, at: datetime, calendar: Calendar, limit: Limit, paused: bool = False) -> Light:  # noqa: FBT001, FBT002 - the clock says so itself
    """Return the lamp of a clock. A running pause wins: before it ends, nobody knows the due moment."""
    if paused:
        return Light.PAUSED
    if at >= due:
        return Light.RED
    return Light.YELLOW if _is_near(due, at, calendar, limit) else Light.GREEN


def _is_near(due: datetime, at: datetime, calendar: Calendar, limit: Limit) -> bool:
    if limit.unit in BY_MOMENT or limit.unit is Unit.ONSPOT:
        return day_of(at) >= last_day(due)
    if limit.unit is Unit.WORKDAY:
        return remaining(due, at, calendar) <= max(1, math.ceil(limit.value * NOTICE_SHARE))
    days_left = (last_day(due) - day_of(at)).days
    allowance = limit.value * DAYS_IN[limit.unit]
    return remaining(due, at, calendar) <= 1 or days_left <= math.ceil(allowance * NOTICE_SHARE)
