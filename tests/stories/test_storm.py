"""断电: workers that share what is due are killed again and again; everything fires, and nothing fires twice."""

import sys
from datetime import datetime

import pytest

from engine.office import Office
from tests import builders, crowds, storm
from tests.conftest import BEIJING
from tests.people import Staff

WORKERS, KILLS, CASES = 2, 3, 200
#: The five days for the notice of some are over by then, and the limits of steps of the others.
LATE = datetime(2026, 12, 3, 9, 0, tzinfo=BEIJING)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_workers_killed_in_the_middle_fire_everything_once(office: Office, staff: Staff) -> None:
    crowds.copies(office, builders.apply(office, staff, "tobacco_retail"), CASES - 1)
    crowds.copies(office, builders.accepted(office, staff, "food_operation_new"), CASES - 1)
    due = storm.due(office, LATE)
    assert len(due.deadlines) == 3 * CASES
    seconds = storm.rage(office, due, WORKERS, KILLS, victims=WORKERS)
    storm.must_have_fired_once(office, due)
    assert builders.incidents(office) == []
    sys.stdout.write(
        f"{len(due.deadlines)} fired once, {KILLS} kills of {WORKERS} workers, {seconds:.1f} s\n"
    )
