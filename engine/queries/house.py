"""The house itself, as its registrar looks at it: organisations, people, calendar, the journal's chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain.almanac import CHINA, ENOUGH_DAYS
from engine.domain.calendar import Calendar
from engine.domain.deadline import day_of
from engine.queries import pulse
from engine.queries.pulse import Lag
from engine.store import calendars, incidents, people
from engine.store import journal as chain
from engine.store.cases import cases
from engine.store.db import Connection
from engine.store.journal import journal
from engine.store.people import covers, orgs, users


@dataclass(frozen=True, slots=True)
class Org:
    """An organisation with what belongs under it; ``depth`` is how far below the district it stands."""

    id: int
    code: str
    name: str
    kind: str
    depth: int
    staff: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works here, with his posts ``(role, organisation)``."""

    login: str
    name: str
    active: bool
    posts: tuple[tuple[str, str], ...]
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The calendar in force: which notices it is made from and how far they reach."""

    version: str
    sources: Sequence[str]
    imported_at: datetime
    first: date
    last: date
    ahead: int

    @property
    def short(self) -> bool:
        """Is it time to import the next notice?"""
        return self.ahead < ENOUGH_DAYS


@dataclass(frozen=True, slots=True)
class House:
    """Everything on the registrar's page."""

    orgs: tuple[Org, ...]
    staff: tuple[Colleague, ...]
    calendar: Coverage | None
    incidents: int
    entries: int
    broken: tuple[tuple[str, int], ...]
    lag: Lag


def house(db: Connection, calendar: Calendar, at: datetime) -> House:
    """Return how the house stands; the journal's chain is checked whole."""
    staff = _staff(db, at)
    return House(
        orgs=_orgs(db, staff),
        staff=staff,
        calendar=_coverage(db, calendar, at),
        incidents=incidents.how_many(db),
        entries=int(db.execute(sa.select(sa.func.count()).select_from(journal)).scalar_one()),
        broken=tuple((_no(db, case_id), seq) for case_id, seq in chain.broken(db)),
        lag=pulse.lag(db, at),
    )


def _no(db: Connection, case_id: int) -> str:
    return str(db.execute(sa.select(cases.c.no).where(cases.c.id == case_id)).scalar())


def _staff(db: Connection, at: datetime) -> tuple[Colleague, ...]:
    names = {row.id: row.name for row in db.execute(sa.select(orgs.c.id, orgs.c.name))}
    stands_in = _covers(db, at)
    found: dict[int, Colleague] = {}
    for row in people.staff(db):
        known = found.get(row.id)
        held = ((row.role, names[row.org_id]),) if row.role else ()
        before = known.posts if known else ()
        found[row.id] = Colleague(
            row.login, row.name, row.active, (*before, *held), stands_in.get(row.id, ())
        )
    return tuple(found.values())


def _covers(db: Connection, at: datetime) -> dict[int, tuple[str, ...]]:
    query = sa.select(covers.c.cover_id, users.c.name).join_from(
        covers, users, users.c.id == covers.c.user_id
    )
    found: dict[int, tuple[str, ...]] = {}
    for cover_id, name in db.execute(query.where(covers.c.since <= at, covers.c.until > at)):
        found[cover_id] = (*found.get(cover_id, ()), name)
    return found


def _orgs(db: Connection, staff: Sequence[Colleague]) -> tuple[Org, ...]:
    """The organisations as a tree laid flat: each right before what belongs under it."""
    rows = db.execute(sa.select(orgs).order_by(orgs.c.id)).all()
    busy = [name for colleague in staff for name in {org for _, org in colleague.posts}]
    laid: list[Org] = []

    def lay(parent: int | None, depth: int) -> None:
        for row in rows:
            if row.parent_id == parent:
                laid.append(Org(row.id, row.code, row.name, row.kind, depth, busy.count(row.name)))
                lay(row.id, depth + 1)

    lay(None, 0)
    return tuple(laid)


def _coverage(db: Connection, calendar: Calendar, at: datetime) -> Coverage | None:
    row = calendars.active(db, CHINA)
    if row is None:
        return None
    ahead = (calendar.last - day_of(at)).days
    return Coverage(row.no, row.sources, row.imported_at, calendar.first, calendar.last, ahead)
