"""The rota (排班表) of a post, week by week: who is on duty when, who of them is there now, and what was changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.identity import POOLED, Actor, Post, draws_rota
from engine.domain.rota import Span, monday, over, running
from engine.store import people, shifts
from engine.store.db import Connection, Row
from engine.store.people import orgs, posts, users

_DAYS = 7
#: How many changes a page tells.
_TOLD = 30


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a shift; *fit* says that he still holds its post."""

    login: str
    name: str
    fit: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """A shift on the page; *open* while it may still be changed, *runs* now."""

    id: int
    span: Span
    mains: tuple[Person, Person]
    spare: Person
    open: bool
    runs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A day with its shifts; *gaps* are the parts of it that have none and may still be drawn."""

    day: date
    working: bool
    holiday: str
    slots: tuple[Slot, ...]
    gaps: tuple[Span, ...]

    def slot(self, span: str) -> Slot | None:
        """The shift of a part of the day."""
        return next((slot for slot in self.slots if slot.span == span), None)


@dataclass(frozen=True, slots=True)
class Attendance:
    """One of the three who are on duty now: is he there, and who stands in for him while he is away (AB岗)?"""

    name: str
    spare: bool
    there: bool
    covered_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something done to the rota of a week: what stood, by whom it was drawn, when and by whom it was ended."""

    day: date
    span: Span
    names: tuple[str, ...]
    at: datetime
    by: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Week:
    """The rota of one post in one week."""

    org: str
    org_name: str
    role: str
    monday: date
    lines: tuple[Line, ...]
    now: tuple[Attendance, ...]
    holders: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    may_draw: bool

    @property
    def drawn(self) -> bool:
        """Is there any shift in it?"""
        return any(line.slots for line in self.lines)


@dataclass(frozen=True, slots=True)
class Standing:
    """A post that may have a rota: how many hold it, and how many shifts it has in the week looked at."""

    org: str
    org_name: str
    role: str
    holders: int
    shifts: int


def week(
    db: Connection, actor: Actor, org: str, role: str, day: date, at: datetime, calendar: Calendar
) -> Week:
    """Return the rota of a post in the week of a day. Raises `NotFound` for an unknown organisation."""
    where, first = people.org(db, org), monday(day)
    days = [first + timedelta(days=n) for n in range(_DAYS)]
    rows = _rows(db, where.id, role, days[0], days[-1])
    holders = people.holders(db, where.id, role)
    known = _people(db, rows, {each.id for each in holders})
    standing = [row for row in rows if row.ended_at is None]
    return Week(
        org=where.code,
        org_name=where.name,
        role=role,
        monday=first,
        lines=tuple(_line(each, standing, known, at, calendar) for each in days),
        now=_now(db, where.id, role, at),
        holders=tuple((each.login, each.name) for each in holders),
        changes=tuple(islice(_changes(rows, known), _TOLD)),
        may_draw=draws_rota(actor, where.id),
    )


def posts_of(db: Connection, actor: Actor, day: date) -> tuple[Standing, ...]:
    """Return the posts whose rota somebody may look at, with what the week of a day has: all he draws, his own."""
    first = monday(day)
    standing = sa.and_(
        shifts.shifts.c.org_id == posts.c.org_id,
        shifts.shifts.c.role == posts.c.role,
        shifts.shifts.c.day.between(first, first + timedelta(days=_DAYS - 1)),
        shifts.shifts.c.ended_at.is_(None),
    )
    drawn = sa.select(sa.func.count()).select_from(shifts.shifts).where(standing).scalar_subquery()
    query = (
        sa.select(
            orgs.c.id, orgs.c.code, orgs.c.name, posts.c.role, sa.func.count().label("holders"), drawn.label("drawn")
        )
        .join_from(posts, orgs, orgs.c.id == posts.c.org_id)
        .join(users, users.c.id == posts.c.user_id)
        .where(posts.c.role.in_(POOLED), users.c.active)
        .group_by(orgs.c.id, orgs.c.code, orgs.c.name, posts.c.org_id, posts.c.role)
    )  # fmt: skip
    order = {str(role): n for n, role in enumerate(POOLED)}
    rows = sorted(db.execute(query).all(), key=lambda row: (row.id, order[row.role]))
    return tuple(
        Standing(row.code, row.name, row.role, row.holders, row.drawn)
        for row in rows
        if draws_rota(actor, row.id) or Post(row.role, row.id) in actor.posts
    )


def _rows(db: Connection, org_id: int, role: str, first: date, last: date) -> Sequence[Row]:
    """Every shift of those days, the ended ones too."""
    table = shifts.shifts
    query = sa.select(table).where(table.c.org_id == org_id, table.c.role == role)
    return db.execute(query.where(table.c.day.between(first, last)).order_by(table.c.day, table.c.id)).all()


def _people(db: Connection, rows: Iterable[Row], fit: set[int]) -> Mapping[int, Person]:
    """Everybody a row names, by id."""
    ids = {
        each
        for row in rows
        for each in (row.main_id, row.second_id, row.spare_id, row.made_by, row.ended_by)
        if each is not None
    }
    return {each.id: Person(each.login, each.name, each.id in fit) for each in people.named(db, ids)}


def _line(
    day: date, rows: Iterable[Row], known: Mapping[int, Person], at: datetime, calendar: Calendar
) -> Line:
    mine = [row for row in rows if row.day == day]
    slots = {Span(row.span): _slot(row, known, at) for row in mine}
    halves = (Span.MORNING, Span.AFTERNOON)
    gaps = () if Span.DAY in slots else tuple(half for half in halves if half not in slots)
    return Line(
        day=day,
        working=calendar.is_working(day),
        holiday=calendar.name(day),
        slots=tuple(slots[span] for span in Span if span in slots),
        gaps=tuple(half for half in gaps if not over(day, half, at)),
    )


def _slot(row: Row, known: Mapping[int, Person], at: datetime) -> Slot:
    span, (today, spans) = Span(row.span), running(at)
    return Slot(
        id=row.id,
        span=span,
        mains=(known[row.main_id], known[row.second_id]),
        spare=known[row.spare_id],
        open=not over(row.day, span, at),
        runs=row.day == today and span in spans,
    )


def _now(db: Connection, org_id: int, role: str, at: datetime) -> tuple[Attendance, ...]:
    """Who is on duty at this moment, and whether he is there; nobody where no shift runs."""
    today, spans = running(at)
    row = next((r for r in shifts.between(db, org_id, role, today, today) if r.span in spans), None)
    if row is None:
        return ()
    three = (row.main_id, row.second_id, row.spare_id)
    found = people.presence(db, three, role, org_id, at)
    covering = {each for cover in found.covers.values() for each in cover}
    names = {each.id: each.name for each in people.named(db, {*three, *covering})}
    return tuple(
        Attendance(
            name=names[who],
            spare=who == row.spare_id,
            there=found.answers(who),
            covered_by=tuple(sorted(names[each] for each in found.covers.get(who, ()))),
        )
        for who in three
    )


def _changes(rows: Iterable[Row], known: Mapping[int, Person]) -> Iterable[Change]:
    """What was drawn and ended, the latest first; of one moment, what stood before was ended first."""
    events = [(row.made_at, row.id, False, row) for row in rows]
    events += [(row.ended_at, row.id, True, row) for row in rows if row.ended_at is not None]
    for at, _, ended, row in sorted(events, key=lambda event: event[:3], reverse=True):
        by = row.ended_by if ended else row.made_by
        yield Change(
            day=row.day,
            span=Span(row.span),
            names=tuple(known[each].name for each in (row.main_id, row.second_id, row.spare_id)),
            at=at,
            by=known[by].name if by is not None else "",
            ended=ended,
        )
