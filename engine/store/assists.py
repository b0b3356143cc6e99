"""What somebody was helped with (帮办), who goes first and why (特殊群体), and guidance before filing (申报辅导).

Why somebody goes first is sensitive personal data: it stands in rows of its own, and lists never read it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.cases import tasks
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, upsert
from engine.store.people import users

assists = sa.Table(
    "assists",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("words", sa.String(500), nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("by_id", Id, sa.ForeignKey("users.id"), nullable=False),
)

specials = sa.Table(
    "specials",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("groups", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id"), nullable=False),
)

guidances = sa.Table(
    "guidances",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    #: Everything the formal application will say.
    sa.Column("application", Json, nullable=False),
    sa.Column("words", sa.String(2000), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id")),
    sa.Column("filed_at", Moment),
    sa.Column("closed_at", Moment),
)


def help_(db: Connection, **values: Any) -> None:
    """Write down what somebody was helped with."""
    db.execute(sa.insert(assists).values(**values))


def prefer(db: Connection, case_id: int, groups: Sequence[str], at: datetime, by: int | None) -> None:
    """Write down why an applicant goes first; no group takes the right of way away again."""
    if not groups:
        db.execute(sa.delete(specials).where(specials.c.case_id == case_id))
    else:
        new = upsert(db.dialect.name, specials).values(case_id=case_id, groups=list(groups), at=at, by_id=by)
        again = {name: new.excluded[name] for name in ("groups", "at", "by_id")}
        db.execute(new.on_conflict_do_update(index_elements=["case_id"], set_=again))


def lead(db: Connection, case_id: int, *, first: bool) -> None:
    """Let the open tasks of a case go first, or no longer."""
    open_ones = (tasks.c.case_id == case_id, tasks.c.closed_at.is_(None))
    db.execute(sa.update(tasks).where(*open_ones).values(first=first))


def groups_of(db: Connection, case_id: int) -> tuple[str, ...]:
    """Return why the applicant of a case goes first; for the intake alone."""
    found = db.execute(sa.select(specials.c.groups).where(specials.c.case_id == case_id)).scalar()
    return tuple(found or ())


def advise(db: Connection, **values: Any) -> int:
    """Keep a guidance and return its id."""
    return int(db.execute(sa.insert(guidances).values(**values).returning(guidances.c.id)).scalar_one())


def guidance(db: Connection, guidance_id: int) -> Row:
    """Return a guidance with the name of who gave it, locked. Raises `NotFound`."""
    query = sa.select(guidances, users.c.name.label("by")).join(users, users.c.id == guidances.c.by_id)
    row = db.execute(query.where(guidances.c.id == guidance_id).with_for_update(of=guidances)).first()
    if row is None:
        raise NotFound("没有这条申报辅导。", code="guidance.unknown")
    return row


def open_guidances(db: Connection, org_ids: Sequence[int]) -> Sequence[Row]:
    """Return what was advised at some halls and has not been filed or closed, the latest first."""
    query = sa.select(guidances, users.c.name.label("by")).join(users, users.c.id == guidances.c.by_id)
    waits = (guidances.c.org_id.in_(org_ids), guidances.c.filed_at.is_(None), guidances.c.closed_at.is_(None))
    return db.execute(query.where(*waits).order_by(guidances.c.id.desc()).limit(200)).all()


def change(db: Connection, guidance_id: int, **values: Any) -> None:
    """Write down what became of a guidance."""
    db.execute(sa.update(guidances).where(guidances.c.id == guidance_id).values(**values))
