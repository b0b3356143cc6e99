"""The clocks of a case (时限), each explained: running ones first, then those that have ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.domain.calendar import Calendar
from engine.domain.deadline import Clock, Light, Pause, day_of, light, remaining
from engine.domain.explain import Explanation, explain
from engine.domain.limit import Limit
from engine.store import cases, deadlines
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Line:
    """One clock, running or stopped for good, and how its due day came about."""

    clock: Clock
    key: str
    step: str
    limit: Limit
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
    """The running clocks, the one that is due first before the others; then those that have stopped."""
    pauses = deadlines.paused(db, case_id)
    found = [
        _clock(each, steps.get(each.key, ""), pauses.get(each.clock, ()), calendar, at, lang)
        for each in deadlines.of_case(db, case_id)
    ]
    found.sort(key=lambda line: (line.settled_at is not None, line.due_at))
    return tuple(found)


def binding(db: Connection, task_id: int, calendar: Calendar, at: datetime, lang: str = "zh") -> Line | None:
    """Return the clock that binds a task: its own, or the first of its case to run out."""
    task = cases.task(db, task_id)
    return most_binding(lines(db, task.case_id, {task.key: task.name}, calendar, at, lang), task.key)


def most_binding(clocks: Iterable[Line], key: str) -> Line | None:
    """Of several clocks, the step's own while it runs, else the first to run out."""
    running = [line for line in clocks if line.settled_at is None]
    return next((line for line in running if line.key == key), running[0] if running else None)


def _clock(
    row: Row, step: str, pauses: Sequence[Pause], calendar: Calendar, at: datetime, lang: str = "zh"
) -> Line:
    """One deadline explained, as of *at* or of the moment it ended."""
    limit, seen = Limit.parse(row.limit_text), row.settled_at or at
    stopped = next((pause for pause in pauses if pause.end is None), None) if row.settled_at is None else None
    told = explain(Clock(row.clock), limit, row.started_at, calendar, pauses, seen, lang)
    return Line(
        clock=Clock(row.clock),
        key=row.key,
        step=step,
        limit=limit,
        started_at=row.started_at,
        due_at=told.due if stopped else row.due_at,
        light=light(row.due_at, seen, calendar, limit, paused=stopped is not None),
        days=remaining(row.due_at, seen, calendar),
        paused_days=calendar.count(day_of(stopped.start), day_of(at)) if stopped else None,
        settled_at=row.settled_at,
        late=seen >= row.due_at and stopped is None,
        explanation=told,
    )
