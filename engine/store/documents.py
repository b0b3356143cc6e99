"""The papers a case gave rise to (文书): a number, a kind, what they say and the articles they rest on."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.store.db import Connection, Id, Json, Moment, Row, metadata
from engine.store.people import applicants, orgs

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
    sa.Column("addressee", sa.String(100), nullable=False, server_default=""),
    sa.Column("authority", sa.String(100), nullable=False, server_default=""),
    sa.Column("facts", Json, nullable=False, server_default="{}"),
    sa.Column("template", sa.String(20), nullable=False, server_default=""),
)


def issue(db: Connection, applicant_id: int, org_id: int, **values: Any) -> int:
    """Keep a paper and return its id; the names of whom it is from and for are frozen in the same statement."""
    names = {
        "addressee": sa.select(applicants.c.name).where(applicants.c.id == applicant_id).scalar_subquery(),
        "authority": sa.select(orgs.c.name).where(orgs.c.id == org_id).scalar_subquery(),
    }
    query = sa.insert(documents).values(**values, **names).returning(documents.c.id)
    return int(db.execute(query).scalar_one())


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the papers of a case, in order."""
    return db.execute(
        sa.select(documents).where(documents.c.case_id == case_id).order_by(documents.c.id)
    ).all()
