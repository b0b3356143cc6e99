"""Mandates (代办授权): who may act for whom, in which matters, from when until when; kept when they are over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.case import FINAL
from engine.domain.errors import NotFound
from engine.domain.mandate import Basis, Mandate
from engine.store.cases import cases
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words
from engine.store.people import applicants

#: Those nobody was told the end of.
RUNS = "ended_at IS NULL AND revoked_at IS NULL"

mandates = sa.Table(
    "mandates",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("principal_id", Id, sa.ForeignKey("applicants.id"), nullable=False, index=True),
    sa.Column("agent_id", Id, sa.ForeignKey("applicants.id"), nullable=False, index=True),
    sa.Column("matters", Json, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("basis", sa.String(10), nullable=False),
    sa.Column("file_id", Id, sa.ForeignKey("files.id")),
    #: What the agent proves himself by, as an applicant does by his tracking code.
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", Id, sa.ForeignKey("users.id")),
    sa.Column("revoked_at", Moment),
    sa.Column("revoked_by", Id, sa.ForeignKey("users.id")),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    #: When both were told that it is about to end, and that it has ended by its date.
    sa.Column("warned_at", Moment),
    sa.Column("ended_at", Moment),
    sa.CheckConstraint("principal_id <> agent_id", name="two_people"),
    words("basis", Basis),
    sa.Index("ix_mandates_until", "until", sqlite_where=sa.text(RUNS), postgresql_where=sa.text(RUNS)),
)
_agents = applicants.alias("agents")
_WHOLE = (
    sa.select(
        mandates,
        applicants.c.name.label("principal"),
        _agents.c.name.label("agent"),
        _agents.c.id_number.label("agent_number"),
    )
    .join(applicants, applicants.c.id == mandates.c.principal_id)
    .join(_agents, _agents.c.id == mandates.c.agent_id)
)


def read(row: Row) -> Mandate:
    """Return a mandate as the rules know it."""
    return Mandate(frozenset(row.matters), row.since, row.until, row.revoked_at)


def add(db: Connection, **values: Any) -> int:
    """Keep a mandate and return its id."""
    return int(db.execute(sa.insert(mandates).values(**values).returning(mandates.c.id)).scalar_one())


def get(db: Connection, mandate_id: int) -> Row:
    """Return a mandate with both names, locked. Raises `NotFound`."""
    return _found(db.execute(_WHOLE.where(mandates.c.id == mandate_id).with_for_update(of=mandates)).first())


def by_code(db: Connection, code: str) -> Row:
    """Return the mandate an agent's code opens, with both names. Raises `NotFound`."""
    return _found(db.execute(_WHOLE.where(mandates.c.code == code)).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound("没有这份授权，请核对代办码。", code="mandate.unknown", field="code")
    return row


def between(db: Connection, principal_id: int, agent_id: int) -> Sequence[Row]:
    """Return every mandate of one person for another, the latest first."""
    pair = (mandates.c.principal_id == principal_id, mandates.c.agent_id == agent_id)
    return db.execute(sa.select(mandates).where(*pair).order_by(mandates.c.id.desc())).all()


def of_principal(db: Connection, principal_id: int) -> Sequence[Row]:
    """Return every mandate somebody gave, with the agents' names, the latest first."""
    return db.execute(
        _WHOLE.where(mandates.c.principal_id == principal_id).order_by(mandates.c.id.desc())
    ).all()


def revoke(db: Connection, mandate_id: int, at: datetime, by: int | None, reason: str) -> None:
    """Write down that a mandate was taken back."""
    ended = {"revoked_at": at, "revoked_by": by, "reason": reason}
    db.execute(sa.update(mandates).where(mandates.c.id == mandate_id).values(**ended))


def untold(db: Connection, at: datetime, soon: datetime, most: int) -> list[int]:
    """Return mandates that end before *soon* and were not said to, or have ended and were not said to have."""
    ends, over = mandates.c.until <= soon, mandates.c.until <= at
    query = sa.select(mandates.c.id).where(sa.text(RUNS), ends, sa.or_(over, mandates.c.warned_at.is_(None)))
    return list(db.execute(query.order_by(mandates.c.until, mandates.c.id).limit(most)).scalars())


def told(db: Connection, mandate_id: int, **values: datetime) -> None:
    """Write down that its end was told."""
    db.execute(sa.update(mandates).where(mandates.c.id == mandate_id).values(**values))


def open_cases(db: Connection, principal_id: int, agent_id: int) -> list[int]:
    """Return the cases an agent filed for somebody that have not ended; of a bundle, the whole."""
    return [row.id for row in open_(db, principal_id, agent_id)]


def open_(db: Connection, principal_id: int, agent_id: int) -> Sequence[Row]:
    """Return them with their matters, ``(id, matter_key)``."""
    query = sa.select(cases.c.id, cases.c.matter_key).where(
        cases.c.applicant_id == principal_id,
        cases.c.agent_id == agent_id,
        cases.c.parent_id.is_(None),
        cases.c.state.not_in(list(FINAL)),
    )
    return db.execute(query.order_by(cases.c.id)).all()
