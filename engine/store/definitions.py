"""Diagrams: every version kept byte for byte, one current for each key."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata

definitions = sa.Table(
    "definitions",
    metadata,
    sa.Column("id", Id, primary_key=True),
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
)


def add(
    db: Connection,
    *,
    key: str,
    name: str,
    source: bytes,
    findings: list[dict[str, Any]],
    at: datetime,
    by: int | None,
    published: bool,
) -> Row:
    """Keep a new version of *key* and return its row."""
    version = (
        db.execute(sa.select(sa.func.max(definitions.c.version)).where(definitions.c.key == key)).scalar()
        or 0
    ) + 1
    return db.execute(
        sa.insert(definitions)
        .values(
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
