"""Writes wait until somebody reads, then go out together; faults come as after any other statement."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from engine.domain.errors import Stale
from engine.office import Office
from engine.services import approver
from engine.store import cases, writes
from engine.store.cases import counters
from engine.store.db import Connection, Database
from tests import builders
from tests.bench.counting import counting
from tests.people import Staff

_ADD = sa.insert(counters).inline()
_RAISE = sa.update(counters).where(counters.c.name == sa.bindparam("one")).values(value=counters.c.value + 1)


def _value(db: Connection, name: str) -> int | None:
    return db.scalar(sa.select(counters.c.value).where(counters.c.name == name))


def test_who_reads_sees_what_was_written_before(database: Database) -> None:
    with database.transaction() as db:
        writes.later(db, _ADD, [{"name": "a", "value": 1}, {"name": "b", "value": 1}])
        writes.later(db, _RAISE, {"one": "a"})
        assert (_value(db, "a"), _value(db, "b")) == (2, 1)


def test_what_nobody_read_is_committed(database: Database) -> None:
    with database.transaction() as db:
        writes.later(db, _ADD, {"name": "a", "value": 7})
    with database.reading() as db:
        assert _value(db, "a") == 7


def test_a_write_hears_how_many_rows_it_touched(database: Database) -> None:
    with database.transaction() as db:
        writes.later(db, _ADD, [{"name": "a", "value": 1}, {"name": "b", "value": 1}])
        assert writes.touched(db, _RAISE, {"one": "a"}) == 1
        assert writes.touched(db, _RAISE, {"one": "nobody"}) == 0


def test_what_an_undone_act_wrote_does_not_wait_for_the_next(database: Database) -> None:
    with suppress(Stale), database.transaction() as db:
        writes.later(db, _ADD, {"name": "a", "value": 1})
        raise Stale("undone", code="case.stale")
    with database.transaction() as db:
        assert _value(db, "a") is None


def test_a_write_that_fails_undoes_the_whole(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.transaction() as db:
        _ = [writes.later(db, _ADD, {"name": name, "value": 1}) for name in ("a", "b", "a")]
    with database.transaction() as db:
        assert (_value(db, "a"), _value(db, "b")) == (None, None)


def test_a_case_that_moved_under_the_lock_is_stale(office: Office, staff: Staff) -> None:
    case_id = int(builders.case_row(office, builders.apply(office, staff, "tobacco_retail")).id)
    before = builders.everything(office)
    with pytest.raises(Stale), office.database.transaction() as db:
        cases.save(db, replace(cases.lock(db, case_id), version=7))
    assert builders.everything(office) == before


def test_a_moment_without_a_zone_is_refused(office: Office, staff: Staff) -> None:
    case_id = int(builders.case_row(office, builders.apply(office, staff, "tobacco_retail")).id)
    with pytest.raises(ValueError, match="time zone"), office.database.transaction() as db:
        cases.close_all(db, case_id, office.now().replace(tzinfo=None), None, "cancelled")


def test_a_completed_task_costs_two_questions_and_one_journey(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    task = builders.step(office, no, "review")
    approver_of_it = builders.holder(office, staff, task)
    with counting(office.database) as counted, office.act(approver_of_it) as act:
        approver.complete(act, task.id, "pass")
    assert (counted.questions, counted.together, counted.commits) == (2, 1, 1)


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_server_that_hung_up_is_noticed_before_the_next_act(database: Database) -> None:
    with database.reading() as db:
        mine = db.scalar(sa.select(sa.func.pg_backend_pid()))
    _hang_up(database, mine)
    with database.transaction() as db:
        assert db.scalar(sa.select(sa.func.pg_backend_pid())) != mine


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_server_that_hangs_up_in_the_middle_undoes_the_act(database: Database) -> None:
    with pytest.raises(sa.exc.OperationalError):
        _cut_off(database)
    with database.transaction() as db:
        assert (_value(db, "a"), _value(db, "b")) == (None, None)


def _cut_off(database: Database) -> None:
    with database.transaction() as db:
        writes.later(db, _ADD, {"name": "a", "value": 1})
        _hang_up(database, db.scalar(sa.select(sa.func.pg_backend_pid())))
        writes.later(db, _ADD, {"name": "b", "value": 1})


def _hang_up(database: Database, backend: int | None) -> None:
    """End a connection from another one, and wait until it is gone."""
    admin = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        db.scalar(sa.select(sa.func.pg_terminate_backend(backend, 5000)))
    admin.dispose()


def test_a_part_is_undone_alone_with_what_waits_in_it(database: Database) -> None:
    with database.transaction() as db:
        writes.later(db, _ADD, {"name": "before", "value": 1})
        with suppress(Stale), writes.apart(db):
            writes.later(db, _ADD, {"name": "sent", "value": 1})
            writes.flush(db)
            writes.later(db, _ADD, {"name": "waiting", "value": 1})
            raise Stale("undone", code="case.stale")
        with writes.apart(db):
            writes.later(db, _ADD, {"name": "after", "value": 1})
    with database.reading() as db:
        assert [_value(db, name) for name in ("before", "sent", "waiting", "after")] == [1, None, None, 1]


def test_a_write_that_fails_undoes_its_part_alone(database: Database) -> None:
    with database.transaction() as db:
        for names in (["a"], ["b", "a"], ["c"]):
            with suppress(sa.exc.IntegrityError), writes.apart(db):
                writes.later(db, _ADD, [{"name": name, "value": 1} for name in names])
    with database.reading() as db:
        assert [_value(db, name) for name in ("a", "b", "c")] == [1, None, 1]


def test_a_connection_whose_commit_failed_is_not_used_again(database: Database) -> None:
    def fail(*_: Any) -> None:
        raise Stale("the disk is full", code="case.stale")

    sa.event.listen(database.pool, "commit", fail)
    with pytest.raises(Stale), database.transaction() as db:
        writes.later(db, _ADD, {"name": "a", "value": 1})
    sa.event.remove(database.pool, "commit", fail)
    with database.transaction() as db:
        assert _value(db, "a") is None
