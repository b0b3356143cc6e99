"""A database filled before history and statistics keeps every row when upgraded, and may then hold former cases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.store import measures, schema
from engine.store.cases import cases
from engine.store.db import Database
from tests.store.earlier import emptied

BEFORE = "0007"
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)

_CASE: dict[str, Any] = {
    "kind": "matter", "matter_id": 1, "matter_key": "m", "definition_id": 1, "applicant_id": 1, "channel": "window",
    "hall_id": 1, "authority_id": 1, "flags": {}, "answers": {}, "received_at": AT, "complete_at": AT,
    "seq": 0, "chain": "", "version": 3, "promised_due_at": AT, "accepted_at": AT,
}  # fmt: skip
#: What was there: an open case with a task, a decided one whose task is done, and what they stand on.
ROWS: dict[str, list[dict[str, Any]]] = {
    "orgs": [{"id": 1, "code": "O", "name": "局", "kind": "department"}],
    "applicants": [{"id": 1, "kind": "person", "id_number": "1", "name": "王小满"}],
    "definitions": [
        {
            "id": 1, "key": "m", "version": 1, "name": "图", "source": b"<x/>", "sha256": "0", "status": "published",
            "findings": [], "made_at": AT,
        }
    ],
    "matters": [
        {
            "id": 1, "key": "m", "version": 1, "kind": "matter", "name": "事项", "authority": "O", "record": {},
            "sha256": "0", "definition_id": 1, "current": True, "published_at": AT,
        }
    ],
    "cases": [
        {**_CASE, "id": 1, "no": "A", "code": "a", "state": "accepted"},
        {**_CASE, "id": 2, "no": "B", "code": "b", "state": "granted", "decided_at": AT, "parent_id": 1},
    ],
    "tasks": [
        {
            "id": 1, "case_id": 1, "key": "k", "node": "n", "name": "审查", "stage": "review", "role": "approver",
            "org_id": 1, "opened_at": AT, "due_at": AT, "held": False,
        }
    ],
}  # fmt: skip


@pytest.fixture
def upgraded(database: Database) -> Iterator[sa.Connection]:
    """A database that was filled under the schema before, and upgraded."""
    emptied(database, BEFORE)
    old = sa.MetaData()
    with database.transaction() as db:
        old.reflect(db, only=list(ROWS))
        for name, rows in ROWS.items():
            for row in rows:
                db.execute(sa.insert(old.tables[name]).values(_filled(database, old.tables[name], row)))
    schema.upgrade(database)
    with database.reading() as db:
        yield db


def _filled(database: Database, table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """SQLite keeps moments without their zone; and a column that a later schema did not know is left out."""
    known = {name: value for name, value in row.items() if name in table.c}
    return {
        name: value.replace(tzinfo=None) if database.is_sqlite and isinstance(value, datetime) else value
        for name, value in known.items()
    }


def test_every_row_is_still_there_and_ours(upgraded: sa.Connection) -> None:
    for name, rows in ROWS.items():
        assert upgraded.scalar(sa.text(f"SELECT count(*) FROM {name}")) == len(rows)  # noqa: S608  our own names
    kept = upgraded.execute(sa.select(cases).order_by(cases.c.id)).all()
    assert [(row.no, row.code, row.origin, row.version, row.parent_id) for row in kept] == [
        ("A", "a", "", 3, None),
        ("B", "b", "", 3, 1),
    ]
    assert kept[1].decided_at == AT


def test_references_hold_again_after_the_upgrade(upgraded: sa.Connection) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        upgraded.execute(sa.text("DELETE FROM cases WHERE id = 1"))


def test_only_a_former_case_may_lack_a_diagram(upgraded: sa.Connection) -> None:
    bare = {**_CASE, "definition_id": None, "applicant_id": None, "state": "ended", "channel": "Post"}
    upgraded.execute(sa.insert(cases).values(**bare, id=8, no="T", origin="旧系统"))
    with pytest.raises(sa.exc.IntegrityError):
        upgraded.execute(sa.insert(cases).values(**bare, id=9, no="U"))


def test_what_was_decided_before_is_measured_in_time(upgraded: sa.Connection) -> None:
    assert [row.id for row in measures.unmeasured(upgraded, 10)] == [2]
