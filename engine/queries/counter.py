"""What lies on a hall's desk (综合窗口): who waits to be accepted, to bring something, or to be handed his result."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import priority
from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNACCEPTED, State
from engine.domain.deadline import Clock, Light, light, remaining
from engine.domain.errors import NotYours
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit
from engine.store import cases, deadlines
from engine.store.catalog import matters
from engine.store.crossings import crossings
from engine.store.db import Connection, Row
from engine.store.people import applicants, orgs
from engine.store.shipments import shipments

#: What the window may still act on; a case waiting for its applicant is shown, but not to be accepted.
ON_DESK = UNACCEPTED - {State.CORRECTION}
#: How many of each are shown.
MOST = 200


@dataclass(frozen=True, slots=True)
class Hall:
    """A desk somebody sits at."""

    id: int
    code: str
    name: str


def halls(db: Connection, actor: Actor) -> tuple[Hall, ...]:
    """Return the desks at which *actor* may take applications in. Raises `NotYours` when there is none."""
    held = [post.org for post in actor.posts if post.role == Role.WINDOW]
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(orgs.c.id.in_(held)).order_by(orgs.c.id)
    ).all()
    if not rows:
        raise NotYours(
            "需要“综合窗口”岗位才能收件；请换用窗口人员的账号。", code="post.missing", role=Role.WINDOW
        )
    return tuple(Hall(*row) for row in rows)


def streets(db: Connection) -> tuple[Hall, ...]:
    """Return the subdistricts a case may belong to."""
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(orgs.c.kind == "street").order_by(orgs.c.id)
    )
    return tuple(Hall(*row) for row in rows)


def bodies(db: Connection) -> tuple[Hall, ...]:
    """Return every hall, department and subdistrict that answers for something."""
    kinds = ("hall", "department", "street", "district")
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(orgs.c.kind.in_(kinds)).order_by(orgs.c.id)
    )
    return tuple(Hall(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits at the desk."""

    no: str
    kind: str
    name: str
    part_of: str
    applicant: str
    channel: str
    state: str
    received_at: datetime
    due_at: datetime | None
    light: Light | None
    days: int | None
    first: bool
    posted: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """The desk at a glance: to accept, waiting for the applicant, to hand out."""

    accept: tuple[Waiting, ...]
    correct: tuple[Waiting, ...]
    deliver: tuple[Waiting, ...]


_parents = cases.cases.alias("parents")
_bundles = matters.alias("bundles")
_due = deadlines.deadlines

_WAITING = (
    sa.select(
        cases.cases.c.no,
        cases.cases.c.kind,
        cases.cases.c.state,
        cases.cases.c.channel,
        cases.cases.c.received_at,
        cases.cases.c.first,
        shipments.c.id.is_not(None).label("posted"),
        matters.c.name,
        _bundles.c.name.label("part_of"),
        applicants.c.name.label("applicant"),
        _due.c.due_at,
        _due.c.limit_text,
    )
    .join(matters, matters.c.id == cases.cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.cases.c.applicant_id)
    .outerjoin(_parents, _parents.c.id == cases.cases.c.parent_id)
    .outerjoin(_bundles, _bundles.c.id == _parents.c.matter_id)
    .outerjoin(
        _due,
        sa.and_(
            _due.c.case_id == cases.cases.c.id,
            _due.c.settled_at.is_(None),
            _due.c.clock.in_([Clock.NOTICE, Clock.CORRECTION, Clock.DELIVERY]),
            sa.or_(cases.cases.c.state != State.CORRECTION, _due.c.clock == Clock.CORRECTION),
        ),
    )
    .outerjoin(
        shipments,
        sa.and_(
            shipments.c.case_id == cases.cases.c.id,
            shipments.c.signed_at.is_(None),
            shipments.c.returned_at.is_(None),
        ),
    )
    .order_by(_due.c.due_at, cases.cases.c.id)
    .limit(MOST)
)


def queue(db: Connection, at: datetime, calendar: Calendar, where: Iterable[Hall], words: str = "") -> Queue:
    """Return what waits at these desks; *words* narrow it by number, name or the tail of an identity number."""
    ids = [hall.id for hall in where]
    table, asked = cases.cases.c, _WAITING.where(*_sought(words))
    faces = table.hall_id.in_(ids)
    accepts = sa.or_(table.acceptor_id.in_(ids), sa.and_(table.acceptor_id.is_(None), faces))
    picked_up_here = sa.func.coalesce(table.pickup_id, table.hall_id).in_(ids)
    soon = priority.soon(at, calendar)
    its_turn = sa.or_(table.parent_id.is_(None), table.noticed_at.is_not(None))
    alone = table.parent_id.is_(None)

    def of(states: Iterable[State], *more: Any) -> tuple[Waiting, ...]:
        rows = db.execute(asked.where(table.state.in_(list(states)), *more)).all()
        return tuple(
            _waiting(row, at, calendar) for row in sorted(rows, key=lambda row: _place(row, at, soon))
        )

    return Queue(
        of(ON_DESK, accepts, its_turn),
        of([State.CORRECTION], faces),
        of(DECIDED, picked_up_here, alone, _is_here),
    )


#: A result that is still on its way back from another place cannot be handed out.
_is_here = sa.or_(
    cases.cases.c.acceptor_id.is_(None),
    sa.exists().where(crossings.c.case_id == cases.cases.c.id, crossings.c.back_at.is_not(None)),
)


def _place(row: Row, at: datetime, soon: datetime) -> tuple[datetime, bool]:
    """Where it stands: by when it is due, and who goes first before what is as urgent."""
    return priority.place(row.due_at or soon, at, soon, first=row.first), not row.first


def _sought(words: str) -> list[sa.ColumnElement[bool]]:
    return [
        sa.or_(
            cases.cases.c.no.contains(word, autoescape=True),
            applicants.c.name.contains(word, autoescape=True),
            matters.c.name.contains(word, autoescape=True),
            applicants.c.id_number.endswith(word, autoescape=True) if len(word) >= 4 else sa.false(),
        )
        for word in words.split()
    ]


def _waiting(row: Row, at: datetime, calendar: Calendar) -> Waiting:
    lamp = light(row.due_at, at, calendar, Limit.parse(row.limit_text)) if row.due_at else None
    return Waiting(
        no=row.no,
        kind=row.kind,
        name=row.name,
        part_of=row.part_of or "",
        applicant=row.applicant,
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        due_at=row.due_at,
        light=lamp,
        days=remaining(row.due_at, at, calendar) if row.due_at else None,
        first=row.first,
        posted=row.posted,
    )
