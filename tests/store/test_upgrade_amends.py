"""From the schema before a false commitment had its own clock: it is told apart from a bad rating's, and watched."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.test_schema_incidents import ROWS, THEN, insert

CLOCK: dict[str, object] = {
    "case_id": 1, "limit_text": "15 workday", "started_at": THEN, "due_at": THEN, "armed": True, "calendar": "",
}  # fmt: skip
#: What ran before, by clock and key.
BEFORE = (("rectify", "commitment"), ("follow", ""), ("promised", ""))


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with clocks in it."""
    with database.transaction() as db:
        metadata.drop_all(db)
        db.execute(sa.text("DROP TABLE alembic_version"))
    schema.upgrade(database, "0017-1")
    with database.transaction() as db:
        for table, row in (*((t, r) for t, r in ROWS if t != "incidents"),):
            insert(db, table, row)
        for clock, key in BEFORE:
            insert(db, "deadlines", CLOCK | {"clock": clock, "key": key})
    return database


def test_a_false_commitment_has_a_clock_of_its_own_and_is_watched(before: Database) -> None:
    """Rulebook §4.3: it is not a bad rating."""
    schema.upgrade(before)
    deadlines = metadata.tables["deadlines"]
    with before.reading() as db:
        rows = db.execute(sa.select(deadlines).order_by(deadlines.c.id)).all()
    assert [(row.clock, row.key, row.card_at is not None) for row in rows] == [
        ("amend", "", True), ("follow", "", True), ("promised", "", False),
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["amend", "rectify", "aftergrant"])
def test_the_ledger_knows_the_same_words(before: Database, word: str) -> None:
    schema.upgrade(before)
    with before.transaction() as db:
        insert(db, "dues", {"case_id": 1, "clock": word, "since": THEN, "cause": "started"})
        assert db.execute(sa.text("SELECT clock FROM dues")).scalar_one() == word
