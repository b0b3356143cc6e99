"""What former systems brought (历史导入): the imports, what each set aside, and a case as far as it is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.identity import Actor
from engine.queries.filters import reach
from engine.store import former as kept
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.former import former, imports
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Import:
    """One import and what it brought."""

    id: int
    origin: str
    file: str
    sha256: str
    at: datetime
    by_name: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that was set aside: where it stood, why, and what it says."""

    place: str
    number: str
    code: str
    reason: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a case in the former system."""

    activity: str
    at: datetime | None
    by: str
    after_end: bool


@dataclass(frozen=True, slots=True)
class FormerCase:
    """A case of a former system, as far as it is known."""

    no: str
    origin: str
    matter: str
    department: str
    channel: str
    person: str
    state: str
    accepted_at: datetime
    promised_due_at: datetime | None
    legal_due_at: datetime | None
    decided_at: datetime | None
    notes: tuple[str, ...]
    events: tuple[Event, ...]
    imported_at: datetime
    file: str


#: The columns in which records set aside are handed out.
HEADINGS = ("位置", "编号", "代码", "原因", "原始记录")


def cells(row: Aside) -> tuple[str, ...]:
    """Return a record set aside as the cells of a sheet."""
    return row.place, row.number, row.code, row.reason, orjson.dumps(row.record).decode()


def imported(db: Connection) -> tuple[Import, ...]:
    """Return every import, the newest first."""
    return tuple(_import(row) for row in kept.imported(db))


def _import(row: Row) -> Import:
    return Import(*(getattr(row, name) for name in Import.__slots__))


def asides(db: Connection, import_id: int | None = None) -> tuple[Aside, ...]:
    """Return what an import, or else the newest, set aside. Raises `NotFound`."""
    known = [row.id for row in kept.imported(db) if import_id in (None, row.id)]
    if not known:
        raise NotFound("没有这次导入。", code="import.unknown", field="import")
    return tuple(Aside(r.place, r.number, r.code, r.reason, r.record) for r in kept.kept_aside(db, known[0]))


def case(db: Connection, actor: Actor, case_id: int) -> FormerCase:
    """Return an imported case, to whoever oversees its department. Raises `NotFound`."""
    query = (
        sa.select(
            cases,
            matters.c.name.label("matter"),
            orgs.c.name.label("department"),
            former.c.person,
            former.c.events,
            former.c.notes,
            imports.c.at.label("imported_at"),
            imports.c.file,
        )
        .join_from(cases, former, former.c.case_id == cases.c.id)
        .join(imports, imports.c.id == former.c.import_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == cases.c.authority_id)
    )
    seen = reach(actor)
    row = db.execute(query.where(cases.c.id == case_id)).first()
    if row is None or (seen is not None and row.authority_id not in seen):
        raise NotFound("没有这个历史办件，或不归您查看。", code="case.unknown")
    same = (name for name in FormerCase.__slots__ if name not in {"events", "notes"})
    events = tuple(_event(each, row.decided_at) for each in row.events)
    return FormerCase(**{name: getattr(row, name) for name in same}, notes=tuple(row.notes), events=events)


def _event(told: Mapping[str, Any], end: datetime | None) -> Event:
    at = datetime.fromisoformat(told["at"]) if told["at"] else None
    late = end is not None and at is not None and at > end
    return Event(told["activity"], at, told["by"], late)
