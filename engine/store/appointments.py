"""Appointments (预约), and the numbers people draw at the door (取号): personal data, kept for the day's list."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.appointment import Kind, State
from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Moment, Row, metadata, words
from engine.store.people import orgs, users

appointments = sa.Table(
    "appointments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("matter_key", sa.String(60), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("phone", sa.String(30), nullable=False),
    sa.Column("address", sa.String(200), nullable=False, server_default=""),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("first", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("officer_id", Id, sa.ForeignKey("users.id")),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("moved", sa.Integer, nullable=False, server_default="0"),
    sa.Column("met_at", Moment),
    sa.Index("ix_appointments_day", "org_id", "at"),
    words("kind", Kind),
    words("state", State),
)

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("no", sa.String(10), nullable=False),
    sa.Column("first", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("appointment_id", Id, sa.ForeignKey("appointments.id")),
    sa.Column("taken_at", Moment, nullable=False),
    sa.Column("called_at", Moment),
    sa.Column("called_by", Id, sa.ForeignKey("users.id")),
    sa.UniqueConstraint("org_id", "day", "no"),
)


def add(db: Connection, **values: Any) -> int:
    """Book an appointment and return its id."""
    return int(db.execute(sa.insert(appointments).values(**values).returning(appointments.c.id)).scalar_one())


_WHOLE = (
    sa.select(
        appointments, orgs.c.name.label("hall"), orgs.c.code.label("hall_code"), users.c.name.label("officer")
    )
    .join(orgs, orgs.c.id == appointments.c.org_id)
    .outerjoin(users, users.c.id == appointments.c.officer_id)
)


def get(db: Connection, appointment_id: int) -> Row:
    """Return an appointment, locked. Raises `NotFound`."""
    return _one(db, appointments.c.id == appointment_id)


def by_code(db: Connection, code: str) -> Row:
    """Return the appointment a code opens, locked. Raises `NotFound`."""
    return _one(db, appointments.c.code == code)


def _one(db: Connection, which: sa.ColumnElement[bool]) -> Row:
    row = db.execute(_WHOLE.where(which).with_for_update(of=appointments)).first()
    if row is None:
        raise NotFound("没有这个预约，请核对预约码。", code="appointment.unknown", field="code")
    return row


def change(db: Connection, appointment_id: int, **values: Any) -> None:
    """Write down what became of an appointment."""
    db.execute(sa.update(appointments).where(appointments.c.id == appointment_id).values(**values))


def between(db: Connection, org_ids: Sequence[int], begin: datetime, end: datetime) -> Sequence[Row]:
    """Return the appointments of halls between two moments, in order; who goes first leads his slot."""
    there = (appointments.c.org_id.in_(org_ids), appointments.c.at >= begin, appointments.c.at < end)
    return db.execute(
        _WHOLE.where(*there).order_by(appointments.c.at, appointments.c.first.desc(), appointments.c.id)
    ).all()


def draw(db: Connection, **values: Any) -> int:
    """Keep a number somebody drew; return its id."""
    return int(db.execute(sa.insert(numbers).values(**values).returning(numbers.c.id)).scalar_one())


def waiting(db: Connection, org_id: int, day: Any) -> Sequence[Row]:
    """Return the numbers of a day nobody has called yet: who goes first, then in the order they were drawn."""
    query = sa.select(numbers).where(
        numbers.c.org_id == org_id, numbers.c.day == day, numbers.c.called_at.is_(None)
    )
    return db.execute(query.order_by(numbers.c.first.desc(), numbers.c.id)).all()


def call(db: Connection, number_id: int, by: int | None, at: datetime) -> bool:
    """Call a number; the row count decides who was first."""
    query = sa.update(numbers).where(numbers.c.id == number_id, numbers.c.called_at.is_(None))
    return db.execute(query.values(called_at=at, called_by=by)).rowcount == 1
