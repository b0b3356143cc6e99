"""From the schema before bundles hurried one another: the journal is kept, and who was hurried is found by when."""

import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled

HURRIED: dict[str, object] = {
    "case_id": 1, "seq": 9, "at": THEN, "by_name": "审", "act": "hurried", "data": '{"words": "快"}',
    "prev": "", "hash": "x",
}  # fmt: skip


def test_the_journal_there_was_is_kept(database: Database) -> None:
    """0012."""
    filled(database, "0012-1", ("journal", HURRIED), without={"incidents", "journal"})
    schema.upgrade(database)
    journal = metadata.tables["journal"]
    with database.reading() as db:
        found = db.execute(sa.select(journal).where(journal.c.act == "hurried")).all()
    assert [(row.seq, row.data) for row in found] == [(9, {"words": "快"})]
    assert "ix_journal_hurried" in {each["name"] for each in sa.inspect(database.pool).get_indexes("journal")}
