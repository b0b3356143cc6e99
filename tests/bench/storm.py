"""Ten thousand due deadlines, drained by workers that are killed at random."""

from datetime import timedelta

from engine.office import Office
from tests import builders, crowds, people, storm

DEADLINES, KILLS = 10_000, 8
#: After so many days the notice of a case that was handed in is due, and two steps of one that was accepted.
DAYS = 12


def measure(office: Office, workers: int) -> float:
    """Return how many deadlines fired a second, the kills and the time to come back among them."""
    staff = people.known(office)
    third = DEADLINES // 3
    crowds.copies(office, builders.apply(office, staff, "tobacco_retail"), DEADLINES - 2 * third - 1)
    crowds.copies(office, builders.accepted(office, staff, "food_operation_new"), third - 1)
    due = storm.due(office, office.now() + timedelta(days=DAYS))
    assert len(due.deadlines) == DEADLINES
    seconds = storm.rage(office, due, workers, KILLS, victims=1, seed=workers)
    storm.must_have_fired_once(office, due)
    assert builders.incidents(office) == []
    return DEADLINES / seconds
