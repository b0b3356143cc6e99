"""From the schema before ratings: every case there was counts on, and rows of the new tables may stand beside it."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import THEN, filled, insert


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a case in it."""
    return filled(database, "0014-1")


def test_a_case_of_before_is_no_visit_and_keeps_what_it_was(before: Database) -> None:
    with before.reading() as db:
        was = db.execute(sa.text("SELECT * FROM cases")).mappings().one()
    schema.upgrade(before)
    with before.reading() as db:
        now = db.execute(sa.text("SELECT * FROM cases")).mappings().one()
    assert {name: now[name] for name in was} == dict(was)
    assert not now["mystery"]


def test_a_rating_is_given_once_for_each_occasion(before: Database) -> None:
    """一事一评: the table itself holds it."""
    schema.upgrade(before)
    row: dict[str, object] = {
        "case_id": 1, "occasion": "matter", "about": "whole", "level": 1, "scores": "{}", "named": True,
        "org_id": 1, "at": THEN, "secret": "x",
    }  # fmt: skip
    with before.transaction() as db:
        insert(db, "ratings", {"id": 1, **row})
        insert(db, "ratings", {"id": 2, **row, "occasion": "handout"})
    with pytest.raises(sa.exc.IntegrityError), before.transaction() as db:
        insert(db, "ratings", {"id": 3, **row})
    with pytest.raises(sa.exc.IntegrityError), before.transaction() as db:
        insert(db, "ratings", {"id": 4, **row, "occasion": "intake", "level": 6})


def test_a_ticket_needs_no_case(before: Database) -> None:
    schema.upgrade(before)
    row: dict[str, object] = {
        "id": 1, "kind": "consult", "source": "window", "words": "问", "at": THEN, "first_org_id": 1, "org_id": 1,
        "assigned_at": THEN, "standing": "open", "limit_text": "5 workday", "due_at": THEN, "calendar": "CN",
    }  # fmt: skip
    with before.transaction() as db:
        insert(db, "tickets", row)
        assert db.execute(sa.text("SELECT case_id FROM tickets")).scalar() is None
