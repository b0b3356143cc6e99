"""Cases between two places (跨区通办): what a window has to send, to receive, to send back; and where one case is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import material
from engine.domain import matter as rules
from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, State
from engine.domain.crossing import MODE_NAMES, Mode
from engine.domain.deadline import Clock, Light, light, remaining
from engine.domain.errors import NotFound
from engine.domain.limit import Limit
from engine.queries.counter import Hall
from engine.store import cases as kept
from engine.store import deadlines
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.crossings import crossings
from engine.store.db import Connection, Row
from engine.store.people import applicants, orgs

#: How many of each are shown.
MOST = 200


@dataclass(frozen=True, slots=True)
class Between:
    """A case between two places, and what its way says."""

    no: str
    name: str
    applicant: str
    state: str
    mode: str
    place: str
    home: str
    method: str
    waybill: str
    sent_at: datetime | None
    home_at: datetime | None
    back_at: datetime | None
    back_method: str
    back_waybill: str
    returns: int
    reason: str
    due_at: datetime | None
    light: Light | None
    days: int | None

    @property
    def mode_name(self) -> str:
        """What the mode is called."""
        return MODE_NAMES[Mode(self.mode)]


@dataclass(frozen=True, slots=True)
class Board:
    """The cross-region window at a glance: to send, under way, to receive, to send back, back to be handed out."""

    forward: tuple[Between, ...]
    away: tuple[Between, ...]
    receive: tuple[Between, ...]
    back: tuple[Between, ...]
    arrived: tuple[Between, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """Another case of the same application (多地联办)."""

    no: str
    home: str
    state: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """One crossing case with its materials, and its fellows at other homes."""

    between: Between
    lines: tuple[material.Line, ...]
    sites: tuple[Site, ...]
    may: frozenset[str]


_places, _homes = orgs.alias("places"), orgs.alias("homes")
_due = deadlines.deadlines
_BETWEEN = (
    sa.select(
        cases,
        *(column for column in crossings.c if column.name != "received_at"),
        crossings.c.received_at.label("home_at"),
        matters.c.name,
        matters.c.record,
        applicants.c.name.label("applicant"),
        _places.c.name.label("place"),
        _homes.c.name.label("home"),
        _due.c.due_at,
        _due.c.limit_text,
    )
    .join(crossings, crossings.c.case_id == cases.c.id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .join(_places, _places.c.id == crossings.c.place_id)
    .join(_homes, _homes.c.id == crossings.c.home_id)
    .outerjoin(
        _due,
        sa.and_(_due.c.case_id == cases.c.id, _due.c.settled_at.is_(None), _due.c.clock == Clock.TRANSFER),
    )
    .order_by(_due.c.due_at, cases.c.id)
)
_COLLECTED = cases.c.state == State.COLLECTED
_IS_DECIDED = cases.c.state.in_(list(DECIDED))
_FORWARDED = cases.c.acceptor_id.is_not(None)


def board(db: Connection, at: datetime, calendar: Calendar, where: Iterable[Hall]) -> Board:
    """Return what the windows of these desks have to do between two places."""
    mine = [hall.id for hall in where]
    here, home = cases.c.hall_id.in_(mine), cases.c.acceptor_id.in_(mine)

    def of(*conditions: Any) -> tuple[Between, ...]:
        rows = db.execute(_BETWEEN.where(_FORWARDED, *conditions).limit(MOST))
        return tuple(_between(row, at, calendar) for row in rows)

    sent, back = crossings.c.sent_at.is_not(None), crossings.c.back_at.is_not(None)
    return Board(
        forward=of(here, _COLLECTED, ~sent),
        away=of(here, _COLLECTED, sent),
        receive=of(home, _COLLECTED, sent),
        back=of(home, _IS_DECIDED, ~back),
        arrived=of(here, _IS_DECIDED, back),
    )


def crossing(db: Connection, no: str, at: datetime, calendar: Calendar) -> Crossing:
    """Return how one case crosses. Raises `NotFound` for one that does not."""
    row = db.execute(_BETWEEN.where(cases.c.no == no).limit(1)).first()
    if row is None:
        raise NotFound("该件不是跨区通办件。", code="crossing.unknown", field="no")
    lines = material.lines(
        rules.requirements(row.record),
        row.flags,
        kept.handed(db, row.case_id),
        kept.producing(db, row.case_id, None),
    )
    return Crossing(_between(row, at, calendar), lines, sites(db, row.case_id), _may(row))


def _may(row: Row) -> frozenset[str]:
    """What may be done now, by the window whose turn it is."""
    if row.acceptor_id is None:
        return frozenset()
    if row.state == State.COLLECTED:
        return frozenset({"receive", "send-back"} if row.sent_at else {"hand-over"})
    return frozenset({"send-result"}) if State(row.state) in DECIDED and row.back_at is None else frozenset()


def sites(db: Connection, case_id: int) -> tuple[Site, ...]:
    """Return all cases of an application at several homes; of any other, none."""
    lead = sa.select(crossings.c.lead_id).where(crossings.c.case_id == case_id).scalar_subquery()
    query = (
        sa.select(cases.c.no, _homes.c.name, cases.c.state)
        .join(crossings, crossings.c.case_id == cases.c.id)
        .join(_homes, _homes.c.id == crossings.c.home_id)
        .where(crossings.c.lead_id == lead)
    )
    found = db.execute(query.order_by(cases.c.id)).all()
    return tuple(Site(*row) for row in found) if len(found) > 1 else ()


def of_case(db: Connection, case_id: int, at: datetime, calendar: Calendar) -> Between | None:
    """Return how a case crosses, if it does."""
    row = db.execute(_BETWEEN.where(cases.c.id == case_id).limit(1)).first()
    return _between(row, at, calendar) if row else None


def _between(row: Row, at: datetime, calendar: Calendar) -> Between:
    told: Sequence[str] = (
        *("no", "name", "applicant", "state", "place", "home", "method", "waybill", "sent_at", "home_at"),
        *("back_at", "back_method", "back_waybill", "returns", "reason", "due_at"),
    )
    lamp = light(row.due_at, at, calendar, Limit.parse(row.limit_text)) if row.due_at else None
    days = remaining(row.due_at, at, calendar) if row.due_at else None
    return Between(**{name: getattr(row, name) for name in told}, mode=row.crossing, light=lamp, days=days)
