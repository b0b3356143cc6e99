"""The cases behind a figure, a line each; and one case, or those that fit some words, told in the same lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.deadline import Allowance, Clock, Light, day_of, light, remaining
from engine.domain.errors import Malformed, NotFound
from engine.domain.identity import Actor
from engine.queries import figures
from engine.queries.counting import Counting, Where
from engine.queries.filters import Filters
from engine.queries.sight import OVERSEERS
from engine.store.cases import cases, decisions, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.journal import journal
from engine.store.people import applicants, orgs, users

#: How many rows a page of a list holds, and the most a list handed out whole.
PAGE, MOST = 50, 5000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step a case waits at, and who has it."""

    id: int
    name: str
    person: str


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list."""

    no: str
    matter: str
    kind: str
    department: str
    applicant: str
    channel: str
    state: str
    received_at: datetime
    accepted_at: datetime | None
    promised_due_at: datetime | None
    legal_due_at: datetime | None
    decided_at: datetime | None
    light: str
    days: int | None
    paused_days: int | None
    extendable: bool
    waiting: tuple[Waiting, ...]
    urged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the cases behind a figure; ``after`` is where the next page begins."""

    tile: figures.Tile
    lines: tuple[Line, ...]
    after: str


_COLUMNS = (
    cases,
    matters.c.name.label("matter"),
    orgs.c.name.label("department"),
    applicants.c.name.label("applicant"),
    deadlines.c.limit_text,
    deadlines.c.extension,
)


def _lines_of() -> sa.Select[Any]:
    running = sa.and_(
        deadlines.c.case_id == cases.c.id,
        deadlines.c.clock == Clock.PROMISED,
        deadlines.c.settled_at.is_(None),
    )
    return (
        sa.select(*_COLUMNS)
        .join_from(cases, matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == cases.c.authority_id)
        .join(applicants, applicants.c.id == cases.c.applicant_id)
        .outerjoin(deadlines, running)
    )


def listing(
    db: Connection,
    calendar: Calendar,
    at: datetime,
    filters: Filters,
    key: str,
    after: str = "",
    most: int = PAGE,
) -> Listing:
    """Return the cases a figure counts, the earliest due first, from the cursor *after* on."""
    look = Counting(db, calendar, at, filters)
    order = figures.figure(key).by
    query = _lines_of().where(figures.where(look, key)).order_by(order, cases.c.id)
    if after:
        moment, case_id = _cursor(after)
        query = query.where(sa.or_(order > moment, sa.and_(order == moment, cases.c.id > case_id)))
    rows = db.execute(query.limit(most + 1)).all()
    shown = rows[:most]
    more = f"{getattr(shown[-1], order.name).isoformat()}_{shown[-1].id}" if len(rows) > most else ""
    return Listing(figures.tile(look, key), _lines(look, shown), more)


def _cursor(text: str) -> tuple[datetime, int]:
    moment, _, case_id = text.rpartition("_")
    try:
        return datetime.fromisoformat(moment), int(case_id)
    except ValueError as error:
        raise Malformed(
            "翻页位置读不出来，请从第一页看起。", code="cursor.unreadable", field="after"
        ) from error


def _lines(look: Counting, rows: Sequence[Row]) -> tuple[Line, ...]:
    ids = [row.id for row in rows]
    waiting, urged = _waiting_of(look.db, ids), _urged(look.db, ids)
    return tuple(_line(look, row, waiting.get(row.id, ()), urged.get(row.id)) for row in rows)


def _line(look: Counting, row: Row, waiting: tuple[Waiting, ...], urged_at: datetime | None) -> Line:
    shown, days = _lamp(look, row)
    return Line(
        no=row.no,
        matter=row.matter,
        kind=row.kind,
        department=row.department,
        applicant=row.applicant,
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        promised_due_at=row.promised_due_at,
        legal_due_at=row.legal_due_at,
        decided_at=row.decided_at,
        light=shown,
        days=days,
        paused_days=look.calendar.count(day_of(row.paused_at), look.today) if row.paused_at else None,
        extendable=row.limit_text is not None and not row.extension,
        waiting=waiting,
        urged_at=urged_at,
    )


def _lamp(look: Counting, row: Row) -> tuple[str, int | None]:
    """The light of the promised clock and the working days left; nothing for a case it does not bind."""
    if row.promised_due_at is None or row.limit_text is None:
        return "", None
    limit = Allowance.read(row.limit_text, row.extension).whole
    shown: Light = light(row.promised_due_at, look.at, look.calendar, limit, row.paused_at is not None)
    return str(shown), remaining(row.promised_due_at, look.at, look.calendar)


def _waiting_of(db: Connection, ids: Sequence[int]) -> Mapping[int, tuple[Waiting, ...]]:
    query = (
        sa.select(tasks.c.case_id, tasks.c.id, tasks.c.name, users.c.name.label("person"))
        .join_from(tasks, users, users.c.id == tasks.c.assignee_id, isouter=True)
        .where(tasks.c.case_id.in_(ids), tasks.c.closed_at.is_(None), ~tasks.c.held)
        .order_by(tasks.c.id)
    )
    found: dict[int, tuple[Waiting, ...]] = {}
    for row in db.execute(query):
        found[row.case_id] = (*found.get(row.case_id, ()), Waiting(row.id, row.name, row.person or ""))
    return found


def _urged(db: Connection, ids: Sequence[int]) -> Mapping[int, datetime]:
    query = sa.select(journal.c.case_id, sa.func.max(journal.c.at).label("last")).where(
        journal.c.case_id.in_(ids), journal.c.act == "urged"
    )
    return {row.case_id: row.last for row in db.execute(query.group_by(journal.c.case_id))}


def one(db: Connection, calendar: Calendar, at: datetime, actor: Actor, no: str) -> Line:
    """Return one case as a line. Raises `NotFound`, also for a case *actor* may not see."""
    row = db.execute(_lines_of().where(cases.c.no == no, *_visible(actor))).first()
    if row is None:
        raise NotFound(f"没有编号为 {no} 的办件。", code="case.unknown")
    return _lines(Counting(db, calendar, at), [row])[0]


def search(db: Connection, calendar: Calendar, at: datetime, actor: Actor, words: str) -> tuple[Line, ...]:
    """Return the newest cases whose number, document or applicant's name holds *words*, of those *actor* may see."""
    wanted = words.strip()
    if not wanted:
        return ()
    document = sa.exists().where(decisions.c.case_id == cases.c.id, decisions.c.document_no == wanted)
    fits = sa.or_(
        cases.c.no.startswith(wanted, autoescape=True),
        applicants.c.name.contains(wanted, autoescape=True),
        document,
    )
    query = _lines_of().where(fits, *_visible(actor)).order_by(cases.c.id.desc()).limit(PAGE)
    return _lines(Counting(db, calendar, at), db.execute(query).all())


def _visible(actor: Actor) -> Iterator[Where]:
    """Somebody with a post sees the cases his organisation takes in, decides or works on; overseers see all."""
    if any(actor.holds(role) for role in OVERSEERS):
        return
    own = sorted({post.org for post in actor.posts})
    at_work = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.org_id.in_(own))
    yield sa.or_(
        *(place.in_(own) for place in (cases.c.hall_id, cases.c.authority_id, cases.c.street_id)), at_work
    )
