"""What each place may do: the matrix of places and matters, entrustments, presence in the hall, powers given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.capability import LISTED, Level, usual
from engine.domain.entrustment import Scope
from engine.store import catalog, places
from engine.store.db import Connection, Row
from engine.store.people import orgs, powers, users


@dataclass(frozen=True, slots=True)
class Place:
    """A street, community, point or kiosk."""

    id: int
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What a place does about a matter; *scope* is what was entrusted to it."""

    level: Level
    scope: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Matters down, places across."""

    places: tuple[Place, ...]
    matters: tuple[tuple[str, str], ...]
    cells: Mapping[tuple[int, str], Cell]


@dataclass(frozen=True, slots=True)
class Entrustment:
    """One entrustment as the registrar reads it."""

    id: int
    principal: str
    agent: str
    matter: str
    scope: str
    notice_no: str
    since: datetime
    until: datetime | None
    ended_at: datetime | None
    reason: str
    runs: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """A matter that is not in the hall; *listed* on the negative list it need not be."""

    key: str
    name: str
    reason: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """Which matters are in the hall (进驻率): those that are, of those that should be."""

    should: int
    present: int
    absent: tuple[Absent, ...]

    @property
    def rate(self) -> float:
        """The share, 1 where nothing should be."""
        return self.present / self.should if self.should else 1.0


@dataclass(frozen=True, slots=True)
class Given:
    """A power that was given by name."""

    id: int
    giver: str
    holder: str
    org: str
    role: str
    matter: str
    reach: str
    since: datetime
    until: datetime
    document_no: str
    ended_at: datetime | None
    runs: bool
    mine: bool


def matrix(db: Connection, at: datetime) -> Matrix:
    """Return what every listed place does about every matter."""
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name, orgs.c.kind).where(orgs.c.kind.in_(sorted(LISTED)))
        .order_by(orgs.c.id)
    )  # fmt: skip
    where = tuple(Place(*row) for row in rows)
    found = catalog.everything(db, "matter")
    laid, given = places.all_levels(db), places.running(db, at)
    cells = {
        (place.id, row.key): _cell(place, row, laid.get((place.id, row.key)), given.get((place.id, row.key)))
        for place in where
        for row in found
    }
    return Matrix(where, tuple((row.key, row.name) for row in found), cells)


def levels(db: Connection, at: datetime, kinds: Mapping[int, str], matter: str) -> dict[int, Level]:
    """Return what places do about a matter, or the most they do about any (""); *kinds* are theirs by id."""
    found = [row for row in catalog.everything(db, "matter") if matter in {"", row.key}]
    laid, given = places.all_levels(db), places.running(db, at)
    order = list(Level)
    return {
        id_: min(
            (_cell(Place(id_, "", "", kind), row, laid.get((id_, row.key)), given.get((id_, row.key))).level
             for row in found),
            key=order.index,
            default=Level.NONE,
        )
        for id_, kind in kinds.items()
    }  # fmt: skip


def _cell(place: Place, row: Row, laid: Level | None, given: Scope | None) -> Cell:
    if given is not None:
        return Cell(Level.ACCEPT, given)
    return Cell(laid or usual(place.kind, row.record), "")


def entrustments(db: Connection, at: datetime) -> tuple[Entrustment, ...]:
    """Return every entrustment, newest first."""
    names = {row.key: row.name for row in catalog.everything(db)}
    return tuple(
        Entrustment(
            row.id, row.principal, row.agent, names.get(row.matter_key, row.matter_key), row.scope, row.notice_no,
            row.since, row.until, row.ended_at, row.reason,
            row.ended_at is None and (row.until is None or row.until > at),
        )
        for row in places.everything(db)
    )  # fmt: skip


def organs(db: Connection) -> Sequence[Row]:
    """Return ``(code, name, kind)`` of everything that may be entrusted, or entrust."""
    query = sa.select(orgs.c.code, orgs.c.name, orgs.c.kind).where(orgs.c.kind != "former")
    return db.execute(query.order_by(orgs.c.id)).all()


def homes(db: Connection) -> Sequence[Row]:
    """Return ``(code, name)`` of the authorities of other regions that decide for themselves (业务属地)."""
    query = sa.select(orgs.c.code, orgs.c.name).where(orgs.c.kind == "department", orgs.c.region != "")
    return db.execute(query.order_by(orgs.c.region, orgs.c.id)).all()


def presence(db: Connection) -> Presence:
    """Return which matters are in the hall; what the catalogue does not say is there (应进必进)."""
    found = catalog.everything(db, "matter")
    absent = tuple(_absent(row, row.record["presence"]) for row in found if row.record.get("presence"))
    should = len(found) - sum(1 for each in absent if each.listed)
    return Presence(should, len(found) - len(absent), absent)


def _absent(row: Row, said: Mapping[str, Any]) -> Absent:
    return Absent(row.key, row.name, said["reason"], bool(said.get("negative")))


_givers, _holders = users.alias("givers"), users.alias("holders")


def given(db: Connection, at: datetime, user_id: int | None = None) -> tuple[Given, ...]:
    """Return the powers given, newest first; with *user_id* those he gave or holds."""
    query = (
        sa.select(
            powers, _givers.c.name.label("giver"), _holders.c.name.label("holder"), orgs.c.name.label("org")
        )
        .join(_givers, _givers.c.id == powers.c.from_id)
        .join(_holders, _holders.c.id == powers.c.to_id)
        .join(orgs, orgs.c.id == powers.c.org_id)
        .order_by(powers.c.id.desc())
    )
    if user_id is not None:
        query = query.where(sa.or_(powers.c.from_id == user_id, powers.c.to_id == user_id))
    names = {row.key: row.name for row in catalog.everything(db)}
    return tuple(
        Given(
            row.id, row.giver, row.holder, row.org, row.role, names.get(row.matter_key, row.matter_key), row.reach,
            row.since, row.until, row.document_no, row.ended_at,
            row.ended_at is None and row.since <= at < row.until, row.from_id == user_id,
        )
        for row in db.execute(query)
    )  # fmt: skip


def colleagues(db: Connection) -> Sequence[Row]:
    """Return ``(login, name)`` of everybody who works here."""
    return db.execute(
        sa.select(users.c.login, users.c.name).where(users.c.active).order_by(users.c.name)
    ).all()
