"""A diagram version as somebody looks at it: what it is, what was found in it, its bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Row
from engine.store.definitions import definitions


@dataclass(frozen=True, slots=True)
class Diagram:
    """One version, byte for byte."""

    id: int
    key: str
    version: int
    name: str
    status: str
    findings: Sequence[Mapping[str, Any]]
    sha256: str
    made_at: datetime
    published_at: datetime | None
    source: bytes


def one(db: Connection, definition_id: int) -> Diagram:
    """Return the version of this id. Raises `NotFound`."""
    return _read(db.execute(sa.select(definitions).where(definitions.c.id == definition_id)).first())


def version(db: Connection, key: str, number: int | None = None) -> Diagram:
    """Return a version of *key*: the one of *number*, or the newest published one. Raises `NotFound`."""
    query = sa.select(definitions).where(definitions.c.key == key)
    wanted = definitions.c.status == "published" if number is None else definitions.c.version == number
    return _read(db.execute(query.where(wanted).order_by(definitions.c.version.desc()).limit(1)).first())


def _read(row: Row | None) -> Diagram:
    if row is None:
        raise NotFound("没有这个流程版本；请核对流程的代码和版本号。", code="definition.unknown")
    return Diagram(**{name: getattr(row, name) for name in Diagram.__slots__})
