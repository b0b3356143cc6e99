"""How a case crosses regions: place of intake and home, what went which way and when; one row for each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store import cases as _cases  # noqa: F401  crossings refer to its tables
from engine.store.db import Connection, Id, Moment, Row, metadata

crossings = sa.Table(
    "crossings",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("place_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("home_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    #: The first case of one application at several homes (多地联办); of any other it is the case itself.
    sa.Column("lead_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("sent_at", Moment),
    sa.Column("sent_by", Id, sa.ForeignKey("users.id")),
    sa.Column("method", sa.String(20), nullable=False, server_default=""),
    sa.Column("waybill", sa.String(60), nullable=False, server_default=""),
    sa.Column("received_at", Moment),
    sa.Column("received_by", Id, sa.ForeignKey("users.id")),
    sa.Column("returns", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("back_at", Moment),
    sa.Column("back_by", Id, sa.ForeignKey("users.id")),
    sa.Column("back_method", sa.String(20), nullable=False, server_default=""),
    sa.Column("back_waybill", sa.String(60), nullable=False, server_default=""),
)


def add(db: Connection, case_id: int, place_id: int, home_id: int, lead_id: int) -> None:
    """Write down that a case crosses."""
    values = {"case_id": case_id, "place_id": place_id, "home_id": home_id, "lead_id": lead_id}
    db.execute(sa.insert(crossings).values(**values))


def of(db: Connection, case_id: int) -> Row:
    """Return the crossing of a case that has one."""
    return db.execute(sa.select(crossings).where(crossings.c.case_id == case_id)).one()


def mark(db: Connection, case_id: int, **values: Any) -> None:
    """Write down what became of a crossing."""
    db.execute(sa.update(crossings).where(crossings.c.case_id == case_id).values(**values))


def send(db: Connection, case_id: int, method: str, waybill: str, by: int | None, at: datetime) -> None:
    """Write down that the materials are on their way."""
    mark(db, case_id, sent_at=at, sent_by=by, method=method, waybill=waybill)


def siblings(db: Connection, case_id: int) -> Sequence[int]:
    """Return the other cases of the same application at several homes, in order."""
    lead = sa.select(crossings.c.lead_id).where(crossings.c.case_id == case_id).scalar_subquery()
    query = sa.select(crossings.c.case_id).where(crossings.c.lead_id == lead, crossings.c.case_id != case_id)
    return db.execute(query.order_by(crossings.c.case_id)).scalars().all()
