"""From the schema before false papers were written down: who was barred stays so, and mandates are kept."""

import json

import pytest
import sqlalchemy as sa

from engine.store import bars, schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled

LEADER: dict[str, object] = {"id": 5, "login": "head", "name": "决", "password": "!"}
AGENT: dict[str, object] = {"id": 2, "kind": "person", "id_number": "2", "name": "李代办"}
MANDATE: dict[str, object] = {
    "id": 4, "principal_id": 1, "agent_id": 2, "matters": "[]", "since": THEN, "until": THEN, "basis": "paper",
    "code": "C", "made_at": THEN,
}  # fmt: skip
#: A licence that was revoked as got by fraud, and then cancelled: only the journal still says why.
LICENCE: dict[str, object] = {
    "id": 3, "number": "Z1", "kind": "food", "name": "食品", "applicant_id": 1, "case_id": 1, "matter_key": "food",
    "authority_id": 1, "issued_at": THEN, "valid_from": "2026-11-02", "state": "cancelled", "ground": "withdrawn",
    "ended_at": THEN,
}  # fmt: skip
REVOKED: dict[str, object] = {
    "case_id": 1, "seq": 1, "at": "2024-02-28 18:00:00+00", "by_id": 5, "by_name": "决", "act": "licence revoked",
    "data": json.dumps({"ground": "fraud", "reason": "伪造", "document_no": "1号"}), "prev": "", "hash": "",
}  # fmt: skip


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a licence that was got by fraud and a mandate in it."""
    at = REVOKED["at"] if database.pool.dialect.name != "sqlite" else "2024-02-28 18:00:00"
    return filled(
        database, "0021-1", ("users", LEADER), ("applicants", AGENT), ("mandates", MANDATE),
        ("licences", LICENCE), ("journal", REVOKED | {"at": at}),
    )  # fmt: skip


def test_who_got_it_by_fraud_is_barred_until_the_same_day_as_before(before: Database) -> None:
    """R-ACC-8: it was the leap day in Beijing; three years on there is none."""
    schema.upgrade(before)
    with before.reading() as db:
        (one,) = bars.against(db, 1)
        row = bars.get(db, one.id)
    assert (one.ground, str(one.since), str(one.until)) == ("fraud", "2024-02-29", "2027-02-28")
    assert (row.by_id, row.facts, row.document_no) == (5, "伪造", "1号")


def test_mandates_are_kept_and_their_end_is_still_to_be_told(before: Database) -> None:
    schema.upgrade(before)
    mandates = metadata.tables["mandates"]
    with before.reading() as db:
        row = db.execute(sa.select(mandates)).one()
    assert (row.id, row.code, row.warned_at, row.ended_at) == (4, "C", None, None)


def test_the_table_itself_knows_that_it_takes_two(before: Database) -> None:
    schema.upgrade(before)
    with pytest.raises(sa.exc.IntegrityError), before.transaction() as db:
        bars.cancel(db, bars.against(db, 1)[0].id, 5, "有误", db.execute(sa.select(bars.bars.c.at)).scalar())
