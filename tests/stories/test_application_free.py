"""免申即办: a result begins the next case by itself; its person may decline, or ask for a human (rulebook §1.3)."""

from typing import Any

import pytest

from engine import worker
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, desk
from engine.store import cases, offers
from tests import builders
from tests.builders import do, refusal, state
from tests.conftest import Watch
from tests.people import Staff

RETIRES: dict[str, Any] = {"answers": {"medical_years": 30}}


def begun(office: Office, no: str) -> dict[str, str]:
    """The numbers of the cases begun after a case, by matter."""
    with office.look() as look:
        rows = offers.begun(look.db, cases.id_of(look.db, no))
        return {row.matter_key: cases.lock(look.db, row.case_id).no for row in rows}


@pytest.fixture
def pushed(office: Office, staff: Staff) -> str:
    """The retirement is approved; the medical side is begun by itself."""
    return begun(office, builders.granted(office, staff, "pension_retirement", **RETIRES))[
        "medical_active_to_retired"
    ]


def test_a_retirement_begins_the_medical_side_with_its_data(
    office: Office, pushed: str, watch: Watch
) -> None:
    """§1.3 免申即办: created by the push, accepted at that moment, nothing asked of the person."""
    case = builders.case_row(office, pushed)
    assert (case.channel, case.state, case.answers) == ("push", "accepted", {"medical_years": 30})
    assert case.received_at == case.accepted_at == watch()
    with office.look() as look:
        shelf = {code: str(each.standing) for code, each in cases.handed(look.db, case.id).items()}
    assert shelf == {"retirement-approval": "issued", "applicant-id": "shared"}
    assert [paper.kind for paper in builders.papers(office, pushed)] == ["offer", "acceptance"]
    assert builders.last_days(office, pushed)["decline"] == "2026-11-26"


def test_the_rule_decides_it_when_nobody_declined(office: Office, pushed: str, watch: Watch) -> None:
    """R-DEC-4: by the rule alone, and the decision says by which version and why."""
    assert builders.open_tasks(office, pushed)[0].held
    watch.pass_days(3)
    worker.drain(office)
    assert state(office, pushed) == "accepted"  # Thursday is still his to decline
    watch.pass_days(1)
    worker.drain(office)
    assert state(office, pushed) == "granted"
    assert (
        "（第 1 版）自动办理：医保实际缴费年限满 25 年" in builders.entry(office, pushed, "decided")["reason"]
    )


def test_who_declines_ends_it_and_nothing_is_held_against_him(
    office: Office, staff: Staff, pushed: str, watch: Watch
) -> None:
    """§1.3: an end of its own (放弃), no credit record; he may still apply by himself."""
    do(office, APPLICANT, applicant.decline, pushed, "已在外地办理")
    assert state(office, pushed) == "declined"
    watch.pass_days(30)
    worker.drain(office)
    assert builders.clocks(office, pushed) == {}
    assert builders.everything(office)["credits"] == 0
    assert builders.accepted(office, staff, "medical_active_to_retired") != pushed


def test_who_asks_for_a_human_gets_one(office: Office, staff: Staff, pushed: str, watch: Watch) -> None:
    """R-DEC-4, PIPL 24: the case leaves the rule's path and an officer's task opens."""
    assert refusal(office, APPLICANT, applicant.ask_human, pushed, " ").code == "reason.missing"
    do(office, APPLICANT, applicant.ask_human, pushed, "缴费年限请人工核对")
    assert [(t.node, t.held) for t in builders.open_tasks(office, pushed)] == [("handle", False)]
    watch.pass_days(10)
    worker.drain(office)
    assert state(office, pushed) == "accepted"
    builders.work(office, staff, pushed)
    assert state(office, pushed) == "granted"
    assert refusal(office, APPLICANT, applicant.decline, pushed, "").code == "case.wrong-state"


def test_the_snapshot_of_the_rule_is_kept_with_the_case(office: Office, pushed: str) -> None:
    """R-DEC-4: which version, what it was asked, what it answered."""
    with office.look() as look:
        row = offers.of_case(look.db, cases.id_of(look.db, pushed))
    assert row is not None
    assert (row.rule_key, row.rule_version, len(row.rule_sha256)) == ("retired_medical", 1, 64)
    assert row.said["asked"] == [["医保实际缴费年限（年）", "30"]]
    assert row.said["answers"]["push"] == "automatic"
    assert row.said["because"].startswith("“职工正常退休(职)申请”的办理结果")


def test_what_the_rule_cannot_tell_a_person_sees(office: Office, staff: Staff) -> None:
    """R-DEC-4: no data, no automatic decision; and an officer waits until the person has had time to decline."""
    no = begun(office, builders.granted(office, staff, "pension_retirement"))["medical_active_to_retired"]
    assert [(t.node, t.held) for t in builders.open_tasks(office, no)] == [("handle", False)]
    builders.work(office, staff, no, until="decide")
    task = builders.step(office, no, "decide")
    assert builders.task_refusal(office, staff, task, "granted").code == "offer.may-decline"
    do(office, APPLICANT, applicant.agree, no)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def test_a_birth_opens_the_vaccination_file_and_asks_the_mother_before_her_allowance(
    office: Office, staff: Staff
) -> None:
    """§1.3: two cases of one result; what needs a yes waits for it, received at the push and accepted with the yes."""
    answers = {"mother_insurance": "employee", "newborn_name": "王小小"}
    found = begun(office, builders.granted(office, staff, "birth_certificate", answers=answers))
    assert set(found) == {"vaccination_file", "maternity_allowance"}
    assert builders.case_row(office, found["vaccination_file"]).answers == {"newborn_name": "王小小"}
    allowance = found["maternity_allowance"]
    assert (state(office, allowance), builders.steps(office, allowance)) == ("received", ["confirm"])
    do(office, APPLICANT, applicant.agree, allowance)
    assert (state(office, allowance), builders.steps(office, allowance)) == ("accepted", ["review"])


def test_without_a_yes_the_allowance_is_not_begun_for_good(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """§1.3 可拒绝: silence is no consent where consent is asked."""
    answers = {"mother_insurance": "employee"}
    no = begun(office, builders.granted(office, staff, "birth_certificate", answers=answers))[
        "maternity_allowance"
    ]
    watch.pass_days(15)
    worker.drain(office)
    assert state(office, no) == "declined"


def test_nothing_is_begun_twice_for_who_applied_for_all_at_once(office: Office, staff: Staff) -> None:
    """§1.3: the members of a bundle are his already; the rule that says no leaves word of it."""
    no = builders.apply(office, staff, "newborn")
    do(office, staff["lin"], desk.accept, no)
    builders.work_all(office, staff, no)
    born = builders.member(office, no, "birth_certificate")
    assert begun(office, born) == {}
    assert builders.entry(office, born, "not begun")["reason"].startswith("没有母亲参加职工生育保险")
