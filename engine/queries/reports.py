"""The manager's board (督办看板): tiles, what is late by department, matter and step, the trend, the outlook."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.forecast import expected_late
from engine.queries import figures
from engine.queries.counting import Counting
from engine.queries.filters import OURS, Filters
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Moment
from engine.store.people import orgs

#: How many working days the trend looks back, and the outlook ahead.
BACK, AHEAD = 30, 5
#: Of how many working days the pace of the forecast is the average.
PACE = 10


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
class Coming:
    """What falls due on a working day to come, and how many of it will be late at the present pace."""

    day: date
    due: int
    late: int


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
    outlook: tuple[Coming, ...]
    pace: float

    @property
    def share(self) -> float | None:
        """The share decided in time, of one; None where nothing was decided."""
        return self.in_time / self.decided if self.decided else None


def overdue(
    db: Connection, calendar: Calendar, at: datetime, filters: Filters, now: datetime | None = None
) -> Board:
    """Return the manager's board as of a moment."""
    look = Counting(db, calendar, at, filters, now)
    departments, kinds, steps, open_ = _open(look)
    over = figures.counts(look, FINISHED)
    trend = _trend(look)
    pace = sum(day.decided for day in trend[-PACE:]) / PACE
    counted = {**open_, **over, **{key: figures.count(look, key) for key in ("paused", "broken")}}
    return Board(
        tiles=tuple(figures.told(key, counted[key]) for key in figures.TILES),
        legal=counted["legal"],
        decided=counted["decided"],
        in_time=counted["in-time"],
        too_late=counted["too-late"],
        departments=departments,
        matters=kinds,
        steps=steps,
        trend=trend,
        outlook=_outlook(look, _backlog(look), pace),
        pace=pace,
    )


#: What the board tells of open cases in one pass, and of finished ones in another.
OPEN = ("open", "red", "legal", "yellow")
FINISHED = ("decided", "in-time", "too-late")


def _open(look: Counting) -> tuple[tuple[Bar, ...], tuple[Bar, ...], tuple[Bar, ...], dict[str, int]]:
    """Count what is open in one pass: by department, by matter, by the steps it waits at, and for the tiles."""
    lights = _lights(look)
    each = [lights.c[key] for key in OPEN]
    among = (lights.c.authority_id, lights.c.matter_key)
    counted = [sa.func.count().filter(light) for light in each]
    grouped = sa.select(*among, sa.literal("").label("step"), *counted).group_by(*among)
    distinct = [sa.func.count(lights.c.id.distinct()).filter(light) for light in each]
    nowhere = (sa.null().label("authority_id"), sa.null().label("matter_key"))
    waiting = sa.select(*nowhere, tasks.c.name, *distinct).join_from(
        lights, tasks, look.waits(tasks, lights.c.id)
    )
    waiting = waiting.where(sa.or_(lights.c.red, lights.c.yellow)).group_by(tasks.c.name)
    rows = [_Row(*row) for row in look.db.execute(sa.union_all(grouped, waiting))]
    whole, steps = [row for row in rows if not row.step], [row for row in rows if row.step]
    offices = {
        i: (code, name) for i, code, name in look.db.execute(sa.select(orgs.c.id, orgs.c.code, orgs.c.name))
    }
    told = sa.select(matters.c.key, sa.func.max(matters.c.name)).group_by(matters.c.key)
    kinds = {key: (key, name) for key, name in look.db.execute(told)}
    return (
        _bars(whole, lambda row: offices[row.authority_id]),
        _bars(whole, lambda row: kinds[row.matter_key]),
        _bars(steps, lambda row: (row.step, row.step)),
        {key: sum(getattr(row, key) for row in whole) for key in OPEN},
    )


class _Row(NamedTuple):
    """What one pass counts: of a department's matter, or at a step."""

    authority_id: int
    matter_key: str
    step: str
    open: int
    red: int
    legal: int
    yellow: int


def _lights(look: Counting) -> sa.CTE:
    """Every open case with the figures that count it, each asked once."""
    asked = [figures.more(look, key).label(key) for key in OPEN]
    told = sa.select(cases.c.id, cases.c.authority_id, cases.c.matter_key, *asked)
    return told.where(look.running, *look.narrowed()).cte("lights").prefix_with("MATERIALIZED")


def _bars(rows: Iterable[_Row], named: Callable[[_Row], tuple[str, str]]) -> tuple[Bar, ...]:
    """Add red and yellow up by what a row is *named*; the worst come first, what has neither is left out."""
    red, yellow = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in rows:
        red[named(row)] += row.red
        yellow[named(row)] += row.yellow
    bars = (Bar(*name, red[name], yellow[name]) for name in red if red[name] or yellow[name])
    return tuple(sorted(bars, key=lambda bar: (-bar.red, -bar.yellow, bar.name)))


def _trend(look: Counting) -> tuple[Day, ...]:
    """Count what happened on each of the last working days; what fell on a rest day is told with the next."""
    last = look.today if look.calendar.is_working(look.today) else look.calendar.add(look.today, -1)
    days = [look.calendar.add(last, -n) for n in range(BACK - 1, -1, -1)]
    series = [by_day(look, key, days) for key in ("accepted", "decided", "lapsed")]
    return tuple(Day(day, *(counts[day] for counts in series)) for day in days)


def _backlog(look: Counting) -> int:
    """What is late already and will be worked on: cases of former systems are not."""
    if look.filters.origin not in ("", OURS):
        return 0
    return figures.count(replace(look, filters=replace(look.filters, origin=OURS)), "red")


def _outlook(look: Counting, backlog: int, pace: float) -> tuple[Coming, ...]:
    due = by_day(look, "due", ahead(look))
    late = expected_late(backlog, [*due.values()], pace)
    return tuple(Coming(day, count, n) for (day, count), n in zip(due.items(), late, strict=True))


def ahead(look: Counting) -> list[date]:
    """The next working days, today with them."""
    first = look.today if look.calendar.is_working(look.today) else look.calendar.add(look.today, 1)
    return [look.calendar.add(first, n) for n in range(AHEAD)]


def by_day(look: Counting, key: str, days: Sequence[date]) -> dict[date, int]:
    """Count a figure on each of *days* in one query, with the condition its list of that day is made from."""
    spans = [look.on(day).asked for day in days]
    each = sa.values(*_SPAN, name="days").data([(n, *span) for n, span in enumerate(spans)]).cte("days")
    asked = replace(look, span=(each.c.begin, each.c.until))
    counted = sa.select(sa.func.count()).select_from(cases).where(figures.where(asked, key)).correlate(each)
    rows = look.db.execute(sa.select(each.c.n, counted.scalar_subquery())).all()
    return {days[n]: count for n, count in rows}


_SPAN = (sa.column("n", sa.Integer), sa.column("begin", Moment), sa.column("until", Moment))
