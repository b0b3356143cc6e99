"""Running clocks that are still reckoned by a calendar which another has replaced: what is left to do (R-CNT-7)."""

import sqlalchemy as sa

from engine.domain.almanac import Almanac
from engine.store.cases import cases
from engine.store.db import Connection
from engine.store.deadlines import deadlines

#: How many running clocks one look goes through.
WINDOW = 5000

_RUNNING = deadlines.c.settled_at.is_(None)


def cases_behind(db: Connection, versions: Almanac, after: int, most: int) -> tuple[list[int], int | None]:
    """Return cases with such clocks, by id, from *after* on; and where to go on, None at the end of all clocks."""
    looked = (
        sa.select(deadlines.c.case_id, deadlines.c.calendar)
        .where(_RUNNING, deadlines.c.case_id > after)
        .order_by(deadlines.c.case_id)
        .limit(WINDOW)
        .subquery()
    )
    n, last = db.execute(sa.select(sa.func.count(), sa.func.max(looked.c.case_id))).one()
    stale = (
        sa.select(looked.c.case_id)
        .join(cases, cases.c.id == looked.c.case_id)
        .where(looked.c.calendar != _version(versions))
        .distinct()
        .order_by(looked.c.case_id)
        .limit(most)
    )
    found = list(db.execute(stale).scalars())
    if len(found) == most:
        return found, found[-1]
    # The window may end within a case: its last one is looked at again with the next.
    return found, max(after + 1, last - 1) if n == WINDOW else None


def how_many(db: Connection, versions: Almanac) -> int:
    """Return how many running clocks are behind."""
    query = sa.select(sa.func.count()).select_from(deadlines)
    if versions.orgs:  # without calendars of regions and halls no case need be asked which one it goes by
        query = query.join(cases, cases.c.id == deadlines.c.case_id)
    return int(db.execute(query.where(_RUNNING, deadlines.c.calendar != _version(versions))).scalar_one())


def _version(versions: Almanac) -> sa.ColumnElement[str]:
    """The version a case goes by: that of its authority."""
    own: dict[str, list[int]] = {}
    for org, version in versions.orgs.items():
        own.setdefault(version, []).append(org)
    national = sa.literal(versions.national)
    if not own:
        return national
    return sa.case(
        *((cases.c.authority_id.in_(orgs), version) for version, orgs in own.items()), else_=national
    )
