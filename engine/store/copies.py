"""Copies (抄送): who was shown a case for information, by whom, with what words, and when he read it."""

from datetime import datetime

import sqlalchemy as sa

from engine.store import cases as _cases  # noqa: F401  copies refer to its tables
from engine.store.db import Connection, Id, Moment, Row, metadata

copies = sa.Table(
    "copies",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("task_id", Id, sa.ForeignKey("tasks.id"), nullable=False),
    sa.Column("to_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("by_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.UniqueConstraint("task_id", "to_id"),
)


def add(db: Connection, case_id: int, task_id: int, to_id: int, by_id: int, words: str, at: datetime) -> None:
    """Keep a copy."""
    new = {"case_id": case_id, "task_id": task_id, "to_id": to_id, "by_id": by_id, "words": words, "at": at}
    db.execute(sa.insert(copies).values(**new))


def of(db: Connection, task_id: int, to_id: int) -> Row | None:
    """Return the copy of a task that somebody got, read or not."""
    mine = (copies.c.task_id == task_id, copies.c.to_id == to_id)
    return db.execute(sa.select(copies).where(*mine)).first()


def read(db: Connection, case_id: int, to_id: int, at: datetime) -> int:
    """Mark what somebody was shown of a case as read; return how many copies that were."""
    mine = (copies.c.case_id == case_id, copies.c.to_id == to_id, copies.c.read_at.is_(None))
    return int(db.execute(sa.update(copies).where(*mine).values(read_at=at)).rowcount)
