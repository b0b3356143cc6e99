"""Running deadlines and their pauses; asking for what has passed, and taking it exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.clock import Clock, Precision
from engine.domain.deadline import Allowance
from engine.domain.pause import Pause
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
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("extension", sa.String(30), nullable=False, server_default=""),
    sa.Column("precision", sa.String(10), nullable=False, server_default="date"),
    sa.Column("card_at", Moment),
    words("clock", Clock),
    words("precision", Precision),
    sa.Index(
        "ix_deadlines_armed", "due_at", sqlite_where=sa.text("armed"), postgresql_where=sa.text("armed")
    ),
    sa.Index(
        "ix_deadlines_card_at",
        "card_at",
        sqlite_where=sa.text("card_at IS NOT NULL"),
        postgresql_where=sa.text("card_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_deadlines_unsettled",
        "case_id",
        "calendar",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    ),
    sa.Index(
        "ix_deadlines_running",
        "clock",
        "limit_text",
        "extension",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
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
    sa.Column("stop_id", Id, sa.ForeignKey("stops.id")),
    sa.Column("cap", Moment),
    sa.Index(
        "ix_pauses_open",
        "clock",
        "case_id",
        sqlite_where=sa.text("stop IS NULL"),
        postgresql_where=sa.text("stop IS NULL"),
    ),
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
    .returning(deadlines)
)
_RUNNING = (
    sa.select(deadlines)
    .where(deadlines.c.case_id == sa.bindparam("case"), deadlines.c.settled_at.is_(None))
    .order_by(deadlines.c.id)
)


def start(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Start deadlines."""
    if rows:
        db.execute(_ADD, list(rows))


def begin(db: Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Start deadlines and return their ids, in order."""
    return db.execute(_BEGIN, list(rows)).scalars().all()


_BEGIN = _ADD.returning(deadlines.c.id, sort_by_parameter_order=True)


def settle(
    db: Connection, case_id: int, at: datetime, clocks: Iterable[Clock] = (), keys: Iterable[str] = ()
) -> Sequence[Row]:
    """End clocks of a case, and the deadlines that hang on tokens (*keys*) which are gone.

    Returns those that have ended.
    """
    ended = {"clocks": list(clocks), "keys": list(keys)}
    if not (ended["clocks"] or ended["keys"]):
        return ()
    return db.execute(_SETTLE, {"case": case_id, "at": at, **ended}).all()


def reopen(db: Connection, case_id: int, keys: Sequence[str]) -> None:
    """Let deadlines of tokens that are back (*keys*) run again; whether they are armed is reckoned next."""
    db.execute(
        sa.update(deadlines)
        .where(deadlines.c.case_id == case_id, deadlines.c.key.in_(keys))
        .values(settled_at=None)
    )


def running(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the unsettled deadlines of a case, in order of start."""
    return db.execute(_RUNNING, {"case": case_id}).all()


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return every deadline a case ever had."""
    return db.execute(
        sa.select(deadlines).where(deadlines.c.case_id == case_id).order_by(deadlines.c.id)
    ).all()


def allowance(clock: Row, document: str = "") -> Allowance:
    """Return what a deadline grants, as the rule knows it; *document* told the applicant of its extension."""
    return Allowance.read(clock.limit_text, clock.extension, clock.precision, document)


def known(clock: Row) -> dict[str, Any]:
    """Return what decides when a deadline is due, as it is written down when it begins."""
    return {name: getattr(clock, name) for name in ("clock", "limit_text", "started_at", "extension")}


def get(db: Connection, deadline_id: int) -> Row | None:
    """Return one deadline."""
    return db.execute(sa.select(deadlines).where(deadlines.c.id == deadline_id)).first()


def move(db: Connection, moved: Sequence[Mapping[str, Any]]) -> None:
    """Give deadlines new due moments: each with ``id`` and every column of `MOVED`."""
    if moved:
        db.execute(_MOVE, [{f"new_{name}": value for name, value in row.items()} for row in moved])


#: What changes on a deadline that is reckoned anew.
MOVED = ("due_at", "calendar", "armed", "extension", "fired_at", "card_at")
_MOVE = (
    sa.update(deadlines)
    .where(deadlines.c.id == sa.bindparam("new_id"))
    .values({name: sa.bindparam(f"new_{name}") for name in MOVED})
)


def passed(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    """Return ``(id, case_id, calendar)`` of armed deadlines that have passed, in order of due time."""
    return db.execute(
        sa.select(deadlines.c.id, deadlines.c.case_id, deadlines.c.calendar)
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


def earned(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    """Return ``(id, case_id)`` of the clocks that may have earned a card by *at*, in order of its moment."""
    return db.execute(
        sa.select(deadlines.c.id, deadlines.c.case_id)
        .where(
            deadlines.c.card_at <= at,
            deadlines.c.settled_at.is_(None),
            sa.or_(deadlines.c.try_at.is_(None), deadlines.c.try_at <= at),
        )
        .order_by(deadlines.c.card_at, deadlines.c.id)
        .limit(most)
    ).all()


def take_card(db: Connection, deadline_id: int, at: datetime) -> Row | None:
    """Take a clock whose card moment has come; None when another worker has it or it moved meanwhile."""
    return db.execute(
        sa.update(deadlines)
        .where(deadlines.c.id == deadline_id, deadlines.c.card_at <= at, deadlines.c.settled_at.is_(None))
        .values(card_at=None)
        .returning(deadlines)
    ).first()


def watch(db: Connection, deadline_id: int, card_at: datetime | None) -> None:
    """Note when a clock may earn its next card."""
    db.execute(sa.update(deadlines).where(deadlines.c.id == deadline_id).values(card_at=card_at))


def pause(
    db: Connection,
    case_id: int,
    clocks: Iterable[Clock],
    ground: str,
    notice: str,
    at: datetime,
    *,
    cap: datetime | None = None,
    stop_id: int | None = None,
) -> None:
    """Write down that clocks stopped, and until when at the latest (*cap*)."""
    said = {
        "case_id": case_id,
        "ground": ground,
        "notice": notice,
        "start": at,
        "cap": cap,
        "stop_id": stop_id,
    }
    rows = [{"clock": clock, **said} for clock in clocks]
    if rows:
        db.execute(sa.insert(pauses), rows)


def resume(
    db: Connection, case_id: int, clocks: Iterable[Clock], at: datetime, stop_id: int | None = None
) -> None:
    """Write down that clocks go on: those the stop *stop_id* held, or without one those nothing named held."""
    db.execute(
        sa.update(pauses)
        .where(
            pauses.c.case_id == case_id,
            pauses.c.clock.in_(list(clocks)),
            pauses.c.stop_id == stop_id if stop_id is not None else pauses.c.stop_id.is_(None),
            pauses.c.stop.is_(None),
        )
        .values(stop=at)
    )


def paused(db: Connection, case_id: int) -> dict[str, tuple[Pause, ...]]:
    """Return the pauses of a case, by clock."""
    found: dict[str, tuple[Pause, ...]] = {}
    query = sa.select(pauses).where(pauses.c.case_id == case_id).order_by(pauses.c.start, pauses.c.id)
    for row in db.execute(query):
        found[row.clock] = (*found.get(row.clock, ()), Pause(row.start, row.stop, row.ground, row.cap))
    return found


def pauses_of(db: Connection, case_ids: Sequence[int], clock: Clock) -> dict[int, tuple[Pause, ...]]:
    """Return the pauses of one clock of several cases, by case."""
    found: dict[int, tuple[Pause, ...]] = {}
    query = sa.select(pauses).where(pauses.c.case_id.in_(case_ids), pauses.c.clock == clock)
    for row in db.execute(query.order_by(pauses.c.start, pauses.c.id)):
        pause = Pause(row.start, row.stop, row.ground, row.cap)
        found[row.case_id] = (*found.get(row.case_id, ()), pause)
    return found


def limits_of(db: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the promised and the legal limit of several cases, without extensions, by case and clock."""
    found: dict[int, dict[str, str]] = {}
    query = sa.select(deadlines.c.case_id, deadlines.c.clock, deadlines.c.limit_text).where(
        deadlines.c.case_id.in_(case_ids), deadlines.c.clock.in_((Clock.PROMISED, Clock.LEGAL))
    )
    for row in db.execute(query.order_by(deadlines.c.id)):
        found.setdefault(row.case_id, {})[row.clock] = row.limit_text
    return found
