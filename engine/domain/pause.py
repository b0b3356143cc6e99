"""When a clock stands still (中止): pauses, what becomes of them when they overlap, and the days of Beijing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from engine.domain.day import ONE_DAY

BEIJING = ZoneInfo("Asia/Shanghai")
INSTANT = timedelta(microseconds=1)

T = TypeVar("T", date, datetime)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which the clock stands still, and why; an open one has no end yet.

    *cap* is the end that was announced: what lasts longer no longer stops the clock (R-CNT-6).
    """

    start: datetime
    end: datetime | None
    ground: str
    cap: datetime | None = None

    @property
    def stopped(self) -> datetime | None:
        """The moment from which the clock runs again; None while nobody can know."""
        if self.end is None or self.cap is None:
            return self.end or self.cap
        return min(self.end, self.cap)

    def holds(self, at: datetime) -> bool:
        """Does the clock stand still because of it at that moment?"""
        return self.start <= at and (self.stopped is None or at < self.stopped)


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
    return at_time(day + ONE_DAY, time.min)


def last_day(due: datetime) -> date:
    """Return the day on which something due at that moment may last be done."""
    return day_of(due - INSTANT)


def at_time(day: date, clock: time) -> datetime:
    """Return the moment at which Beijing's clocks show *clock* on *day*."""
    return datetime.combine(day, clock, BEIJING).astimezone(UTC)


def stopped_days(start: datetime, pauses: Iterable[Pause], until: datetime | None) -> tuple[Stop[date], ...]:
    """Return the stretches of days that do not count for a clock begun at *start*, in order.

    The day of the pause counts and that of the resumption does not, so a pause within one day stops nothing.
    One that stops with the announced end of a day takes that day with it and not the next.
    """
    begun = day_of(start)
    return joined(
        Stop(max(begun, day_of(pause.start)), _last_stopped(pause, end), (pause.ground,))
        for pause, end in _closed(pauses, until)
    )


def _last_stopped(pause: Pause, end: datetime) -> date:
    return last_day(end) if end == pause.cap else day_of(end)


def stopped_moments(
    start: datetime, pauses: Iterable[Pause], until: datetime | None
) -> tuple[Stop[datetime], ...]:
    """Return the stretches of time that do not count, for limits kept to the minute."""
    return joined(
        Stop(max(start, pause.start), end, (pause.ground,)) for pause, end in _closed(pauses, until)
    )


def _closed(pauses: Iterable[Pause], until: datetime | None) -> Iterator[tuple[Pause, datetime]]:
    for pause in pauses:
        end = pause.stopped or until
        if end is not None:
            yield pause, end


def joined(stops: Iterable[Stop[T]]) -> tuple[Stop[T], ...]:
    """Return the union of *stops*, in order, with the grounds of those that were joined."""
    found: list[Stop[T]] = []
    for stop in sorted(stops, key=lambda stop: (stop.start, stop.end, stop.grounds)):
        if stop.end <= stop.start:
            continue
        if found and stop.start <= found[-1].end:
            before = found.pop()
            grounds = tuple(dict.fromkeys(before.grounds + stop.grounds))
            found.append(Stop(before.start, max(before.end, stop.end), grounds))
        else:
            found.append(stop)
    return tuple(found)
