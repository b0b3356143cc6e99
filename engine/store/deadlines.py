"""Running deadlines and their pauses; asking for what has passed, and taking it exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.deadline import Clock, Pause
from engine.domain.limit import Limit
from engine.store.db import Connection, Id, Moment, Row, metadata, words

deadlines = sa.Table(
    "deadlines",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("clock", sa.String(20), nullable=False),
    sa.Column("key", sa.String(64), nullable=False, server_default=""),
    sa.Column("limit_text", sa.String(30), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("armed", sa.Boolean, nullable=False),
    sa.Column("calendar", sa.String(60), nullable=False),
    sa.Column("fired_at", Moment),
    sa.Column("settled_at", Moment),
    sa.Column("try_at", Moment),
    sa.Column("extended", sa.Boolean, nullable=False, server_default=sa.false()),
    words("clock", Clock),
    sa.Index(
        "ix_deadlines_armed", "due_at", sqlite_where=sa.text("armed"), postgresql_where=sa.text("armed")
    ),
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("clock", sa.String(20), nullable=False),
    sa.Column("ground", sa.String(40), nullable=False),
    sa.Column("notice", sa.String(500), nullable=False, server_default=""),
    sa.Column("start", Moment, nullable=False),
    sa.Column("stop", Moment),
)


_ADD = sa.insert(deadlines)
_SETTLE = (
    sa.update(deadlines)
    .where(
        deadlines.c.case_id == sa.bindparam("case"),
        deadlines.c.settled_at.is_(None),
        sa.or_(
            deadlines.c.clock.in_(sa.bindparam("clocks", expanding=True)),
            deadlines.c.key.in_(sa.bindparam("keys", expanding=True)),
        ),
    )
    .values(settled_at=sa.bindparam("at"), armed=False)
)
_RUNNING = (
    sa.select(deadlines)
    .where(deadlines.c.case_id == sa.bindparam("case"), deadlines.c.settled_at.is_(None))
    .order_by(deadlines.c.id)
)


def row(
    case_id: int, clock: Clock, limit: Limit, since: datetime, due_at: datetime, calendar: str, key: str = ""
) -> dict[str, Any]:
    """Return a deadline ready to be started: armed, and reckoned by the version *calendar* of the calendar."""
    return {
        "case_id": case_id,
        "clock": clock,
        "key": key,
        "limit_text": str(limit),
        "started_at": since,
        "due_at": due_at,
        "armed": True,
        "calendar": calendar,
    }


def start(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Start deadlines."""
    if rows:
        db.execute(_ADD, list(rows))


def settle(
    db: Connection, case_id: int, at: datetime, clocks: Iterable[Clock] = (), keys: Iterable[str] = ()
) -> None:
    """End clocks of a case, and the deadlines that hang on tokens (*keys*) which are gone."""
    ended = {"clocks": list(clocks), "keys": list(keys)}
    if ended["clocks"] or ended["keys"]:
        db.execute(_SETTLE, {"case": case_id, "at": at, **ended})


def running(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the unsettled deadlines of a case, in order of start."""
    return db.execute(_RUNNING, {"case": case_id}).all()


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return every deadline a case ever had."""
    return db.execute(
        sa.select(deadlines).where(deadlines.c.case_id == case_id).order_by(deadlines.c.id)
    ).all()


def get(db: Connection, deadline_id: int) -> Row | None:
    """Return one deadline."""
    return db.execute(sa.select(deadlines).where(deadlines.c.id == deadline_id)).first()


def move(db: Connection, deadline_id: int, due_at: datetime, calendar: str, *, armed: bool) -> None:
    """Give a deadline a new due moment."""
    db.execute(
        sa.update(deadlines)
        .where(deadlines.c.id == deadline_id)
        .values(due_at=due_at, calendar=calendar, armed=armed)
    )


def extend(db: Connection, deadline_id: int, limit_text: str, due_at: datetime, *, armed: bool) -> None:
    """Give a deadline a longer limit, once; one that had passed runs again."""
    db.execute(
        sa.update(deadlines)
        .where(deadlines.c.id == deadline_id)
        .values(limit_text=limit_text, due_at=due_at, extended=True, armed=armed, fired_at=None)
    )


def arm(db: Connection, deadline_id: int, *, armed: bool) -> None:
    """Arm or disarm a deadline."""
    db.execute(sa.update(deadlines).where(deadlines.c.id == deadline_id).values(armed=armed))


def passed(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    """Return ``(id, case_id)`` of armed deadlines that have passed, in order of due time."""
    return db.execute(
        sa.select(deadlines.c.id, deadlines.c.case_id)
        .where(
            deadlines.c.armed,
            deadlines.c.due_at <= at,
            sa.or_(deadlines.c.try_at.is_(None), deadlines.c.try_at <= at),
        )
        .order_by(deadlines.c.due_at, deadlines.c.id)
        .limit(most)
    ).all()


def take(db: Connection, deadline_id: int, at: datetime) -> Row | None:
    """Take a passed deadline for firing; None when another worker has it or it was settled in time.

    The row count of a guarded update decides, on both databases; it is a new statement after the case's
    lock, so it sees what the previous holder of the lock committed.
    """
    return db.execute(
        sa.update(deadlines)
        .where(deadlines.c.id == deadline_id, deadlines.c.armed, deadlines.c.due_at <= at)
        .values(armed=False, fired_at=at)
        .returning(deadlines)
    ).first()


def postpone(db: Connection, deadline_id: int, until: datetime) -> None:
    """Let a deadline whose firing failed wait; it stays armed."""
    db.execute(sa.update(deadlines).where(deadlines.c.id == deadline_id).values(try_at=until))


def pause(db: Connection, case_id: int, clock: Clock, ground: str, notice: str, at: datetime) -> None:
    """Write down that a clock stopped."""
    db.execute(sa.insert(pauses).values(case_id=case_id, clock=clock, ground=ground, notice=notice, start=at))


def resume(db: Connection, case_id: int, clock: Clock, at: datetime) -> None:
    """Write down that a clock goes on."""
    db.execute(
        sa.update(pauses)
        .where(pauses.c.case_id == case_id, pauses.c.clock == clock, pauses.c.stop.is_(None))
        .values(stop=at)
    )


def paused(db: Connection, case_id: int) -> dict[str, tuple[Pause, ...]]:
    """Return the pauses of a case, by clock."""
    found: dict[str, tuple[Pause, ...]] = {}
    query = sa.select(pauses).where(pauses.c.case_id == case_id).order_by(pauses.c.start)
    for row in db.execute(query):
        found[row.clock] = (*found.get(row.clock, ()), Pause(row.start, row.stop, row.ground))
    return found
