"""Incidents (异常): what went wrong with a case, how often, and how it was settled."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.incident import Source, pause
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert, words

_OPEN = "settled_at IS NULL"

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), index=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("about", sa.String(120), nullable=False),
    sa.Column("what", sa.String(30), nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("by_name", sa.String(60), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("element", sa.String(100)),
    sa.Column("message", sa.String(1000), nullable=False),
    sa.Column("times", sa.Integer, nullable=False, server_default="1"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("try_at", Moment),
    sa.Column("settled_at", Moment),
    sa.Column("settled_by", Id, sa.ForeignKey("users.id")),
    sa.Column("settled_how", sa.String(500), nullable=False, server_default=""),
    words("source", Source),
    sa.Index(
        "uq_incidents_open",
        "source",
        "about",
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    ),
)

#: What the last time it failed says anew.
_ANEW = ("what", "by_id", "by_name", "code", "element", "message", "last_at")


def report(db: Connection, **values: Any) -> tuple[int, int]:
    """Write an incident down, or count the open one of the same thing up; return its id and how often it was."""
    row = db.execute(_report(db.dialect.name), {**values, "message": values["message"][:1000]}).one()
    return row.id, row.times


@cache
def _report(dialect: str) -> Any:
    new = upsert(dialect, incidents)
    anew = {name: new.excluded[name] for name in _ANEW}
    counted = new.on_conflict_do_update(
        index_elements=["source", "about"],
        index_where=sa.text(_OPEN),
        set_={**anew, "times": incidents.c.times + 1},
    )
    return counted.returning(incidents.c.id, incidents.c.times)


def next_try(db: Connection, incident_id: int, times: int, at: datetime) -> datetime:
    """Write down when it is tried again, later each time, and return it."""
    until = at + pause(times)
    db.execute(sa.update(incidents).where(incidents.c.id == incident_id).values(try_at=until))
    return until


def get(db: Connection, incident_id: int) -> Row:
    """Return an incident. Raises `NotFound`."""
    row = db.execute(sa.select(incidents).where(incidents.c.id == incident_id)).first()
    if row is None:
        raise NotFound("没有这条异常。", code="incident.unknown")
    return row


def still_open(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the open incidents of a case, oldest first."""
    query = sa.select(incidents).where(incidents.c.case_id == case_id, incidents.c.settled_at.is_(None))
    return db.execute(query.order_by(incidents.c.id)).all()


def settle(db: Connection, incident_id: int, at: datetime, by: int | None, how: str) -> None:
    """Settle an open incident and say how."""
    still = (incidents.c.id == incident_id, incidents.c.settled_at.is_(None))
    settled = {"settled_at": at, "settled_by": by, "settled_how": how, "try_at": None}
    db.execute(sa.update(incidents).where(*still).values(**settled))


def settle_about(db: Connection, source: Source, about: str, at: datetime, how: str) -> None:
    """Settle the open incident of one thing, if there is one."""
    still = (incidents.c.source == source, incidents.c.about == about, incidents.c.settled_at.is_(None))
    settled = {"settled_at": at, "settled_how": how, "try_at": None}
    db.execute(sa.update(incidents).where(*still).values(**settled))


def how_many(db: Connection) -> int:
    """Return how many incidents are open."""
    counted = sa.select(sa.func.count()).select_from(incidents).where(incidents.c.settled_at.is_(None))
    return int(db.execute(counted).scalar_one())
