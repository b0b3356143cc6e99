"""What each finished case took (办结用时), measured once, for it changes no more; the averages are made of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.store.cases import cases
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert

measures = sa.Table(
    "measures",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("decided_at", Moment, nullable=False, index=True),
    sa.Column("worked_days", sa.Integer),
    sa.Column("worked_minutes", sa.Integer),
    sa.Column("elapsed_minutes", sa.Integer, nullable=False),
    sa.Column("promised_days", sa.Integer),
    sa.Column("legal_days", sa.Integer),
)
#: How far behind the newest measure an unmeasured case is looked for: acts that began first may commit last.
BEHIND = timedelta(hours=1)


_NEWEST = (
    sa.select(measures.c.decided_at)
    .join(cases, cases.c.id == measures.c.case_id)
    .where(cases.c.origin == "")
    .order_by(measures.c.decided_at.desc())
    .limit(1)
)


def unmeasured(db: Connection, most: int) -> Sequence[Row]:
    """Return ``(id, authority_id, accepted_at, decided_at)`` of our decided and unmeasured cases, in order."""
    newest: datetime | None = db.execute(_NEWEST).scalar()
    query = (
        sa.select(cases.c.id, cases.c.authority_id, cases.c.accepted_at, cases.c.decided_at)
        .outerjoin(measures, measures.c.case_id == cases.c.id)
        .where(cases.c.decided_at.is_not(None), cases.c.origin == "", measures.c.case_id.is_(None))
        .where(cases.c.accepted_at.is_not(None))  # what was denied unaccepted (R-ACC-5) took no time of ours
        .order_by(cases.c.decided_at, cases.c.id)
    )
    if newest is not None:
        query = query.where(cases.c.decided_at >= newest - BEHIND)
    return db.execute(query.limit(most)).all()


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write measures down; another worker may have been first."""
    if rows:
        db.execute(_add(db.dialect.name), list(rows))


@cache
def _add(dialect: str) -> Any:
    return upsert(dialect, measures).on_conflict_do_nothing(index_elements=["case_id"])


def forget(db: Connection, case_ids: Iterable[int]) -> None:
    """Forget measures of cases a former system has told anew."""
    db.execute(sa.delete(measures).where(measures.c.case_id.in_(list(case_ids))))
