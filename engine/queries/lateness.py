"""Which cases were late (超期) as of a moment, grouped; the numbers behind each count are given with it.

A due moment is the first that is late: whatever was due at it and not done is late from then on. Judged to the
instant (``instant``) one second late is late (R-CNT-2); judged by days (``date``) a case is late when Beijing's
day is after its due day. What a case was in the past is told by its own times and by the due moment known then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.case import CHANNEL_NAMES
from engine.domain.clock import Clock, Precision
from engine.domain.pause import day_of, end_of, last_day
from engine.queries.counting import Counting, Where
from engine.queries.filters import Filters
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.dues import dues
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that share something: what it is called, how many, and which."""

    key: str
    name: str
    count: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Cases and their groups, the largest first."""

    count: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """All that was late as of a moment: what still ran, and apart what had ended late by then.

    ``open`` is everything that ran; ``due_soon`` what would fall due within the days asked for.
    """

    as_of: datetime
    group_by: str
    precision: str
    count: int
    groups: tuple[Group, ...]
    finished_late: Counted
    open: int
    due_soon: Counted | None


#: What late cases may be grouped by: key and name of a row's group.
GROUPS: Mapping[str, Callable[[Row], tuple[str, str]]] = {
    "department": lambda row: (row.department, row.department_name),
    "matter": lambda row: (row.matter, row.matter_name),
    "channel": lambda row: (row.channel, CHANNEL_NAMES.get(row.channel, row.channel or "未注明")),
    "month": lambda row: (f"{last_day(row.due_at):%Y-%m}",) * 2,
}
PRECISIONS = (Precision.INSTANT, Precision.DATE)

_COLUMNS = (
    cases.c.no,
    cases.c.channel,
    cases.c.decided_at,
    cases.c.matter_key.label("matter"),
    matters.c.name.label("matter_name"),
    orgs.c.code.label("department"),
    orgs.c.name.label("department_name"),
)


def late(
    db: Connection,
    calendar: Calendar,
    at: datetime,
    now: datetime,
    *,
    group_by: str = "department",
    precision: str = Precision.INSTANT,
    reach: frozenset[int] | None = None,
    within: int | None = None,
) -> Late:
    """Return the cases late as of *at*; *reach* is the organisations one may see, None all.

    *within* asks for what falls due in so many days after *at* too.
    """
    look = Counting(db, calendar, at, Filters(reach=reach), now=now)
    running = _running(look, until=_threshold(at, precision))
    overdue = _counted(running, group_by)
    return Late(
        as_of=at,
        group_by=group_by,
        precision=precision,
        count=overdue.count,
        groups=overdue.groups,
        finished_late=_counted(_finished(look, precision), group_by),
        open=_open(look),
        due_soon=None if within is None else _due_soon(look, precision, within, group_by),
    )


def _threshold(at: datetime, precision: str) -> datetime:
    """What was due no later than this is late: now, or judged by days when the day began."""
    return at if precision == Precision.INSTANT else end_of(day_of(at) - timedelta(days=1))


def _due_soon(look: Counting, precision: str, within: int, group_by: str) -> Counted:
    later = look.at + timedelta(days=within)
    rows = _running(look, after=_threshold(look.at, precision), until=_threshold_after(later, precision))
    return _counted(rows, group_by)


def _threshold_after(later: datetime, precision: str) -> datetime:
    """What is due no later than *later*: it would be late just after."""
    return later + timedelta(microseconds=1) if precision == Precision.INSTANT else end_of(day_of(later))


def _running(look: Counting, after: datetime | None = None, until: datetime | None = None) -> Iterable[Row]:
    """The cases that ran, and were due in between."""
    told, due_at = sa.join(cases, matters, matters.c.id == cases.c.matter_id), cases.c.promised_due_at
    if look.is_back:
        known = sa.and_(dues.c.case_id == cases.c.id, dues.c.clock == Clock.PROMISED, look.known(dues))
        told, due_at = told.join(dues, known), dues.c.due_at
    bounds = [
        due_at.is_not(None),
        *([due_at > after] if after else ()),
        *([due_at <= until] if until else ()),
    ]
    return _rows(look, told, due_at, look.going, *bounds)


def _finished(look: Counting, precision: str) -> Iterable[Row]:
    """The cases that were decided late, by then; a former system's by when they ended."""
    told, due_at = sa.join(cases, matters, matters.c.id == cases.c.matter_id), cases.c.promised_due_at
    rows = _rows(look, told, due_at, cases.c.decided_at <= look.at, cases.c.decided_at >= due_at)
    if precision == Precision.INSTANT:
        return rows
    return [row for row in rows if day_of(row.decided_at) > last_day(row.due_at)]


def _rows(look: Counting, told: sa.Join, due_at: sa.Column[datetime], *where: Where) -> Iterable[Row]:
    """The cases *told* of, earliest due first."""
    query = sa.select(*_COLUMNS, due_at.label("due_at")).select_from(
        told.join(orgs, orgs.c.id == cases.c.authority_id)
    )
    return look.db.execute(query.where(*where, *look.narrowed()).order_by(due_at, cases.c.id)).all()


def _open(look: Counting) -> int:
    counted = sa.select(sa.func.count()).select_from(cases).where(look.running, *look.narrowed())
    return int(look.db.execute(counted).scalar_one())


def _counted(rows: Iterable[Row], group_by: str) -> Counted:
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        found.setdefault(GROUPS[group_by](row), []).append(row.no)
    groups = [Group(key, name, len(listed), tuple(listed)) for (key, name), listed in found.items()]
    groups.sort(key=lambda group: (-group.count, group.key))
    return Counted(sum(group.count for group in groups), tuple(groups))
