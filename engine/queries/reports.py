"""The manager's board (督办看板): tiles, what is late by department, matter and step, the trend, the outlook."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.queries import figures
from engine.queries.counting import Counting, Where, waits
from engine.queries.filters import Filters
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection
from engine.store.people import orgs

#: How many working days the trend looks back, and the outlook ahead.
BACK, AHEAD = 30, 5


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

    tiles: tuple[figures.Tile, ...]
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
        tiles=tuple(figures.tile(look, key) for key in figures.TILES),
        legal=figures.count(look, "legal"),
        decided=figures.count(look, "decided"),
        in_time=figures.count(look, "in-time"),
        too_late=figures.count(look, "too-late"),
        departments=_bars(look, orgs.c.code, orgs.c.name, (orgs, orgs.c.id == cases.c.authority_id)),
        matters=_bars(look, cases.c.matter_key, matters.c.name, (matters, matters.c.id == cases.c.matter_id)),
        steps=_bars(look, tasks.c.name, tasks.c.name, (tasks, waits(tasks))),
        trend=_trend(look),
        outlook=tuple(_by_day(look, "due", _ahead(look)).items()),
    )


def _bars(
    look: Counting, key: sa.Column[Any], name: sa.Column[Any], beside: tuple[sa.Table, Where]
) -> tuple[Bar, ...]:
    """Count red and yellow by what stands *beside* the cases; the worst come first."""
    red, yellow = figures.where(look, "red"), figures.where(look, "yellow")
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
    each = [figures.where(_on(look, day), key) for day in days]
    counted = [sa.func.count().filter(condition) for condition in each]
    row = look.db.execute(sa.select(*counted).select_from(cases).where(sa.or_(*each))).one()
    return dict(zip(days, row, strict=True))


def _on(look: Counting, day: date) -> Counting:
    return replace(look, filters=replace(look.filters, day=day))
