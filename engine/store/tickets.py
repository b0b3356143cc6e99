"""Tickets (工单) and everything that was done to each, in order; with or without a case.

A ticket is no row of a case: it may point at one, and never moves it. Its own row is its lock, the only one an
act on it takes, so that no act ever holds a ticket and a case in two orders. Its due moment is reckoned by
``domain/deadline.due`` when it begins, when it is extended and when the calendar changes, and kept here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.ticket import Cause, Kind, Source, Standing
from engine.store.cases import cases
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words
from engine.store.writes import later

OPEN = "closed_at IS NULL"

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), index=True),
    sa.Column("matter_key", sa.String(60), nullable=False, server_default=""),
    #: Who came with it, and how he is reached; both personal.
    sa.Column("caller", sa.String(100), nullable=False, server_default=""),
    sa.Column("phone", sa.String(30), nullable=False, server_default=""),
    sa.Column("words", sa.String(1000), nullable=False),
    sa.Column("cause", sa.String(20)),
    sa.Column("at", Moment, nullable=False, index=True),
    #: Whom he met first (首问负责): it never changes, whoever has the ticket.
    sa.Column("first_contact_id", Id, sa.ForeignKey("users.id")),
    sa.Column("first_org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("assigned_at", Moment, nullable=False),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("limit_text", sa.String(30), nullable=False),
    sa.Column("extension", sa.String(30), nullable=False, server_default=""),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("calendar", sa.String(60), nullable=False),
    sa.Column("connected", sa.Boolean),
    sa.Column("answer", sa.String(1000), nullable=False, server_default=""),
    sa.Column("answered_at", Moment),
    sa.Column("answered_by", Id, sa.ForeignKey("users.id")),
    sa.Column("called_at", Moment),
    sa.Column("satisfaction", sa.Integer),
    sa.Column("closed_at", Moment),
    sa.Column("traced", sa.String(1000), nullable=False, server_default=""),
    sa.Column("traced_org_id", Id, sa.ForeignKey("orgs.id")),
    sa.Column("traced_at", Moment),
    sa.Column("traced_by", Id, sa.ForeignKey("users.id")),
    sa.CheckConstraint("satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5", name="satisfaction"),
    sa.CheckConstraint(
        f"cause IS NULL OR cause IN ({', '.join(repr(str(each)) for each in Cause)})", name="cause"
    ),
    words("kind", Kind),
    words("source", Source),
    words("standing", Standing),
    sa.Index(
        "ix_tickets_open", "org_id", "due_at", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    ),
)

entries = sa.Table(
    "ticket_entries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("by_name", sa.String(60), nullable=False),
    sa.Column("act", sa.String(20), nullable=False),
    sa.Column("data", Json, nullable=False),
)


def add(db: Connection, **values: Any) -> int:
    """Keep a ticket and return its id."""
    return int(db.execute(sa.insert(tickets).values(**values).returning(tickets.c.id)).scalar_one())


def lock(db: Connection, ticket_id: int) -> Row:
    """Return a ticket with its row locked: the one lock of an act on it. Raises `NotFound`."""
    row = db.execute(sa.select(tickets).where(tickets.c.id == ticket_id).with_for_update()).first()
    if row is None:
        raise NotFound("没有这张工单，或不归您查看。", code="ticket.unknown")
    return row


def change(db: Connection, ticket_id: int, **values: Any) -> None:
    """Write down how a ticket stands now."""
    db.execute(sa.update(tickets).where(tickets.c.id == ticket_id).values(**values))


def record(
    db: Connection,
    ticket_id: int,
    at: datetime,
    by: tuple[int | None, str],
    what: str,
    data: Mapping[str, Any],
) -> None:
    """Write down what was done to a ticket."""
    by_id, by_name = by
    row = {"ticket_id": ticket_id, "at": at, "by_id": by_id, "by_name": by_name, "act": what, "data": data}
    later(db, _RECORD, row)


_RECORD = sa.insert(entries).inline()


def history(db: Connection, ticket_id: int) -> Sequence[Row]:
    """Return what was done to a ticket, in order."""
    return db.execute(sa.select(entries).where(entries.c.ticket_id == ticket_id).order_by(entries.c.id)).all()


def given_away_by(db: Connection, ticket_id: int) -> int | None:
    """Return the organisation that last passed a ticket on, to which a wrongly assigned one goes back."""
    query = sa.select(entries.c.data["from"].as_integer()).where(
        entries.c.ticket_id == ticket_id, entries.c.act == "transferred"
    )
    return db.execute(query.order_by(entries.c.id.desc()).limit(1)).scalar()


def stale(db: Connection, versions: Mapping[int, str], national: str) -> Sequence[Row]:
    """Return the open tickets reckoned by a calendar that is no longer their organisation's (R-CNT-7)."""
    version = sa.case(versions, value=tickets.c.org_id, else_=national) if versions else sa.literal(national)
    query = sa.select(tickets).where(tickets.c.closed_at.is_(None), tickets.c.calendar != version)
    return db.execute(query.order_by(tickets.c.id)).all()


def of_case(db: Connection, case_id: int, kind: Kind) -> Sequence[Row]:
    """Return the tickets of a kind that point at a case."""
    query = sa.select(tickets).where(tickets.c.case_id == case_id, tickets.c.kind == kind)
    return db.execute(query.order_by(tickets.c.id)).all()


def matter_of(db: Connection, case_id: int) -> str:
    """Return the matter of a case a ticket points at."""
    return str(db.execute(sa.select(cases.c.matter_key).where(cases.c.id == case_id)).scalar_one())
