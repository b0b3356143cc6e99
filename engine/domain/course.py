"""How one clock went: what was asked of it, and what deadline.py makes of that, period by period."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.domain import deadline
from engine.domain.calendar import Calendar
from engine.domain.clock import Clock, Precision
from engine.domain.day import ONE_DAY
from engine.domain.deadline import Allowance, Pause, Stop, day_of
from engine.domain.limit import Limit, Unit
from engine.domain.wording import WORDINGS, Wording

#: The units whose days are numbered, and those that count rest days like any other.
NUMBERED = {Unit.WORKDAY, Unit.DAY, Unit.MONTH, Unit.YEAR}
NATURAL = {Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.ONSPOT, Unit.CLOCKHOUR, Unit.MINUTE, Unit.FIXED}


@dataclass(frozen=True, slots=True)
class Course:
    """How one clock went: the question, and what deadline.py makes of it, period by period."""

    clock: Clock
    limit: Limit
    extension: Limit | None
    document: str
    precision: Precision
    start: datetime
    at: datetime
    periods: tuple[deadline.Course, ...]
    day_stops: tuple[Stop[date], ...]
    moment_stops: tuple[Stop[datetime], ...]
    pauses: tuple[Pause, ...]
    stopped: Mapping[date, str]
    running: bool
    calendar: Calendar
    say: Wording

    @property
    def begun(self) -> date:
        return day_of(self.start)

    @property
    def due(self) -> datetime:
        return self.periods[-1].due

    @property
    def last(self) -> date:
        return self.periods[-1].last

    @property
    def counted(self) -> date:
        return self.periods[-1].counted

    @property
    def by_day(self) -> bool:
        return self.limit.unit in deadline.BY_DAY

    def period(self, day: date) -> deadline.Course:
        """The period a day lies in; what follows the last belongs to it."""
        return next((each for each in self.periods if day <= each.last), self.periods[-1])

    @property
    def provisional(self) -> bool:
        """Does it end on a day the notices do not cover yet?"""
        return self.calendar.provisional(self.last)

    @property
    def rolled(self) -> bool:
        """Did a last day that is a rest day give way to the next working day?"""
        return any(period.counted < period.last for period in self.periods)

    def natural(self, day: date) -> bool:
        """Are rest days counted like any other when *day* is?"""
        return self.period(day).limit.unit in NATURAL


def gone(
    clock: Clock,
    allowance: Allowance | Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Iterable[Pause],
    at: datetime,
    lang: str,
) -> Course:
    """Return how a clock went, as seen *at* a moment. A plain limit is an allowance without more."""
    granted = Allowance(allowance) if isinstance(allowance, Limit) else allowance
    limit, extension, precision = granted.limit, granted.extension, granted.precision
    pauses = tuple(pauses)
    periods = deadline.course(limit, start, calendar, pauses, at, extension=extension, precision=precision)
    due = periods[-1].due
    days, moments = _stops(periods, start, pauses, at, precision)
    return Course(
        clock=clock,
        limit=limit,
        extension=extension,
        document=granted.document,
        precision=precision,
        start=start,
        at=at,
        periods=periods,
        day_stops=days,
        moment_stops=moments,
        pauses=tuple(pause for pause in pauses if pause.start < due),
        stopped={day: "、".join(grounds) for day, grounds in _stopped(days, moments)},
        running=any(pause.stopped is None and pause.start < due for pause in pauses),
        calendar=calendar,
        say=WORDINGS[lang],
    )


def _stops(
    periods: tuple[deadline.Course, ...],
    start: datetime,
    pauses: tuple[Pause, ...],
    at: datetime,
    precision: Precision,
) -> tuple[tuple[Stop[date], ...], tuple[Stop[datetime], ...]]:
    """Return what stopped the clock: by days, or to the minute where it is kept so."""
    last, due = periods[-1].last, periods[-1].due
    if periods[0].limit.unit in deadline.BY_DAY and precision is not Precision.INSTANT:
        return tuple(s for s in deadline.stopped_days(start, pauses, at) if s.start < last), ()
    return (), tuple(s for s in deadline.stopped_moments(start, pauses, at) if s.start < due)


def _stopped(
    day_stops: Iterable[Stop[date]], moment_stops: Iterable[Stop[datetime]]
) -> Iterator[tuple[date, tuple[str, ...]]]:
    """Yield the days that do not count with their grounds; of stops kept to the minute, the whole days."""
    for stop in day_stops:
        yield from ((day, stop.grounds) for day in span_of(stop.start + ONE_DAY, stop.end))
    for pause in moment_stops:
        first, last = day_of(pause.start) + ONE_DAY, day_of(pause.end) - ONE_DAY
        yield from ((day, pause.grounds) for day in span_of(first, last))


def span_of(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * n for n in range((last - first).days + 1)]


def holiday(course: Course, day: date) -> str:
    names = course.calendar.name(day).split("、")
    return course.say.phrases["comma"].join(course.say.holidays.get(name, name) for name in names)


def rest_name(course: Course, day: date) -> str:
    return holiday(course, day) or course.say.labels["weekend"]
