"""What supervising departments are told of grants (双告知), what they answer (双反馈), and penalties that come back."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.linkage import Finding, Review
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, upsert, words
from engine.store.writes import later

#: *key* is that of the clock that runs until it is acknowledged.
pushes = sa.Table(
    "pushes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("reminded", sa.Integer, nullable=False, server_default="0"),
    sa.Column("acknowledged_at", Moment),
    sa.Column("acknowledged_by", Id, sa.ForeignKey("users.id")),
    sa.Column("finding", sa.String(20), nullable=False, server_default=""),
    sa.Column("words", sa.String(1000), nullable=False, server_default=""),
    sa.Column("found_at", Moment),
    sa.Column("found_by", Id, sa.ForeignKey("users.id")),
    sa.UniqueConstraint("case_id", "org_id"),
    words("finding", ["", *Finding]),
    sa.Index("ix_pushes_org_id", "org_id", "id"),
    sa.Index(
        "ix_pushes_waiting",
        "org_id",
        sqlite_where=sa.text("acknowledged_at IS NULL"),
        postgresql_where=sa.text("acknowledged_at IS NULL"),
    ),
)

#: A penalty told back opens the review of what was granted; what came of it is *review*.
penalties = sa.Table(
    "penalties",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("push_id", Id, sa.ForeignKey("pushes.id"), nullable=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("document_no", sa.String(60), nullable=False),
    sa.Column("words", sa.String(1000), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("review", sa.String(20), nullable=False, server_default=""),
    sa.Column("opinion", sa.String(1000), nullable=False, server_default=""),
    sa.Column("reviewed_at", Moment),
    sa.Column("reviewed_by", Id, sa.ForeignKey("users.id")),
    sa.UniqueConstraint("push_id", "document_no"),
    words("review", ["", *Review]),
)


def add(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Tell departments of a grant, each once."""
    later(db, _add(db.dialect.name), rows)


@cache
def _add(dialect: str) -> Any:
    new = upsert(dialect, pushes).inline()
    return new.on_conflict_do_nothing(index_elements=["case_id", "org_id"])


def get(db: Connection, push_id: int) -> Row:
    """Return what a department was told. Raises `NotFound`."""
    row = db.execute(sa.select(pushes).where(pushes.c.id == push_id)).first()
    if row is None:
        raise NotFound("没有这条推送。", code="push.unknown")
    return row


def waiting(db: Connection) -> Sequence[Row]:
    """Return what nobody acknowledged yet, in order."""
    return db.execute(sa.select(pushes).where(pushes.c.acknowledged_at.is_(None)).order_by(pushes.c.id)).all()


def by_key(db: Connection, case_id: int, key: str) -> Row | None:
    """Return what the clock of that key of a case waits for."""
    return db.execute(sa.select(pushes).where(pushes.c.case_id == case_id, pushes.c.key == key)).first()


def mark(db: Connection, push_id: int, **values: Any) -> None:
    """Write down what the department answered, or that it was reminded."""
    db.execute(sa.update(pushes).where(pushes.c.id == push_id).values(**values))


def penalise(db: Connection, **values: Any) -> int | None:
    """Keep a penalty told back and return its id; None where this document was told before."""
    new = upsert(db.dialect.name, penalties).values(**values)
    told = new.on_conflict_do_nothing(index_elements=["push_id", "document_no"]).returning(penalties.c.id)
    return db.execute(told).scalar()


def penalty(db: Connection, penalty_id: int) -> Row:
    """Return a penalty. Raises `NotFound`."""
    row = db.execute(sa.select(penalties).where(penalties.c.id == penalty_id)).first()
    if row is None:
        raise NotFound("没有这条处罚信息。", code="penalty.unknown")
    return row


def review(db: Connection, penalty_id: int, **values: Any) -> None:
    """Write down what the review of a licence came to."""
    db.execute(sa.update(penalties).where(penalties.c.id == penalty_id).values(**values))
