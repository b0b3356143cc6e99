"""From the schema before incidents said what failed: nothing is lost, what was open stays open."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata

#: One case with two incidents, as the schema before keeps them.
ROWS = (
    "INSERT INTO orgs (id, code, name, kind) VALUES (1, 'HALL', '大厅', 'hall')",
    "INSERT INTO applicants (id, kind, id_number, name) VALUES (1, 'person', '1', '王小满')",
    "INSERT INTO definitions (id, key, version, name, source, sha256, status, findings, made_at)"
    " VALUES (1, 'food', 1, 'food', '', '', 'published', '[]', '2026-11-01 00:00:00')",
    "INSERT INTO matters (id, key, kind, name, authority, version, definition_id, record, sha256, current, published_at)"
    " VALUES (1, 'food', 'matter', '食品', 'HALL', 1, 1, '{}', '', true, '2026-11-01 00:00:00')",
    "INSERT INTO cases (id, no, code, kind, matter_id, matter_key, definition_id, applicant_id, channel, hall_id,"
    " authority_id, flags, answers, received_at, state, complete_at)"
    " VALUES (1, 'N1', 'C1', 'matter', 1, 'food', 1, 1, 'window', 1, 1, '{}', '{}', '2026-11-01 00:00:00',"
    " 'received', '2026-11-01 00:00:00')",
    "INSERT INTO incidents (id, case_id, code, message, at, try_at)"
    " VALUES (7, 1, 'fault', '坏了', '2026-11-02 00:00:00', '2026-11-02 00:01:00')",
    "INSERT INTO incidents (id, case_id, code, message, at, try_at, settled_at) VALUES (8, 1, 'flow.stuck', '卡住',"
    " '2026-11-02 00:00:00', '2026-11-02 00:01:00', '2026-11-03 00:00:00')",
)


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
        for row in ROWS:
            db.execute(sa.text(row))
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
    row = (
        "INSERT INTO incidents (matter_key, source, about, what, by_name, code, message, at, last_at)"
        " VALUES ('food', 'letter', '1', 'state', '联办流转', 'fault', '', '2026-11-02 00:00:00', '2026-11-02 00:00:00')"
    )
    with database.transaction() as db:
        db.execute(sa.text(row))
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as db:
        db.execute(sa.text(row))
