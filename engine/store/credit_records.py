"""Credit records (信用记录): against whom, why, from which case, until when, and who repaired them. Never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.credit import Kind
from engine.domain.errors import NotFound
from engine.store.cases import cases
from engine.store.db import Connection, Id, Moment, Row, metadata, words

records = sa.Table(
    "credits",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("applicant_id", Id, sa.ForeignKey("applicants.id"), nullable=False, index=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("repaired_at", Moment),
    sa.Column("repaired_by", Id, sa.ForeignKey("users.id")),
    sa.Column("repair", sa.String(500), nullable=False, server_default=""),
    words("kind", Kind),
)


def add(db: Connection, **values: Any) -> None:
    """Record something against an applicant."""
    db.execute(sa.insert(records).values(**values))


def get(db: Connection, credit_id: int) -> Row:
    """Return a record. Raises `NotFound`."""
    row = db.execute(sa.select(records).where(records.c.id == credit_id)).first()
    if row is None:
        raise NotFound("没有这条信用记录。", code="credit.unknown")
    return row


def of_applicant(db: Connection, applicant_id: int) -> Sequence[Row]:
    """Return every record against an applicant, with the number of the case it came from, in order."""
    query = sa.select(records, cases.c.no.label("case_no")).join(cases, cases.c.id == records.c.case_id)
    return db.execute(query.where(records.c.applicant_id == applicant_id).order_by(records.c.id)).all()


def repair(db: Connection, credit_id: int, by: int | None, reason: str, at: datetime) -> None:
    """Write down that a record was repaired, by whom and why."""
    repaired = {"repaired_at": at, "repaired_by": by, "repair": reason}
    db.execute(sa.update(records).where(records.c.id == credit_id).values(**repaired))
