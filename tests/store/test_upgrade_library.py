"""From the schema before the library: what was handed in is in it, and what was granted has its licence."""

import json

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests.store.earlier import THEN, filled, insert

RESULT = {"code": "food-licence", "name": "食品经营许可证", "e_licence": True,
          "valid": {"value": 5, "unit": "year", "basis": "law"}}  # fmt: skip
ADDED: tuple[tuple[str, dict[str, object]], ...] = (
    ("files", {"id": 3, "sha256": "a", "name": "图.pdf", "media_type": "application/pdf", "size": 1,
               "content": b"%", "at": THEN}),
    ("materials", {"case_id": 1, "code": "plan", "standing": "received", "file_id": 3, "at": THEN}),
    ("materials", {"case_id": 1, "code": "form", "standing": "received", "at": THEN}),
    ("decisions", {"case_id": 1, "outcome": "granted", "reason": "同意", "document_no": "D1", "at": THEN}),
)  # fmt: skip


@pytest.fixture
def before(database: Database) -> Database:
    """A database at the schema before this one, with a granted case in it."""
    filled(database, "0011-1", *ADDED)
    with database.transaction() as db:
        told = {"record": json.dumps({"result": RESULT}, ensure_ascii=False)}
        db.execute(sa.text("UPDATE matters SET record = CAST(:record AS JSONB)" if not database.is_sqlite else
                           "UPDATE matters SET record = :record"), told)  # fmt: skip
    return database


def test_what_was_handed_in_is_kept_and_offered_to_nobody(before: Database) -> None:
    """§9: no consent was ever given, and nobody verified it."""
    schema.upgrade(before)
    with before.reading() as db:
        (held,) = db.execute(sa.select(metadata.tables["holdings"])).all()
        shelf = db.execute(sa.select(metadata.tables["materials"])).all()
    assert (held.code, held.file_id, held.origin_case_id, held.trust, held.consent_at) == (
        "plan",
        3,
        1,
        "D",
        None,
    )
    assert {(row.code, row.file_id, row.holding_id, row.licence_id) for row in shelf} == {
        ("plan", 3, None, None), ("form", None, None, None),
    }  # fmt: skip


def test_what_was_granted_has_its_licence(before: Database) -> None:
    schema.upgrade(before)
    with before.reading() as db:
        (row,) = db.execute(sa.select(metadata.tables["licences"])).all()
    assert (row.number, row.kind, row.state, row.grant_no) == ("ZN1", "food-licence", "valid", "D1")
    assert (str(row.valid_from), str(row.valid_until)) == ("2026-11-02", "2031-11-02")


def test_what_was_revoked_is_revoked(before: Database) -> None:
    """R-DEC-2."""
    with before.transaction() as db:
        insert(db, "documents", {"id": 9, "case_id": 1, "kind": "grant_revocation", "no": "撤1", "articles": "[]",
                                 "at": THEN})  # fmt: skip
    schema.upgrade(before)
    with before.reading() as db:
        row = db.execute(sa.select(metadata.tables["licences"])).one()
    assert (row.state, row.document_no, row.ended_at) == ("revoked", "撤1", row.issued_at)
