"""The register of cases (办件登记) as machines ask for it: by number, page by page, deadline by deadline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.deadline import Clock, Light, Pause, light, remaining
from engine.domain.errors import NotFound
from engine.domain.explain import Explanation, explain
from engine.domain.identity import Actor
from engine.domain.rating import is_hushed
from engine.queries.sight import OVERSEERS
from engine.store import calendars, deadlines, dues
from engine.store import cases as kept
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register."""

    no: str
    kind: str
    matter: str
    name: str
    state: str
    channel: str
    received_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    promised_due_at: datetime | None
    legal_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, newest first, and where the next page begins."""

    items: tuple[Entry, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A member of a bundle."""

    no: str
    matter: str
    state: str


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task as it stands, with the diagram version its node is of."""

    id: int
    case: str
    case_id: int
    definition_id: int
    node: str
    name: str
    stage: str
    role: str
    org_id: int
    opened_at: datetime
    due_at: datetime
    paused_at: datetime | None
    held: bool
    assignee_id: int | None
    delegator_id: int | None
    closed_at: datetime | None
    outcome: str | None
    opinion: str
    rev: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A clock of a case, how it stands and how its due day came about."""

    id: int
    case_id: int
    clock: str
    limit: str
    extension: str
    precision: str
    started_at: datetime
    due_at: datetime
    settled_at: datetime | None
    paused: bool
    light: Light
    days: int
    explanation: Explanation


_COLUMNS = [
    cases.c.id,
    cases.c.no,
    cases.c.kind,
    cases.c.matter_key.label("matter"),
    matters.c.name,
    *(cases.c[name] for name in Entry.__slots__[4:]),
]


def page(
    db: Connection,
    actor: Actor,
    most: int,
    *,
    after: int | None = None,
    state: str | None = None,
    words: str = "",
) -> Page:
    """Return the cases *actor* may see, newest first, *after* the last of the page before.

    *words* is the beginning of a case number, or part of a matter's name.
    """
    query = sa.select(*_COLUMNS).join(matters, matters.c.id == cases.c.matter_id).where(_visible(actor))
    if after is not None:
        query = query.where(cases.c.id < after)
    if state:
        query = query.where(cases.c.state == state)
    if words:
        query = query.where(
            cases.c.no.startswith(words, autoescape=True) | matters.c.name.contains(words, autoescape=True)
        )
    rows = db.execute(query.order_by(cases.c.id.desc()).limit(most + 1)).all()
    shown = rows[:most]
    return Page(tuple(Entry(*row[1:]) for row in shown), shown[-1].id if len(rows) > most else None)


def _visible(actor: Actor) -> sa.ColumnElement[bool]:
    if any(actor.holds(role) for role in OVERSEERS):
        return sa.true()
    orgs = [post.org for post in actor.posts]
    works_on = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.org_id.in_(orgs))
    places = (cases.c.hall_id, cases.c.acceptor_id, cases.c.authority_id, cases.c.street_id)
    return sa.or_(*(place.in_(orgs) for place in places), works_on)


def id_of(db: Connection, no: str) -> int:
    """Return the id of case number *no*. Raises `NotFound`."""
    return kept.id_of(db, no)


def members(db: Connection, case_id: int) -> Sequence[MemberEntry]:
    """Return the members of a bundle, in its order."""
    return [MemberEntry(row.no, row.matter_key, row.state) for row in kept.members(db, case_id)]


def task(db: Connection, task_id: int) -> TaskEntry:
    """Return a task, open or closed. Raises `NotFound`."""
    row = kept.task(db, task_id)
    case = db.execute(sa.select(cases.c.no, cases.c.definition_id).where(cases.c.id == row.case_id)).one()
    said = {name: getattr(row, name) for name in TaskEntry.__slots__ if name not in {"case", "definition_id"}}
    return TaskEntry(**said, case=case.no, definition_id=case.definition_id)


def deadline(db: Connection, deadline_id: int, calendar: Calendar, at: datetime) -> Reckoned:
    """Return one clock, explained as of *at*. Raises `NotFound`."""
    row = deadlines.get(db, deadline_id)
    if row is None or is_hushed(row.clock, row.key):
        raise NotFound("没有这个时限。", code="deadline.unknown")
    pauses, papers = deadlines.paused_of(db, row.case_id), dues.papers(db, row.case_id)
    reckoned = calendars.named(db, row.calendar) or calendar
    return _reckoned(row, pauses.get(row.clock, ()), papers.get(row.id, ""), reckoned, at)


def clocks(db: Connection, case_id: int, calendar: Calendar, at: datetime) -> tuple[Reckoned, ...]:
    """Return every clock a case has or had, in the order they started."""
    pauses = deadlines.paused_of(db, case_id)
    rows, papers = deadlines.of_case(db, case_id), dues.papers(db, case_id)
    return tuple(
        _reckoned(
            row,
            pauses.get(row.clock, ()),
            papers.get(row.id, ""),
            calendars.named(db, row.calendar) or calendar,
            at,
        )
        for row in rows
        if not is_hushed(row.clock, row.key)
    )


def _reckoned(row: Row, pauses: Sequence[Pause], document: str, calendar: Calendar, at: datetime) -> Reckoned:
    """Tell a clock as of *at*, or of the moment it ended."""
    granted, seen = deadlines.allowance(row, document), row.settled_at or at
    stopped = row.settled_at is None and any(pause.holds(seen) for pause in pauses)
    return Reckoned(
        id=row.id,
        case_id=row.case_id,
        clock=row.clock,
        limit=str(granted.limit),
        extension=row.extension,
        precision=row.precision,
        started_at=row.started_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
        paused=stopped,
        light=light(row.due_at, seen, calendar, granted.whole, paused=stopped),
        days=remaining(row.due_at, seen, calendar),
        explanation=explain(Clock(row.clock), granted, row.started_at, calendar, pauses, seen),
    )
