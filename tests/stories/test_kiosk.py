"""自助终端: what is decided on the spot, and nothing else; by the same door as everybody (rulebook §1.2)."""

import pytest

from engine.domain.case import Channel
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant
from tests import builders
from tests.builders import refused, state
from tests.people import Staff
from tests.places import found


def test_on_the_spot_at_the_machine(office: Office, staff: Staff) -> None:
    """即办件: taken in, accepted and decided the same day; its number tells where it came in."""
    no = builders.accepted(office, staff, "individual_business", channel=Channel.KIOSK)
    builders.work(office, staff, no)
    assert (state(office, no), no[14]) == ("granted", "4")


@pytest.mark.parametrize("key", ["food_operation_new", "open_restaurant"])
def test_nothing_else_at_the_machine(office: Office, staff: Staff, key: str) -> None:
    asked = builders.application(office, key, channel=Channel.KIOSK)
    no = refused(office, APPLICANT, applicant.apply, asked)
    assert (no.code, no.field) == ("kiosk.not-on-the-spot", "matter")
    assert "请网上申请或到综合窗口办理" in no.message


def test_the_hall_behind_the_machine_faces_its_applicant(office: Office, staff: Staff) -> None:
    found(office, staff, "HX01")
    no = builders.apply(office, staff, "individual_business", channel=Channel.KIOSK, hall="HX01")
    assert builders.org_code(office, builders.case_row(office, no).hall_id) == "HALL"
