"""From the schema before what is begun unasked: cases and clocks are kept, and the new words are allowed."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from tests.store.earlier import THEN, filled

CLOCK: dict[str, object] = {
    "id": 3, "case_id": 1, "clock": "notice", "limit_text": "5 workday", "started_at": THEN, "due_at": THEN,
    "armed": True, "calendar": "2026",
}  # fmt: skip


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a case and its clock in it."""
    return filled(database, "0018-1", ("deadlines", CLOCK))


def test_what_was_there_is_kept(before: Database) -> None:
    schema.upgrade(before)
    with before.reading() as db:
        case = db.execute(sa.text("SELECT no, state, channel FROM cases")).one()
        clock = db.execute(sa.text("SELECT id, clock, armed FROM deadlines")).one()
    assert (*case, clock.id, clock.clock, bool(clock.armed)) == (
        "N1",
        "received",
        "window",
        3,
        "notice",
        True,
    )


@pytest.mark.parametrize(
    ("table", "column", "word"),
    [("cases", "state", "declined"), ("cases", "channel", "push"), ("deadlines", "clock", "decline")],
)
def test_the_new_words_are_allowed_and_no_others(
    before: Database, table: str, column: str, word: str
) -> None:
    schema.upgrade(before)
    change = sa.text(f"UPDATE {table} SET {column} = :word")  # noqa: S608  names of ours
    with before.transaction() as db:
        db.execute(change, {"word": word})
    with pytest.raises(sa.exc.IntegrityError), before.transaction() as db:
        db.execute(change, {"word": "lost"})
