"""A version of a diagram or a decision as somebody looks at it: what it is, what was found in it, its bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Row
from engine.store.definitions import Kind, definitions

#: What the file of each kind is called.
SUFFIX = {Kind.DIAGRAM: ".bpmn", Kind.DECISION: ".dmn"}


@dataclass(frozen=True, slots=True)
class Diagram:
    """One version, byte for byte."""

    id: int
    kind: str
    key: str
    version: int
    name: str
    status: str
    findings: Sequence[Mapping[str, Any]]
    sha256: str
    made_at: datetime
    published_at: datetime | None
    source: bytes

    @property
    def suffix(self) -> str:
        """What its file's name ends in."""
        return SUFFIX[Kind(self.kind)]


def one(db: Connection, definition_id: int) -> Diagram:
    """Return the version of this id. Raises `NotFound`."""
    return _read(db.execute(sa.select(definitions).where(definitions.c.id == definition_id)).first())


def drawn(db: Connection, definition_id: int) -> Diagram:
    """Return the diagram of this id. Raises `NotFound`, for a decision too: there is nothing to draw."""
    found = one(db, definition_id)
    if found.kind != Kind.DIAGRAM:
        raise NotFound("这是决策，没有流程图；请下载源文件查看。", code="definition.unknown")
    return found


def version(db: Connection, key: str, number: int | None = None) -> Diagram:
    """Return a version of *key*: the one of *number*, or the newest published one. Raises `NotFound`."""
    query = sa.select(definitions).where(definitions.c.key == key)
    wanted = definitions.c.status == "published" if number is None else definitions.c.version == number
    return _read(db.execute(query.where(wanted).order_by(definitions.c.version.desc()).limit(1)).first())


def _read(row: Row | None) -> Diagram:
    if row is None:
        raise NotFound("没有这个流程版本；请核对流程的代码和版本号。", code="definition.unknown")
    return Diagram(**{name: getattr(row, name) for name in Diagram.__slots__})
