"""Key projects (重点项目) as their champion and the managers see them: all cases, their dates, what blocks each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.card import LEVEL_NAMES, Level
from engine.domain.case import FINAL, UNDECIDED, State
from engine.domain.deadline import remaining
from engine.domain.errors import NotYours
from engine.domain.identity import Actor
from engine.queries.sight import OVERSEERS
from engine.store import projects as rows
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import orgs, users
from engine.store.projects import alerts, projects


@dataclass(frozen=True, slots=True)
class Entry:
    """One project in the list."""

    no: str
    name: str
    champion: str
    cases: int
    late: int
    unread: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a project: where it stands, when it is due, and whom it waits for."""

    no: str
    name: str
    part_of: str
    state: str
    authority: str
    received_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    days: int | None
    late: bool
    waits: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something the champion was told."""

    id: int
    no: str
    name: str
    kind: str
    level: str
    clock: str
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Project:
    """A project, whole."""

    no: str
    name: str
    champion: str
    champion_id: int
    opened_at: datetime
    closed_at: datetime | None
    lines: tuple[Line, ...]
    alerts: tuple[Alert, ...]

    @property
    def running(self) -> int:
        """How many cases are not at their end."""
        return sum(1 for line in self.lines if line.closed_at is None and State(line.state) not in FINAL)

    @property
    def late(self) -> int:
        """How many are late."""
        return sum(1 for line in self.lines if line.late)


_undecided = cases.c.state.in_(list(UNDECIDED))


def listed(db: Connection, at: datetime, user_id: int | None = None) -> tuple[Entry, ...]:
    """Return every project, running ones first; with *user_id* only those he champions."""
    late = sa.case((sa.and_(_undecided, cases.c.paused_at.is_(None), cases.c.promised_due_at <= at), 1))
    unread = (
        sa.select(sa.func.count())
        .where(
            alerts.c.project_id == projects.c.id,
            alerts.c.user_id == projects.c.champion_id,
            alerts.c.read_at.is_(None),
        )
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(projects.c.no, projects.c.name, users.c.name.label("champion")),
            *(sa.func.count(cases.c.id), sa.func.count(late), unread, projects.c.closed_at),
        )
        .join(users, users.c.id == projects.c.champion_id)
        .outerjoin(cases, cases.c.project_id == projects.c.id)
        .group_by(projects.c.id, users.c.name)
        .order_by(projects.c.closed_at.is_not(None), projects.c.id.desc())
    )
    if user_id is not None:
        query = query.where(projects.c.champion_id == user_id)
    return tuple(Entry(*row) for row in db.execute(query))


def unread(db: Connection, user_id: int) -> int:
    """Return how much somebody was told and has not read."""
    mine = (alerts.c.user_id == user_id, alerts.c.read_at.is_(None))
    return int(db.execute(sa.select(sa.func.count()).select_from(alerts).where(*mine)).scalar_one())


def project(db: Connection, no: str, calendar: Calendar, at: datetime) -> Project:
    """Return a project with its cases and what its champion was told, latest first. Raises `NotFound`."""
    row = rows.get(db, no)
    who = db.execute(sa.select(users.c.name).where(users.c.id == row.champion_id)).scalar_one()
    return Project(
        row.no, row.name, who, row.champion_id, row.opened_at, row.closed_at,
        _lines(db, row.id, calendar, at), _alerts(db, row.id),
    )  # fmt: skip


def must_see(actor: Actor, found: Project) -> None:
    """Raise `NotYours` unless he champions the project, or oversees everything."""
    if actor.id != found.champion_id and not any(actor.holds(role) for role in OVERSEERS):
        raise NotYours("只有包抓人和督办管理岗可以查看重点项目。", code="project.not-yours")


_parents = cases.alias("parents")
_bundles = matters.alias("bundles")


def _lines(db: Connection, project_id: int, calendar: Calendar, at: datetime) -> tuple[Line, ...]:
    query = (
        sa.select(cases, matters.c.name, orgs.c.name.label("authority"), _bundles.c.name.label("part_of"))
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == cases.c.authority_id)
        .outerjoin(_parents, _parents.c.id == cases.c.parent_id)
        .outerjoin(_bundles, _bundles.c.id == _parents.c.matter_id)
        .where(cases.c.project_id == project_id)
        .order_by(cases.c.id)
    )
    found = db.execute(query).all()
    waits = _waits(db, [row.id for row in found])
    return tuple(_line(row, waits.get(row.id, ()), calendar, at) for row in found)


def _line(row: Row, waits: Sequence[str], calendar: Calendar, at: datetime) -> Line:
    due_at = row.promised_due_at if State(row.state) in UNDECIDED else None
    return Line(
        no=row.no,
        name=row.name,
        part_of=row.part_of or "",
        state=row.state,
        authority=row.authority,
        received_at=row.received_at,
        accepted_at=row.accepted_at,
        due_at=due_at,
        closed_at=row.closed_at,
        days=remaining(due_at, at, calendar) if due_at else None,
        late=due_at is not None and row.paused_at is None and at >= due_at,
        waits="；".join(waits),
    )


def _waits(db: Connection, case_ids: Sequence[int]) -> dict[int, list[str]]:
    """Whom each case waits for: its open steps, and who has them."""
    query = (
        sa.select(tasks.c.case_id, tasks.c.name, orgs.c.name.label("org"), users.c.name.label("who"))
        .join(orgs, orgs.c.id == tasks.c.org_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
        .where(tasks.c.case_id.in_(case_ids), tasks.c.closed_at.is_(None), tasks.c.held.is_(False))
        .order_by(tasks.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in db.execute(query):
        found.setdefault(row.case_id, []).append(f"{row.name}（{row.who or row.org}）")
    return found


def _alerts(db: Connection, project_id: int) -> tuple[Alert, ...]:
    query = (
        sa.select(alerts, cases.c.no, matters.c.name)
        .join(cases, cases.c.id == alerts.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(alerts.c.project_id == project_id)
    )
    return tuple(_alert(row) for row in db.execute(query.order_by(alerts.c.id.desc()).limit(MOST)))


#: How much of what was told is shown.
MOST = 200


def _alert(row: Row) -> Alert:
    data: dict[str, Any] = row.data
    level = LEVEL_NAMES[Level(data["level"])] if "level" in data else ""
    return Alert(row.id, row.no, row.name, row.kind, level, data["clock"], row.at, row.read_at is not None)
