"""上报、转报 (R-LIM-3): reviewed below within its limit, decided above, nothing asked again, the result comes back."""

import pytest

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import applicant, desk, manager, subordinate
from engine.store import catalog
from tests import builders
from tests.builders import do, last_days, org_code, refusal, state
from tests.conftest import Watch
from tests.people import Staff
from tests.places import brought, found

TOBACCO = "tobacco_retail"


@pytest.fixture(autouse=True)
def above(office: Office, staff: Staff) -> None:
    """The city decides the tobacco licence from now on; the district reviews it first."""
    found(office, staff, "CITY")
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, TOBACCO)
        record = {**row.record, "initial_review": {"to": "CITY"}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)


def reviewed(office: Office, staff: Staff, no: str, opinion: str = "符合条件，拟同意") -> None:
    """Whoever holds the first step of the review passes the case up."""
    task = builders.open_tasks(office, no)[0]
    with office.act(builders.holder(office, staff, task)) as act:
        subordinate.report_up(act, task.id, builders.first(office, task), opinion)


def test_the_review_below_has_twenty_days(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-3: 初审 20 工作日, from acceptance; late is late, and moves nothing."""
    no = builders.accepted(office, staff, TOBACCO)
    assert last_days(office, no)["transfer"] == "2026-12-21"
    watch.set("2026-12-22 09:00")
    worker.drain(office)
    late = [e for e in builders.acts(office, no) if e == "deadline passed"]
    assert late
    assert state(office, no) == "accepted"


def test_above_it_counts_as_submitted_directly(office: Office, staff: Staff, watch: Watch) -> None:
    """直接报送上级: the limits of who decides begin when it comes; the review's are over."""
    no = builders.accepted(office, staff, TOBACCO)
    before = last_days(office, no)
    watch.set("2026-11-27 10:00")
    reviewed(office, staff, no)
    after = last_days(office, no)
    assert state(office, no) == "transferred"
    assert "transfer" not in after
    assert after["legal"] > before["legal"]
    assert {org_code(office, task.org_id) for task in builders.open_tasks(office, no)} == {"CITY"}


def test_nothing_is_asked_again(office: Office, staff: Staff) -> None:
    """R-LIM-3: 上级不得要求重复材料."""
    no = builders.accepted(office, staff, TOBACCO)
    reviewed(office, staff, no)
    assert refusal(office, staff["lin"], desk.correct, no, {}).code == "case.wrong-state"
    again = refusal(office, staff["lin"], applicant.supplement, no, brought("id"))
    assert again.code == "material.not-wanted"


def test_the_result_comes_back_to_where_it_was_taken_in(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, TOBACCO)
    reviewed(office, staff, no)
    builders.work(office, staff, no)
    paper = builders.paper(office, no, "grant")
    assert (state(office, no), paper.authority) == ("granted", "市级主管部门")
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    assert state(office, no) == "delivered"


def test_what_goes_up_has_an_opinion_and_is_whole(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, TOBACCO)
    task = builders.open_tasks(office, no)[0]
    by = builders.holder(office, staff, task)
    silent = builders.refused(office, by, subordinate.report_up, task.id, builders.first(office, task), " ")
    assert (silent.code, silent.field) == ("referral.opinion", "opinion")


def test_what_is_decided_here_is_not_passed_up(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "food_operation_new")
    task = builders.open_tasks(office, no)[0]
    by = builders.holder(office, staff, task)
    said = builders.refused(office, by, subordinate.report_up, task.id, builders.first(office, task), "同意")
    assert said.code == "referral.own"


def test_the_head_above_extends_and_the_head_below_does_not(office: Office, staff: Staff) -> None:
    """R-LIM-1: 本机关负责人 is now the one above."""
    no = builders.accepted(office, staff, TOBACCO)
    reviewed(office, staff, no)
    assert refusal(office, staff.of("leader", "YC"), manager.extend, no, "案情复杂").code == "post.missing"
