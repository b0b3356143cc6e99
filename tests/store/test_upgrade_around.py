"""From the schema before what surrounds a case: nothing is lost; visits are reckoned from what was known."""

import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled

LATER = "2026-11-05 02:00:00"
DELIVERY: dict[str, object] = {"case_id": 1, "method": "window", "receiver": "王小满", "at": LATER}


def test_who_came_and_picked_up_came_twice_and_nothing_goes_first(database: Database) -> None:
    filled(database, "0015-1", ("deliveries", DELIVERY))
    schema.upgrade(database)
    with database.reading() as db:
        row = db.execute(sa.select(metadata.tables["cases"])).one()
        kept = db.execute(sa.select(metadata.tables["deliveries"])).one()
    assert (row.no, row.visits, row.first, row.pickup_id, row.after_hours) == ("N1", 2, False, None, False)
    assert (row.visited_at, kept.receiver) == (kept.at, "王小满")
    assert THEN < LATER
