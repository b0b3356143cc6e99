"""Agencies (中介机构) applicants chose: for which service, whether its time counts, until when, what came of it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Moment, Row, metadata
from engine.store.stops import stops as _stops  # noqa: F401  engagements refer to its table

engagements = sa.Table(
    "engagements",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("service", sa.String(60), nullable=False),
    sa.Column("agency", sa.String(100), nullable=False),
    #: Does its time count against the authority? What the law requires does not.
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("limit_text", sa.String(30), nullable=False),
    sa.Column("chosen_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("stop_id", Id, sa.ForeignKey("stops.id")),
    sa.Column("ended_at", Moment),
    sa.Column("result", sa.String(500), nullable=False, server_default=""),
)


def add(db: Connection, **values: Any) -> int:
    """Keep whom an applicant chose and return the id."""
    return int(db.execute(sa.insert(engagements).values(**values).returning(engagements.c.id)).scalar_one())


def get(db: Connection, case_id: int, engagement_id: int) -> Row:
    """Return one of a case. Raises `NotFound`."""
    mine = (engagements.c.id == engagement_id, engagements.c.case_id == case_id)
    row = db.execute(sa.select(engagements).where(*mine)).first()
    if row is None:
        raise NotFound("没有这项中介服务。", code="intermediary.none")
    return row


def end(db: Connection, engagement_id: int, **values: Any) -> None:
    """Write down that a service is done, and what came of it."""
    db.execute(sa.update(engagements).where(engagements.c.id == engagement_id).values(**values))


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return whom the applicant of a case chose, in order."""
    mine = sa.select(engagements).where(engagements.c.case_id == case_id)
    return db.execute(mine.order_by(engagements.c.id)).all()
