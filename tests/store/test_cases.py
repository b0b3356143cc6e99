"""A case in the hands of an act: locked, written back once; and the net under the lock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import sqlalchemy as sa

from engine.domain.case import State
from engine.domain.errors import NotFound, Stale
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.store import cases
from tests import builders
from tests.people import Staff


@pytest.fixture
def case_id(office: Office, staff: Staff) -> int:
    return int(builders.case_row(office, builders.apply(office, staff, "tobacco_retail")).id)


def test_what_was_changed_is_written_back_with_a_new_version(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        case = cases.lock(db, case_id)
        before, case.state = case.version, State.ACCEPTED
        cases.save(db, case)
    with office.look() as look:
        after = cases.lock(look.db, case_id)
    assert (after.state, after.version) == (State.ACCEPTED, before + 1)


def test_a_case_somebody_else_saved_is_stale(office: Office, case_id: int) -> None:
    with office.look() as look:
        old = cases.lock(look.db, case_id)
    with office.database.transaction() as db:
        cases.save(db, cases.lock(db, case_id))
    with pytest.raises(Stale) as refused, office.database.transaction() as db:
        cases.save(db, old)
    assert refused.value.code == "case.stale"


def test_the_second_thread_waits_for_the_first_and_sees_what_it_did(office: Office, case_id: int) -> None:
    locked, order = Event(), []

    def first() -> None:
        with office.database.transaction() as db:
            case = cases.lock(db, case_id)
            locked.set()
            case.seq += 1
            cases.save(db, case)
            order.append("first")

    def second() -> int:
        locked.wait(5)
        with office.database.transaction() as db:
            case = cases.lock(db, case_id)
            order.append("second")
            return case.seq

    with ThreadPoolExecutor(2) as threads:
        before = builders.case_row(office, _no(office, case_id)).seq
        later = threads.submit(second)
        threads.submit(first).result()
        assert later.result() == before + 1
    assert order == ["first", "second"]


def _no(office: Office, case_id: int) -> str:
    with office.look() as look:
        return cases.lock(look.db, case_id).no


def test_eight_threads_count_one_case_to_eight(office: Office, case_id: int) -> None:
    def count(_: int) -> None:
        with office.database.transaction() as db:
            case = cases.lock(db, case_id)
            case.seq += 1
            cases.save(db, case)

    before = builders.case_row(office, _no(office, case_id)).seq
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))
    assert builders.case_row(office, _no(office, case_id)).seq == before + 8


def test_a_task_leads_to_its_case_and_locks_it(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        (task,) = cases.open_tasks(db, case_id)
        assert cases.lock_of_task(db, task.id).id == case_id


@pytest.mark.parametrize("ask", [cases.lock, cases.lock_of_task, cases.task])
def test_what_is_not_there_is_not_found(office: Office, ask: builders.Make) -> None:
    with pytest.raises(NotFound), office.look() as look:
        ask(look.db, 99_999)


@pytest.mark.parametrize("ask", [cases.id_of, cases.id_by_code])
def test_a_number_nobody_has_is_not_found(office: Office, ask: builders.Make) -> None:
    with pytest.raises(NotFound), office.look() as look:
        ask(look.db, "ABC")


def test_a_material_takes_the_place_of_the_one_before(office: Office, case_id: int) -> None:
    with office.database.transaction() as db:
        cases.put(
            db, case_id, [Handed("tobacco-application", Standing.REJECTED, remark="不清")], office.now()
        )
        cases.put(db, case_id, [Handed("tobacco-application", Standing.RECEIVED)], office.now())
        assert cases.handed(db, case_id)["tobacco-application"] == Handed(
            "tobacco-application", Standing.RECEIVED
        )


def test_a_claim_is_the_first_ones(office: Office, staff: Staff, case_id: int) -> None:
    with office.database.transaction() as db:
        (task,) = cases.open_tasks(db, case_id)
        claims = [cases.claim(db, task.id, staff[login].id or 0, office.now()) for login in ("lin", "he")]
        assert claims == [True, False]
        assert cases.task(db, task.id).assignee_id == staff["lin"].id


def test_a_transaction_that_fails_leaves_nothing(office: Office, case_id: int) -> None:
    before = builders.everything(office)
    lost = sa.update(cases.cases).values(state="withdrawn")
    with pytest.raises(sa.exc.IntegrityError), office.database.transaction() as db:
        _ = [db.execute(command) for command in (lost, lost.values(state="lost"))]
    assert builders.everything(office) == before
