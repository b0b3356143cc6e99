"""A database of the first schema is brought to the clocks' schema: nothing is lost, what was mixed is taken apart."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from engine.store import schema
from engine.store.db import Database
from engine.store.deadlines import deadlines, pauses
from engine.store.dues import dues
from engine.store.stops import stops
from tests.store.earlier import emptied


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


RECORD = {"legal_limit": {"value": 30, "unit": "day"}, "promised_limit": {"value": 8, "unit": "workday"}}
CASE = {
    "matter_key": "m", "channel": "window", "flags": {}, "answers": {}, "received_at": at(2), "complete_at": at(2),
    "state": "accepted", "matter_id": 1, "definition_id": 1, "applicant_id": 1, "hall_id": 1, "authority_id": 1,
}  # fmt: skip


def _clock(number: int, clock: str, limit: str, **more: Any) -> dict[str, Any]:
    plain = {"case_id": 1, "started_at": at(2), "due_at": at(30), "armed": True, "calendar": "2026"}
    return {"id": number, "clock": clock, "limit_text": limit, "extended": False, **plain, **more}


#: What stood in a database of the first schema: an extended case that is stopped, and a bundle with a promise.
ROWS: dict[str, list[dict[str, Any]]] = {
    "orgs": [{"id": 1, "code": "HALL", "name": "大厅", "kind": "hall"}],
    "applicants": [{"id": 1, "kind": "person", "id_number": "1", "name": "王小满"}],
    "definitions": [
        {"id": 1, "key": "m", "version": 1, "name": "m", "source": b"", "sha256": "", "status": "published",
         "findings": [], "made_at": at(1)}
    ],
    "matters": [
        {"id": 1, "key": "m", "version": 1, "kind": "matter", "name": "m", "authority": "X", "record": RECORD,
         "sha256": "", "definition_id": 1, "current": True, "published_at": at(1)}
    ],
    "cases": [
        {"id": 1, "no": "1", "code": "1", "kind": "matter", "paused_at": at(10), **CASE},
        {"id": 2, "no": "2", "code": "2", "kind": "bundle", **CASE},
    ],
    "deadlines": [
        _clock(1, "promised", "18 workday", extended=True),
        _clock(2, "legal", "10 workday", extended=True),  # of thirty days only the extension was left
        _clock(3, "stage", "3 workday", key="7"),
        _clock(4, "promised", "60 workday", extended=True, case_id=2),
        _clock(5, "tolerance", "5 workday", case_id=2, due_at=at(9, 16)),
        _clock(6, "notice", "5 workday", case_id=2, settled_at=at(2), armed=False),
    ],
    "pauses": [
        {"id": 1, "case_id": 1, "clock": "promised", "ground": "听证", "notice": "1号", "start": at(4), "stop": at(5)},
        *({"id": n, "case_id": 1, "clock": clock, "ground": "检验", "notice": "2号", "start": at(10)}
          for n, clock in enumerate(("promised", "legal", "stage", "timer"), 2)),
        {"id": 6, "case_id": 2, "clock": "notice", "ground": "补正", "notice": "", "start": at(2), "stop": at(2, 3)},
    ],
}  # fmt: skip


@pytest.fixture
def upgraded(database: Database) -> Iterator[sa.Connection]:
    """A database that was filled under the first schema and upgraded since."""
    emptied(database, "0001")
    old = sa.MetaData()
    with database.transaction() as db:
        old.reflect(db, only=list(ROWS))
        for name, rows in ROWS.items():
            for row in rows:
                naive = {k: v.replace(tzinfo=None) if _is_naive(database, v) else v for k, v in row.items()}
                db.execute(sa.insert(old.tables[name]).values(naive))
    schema.upgrade(database)
    with database.reading() as db:
        yield db


def _is_naive(database: Database, value: Any) -> bool:
    return database.is_sqlite and isinstance(value, datetime)


def test_an_extension_is_told_apart_from_its_limit(upgraded: sa.Connection) -> None:
    """R-LIM-1, R-LIM-2."""
    rows = upgraded.execute(
        sa.select(deadlines.c.limit_text, deadlines.c.extension).order_by(deadlines.c.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("8 workday", "10 workday"),
        ("30 day", "10 workday"),
        ("3 workday", ""),
        ("45 workday", "15 workday"),
        ("7 fixed", ""),
        ("5 workday", ""),
    ]
    assert {row.precision for row in upgraded.execute(sa.select(deadlines.c.precision))} == {"date"}


def test_what_stopped_the_clocks_becomes_a_stop(upgraded: sa.Connection) -> None:
    found = upgraded.execute(sa.select(stops).order_by(stops.c.begun_at)).all()
    assert [(s.ground, s.notice, s.ended_at, s.planned_at) for s in found] == [
        ("听证", "1号", at(5), None),
        ("检验", "2号", None, None),
    ]
    held = upgraded.execute(sa.select(pauses.c.stop_id, pauses.c.cap).order_by(pauses.c.id)).all()
    assert [tuple(p) for p in held] == [(found[0].id, None), *[(found[1].id, None)] * 4, (None, None)]


def test_the_ledger_begins_with_what_is_known(upgraded: sa.Connection) -> None:
    """R-CNT-7: a stopped clock has no due moment; the promise of the other case has one."""
    found = upgraded.execute(sa.select(dues).order_by(dues.c.deadline_id)).all()
    assert [(d.deadline_id, d.clock, d.due_at, d.until) for d in found] == [
        (1, "promised", None, None),
        (2, "legal", None, None),
        (4, "promised", at(30), None),
        (5, "tolerance", at(9, 16), None),
    ]


def test_the_upgraded_tables_are_those_of_the_code(upgraded: sa.Connection) -> None:
    checks = {check["name"] for check in sa.inspect(upgraded).get_check_constraints("deadlines")}
    assert checks == {"ck_deadlines_clock", "ck_deadlines_precision"}
    armed = next(
        i for i in sa.inspect(upgraded).get_indexes("deadlines") if i["name"] == "ix_deadlines_armed"
    )
    assert any("armed" in str(where) for where in armed.get("dialect_options", {}).values())
    with pytest.raises(sa.exc.IntegrityError):
        upgraded.execute(sa.text("UPDATE deadlines SET clock = 'lost'"))
