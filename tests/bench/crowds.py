"""A million cases, made by the database itself, alike on both kinds, from the number of each case alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.office import Office
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines, pauses
from engine.store.dues import dues
from engine.store.measures import measures
from engine.store.people import orgs
from tests import builders, people

DAY = 86_400
YEARS = 5 * 365 * DAY
#: One case in so many is still open; of the open ones one in so many is stopped.
ONE_OPEN, ONE_STOPPED = 20, 50
#: Promised within so many days, legally within so many; done after at most so many, and open since at most so many.
PROMISED, LEGAL, LONGEST, OLDEST = 14, 28, 18, 16

Number = sa.ColumnElement[int]


def still(count: int) -> int:
    """How many of *count* cases are open."""
    return count // ONE_OPEN


def fill(office: Office, count: int) -> None:
    """Copy one real case *count* times, each with its own matter, channel, times and clocks; a benchmark may."""
    no = builders.accepted(office, people.known(office), "small_catering")
    with office.database.transaction() as db:
        if db.dialect.name == "postgresql":
            db.exec_driver_sql("SET LOCAL statement_timeout = 0")
        row = db.execute(sa.select(cases).where(cases.c.no == no)).one()
        _cases(db, row, count, office.now())
        for table, values, where in _REST:
            made = sa.select(*values.values()).where(cases.c.no.startswith("bench-"), *where)
            db.execute(sa.insert(table).from_select(list(values), made, include_defaults=False))
    with office.database.pool.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(_TIDY[db.dialect.name])


#: What each kind of database does by itself when it is quiet.
_TIDY = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}


@dataclass(frozen=True, slots=True)
class _Clock:
    """Seconds since 1970 as a moment of this kind of database."""

    dialect: str

    def at(self, seconds: Number | int) -> sa.ColumnElement[datetime]:
        if self.dialect == "postgresql":
            return sa.func.to_timestamp(seconds)
        return sa.func.strftime("%Y-%m-%d %H:%M:%f000", seconds, "unixepoch")

    def end_of_day(self, seconds: Number) -> sa.ColumnElement[datetime]:
        """The midnight in Beijing that follows."""
        return self.at((seconds + 8 * 3600) // DAY * DAY + DAY - 8 * 3600)


def _cases(db: Connection, row: Row, count: int, now: datetime) -> None:
    clock, present, done = _Clock(db.dialect.name), int(now.timestamp()), count - still(count)
    n = _numbers(count).c.n
    begun = sa.case(
        (n < done, present - YEARS + n * (YEARS // done)), else_=present - (n * 7919) % (OLDEST * DAY)
    )
    ended = begun + 3600 + (n * 7907) % (LONGEST * DAY)
    is_over = sa.and_(n < done, ended < present)
    is_stopped = sa.and_(n >= done, n % ONE_STOPPED == 0)
    kind = _matters()
    values: Mapping[str, Any] = {
        "id": row.id + 1 + n,
        "no": sa.literal("bench-") + sa.cast(n, sa.String),
        "code": sa.literal("bench-") + sa.cast(n, sa.String),
        "kind": sa.literal("matter"),
        "matter_id": kind.c.id,
        "matter_key": kind.c.key,
        "definition_id": kind.c.definition_id,
        "applicant_id": sa.literal(row.applicant_id),
        "channel": sa.case((n % 3 == 0, "online"), (n % 3 == 1, "window"), else_="agent"),
        "hall_id": sa.literal(row.hall_id),
        "authority_id": kind.c.org,
        "flags": sa.literal({}, cases.c.flags.type),
        "answers": sa.literal({}, cases.c.answers.type),
        "received_at": clock.at(begun),
        "complete_at": clock.at(begun),
        "accepted_at": clock.at(begun),
        "state": sa.case((is_over, "granted"), else_="accepted"),
        "decided_at": sa.case((is_over, clock.at(ended))),
        "paused_at": sa.case((is_stopped, clock.at(sa.literal(present - DAY)))),
        "promised_due_at": clock.end_of_day(begun + PROMISED * DAY),
        "legal_due_at": clock.end_of_day(begun + LEGAL * DAY),
    }
    made = sa.select(*values.values()).where(
        kind.c.rank == n % sa.select(sa.func.count()).select_from(kind).scalar_subquery()
    )
    db.execute(sa.insert(cases).from_select(list(values), made, include_defaults=False))


def _numbers(count: int) -> sa.CTE:
    first = sa.select(sa.literal(0, sa.BigInteger).label("n")).cte("numbers", recursive=True)
    return first.union_all(sa.select(first.c.n + 1).where(first.c.n + 1 < count))


def _matters() -> sa.CTE:
    rank = (sa.func.row_number().over(order_by=matters.c.id) - 1).label("rank")
    told = (rank, matters.c.id, matters.c.key, matters.c.definition_id, orgs.c.id.label("org"))
    query = sa.select(*told).join(orgs, orgs.c.code == matters.c.authority)
    return query.where(matters.c.current, matters.c.kind == "matter").cte("kinds")


_OVER, _STOPPED = cases.c.decided_at.is_not(None), cases.c.paused_at.is_not(None)
_PROMISED = sa.literal("promised")
_STEP = sa.case((cases.c.id % 4 == 0, "决定"), (cases.c.id % 4 == 1, "审核"), else_="审查")

#: What hangs on the cases: the table, its columns made from a case, and from which cases.
_REST: tuple[tuple[sa.Table, Mapping[str, Any], tuple[sa.ColumnElement[bool], ...]], ...] = (
    (
        deadlines,
        {
            "case_id": cases.c.id,
            "clock": _PROMISED,
            "limit_text": sa.literal("10 workday"),
            "started_at": cases.c.accepted_at,
            "due_at": cases.c.promised_due_at,
            "armed": sa.false(),
            "calendar": sa.literal(""),
            "settled_at": cases.c.decided_at,
        },
        (),
    ),
    (
        dues,
        {
            "case_id": cases.c.id,
            "clock": _PROMISED,
            "due_at": sa.case((~_STOPPED, cases.c.promised_due_at)),
            "since": cases.c.accepted_at,
            "until": cases.c.decided_at,
            "cause": sa.literal("started"),
        },
        (),
    ),
    (
        pauses,
        {
            "case_id": cases.c.id,
            "clock": _PROMISED,
            "ground": sa.literal("鉴定"),
            "start": cases.c.paused_at,
        },
        (_STOPPED,),
    ),
    (
        measures,
        {
            "case_id": cases.c.id,
            "decided_at": cases.c.decided_at,
            "worked_days": cases.c.id % 12,
            "worked_minutes": cases.c.id % 5000,
            "elapsed_minutes": cases.c.id % 20_000,
            "promised_days": sa.literal(10),
            "legal_days": sa.literal(20),
        },
        (_OVER,),
    ),
    (
        tasks,
        {
            "case_id": cases.c.id,
            "key": sa.literal("bench"),
            "node": sa.literal("review"),
            "name": _STEP,
            "stage": sa.literal("review"),
            "role": sa.literal("approver"),
            "org_id": cases.c.authority_id,
            "opened_at": cases.c.accepted_at,
            "due_at": cases.c.promised_due_at,
            "held": sa.false(),
        },
        (~_OVER,),
    ),
)
