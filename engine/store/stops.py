"""Stops of a case (特别程序、中止): on what ground, by which notice, planned until when, and what came of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.db import Connection, Id, Moment, Row, metadata
from engine.store.deadlines import pauses

stops = sa.Table(
    "stops",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("ground", sa.String(40), nullable=False),
    sa.Column("notice", sa.String(500), nullable=False, server_default=""),
    sa.Column("document_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("planned_at", Moment),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("key", sa.String(64), nullable=False, server_default=""),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("result", sa.String(500), nullable=False, server_default=""),
)


def key_of(stop: Row) -> str:
    """Return the key its own clock hangs on: the activity's token, or one of its own."""
    return stop.key or own_key(stop.id)


def own_key(stop_id: int) -> str:
    """Return the key of a stop that is nobody's activity."""
    return f"stop:{stop_id}"


def begin(db: Connection, **values: Any) -> int:
    """Write down that a stop began and return its id."""
    return int(db.execute(sa.insert(stops).values(**values).returning(stops.c.id)).scalar_one())


def end(db: Connection, stop_id: int, at: datetime, result: str) -> None:
    """Write down that a stop ended, and what came of it."""
    db.execute(sa.update(stops).where(stops.c.id == stop_id).values(ended_at=at, result=result))


def get(db: Connection, stop_id: int) -> Row:
    """Return a stop as it stands now."""
    return db.execute(sa.select(stops).where(stops.c.id == stop_id)).one()


def end_all(db: Connection, case_id: int, at: datetime, result: str) -> None:
    """Write down that whatever still stopped a case has ended with it."""
    ended = sa.update(stops).where(stops.c.case_id == case_id, stops.c.ended_at.is_(None))
    db.execute(ended.values(ended_at=at, result=result))


def reopen(db: Connection, case_id: int, keys: Collection[str]) -> Sequence[Row]:
    """Let stops that are activities which are back go on, with the pauses they made in their case; return them."""
    back = sa.update(stops).where(stops.c.case_id == case_id, stops.c.key.in_(list(keys)), stops.c.key != "")
    found = db.execute(back.values(ended_at=None).returning(stops)).all()
    if found:
        made = (pauses.c.case_id == case_id, pauses.c.stop_id.in_([stop.id for stop in found]))
        db.execute(sa.update(pauses).where(*made).values(stop=None))
    return found


def replan(db: Connection, case_id: int, old: datetime, new: datetime) -> Sequence[Row]:
    """Move the announced end of what still stops a case, and the moment its clocks go on; return what moved."""
    running = (stops.c.case_id == case_id, stops.c.planned_at == old, stops.c.ended_at.is_(None))
    found = db.execute(sa.update(stops).where(*running).values(planned_at=new).returning(stops)).all()
    held = (pauses.c.case_id == case_id, pauses.c.cap == old, pauses.c.stop.is_(None))
    db.execute(sa.update(pauses).where(*held).values(cap=new))
    return found


def follow(db: Connection, case_id: int, stop: Row) -> bool:
    """Let the pauses another case's *stop* makes here end when it does; tell whether it makes any."""
    mine = (pauses.c.case_id == case_id, pauses.c.stop_id == stop.id)
    moved = sa.update(pauses).where(*mine).values(cap=stop.planned_at, stop=stop.ended_at)
    return bool(db.execute(moved.returning(pauses.c.id)).all())


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return every stop a case ever had, in order."""
    return db.execute(
        sa.select(stops).where(stops.c.case_id == case_id).order_by(stops.c.begun_at, stops.c.id)
    ).all()


def open_(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the stops of a case that have not ended, in order."""
    query = sa.select(stops).where(stops.c.case_id == case_id, stops.c.ended_at.is_(None))
    return db.execute(query.order_by(stops.c.begun_at, stops.c.id)).all()
