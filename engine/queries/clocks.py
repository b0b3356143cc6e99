"""The clocks of a case (时限), each explained: running ones first, then those that have ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.domain.calendar import Calendar
from engine.domain.deadline import Clock, Light, Pause, day_of, light, remaining
from engine.domain.explain import Explanation, explain
from engine.domain.limit import Limit
from engine.domain.rating import is_hushed
from engine.store import calendars, cases, deadlines, dues
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Line:
    """One clock, running or stopped for good, and how its due day came about."""

    clock: Clock
    key: str
    step: str
    limit: Limit
    extension: Limit | None
    started_at: datetime
    due_at: datetime
    light: Light
    days: int
    paused_days: int | None
    settled_at: datetime | None
    late: bool
    explanation: Explanation


def lines(
    db: Connection, case_id: int, steps: Mapping[str, str], calendar: Calendar, at: datetime, lang: str
) -> tuple[Line, ...]:
    """The running clocks, the one that is due first before the others; then those that have stopped.

    Each is explained by the calendar version it was reckoned by, which for one that ended stays what it was.
    """
    pauses = deadlines.paused_of(db, case_id)
    papers = dues.papers(db, case_id)
    found = []
    for each in deadlines.of_case(db, case_id):
        if is_hushed(
            each.clock, each.key
        ):  # it would tell whom it concerns that the applicant rated (R-EV-1)
            continue
        known = _Known(pauses.get(each.clock, ()), papers.get(each.id, ""))
        reckoned = calendars.named(db, each.calendar) or calendar
        found.append(_clock(each, steps.get(each.key, ""), known, reckoned, at, lang))
    # a reminder binds nobody: it comes after what does
    found.sort(key=lambda line: (line.settled_at is not None, line.clock == Clock.REMIND, line.due_at))
    return tuple(found)


def binding(db: Connection, task_id: int, calendar: Calendar, at: datetime, lang: str = "zh") -> Line | None:
    """Return the clock that binds a task: its own, or the first of its case to run out."""
    task = cases.task(db, task_id)
    return most_binding(lines(db, task.case_id, {task.key: task.name}, calendar, at, lang), task.key)


def most_binding(clocks: Iterable[Line], key: str) -> Line | None:
    """Of several clocks, the step's own while it runs, else the first to run out."""
    running = [line for line in clocks if line.settled_at is None]
    return next((line for line in running if line.key == key), running[0] if running else None)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was said of a clock since it started: its pauses, and the paper that told of its extension."""

    pauses: tuple[Pause, ...]
    document: str

    def holding(self, row: Row, at: datetime) -> Pause | None:
        """The pause that holds the running clock still, the one that began first."""
        return next((each for each in self.pauses if each.holds(at) and row.settled_at is None), None)


def _clock(row: Row, step: str, known: _Known, calendar: Calendar, at: datetime, lang: str = "zh") -> Line:
    """One deadline explained, as of *at* or of the moment it ended."""
    granted, seen = deadlines.allowance(row, known.document), row.settled_at or at
    stopped = known.holding(row, seen)
    told = explain(Clock(row.clock), granted, row.started_at, calendar, known.pauses, seen, lang)
    return Line(
        clock=Clock(row.clock),
        key=row.key,
        step=step,
        limit=granted.limit,
        extension=granted.extension,
        started_at=row.started_at,
        due_at=told.due if stopped else row.due_at,
        light=light(row.due_at, seen, calendar, granted.whole, paused=stopped is not None),
        days=remaining(row.due_at, seen, calendar),
        paused_days=calendar.count(day_of(stopped.start), day_of(at)) if stopped else None,
        settled_at=row.settled_at,
        late=seen >= row.due_at and stopped is None,
        explanation=told,
    )
