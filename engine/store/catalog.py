"""Matters and bundles, every version kept."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata
from engine.store.definitions import definitions

matters = sa.Table(
    "matters",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("name_en", sa.String(100), nullable=False, server_default=""),
    sa.Column("authority", sa.String(40), nullable=False),
    sa.Column("record", Json, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("definition_id", Id, sa.ForeignKey("definitions.id"), index=True),
    sa.Column("current", sa.Boolean, nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    sa.UniqueConstraint("key", "version"),
    sa.CheckConstraint("kind IN ('matter','bundle','former')", name="kind"),
    sa.CheckConstraint("definition_id IS NOT NULL OR kind = 'former'", name="drawn"),
    sa.Index(
        "uq_matters_current",
        "key",
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    ),
)


def current(db: Connection, key: str) -> Row:
    """Return the version of *key* in force. Raises `NotFound`."""
    row = db.execute(sa.select(matters).where(matters.c.key == key, matters.c.current)).first()
    if row is None:
        raise NotFound(f"没有事项“{key}”。请从办事指南中选择事项。", code="matter.unknown", field="matter")
    return row


def in_force(db: Connection, key: str) -> Mapping[str, Any] | None:
    """Return the record of *key* in force; None for what was never published."""
    found: Mapping[str, Any] | None = db.execute(
        sa.select(matters.c.record).where(matters.c.key == key, matters.c.current)
    ).scalar()
    return found


def get(db: Connection, matter_id: int) -> Row:
    """Return one version, in force or not: the snapshot a case was accepted under."""
    return db.execute(sa.select(matters).where(matters.c.id == matter_id)).one()


def everything(db: Connection, kind: str | None = None) -> Sequence[Row]:
    """Return what is in force, matters before bundles, by key."""
    query = sa.select(matters).where(matters.c.current).order_by(matters.c.kind.desc(), matters.c.key)
    return db.execute(query.where(matters.c.kind == kind) if kind else query).all()


def names(db: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Return the names of those of *keys* that are in force, in the order asked for."""
    query = sa.select(matters.c.key, matters.c.name).where(matters.c.key.in_(keys), matters.c.current)
    found = {row.key: row.name for row in db.execute(query)}
    return {key: found[key] for key in keys if key in found}


def drawn_as(db: Connection, key: str) -> Sequence[Row]:
    """Return what is in force on any version of the diagram *key*."""
    drawn = sa.select(matters).join(definitions, definitions.c.id == matters.c.definition_id)
    return db.execute(drawn.where(matters.c.current, definitions.c.key == key)).all()


def digest(record: Mapping[str, Any]) -> str:
    """The fingerprint of a record, whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


def knows(db: Connection, record: Mapping[str, Any]) -> bool:
    """Was this very record ever in force?"""
    same = (matters.c.key == record["key"], matters.c.sha256 == digest(record))
    return db.execute(sa.select(matters.c.id).where(*same)).first() is not None


def publish(db: Connection, kind: str, record: Mapping[str, Any], definition_id: int, at: datetime) -> bool:
    """Put *record* in force as a new version, unless it is in force already. Say whether anything changed."""
    key, fingerprint = record["key"], digest(record)
    old = db.execute(sa.select(matters).where(matters.c.key == key, matters.c.current)).first()
    if old is not None and old.sha256 == fingerprint and old.definition_id == definition_id:
        return False
    db.execute(sa.update(matters).where(matters.c.key == key, matters.c.current).values(current=False))
    db.execute(
        sa.insert(matters).values(
            key=key,
            version=old.version + 1 if old is not None else 1,
            kind=kind,
            name=record["name"],
            name_en=record.get("en") or "",
            authority=record.get("authority") or record.get("lead"),
            record=record,
            sha256=fingerprint,
            definition_id=definition_id,
            current=True,
            published_at=at,
        )
    )
    return True
