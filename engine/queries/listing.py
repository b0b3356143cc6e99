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
from engine.domain.limit import Limit, Unit
from engine.queries import figures
from engine.queries.counting import FORMER_NEAR, Counting, Where
from engine.queries.filters import Filters
from engine.queries.sight import OVERSEERS
from engine.store.cases import cases, decisions, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.dues import dues
from engine.store.journal import journal
from engine.store.people import applicants, orgs, users

#: How many rows a page of a list holds, and the most a list handed out whole.
PAGE, MOST = 50, 5000
#: By what the light of a former system's case is measured: what it was allowed nobody knows.
FORMER_LIMIT = Limit(FORMER_NEAR, Unit.WORKDAY)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step a case waits at, and who has it."""

    id: int
    name: str
    person: str


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a list, as of the moment looked at; its state and its steps' people are those of the present."""

    id: int
    no: str
    origin: str
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

    @property
    def href(self) -> str:
        """Where the case is shown; one of a former system has a page of its own."""
        return f"/former/{self.id}" if self.origin else f"/cases/{self.no}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the cases behind a figure; ``after`` is where the next page begins."""

    tile: figures.Tile
    lines: tuple[Line, ...]
    after: str


#: The ledger of due moments, and the promised clock, of a line.
_dues, _clocks = dues.alias("line_dues"), deadlines.alias("line_clocks")
_COLUMNS = (
    cases,
    matters.c.name.label("matter"),
    orgs.c.name.label("department"),
    applicants.c.name.label("applicant"),
    _clocks.c.limit_text,
    _clocks.c.extension,
    _dues.c.due_at.label("known_due_at"),
)


def _lines_of(look: Counting) -> sa.Select[Any]:
    promised = sa.and_(_clocks.c.case_id == cases.c.id, _clocks.c.clock == Clock.PROMISED)
    if not look.is_back:
        promised = sa.and_(promised, _clocks.c.settled_at.is_(None))
    known = sa.and_(_dues.c.case_id == cases.c.id, _dues.c.clock == Clock.PROMISED, look.known(_dues))
    return (
        sa.select(*_COLUMNS)
        .join_from(cases, matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == cases.c.authority_id)
        .outerjoin(applicants, applicants.c.id == cases.c.applicant_id)
        .outerjoin(_clocks, promised)
        .outerjoin(_dues, known)
    )


def listing(
    db: Connection,
    calendar: Calendar,
    at: datetime,
    filters: Filters,
    key: str,
    after: str = "",
    most: int = PAGE,
    now: datetime | None = None,
) -> Listing:
    """Return the cases a figure counts as of *at*, the earliest due first, from the cursor *after* on."""
    look = Counting(db, calendar, at, filters, now)
    order = figures.figure(key).by
    query = _lines_of(look).where(figures.where(look, key)).order_by(order, cases.c.id)
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
    waiting, urged = _waiting_of(look, ids), _urged(look, ids)
    return tuple(_line(look, row, waiting.get(row.id, ()), urged.get(row.id)) for row in rows)


def _line(look: Counting, row: Row, waiting: tuple[Waiting, ...], urged_at: datetime | None) -> Line:
    decided_at = row.decided_at if row.decided_at is not None and row.decided_at <= look.at else None
    due_at = row.known_due_at if look.is_back and decided_at is None else row.promised_due_at
    shown, days = _lamp(look, row, due_at) if decided_at is None else ("", None)
    return Line(
        id=row.id,
        no=row.no,
        origin=row.origin,
        matter=row.matter,
        kind=row.kind,
        department=row.department,
        applicant=row.applicant or "",
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        promised_due_at=due_at,
        legal_due_at=row.legal_due_at,
        decided_at=decided_at,
        light=shown,
        days=days,
        paused_days=look.calendar.count(day_of(row.paused_at), look.today) if _is_paused(look, row) else None,
        extendable=row.limit_text is not None and not row.extension and not look.is_back,
        waiting=waiting,
        urged_at=urged_at,
    )


def _is_paused(look: Counting, row: Row) -> bool:
    return row.paused_at is not None and not look.is_back


def _lamp(look: Counting, row: Row, due_at: datetime | None) -> tuple[str, int | None]:
    """The light of the promised clock and the working days left; nothing for a case it does not bind."""
    if due_at is None or (row.limit_text is None and not row.origin):
        return "", None
    limit = Allowance.read(row.limit_text, row.extension).whole if row.limit_text else FORMER_LIMIT
    try:
        shown = light(due_at, look.at, look.calendar, limit, _is_paused(look, row))
        return str(shown), remaining(due_at, look.at, look.calendar)
    except Malformed:  # of a former system, from before the first notice
        return str(Light.RED if look.at >= due_at else Light.GREEN), None


def _waiting_of(look: Counting, ids: Sequence[int]) -> Mapping[int, tuple[Waiting, ...]]:
    query = (
        sa.select(tasks.c.case_id, tasks.c.id, tasks.c.name, users.c.name.label("person"))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
        .where(tasks.c.case_id.in_(ids), look.waits(tasks))
        .order_by(tasks.c.id)
    )
    found: dict[int, tuple[Waiting, ...]] = {}
    for row in look.db.execute(query):
        found[row.case_id] = (*found.get(row.case_id, ()), Waiting(row.id, row.name, row.person or ""))
    return found


def _urged(look: Counting, ids: Sequence[int]) -> Mapping[int, datetime]:
    query = sa.select(journal.c.case_id, sa.func.max(journal.c.at).label("last")).where(
        journal.c.case_id.in_(ids), journal.c.act.in_(("urged", "hurried")), journal.c.at <= look.at
    )
    return {row.case_id: row.last for row in look.db.execute(query.group_by(journal.c.case_id))}


def one(db: Connection, calendar: Calendar, at: datetime, actor: Actor, no: str) -> Line:
    """Return one case as a line. Raises `NotFound`, also for a case *actor* may not see."""
    look = Counting(db, calendar, at)
    row = db.execute(_lines_of(look).where(cases.c.no == no, *_visible(actor))).first()
    if row is None:
        raise NotFound(f"没有编号为 {no} 的办件。", code="case.unknown")
    return _lines(look, [row])[0]


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
    look = Counting(db, calendar, at)
    query = _lines_of(look).where(fits, *_visible(actor)).order_by(cases.c.id.desc()).limit(PAGE)
    return _lines(look, db.execute(query).all())


def _visible(actor: Actor) -> Iterator[Where]:
    """Somebody with a post sees the cases his organisation takes in, decides or works on; overseers see all."""
    if any(actor.holds(role) for role in OVERSEERS):
        return
    own = sorted({post.org for post in actor.posts})
    at_work = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.org_id.in_(own))
    yield sa.or_(
        *(
            place.in_(own)
            for place in (cases.c.hall_id, cases.c.acceptor_id, cases.c.authority_id, cases.c.street_id)
        ),
        at_work,
    )
