"""The task list of an actor (待办), most urgent first; five views, one search, pages by key.

Which tasks they are is told by ``pools``; here stands what is said of each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.domain import priority
from engine.domain.calendar import Calendar
from engine.domain.case import Channel
from engine.domain.deadline import Light, day_of, last_day, light, remaining
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit, Unit
from engine.domain.pause import INSTANT
from engine.queries import pools
from engine.queries.pools import EVERYTHING, Filter, View
from engine.store.cases import cases, commitments, tasks
from engine.store.catalog import matters
from engine.store.copies import copies
from engine.store.db import Connection, Row
from engine.store.deadlines import pauses
from engine.store.journal import journal
from engine.store.people import applicants, users

#: How many tasks a page holds.
PAGE = 50
#: How near a step without a limit of its own is to being late.
_NO_LIMIT = Limit(1, Unit.WORKDAY)
#: What was done to a case that whoever holds it should know at once.
_NEWS = (
    *(
        "urged",
        "reminded",
        "hurried",
        "returned",
        "reassigned",
        "transferred",
        "delegated",
        "advised",
        "extended",
    ),
    "brought forward",
)


class Kind(StrEnum):
    """The groups of a page, in their order."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    PAUSED = "paused"
    DONE = "done"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class Chip:
    """A word beside a task, and its colour."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list; the *days* left of a paused one are those it had when its clock stopped.

    *off* is one that nobody has and others are on duty for (2主1备轮值).
    """

    task_id: int
    case_id: int
    case_no: str
    step: str
    stage: str
    matter: str
    bundle: str | None
    applicant: str
    channel: str
    due_at: datetime
    days: int
    light: Light
    chips: tuple[Chip, ...]
    reason: str
    assignee: str | None
    mine: bool
    off: bool
    rev: int
    paused_days: int | None
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """What is equally urgent."""

    kind: Kind
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a view, and how much is in every view."""

    view: View
    groups: tuple[Group, ...]
    counts: Mapping[str, int]
    cursor: str | None

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for group in self.groups for item in group.items)


def items(
    db: Connection,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    view: View | None = None,
    only: Filter = EVERYTHING,
    cursor: str = "",
    limit: int = PAGE,
) -> Page:
    """Return a page of *view*; without one, of what is mine, or what I may take while nothing is.

    Raises `Malformed` for a cursor that is none of ours.
    """
    counts = pools.counts(db, actor)
    view = view or (View.MINE if counts[View.MINE] else View.CLAIMABLE)
    urgency = pools.Urgency(at, priority.soon(at, calendar))
    lists = pools.short_lists(actor, view, only, pools.place(cursor), limit + 1, urgency)
    rows = _rows(db, lists, view, limit + 1)
    shown = rows[:limit]
    known = _Known(db, shown, actor, view)
    told = [_item(row, known, actor, at, calendar) for row in shown]
    more = pools.cursor(shown[-1]) if len(rows) > limit else None
    return Page(view, _grouped(told, view), counts, more)


def choices(db: Connection) -> list[tuple[str, str]]:
    """Return the matters one may look for, by key and name."""
    query = sa.select(matters.c.key, matters.c.name).where(matters.c.current).order_by(matters.c.name)
    return [(key, name) for key, name in db.execute(query)]


def revision(db: Connection, actor: Actor) -> str:
    """Return a word that changes when something new is there for *actor*: cheap to ask every few seconds."""
    branches = [
        _newest(source) for view in (View.MINE, View.CLAIMABLE) for source in pools.sources(actor, view)
    ]
    if not branches:
        return "0"
    return str(db.execute(sa.select(sa.func.max(pools.union(branches).c.id))).scalar() or 0)


def _newest(source: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    return sa.select(sa.func.max(tasks.c.id).label("id")).where(*source)


_bundle = cases.alias("bundle")
_bundle_matter = matters.alias("bundle_matter")
_SAID = (
    tasks.c.id,
    tasks.c.case_id,
    tasks.c.name.label("step"),
    tasks.c.stage,
    tasks.c.role,
    tasks.c.org_id,
    tasks.c.limit_text,
    tasks.c.opened_at,
    tasks.c.due_at,
    tasks.c.paused_at,
    tasks.c.assignee_id,
    tasks.c.delegator_id,
    tasks.c.closed_at,
    tasks.c.outcome,
    tasks.c.rev,
    tasks.c.first,
    cases.c.no,
    cases.c.kind,
    cases.c.channel,
    cases.c.flags,
    matters.c.name.label("matter"),
    applicants.c.name.label("applicant"),
    users.c.name.label("assignee"),
    _bundle_matter.c.name.label("bundle"),
)


def _rows(db: Connection, branches: Sequence[sa.Select[Any]], view: View, limit: int) -> Sequence[Row]:
    if not branches:
        return []
    picked = pools.union(branches)
    query = (
        sa.select(*_SAID, picked.c.when)
        .select_from(picked)
        .join(tasks, tasks.c.id == picked.c.id)
        .join(cases, cases.c.id == tasks.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(applicants, applicants.c.id == cases.c.applicant_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
        .outerjoin(_bundle, _bundle.c.id == cases.c.parent_id)
        .outerjoin(_bundle_matter, _bundle_matter.c.id == _bundle.c.matter_id)
    )
    return db.execute(
        pools.ordered(query, picked.c.when, picked.c.id, down=view in pools.LATEST).limit(limit)
    ).all()


class _Known:
    """What else is known of the cases on a page: promises, news, grounds of a pause, copies; one question each."""

    def __init__(self, db: Connection, rows: Sequence[Row], actor: Actor, view: View) -> None:
        ids = {row.case_id for row in rows}
        stopped = {row.case_id for row in rows if row.paused_at is not None}
        self.promised = _promised(db, ids) if ids else {}
        self.news = _news(db, ids) if ids else {}
        self.grounds = _grounds(db, stopped) if stopped else {}
        self.copied = _copied(db, actor) if view is View.COPIED else {}

    def latest(self, row: Row) -> Row | None:
        """The latest news of a case since the task was opened."""
        news = self.news.get(row.case_id)
        return news if news is not None and news.at >= row.opened_at else None


def _promised(db: Connection, ids: set[int]) -> dict[int, tuple[int, datetime]]:
    query = (
        sa.select(commitments.c.case_id, sa.func.count(), sa.func.min(commitments.c.due_at))
        .where(commitments.c.case_id.in_(ids), commitments.c.met_at.is_(None))
        .group_by(commitments.c.case_id)
    )
    return {case_id: (n, due_at) for case_id, n, due_at in db.execute(query)}


def _news(db: Connection, ids: set[int]) -> dict[int, Row]:
    query = (
        sa.select(journal.c.case_id, journal.c.act, journal.c.at, journal.c.data)
        .where(journal.c.case_id.in_(ids), journal.c.act.in_(_NEWS))
        .order_by(journal.c.case_id, journal.c.seq)
    )
    return {row.case_id: row for row in db.execute(query)}


def _copied(db: Connection, actor: Actor) -> dict[int, Row]:
    query = sa.select(copies.c.task_id, copies.c.words, users.c.name).join(
        users, users.c.id == copies.c.by_id
    )
    mine = query.where(copies.c.to_id == actor.id, copies.c.read_at.is_(None))
    return {row.task_id: row for row in db.execute(mine)}


def _grounds(db: Connection, ids: set[int]) -> dict[int, Row]:
    """The pause of each case that lasts longest: one whose end nobody announced, or the last announced."""
    query = sa.select(pauses.c.case_id, pauses.c.ground, pauses.c.notice, pauses.c.cap).where(
        pauses.c.case_id.in_(ids), pauses.c.stop.is_(None)
    )
    ordered = query.order_by(sa.case((pauses.c.cap.is_(None), 1), else_=0), pauses.c.cap)
    return {row.case_id: row for row in db.execute(ordered)}


def _goes_on(row: Row, known: _Known) -> datetime:
    """The moment from which what is left of a stopped clock counts: its announced end, or since it stands."""
    since: datetime = row.paused_at
    pause = known.grounds.get(row.case_id)
    return since if pause is None or pause.cap is None else pause.cap - INSTANT


def _item(row: Row, known: _Known, actor: Actor, at: datetime, calendar: Calendar) -> Item:
    waits = row.role == Role.APPLICANT
    since = row.paused_at or (row.opened_at if waits else None)
    days = remaining(row.due_at, at if row.paused_at is None else _goes_on(row, known), calendar)
    lamp = light(row.due_at, at, calendar, _limit(row), paused=since is not None)
    return Item(
        task_id=row.id,
        case_id=row.case_id,
        case_no=row.no,
        step=row.step,
        stage=row.stage,
        matter=row.matter,
        bundle=row.bundle,
        applicant=row.applicant,
        channel=row.channel,
        due_at=row.due_at,
        days=days,
        light=lamp,
        chips=tuple(_chips(row, lamp, known)),
        reason=_reason(row, known),
        assignee=row.assignee,
        mine=actor.id is not None and row.assignee_id == actor.id,
        off=row.assignee_id is None and actor.off_duty(row.role, row.org_id) is not None,
        rev=row.rev,
        paused_days=calendar.count(day_of(since), day_of(at)) if since else None,
        closed_at=row.closed_at,
        outcome=row.outcome,
    )


def _limit(row: Row) -> Limit:
    return Limit.parse(row.limit_text) if row.limit_text else _NO_LIMIT


def _chips(row: Row, lamp: Light, known: _Known) -> Iterable[Chip]:
    claims = (
        (Chip("红牌", "red"), lamp is Light.RED and row.closed_at is None),
        (Chip("黄牌", "yellow"), lamp is Light.YELLOW and row.closed_at is None),
        (Chip("优先", "violet"), row.first),
        (Chip("容缺", "yellow"), row.case_id in known.promised),
        (Chip("一件事", "green"), row.kind == "bundle" or row.bundle is not None),
        (Chip("告知承诺", "blue"), bool(row.flags.get("inform_commit"))),
        (Chip("代办", "blue"), row.channel == Channel.AGENT),
        (Chip("免申", "green"), row.channel == Channel.PUSH),
        (Chip("已催办", "violet"), _is(known.latest(row), "urged", "reminded", "hurried")),
        (Chip("委派", "blue"), row.delegator_id is not None and row.closed_at is None),
    )
    return (chip for chip, holds in claims if holds)


def _is(news: Row | None, *acts: str) -> bool:
    return news is not None and news.act in acts


#: How each piece of news is told in a phrase.
_TOLD = {
    "urged": "催办：{words}",
    "reminded": "催办：{words}",
    "hurried": "{by_org}催办：{words}",
    "returned": "退回：{reason}",
    "reassigned": "已改派给{to}",
    "transferred": "已转办给{to}",
    "delegated": "已委派给{to}：{words}",
    "advised": "委派意见：{opinion}",
    "extended": "已延期：{reason}",
    "brought forward": "工作日历换版，到期日提前到 {until}（原 {was}）",
}


def _reason(row: Row, known: _Known) -> str:
    """Say in one phrase why it matters: what stops it, what is owed, what was said to whoever holds it."""
    if shown := known.copied.get(row.id):
        return f"{shown.name} 抄送：{shown.words}".rstrip("：")
    if ground := known.grounds.get(row.case_id):
        return f"{ground.ground}，{ground.notice}" if ground.notice else str(ground.ground)
    if row.role == Role.APPLICANT:
        return f"等待申请人补正，{last_day(row.due_at):%m-%d} 前"
    if promised := known.promised.get(row.case_id):
        return f"容缺 {promised[0]} 份，{last_day(promised[1]):%m-%d} 前补"
    news = known.latest(row)
    if news is None:
        return ""
    return (
        _TOLD[news.act]
        .format_map({"words": "", "reason": "", "to": "", "opinion": "", **news.data})
        .rstrip("：")
    )


def _grouped(told: Sequence[Item], view: View) -> tuple[Group, ...]:
    found: dict[Kind, list[Item]] = {kind: [] for kind in Kind}
    for item in told:
        found[_kind(item, view)].append(item)
    return tuple(Group(kind, tuple(listed)) for kind, listed in found.items() if listed)


#: Views that are one group.
_OWN_KIND = {View.DONE: Kind.DONE, View.COPIED: Kind.COPIED}


def _kind(item: Item, view: View) -> Kind:
    if view in _OWN_KIND:
        return _OWN_KIND[view]
    if item.paused_days is not None:
        return Kind.PAUSED
    return Kind.OVERDUE if item.days < 0 else Kind.SOON if item.days <= 1 else Kind.LATER
