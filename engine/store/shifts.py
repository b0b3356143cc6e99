"""Shifts (班次) of the rota: who is on duty for a post on a day. What was changed or removed stays, ended."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.rota import Span
from engine.store.db import Connection, Id, Moment, Row, metadata, words

_STANDS = sa.text("ended_at IS NULL")

#: *day* is a day in Beijing. Whole days and halves are kept apart by the rules; of equals the index lets one stand.
shifts = sa.Table(
    "shifts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("span", sa.String(10), nullable=False),
    sa.Column("main_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("second_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("spare_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", Id, sa.ForeignKey("users.id")),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Id, sa.ForeignKey("users.id")),
    words("span", Span),
    sa.CheckConstraint(
        "main_id <> second_id AND main_id <> spare_id AND second_id <> spare_id", name="three_people"
    ),
    sa.Index("ix_shifts_post", "org_id", "role", "day"),
    sa.Index(
        "uq_shifts_standing", "org_id", "role", "day", "span", unique=True,
        sqlite_where=_STANDS, postgresql_where=_STANDS,
    ),
)  # fmt: skip

#: What a change of the rota waits for: one after another for each organisation.
_LOCK = sa.text("SELECT id FROM orgs WHERE id = :id FOR UPDATE")


def lock(db: Connection, org_id: int) -> None:
    """Let nobody else change the shifts of an organisation until this act ends; SQLite has one writer anyway."""
    if db.dialect.name != "sqlite":
        db.execute(_LOCK, {"id": org_id})


def add(db: Connection, **values: Any) -> int:
    """Keep a shift and return its id."""
    return int(db.execute(sa.insert(shifts).values(**values).returning(shifts.c.id)).scalar_one())


def get(db: Connection, shift_id: int) -> Row:
    """Return a shift. Raises `NotFound` for one that is not there, or was changed or removed since."""
    row = db.execute(sa.select(shifts).where(shifts.c.id == shift_id, shifts.c.ended_at.is_(None))).first()
    if row is None:
        raise NotFound("没有这个班次，或已被更改；请刷新排班表。", code="shift.unknown")
    return row


def end(db: Connection, shift_id: int, by: int | None, at: datetime) -> None:
    """End a shift that is changed or removed; the row stays."""
    db.execute(sa.update(shifts).where(shifts.c.id == shift_id).values(ended_at=at, ended_by=by))


def between(db: Connection, org_id: int, role: str, first: date, last: date) -> Sequence[Row]:
    """Return the shifts of a post that stand from one day to another, in order."""
    where = (shifts.c.org_id == org_id, shifts.c.role == role, shifts.c.day.between(first, last))
    query = sa.select(shifts).where(*where, shifts.c.ended_at.is_(None))
    return db.execute(query.order_by(shifts.c.day, shifts.c.span.desc(), shifts.c.id)).all()
