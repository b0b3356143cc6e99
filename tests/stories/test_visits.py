"""一次办 (rulebook §1.1): visits are counted, and one too many is said aloud; and who takes in outside the centre."""

from engine.domain.case import Channel
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import acts, case_row, do, entry
from tests.conftest import Watch
from tests.people import Staff

CATERING, PLAN = "small_catering", "floor-plan"


def test_a_second_way_to_the_window_is_one_more_than_was_promised(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """small_catering promises one visit (最多跑一次)."""
    no = builders.granted(office, staff, CATERING)
    watch.pass_days(1)
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    told = entry(office, no, "visits exceeded")
    assert (told["visits"], told["promised"], case_row(office, no).visits) == (2, 1, 2)


def test_who_waits_for_it_came_once(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, CATERING)
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    assert (case_row(office, no).visits, "visits exceeded" in acts(office, no)) == (1, False)


def test_who_applies_online_and_has_it_posted_never_came(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, CATERING, channel=Channel.ONLINE)
    do(office, staff["lin"], desk.prereview, no, passed=True)
    do(office, staff["lin"], desk.accept, no)
    builders.work(office, staff, no)
    do(office, staff["lin"], desk.deliver, no, "mail", "王小满", "EX1")
    assert case_row(office, no).visits == 0


def test_a_members_correction_brought_to_the_window_counts_for_the_bundle(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(office, staff, "open_restaurant", lacking=(PLAN,))
    food = builders.member(office, no, "food_operation_new")
    do(office, staff["lin"], desk.correct, food, {})
    watch.pass_days(1)
    do(office, staff["lin"], applicant.supplement, food, [Handed(PLAN, Standing.RECEIVED)])
    assert (case_row(office, food).visits, case_row(office, no).visits) == (0, 2)
