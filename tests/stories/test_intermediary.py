"""中介服务 (rulebook §1.4, 浙江 28 条): the applicant's own choice; its time counts unless a law requires the test."""

import pytest

from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import engaging
from engine.store import engagements
from engine.store.cases import id_of
from tests import builders
from tests.builders import do, last_days, refusal
from tests.conftest import Watch
from tests.people import Staff

HYGIENE, TEST, PAPERWORK = "public_place_hygiene", "卫生检测", "申请材料编制"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, HYGIENE, flags={"inform_commit": False})


def test_only_the_applicant_chooses(office: Office, staff: Staff, no: str) -> None:
    for official in (staff["lin"], staff.of("inspector", "WJW"), staff["manager"]):
        refused = refusal(office, official, engaging.choose, no, TEST, "某检测公司")
        assert (refused.code, refused.field) == ("intermediary.official", "agency")
    do(office, APPLICANT, engaging.choose, no, TEST, "安信检测")
    assert builders.entry(office, no, "agency chosen")["agency"] == "安信检测"


def test_the_test_a_law_requires_does_not_count(office: Office, staff: Staff, watch: Watch, no: str) -> None:
    """R-LIM-5: its time is announced, and stops the clocks while it lasts."""
    promised = last_days(office, no)["promised"]
    do(office, APPLICANT, engaging.choose, no, TEST, "安信检测")
    assert "检测" in builders.paper(office, no, "stop_notice").text
    watch.pass_days(2)
    with office.look() as look:
        (row,) = engagements.of_case(look.db, id_of(look.db, no))
    do(office, staff["lin"], engaging.finish, no, row.id, "合格")
    assert (last_days(office, no)["promised"] > promised, row.counted) == (True, False)


def test_what_no_law_requires_counts(office: Office, no: str) -> None:
    before = last_days(office, no)
    do(office, APPLICANT, engaging.choose, no, PAPERWORK, "某咨询公司")
    assert (last_days(office, no), builders.case_row(office, no).paused_at) == (before, None)


def test_a_service_nobody_listed_is_not_pressed_on_anybody(office: Office, no: str) -> None:
    assert (
        refusal(office, APPLICANT, engaging.choose, no, "专家咨询", "某公司").code == "intermediary.unknown"
    )
