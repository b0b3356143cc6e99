"""Material files, kept once by content."""

import hashlib
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Moment, Row, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", Moment, nullable=False),
)


def keep(db: Connection, name: str, media_type: str, content: bytes, at: datetime) -> int:
    """Keep *content* and return its id; content known already is not kept twice."""
    fingerprint = hashlib.sha256(content).hexdigest()
    known = db.execute(sa.select(files.c.id).where(files.c.sha256 == fingerprint)).scalar()
    if known is not None:
        return int(known)
    return int(
        db.execute(
            sa.insert(files)
            .values(
                sha256=fingerprint,
                name=name,
                media_type=media_type,
                size=len(content),
                content=content,
                at=at,
            )
            .returning(files.c.id)
        ).scalar_one()
    )


def get(db: Connection, file_id: int) -> Row:
    """Return a file. Raises `NotFound`."""
    row = db.execute(sa.select(files).where(files.c.id == file_id)).first()
    if row is None:
        raise NotFound("没有这个文件。", code="file.unknown")
    return row
