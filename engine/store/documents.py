"""The papers a case gave rise to (文书): a number, a kind, what they say and the articles they rest on."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.store.db import Connection, Id, Json, Moment, Row, metadata

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("no", sa.String(60), nullable=False, unique=True),
    sa.Column("text", sa.String(2000), nullable=False, server_default=""),
    sa.Column("articles", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
)


def issue(db: Connection, **values: Any) -> int:
    """Keep a paper and return its id."""
    return int(db.execute(sa.insert(documents).values(**values).returning(documents.c.id)).scalar_one())


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the papers of a case, in order."""
    return db.execute(
        sa.select(documents).where(documents.c.case_id == case_id).order_by(documents.c.id)
    ).all()
