"""How the house is doing, in numbers a monitor can watch: what waits, what is late to be fired, what went wrong."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.almanac import Almanac
from engine.domain.pause import day_of
from engine.queries import behind
from engine.store import calendars
from engine.store.cases import tasks
from engine.store.db import Connection
from engine.store.deadlines import DUE, deadlines
from engine.store.incidents import incidents
from engine.store.journal import letters

#: What is due is counted so far; above it the lag says more than the number.
MOST = 10_000

_OLDEST = sa.select(deadlines.c.due_at).where(DUE).order_by(deadlines.c.due_at).limit(1)
_DUE = sa.select(sa.func.count()).select_from(sa.select(deadlines.c.id).where(DUE).limit(MOST).subquery())


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the workers are behind: what is due and has not fired, and since when the oldest of it is due."""

    due: int
    since: datetime | None


def lag(db: Connection, at: datetime) -> Lag:
    """Return how much is due; what stands still or waits to be tried again is not counted."""
    since = db.execute(_OLDEST, {"now": at}).scalar()
    return Lag(int(db.execute(_DUE, {"now": at}).scalar_one()) if since else 0, since)


def pulse(db: Connection, at: datetime, versions: Almanac | None) -> dict[str, float]:
    """Return the gauges: counts, and the lag of the oldest unfired deadline in seconds."""
    late = lag(db, at)
    calendar = calendars.named(db, versions.national) if versions else None
    return {
        "lianban_calendar_days_ahead": float((calendar.last - day_of(at)).days) if calendar else 0.0,
        "lianban_deadlines_behind_calendar": float(behind.how_many(db, versions)) if versions else 0.0,
        "lianban_open_tasks": _count(db, tasks.c.closed_at.is_(None)),
        "lianban_letters_waiting": _count(db, letters.c.taken_at.is_(None)),
        "lianban_incidents_open": _count(db, incidents.c.settled_at.is_(None)),
        "lianban_deadlines_due": float(late.due),
        "lianban_deadline_lag_seconds": (at - (late.since or at)).total_seconds(),
    }


def _count(db: Connection, where: sa.ColumnElement[bool]) -> float:
    return float(db.execute(sa.select(sa.func.count()).where(where)).scalar_one())
