"""Visits (体验办件) and their opinion sheets, for those who may know which cases they are."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.case import UNACCEPTED, UNDECIDED, State
from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Role, must_hold
from engine.domain.mystery import ASPECTS, CAPACITY_NAMES, Capacity
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.mysteries import visits
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: who, as what, at which matter, how far it is, and what he found."""

    no: str
    matter: str
    department: str
    capacity: str
    visitor: str
    purpose: str
    state: str
    marked_at: datetime
    scores: tuple[tuple[str, int], ...]
    opinion: str
    given_at: datetime | None
    may_tell: bool


_VISITS = (
    sa.select(
        visits, cases.c.no, cases.c.state, matters.c.name.label("matter"), orgs.c.name.label("department")
    )
    .join(cases, cases.c.id == visits.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == cases.c.authority_id)
)


def all_(db: Connection, actor: Actor) -> tuple[Visit, ...]:
    """Return every visit, the newest first. Raises `NotYours` but for a manager: nobody else may know."""
    must_hold(actor, Role.MANAGER)
    return tuple(
        map(_visit, db.execute(_VISITS.order_by(visits.c.marked_at.desc(), visits.c.case_id.desc())))
    )


def one(db: Connection, actor: Actor, no: str) -> Visit:
    """Return one visit. Raises `NotYours`, `NotFound`."""
    must_hold(actor, Role.MANAGER)
    row = db.execute(_VISITS.where(cases.c.no == no)).first()
    if row is None:
        raise NotFound("没有这件体验办件。", code="visit.unknown")
    return _visit(row)


def _visit(row: Row) -> Visit:
    return Visit(
        no=row.no,
        matter=row.matter,
        department=row.department,
        capacity=CAPACITY_NAMES[Capacity(row.capacity)],
        visitor=row.visitor,
        purpose=row.purpose,
        state=row.state,
        marked_at=row.marked_at,
        scores=tuple((ASPECTS[key], n) for key, n in row.scores.items() if key in ASPECTS),
        opinion=row.opinion,
        given_at=row.given_at,
        may_tell=row.given_at is None and State(row.state) not in UNACCEPTED | UNDECIDED,
    )
