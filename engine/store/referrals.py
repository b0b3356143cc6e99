"""Cases passed up (转报): from which authority, to which, with what opinion, when, and when it ought to have been."""

from typing import Any

import sqlalchemy as sa

from engine.store import cases as _cases  # noqa: F401  referrals refer to its tables
from engine.store.db import Connection, Id, Moment, Row, metadata

referrals = sa.Table(
    "referrals",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("from_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("to_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("opinion", sa.String(2000), nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
)


def add(db: Connection, **values: Any) -> None:
    """Write down that a case was passed up."""
    db.execute(sa.insert(referrals).values(**values))


def of(db: Connection, case_id: int) -> Row | None:
    """Return how a case was passed up, if it was."""
    return db.execute(sa.select(referrals).where(referrals.c.case_id == case_id)).first()
