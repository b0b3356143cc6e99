"""Running deadlines and their pauses; asking for what has passed, and taking it exactly once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.clock import Clock, Precision
from engine.domain.deadline import Allowance
from engine.domain.pause import Pause
from engine.store.cases import cases
from engine.store.db import Connection, Id, Moment, Row, has_turn, metadata, words
from engine.store.writes import later

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
        "ix_deadlines_armed", "due_at", "id", sqlite_where=sa.text("armed"), postgresql_where=sa.text("armed")
    ),
    sa.Index(
        "ix_deadlines_card_at",
        "card_at",
        "id",
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


_ADD = sa.insert(deadlines).inline()
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
        later(db, _ADD, list(rows))


def begin(db: Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Start deadlines and return their ids, in order."""
    return db.execute(_BEGIN, list(rows)).scalars().all()


_BEGIN = sa.insert(deadlines).returning(deadlines.c.id, sort_by_parameter_order=True)


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


def settle_tokens(db: Connection, case_id: int, at: datetime, keys: Iterable[str]) -> None:
    """End the deadlines that hang on tokens which are gone."""
    gone = [{"case": case_id, "at": at, "token": key} for key in keys]
    if gone:
        later(db, _SETTLE_TOKEN, gone)


_SETTLE_TOKEN = (
    sa.update(deadlines)
    .where(
        deadlines.c.case_id == sa.bindparam("case"),
        deadlines.c.key == sa.bindparam("token"),
        deadlines.c.settled_at.is_(None),
    )
    .values(settled_at=sa.bindparam("at"), armed=False)
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
        later(db, _MOVE, [{f"new_{name}": value for name, value in row.items()} for row in moved])


#: What changes on a deadline that is reckoned anew.
MOVED = ("due_at", "calendar", "armed", "extension", "fired_at", "card_at")
_MOVE = (
    sa.update(deadlines)
    .where(deadlines.c.id == sa.bindparam("new_id"))
    .values({name: sa.bindparam(f"new_{name}") for name in MOVED})
)


#: What has passed and waits for nothing else; a clock that stands still is not armed.
DUE = sa.and_(
    deadlines.c.armed,
    deadlines.c.due_at <= sa.bindparam("now"),
    sa.or_(deadlines.c.try_at.is_(None), deadlines.c.try_at <= sa.bindparam("now")),
)
_CARD_DUE = sa.and_(
    deadlines.c.card_at <= sa.bindparam("now"),
    deadlines.c.settled_at.is_(None),
    sa.or_(deadlines.c.try_at.is_(None), deadlines.c.try_at <= sa.bindparam("now")),
)


def _claiming(what: sa.ColumnElement[bool], moment: sa.Column[Any]) -> sa.Select[Any]:
    return (
        sa.select(deadlines.c.id, deadlines.c.case_id, deadlines.c.clock, deadlines.c.calendar)
        .join_from(deadlines, cases, cases.c.id == deadlines.c.case_id)
        .where(what)
        .order_by(moment, deadlines.c.id)
        .limit(sa.bindparam("most"))
        .with_for_update(of=cases, skip_locked=True)
    )


_CLAIM = _claiming(DUE, deadlines.c.due_at)
_numbered = deadlines.alias("numbered")
_CLAIM_UNNUMBERED = _CLAIM.where(
    ~sa.exists().where(
        _numbered.c.case_id == deadlines.c.case_id,
        _numbered.c.clock.in_(sa.bindparam("numbered", expanding=True)),
        _numbered.c.armed,
        _numbered.c.due_at <= sa.bindparam("now"),
    )
)
_CLAIM_CARDS = _claiming(_CARD_DUE, deadlines.c.card_at)


def claim(db: Connection, at: datetime, most: int, numbered: Collection[Clock] = ()) -> Sequence[Row]:
    """Lock the cases of deadlines that have passed, but for those somebody else holds, in order of due time.

    Returns ``(id, case_id, clock, calendar)``. The lock is on the case alone, and what is returned was read before
    it was had: another worker may have fired the deadline in between. Only `take`, a new statement, decides.

    Cases with a *numbered* clock are one batch's at a time: what draws a number holds its counter to the commit,
    as none may be missing, and others would only stand and wait with their cases locked.
    """
    asked: dict[str, Any] = {"now": at, "most": most}
    if has_turn(db, "numbered deadlines"):
        return db.execute(_CLAIM, asked).all()
    return db.execute(_CLAIM_UNNUMBERED, {**asked, "numbered": list(numbered)}).all()


def take(db: Connection, deadline_ids: Sequence[int], at: datetime) -> list[Row]:
    """Take passed deadlines for firing and return them in order of due time.

    Those another worker had, or that were settled in time, are not among them: the guarded update decides, on
    both databases. It is a new statement after the case's lock, so it sees what the previous holder committed.
    """
    taken = db.execute(_TAKE, {"ids": list(deadline_ids), "now": at}).all()
    return sorted(taken, key=lambda row: (row.due_at, row.id))


_TAKE = (
    sa.update(deadlines)
    .where(
        deadlines.c.id.in_(sa.bindparam("ids", expanding=True)),
        deadlines.c.armed,
        deadlines.c.due_at <= sa.bindparam("now"),
    )
    .values(armed=False, fired_at=sa.bindparam("now"))
    .returning(deadlines)
)


def postpone(db: Connection, deadline_id: int, until: datetime) -> None:
    """Let a deadline whose firing failed wait, and count how often it has; it stays armed."""
    waits = {"try_at": until, "tries": deadlines.c.tries + 1}
    db.execute(sa.update(deadlines).where(deadlines.c.id == deadline_id).values(waits))


def claim_cards(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    """Lock the cases of clocks that may have earned a card, as `claim` does, in order of its moment."""
    return db.execute(_CLAIM_CARDS, {"now": at, "most": most}).all()


def take_cards(db: Connection, deadline_ids: Iterable[int], at: datetime) -> list[Row]:
    """Take clocks whose card moment has come; not those another worker had, that ended or moved meanwhile."""
    taken = db.execute(_TAKE_CARDS, {"ids": list(deadline_ids), "now": at}).all()
    return sorted(taken, key=lambda row: row.id)


_TAKE_CARDS = (
    sa.update(deadlines)
    .where(
        deadlines.c.id.in_(sa.bindparam("ids", expanding=True)),
        deadlines.c.card_at <= sa.bindparam("now"),
        deadlines.c.settled_at.is_(None),
    )
    .values(card_at=None)
    .returning(deadlines)
)


def watch(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note when clocks may earn their next card: each with ``deadline`` and ``next``."""
    if rows:
        later(db, _WATCH, list(rows))


_WATCH = (
    sa.update(deadlines)
    .where(deadlines.c.id == sa.bindparam("deadline"))
    .values(card_at=sa.bindparam("next"))
)


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
        later(db, _PAUSE, rows)


_PAUSE = sa.insert(pauses).inline()


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


def paused(db: Connection, case_ids: Collection[int]) -> dict[int, dict[str, tuple[Pause, ...]]]:
    """Return the pauses of cases, by case and clock."""
    found: dict[int, dict[str, tuple[Pause, ...]]] = {}
    for row in db.execute(_PAUSED, {"case_ids": list(case_ids)}):
        clocks = found.setdefault(row.case_id, {})
        pause = Pause(row.start, row.stop, row.ground, row.cap)
        clocks[row.clock] = (*clocks.get(row.clock, ()), pause)
    return found


_PAUSED = (
    sa.select(pauses)
    .where(pauses.c.case_id.in_(sa.bindparam("case_ids", expanding=True)))
    .order_by(pauses.c.start, pauses.c.id)
)


def paused_of(db: Connection, case_id: int) -> dict[str, tuple[Pause, ...]]:
    """Return the pauses of a case, by clock."""
    return paused(db, [case_id]).get(case_id, {})


def pauses_of(db: Connection, case_ids: Sequence[int], clock: Clock) -> dict[int, tuple[Pause, ...]]:
    """Return the pauses of one clock of several cases, by case."""
    return {case_id: found.get(clock, ()) for case_id, found in paused(db, case_ids).items()}


def limits_of(db: Connection, case_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the promised and the legal limit of several cases, without extensions, by case and clock."""
    found: dict[int, dict[str, str]] = {}
    query = sa.select(deadlines.c.case_id, deadlines.c.clock, deadlines.c.limit_text).where(
        deadlines.c.case_id.in_(case_ids), deadlines.c.clock.in_((Clock.PROMISED, Clock.LEGAL))
    )
    for row in db.execute(query.order_by(deadlines.c.id)):
        found.setdefault(row.case_id, {})[row.clock] = row.limit_text
    return found
