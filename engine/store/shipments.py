"""What is on its way by courier (快递送达): each posting, until it is signed for or comes back; and where it goes.

The address is personal data: only the window that posts it reads it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.store.db import Connection, Id, Moment, Row, metadata, upsert

#: A posting that has neither arrived nor come back.
UNDER_WAY = "signed_at IS NULL AND returned_at IS NULL"

shipments = sa.Table(
    "shipments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("carrier", sa.String(40), nullable=False),
    sa.Column("waybill", sa.String(60), nullable=False),
    sa.Column("receiver", sa.String(100), nullable=False),
    sa.Column("phone", sa.String(30), nullable=False, server_default=""),
    sa.Column("address", sa.String(200), nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("sent_by", Id, sa.ForeignKey("users.id")),
    sa.Column("signed_at", Moment),
    sa.Column("signed_by", sa.String(100), nullable=False, server_default=""),
    sa.Column("returned_at", Moment),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.CheckConstraint("signed_at IS NULL OR returned_at IS NULL", name="one_end"),
    sa.Index(
        "uq_shipments_open",
        "case_id",
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    ),
)

wishes = sa.Table(
    "wishes",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("method", sa.String(10), nullable=False),
    sa.Column("receiver", sa.String(100), nullable=False, server_default=""),
    sa.Column("phone", sa.String(30), nullable=False, server_default=""),
    sa.Column("address", sa.String(200), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("method IN ('window','mail')", name="method"),
)


def send(db: Connection, **values: Any) -> None:
    """Write down that something was posted."""
    db.execute(sa.insert(shipments).values(**values))


def under_way(db: Connection, case_id: int) -> Row | None:
    """Return the posting of a case that has neither arrived nor come back."""
    return db.execute(sa.select(shipments).where(shipments.c.case_id == case_id, sa.text(UNDER_WAY))).first()


def end(db: Connection, shipment_id: int, **values: Any) -> None:
    """Write down how a posting ended."""
    db.execute(sa.update(shipments).where(shipments.c.id == shipment_id).values(**values))


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return every posting of a case, in order."""
    query = sa.select(shipments).where(shipments.c.case_id == case_id)
    return db.execute(query.order_by(shipments.c.id)).all()


def wish(db: Connection, case_id: int, **values: Any) -> None:
    """Write down how the applicant wants his result."""
    new = upsert(db.dialect.name, wishes).values(case_id=case_id, **values)
    again = {name: new.excluded[name] for name in values}
    db.execute(new.on_conflict_do_update(index_elements=["case_id"], set_=again))


def wished(db: Connection, case_id: int) -> Row | None:
    """Return how the applicant of a case wants his result, if he said."""
    return db.execute(sa.select(wishes).where(wishes.c.case_id == case_id)).first()
