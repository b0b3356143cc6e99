"""不得要求证照复印件 (§1.6): what can be verified by sharing has no upload box; only where that fails is it brought."""

from dataclasses import replace

import pytest
from lxml import html

from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.services import applicant, desk
from engine.store import cases
from tests import builders
from tests.builders import bring, case_row, do, refused, state
from tests.people import Staff
from tests.web.visitor import Visitor

FOOD, ID = "food_operation_new", "legal-person-id"


@pytest.mark.parametrize(("login", "path"), [("lin", f"/desk/apply/{FOOD}"), (None, f"/apply/{FOOD}")])
def test_there_is_no_box_for_it(office: Office, staff: Staff, login: str | None, path: str) -> None:
    """At the window as little as online."""
    page = html.fromstring(Visitor(office, login).get(path).text)
    boxes = {box.get("name") for box in page.xpath("//input[@type='file']")}
    assert f"file.{ID}" not in boxes
    assert "file.business-licence" not in boxes
    assert "file.floor-plan" in boxes


def test_a_copy_is_refused(office: Office, staff: Staff) -> None:
    asked = builders.application(office, FOOD, lacking=(ID,))
    copied = replace(asked, materials=(*asked.materials, Handed(ID, Standing.RECEIVED)))
    refusal = refused(office, staff["lin"], applicant.apply, copied)
    assert (refusal.code, refusal.field) == ("material.shared", "materials")
    with office.act(staff["lin"]) as act:
        case = applicant.apply(act, replace(copied, unverified=(ID,)))
    with office.look() as look:
        assert cases.handed(look.db, case.id)[ID].standing is Standing.RECEIVED


def test_what_could_not_be_verified_may_be_brought_later(office: Office, staff: Staff) -> None:
    """核验失败才允许自备: the one-time notice names it, and then he brings his own."""
    no = builders.apply(office, staff, FOOD, lacking=(ID,))
    do(office, staff["lin"], desk.correct, no, {})
    bring(office, no, ID)
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"
    with office.look() as look:
        assert cases.handed(look.db, case_row(office, no).id)[ID].standing is Standing.RECEIVED
