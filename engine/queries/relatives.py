"""The other cases of a case's bundle: how each stands, and the bundle itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.deadline import remaining
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Member:
    """Another case of the same bundle."""

    no: str
    name: str
    state: str
    due_at: datetime | None
    days: int | None
    step: str


def members(db: Connection, bundle_id: int, calendar: Calendar, at: datetime) -> dict[str, Member]:
    """Return the members of the bundle the case is or belongs to, by matter."""
    found = db.execute(_member_query(cases.c.parent_id == bundle_id)).all()
    return {each.matter_key: _member(each, calendar, at) for each in found}


def _member_query(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    step = (
        sa.select(sa.func.min(tasks.c.name))
        .where(tasks.c.case_id == cases.c.id, tasks.c.closed_at.is_(None), sa.not_(tasks.c.held))
        .scalar_subquery()
    )
    columns = (cases.c.no, cases.c.matter_key, cases.c.state, cases.c.promised_due_at, cases.c.decided_at)
    return (
        sa.select(*columns, matters.c.name, step.label("step"))
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(which)
        .order_by(cases.c.id)
    )


def _member(row: Row, calendar: Calendar, at: datetime) -> Member:
    waits = row.promised_due_at is not None and row.decided_at is None
    days = remaining(row.promised_due_at, at, calendar) if waits else None
    return Member(row.no, row.name, row.state, row.promised_due_at, days, row.step or "")


def parent(db: Connection, row: Row, calendar: Calendar, at: datetime) -> Member | None:
    """Return the bundle a case belongs to, if it does."""
    if row.parent_id is None:
        return None
    return _member(db.execute(_member_query(cases.c.id == row.parent_id)).one(), calendar, at)
