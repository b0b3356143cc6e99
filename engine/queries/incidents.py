"""The list of incidents (异常): what went wrong with which case, the open ones first, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.incident import RETRIED, Source
from engine.store import incidents as rows
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection
from engine.store.incidents import incidents
from engine.store.people import users

#: How many incidents a page holds.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident; one of a case that could not even begin has no case, but a matter."""

    id: int
    case: str | None
    matter: str
    matter_name: str
    source: str
    what: str
    by: str
    code: str
    element: str
    message: str
    times: int
    at: datetime
    last_at: datetime
    try_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    settled_how: str

    @property
    def retryable(self) -> bool:
        """Can the house try it again by itself?"""
        return self.settled_at is None and self.source in RETRIED


@dataclass(frozen=True, slots=True)
class Page:
    """Some incidents, and where the next page begins."""

    items: tuple[Entry, ...]
    next: str | None


_name = (
    sa.select(matters.c.name)
    .where(matters.c.key == incidents.c.matter_key)
    .order_by(matters.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_ENTRY = (
    sa.select(incidents, cases.c.no, users.c.name.label("settler"), _name.label("matter_name"))
    .outerjoin(cases, cases.c.id == incidents.c.case_id)
    .outerjoin(users, users.c.id == incidents.c.settled_by)
)


def page(
    db: Connection,
    state: str = "all",
    source: Source | None = None,
    words: str = "",
    cursor: str = "",
    most: int = PAGE,
) -> Page:
    """Return a page of incidents, the open ones first and the newest of each.

    *words* is the beginning of a case number, of a code, or the whole name of an element; *cursor* is where the
    page before ended.
    """
    query = _narrowed(_ENTRY, state, source, words)
    if cursor:
        query = query.where(_after(cursor))
    settled = incidents.c.settled_at.is_not(None)
    found = db.execute(query.order_by(settled, incidents.c.id.desc()).limit(most + 1)).all()
    shown = [_entry(row) for row in found[:most]]
    return Page(tuple(shown), _cursor(shown[-1]) if len(found) > most else None)


def _narrowed(
    query: sa.Select[tuple[object, ...]], state: str, source: Source | None, words: str
) -> sa.Select[tuple[object, ...]]:
    if state != "all":
        query = query.where(incidents.c.settled_at.is_(None) == (state == "open"))
    if source is not None:
        query = query.where(incidents.c.source == source)
    if words:
        begins = (cases.c.no, incidents.c.code, incidents.c.matter_key)
        named = [each.startswith(words, autoescape=True) for each in begins]
        query = query.where(sa.or_(*named, incidents.c.element == words))
    return query


def _cursor(last: Entry) -> str:
    return f"{'open' if last.settled_at is None else 'settled'}-{last.id}"


def _after(cursor: str) -> sa.ColumnElement[bool]:
    state, _, number = cursor.partition("-")
    older = incidents.c.id < int(number)
    is_open = incidents.c.settled_at.is_(None)
    return sa.or_(is_open & older, ~is_open) if state == "open" else ~is_open & older


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    return Entry(
        id=row.id,
        case=row.no,
        matter=row.matter_key,
        matter_name=row.matter_name or row.matter_key,
        source=row.source,
        what=row.what,
        by=row.by_name,
        code=row.code,
        element=row.element or "",
        message=row.message,
        times=row.times,
        at=row.at,
        last_at=row.last_at,
        try_at=row.try_at,
        settled_at=row.settled_at,
        settled_by=row.settler or "",
        settled_how=row.settled_how,
    )


def one(db: Connection, incident_id: int) -> Entry:
    """Return one incident. Raises `NotFound`."""
    rows.get(db, incident_id)
    return _entry(db.execute(_ENTRY.where(incidents.c.id == incident_id)).one())


def of_case(db: Connection, case_id: int) -> Sequence[Entry]:
    """Return the open incidents of a case, oldest first."""
    still = (incidents.c.case_id == case_id, incidents.c.settled_at.is_(None))
    return [_entry(row) for row in db.execute(_ENTRY.where(*still).order_by(incidents.c.id))]
