"""How each hall's windows take people (窗口作息), and how many are booked for each slot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.appointment import Counter, counter
from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, upsert
from engine.store.people import orgs

halls = sa.Table(
    "halls",
    metadata,
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), primary_key=True, autoincrement=False),
    sa.Column("told", Json, nullable=False),
)

slots = sa.Table(
    "slots",
    metadata,
    sa.Column("org_id", Id, sa.ForeignKey("halls.org_id"), primary_key=True, autoincrement=False),
    sa.Column("at", Moment, primary_key=True),
    sa.Column("taken", sa.Integer, nullable=False),
    sa.CheckConstraint("taken >= 0", name="taken"),
)


def keep(db: Connection, org_id: int, told: Mapping[str, Any]) -> bool:
    """Write down how a hall takes people, where nothing is said yet; say whether it was."""
    new = upsert(db.dialect.name, halls).values(org_id=org_id, told=dict(told))
    kept = new.on_conflict_do_nothing(index_elements=["org_id"]).returning(halls.c.org_id)
    return db.execute(kept).first() is not None


def everywhere(db: Connection) -> Sequence[Row]:
    """Return ``(id, code, name)`` of every hall that can be booked."""
    query = sa.select(orgs.c.id, orgs.c.code, orgs.c.name).join(halls, halls.c.org_id == orgs.c.id)
    return db.execute(query.order_by(orgs.c.id)).all()


def counter_of(db: Connection, org_id: int) -> Counter:
    """Return how a hall takes people. Raises `NotFound` where nobody can be booked."""
    told = db.execute(sa.select(halls.c.told).where(halls.c.org_id == org_id)).scalar()
    if told is None:
        raise NotFound("这个大厅没有开通预约，请直接到窗口，或另选大厅。", code="hall.unknown", field="hall")
    return counter(told)


def can_be_booked(db: Connection, org_id: int) -> bool:
    """Do a place's windows take people by appointment?"""
    return db.execute(sa.select(halls.c.org_id).where(halls.c.org_id == org_id)).first() is not None


def taken(db: Connection, org_id: int, begin: datetime, end: datetime) -> dict[datetime, int]:
    """Return how many are booked for each slot between two moments."""
    query = sa.select(slots.c.at, slots.c.taken).where(
        slots.c.org_id == org_id, slots.c.at >= begin, slots.c.at < end
    )
    return {row.at: row.taken for row in db.execute(query)}


def take(db: Connection, org_id: int, at: datetime, most: int) -> bool:
    """Take a place of a slot; the row count decides who got the last one."""
    first = upsert(db.dialect.name, slots).values(org_id=org_id, at=at, taken=0)
    db.execute(first.on_conflict_do_nothing(index_elements=["org_id", "at"]))
    more = sa.update(slots).where(slots.c.org_id == org_id, slots.c.at == at, slots.c.taken < most)
    return db.execute(more.values(taken=slots.c.taken + 1)).rowcount == 1


def free(db: Connection, org_id: int, at: datetime) -> None:
    """Give a place of a slot back."""
    fewer = sa.update(slots).where(slots.c.org_id == org_id, slots.c.at == at, slots.c.taken > 0)
    db.execute(fewer.values(taken=slots.c.taken - 1))
