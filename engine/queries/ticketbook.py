"""Tickets (工单) as their desks and managers see them: lists, one whole, three rates, causes that gather."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import card, ticket
from engine.domain.calendar import Calendar
from engine.domain.card import Level, Rules, Watched
from engine.domain.deadline import Light, light, remaining
from engine.domain.errors import NotFound, NotYours
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit
from engine.domain.ticket import CAUSE_NAMES, WATCHED_AS, Cause, Kind, Source, Standing
from engine.queries import gauge
from engine.queries.counting import Counting
from engine.queries.gauge import Gauge, Rate
from engine.queries.timeline import Entry
from engine.store import tickets as kept
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import applicants, orgs, users
from engine.store.tickets import tickets

#: How many a page shows.
PAGE = 50
Where = sa.ColumnElement[bool]

_org, _first, _firsts = orgs.alias("its_org"), users.alias("first_contact"), orgs.alias("first_org")
#: A ticket about a visit (体验办件) is in no figure, as its case is in none.
COUNTED = sa.or_(tickets.c.case_id.is_(None), ~cases.c.mystery)


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list."""

    id: int
    number: str
    kind: Kind
    source: Source
    words: str
    matter: str
    case: str
    org: str
    first_contact: str
    at: datetime
    standing: Standing
    due_at: datetime
    days: int | None
    light: Light | None
    level: Level
    cause: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of tickets, how many there are of each standing, and where the next page begins."""

    lines: tuple[Line, ...]
    counts: Mapping[str, int]
    next: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket whole; the caller and his number only for whom it lies with."""

    line: Line
    caller: str
    phone: str
    org_id: int
    extension: str
    answer: str
    answered_at: datetime | None
    connected: bool | None
    satisfaction: int | None
    traced: str
    closed_at: datetime | None
    entries: tuple[Entry, ...]


_LINES = (
    sa.select(
        tickets,
        _org.c.name.label("org"),
        sa.func.coalesce(_first.c.name, _firsts.c.name).label("first_contact"),
        cases.c.no,
        sa.select(sa.func.max(matters.c.name))
        .where(matters.c.key == tickets.c.matter_key, matters.c.current)
        .correlate(tickets)
        .scalar_subquery()
        .label("matter"),
    )
    .join(_org, _org.c.id == tickets.c.org_id)
    .join(_firsts, _firsts.c.id == tickets.c.first_org_id)
    .outerjoin(_first, _first.c.id == tickets.c.first_contact_id)
    .outerjoin(cases, cases.c.id == tickets.c.case_id)
)

#: Whose posts see the tickets of their own organisations.
_READERS = {Role.WINDOW, Role.CHIEF, Role.LEADER, Role.SUBDISTRICT}


@dataclass(frozen=True, slots=True)
class Seen:
    """Through whose eyes tickets are looked at: who, when, by which calendar and rules of cards."""

    actor: Actor
    at: datetime
    calendar: Calendar
    rules: Rules


def _reach(actor: Actor) -> Where:
    """A manager sees all; others what lies with their organisation, or what they were the first contact of."""
    if actor.holds(Role.MANAGER):
        return sa.true()
    own = [post.org for post in actor.posts if post.role in _READERS]
    if not own:
        raise NotYours("工单由窗口、部门负责人和督办管理岗查看。", code="post.missing")
    return sa.or_(tickets.c.org_id.in_(own), tickets.c.first_contact_id == actor.id)


def page(
    db: Connection, seen: Seen, kind: str = "", standing: str = "open", after: int | None = None
) -> Page:
    """Return a page of the tickets one may see; the open ones by when they are due, the others newest first."""
    where = [_reach(seen.actor), *([tickets.c.kind == kind] if kind else ())]
    counted = sa.select(tickets.c.standing, sa.func.count()).where(*where).group_by(tickets.c.standing)
    counts = dict.fromkeys(map(str, Standing), 0) | {each[0]: each[1] for each in db.execute(counted)}
    listed = _LINES.where(*where)
    if standing:
        listed = listed.where(tickets.c.standing == standing)
    if after is not None:
        listed = listed.where(tickets.c.id < after)
    found = db.execute(listed.order_by(tickets.c.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    lines = tuple(_line(row, seen) for row in shown)
    more = shown[-1].id if len(found) > PAGE else None
    if standing == Standing.OPEN and more is None and after is None:
        lines = tuple(sorted(lines, key=lambda line: (line.due_at, line.id)))
    return Page(lines, counts, more)


def _line(row: Row, seen: Seen) -> Line:
    open_ = row.closed_at is None
    return Line(
        id=row.id,
        number=ticket.number(row.at, row.id),
        kind=Kind(row.kind),
        source=Source(row.source),
        words=row.words,
        matter=row.matter or "",
        case=row.no or "",
        org=row.org,
        first_contact=row.first_contact,
        at=row.at,
        standing=Standing(row.standing),
        due_at=row.due_at,
        days=remaining(row.due_at, seen.at, seen.calendar) if open_ else None,
        light=light(row.due_at, seen.at, seen.calendar, _allowed(row)) if open_ else None,
        level=_level(row, seen),
        cause=CAUSE_NAMES[Cause(row.cause)] if row.cause else "",
    )


def _allowed(row: Row) -> Limit:
    """Its limit with its extension; both are counted in the same unit, or the later one stands for both."""
    limit = Limit.parse(row.limit_text)
    more = Limit.parse(row.extension) if row.extension else None
    if more is None:
        return limit
    return Limit(limit.value + more.value, limit.unit) if more.unit is limit.unit else more


def _level(row: Row, seen: Seen) -> Level:
    """The card it has earned by the house's rules for consultations and complaints (rulebook §5)."""
    watched = Watched(WATCHED_AS[Kind(row.kind)], row.at, _allowed(row))
    reached = card.moments(seen.rules, watched, seen.calendar)
    return card.level(reached, row.answered_at or row.closed_at or seen.at)


#: How each deed is told.
PHRASES = {
    "taken": "登记",
    "transferred": "转办至{to}",
    "given back": "误派退回至{to}",
    "extended": "延期 {by}",
    "answered": "答复",
    "called": "回访，已联系上",
    "reopened": "回访不满意，重新办理",
    "not reached": "回访未联系上",
    "traced": "责任倒查",
}


def one(db: Connection, seen: Seen, ticket_id: int) -> Ticket:
    """Return one ticket. Raises `NotFound`, also for one *actor* may not see."""
    row = db.execute(_LINES.where(tickets.c.id == ticket_id, _reach(seen.actor))).first()
    if row is None:
        raise NotFound("没有这张工单，或不归您查看。", code="ticket.unknown")
    names = {each[0]: each[1] for each in db.execute(sa.select(orgs.c.id, orgs.c.name))}
    caller, phone = _caller(db, row)
    return Ticket(
        line=_line(row, seen),
        caller=caller,
        phone=phone,
        org_id=row.org_id,
        extension=row.extension,
        answer=row.answer,
        answered_at=row.answered_at,
        connected=row.connected,
        satisfaction=row.satisfaction,
        traced=row.traced,
        closed_at=row.closed_at,
        entries=tuple(_entry(each, names) for each in kept.history(db, ticket_id)),
    )


def _caller(db: Connection, row: Row) -> tuple[str, str]:
    """Whom to call: who came, or for a follow-up the applicant of the case."""
    if row.kind != Kind.FOLLOW_UP:
        return row.caller, row.phone
    found = db.execute(_APPLICANT.where(cases.c.id == row.case_id)).one()
    return found.name, found.phone


_APPLICANT = sa.select(applicants.c.name, applicants.c.phone).join(
    cases, cases.c.applicant_id == applicants.c.id
)


def _entry(row: Row, names: Mapping[int, str]) -> Entry:
    data: Mapping[str, Any] = row.data
    told = {"to": names.get(data.get("to", 0), ""), "by": data.get("by", "")}
    return Entry(row.at, row.by_name, PHRASES[row.act].format(**told), str(data.get("words") or ""))


# -- figures ---------------------------------------------------------------------------------------------------


_CALLED_FOR = sa.and_(tickets.c.kind != Kind.CONSULT, tickets.c.answered_at.is_not(None))
FIGURES = (
    Gauge("taken", "工单", "在所选月份内登记的工单，含系统生成的回访。", sa.true()),
    Gauge(
        "calls",
        "来电",
        "其中记有是否接通的热线工单。",
        sa.and_(tickets.c.source == Source.HOTLINE, tickets.c.connected.is_not(None)),
    ),
    Gauge(
        "connected",
        "接通",
        "来电中接通的。",
        sa.and_(tickets.c.source == Source.HOTLINE, tickets.c.connected),
    ),
    Gauge("closed", "办结", "其中已经办结的。", tickets.c.closed_at.is_not(None)),
    Gauge("in-time", "按期办结", "其中在到期前答复的。", tickets.c.answered_at < tickets.c.due_at),
    Gauge("answered", "应回访", "其中已经答复的，咨询除外。", _CALLED_FOR),
    Gauge(
        "called", "已回访", "应回访中已经联系上的。", sa.and_(_CALLED_FOR, tickets.c.called_at.is_not(None))
    ),
)
_BY_KEY = {each.key: each for each in FIGURES}
#: 三率.
RATES = (
    Rate("connected", "接通率", "接通 ÷ 来电。", "connected", "calls"),
    Rate("closed", "办结率", "办结 ÷ 工单。", "closed", "taken"),
    Rate("called", "回访率", "已回访 ÷ 应回访。", "called", "answered"),
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """What gathers (集中性问题): a cause at a matter and an organisation, and how often in the month."""

    cause: str
    key: str
    matter: str
    org: str
    count: int


def _of_month(look: Counting, seen: Seen) -> list[Where]:
    begin, end = look.period
    return [tickets.c.at >= begin, tickets.c.at < end, COUNTED, _reach(seen.actor)]


def counts(look: Counting, seen: Seen) -> dict[str, int]:
    """Return every figure of the month looked at."""
    query = (
        sa.select(*gauge.counted(FIGURES))
        .select_from(tickets)
        .outerjoin(cases, cases.c.id == tickets.c.case_id)
    )
    row = look.db.execute(query.where(*_of_month(look, seen))).one()
    return dict(zip(_BY_KEY, row, strict=True))


def behind(look: Counting, seen: Seen, key: str, cause: str = "", matter: str = "") -> tuple[Line, ...]:
    """Return the tickets a figure counts, or that have a cause. Raises `NotFound`."""
    if key not in _BY_KEY:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    query = _LINES.where(*_of_month(look, seen), _BY_KEY[key].where)
    if cause:
        query = query.where(tickets.c.cause == cause, tickets.c.matter_key == matter)
    return tuple(_line(row, seen) for row in look.db.execute(query.order_by(tickets.c.id.desc())))


def clusters(look: Counting, seen: Seen) -> tuple[Cluster, ...]:
    """Return the causes that gather in the month looked at, the most frequent first."""
    whose = sa.func.coalesce(tickets.c.traced_org_id, tickets.c.org_id)
    query = (
        sa.select(tickets.c.cause, tickets.c.matter_key, orgs.c.name)
        .join(orgs, orgs.c.id == whose)
        .outerjoin(cases, cases.c.id == tickets.c.case_id)
        .where(*_of_month(look, seen), tickets.c.cause.is_not(None))
    )
    rows = [tuple(row) for row in look.db.execute(query)]
    named = sa.select(matters.c.key, matters.c.name).where(matters.c.current)
    names = {each[0]: each[1] for each in look.db.execute(named)}
    return tuple(
        Cluster(cause, key, names.get(key, ""), org, n) for (cause, key, org), n in ticket.gathered(rows)
    )
