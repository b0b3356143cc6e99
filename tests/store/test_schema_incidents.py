"""From the schema before incidents said what failed: nothing is lost, what was open stays open."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Connection, Database
from engine.store.everything import metadata

THEN = "2026-11-02 00:00:00"
#: One case with two incidents, as the schema before keeps them.
ROWS: tuple[tuple[str, dict[str, object]], ...] = (
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


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one."""
    with database.transaction() as db:
        metadata.drop_all(db)
        db.execute(sa.text("DROP TABLE alembic_version"))
    schema.upgrade(database, "0004-1")
    return database


def test_what_was_written_down_is_kept_and_stays_open(before: Database) -> None:
    with before.transaction() as db:
        for table, row in ROWS:
            insert(db, table, row)
    schema.upgrade(before)
    with before.reading() as db:
        kept = db.execute(sa.select(metadata.tables["incidents"]).order_by(sa.text("id"))).all()
        troubled = db.execute(sa.text("SELECT troubled FROM cases")).scalar_one()
    assert [(row.id, row.source, row.matter_key, row.times, row.code) for row in kept] == [
        (7, "former", "food", 1, "fault"),
        (8, "former", "food", 1, "flow.stuck"),
    ]
    assert (kept[0].last_at, kept[0].settled_at, troubled) == (kept[0].at, None, True)


def test_one_thing_has_one_open_incident(database: Database) -> None:
    row: dict[str, object] = {"matter_key": "food", "source": "letter", "about": "1", "what": "state"}
    row |= {"by_name": "联办流转", "code": "fault", "message": "", "at": THEN, "last_at": THEN}
    with database.transaction() as db:
        insert(db, "incidents", row)
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as db:
        insert(db, "incidents", row)
