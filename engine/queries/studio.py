"""The designer's list (流程设计): diagrams and decisions with their versions, what was found, what runs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.queries import diagrams
from engine.spiff import track
from engine.spiff.dmn import printed
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.definitions import Kind, definitions, in_force, pins
from engine.store.people import users


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a diagram."""

    id: int
    version: int
    name: str
    status: str
    current: bool
    errors: int
    warnings: int
    running: int
    made_at: datetime
    made_by: str
    published_at: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Family:
    """A diagram or decision with its versions, the newest first, and the matters or diagrams that use it."""

    key: str
    kind: str
    name: str
    matters: tuple[str, ...]
    versions: tuple[Version, ...]

    @property
    def running(self) -> int:
        """How many cases run on any of its versions."""
        return sum(version.running for version in self.versions)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version whole: its family, its findings, its drawing or its tables, the decisions it is pinned to."""

    diagram: diagrams.Diagram
    family: Family
    version: Version
    findings: Sequence[Mapping[str, Any]]
    drawing: str = ""
    tables: Sequence[printed.Printed] = ()
    pins: Sequence[Row] = ()


#: Everything of a version but its bytes.
_COLUMNS = [column for column in definitions.c if column.name != "source"]
_RUNNING = (
    sa.select(cases.c.definition_id, sa.func.count().label("running"))
    .where(cases.c.flow.is_not(None))
    .group_by(cases.c.definition_id)
    .subquery()
)


def families(db: Connection, key: str = "") -> tuple[Family, ...]:
    """Return every diagram by key, or only the one of *key*."""
    query = (
        sa.select(
            *_COLUMNS, users.c.name.label("maker"), sa.func.coalesce(_RUNNING.c.running, 0).label("running")
        )
        .join_from(definitions, users, users.c.id == definitions.c.made_by, isouter=True)
        .outerjoin(_RUNNING, _RUNNING.c.definition_id == definitions.c.id)
        .order_by(definitions.c.key, definitions.c.version.desc())
    )
    found: dict[str, list[Row]] = {}
    for row in db.execute(query.where(definitions.c.key == key) if key else query):
        found.setdefault(row.key, []).append(row)
    used = {**_asked(db), **_used(db)}
    return tuple(_family(name, rows, used.get(name, ())) for name, rows in found.items())


def _used(db: Connection) -> dict[str, tuple[str, ...]]:
    query = (
        sa.select(definitions.c.key, matters.c.name)
        .join_from(matters, definitions, definitions.c.id == matters.c.definition_id)
        .where(matters.c.current)
        .order_by(matters.c.id)
    )
    used: dict[str, tuple[str, ...]] = {}
    for key, name in db.execute(query):
        used[key] = (*used.get(key, ()), name)
    return used


def _asked(db: Connection) -> dict[str, tuple[str, ...]]:
    """Which diagrams in force ask a decision file, by the file's key."""
    asking = definitions.alias("asking")
    query = (
        sa.select(definitions.c.key, asking.c.name, asking.c.id)
        .join_from(pins, definitions, definitions.c.id == pins.c.decision_id)
        .join(asking, asking.c.id == pins.c.definition_id)
        .order_by(asking.c.name)
    )
    current = {row.id for row in in_force(db, Kind.DIAGRAM)}
    asked: dict[str, tuple[str, ...]] = {}
    for key, name, id_ in db.execute(query):
        if id_ in current:
            asked[key] = (*asked.get(key, ()), name)
    return asked


def _family(key: str, rows: Sequence[Row], used: tuple[str, ...]) -> Family:
    newest = next((row.version for row in rows if row.status == "published"), None)
    return Family(
        key, rows[0].kind, rows[0].name, used, tuple(_version(row, row.version == newest) for row in rows)
    )


def _version(row: Row, current: bool) -> Version:  # noqa: FBT001  a version is current or not
    barring = sum(1 for finding in row.findings if finding["level"] == "error" or finding.get("bars"))
    warnings = sum(1 for finding in row.findings if finding["level"] == "warning" and not finding.get("bars"))
    return Version(
        id=row.id,
        version=row.version,
        name=row.name,
        status=row.status,
        current=current,
        errors=barring,
        warnings=warnings,
        running=row.running,
        made_at=row.made_at,
        made_by=row.maker or "",
        published_at=row.published_at,
        sha256=row.sha256,
    )


def sheet(db: Connection, definition_id: int) -> Sheet:
    """Return one version with its drawing. Raises `NotFound`."""
    diagram = diagrams.one(db, definition_id)
    family = families(db, diagram.key)[0]
    version = next(each for each in family.versions if each.id == diagram.id)
    if diagram.kind == Kind.DECISION:
        return Sheet(diagram, family, version, diagram.findings, tables=printed.decisions(diagram.source))
    drawing = track.render(diagram.source, (), ())
    return Sheet(diagram, family, version, diagram.findings, drawing, pins=_pinned(db, diagram.id))


def _pinned(db: Connection, definition_id: int) -> Sequence[Row]:
    query = (
        sa.select(*_COLUMNS)
        .join(pins, pins.c.decision_id == definitions.c.id)
        .where(pins.c.definition_id == definition_id)
        .order_by(definitions.c.key)
    )
    return db.execute(query).all()
