"""Informed commitments (告知承诺): chosen or declined, which text was signed when, and what the check found."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.db import Connection, Id, Moment, Row, metadata

informed = sa.Table(
    "informed",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.String(40), nullable=False),
    sa.Column("declined", sa.Boolean, nullable=False),
    sa.Column("signed_at", Moment),
    sa.Column("withdrawn_at", Moment),
    sa.Column("inspected_at", Moment),
    sa.Column("inspected_by", Id, sa.ForeignKey("users.id")),
    sa.Column("result", sa.String(10), nullable=False, server_default=""),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
)


def add(db: Connection, **values: Any) -> None:
    """Write down that somebody chose to commit himself, or declined."""
    db.execute(sa.insert(informed).values(**values))


def get(db: Connection, case_id: int) -> Row | None:
    """Return what a case's applicant chose; None where he was not asked."""
    return db.execute(sa.select(informed).where(informed.c.case_id == case_id)).first()


def in_force(db: Connection, case_id: int) -> Row | None:
    """Return the commitment a case stands on; None where there is none, or it was taken back."""
    row = get(db, case_id)
    return None if row is None or row.declined or row.withdrawn_at is not None else row


def withdraw(db: Connection, case_id: int, at: datetime) -> None:
    """Write down that a commitment was taken back."""
    db.execute(sa.update(informed).where(informed.c.case_id == case_id).values(withdrawn_at=at))


def found(db: Connection, case_id: int, **values: Any) -> None:
    """Write down what the check found, or what came of it."""
    db.execute(sa.update(informed).where(informed.c.case_id == case_id).values(**values))
