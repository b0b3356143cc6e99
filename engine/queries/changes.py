"""What changed in the catalogue from one day to another, each counted from the versions then in force."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.revision import Records, Revision, Totals, revisions, totals
from engine.store.catalog import matters
from engine.store.db import Connection


@dataclass(frozen=True, slots=True)
class Changes:
    """The catalogue before and after, counted, and what became of each matter that changed."""

    before: Totals
    after: Totals
    revisions: tuple[Revision, ...]


def changes(db: Connection, since: datetime, until: datetime) -> Changes:
    """Compare the matters in force at two moments."""
    before, after = in_force(db, since), in_force(db, until)
    return Changes(totals(before), totals(after), revisions(before, after))


def first(db: Connection) -> datetime | None:
    """When the first version of any matter came into force; None where there is none."""
    return db.execute(
        sa.select(sa.func.min(matters.c.published_at)).where(matters.c.kind == "matter")
    ).scalar()


def in_force(db: Connection, at: datetime) -> Records:
    """Return the records of the matters in force at a moment, by key: of each the newest published by then."""
    told = (
        sa.select(matters.c.key, matters.c.record)
        .where(matters.c.kind == "matter", matters.c.published_at <= at)
        .order_by(matters.c.key, matters.c.version)
    )
    return {row.key: row.record for row in db.execute(told)}
