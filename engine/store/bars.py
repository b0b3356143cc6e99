"""Findings of false papers (虚假材料) and until when somebody may not apply again (R-ACC-8). Never deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.bar import Bar, Ground
from engine.domain.errors import NotFound
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Id, Moment, Row, metadata, words

#: *at* is when it was found, *since* the day of the decision that rests on it; without *until* it only warns.
bars = sa.Table(
    "bars",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("applicant_id", Id, sa.ForeignKey("applicants.id"), nullable=False, index=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("ground", sa.String(20), nullable=False),
    sa.Column("facts", sa.String(500), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("since", sa.Date),
    sa.Column("until", sa.Date),
    sa.Column("document_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("cancelled_at", Moment),
    sa.Column("cancelled_by", Id, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.CheckConstraint("until IS NULL OR (since IS NOT NULL AND until >= since)", name="until"),
    sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by IS NULL)", name="cancelled"),
    sa.CheckConstraint("by_id IS NULL OR cancelled_by IS NULL OR by_id <> cancelled_by", name="two_people"),
    words("ground", Ground),
)

_TOLD = (
    sa.select(
        *(bars.c[name] for name in ("id", "matter_key", "ground", "since", "until", "cancelled_at")),
        matters.c.name.label("matter"),
        cases.c.no.label("case_no"),
    )
    .join(cases, cases.c.id == bars.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
)


def find(db: Connection, **values: Any) -> int:
    """Write a finding down and return its id."""
    return int(db.execute(sa.insert(bars).values(**values).returning(bars.c.id)).scalar_one())


def get(db: Connection, bar_id: int) -> Row:
    """Return a finding. Raises `NotFound`."""
    row = db.execute(sa.select(bars).where(bars.c.id == bar_id)).first()
    if row is None:
        raise NotFound("没有这条认定。", code="bar.unknown")
    return row


def against(db: Connection, applicant_id: int) -> list[Bar]:
    """Return what bars or barred somebody, in order."""
    his = (bars.c.applicant_id == applicant_id, bars.c.until.is_not(None))
    return [read(row) for row in db.execute(_TOLD.where(*his).order_by(bars.c.id))]


def read(row: Row) -> Bar:
    """Return a row, joined with its matter and case, as the rules know it."""
    return Bar(**{name: getattr(row, name) for name in _KNOWN}, ground=Ground(row.ground))


_KNOWN = ("id", "matter_key", "matter", "case_no", "since", "until", "cancelled_at")


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the findings made in a case, in order."""
    return db.execute(sa.select(bars).where(bars.c.case_id == case_id).order_by(bars.c.id)).all()


def mark(db: Connection, bar_id: int, **values: Any) -> None:
    """Write down that a finding took effect, or was taken back."""
    db.execute(sa.update(bars).where(bars.c.id == bar_id).values(**values))


def cancel(db: Connection, bar_id: int, by: int | None, reason: str, at: datetime) -> None:
    """Write down that a finding was a mistake, who says so and why."""
    mark(db, bar_id, cancelled_at=at, cancelled_by=by, reason=reason)
