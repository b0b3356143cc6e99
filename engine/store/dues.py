"""What was known of a case's due moments, and when (到期日台账, R-CNT-7): intervals that never change once over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.domain.clock import Clock
from engine.store.db import Connection, Id, Moment, Row, metadata, words
from engine.store.deadlines import deadlines
from engine.store.writes import later


class Cause(StrEnum):
    """Why a due moment became known anew."""

    STARTED = "started"
    STOPPED = "stopped"
    RESUMED = "resumed"
    EXTENDED = "extended"
    CALENDAR = "calendar"
    MOVED = "moved"
    SETTLED = "settled"


#: The due moment known at T is the row with ``since`` <= T < ``until``; no due moment: stopped, nobody knows
#: until when. A clock that ended has no row any more from then on.
dues = sa.Table(
    "dues",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("deadline_id", Id, sa.ForeignKey("deadlines.id"), index=True),
    sa.Column("clock", sa.String(20), nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.Column("cause", sa.String(20), nullable=False),
    sa.Column("calendar", sa.String(60), nullable=False, server_default=""),
    sa.Column("document", sa.String(60), nullable=False, server_default=""),
    words("clock", Clock),
    words("cause", Cause),
    sa.Index("ix_dues_due_at", "clock", "due_at"),
)


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what is known from now on."""
    if rows:
        later(db, _ADD, list(rows))


_ADD = sa.insert(dues).inline()


def close(db: Connection, deadline_ids: Iterable[int], at: datetime) -> frozenset[int]:
    """End what was known of some deadlines; return those of which something was."""
    closed = sa.update(dues).where(dues.c.deadline_id.in_(list(deadline_ids)), dues.c.until.is_(None))
    return frozenset(db.execute(closed.values(until=at).returning(dues.c.deadline_id)).scalars())


def close_tokens(db: Connection, case_id: int, at: datetime, keys: Iterable[str]) -> None:
    """End what was known of the deadlines that hang on tokens which are gone."""
    gone = [{"case": case_id, "at": at, "token": key} for key in keys]
    if gone:
        later(db, _CLOSE_TOKEN, gone)


_CLOSE_TOKEN = (
    sa.update(dues)
    .where(
        dues.c.case_id == sa.bindparam("case"),
        dues.c.until.is_(None),
        dues.c.deadline_id.in_(
            sa.select(deadlines.c.id).where(
                deadlines.c.case_id == sa.bindparam("case"), deadlines.c.key == sa.bindparam("token")
            )
        ),
    )
    .values(until=sa.bindparam("at"))
)


def papers(db: Connection, case_id: int) -> dict[int, str]:
    """Return the number of the paper that told of each deadline's extension."""
    query = sa.select(dues.c.deadline_id, dues.c.document).where(
        dues.c.case_id == case_id, dues.c.cause == Cause.EXTENDED
    )
    return {row.deadline_id: row.document for row in db.execute(query)}


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return what was ever known of a case's due moments, in order."""
    return db.execute(
        sa.select(dues).where(dues.c.case_id == case_id).order_by(dues.c.since, dues.c.id)
    ).all()
