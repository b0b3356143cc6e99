"""Taking an application back (撤回): a case, a member, a whole bundle; never what is decided."""

import pytest

from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import acts, case_row, clocks, do, entry, member, members, refusal, state, steps
from tests.people import Staff

FOOD = "food_operation_new"
SHOP = "publication_shop"
BOTH = {"flags": {"sells_food": True}}


@pytest.mark.parametrize("make", [builders.apply, builders.accepted])
def test_wang_takes_it_back_before_it_is_decided(office: Office, staff: Staff, make: builders.Make) -> None:
    no = make(office, staff, FOOD)
    do(office, APPLICANT, applicant.withdraw, no, "不开店了")
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("withdrawn", [], {})
    assert entry(office, no, "withdrawn")["reason"] == "不开店了"
    assert case_row(office, no).closed_at is not None


def test_he_takes_it_back_while_he_was_asked_to_correct(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=("floor-plan",))
    do(office, staff["lin"], desk.correct, no, {})
    do(office, APPLICANT, applicant.withdraw, no, "")
    assert entry(office, no, "withdrawn")["reason"] == "撤回"


def test_what_is_decided_is_not_taken_back(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    assert refusal(office, APPLICANT, applicant.withdraw, no, "后悔").code == "case.wrong-state"


def test_a_bundle_takes_its_members_along(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP, **BOTH)
    do(office, APPLICANT, applicant.withdraw, no, "不开店了")
    assert {state(office, m) for m in [no, *members(office, no).values()]} == {"withdrawn"}
    assert all(steps(office, m) == [] for m in members(office, no).values())
    assert builders.incidents(office) == []


def test_what_was_granted_before_stands_and_is_handed_out_by_itself(office: Office, staff: Staff) -> None:
    """R-BUN-7: no licence is rolled back."""
    no = builders.accepted(office, staff, SHOP, **BOTH)
    food = member(office, no, FOOD)
    builders.work(office, staff, food)
    do(office, APPLICANT, applicant.withdraw, no, "不开店了")
    assert (state(office, no), state(office, food)) == ("withdrawn", "granted")
    do(office, staff["lin"], desk.deliver, food, "窗口领取", "王小满")
    assert state(office, food) == "delivered"


def test_one_member_may_be_taken_back_and_the_rest_goes_on(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP, **BOTH)
    do(office, APPLICANT, applicant.withdraw, member(office, no, FOOD), "不卖食品了")
    builders.work_all(office, staff, no)
    assert state(office, no) == "granted_partly"
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert state(office, member(office, no, FOOD)) == "withdrawn"
    assert state(office, member(office, no, "publication_retail")) == "delivered"


def test_a_member_taken_back_before_acceptance_does_not_hold_the_bundle_up(
    office: Office, staff: Staff
) -> None:
    no = builders.apply(office, staff, SHOP, **BOTH)
    do(office, APPLICANT, applicant.withdraw, member(office, no, FOOD), "不卖食品了")
    do(office, staff["lin"], desk.accept, no)
    builders.work_all(office, staff, no)
    assert state(office, no) == "granted_partly"
    assert builders.incidents(office) == []


def test_the_bundle_hears_of_it(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP, **BOTH)
    do(office, APPLICANT, applicant.withdraw, member(office, no, FOOD), "不卖食品了")
    assert acts(office, no)[-1] == "member"
    assert entry(office, no, "member") == {"member": FOOD, "state": "withdrawn"} | {
        key: value for key, value in entry(office, no, "member").items() if key == "walked"
    }


def test_when_every_member_is_taken_back_so_is_the_bundle(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP, **BOTH)
    for number in members(office, no).values():
        do(office, APPLICANT, applicant.withdraw, number, "不办了")
    assert (state(office, no), steps(office, no)) == ("withdrawn", [])
