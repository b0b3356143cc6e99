"""Diagrams and decisions: every version kept byte for byte, one current for each key.

A diagram is pinned to the versions of the decisions and shared processes it was published with; a case pins its
diagram.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import Malformed, NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata


class Kind(StrEnum):
    """What a definition is."""

    DIAGRAM = "diagram"
    DECISION = "decision"


definitions = sa.Table(
    "definitions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False, server_default="diagram"),
    sa.Column("key", sa.String(100), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("source", sa.LargeBinary, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("findings", Json, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", Id, sa.ForeignKey("users.id")),
    sa.Column("published_at", Moment),
    sa.UniqueConstraint("key", "version"),
    sa.CheckConstraint("status IN ('draft','published')", name="status"),
    sa.CheckConstraint("kind IN ('diagram','decision')", name="kind"),
)

pins = sa.Table(
    "pins",
    metadata,
    sa.Column("definition_id", Id, sa.ForeignKey("definitions.id"), primary_key=True),
    sa.Column("decision_id", Id, sa.ForeignKey("definitions.id"), primary_key=True, index=True),
)

#: What each kind is called.
NAMES = {Kind.DIAGRAM: "流程图", Kind.DECISION: "决策"}


def add(  # noqa: PLR0913  (each is a column)
    db: Connection,
    *,
    kind: Kind,
    key: str,
    name: str,
    source: bytes,
    findings: list[dict[str, Any]],
    at: datetime,
    by: int | None,
    published: bool,
) -> Row:
    """Keep a new version of *key* and return its row. Raises `Malformed` if *key* is of the other kind."""
    newest = sa.select(definitions.c.version, definitions.c.kind).where(definitions.c.key == key)
    last = db.execute(newest.order_by(definitions.c.version.desc()).limit(1)).first()
    if last is not None and last.kind != kind:
        message = f"“{key}”已经是{NAMES[Kind(last.kind)]}的代码；请换一个代码。"
        raise Malformed(message, code="definition.kind", field="key")
    version = (last.version if last is not None else 0) + 1
    return db.execute(
        sa.insert(definitions)
        .values(
            kind=kind,
            key=key,
            version=version,
            name=name,
            source=source,
            sha256=hashlib.sha256(source).hexdigest(),
            status="published" if published else "draft",
            findings=findings,
            made_at=at,
            made_by=by,
            published_at=at if published else None,
        )
        .returning(definitions)
    ).one()


def get(db: Connection, definition_id: int) -> Row:
    """Return one version. Raises `NotFound`."""
    row = db.execute(sa.select(definitions).where(definitions.c.id == definition_id)).first()
    if row is None:
        raise NotFound("没有这个流程版本。", code="definition.unknown")
    return row


def current(db: Connection, key: str) -> Row | None:
    """Return the newest published version of *key*, if any."""
    return db.execute(
        sa.select(definitions)
        .where(definitions.c.key == key, definitions.c.status == "published")
        .order_by(definitions.c.version.desc())
        .limit(1)
    ).first()


def family(db: Connection, key: str) -> Sequence[Row]:
    """Return ``(id, key, version, status)`` of every version of *key*, oldest first."""
    columns = (definitions.c.id, definitions.c.key, definitions.c.version, definitions.c.status)
    return db.execute(
        sa.select(*columns).where(definitions.c.key == key).order_by(definitions.c.version)
    ).all()


def knows(db: Connection, key: str, source: bytes) -> bool:
    """Was this very source ever published as *key*?"""
    same = (definitions.c.key == key, definitions.c.sha256 == hashlib.sha256(source).hexdigest())
    query = sa.select(definitions.c.id).where(*same, definitions.c.status == "published")
    return db.execute(query).first() is not None


def publish(db: Connection, definition_id: int, at: datetime) -> None:
    """Make a draft the current version."""
    db.execute(
        sa.update(definitions)
        .where(definitions.c.id == definition_id)
        .values(status="published", published_at=at)
    )


def found(db: Connection, definition_id: int, findings: list[dict[str, Any]]) -> None:
    """Write down anew what is found in a draft."""
    db.execute(sa.update(definitions).where(definitions.c.id == definition_id).values(findings=findings))


def drafts(db: Connection, kind: Kind) -> Sequence[Row]:
    """Return the drafts of *kind*."""
    query = sa.select(definitions).where(definitions.c.kind == kind, definitions.c.status == "draft")
    return db.execute(query.order_by(definitions.c.id)).all()


def in_force(db: Connection, kind: Kind) -> Sequence[Row]:
    """Return the newest published version of every key of *kind*, without its bytes."""
    newest = (
        sa.select(definitions.c.key, sa.func.max(definitions.c.version).label("version"))
        .where(definitions.c.kind == kind, definitions.c.status == "published")
        .group_by(definitions.c.key)
        .subquery()
    )
    query = sa.select(definitions.c.id, definitions.c.key, definitions.c.version).join(
        newest, sa.and_(newest.c.key == definitions.c.key, newest.c.version == definitions.c.version)
    )
    return db.execute(query.order_by(definitions.c.key)).all()


def pin(db: Connection, definition_id: int, decision_ids: Iterable[int]) -> None:
    """Pin a version of a diagram to versions of decisions, and of the shared processes it calls."""
    rows = [{"definition_id": definition_id, "decision_id": each} for each in decision_ids]
    if rows:
        db.execute(sa.insert(pins), rows)


def pinned(db: Connection, definition_id: int, kind: Kind = Kind.DECISION) -> tuple[int, ...]:
    """Return the ids of the versions of decisions, or of shared processes, a version of a diagram is pinned to."""
    query = sa.select(definitions.c.id).join(pins, pins.c.decision_id == definitions.c.id)
    chosen = query.where(pins.c.definition_id == definition_id, definitions.c.kind == kind)
    return tuple(db.execute(chosen.order_by(definitions.c.id)).scalars())


def pinned_to(db: Connection, key: str) -> Sequence[Row]:
    """Return the diagrams in force that are pinned to a version of the decision file or shared process *key*."""
    asking = (
        sa.select(pins.c.definition_id)
        .join(definitions, definitions.c.id == pins.c.decision_id)
        .where(definitions.c.key == key)
    )
    ids = set(db.execute(asking).scalars())
    return [row for row in in_force(db, Kind.DIAGRAM) if row.id in ids]
