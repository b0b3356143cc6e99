"""Lists of people a benefit is for (免申即享名单), how far each is, and what became of every line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain import offer
from engine.domain.deadline import last_day
from engine.domain.errors import NotFound, NotYours
from engine.domain.identity import Actor, Role
from engine.domain.offer import WAY_NAMES, Way
from engine.store import rosters as rows
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.definitions import definitions
from engine.store.offers import offers
from engine.store.people import orgs
from engine.store.rosters import entries, rosters

#: How many lines a page shows.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Roster:
    """A list: for which matter, by which rule, since when public, and how far its cases are."""

    id: int
    title: str
    policy: str
    matter: str
    matter_key: str
    authority: int
    department: str
    rule: str
    version: int
    made_at: datetime
    published_at: datetime | None
    until: date | None
    over: bool
    withdrawn_at: datetime | None
    reason: str
    lines: int
    fit: int
    struck: int
    made: int

    @property
    def waiting(self) -> int:
        """How many lines are still to become cases."""
        return self.fit - self.struck - self.made


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: who, whether and why, and its case."""

    id: int
    line: int
    name: str
    number: str
    fits: bool
    way: str
    why: str
    asked: tuple[tuple[str, str], ...]
    objection: str
    no: str
    state: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list's lines, and where the next begins."""

    lines: tuple[Line, ...]
    next: int | None


_FITS = entries.c.way != str(Way.NONE)
_STRUCK = sa.and_(_FITS, entries.c.struck_at.is_not(None))


def _sum(holds: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((holds, 1), else_=0)), 0)


_COUNTED = (
    sa.select(
        entries.c.roster_id,
        sa.func.count().label("lines"),
        _sum(_FITS).label("fit"),
        _sum(_STRUCK).label("struck"),
        _sum(offers.c.id.is_not(None)).label("made"),
    )
    .outerjoin(offers, offers.c.entry_id == entries.c.id)
    .group_by(entries.c.roster_id)
    .subquery()
)
_ROSTERS = (
    sa.select(
        rosters,
        matters.c.name.label("matter"),
        matters.c.key.label("matter_key"),
        definitions.c.name.label("rule"),
        definitions.c.version.label("rule_version"),
        orgs.c.id.label("org_id"),
        orgs.c.name.label("department"),
        *(_COUNTED.c[name] for name in ("lines", "fit", "struck", "made")),
    )
    .join(matters, matters.c.id == rosters.c.matter_id)
    .join(definitions, definitions.c.id == rosters.c.rule_id)
    .join(orgs, orgs.c.code == matters.c.authority)
    .join(_COUNTED, _COUNTED.c.roster_id == rosters.c.id)
)


def reach(actor: Actor) -> frozenset[int] | None:
    """Return the departments whose lists *actor* sees; None is all of them. Raises `NotYours`."""
    if actor.holds(Role.MANAGER):
        return None
    own = frozenset(post.org for post in actor.posts if post.role in {Role.CHIEF, Role.LEADER})
    if not own:
        raise NotYours("免申即享名单由兑现部门的负责人和督办管理岗查看。", code="post.missing")
    return own


def everything(db: Connection, seen: frozenset[int] | None, at: datetime) -> tuple[Roster, ...]:
    """Return the lists of *seen* departments, newest first."""
    query = _ROSTERS if seen is None else _ROSTERS.where(orgs.c.id.in_(seen))
    return tuple(_roster(row, at) for row in db.execute(query.order_by(rosters.c.id.desc())))


def one(db: Connection, seen: frozenset[int] | None, roster_id: int, at: datetime) -> Roster:
    """Return one list. Raises `NotFound`."""
    found = [each for each in everything(db, seen, at) if each.id == roster_id]
    if not found:
        raise NotFound("没有这份名单，或不归您查看。", code="roster.unknown")
    return found[0]


def lines(db: Connection, roster_id: int, after: int = 0) -> Page:
    """Return a page of a list's lines, in its own order."""
    query = (
        sa.select(entries, cases.c.no, cases.c.state)
        .outerjoin(offers, offers.c.entry_id == entries.c.id)
        .outerjoin(cases, cases.c.id == offers.c.case_id)
        .where(entries.c.roster_id == roster_id, entries.c.line > after)
        .order_by(entries.c.line)
        .limit(PAGE + 1)
    )
    found = db.execute(query).all()
    return Page(tuple(map(_line, found[:PAGE])), found[PAGE - 1].line if len(found) > PAGE else None)


def waiting(db: Connection, roster_id: int) -> Sequence[int]:
    """Return the lines of a list that are still to become cases."""
    return rows.waiting(db, roster_id)


def benefits(db: Connection, seen: frozenset[int] | None) -> Sequence[tuple[str, str]]:
    """Return ``(key, name)`` of the matters that are given by lists in *seen* departments."""
    query = (
        sa.select(matters.c.key, matters.c.name, matters.c.record, orgs.c.id)
        .join(orgs, orgs.c.code == matters.c.authority)
        .where(matters.c.current, matters.c.kind == "matter")
        .order_by(matters.c.key)
    )
    rows = db.execute(query).all()
    return [(r.key, r.name) for r in rows if offer.LISTED in r.record and (seen is None or r.id in seen)]


def _roster(row: Row, at: datetime) -> Roster:
    same = (
        "id title policy matter matter_key department rule made_at published_at withdrawn_at reason lines fit "
        "struck made"
    )
    return Roster(
        **{name: getattr(row, name) for name in same.split()},
        authority=row.org_id,
        version=row.rule_version,
        until=last_day(row.until) if row.until is not None else None,
        over=row.until is not None and at >= row.until,
    )


def _line(row: Row) -> Line:
    return Line(
        id=row.id,
        line=row.line,
        name=row.name,
        number=f"{row.id_number[:3]}{'*' * max(0, len(row.id_number) - 7)}{row.id_number[-4:]}",
        fits=row.way != Way.NONE,
        way=WAY_NAMES[Way(row.way)],
        why=row.said["why"],
        asked=tuple((label, value) for label, value in row.said["asked"]),
        objection=row.objection if row.struck_at is not None else "",
        no=row.no or "",
        state=row.state or "",
    )
