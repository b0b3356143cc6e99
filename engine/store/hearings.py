"""Hearings (听证): the right told, asked for or given up; day, place and chair; its record."""

from typing import Any

import sqlalchemy as sa

from engine.store.cases import tasks
from engine.store.db import Connection, Id, Moment, Row, metadata
from engine.store.files import files as _files  # noqa: F401  hearings refer to its table

hearings = sa.Table(
    "hearings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
    sa.Column("announced_at", Moment, nullable=False),
    sa.Column("ask_by", Moment, nullable=False),
    sa.Column("asked_at", Moment),
    sa.Column("waived_at", Moment),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("noticed_at", Moment),
    sa.Column("planned_at", Moment),
    sa.Column("place", sa.String(200), nullable=False, server_default=""),
    sa.Column("chair_id", Id, sa.ForeignKey("users.id")),
    sa.Column("held_at", Moment),
    sa.Column("record_id", Id, sa.ForeignKey("files.id")),
    sa.Column("outcome", sa.String(2000), nullable=False, server_default=""),
)

#: The stages whose officers examine a case.
_EXAMINING = ("review", "inspect", "audit")


def add(db: Connection, **values: Any) -> None:
    """Keep that the right to be heard was told."""
    db.execute(sa.insert(hearings).values(**values))


def change(db: Connection, hearing_id: int, **values: Any) -> None:
    """Write down what became of it."""
    db.execute(sa.update(hearings).where(hearings.c.id == hearing_id).values(**values))


def latest(db: Connection, case_id: int) -> Row | None:
    """Return the latest hearing of a case, told, asked for or held."""
    mine = sa.select(hearings).where(hearings.c.case_id == case_id)
    return db.execute(mine.order_by(hearings.c.id.desc()).limit(1)).first()


def examiners(db: Connection, case_id: int) -> frozenset[int]:
    """Return who examined a case, or has it in hand to examine."""
    of = (tasks.c.case_id == case_id, tasks.c.stage.in_(_EXAMINING))
    who = sa.union(
        sa.select(tasks.c.closed_by).where(*of, tasks.c.closed_by.is_not(None)),
        sa.select(tasks.c.assignee_id).where(*of, tasks.c.assignee_id.is_not(None)),
    )
    return frozenset(db.execute(who).scalars())
