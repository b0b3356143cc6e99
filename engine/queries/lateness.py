"""Which cases were late (超期) at a moment, grouped; the numbers behind each count are given with it.

What a case was at a past moment is told by its own times and pauses. Its limit is taken as it stands now: one
that was extended since is judged by the extended limit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.case import CHANNEL_NAMES, Channel
from engine.domain.deadline import Clock, last_day
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import pauses
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Group:
    """Late cases that share something: what it is called, how many, and which."""

    key: str
    name: str
    count: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """All that was late at a moment."""

    as_of: datetime
    group_by: str
    count: int
    groups: tuple[Group, ...]


#: What late cases may be grouped by: key and name of a row's group.
GROUPS: Mapping[str, Callable[[Row], tuple[str, str]]] = {
    "department": lambda row: (row.department, row.department_name),
    "matter": lambda row: (row.matter, row.matter_name),
    "channel": lambda row: (row.channel, CHANNEL_NAMES[Channel(row.channel)]),
    "month": lambda row: (f"{last_day(row.promised_due_at):%Y-%m}",) * 2,
}

_QUERY = (
    sa.select(
        cases.c.no,
        cases.c.channel,
        cases.c.promised_due_at,
        cases.c.matter_key.label("matter"),
        matters.c.name.label("matter_name"),
        orgs.c.code.label("department"),
        orgs.c.name.label("department_name"),
    )
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == cases.c.authority_id)
    .order_by(cases.c.promised_due_at, cases.c.id)
)


def late(
    db: Connection, at: datetime, group_by: str = "department", reach: frozenset[int] | None = None
) -> Late:
    """Return the cases late *at* a moment, most first; *reach* is the organisations one may see, None all."""
    query = _QUERY.where(_late(at))
    if reach is not None:
        query = query.where(cases.c.authority_id.in_(reach) | cases.c.hall_id.in_(reach))
    found: dict[tuple[str, str], list[str]] = {}
    for row in db.execute(query):
        found.setdefault(GROUPS[group_by](row), []).append(row.no)
    groups = [Group(key, name, len(listed), tuple(listed)) for (key, name), listed in found.items()]
    groups.sort(key=lambda group: (-group.count, group.key))
    return Late(at, group_by, sum(group.count for group in groups), tuple(groups))


def _late(at: datetime) -> sa.ColumnElement[bool]:
    """Accepted, not yet decided or ended, its promised limit passed, its clock not stopped."""
    stopped = sa.exists().where(
        pauses.c.case_id == cases.c.id,
        pauses.c.clock == Clock.PROMISED,
        pauses.c.start <= at,
        sa.or_(pauses.c.stop.is_(None), pauses.c.stop > at),
        sa.or_(pauses.c.cap.is_(None), pauses.c.cap > at),
    )
    undecided = sa.or_(cases.c.decided_at.is_(None), cases.c.decided_at > at)
    unended = sa.or_(cases.c.closed_at.is_(None), cases.c.closed_at > at)
    return sa.and_(cases.c.accepted_at <= at, cases.c.promised_due_at <= at, undecided, unended, ~stopped)
