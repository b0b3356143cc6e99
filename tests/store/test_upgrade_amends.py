"""From the schema before a false commitment had its own clock: it is told apart from a bad rating's, and watched."""

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled, insert

CLOCK: dict[str, object] = {
    "case_id": 1, "limit_text": "15 workday", "started_at": THEN, "due_at": THEN, "armed": True, "calendar": "",
}  # fmt: skip
#: A notice to mend, and what the journal says of who issued it.
NOTICE: dict[str, object] = {"case_id": 1, "no": 1, "items": "[]", "asked_at": THEN}
ISSUED: dict[str, object] = {
    "case_id": 1, "seq": 1, "at": THEN, "by_id": 5, "by_name": "林窗口", "act": "correction asked", "data": "{}",
    "prev": "", "hash": "",
}  # fmt: skip
CLERK: dict[str, object] = {"id": 5, "login": "lin", "name": "林窗口", "password": "!"}
#: What ran before, by clock and key.
BEFORE = (("rectify", "commitment"), ("follow", ""), ("promised", ""))


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with clocks in it."""
    clocks = [("deadlines", CLOCK | {"clock": clock, "key": key}) for clock, key in BEFORE]
    given = (("users", CLERK), ("corrections", NOTICE), ("journal", ISSUED), *clocks)
    return filled(database, "0017-1", *given)


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


def test_who_issued_a_notice_is_learnt_from_the_journal(before: Database) -> None:
    """Rulebook §1.1: a second notice counts with whoever issued it."""
    schema.upgrade(before)
    with before.reading() as db:
        assert db.execute(sa.text("SELECT asked_by FROM corrections")).scalar_one() == 5
