"""Key projects (重点项目), each with its champion (包抓人), and what he was told of their cases."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Json, Moment, Row, metadata
from engine.store.people import users as _users  # noqa: F401  projects refer to it
from engine.store.writes import later

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("no", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("champion_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_by", Id, sa.ForeignKey("users.id")),
    sa.Column("closed_at", Moment),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("project_id", Id, sa.ForeignKey("projects.id"), nullable=False, index=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.Index(
        "ix_alerts_unread",
        "user_id",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
)


def add(db: Connection, **values: Any) -> int:
    """Open a project and return its id."""
    return int(db.execute(sa.insert(projects).values(**values).returning(projects.c.id)).scalar_one())


def get(db: Connection, no: str) -> Row:
    """Return a project by its number. Raises `NotFound`."""
    row = db.execute(sa.select(projects).where(projects.c.no == no)).first()
    if row is None:
        raise NotFound(f"没有编号为 {no} 的重点项目。", code="project.unknown", field="project")
    return row


def by_id(db: Connection, project_id: int) -> Row:
    """Return a project by its id."""
    return db.execute(sa.select(projects).where(projects.c.id == project_id)).one()


def mark(db: Connection, project_id: int, **values: Any) -> None:
    """Change what is known of a project."""
    db.execute(sa.update(projects).where(projects.c.id == project_id).values(**values))


_TELL = sa.insert(alerts).inline()


def tell(db: Connection, project: Row, case_id: int, kind: str, data: dict[str, Any], at: datetime) -> None:
    """Tell a project's champion something about one of its cases."""
    row = {"project_id": project.id, "case_id": case_id, "user_id": project.champion_id}
    later(db, _TELL, {**row, "kind": kind, "data": data, "at": at, "read_at": None})


def read(db: Connection, project_id: int, user_id: int, at: datetime) -> int:
    """Mark everything somebody was told of a project as read; return how much that was."""
    mine = (alerts.c.project_id == project_id, alerts.c.user_id == user_id, alerts.c.read_at.is_(None))
    return int(db.execute(sa.update(alerts).where(*mine).values(read_at=at)).rowcount)
