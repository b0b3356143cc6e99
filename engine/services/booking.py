"""Appointments (预约): booked, moved, cancelled with a phone and a code; met, or missed, at the window."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain import appointment as rules
from engine.domain.appointment import Counter, Kind, State
from engine.domain.errors import Incomplete, NotFound, Taken
from engine.domain.identity import Role, must_hold
from engine.domain.pause import day_of
from engine.services import usher
from engine.services.act import Act
from engine.store import appointments, catalog, halls, people
from engine.store.db import Row

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to come, or to be called on, where, when, and for what."""

    hall: str
    at: datetime
    name: str
    phone: str
    kind: Kind = Kind.WINDOW
    matter: str = ""
    address: str = ""
    first: bool = False


def book(act: Act, wish: Wish) -> Row:
    """Book an appointment. Raises `Taken` where the slot is full, `NotNow` or `Malformed` for a time not offered."""
    org = people.org(act.db, wish.hall)
    counter = halls.counter_of(act.db, org.id)
    if wish.matter:
        catalog.current(act.db, wish.matter)
    if wish.kind is Kind.HOME and not wish.address.strip():
        raise Incomplete("上门服务请写明地址。", code="address.missing", field="address")
    _take(act, org.id, counter, wish.at, wish.kind, first=wish.first)
    made = appointments.add(
        act.db,
        org_id=org.id,
        kind=wish.kind,
        matter_key=wish.matter,
        at=wish.at,
        until=wish.at + timedelta(minutes=counter.minutes),
        name=wish.name,
        phone=wish.phone,
        address=wish.address.strip() if wish.kind is Kind.HOME else "",
        code="".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH)),
        first=wish.first,
        state=State.BOOKED,
        made_at=act.at,
    )
    act.record("booked", appointment=made, at=wish.at.isoformat())
    return appointments.get(act.db, made)


def _take(act: Act, org_id: int, counter: Counter, at: datetime, kind: Kind, *, first: bool) -> None:
    openings = counter.hours.on(day_of(at), act.calendar_at(org_id).kind(day_of(at)))
    rules.must_be_offered(at, act.at, counter, openings)
    # at home no window is taken up; whether an officer is free says who sends him
    if kind is Kind.WINDOW and not halls.take(act.db, org_id, at, counter.places(first=first)):
        raise Taken("这个时间已经约满，请另选。", code="appointment.full", field="at")


def move(act: Act, code: str, phone: str, at: datetime) -> Row:
    """Move an appointment to another time; the old place is free again."""
    row = _own(act, code, phone)
    rules.must_be_open(row.state, "改期")
    _take(act, row.org_id, halls.counter_of(act.db, row.org_id), at, Kind(row.kind), first=row.first)
    _free(act, row)
    length = row.until - row.at
    appointments.change(act.db, row.id, at=at, until=at + length, moved=row.moved + 1)
    act.record("appointment moved", appointment=row.id, at=at.isoformat())
    return appointments.get(act.db, row.id)


def cancel(act: Act, code: str, phone: str) -> Row:
    """Cancel an appointment; its place is free again."""
    row = _own(act, code, phone)
    rules.must_be_open(row.state, "取消")
    _free(act, row)
    return _became(act, row, State.CANCELLED, "appointment cancelled")


def _own(act: Act, code: str, phone: str) -> Row:
    """The appointment of a code, for its phone or for the window of its hall. Raises `NotFound` for any other."""
    row = appointments.by_code(act.db, code)
    if act.by.holds(Role.WINDOW, row.org_id) or secrets.compare_digest(
        row.phone.encode(), phone.strip().encode()
    ):
        return row
    raise NotFound("没有这个预约，请核对预约码和手机号。", code="appointment.unknown", field="phone")


def _free(act: Act, row: Row) -> None:
    if row.kind == Kind.WINDOW:
        halls.free(act.db, row.org_id, row.at)


def _became(act: Act, row: Row, state: State, what: str) -> Row:
    appointments.change(act.db, row.id, state=state, met_at=act.at if state is State.ARRIVED else None)
    act.record(what, appointment=row.id)
    return appointments.get(act.db, row.id)


def arrive(act: Act, appointment_id: int) -> Row:
    """Write down that somebody came; at the window he gets a number and is called before those without."""
    row = _at_window(act, appointment_id)
    rules.must_be_open(row.state, "登记到达")
    rules.must_be_today(day_of(row.at), act.today)
    if row.kind == Kind.WINDOW:
        usher.draw(act, row.org_id, first=True, appointment_id=row.id)
    return _became(act, row, State.ARRIVED, "appointment met")


def miss(act: Act, appointment_id: int) -> Row:
    """Write down that somebody did not come (爽约)."""
    row = _at_window(act, appointment_id)
    rules.must_be_open(row.state, "登记未到")
    rules.must_have_begun(row.until, act.at)
    return _became(act, row, State.MISSED, "appointment missed")


def send(act: Act, appointment_id: int, user_id: int) -> Row:
    """Name the officer who calls on somebody at home (上门服务)."""
    row = _at_window(act, appointment_id)
    rules.must_be_open(row.state, "指派上门人员")
    must_hold(people.actor(act.db, user_id, act.at), Role.WINDOW, row.org_id)
    appointments.change(act.db, row.id, officer_id=user_id)
    act.record("officer sent", appointment=row.id, officer=user_id)
    return appointments.get(act.db, row.id)


def _at_window(act: Act, appointment_id: int) -> Row:
    row = appointments.get(act.db, appointment_id)
    must_hold(act.by, Role.WINDOW, row.org_id)
    return row
