"""Deadlines: asked for when they have passed, taken exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from engine.domain.deadline import Clock
from engine.office import Office
from engine.services.clock import NUMBERED
from engine.store import deadlines
from tests import builders
from tests.conftest import Watch
from tests.people import Staff


@pytest.fixture
def case_id(office: Office, staff: Staff) -> int:
    """A case whose own deadlines are settled, so that a test's are the only ones."""
    return _bare(office, staff)


def _start(office: Office, case_id: int, due_at: datetime, key: str = "", *, armed: bool = True) -> int:
    row = {
        "case_id": case_id,
        "clock": Clock.TIMER,
        "key": key,
        "limit_text": "1 workday",
        "started_at": office.now(),
        "due_at": due_at,
        "armed": armed,
        "calendar": "2026",
    }
    with office.database.transaction() as db:
        deadlines.start(db, [row])
        return int(deadlines.running(db, case_id)[-1].id)


def _passed(office: Office, most: int = 10) -> list[int]:
    with office.look() as look:
        return [row.id for row in deadlines.claim(look.db, look.at, most)]


def _take(office: Office, deadline_id: int) -> bool:
    with office.database.transaction() as db:
        return bool(deadlines.take(db, [deadline_id], office.now()))


def test_it_has_passed_at_its_moment_and_not_before(office: Office, case_id: int, watch: Watch) -> None:
    one = _start(office, case_id, watch() + timedelta(seconds=1))
    assert _passed(office) == []
    watch.set("2026-11-23 09:00:01")
    assert _passed(office) == [one]


def test_what_passed_first_comes_first_and_not_more_than_asked(
    office: Office, case_id: int, watch: Watch
) -> None:
    late, early, same = (_start(office, case_id, watch() - timedelta(hours=h), f"{h}{k}") for h, k in HOURS)
    assert _passed(office) == [early, same, late]
    assert _passed(office, most=2) == [early, same]


HOURS = ((1, "a"), (3, "b"), (3, "c"))


def test_it_is_taken_once(office: Office, case_id: int, watch: Watch) -> None:
    one = _start(office, case_id, watch())
    assert [_take(office, one), _take(office, one)] == [True, False]
    assert _passed(office) == []


def test_what_has_not_passed_is_not_taken(office: Office, case_id: int, watch: Watch) -> None:
    assert not _take(office, _start(office, case_id, watch() + timedelta(days=1)))


def test_what_was_settled_in_time_is_not_taken(office: Office, case_id: int, watch: Watch) -> None:
    one = _start(office, case_id, watch(), "7")
    with office.database.transaction() as db:
        deadlines.settle(db, case_id, watch(), keys=["7"])
    assert not _take(office, one)


def test_what_stands_still_does_not_pass(office: Office, case_id: int, watch: Watch) -> None:
    one = _start(office, case_id, watch(), armed=False)
    assert (_passed(office), _take(office, one)) == ([], False)


def test_what_was_postponed_waits(office: Office, case_id: int, watch: Watch) -> None:
    one = _start(office, case_id, watch())
    with office.database.transaction() as db:
        deadlines.postpone(db, one, watch() + timedelta(minutes=1))
    assert _passed(office) == []
    watch.set("2026-11-23 09:01")
    assert _passed(office) == [one]


def test_of_two_who_race_one_takes_it(office: Office, case_id: int, watch: Watch) -> None:
    several = [_start(office, case_id, watch(), str(n)) for n in range(8)]
    for one in several:
        start = Barrier(2)

        def race(_: int, one: int = one, start: Barrier = start) -> bool:
            start.wait()
            return _take(office, one)

        with ThreadPoolExecutor(2) as threads:
            assert sorted(threads.map(race, range(2))) == [False, True]


def test_pauses_are_told_by_clock_in_order(office: Office, case_id: int, watch: Watch) -> None:
    with office.database.transaction() as db:
        deadlines.pause(db, case_id, [Clock.LEGAL], "听证", "1号", watch())
        deadlines.resume(db, case_id, [Clock.LEGAL], watch() + timedelta(days=1))
        deadlines.pause(db, case_id, [Clock.LEGAL], "检验", "2号", watch() + timedelta(days=2))
        found = deadlines.paused_of(db, case_id)["legal"]
    assert [(p.ground, p.end is None) for p in found] == [("听证", False), ("检验", True)]


def test_a_clock_that_goes_on_leaves_the_others_standing(office: Office, case_id: int, watch: Watch) -> None:
    with office.database.transaction() as db:
        deadlines.pause(db, case_id, (Clock.LEGAL, Clock.PROMISED), "检验", "", watch())
        deadlines.resume(db, case_id, [Clock.LEGAL], watch())
        assert {
            clock: pauses[0].end is None for clock, pauses in deadlines.paused_of(db, case_id).items()
        } == {
            "legal": False,
            "promised": True,
        }


def test_what_draws_a_number_is_one_batch_s_at_a_time(office: Office, staff: Staff, watch: Watch) -> None:
    plain = _start(office, _bare(office, staff), watch())
    numbered = builders.clocks(office, builders.apply(office, staff, "tobacco_retail"))["notice"].id
    watch.set("2026-12-03 09:00")
    with office.look() as one, office.look() as other:
        assert [row.id for row in deadlines.claim(one.db, one.at, 0, NUMBERED)] == []  # it has the turn
        found = {row.id for row in deadlines.claim(other.db, other.at, 10, NUMBERED)}
    assert found == ({plain, numbered} if office.database.is_sqlite else {plain})
    assert set(_passed(office)) == {plain, numbered}


def _bare(office: Office, staff: Staff) -> int:
    """A case whose own deadlines are settled."""
    case_id = int(builders.case_row(office, builders.apply(office, staff, "tobacco_retail")).id)
    with office.database.transaction() as db:
        deadlines.settle(db, case_id, office.now(), tuple(Clock))
    return case_id
