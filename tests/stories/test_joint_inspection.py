"""多勘合一 (rulebook §1.4): members are visited once, and each department says what it found itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.domain.identity import APPLICANT, Actor
from engine.domain.inspection import Mode, Result, State, Visit
from engine.office import Office
from engine.queries import integrity, visits
from engine.services import applicant, inspecting
from engine.store import inspections
from tests import builders
from tests.builders import do, member, refusal, step
from tests.conftest import Watch
from tests.people import Staff

BUNDLE, FOOD, FIRE = "open_restaurant", "food_operation_new", "fire_check"
EVERYTHING = {"members": (), "flags": {"public_gathering_place": True}}


def visit(office: Office, days: int = 2, **more: Any) -> Visit:
    return Visit(at=office.now() + timedelta(days=days), place="和兴街 1 号", **more)


def pair(office: Office, staff: Staff, org: str) -> list[int]:
    """Two officers of a department."""
    second = builders.hired(office, f"{org}-second-{len(builders.incidents(office))}", org, "inspector")
    return [staff.of("inspector", org).id or 0, second.id or 0]


@pytest.fixture
def bundle(office: Office, staff: Staff) -> str:
    """A bundle accepted, with its food licence and fire check waiting for a look."""
    no = builders.accepted(office, staff, BUNDLE, **EVERYTHING)
    builders.work(office, staff, member(office, no, "individual_business"))
    return no


@pytest.fixture
def teams(office: Office, staff: Staff, bundle: str) -> dict[str, list[int]]:
    return {
        member(office, bundle, FOOD): pair(office, staff, "SCJG"),
        member(office, bundle, FIRE): pair(office, staff, "XFJY"),
    }


def planned(office: Office, by: Actor, no: str, teams: dict[str, list[int]], **how: Any) -> int:
    return do(office, by, inspecting.plan, no, visit(office, **how), teams)


def appointment(office: Office, inspection_id: int) -> Any:
    with office.look() as look:
        return inspections.get(look.db, inspection_id)


def parts(office: Office, inspection_id: int) -> dict[str, tuple[Any, str]]:
    """Whether each department came, and what it found, by matter."""
    with office.look() as look:
        found = inspections.parts_of(look.db, inspection_id)
        keys = {p.id: builders.matter_of(office, p.case_id) for p in found}
        return {keys[p.id]: (p.present, p.result) for p in found}


def report(office: Office, by: Actor, no: str, result: Result, remark: str = "") -> None:
    with office.act(by) as act:
        inspecting.report(act, step(office, no, "inspect").id, result, remark)


def test_one_appointment_and_a_result_each(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    """R-BUN-1, R-LIM-6: the lead department plans, both departments go, each completes its own step."""
    food, fire = teams
    inspection_id = planned(office, staff.of("inspector", "SCJG"), bundle, teams)
    assert builders.paper(office, bundle, "inspection_notice").text.startswith(
        "定于2026年11月25日09:00在和兴街 1 号"
    )
    watch.pass_days(2)
    report(office, staff.of("inspector", "SCJG"), food, Result.PASS)
    assert appointment(office, inspection_id).state == State.PLANNED
    report(office, staff.of("inspector", "XFJY"), fire, Result.FAIL, "疏散通道被占用")
    assert appointment(office, inspection_id).state == State.HELD
    assert parts(office, inspection_id) == {FOOD: (True, "pass"), FIRE: (True, "fail")}
    assert (builders.steps(office, food), builders.steps(office, fire)) == (["review"], ["decide"])
    assert builders.acts(office, bundle)[-3:] == ["inspection result", "inspection result", "inspection held"]


def test_an_absent_department_is_written_down_and_holds_nobody_up(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    food, fire = teams
    inspection_id = planned(office, staff["lin"], bundle, teams)
    watch.pass_days(2)
    report(office, staff.of("inspector", "SCJG"), food, Result.PASS)
    do(office, staff["lin"], inspecting.close, bundle, inspection_id)
    assert parts(office, inspection_id) == {FOOD: (True, "pass"), FIRE: (False, "")}
    builders.work(office, staff, food)
    assert builders.state(office, food) == "granted"
    again = planned(office, staff["lin"], bundle, {fire: teams[fire]}, days=1)
    watch.pass_days(1)
    report(office, staff.of("inspector", "XFJY"), fire, Result.PASS)
    assert (appointment(office, again).state, builders.steps(office, fire)) == (State.HELD, ["decide"])
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []


def test_what_was_withdrawn_is_not_looked_at(
    office: Office, staff: Staff, bundle: str, teams: dict[str, list[int]]
) -> None:
    planned(office, staff["lin"], bundle, teams)
    do(office, APPLICANT, applicant.withdraw, bundle, "不开了")
    with office.look() as look:
        assert visits.listed(look.db, staff["lin"], look.today) == ()


def test_one_taken_back_is_not_looked_at_and_the_others_are(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    food, fire = teams
    inspection_id = planned(office, staff["lin"], bundle, teams)
    do(office, APPLICANT, applicant.withdraw, food, "不做餐饮了")
    assert builders.acts(office, food)[-1] == "inspection left"
    assert "不再参加" in told(office, bundle)[-1]
    assert builders.entry(office, bundle, "inspection narrowed")["document_no"]
    assert beside(office, staff["lin"], inspection_id) == {FOOD: "本件撤回，不再勘验", FIRE: ""}
    watch.pass_days(2)
    report(office, staff.of("inspector", "XFJY"), fire, Result.PASS)
    assert appointment(office, inspection_id).state == State.HELD
    assert builders.entry(office, bundle, "inspection held")["absent"] == 0


def test_with_the_last_one_taken_back_the_look_is_called_off_in_writing(
    office: Office, staff: Staff, bundle: str, teams: dict[str, list[int]]
) -> None:
    inspection_id = planned(office, staff["lin"], bundle, teams)
    for no in teams:
        do(office, APPLICANT, applicant.withdraw, no, "不做了")
    assert appointment(office, inspection_id).state == State.CANCELLED
    assert "的勘验取消：“" in told(office, bundle)[-1]
    assert "inspection cancelled" in builders.acts(office, bundle)
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []


def test_who_is_taken_back_after_the_others_reported_leaves_it_held(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    food, fire = teams
    inspection_id = planned(office, staff["lin"], bundle, teams)
    watch.pass_days(2)
    report(office, staff.of("inspector", "XFJY"), fire, Result.PASS)
    do(office, APPLICANT, applicant.withdraw, food, "不做餐饮了")
    assert appointment(office, inspection_id).state == State.HELD


def test_a_case_by_itself_that_is_taken_back_calls_its_look_off(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    inspection_id = planned(office, staff["lin"], no, {no: pair(office, staff, "YC")})
    do(office, APPLICANT, applicant.withdraw, no, "不开了")
    assert appointment(office, inspection_id).state == State.CANCELLED
    assert "的勘验取消：“" in told(office, no)[-1]


def told(office: Office, no: str) -> list[str]:
    """The papers of a case about inspections, as they read."""
    return [p.text for p in builders.papers(office, no) if p.kind == "inspection_notice"]


def beside(office: Office, by: Actor, inspection_id: int) -> dict[str, str]:
    """What an appointment shows beside each part."""
    with office.look() as look:
        found, _ = visits.one(look.db, by, inspection_id)
    return {builders.case_row(office, each.case_no).matter_key: each.remark for each in found.parts}


def test_what_is_to_be_put_right_leaves_the_step_open(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    food, _ = teams
    planned(office, staff["lin"], bundle, {food: teams[food]})
    watch.pass_days(2)
    report(office, staff.of("inspector", "SCJG"), food, Result.REMEDY, "未设洗手池")
    assert "inspect" in builders.steps(office, food)
    assert "未设洗手池" in builders.paper(office, food, "inspection_remedy").text
    builders.complete(office, staff, step(office, food, "inspect"), "pass")
    assert builders.steps(office, food) == ["review"]


def test_it_is_moved_and_called_off_with_a_reason_the_applicant_is_told(
    office: Office, staff: Staff, bundle: str, teams: dict[str, list[int]]
) -> None:
    inspection_id = planned(office, staff["lin"], bundle, teams)
    refused = refusal(office, staff["lin"], inspecting.move, bundle, inspection_id, visit(office, 4), " ")
    assert refused.code == "reason.missing"
    do(office, staff["lin"], inspecting.move, bundle, inspection_id, visit(office, 4), "大风预警")
    do(office, staff["lin"], inspecting.cancel, bundle, inspection_id, "申请人搬迁")
    _, moved, cancelled = told(office, bundle)
    assert ["改于2026年11月27日" in moved, "取消：申请人搬迁" in cancelled] == [True, True]
    assert planned(office, staff["lin"], bundle, teams) != inspection_id


@pytest.mark.parametrize(
    ("by", "matters", "code"),
    [
        ("yc.inspector", (FOOD,), "inspection.arrange"),
        ("lin", (), "inspection.nobody"),
        ("lin", ("shop_sign_filing",), "inspection.not-due"),
    ],
)
def test_who_may_plan_and_what(
    office: Office, staff: Staff, bundle: str, by: str, matters: tuple[str, ...], code: str
) -> None:
    teams = {member(office, bundle, key): pair(office, staff, "SCJG") for key in matters}
    assert refusal(office, staff[by], inspecting.plan, bundle, visit(office), teams).code == code


def test_a_step_that_is_planned_is_not_completed_beside_its_appointment(
    office: Office, staff: Staff, bundle: str, teams: dict[str, list[int]]
) -> None:
    food, _ = teams
    planned(office, staff["lin"], bundle, teams)
    assert (
        builders.task_refusal(office, staff, step(office, food, "inspect"), "pass").code
        == "inspection.planned"
    )


def test_nothing_is_found_before_the_day(
    office: Office, staff: Staff, watch: Watch, bundle: str, teams: dict[str, list[int]]
) -> None:
    inspection_id = planned(office, staff["lin"], bundle, teams, mode=Mode.ONSITE)
    assert refusal(office, staff["lin"], inspecting.close, bundle, inspection_id).code == "inspection.early"
    watch.time = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
    assert (
        refusal(office, staff["lin"], inspecting.close, bundle, inspection_id).code
        == "inspection.nobody-reported"
    )
