"""What surrounds a case (办件周边): who goes first, how often he came, how he gets his result, who acts for him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain import mandate, visit
from engine.domain.case import FINAL, State
from engine.domain.mandate import Mandate
from engine.domain.priority import SPECIAL_NAMES, Special
from engine.queries.counter import Hall
from engine.store import assists, mandates, shipments
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import orgs, users


@dataclass(frozen=True, slots=True)
class Around:
    """What the window sees around an application; *groups* say why it goes first, for the intake alone."""

    id: int
    hall_id: int
    handout_id: int
    first: bool
    groups: tuple[str, ...]
    group_names: str
    visits: int
    promised: int
    first_contact: str
    pickup: str
    wish: Row | None
    posted: Row | None
    returned: Sequence[Row]
    places: tuple[Hall, ...]
    agent_code: str
    mandates: tuple["Held", ...]
    over: bool

    @property
    def too_often(self) -> bool:
        """Did somebody have to come more often than was promised?"""
        return self.visits > self.promised


_pickups, _contacts = orgs.alias("pickups"), users.alias("contacts")
_ROW = (
    sa.select(
        cases.c.id,
        cases.c.first,
        cases.c.visits,
        cases.c.channel,
        cases.c.state,
        cases.c.hall_id,
        cases.c.pickup_id,
        cases.c.applicant_id,
        cases.c.agent_id,
        matters.c.record,
        _pickups.c.name.label("pickup"),
        _contacts.c.name.label("contact"),
    )
    .join(matters, matters.c.id == cases.c.matter_id)
    .outerjoin(_pickups, _pickups.c.id == cases.c.pickup_id)
    .outerjoin(_contacts, _contacts.c.id == cases.c.first_contact_id)
)


def around(db: Connection, case_id: int, at: datetime) -> Around:
    """Return what surrounds an application, as its window sees it."""
    row = db.execute(_ROW.where(cases.c.id == case_id)).one()
    groups = assists.groups_of(db, case_id)
    sent = shipments.of_case(db, case_id)
    held = mandates.between(db, row.applicant_id, row.agent_id) if row.agent_id else ()
    return Around(
        id=row.id,
        hall_id=row.hall_id,
        handout_id=row.pickup_id or row.hall_id,
        first=row.first,
        groups=groups,
        group_names="、".join(SPECIAL_NAMES[Special(group)] for group in groups),
        visits=row.visits,
        promised=visit.allowed(row.record, row.channel),
        first_contact=row.contact or "",
        pickup=row.pickup or "",
        wish=shipments.wished(db, case_id),
        posted=next((each for each in sent if each.signed_at is None and each.returned_at is None), None),
        returned=[each for each in sent if each.returned_at is not None],
        places=places(db),
        agent_code=held[0].code if held else "",
        mandates=tuple(_held(db, each, at) for each in mandates.of_principal(db, row.applicant_id)),
        over=State(row.state) in FINAL,
    )


@dataclass(frozen=True, slots=True)
class Advised:
    """What was advised before filing and has not been filed."""

    id: int
    matter: str
    name: str
    words: str
    materials: int
    at: datetime
    by: str


def guidances(db: Connection, org_ids: Sequence[int]) -> tuple[Advised, ...]:
    """Return what was advised at some halls and waits to be filed, the latest first."""
    found = assists.open_guidances(db, org_ids)
    named = sa.select(matters.c.key, matters.c.name).where(
        matters.c.current, matters.c.key.in_({row.matter_key for row in found})
    )
    names = {row.key: row.name for row in db.execute(named)}
    return tuple(
        Advised(
            row.id,
            names.get(row.matter_key, row.matter_key),
            row.name,
            row.words,
            len(row.application["materials"]),
            row.at,
            row.by,
        )
        for row in found
    )


def places(db: Connection) -> tuple[Hall, ...]:
    """Return the windows at which a result may be picked up (通办通取)."""
    counters = orgs.c.kind.in_(("hall", "street", "community"))
    query = sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(counters).order_by(orgs.c.id)
    return tuple(Hall(*row) for row in db.execute(query))


# -- mandates ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate as a page tells it; whose it is is told by an initial only."""

    id: int
    agent: str
    matters: tuple[str, ...]
    since: datetime
    until: datetime
    revoked_at: datetime | None
    stands: bool
    soon: bool
    code: str
    filed: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Owner:
    """What the applicant of a tracked case may do around it: where he gets his result, who acts for him."""

    no: str
    matter: str
    own: bool
    chosen: str
    pickup: str
    method: str
    posted: Row | None
    may_choose: bool
    places: tuple[Hall, ...]
    mandates: tuple[Held, ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The windows as a form offers them."""
        return [(place.code, place.name) for place in self.places]


def owner(db: Connection, case_id: int, at: datetime) -> Owner:
    """Return what a tracking page offers around a case; only what one filed oneself lets one give mandates."""
    seen = around(db, case_id, at)
    row = db.execute(
        sa.select(cases.c.no, cases.c.matter_key, cases.c.applicant_id, cases.c.agent_id).where(
            cases.c.id == case_id
        )
    ).one()
    own = row.agent_id is None
    return Owner(
        no=row.no,
        matter=row.matter_key,
        own=own,
        chosen=next((place.code for place in seen.places if place.id == seen.handout_id), ""),
        pickup=seen.pickup,
        method=seen.wish.method if seen.wish else "window",
        posted=seen.posted,
        may_choose=not seen.over and seen.posted is None,
        places=seen.places,
        mandates=tuple(_held(db, each, at) for each in mandates.of_principal(db, row.applicant_id))
        if own
        else (),
    )


def _held(db: Connection, row: Row, at: datetime) -> Held:
    return Held(
        id=row.id,
        agent=initial(row.agent),
        matters=_names(db, row.matters),
        since=row.since,
        until=row.until,
        revoked_at=row.revoked_at,
        stands=mandates.read(row).stands(at),
        soon=mandate.ends_soon(mandates.read(row), at),
        code=row.code,
        filed=_filed(db, row),
    )


def initial(name: str) -> str:
    """A name with all but its first character hidden."""
    return f"{name[:1]}{'*' * (len(name) - 1)}"


def _names(db: Connection, keys: Sequence[str]) -> tuple[str, ...]:
    query = sa.select(matters.c.name).where(matters.c.current, matters.c.key.in_(keys))
    return tuple(db.execute(query.order_by(matters.c.name)).scalars())


def _filed(db: Connection, row: Row) -> Sequence[Row]:
    """What the agent filed for the principal, ``(no, code, name, state)``, the latest first."""
    query = (
        sa.select(cases.c.no, cases.c.code, matters.c.name, cases.c.state)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(cases.c.applicant_id == row.principal_id, cases.c.agent_id == row.agent_id)
        .where(cases.c.parent_id.is_(None))
    )
    return db.execute(query.order_by(cases.c.id.desc()).limit(100)).all()


@dataclass(frozen=True, slots=True)
class Agency:
    """What an agent sees by the code of his mandate."""

    held: Held
    agent: str
    principal: str
    rules: Mandate
    keys: tuple[str, ...]


def agency(db: Connection, code: str, at: datetime) -> Agency:
    """Return what the code of a mandate opens. Raises `NotFound`."""
    row = mandates.by_code(db, code)
    return Agency(_held(db, row, at), row.agent, row.principal, mandates.read(row), tuple(row.matters))
