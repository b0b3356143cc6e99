"""From the schema before inspections: a running case is kept, has no hearing, and may be looked at."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled, insert


@pytest.fixture
def upgraded(database: Database) -> Database:
    """A database that was at the schema before this one, with a case in it."""
    filled(database, "0013-1")
    schema.upgrade(database)
    return database


def test_a_case_of_before_waits_for_no_hearing(upgraded: Database) -> None:
    with upgraded.reading() as db:
        row = db.execute(sa.select(metadata.tables["cases"])).one()
    assert (row.no, row.hearing, row.state) == ("N1", "", "received")


@pytest.mark.parametrize(("column", "word"), [("mode", "by-post"), ("state", "forgotten")])
def test_a_word_the_rules_do_not_know_is_refused(upgraded: Database, column: str, word: str) -> None:
    row: dict[str, object] = {
        "case_id": 1,
        "planned_at": THEN,
        "mode": "onsite",
        "state": "planned",
        "evidence": "[]",
    }
    with upgraded.transaction() as db:
        insert(db, "inspections", {**row, "at": THEN})
    with pytest.raises(sa.exc.IntegrityError), upgraded.transaction() as db:
        insert(db, "inspections", {**row, "at": THEN, column: word})


def test_a_department_has_one_part_of_an_appointment(upgraded: Database) -> None:
    visit = {
        "id": 1,
        "case_id": 1,
        "planned_at": THEN,
        "mode": "onsite",
        "state": "planned",
        "evidence": "[]",
        "at": THEN,
    }
    part = {"inspection_id": 1, "case_id": 1, "org_id": 1, "key": "k", "officers": "[]"}
    with upgraded.transaction() as db:
        insert(db, "inspections", visit)
        insert(db, "inspection_parts", part)
    with pytest.raises(sa.exc.IntegrityError), upgraded.transaction() as db:
        insert(db, "inspection_parts", part)
