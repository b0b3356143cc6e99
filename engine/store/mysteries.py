"""Visits of people who try the house out (改革体验官): whose case it is, why, and his opinion sheet (意见单)."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.mystery import Capacity
from engine.store.cases import cases
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words

visits = sa.Table(
    "visits",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("capacity", sa.String(20), nullable=False),
    sa.Column("visitor", sa.String(100), nullable=False),
    sa.Column("purpose", sa.String(500), nullable=False, server_default=""),
    sa.Column("marked_at", Moment, nullable=False),
    sa.Column("marked_by", Id, sa.ForeignKey("users.id")),
    sa.Column("scores", Json, nullable=False, server_default="{}"),
    sa.Column("opinion", sa.String(2000), nullable=False, server_default=""),
    sa.Column("given_at", Moment),
    sa.Column("given_by", Id, sa.ForeignKey("users.id")),
    words("capacity", Capacity),
)


def add(db: Connection, **values: Any) -> None:
    """Write down that a case is somebody's visit."""
    db.execute(sa.insert(visits).values(**values))


def get(db: Connection, case_id: int) -> Row:
    """Return a visit. Raises `NotFound`."""
    row = db.execute(sa.select(visits).where(visits.c.case_id == case_id)).first()
    if row is None:
        raise NotFound("没有这件体验办件。", code="visit.unknown")
    return row


def opine(db: Connection, case_id: int, **values: Any) -> None:
    """Keep an opinion sheet."""
    db.execute(sa.update(visits).where(visits.c.case_id == case_id).values(**values))


def mark(db: Connection, case_ids: Sequence[int]) -> None:
    """Keep cases out of every figure."""
    db.execute(sa.update(cases).where(cases.c.id.in_(case_ids)).values(mystery=True))
