"""How people are served (窗口服务): waiting, help, appointments kept and missed, who first met what is unfinished.

Each number has its list. Who goes first is counted by group and never listed with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.appointment import State as Became
from engine.domain.case import DECIDED, FINAL, UNACCEPTED, UNDECIDED
from engine.domain.errors import NotFound
from engine.domain.priority import SPECIAL_NAMES, Special
from engine.queries import figures
from engine.queries.counting import Counting
from engine.store.appointments import appointments, numbers
from engine.store.assists import assists, specials
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Row
from engine.store.people import orgs, users

#: The figures of cases told here, each with its list at the board.
TILES = ("after-hours", "over-visits", "outside")
MOST = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """What somebody met first and is not finished: to accept, under way, to hand out."""

    id: int | None
    name: str
    accept: int
    going: int
    deliver: int

    @property
    def unfinished(self) -> int:
        return self.accept + self.going + self.deliver


@dataclass(frozen=True, slots=True)
class Service:
    """How people were served in a month."""

    month: str
    tiles: tuple[figures.Tile, ...]
    called: int
    waited: float | None
    assists: int
    assists_first: int
    groups: tuple[tuple[str, int], ...]
    appointments: dict[str, int]
    contacts: tuple[Contact, ...]

    @property
    def missed_share(self) -> float | None:
        """Of those who were to come, how many did not."""
        due = self.appointments[Became.ARRIVED] + self.appointments[Became.MISSED]
        return self.appointments[Became.MISSED] / due if due else None


def service(look: Counting) -> Service:
    """Return how people were served in the month looked at."""
    begin, end = look.period
    return Service(
        month=f"{begin:%Y-%m}",
        tiles=tuple(figures.tile(look, key) for key in TILES),
        **_waiting(look, begin, end),
        **_assists(look, begin, end),
        groups=_groups(look, begin, end),
        appointments=_appointments(look, begin, end),
        contacts=_contacts(look),
    )


def _waiting(look: Counting, begin: datetime, end: datetime) -> dict[str, Any]:
    """How many numbers were called, and how many minutes they waited on average."""
    rows = look.db.execute(
        sa.select(numbers.c.taken_at, numbers.c.called_at).where(
            numbers.c.taken_at >= begin, numbers.c.taken_at < end, numbers.c.called_at.is_not(None)
        )
    ).all()
    minutes = [(row.called_at - row.taken_at).total_seconds() / 60 for row in rows]
    return {"called": len(minutes), "waited": sum(minutes) / len(minutes) if minutes else None}


def _assists(look: Counting, begin: datetime, end: datetime) -> dict[str, int]:
    query = (
        sa.select(sa.func.count(), sa.func.count().filter(cases.c.first))
        .select_from(assists)
        .join(cases, cases.c.id == assists.c.case_id)
        .where(assists.c.at >= begin, assists.c.at < end)
    )
    whole, first = look.db.execute(query).one()
    return {"assists": whole, "assists_first": first}


def _groups(look: Counting, begin: datetime, end: datetime) -> tuple[tuple[str, int], ...]:
    """How many applications of each group came in: numbers alone."""
    query = sa.select(specials.c.groups).join(cases, cases.c.id == specials.c.case_id)
    found = look.db.execute(query.where(cases.c.received_at >= begin, cases.c.received_at < end)).scalars()
    counted = dict.fromkeys(Special, 0)
    for named in found:
        for group in named:
            counted[Special(group)] += 1
    return tuple((SPECIAL_NAMES[group], n) for group, n in counted.items())


def _appointments(look: Counting, begin: datetime, end: datetime) -> dict[str, int]:
    query = sa.select(appointments.c.state, sa.func.count().label("n")).where(
        appointments.c.at >= begin, appointments.c.at < end
    )
    found = dict.fromkeys(map(str, Became), 0)
    return found | {row.state: row.n for row in look.db.execute(query.group_by(appointments.c.state))}


_UNFINISHED = sa.and_(cases.c.parent_id.is_(None), cases.c.origin == "", cases.c.state.not_in(list(FINAL)))


def _contacts(look: Counting) -> tuple[Contact, ...]:
    """Whoever met something first that is not finished, the one with most of it first (首问负责)."""
    told = [
        sa.func.count().filter(cases.c.state.in_(list(states))) for states in (UNACCEPTED, UNDECIDED, DECIDED)
    ]
    query = (
        sa.select(cases.c.first_contact_id, sa.func.max(users.c.name), *told)
        .select_from(cases)
        .outerjoin(users, users.c.id == cases.c.first_contact_id)
        .where(_UNFINISHED, *look.narrowed())
        .group_by(cases.c.first_contact_id)
    )
    found = [Contact(who, name or "", *counts) for who, name, *counts in look.db.execute(query)]
    return tuple(sorted(found, key=lambda one: (-one.unfinished, one.name)))


# -- the lists behind them ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A list behind a number: its name, its columns, and rows of plain words; the first may lead to a case."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def behind(look: Counting, key: str, person: int | None = None) -> Listed:
    """Return the list behind a number. Raises `NotFound`."""
    if key not in LISTS:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    name, columns, rows = LISTS[key]
    return Listed(name, columns, tuple(rows(look, person)))


def _called(look: Counting, _: int | None) -> list[tuple[Any, ...]]:
    begin, end = look.period
    query = (
        sa.select(numbers, orgs.c.name.label("hall"), users.c.name.label("by"))
        .join(orgs, orgs.c.id == numbers.c.org_id)
        .outerjoin(users, users.c.id == numbers.c.called_by)
        .where(numbers.c.taken_at >= begin, numbers.c.taken_at < end, numbers.c.called_at.is_not(None))
    )
    rows: Sequence[Row] = look.db.execute(query.order_by(numbers.c.id.desc()).limit(MOST)).all()
    return [
        (row.no, row.hall, row.taken_at, row.called_at, f"{_minutes(row):.0f}", row.by or "") for row in rows
    ]


def _minutes(row: Row) -> float:
    seconds: float = (row.called_at - row.taken_at).total_seconds()
    return seconds / 60


def _helped(look: Counting, _: int | None) -> list[tuple[Any, ...]]:
    begin, end = look.period
    query = (
        sa.select(
            cases.c.no, matters.c.name, assists.c.words, assists.c.at, users.c.name.label("by"), cases.c.first
        )
        .join_from(assists, cases, cases.c.id == assists.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(users, users.c.id == assists.c.by_id)
        .where(assists.c.at >= begin, assists.c.at < end)
    )
    rows = look.db.execute(query.order_by(assists.c.id.desc()).limit(MOST)).all()
    return [(r.no, r.name, r.words, "优先" if r.first else "", r.at, r.by) for r in rows]


def _missed(look: Counting, _: int | None) -> list[tuple[Any, ...]]:
    begin, end = look.period
    query = (
        sa.select(
            appointments.c.id, orgs.c.name, appointments.c.at, appointments.c.kind, appointments.c.moved
        )
        .join(orgs, orgs.c.id == appointments.c.org_id)
        .where(appointments.c.state == Became.MISSED, appointments.c.at >= begin, appointments.c.at < end)
    )
    rows = look.db.execute(query.order_by(appointments.c.at.desc()).limit(MOST)).all()
    return [(str(row.id), row.name, row.at, str(row.moved)) for row in rows]


def _first_met(look: Counting, person: int | None) -> list[tuple[Any, ...]]:
    mine = cases.c.first_contact_id.is_(None) if person is None else cases.c.first_contact_id == person
    query = (
        sa.select(cases.c.no, matters.c.name, cases.c.state, cases.c.received_at, cases.c.promised_due_at)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(_UNFINISHED, mine, *look.narrowed())
    )
    rows = look.db.execute(query.order_by(cases.c.received_at, cases.c.id).limit(MOST)).all()
    return [(row.no, row.name, row.state, row.received_at, row.promised_due_at) for row in rows]


LISTS: dict[str, tuple[str, tuple[str, ...], Any]] = {
    "waiting": ("取号等候", ("号码", "大厅", "取号时间", "叫号时间", "等候分钟", "叫号人"), _called),
    "assists": ("帮办记录", ("办件编号", "事项", "帮办内容", "优先", "时间", "帮办人"), _helped),
    "missed": ("预约未到", ("预约", "大厅", "预约时间", "改期次数"), _missed),
    "first-contact": ("首问未了结", ("办件编号", "事项", "状态", "收件时间", "承诺到期"), _first_met),
}
