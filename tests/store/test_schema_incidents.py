"""From the schema before incidents said what failed: nothing is lost, what was open stays open."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import ROWS, THEN, emptied, insert


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one."""
    return emptied(database, "0004-1")


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
