"""What a proposed calendar would move: compared day by day, and asked of every running clock it touches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

import sqlalchemy as sa

from engine.domain.almanac import Outlook
from engine.domain.calendar import Calendar
from engine.domain.clock import Clock
from engine.domain.day import ONE_DAY
from engine.domain.deadline import due
from engine.domain.notice import Change, changes
from engine.domain.pause import Pause, day_of, end_of, last_day
from engine.store import deadlines
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines as clocks
from engine.store.deadlines import pauses
from engine.store.people import orgs

#: How many running clocks a proposal is weighed against, how many of those it moves are listed, and in what steps.
MOST_WEIGHED, MOST_LISTED, CHUNK = 20_000, 200, 500
#: Of ended clocks only so many are counted: they tell that history is touched, not how much.
MOST_ENDED = 1_000


@dataclass(frozen=True, slots=True)
class Move:
    """A running clock that would be due on another day."""

    case: str
    matter: str
    clock: str
    old: datetime
    new: datetime

    @property
    def earlier(self) -> bool:
        return self.new < self.old


@dataclass(frozen=True, slots=True)
class Impact:
    """What a proposal changes: days, and the running clocks it moves, those that come earlier first.

    ``ended`` are clocks that ended in the past over days which change; they keep their dates (R-CNT-7).
    """

    changes: tuple[Change, ...]
    first: date
    last: date
    hours: bool
    moves: tuple[Move, ...]
    earlier: int
    later: int
    weighed: int
    whole: bool
    ended: int


def impact(db: Connection, before: Outlook, after: Outlook, at: datetime) -> Impact:
    """Weigh a proposal: compare the calendars before and after, and ask every running clock it touches."""
    today = day_of(at)
    reach = _Reach.of(db, before, after, today)
    own = changes(before.own, after.own, today)
    moves = list(_moves(db, reach, before, after))
    listed = sorted(moves, key=lambda move: (not move.earlier, move.new, move.case))
    weighed = _weighed(db, reach)
    return Impact(
        changes=own,
        first=after.own.first,
        last=after.own.last,
        hours=before.own.hours != after.own.hours,
        moves=tuple(listed[:MOST_LISTED]),
        earlier=sum(move.earlier for move in moves),
        later=sum(not move.earlier for move in moves),
        weighed=weighed,
        whole=weighed <= MOST_WEIGHED,
        ended=_ended(db, reach, [change.day for change in own if change.moves and change.past]),
    )


@dataclass(frozen=True, slots=True)
class _Reach:
    """Which running clocks a proposal may touch: of which authorities, running over which days."""

    orgs: frozenset[int]
    everybody: bool
    since: date | None
    until: date | None

    @classmethod
    def of(cls, db: Connection, before: Outlook, after: Outlook, today: date) -> "_Reach":
        """Compare what every organisation goes by with what it would go by; few differ among themselves."""
        ids = list(db.execute(sa.select(orgs.c.id)).scalars())
        pairs: dict[tuple[str, str], list[int]] = {}
        for org in ids:
            pairs.setdefault((before.of(org).version, after.of(org).version), []).append(org)
        touched: set[int] = set()
        days: set[date] = set()
        unbounded = False
        for found in pairs.values():
            old, new = before.of(found[0]), after.of(found[0])
            moved = {change.day for change in changes(old, new, today) if change.moves}
            if moved or old.hours != new.hours:
                touched |= set(found)
                days |= moved
                unbounded |= old.hours != new.hours
        bounded = days and not unbounded
        return cls(
            frozenset(touched),
            len(touched) == len(ids),
            min(days) if bounded else None,
            max(days) if bounded else None,
        )

    def where(self) -> sa.ColumnElement[bool]:
        """The running clocks that started before the last of these days is over and are due after the first begins."""
        if not self.orgs:
            return sa.false()
        conditions = [clocks.c.settled_at.is_(None)]
        if not self.everybody:
            conditions.append(cases.c.authority_id.in_(self.orgs))
        return sa.and_(*conditions, *self.over())

    def over(self) -> Iterator[sa.ColumnElement[bool]]:
        if self.since is not None and self.until is not None:
            yield clocks.c.due_at > end_of(self.since - ONE_DAY)
            yield clocks.c.started_at < end_of(self.until)


def _weighed(db: Connection, reach: _Reach) -> int:
    joined = sa.select(sa.func.count()).select_from(clocks).join(cases, cases.c.id == clocks.c.case_id)
    return int(db.execute(joined.where(reach.where())).scalar_one())


def _ended(db: Connection, reach: _Reach, past: Sequence[date]) -> int:
    if not past:
        return 0
    over = (
        clocks.c.settled_at.is_not(None),
        clocks.c.due_at > end_of(min(past) - ONE_DAY),
        clocks.c.started_at < end_of(max(past)),
    )
    some = sa.select(clocks.c.id).join(cases, cases.c.id == clocks.c.case_id).where(*over)
    if not reach.everybody:
        some = some.where(cases.c.authority_id.in_(reach.orgs))
    return int(
        db.execute(sa.select(sa.func.count()).select_from(some.limit(MOST_ENDED).subquery())).scalar_one()
    )


def _moves(db: Connection, reach: _Reach, before: Outlook, after: Outlook) -> Iterator[Move]:
    query = (
        sa.select(clocks, cases.c.no, cases.c.authority_id, matters.c.name.label("matter"))
        .join(cases, cases.c.id == clocks.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(reach.where())
        .order_by(clocks.c.due_at, clocks.c.id)
        .limit(MOST_WEIGHED)
    )
    rows = iter(db.execute(query).all())
    while chunk := list(islice(rows, CHUNK)):
        stopped = _paused(db, {row.case_id for row in chunk})
        for row in chunk:
            held = stopped.get((row.case_id, row.clock), ())
            if any(pause.stopped is None for pause in held):
                continue  # nobody knows when it is due before it runs again
            old, new = (_due(row, each.of(row.authority_id), held) for each in (before, after))
            if old != new:
                yield Move(row.no, row.matter, row.clock, old, new)


def _due(row: Row, calendar: Calendar, held: Iterable[Pause]) -> datetime:
    granted = deadlines.allowance(row)
    return due(
        granted.limit,
        row.started_at,
        calendar,
        held,
        extension=granted.extension,
        precision=granted.precision,
    )


def _paused(db: Connection, ids: set[int]) -> Mapping[tuple[int, str], tuple[Pause, ...]]:
    found: dict[tuple[int, str], tuple[Pause, ...]] = {}
    query = sa.select(pauses).where(pauses.c.case_id.in_(ids)).order_by(pauses.c.start, pauses.c.id)
    for row in db.execute(query):
        key = (row.case_id, row.clock)
        found[key] = (*found.get(key, ()), Pause(row.start, row.stop, row.ground, row.cap))
    return found


def plainly(seen: Impact) -> dict[str, object]:
    """Tell an impact as machines read it."""
    return {
        "first": str(seen.first),
        "last": str(seen.last),
        "hours_changed": seen.hours,
        "days": [
            {
                "day": str(each.day),
                "old": _told(each.old.working, each.old.name),
                "new": _told(each.new.working, each.new.name),
                "foretold": each.foretold,
                "past": each.past,
            }
            for each in seen.changes
        ],
        "moves": [
            {
                "case": each.case,
                "matter": each.matter,
                "clock": str(Clock(each.clock)),
                "old": str(last_day(each.old)),
                "new": str(last_day(each.new)),
                "old_at": each.old.isoformat(),
                "new_at": each.new.isoformat(),
                "earlier": each.earlier,
            }
            for each in seen.moves
        ],
        "earlier": seen.earlier,
        "later": seen.later,
        "weighed": seen.weighed,
        "complete": seen.whole,
        "ended": seen.ended,
    }


def _told(working: bool, name: str) -> dict[str, object]:  # noqa: FBT001 - it is what a day is
    return {"working": working, "name": name}
