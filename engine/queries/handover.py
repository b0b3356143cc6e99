"""A task to be given to somebody else (改派), and who may have it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection
from engine.store.people import posts, users


@dataclass(frozen=True, slots=True)
class Handover:
    """A task to be given to somebody else, and who may have it."""

    id: int
    no: str
    matter: str
    step: str
    person: str
    due_at: datetime
    holders: tuple[tuple[int, str, int], ...]


def handover(db: Connection, task_id: int) -> Handover:
    """Return an open task with everybody who holds its post and how much he has open. Raises `NotFound`."""
    query = (
        sa.select(tasks, cases.c.no, matters.c.name.label("matter"), users.c.name.label("person"))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
    )
    row = db.execute(query.where(tasks.c.id == task_id, tasks.c.closed_at.is_(None), ~tasks.c.held)).first()
    if row is None:
        raise NotFound("没有这个任务，或已经办结。", code="task.unknown")
    busy = sa.and_(tasks.c.assignee_id == users.c.id, tasks.c.closed_at.is_(None))
    load = sa.select(sa.func.count()).select_from(tasks).where(busy).correlate(users).scalar_subquery()
    held = sa.select(users.c.id, users.c.name, load).join_from(users, posts, posts.c.user_id == users.c.id)
    fit = sa.and_(posts.c.role == row.role, posts.c.org_id == row.org_id, users.c.active)
    holders = db.execute(held.where(fit).order_by(users.c.id))
    return Handover(
        row.id,
        row.no,
        row.matter,
        row.name,
        row.person or "",
        row.due_at,
        tuple((i, n, w) for i, n, w in holders),
    )
