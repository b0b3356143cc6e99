"""Appointments (预约) as people see them: what is offered, one's own by its code, a hall's list of the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine.domain import appointment
from engine.domain.appointment import Counter
from engine.domain.calendar import Calendar
from engine.domain.errors import NotFound
from engine.domain.hours import Hours, Kind
from engine.domain.identity import Actor, Role, must_hold
from engine.domain.pause import day_of, end_of
from engine.queries.counter import Hall
from engine.store import appointments as rows
from engine.store import halls, people
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import orgs, posts, users

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time one may come at, and how many places are left."""

    at: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A hall's day: when it is open, and the times still to come."""

    hall: Hall
    day: date
    days: tuple[date, ...]
    kind: Kind
    hours: Hours
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment without anything personal: its code opens it."""

    code: str
    hall: str
    hall_code: str
    kind: str
    matter: str
    at: datetime
    until: datetime
    state: str
    officer: str
    first: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """An appointment in the list of the day, for the window."""

    id: int
    at: datetime
    until: datetime
    name: str
    phone: str
    address: str
    kind: str
    matter: str
    state: str
    first: bool
    officer: str
    moved: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """A hall's day: who comes when, who waits with a number, who may be sent."""

    hall: Hall
    day: date
    visitors: tuple[Visitor, ...]
    waiting: Sequence[Row]
    officers: Sequence[Row]


def everywhere(db: Connection) -> tuple[Hall, ...]:
    """Return the halls that can be booked."""
    return tuple(Hall(*row) for row in halls.everywhere(db))


def hall(db: Connection, code: str) -> Hall:
    """Return the hall of a code, or the first; Raises `NotFound` where none can be booked."""
    found = everywhere(db)
    if not found:
        raise NotFound("还没有开通预约的大厅，请直接到窗口。", code="hall.unknown", field="hall")
    return next((each for each in found if each.code == code), found[0])


def of_window(db: Connection, actor: Actor, code: str) -> Hall:
    """Return the hall of a code, for who sits at its window. Raises `NotYours`."""
    found = people.org(db, code)
    must_hold(actor, Role.WINDOW, found.id)
    return Hall(found.id, found.code, found.name)


def offer(
    db: Connection, at: datetime, calendar: Calendar, of: Hall, day: date | None, *, first: bool = False
) -> Offer:
    """Return the times of a hall's day that are not past, with the places left for who goes first or does not."""
    counter = halls.counter_of(db, of.id)
    days = tuple(_days(counter, calendar, day_of(at)))
    chosen = day if day in days else days[0] if days else day_of(at)
    openings = _openings(counter, calendar, chosen)
    taken = halls.taken(db, of.id, end_of(chosen - _ONE_DAY), end_of(chosen))
    most = counter.places(first=first)
    return Offer(
        hall=of,
        day=chosen,
        days=days,
        kind=calendar.kind(chosen),
        hours=openings,
        slots=tuple(
            Slot(each, max(0, most - taken.get(each, 0)))
            for each in appointment.slots(openings, chosen, counter.minutes)
            if each > at
        ),
    )


def _openings(counter: Counter, calendar: Calendar, day: date) -> Hours:
    return counter.hours.on(day, calendar.kind(day))


def _days(counter: Counter, calendar: Calendar, today: date) -> Iterable[date]:
    every = (today + timedelta(days=n) for n in range(counter.ahead + 1))
    return (day for day in every if _openings(counter, calendar, day))


def booked(db: Connection, code: str) -> Booked:
    """Return the appointment a code opens. Raises `NotFound`."""
    row = db.execute(_WHOLE.where(rows.appointments.c.code == code)).first()
    if row is None:
        raise NotFound("没有这个预约，请核对预约码。", code="appointment.unknown", field="code")
    return Booked(**_told(row, Booked.__slots__))


_WHOLE = (
    sa.select(
        rows.appointments,
        orgs.c.name.label("hall"),
        orgs.c.code.label("hall_code"),
        users.c.name.label("officer"),
        matters.c.name.label("matter"),
    )
    .join(orgs, orgs.c.id == rows.appointments.c.org_id)
    .outerjoin(users, users.c.id == rows.appointments.c.officer_id)
    .outerjoin(matters, sa.and_(matters.c.key == rows.appointments.c.matter_key, matters.c.current))
)


def agenda(db: Connection, of: Hall, day: date) -> Agenda:
    """Return a hall's day for its windows, in order; who goes first leads his slot."""
    table = rows.appointments
    there = (table.c.org_id == of.id, table.c.at >= end_of(day - _ONE_DAY), table.c.at < end_of(day))
    found = db.execute(_WHOLE.where(*there).order_by(table.c.at, table.c.first.desc(), table.c.id))
    return Agenda(
        hall=of,
        day=day,
        visitors=tuple(Visitor(**_told(row, Visitor.__slots__)) for row in found),
        waiting=rows.waiting(db, of.id, day),
        officers=_officers(db, of.id),
    )


def _told(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """Fields of a row; what is not known is empty."""
    return {name: "" if getattr(row, name) is None else getattr(row, name) for name in names}


def _officers(db: Connection, org_id: int) -> Sequence[Row]:
    """Who sits at the windows of a hall, ``(id, name)``."""
    query = sa.select(users.c.id, users.c.name).join(posts, posts.c.user_id == users.c.id)
    at_window = (posts.c.org_id == org_id, posts.c.role == str(Role.WINDOW), users.c.active)
    return db.execute(query.where(*at_window).order_by(users.c.name)).all()
