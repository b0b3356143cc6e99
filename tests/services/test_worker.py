"""Workers share what is due: each deadline once, whoever stumbles; a bad case stops nobody; the late catch up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from random import Random
from threading import Lock, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from engine import worker
from engine.office import Office
from engine.store import journal
from engine.store.cases import cases
from engine.store.deadlines import deadlines
from tests import builders, crowds, storm
from tests.conftest import Watch
from tests.people import Staff

WORKERS = 4
#: By then the five days for the notice are over, and the limits of some steps.
LATE = "2026-12-03 09:00"


class Stumbled(Exception):
    """Something broke that is nobody's fault."""


class Stumbling:
    """Let statements and commits break at random, as a failing disk or network would."""

    def __init__(self, office: Office, seed: int) -> None:
        self._pool = office.database.pool
        self._random, self._lock = Random(seed), Lock()

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        listeners: tuple[tuple[str, Callable[..., None]], ...] = (
            ("before_cursor_execute", self._execute),
            ("commit", self._maybe),
        )
        for name, listener in listeners:
            sa.event.listen(self._pool, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                sa.event.remove(self._pool, name, listener)

    def _execute(self, _db: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "INSERT")):
            self._maybe()

    def _maybe(self, *_: Any) -> None:
        with self._lock:
            if self._random.random() < 0.03:
                raise Stumbled


def together(office: Office, ticks: int) -> None:
    """Let all workers tick at the same time, so often; who stumbles goes on with his next tick."""

    def work() -> None:
        for _ in range(ticks):
            with suppress(Stumbled):
                worker.tick(office)

    threads = [Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("seed", range(3))
def test_each_fires_once_and_in_order_whoever_stumbles(
    office: Office, staff: Staff, watch: Watch, seed: int
) -> None:
    crowds.copies(office, builders.apply(office, staff, "tobacco_retail"), 19)
    crowds.copies(office, builders.accepted(office, staff, "food_operation_new"), 19)
    watch.set(LATE)
    due = storm.due(office, watch())
    with Stumbling(office, seed).everywhere():
        together(office, ticks=4)
    storm_is_over(office, watch, due)


def storm_is_over(office: Office, watch: Watch, due: storm.Due) -> None:
    """Once nothing breaks any more everything fires that waits to be tried again, and then all is as it should be."""
    watch.pass_days(1)
    together(office, ticks=1)
    storm.must_have_fired_once(office, due)


@pytest.fixture
def hundred(office: Office, staff: Staff, watch: Watch) -> list[int]:
    """A hundred cases whose five days are over by now; the state of the first is not what its diagram says."""
    first = builders.apply(office, staff, "tobacco_retail")
    ids = [builders.case_row(office, first).id, *crowds.copies(office, first, 99)]
    with office.database.transaction() as db:
        db.execute(sa.update(cases).where(cases.c.id == ids[0]).values(flow=b"not a state"))
    watch.set("2026-12-02 09:00")
    return ids


def bad(office: Office, case_id: int) -> Any:
    with office.look() as look:
        return look.db.execute(sa.select(deadlines).where(deadlines.c.case_id == case_id)).one()


def test_one_bad_case_among_a_hundred_stops_nobody(office: Office, hundred: list[int]) -> None:
    assert worker.tick(office) == 99
    with office.look() as look:
        states = {row.id: row.state for row in look.db.execute(sa.select(cases))}
    assert states == dict.fromkeys(hundred, "accepted_deemed") | {hundred[0]: "received"}
    assert len(builders.incidents(office)) == 1
    assert (bad(office, hundred[0]).armed, bad(office, hundred[0]).tries) == (True, 1)


def test_what_fails_is_tried_again_later_and_later_and_counted(
    office: Office, hundred: list[int], watch: Watch
) -> None:
    waited = []
    for tries in range(1, 6):
        worker.drain(office)
        found = bad(office, hundred[0])
        assert found.tries == tries
        waited.append(found.try_at - watch())
        watch.time = found.try_at
    assert waited == sorted(set(waited))
    assert len(builders.incidents(office)) == 1


def test_who_comes_late_catches_up_in_the_order_of_due_time(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    watch.set("2027-02-01 09:00")
    worker.drain(office)
    with office.look() as look:
        told = [
            e
            for e in journal.of_case(look.db, builders.case_row(office, no).id)
            if e.act == "deadline passed"
        ]
        rows = {
            row.due_at.isoformat() for row in look.db.execute(sa.select(deadlines)) if row.fired_at == watch()
        }
    assert [e.data["due_at"] for e in told] == sorted(e.data["due_at"] for e in told)
    assert {e.data["due_at"] for e in told} == rows
    assert {e.at for e in told} == {watch()}
