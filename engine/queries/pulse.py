"""How the house is doing, in numbers a monitor can watch: what waits, what is late to be fired, what went wrong."""

from datetime import datetime

import sqlalchemy as sa

from engine.domain.almanac import Almanac
from engine.domain.pause import day_of
from engine.queries import behind
from engine.store import calendars
from engine.store.cases import tasks
from engine.store.db import Connection
from engine.store.deadlines import deadlines
from engine.store.incidents import incidents
from engine.store.journal import letters


def pulse(db: Connection, at: datetime, versions: Almanac | None) -> dict[str, float]:
    """Return the gauges: counts, and the lag of the oldest unfired deadline in seconds."""
    oldest = db.execute(sa.select(sa.func.min(deadlines.c.due_at)).where(deadlines.c.armed)).scalar()
    calendar = calendars.named(db, versions.national) if versions else None
    return {
        "lianban_calendar_days_ahead": float((calendar.last - day_of(at)).days) if calendar else 0.0,
        "lianban_deadlines_behind_calendar": float(behind.how_many(db, versions)) if versions else 0.0,
        "lianban_open_tasks": _count(db, tasks.c.closed_at.is_(None)),
        "lianban_letters_waiting": _count(db, letters.c.taken_at.is_(None)),
        "lianban_incidents_open": _count(db, incidents.c.settled_at.is_(None)),
        "lianban_deadlines_armed": _count(db, deadlines.c.armed),
        "lianban_deadline_lag_seconds": max(0.0, (at - oldest).total_seconds()) if oldest else 0.0,
    }


def _count(db: Connection, where: sa.ColumnElement[bool]) -> float:
    return float(db.execute(sa.select(sa.func.count()).where(where)).scalar_one())
