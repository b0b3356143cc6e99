"""远程云勘 (rulebook §1.4): a look from afar leaves pictures, and both sides stand by what was seen."""

from datetime import timedelta

import pytest

from engine.domain.identity import APPLICANT
from engine.domain.inspection import Mode, Result, Visit
from engine.domain.upload import Upload
from engine.office import Office
from engine.services import inspecting, keeping
from engine.services.act import Act
from engine.store.cases import Case
from tests import builders
from tests.builders import do, refusal, step
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_joint_inspection import FOOD, pair

LINK = "https://meeting.example/room/7"


def looked_at(office: Office, staff: Staff, no: str) -> int:
    visit = Visit(office.now() + timedelta(hours=1), "后厨", Mode.REMOTE, LINK)
    return do(office, staff["lin"], inspecting.plan, no, visit, {no: pair(office, staff, "SCJG")})


def filmed(act: Act, case: Case, inspection_id: int) -> None:
    picture = keeping.keep(act, Upload("后厨.png", "image/png", b"\x89PNG\r\n\x1a\n kitchen"))
    inspecting.attach(act, case, inspection_id, picture)


def test_without_pictures_and_both_sides_nothing_is_found(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-6, 许可法 34 三款: the officers by their report, the applicant by his tracking code."""
    no = builders.accepted(office, staff, FOOD)
    inspection_id, inspector = looked_at(office, staff, no), staff.of("inspector", "SCJG")
    watch.pass_days(1)
    task = step(office, no, "inspect")
    for code, then in (("inspection.evidence", filmed), ("inspection.unconfirmed", inspecting.confirm)):
        assert builders.refused(office, inspector, inspecting.report, task.id, Result.PASS).code == code
        do(office, inspector if then is filmed else APPLICANT, then, no, inspection_id)
    with office.act(inspector) as act:
        inspecting.report(act, task.id, Result.PASS)
    assert builders.steps(office, no) == ["review"]


def test_the_applicant_confirms_nothing_he_cannot_have_seen(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    inspection_id = looked_at(office, staff, no)
    assert refusal(office, APPLICANT, inspecting.confirm, no, inspection_id).code == "inspection.evidence"


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "file:///etc"])
def test_a_remote_look_has_a_link_that_is_one(office: Office, staff: Staff, link: str) -> None:
    no = builders.accepted(office, staff, FOOD)
    visit = Visit(office.now() + timedelta(hours=1), "后厨", Mode.REMOTE, link)
    assert refusal(office, staff["lin"], inspecting.plan, no, visit, {no: []}).field == "link"
