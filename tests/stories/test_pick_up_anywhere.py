"""通办通取 (rulebook §1.2): the applicant says at which window he picks his result up; its clerk hands it out."""

import pytest

from engine.domain.identity import APPLICANT, CLOCK, Actor
from engine.office import Office
from engine.services import desk, mailroom
from engine.store import people
from tests import builders
from tests.builders import do, refusal, state, step
from tests.people import Staff

CATERING = "small_catering"


@pytest.fixture
def street(office: Office) -> Actor:
    """The clerk at the window of a subdistrict."""
    with office.act(CLOCK) as act:
        people.add_org(act.db, code="HX", name="和兴街道办事处", kind="street")
    return builders.hired(office, "街窗口", "HX", "window")


def test_the_handing_out_goes_to_the_window_that_was_chosen(
    office: Office, staff: Staff, street: Actor
) -> None:
    no = builders.accepted(office, staff, CATERING)
    do(office, APPLICANT, mailroom.choose, no, "window", "HX")
    builders.work(office, staff, no)
    assert builders.org_code(office, step(office, no, "deliver").org_id) == "HX"
    assert refusal(office, staff["lin"], desk.deliver, no, "window", "王小满").code == "post.missing"
    do(office, street, desk.deliver, no, "window", "王小满")
    assert state(office, no) == "delivered"


def test_he_may_choose_again_when_it_is_ready(office: Office, staff: Staff, street: Actor) -> None:
    no = builders.granted(office, staff, CATERING)
    do(office, APPLICANT, mailroom.choose, no, "window", "HX")
    assert builders.org_code(office, step(office, no, "deliver").org_id) == "HX"
    do(office, APPLICANT, mailroom.choose, no, "window", "HALL")
    assert builders.org_code(office, step(office, no, "deliver").org_id) == "HALL"


def test_a_department_is_no_place_to_pick_up(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, CATERING)
    assert refusal(office, APPLICANT, mailroom.choose, no, "window", "SCJG").code == "hall.no-window"
