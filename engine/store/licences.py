"""E-licences (电子证照): what was granted, to whom, until when, and how it ended. Never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.case import UNACCEPTED, UNDECIDED
from engine.domain.errors import NotFound
from engine.domain.licence import Licence, State
from engine.store.cases import cases, materials
from engine.store.db import Connection, Id, Moment, Row, metadata
from engine.store.writes import later

#: What may still end by itself, and be reminded of.
ENDS = "state = 'valid' AND valid_until IS NOT NULL"

licences = sa.Table(
    "licences",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(60), nullable=False, unique=True),
    sa.Column("kind", sa.String(60), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("applicant_id", Id, sa.ForeignKey("applicants.id"), nullable=False, index=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, unique=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("authority_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("grant_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_until", sa.Date),
    sa.Column("state", sa.String(10), nullable=False, server_default="valid"),
    sa.Column("ground", sa.String(20), nullable=False, server_default=""),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("document_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Id, sa.ForeignKey("users.id")),
    # that it has expired is told from its last day
    sa.CheckConstraint("state IN ('valid', 'revoked', 'cancelled')", name="state"),
    sa.CheckConstraint("(state = 'valid') = (ended_at IS NULL)", name="ended"),
    sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
    sa.Index("ix_licences_ending", "valid_until", sqlite_where=sa.text(ENDS), postgresql_where=sa.text(ENDS)),
)

_ISSUE = sa.insert(licences).inline()
_TOLD = ("id", "number", "kind", "name", "matter_key", "valid_from", "valid_until", "ground", "ended_at")


def issue(db: Connection, **values: Any) -> None:
    """Write down a licence."""
    later(db, _ISSUE, values)


def of_applicant(db: Connection, applicant_id: int) -> list[Licence]:
    """Return every licence of an applicant, however it stands, in order."""
    query = sa.select(licences).where(licences.c.applicant_id == applicant_id).order_by(licences.c.id)
    return [read(row) for row in db.execute(query)]


def of_case(db: Connection, case_id: int) -> Row | None:
    """Return the licence a case ended in, if it did."""
    return db.execute(sa.select(licences).where(licences.c.case_id == case_id)).first()


def read(row: Row) -> Licence:
    """Return a row as the rules know it."""
    return Licence(**{name: getattr(row, name) for name in _TOLD}, stored=State(row.state))


def get(db: Connection, number: str) -> Row:
    """Return the licence of *number*. Raises `NotFound`."""
    row = db.execute(sa.select(licences).where(licences.c.number == number)).first()
    if row is None:
        raise NotFound("没有这个编号的电子证照，请核对证照编号。", code="licence.unknown", field="number")
    return row


def end(db: Connection, licence_id: int, at: datetime, **values: Any) -> None:
    """Write down how a licence ended."""
    db.execute(sa.update(licences).where(licences.c.id == licence_id).values(ended_at=at, **values))


def relying(db: Connection, licence_id: int) -> Sequence[int]:
    """Return the undecided applications on whose shelves a licence stands in place of a material."""
    query = sa.select(cases.c.id).join(materials, materials.c.case_id == cases.c.id)
    running = cases.c.state.in_(list(UNACCEPTED | UNDECIDED))
    return (
        db.execute(query.where(materials.c.licence_id == licence_id, running).order_by(cases.c.id))
        .scalars()
        .all()
    )
