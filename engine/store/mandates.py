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
    sa.CheckConstraint("principal_id <> agent_id", name="two_people"),
    words("basis", Basis),
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


def open_cases(db: Connection, principal_id: int, agent_id: int) -> list[int]:
    """Return the cases an agent filed for somebody that have not ended; of a bundle, the whole."""
    query = sa.select(cases.c.id).where(
        cases.c.applicant_id == principal_id,
        cases.c.agent_id == agent_id,
        cases.c.parent_id.is_(None),
        cases.c.state.not_in(list(FINAL)),
    )
    return list(db.execute(query.order_by(cases.c.id)).scalars())
