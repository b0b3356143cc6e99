"""From the schema before tolerant grants: promises are kept as they were, and the new ends are allowed."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled

PROMISE: dict[str, object] = {
    "case_id": 1, "code": "rules", "on_overdue": "deny", "made_at": THEN, "due_at": THEN,
}  # fmt: skip


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a promise in it."""
    return filled(database, "0010-1", ("commitments", PROMISE))


def test_a_promise_of_before_is_one_for_the_decision(before: Database) -> None:
    """R-TOL-3: nobody had promised anything for after the grant."""
    schema.upgrade(before)
    with before.reading() as db:
        row = db.execute(sa.select(metadata.tables["commitments"])).one()
    assert (row.code, row.on_overdue, row.kind, row.postponed, row.place) == (
        "rules",
        "deny",
        "accept",
        "",
        "",
    )


@pytest.mark.parametrize("state", ["granted_tolerant", "returned", "void"])
def test_a_case_may_end_in_the_new_ways(before: Database, state: str) -> None:
    schema.upgrade(before)
    with before.transaction() as db:
        db.execute(sa.text("UPDATE cases SET state = :state"), {"state": state})
        assert db.execute(sa.text("SELECT state FROM cases")).scalar_one() == state
