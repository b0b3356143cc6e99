"""A database as an earlier version left it: an old schema with a few rows in it, in words of SQL."""

from collections.abc import Container

import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Connection, Database
from engine.store.everything import metadata

THEN = "2026-11-02 00:00:00"
Given = tuple[str, dict[str, object]]
#: One case with two incidents, as the fourth schema keeps them.
ROWS: tuple[Given, ...] = (
    ("orgs", {"id": 1, "code": "HALL", "name": "大厅", "kind": "hall"}),
    ("applicants", {"id": 1, "kind": "person", "id_number": "1", "name": "王小满"}),
    ("definitions", {"id": 1, "key": "food", "version": 1, "name": "food", "source": "", "sha256": "",
                     "status": "published", "findings": "[]", "made_at": THEN}),
    ("matters", {"id": 1, "key": "food", "kind": "matter", "name": "食品", "authority": "HALL", "version": 1,
                 "definition_id": 1, "record": "{}", "sha256": "", "current": True, "published_at": THEN}),
    ("cases", {"id": 1, "no": "N1", "code": "C1", "kind": "matter", "matter_id": 1, "matter_key": "food",
               "definition_id": 1, "applicant_id": 1, "channel": "window", "hall_id": 1, "authority_id": 1,
               "flags": "{}", "answers": "{}", "received_at": THEN, "state": "received", "complete_at": THEN}),
    ("incidents", {"id": 7, "case_id": 1, "code": "fault", "message": "坏了", "at": THEN, "try_at": THEN}),
    ("incidents", {"id": 8, "case_id": 1, "code": "flow.stuck", "message": "卡住", "at": THEN, "try_at": THEN,
                   "settled_at": THEN}),
)  # fmt: skip


def insert(db: Connection, table: str, row: dict[str, object]) -> None:
    """Insert a row in words of SQL, whatever the code knows of the table."""
    values = ", ".join(sa.text(f":{name}").text for name in row)
    typed = "".join(f", {name}" for name in row)[2:]
    db.execute(sa.text(f"INSERT INTO {table} ({typed}) VALUES ({values})"), row)  # noqa: S608  names of ours


def emptied(database: Database, revision: str) -> Database:
    """Put an empty database back to the schema of *revision*."""
    with database.transaction() as db:
        metadata.drop_all(db)
        db.execute(sa.text("DROP TABLE alembic_version"))
    schema.upgrade(database, revision)
    return database


def filled(
    database: Database, revision: str, *more: Given, without: Container[str] = ("incidents",)
) -> Database:
    """Put a database back to the schema of *revision*, with one case in it and *more*."""
    emptied(database, revision)
    with database.transaction() as db:
        for table, row in (*((t, r) for t, r in ROWS if t not in without), *more):
            insert(db, table, row)
    return database
