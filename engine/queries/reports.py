"""What a manager looks at (督办): figures, each with its definition and the very cases it counts.

A figure and its list are made from one condition, so that they cannot differ. Open cases are counted as they
stand at a moment; what is over is counted in a month. A bundle (一件事) and each of its members count as one.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.case import Channel, State
from engine.domain.deadline import DAYS_IN, NOTICE_SHARE, Clock, Light, day_of, end_of, light, remaining
from engine.domain.errors import Malformed, NotFound, NotYours
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit, Unit
from engine.store.cases import cases, commitments, decisions, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.journal import journal
from engine.store.people import applicants, orgs, posts, users

#: How many rows a page of a list holds, and the most a list handed out whole.
PAGE, MOST = 50, 5000
#: How many working days the trend looks back, and the outlook ahead.
BACK, AHEAD = 30, 5

Where = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a manager narrowed the figures to; every figure and every list obeys all of it.

    ``reach`` is what he may see at all: organisations, or everything.
    """

    reach: frozenset[int] | None = None
    department: str = ""
    matter: str = ""
    channel: str = ""
    street: str = ""
    month: str = ""
    step: str = ""
    day: date | None = None


def reach(actor: Actor) -> frozenset[int] | None:
    """Return the organisations whose cases *actor* oversees; None is all of them. Raises `NotYours`."""
    if actor.holds(Role.MANAGER):
        return None
    own = frozenset(post.org for post in actor.posts if post.role in {Role.LEADER, Role.CHIEF})
    if not own:
        raise NotYours("督办看板由督办管理岗和部门负责人查看。", code="post.missing", role=str(Role.MANAGER))
    return own


# What is counted.

_RUNNING = sa.and_(
    cases.c.decided_at.is_(None), cases.c.closed_at.is_(None), cases.c.accepted_at.is_not(None)
)
_GOING = sa.and_(_RUNNING, cases.c.paused_at.is_(None))
#: The same tables under names of their own, for conditions within conditions.
_clocks, _steps = deadlines.alias("clocks"), tasks.alias("steps")


@dataclass
class Counting:
    """One look: at which moment, by which calendar, narrowed to what."""

    db: Connection
    calendar: Calendar
    at: datetime
    filters: Filters = field(default_factory=Filters)

    @cached_property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def period(self) -> tuple[datetime, datetime]:
        """The month looked at: its first moment and the first of the next."""
        first = _month(self.filters.month) if self.filters.month else self.today.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return _begin(first), _begin(following)

    @cached_property
    def near(self) -> Where:
        """Is the promised limit nearly used up (the yellow light), for every limit cases run on?"""
        promised = sa.and_(
            _clocks.c.case_id == cases.c.id, _clocks.c.clock == Clock.PROMISED, _clocks.c.settled_at.is_(None)
        )
        running = sa.select(_clocks.c.limit_text).select_from(cases).join(_clocks, promised)
        limits = self.db.execute(
            running.where(_GOING, cases.c.promised_due_at > self.at).distinct()
        ).scalars()
        until = {text: near_until(Limit.parse(text), self.at, self.calendar) for text in limits}
        fits = [
            sa.and_(_clocks.c.limit_text == text, cases.c.promised_due_at <= moment)
            for text, moment in until.items()
        ]
        if not fits:
            return sa.false()
        latest = max(until.values())
        return sa.and_(
            cases.c.promised_due_at <= latest, sa.exists().where(promised, sa.or_(*fits)).correlate(cases)
        )

    def span(self, day: date | None) -> tuple[datetime, datetime]:
        """The moments that belong to a working day: what fell on the rest days before it is told with it."""
        if day is None:
            return self.period
        return end_of(self.calendar.add(day, -1)), end_of(day)

    def narrowed(self) -> Iterator[Where]:
        """The filters, as conditions on a case."""
        asked = self.filters
        if asked.reach is not None:
            yield sa.or_(cases.c.authority_id.in_(asked.reach), cases.c.hall_id.in_(asked.reach))
        if asked.department:
            yield cases.c.authority_id == _org(asked.department)
        if asked.matter:
            yield cases.c.matter_key == asked.matter
        if asked.channel:
            yield cases.c.channel == asked.channel
        if asked.street:
            yield cases.c.street_id == _org(asked.street)
        if asked.step:
            yield sa.exists().where(_waiting(_steps), _steps.c.name == asked.step).correlate(cases)

    def where(self, key: str) -> Where:
        """The one condition of a figure: its count and its list are both made from it."""
        return sa.and_(_figure(key).counts(self), *self.narrowed())

    def count(self, key: str) -> int:
        """How many cases a figure counts."""
        return int(
            self.db.execute(sa.select(sa.func.count()).select_from(cases).where(self.where(key))).scalar_one()
        )


def near_until(limit: Limit, at: datetime, calendar: Calendar) -> datetime:
    """Return the latest due moment that shows yellow at *at*: `deadline.light`, asked the other way round."""
    today = day_of(at)
    if limit.unit in (Unit.HOUR, Unit.MINUTE, Unit.ONSPOT):
        return end_of(today)
    if limit.unit is Unit.WORKDAY:
        return _within(today, max(1, math.ceil(limit.value * NOTICE_SHARE)), calendar)
    days = math.ceil(limit.value * DAYS_IN[limit.unit] * NOTICE_SHARE)
    return max(_within(today, 1, calendar), end_of(today + timedelta(days=days)))


def _within(today: date, workdays: int, calendar: Calendar) -> datetime:
    """The last moment no more than so many working days away: just before the next one begins."""
    return _begin(calendar.add(today, workdays + 1))


def _begin(day: date) -> datetime:
    return end_of(day - timedelta(days=1))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Malformed("月份应写作“2026-11”。", code="filter.month", field="month") from error


def _org(code: str) -> sa.ScalarSelect[int]:
    return sa.select(orgs.c.id).where(orgs.c.code == code).scalar_subquery()


# The figures.


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, its definition (口径), and which cases it counts; ``by`` is the order of its list."""

    key: str
    name: str
    definition: str
    counts: Callable[[Counting], Where]
    by: sa.Column[Any] = cases.c.promised_due_at
    tone: str = ""


def _promise_broken(look: Counting) -> Where:
    begin, end = look.period
    return sa.exists().where(
        commitments.c.case_id == cases.c.id,
        commitments.c.met_at.is_(None),
        commitments.c.due_at <= look.at,
        commitments.c.due_at > begin,
        commitments.c.due_at <= end,
    )


def _between(column: sa.Column[Any]) -> Callable[[Counting], Where]:
    def counts(look: Counting) -> Where:
        begin, end = look.span(look.filters.day)
        return sa.and_(column >= begin, column < end)

    return counts


def _due_between(look: Counting) -> Where:
    begin, end = look.span(look.filters.day)
    return sa.and_(cases.c.promised_due_at > begin, cases.c.promised_due_at <= end)


def _lapsed(look: Counting) -> Where:
    """Its promised limit ended then, and it was not decided: still running, or decided afterwards."""
    begin, _ = look.span(look.filters.day)
    late = sa.and_(cases.c.decided_at >= begin, cases.c.decided_at >= cases.c.promised_due_at)
    return sa.and_(_due_between(look), cases.c.promised_due_at <= look.at, sa.or_(_GOING, late))


_decided = _between(cases.c.decided_at)


FIGURES: tuple[Figure, ...] = (
    Figure("open", "在办", "已经受理、尚未作出决定也未终止的办件，含中止计时的。", lambda _: _RUNNING),
    Figure(
        "red",
        "红牌·超期",
        "在办且未中止计时、承诺时限已过的办件。",
        lambda look: sa.and_(_GOING, cases.c.promised_due_at <= look.at),
        tone="red",
    ),
    Figure(
        "legal",
        "超法定时限",
        "在办且未中止计时、法定时限也已过的办件。",
        lambda look: sa.and_(_GOING, cases.c.promised_due_at <= look.at, cases.c.legal_due_at <= look.at),
        tone="red",
    ),
    Figure(
        "yellow",
        "黄牌·临期",
        "在办且未中止计时、承诺时限未过，剩余不超过额度的百分之二十（至少 1 个工作日）的办件。",
        lambda look: sa.and_(_GOING, cases.c.promised_due_at > look.at, look.near),
        tone="yellow",
    ),
    Figure(
        "paused",
        "挂起 / 补正中止",
        "因特别程序中止计时的在办件，和等待申请人补正的办件。",
        lambda _: sa.or_(
            sa.and_(_RUNNING, cases.c.paused_at.is_not(None)), cases.c.state == State.CORRECTION
        ),
        by=cases.c.received_at,
        tone="violet",
    ),
    Figure(
        "broken",
        "容缺逾期未补",
        "承诺补齐的日期在所选月份内、已过而仍未补齐的办件，含因此终止的。",
        _promise_broken,
        by=cases.c.received_at,
    ),
    Figure("decided", "办结", "在所选月份内作出决定的办件。", _decided, by=cases.c.decided_at),
    Figure(
        "in-time",
        "按时办结",
        "在所选月份内作出决定、且不晚于承诺到期日的办件。",
        lambda look: sa.and_(_decided(look), cases.c.decided_at < cases.c.promised_due_at),
        by=cases.c.decided_at,
        tone="green",
    ),
    Figure(
        "too-late",
        "超承诺办结",
        "在所选月份内作出决定、但晚于承诺到期日的办件。",
        lambda look: sa.and_(_decided(look), cases.c.decided_at >= cases.c.promised_due_at),
        by=cases.c.decided_at,
        tone="red",
    ),
    Figure(
        "accepted",
        "受理",
        "在该工作日受理的办件；休息日受理的计入下一个工作日。",
        _between(cases.c.accepted_at),
    ),
    Figure(
        "lapsed",
        "到期未办结",
        "承诺到期日在该日、到期时未作决定的办件，中止计时的除外。",
        _lapsed,
        tone="red",
    ),
    Figure(
        "due",
        "即将到期",
        "在办且未中止计时、承诺到期日在该日的办件。",
        lambda look: sa.and_(_GOING, cases.c.promised_due_at > look.at, _due_between(look)),
        tone="yellow",
    ),
)
_BY_KEY = {figure.key: figure for figure in FIGURES}
#: The figures shown as tiles; the share decided in time is made of two of them.
TILES = ("open", "red", "yellow", "paused", "broken")


def _figure(key: str) -> Figure:
    if key not in _BY_KEY:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    return _BY_KEY[key]


def figure(key: str) -> Figure:
    """Return a figure by its key. Raises `NotFound`."""
    return _figure(key)


# The board.


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its number."""

    key: str
    name: str
    tone: str
    definition: str
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """How many are late and nearly late in one department, matter or step."""

    key: str
    name: str
    red: int
    yellow: int


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one working day."""

    day: date
    accepted: int
    decided: int
    lapsed: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole of the manager's first page."""

    tiles: tuple[Tile, ...]
    legal: int
    decided: int
    in_time: int
    too_late: int
    departments: tuple[Bar, ...]
    matters: tuple[Bar, ...]
    steps: tuple[Bar, ...]
    trend: tuple[Day, ...]
    outlook: tuple[tuple[date, int], ...]

    @property
    def share(self) -> float | None:
        """The share decided in time, of one; None where nothing was decided."""
        return self.in_time / self.decided if self.decided else None


def overdue(db: Connection, calendar: Calendar, at: datetime, filters: Filters) -> Board:
    """Return the manager's board at a moment."""
    look = Counting(db, calendar, at, filters)
    return Board(
        tiles=tuple(tile(look, key) for key in TILES),
        legal=look.count("legal"),
        decided=look.count("decided"),
        in_time=look.count("in-time"),
        too_late=look.count("too-late"),
        departments=_bars(look, orgs.c.code, orgs.c.name, (orgs, orgs.c.id == cases.c.authority_id)),
        matters=_bars(look, cases.c.matter_key, matters.c.name, (matters, matters.c.id == cases.c.matter_id)),
        steps=_bars(look, tasks.c.name, tasks.c.name, (tasks, _waiting(tasks))),
        trend=_trend(look),
        outlook=tuple(_by_day(look, "due", _ahead(look)).items()),
    )


def tile(look: Counting, key: str) -> Tile:
    """Return a figure with its number."""
    found = _figure(key)
    return Tile(found.key, found.name, found.tone, found.definition, look.count(key))


def _waiting(at: sa.FromClause) -> Where:
    return sa.and_(at.c.case_id == cases.c.id, at.c.closed_at.is_(None), ~at.c.held)


def _bars(
    look: Counting, key: sa.Column[Any], name: sa.Column[Any], beside: tuple[sa.Table, Where]
) -> tuple[Bar, ...]:
    """Count red and yellow by what stands *beside* the cases; the worst come first."""
    red, yellow = look.where("red"), look.where("yellow")
    distinct = sa.func.count(cases.c.id.distinct())
    counted = (distinct.filter(red).label("red"), distinct.filter(yellow).label("yellow"))
    query = (
        sa.select(key.label("key"), sa.func.max(name).label("name"), *counted)
        .select_from(cases)
        .join(*beside)
    )
    rows = look.db.execute(query.where(sa.or_(red, yellow)).group_by(key)).all()
    return tuple(Bar(*row) for row in sorted(rows, key=lambda row: (-row.red, -row.yellow, row.name)))


def _trend(look: Counting) -> tuple[Day, ...]:
    last = look.today if look.calendar.is_working(look.today) else look.calendar.add(look.today, -1)
    days = [look.calendar.add(last, -n) for n in range(BACK - 1, -1, -1)]
    series = [_by_day(look, key, days) for key in ("accepted", "decided", "lapsed")]
    return tuple(Day(day, *(counts[day] for counts in series)) for day in days)


def _ahead(look: Counting) -> list[date]:
    first = look.today if look.calendar.is_working(look.today) else look.calendar.add(look.today, 1)
    return [look.calendar.add(first, n) for n in range(AHEAD)]


def _by_day(look: Counting, key: str, days: Sequence[date]) -> dict[date, int]:
    """Count a figure on each of *days* in one query, with the condition its list of that day is made from."""
    each = [_on(look, day).where(key) for day in days]
    counted = [sa.func.count().filter(condition) for condition in each]
    row = look.db.execute(sa.select(*counted).select_from(cases).where(sa.or_(*each))).one()
    return dict(zip(days, row, strict=True))


def _on(look: Counting, day: date) -> Counting:
    asked = {name: getattr(look.filters, name) for name in Filters.__slots__}
    return Counting(look.db, look.calendar, look.at, Filters(**{**asked, "day": day}))


# The cases behind a figure.


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

    tile: Tile
    lines: tuple[Line, ...]
    after: str


_COLUMNS = (
    cases,
    matters.c.name.label("matter"),
    orgs.c.name.label("department"),
    applicants.c.name.label("applicant"),
    deadlines.c.limit_text,
    deadlines.c.extended,
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
    order = _figure(key).by
    query = _lines_of().where(look.where(key)).order_by(order, cases.c.id)
    if after:
        moment, case_id = _cursor(after)
        query = query.where(sa.or_(order > moment, sa.and_(order == moment, cases.c.id > case_id)))
    rows = db.execute(query.limit(most + 1)).all()
    shown = rows[:most]
    more = f"{getattr(shown[-1], order.name).isoformat()}_{shown[-1].id}" if len(rows) > most else ""
    return Listing(tile(look, key), _lines(look, shown), more)


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
        extendable=row.limit_text is not None and not row.extended,
        waiting=waiting,
        urged_at=urged_at,
    )


def _lamp(look: Counting, row: Row) -> tuple[str, int | None]:
    """The light of the promised clock and the working days left; nothing for a case it does not bind."""
    if row.promised_due_at is None or row.limit_text is None:
        return "", None
    limit = Limit.parse(row.limit_text)
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


# What a manager may choose from, and looking a case up.


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: code and name."""

    departments: tuple[tuple[str, str], ...]
    matters: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    streets: tuple[tuple[str, str], ...]
    months: tuple[str, ...]


def choices(db: Connection, at: datetime) -> Choices:
    """Return what the filters offer at a moment: twelve months back."""
    named = (
        sa.select(matters.c.key, matters.c.name)
        .where(matters.c.current)
        .order_by(matters.c.kind, matters.c.id)
    )
    today = day_of(at)
    months = [divmod(today.year * 12 + today.month - 1 - n, 12) for n in range(12)]
    return Choices(
        departments=_of_kind(db, "department"),
        matters=tuple((key, name) for key, name in db.execute(named)),
        channels=tuple(Channel),
        streets=_of_kind(db, "street"),
        months=tuple(f"{year}-{month + 1:02}" for year, month in months),
    )


def _of_kind(db: Connection, kind: str) -> tuple[tuple[str, str], ...]:
    query = sa.select(orgs.c.code, orgs.c.name).where(orgs.c.kind == kind).order_by(orgs.c.id)
    return tuple((code, name) for code, name in db.execute(query))


@dataclass(frozen=True, slots=True)
class Handover:
    """A task to be given to somebody else, and who may have it."""

    id: int
    no: str
    matter: str
    step: str
    person: str
    due_at: datetime
    holders: tuple[tuple[int, str, int], ...]


def handover(db: Connection, task_id: int) -> Handover:
    """Return an open task with everybody who holds its post and how much he has open. Raises `NotFound`."""
    query = (
        sa.select(tasks, cases.c.no, matters.c.name.label("matter"), users.c.name.label("person"))
        .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
    )
    row = db.execute(query.where(tasks.c.id == task_id, tasks.c.closed_at.is_(None), ~tasks.c.held)).first()
    if row is None:
        raise NotFound("没有这个任务，或已经办结。", code="task.unknown")
    busy = sa.and_(tasks.c.assignee_id == users.c.id, tasks.c.closed_at.is_(None))
    load = sa.select(sa.func.count()).select_from(tasks).where(busy).correlate(users).scalar_subquery()
    held = sa.select(users.c.id, users.c.name, load).join_from(users, posts, posts.c.user_id == users.c.id)
    fit = sa.and_(posts.c.role == row.role, posts.c.org_id == row.org_id, users.c.active)
    holders = db.execute(held.where(fit).order_by(users.c.id))
    return Handover(
        row.id,
        row.no,
        row.matter,
        row.name,
        row.person or "",
        row.due_at,
        tuple((i, n, w) for i, n, w in holders),
    )


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
    if any(actor.holds(role) for role in (Role.MANAGER, Role.REGISTRAR)):
        return
    own = sorted({post.org for post in actor.posts})
    at_work = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.org_id.in_(own))
    yield sa.or_(
        *(place.in_(own) for place in (cases.c.hall_id, cases.c.authority_id, cases.c.street_id)), at_work
    )
