"""Material files, kept once by content."""

import hashlib
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Moment, Row, metadata
from engine.store.people import posts

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


#: Who brought a file, each time it was uploaded; nobody for an applicant's own page.
uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("file_id", Id, sa.ForeignKey("files.id"), nullable=False, index=True),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("at", Moment, nullable=False),
)


def keep(
    db: Connection, name: str, media_type: str, content: bytes, at: datetime, by_id: int | None = None
) -> int:
    """Keep *content*, and who brought it; return its id. Content known already is not kept twice."""
    fingerprint = hashlib.sha256(content).hexdigest()
    known = db.execute(sa.select(files.c.id).where(files.c.sha256 == fingerprint)).scalar()
    if known is None:
        new = sa.insert(files).values(
            sha256=fingerprint, name=name, media_type=media_type, size=len(content), content=content, at=at
        )
        known = db.execute(new.returning(files.c.id)).scalar_one()
    db.execute(sa.insert(uploads).values(file_id=known, by_id=by_id, at=at))
    return int(known)


def brought(db: Connection, file_ids: Collection[int], by_id: int | None, orgs: Collection[int]) -> set[int]:
    """Return those of some files that somebody uploaded, or a colleague of his in *orgs*; all there are for nobody."""
    if not file_ids:
        return set()
    query = sa.select(files.c.id).where(files.c.id.in_(file_ids))
    if by_id is not None:
        colleagues = sa.select(posts.c.user_id).where(posts.c.org_id.in_(orgs))
        his = sa.or_(uploads.c.by_id == by_id, uploads.c.by_id.in_(colleagues))
        query = query.where(sa.exists().where(uploads.c.file_id == files.c.id, his))
    return set(db.execute(query).scalars())


def get(db: Connection, file_id: int) -> Row:
    """Return a file. Raises `NotFound`."""
    row = db.execute(sa.select(files).where(files.c.id == file_id)).first()
    if row is None:
        raise NotFound("没有这个文件。", code="file.unknown")
    return row
