"""From the schema before cases crossed regions: every case stays where it was taken in, and crosses nothing."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import filled, insert


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a case in it."""
    return filled(database, "0016-1")


def test_a_case_of_before_is_accepted_where_it_was_taken_in(before: Database) -> None:
    """§1.1 收件、受理、审批: one and the same hall, the authority it had, no project."""
    schema.upgrade(before)
    with before.reading() as db:
        row = db.execute(sa.select(metadata.tables["cases"])).one()
        assert db.execute(sa.select(metadata.tables["orgs"].c.region)).scalar_one() == ""
    assert (row.no, row.state, row.hall_id, row.authority_id) == ("N1", "received", 1, 1)
    assert (row.acceptor_id, row.acting_id, row.entrustment_id, row.project_id, row.crossing) == (
        None,
    ) * 4 + ("",)


@pytest.mark.parametrize("state", ["collected", "transferred"])
def test_a_case_may_stand_in_the_new_ways(before: Database, state: str) -> None:
    schema.upgrade(before)
    with before.transaction() as db:
        db.execute(sa.text("UPDATE cases SET state = :state, channel = 'kiosk'"), {"state": state})
        assert db.execute(sa.text("SELECT state FROM cases")).scalar_one() == state


def test_a_place_may_be_a_kiosk(before: Database) -> None:
    schema.upgrade(before)
    with before.transaction() as db:
        insert(db, "orgs", {"id": 2, "code": "K1", "name": "自助终端", "kind": "kiosk"})
    with before.reading() as db:
        assert db.execute(sa.text("SELECT count(*) FROM orgs")).scalar_one() == 2
