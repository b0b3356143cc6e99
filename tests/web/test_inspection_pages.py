"""Inspections on their pages and through the machines' door: planned once, held, seen by whoever is concerned."""

from io import BytesIO

import pytest

from engine.domain.inspection import Mode, Visit
from engine.office import Office
from engine.services import inspecting
from tests import builders
from tests.builders import do, member, step
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_joint_inspection import BUNDLE, EVERYTHING, FIRE, FOOD, pair
from tests.uploads import png
from tests.web.machines import Machine
from tests.web.visitor import Visitor, alert, at_field

PNG = png()


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    """A bundle with two members that wait for a look."""
    no = builders.accepted(office, staff, BUNDLE, **EVERYTHING)
    builders.work(office, staff, member(office, no, "individual_business"))
    return no


@pytest.fixture
def teams(office: Office, staff: Staff, no: str) -> dict[str, list[int]]:
    return {
        member(office, no, FOOD): pair(office, staff, "SCJG"),
        member(office, no, FIRE): pair(office, staff, "XFJY"),
    }


def form(teams: dict[str, list[int]], **more: object) -> dict[str, object]:
    """The plan as a browser sends it."""
    when = {"day": "2026-11-25", "time": "09:30", "place": "和兴街 1 号", "mode": "onsite"}
    return {**when, "member": list(teams), **{f"officers.{no}": ids for no, ids in teams.items()}, **more}


def code(office: Office, no: str) -> str:
    return str(builders.case_row(office, no).code)


def test_one_form_plans_for_both_and_the_applicant_reads_who_comes(
    office: Office, staff: Staff, no: str, teams: dict[str, list[int]]
) -> None:
    lin = Visitor(office, "lin")
    assert "待排期 2 项" in lin.text("/inspections")
    assert "多勘合一" in lin.text(f"/bundles/{no}")
    done = lin.send(f"/cases/{no}/inspection", **form(teams))
    assert "SCJG勘" in lin.text(done.location)
    assert "2026-11-25 09:30" in Visitor(office, "xfjy.inspector").text("/inspections")
    seen = Visitor(office).text(f"/t/{code(office, no)}")
    assert ("和兴街 1 号" in seen, "XFJY勘" in seen) == (True, True)


def test_what_is_wrong_is_said_at_its_field(office: Office, no: str, teams: dict[str, list[int]]) -> None:
    """R-LIM-6: one officer is not enough; what was typed is kept."""
    lin, food = Visitor(office, "lin"), next(iter(teams))
    alone = {food: teams[food][:1]}
    back = lin.send(f"/cases/{no}/inspection", **form(alone))
    assert "还差 1 人" in at_field(back, "officers")
    assert 'value="和兴街 1 号"' in back.text
    assert "请填写日期和时间" in at_field(lin.send(f"/cases/{no}/inspection", **form(teams, day="")), "at")


def test_the_inspector_writes_his_result_on_the_tasks_page(
    office: Office, watch: Watch, staff: Staff, no: str, teams: dict[str, list[int]]
) -> None:
    lin, food = Visitor(office, "lin"), member(office, no, FOOD)
    appointment = lin.send(f"/cases/{no}/inspection", **form(teams)).location.partition("?")[0]
    watch.set("2026-11-25 11:00")
    inspector, task = Visitor(office, "scjg.inspector"), step(office, food, "inspect").id
    assert "提交勘验结果" in inspector.text(f"/tasks/{task}")
    assert "须写明事实" in at_field(inspector.send(f"/tasks/{task}/inspection", result="fail"), "remark")
    inspector.send(f"/tasks/{task}/inspection", result="pass", officers=teams[food])
    lin = Visitor(office, "lin")  # signs in again, two days later
    lin.send(f"{appointment}/close")
    assert "缺席" in lin.text(appointment)
    assert "缺席次数" in lin.text("/inspections")


def test_a_remote_look_is_confirmed_by_the_applicant(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-11-23 10:00")
    visit = Visit(office.now().replace(hour=12), "后厨", Mode.REMOTE, "https://meeting.example/7")
    visit_id = do(office, staff["lin"], inspecting.plan, no, visit, {no: pair(office, staff, "SCJG")})
    inspector, applicant = Visitor(office, "scjg.inspector"), Visitor(office)
    assert "请选择影像文件" in at_field(inspector.send(f"/inspections/{visit_id}/evidence"), "file")
    inspector.send(f"/inspections/{visit_id}/evidence", file=(BytesIO(PNG), "后厨.png", "image/png"))
    own = f"/t/{code(office, no)}"
    assert "确认远程勘验属实" in applicant.text(own)
    applicant.send(f"{own}/inspections/{visit_id}/confirm")
    assert "您已确认" in applicant.text(own)
    assert applicant.send(f"/t/{code(office, no)}/inspections/{visit_id + 1}/confirm").status_code == 404


def test_it_is_moved_and_called_off(office: Office, no: str, teams: dict[str, list[int]]) -> None:
    lin = Visitor(office, "lin")
    appointment = lin.send(f"/cases/{no}/inspection", **form(teams)).location.partition("?")[0]
    when = {"day": "2026-11-26", "time": "14:00", "place": "和兴街 1 号", "mode": "onsite"}
    lin.send(f"{appointment}/move", reason="大风", **when)
    assert "2026-11-26 14:00" in lin.text(appointment)
    assert "须说明原因" in alert(lin.send(f"{appointment}/cancel"))
    lin.send(f"{appointment}/cancel", why="搬迁")
    assert "已取消" in lin.text(appointment)
    assert "这两周没有排期的勘验" in lin.text("/inspections")


def test_by_machine(office: Office, watch: Watch, no: str, teams: dict[str, list[int]]) -> None:
    machine, food = Machine(office), member(office, no, FOOD)
    body = {"at": "2026-11-25T09:30", "place": "和兴街 1 号", "officers": teams}
    made = machine.post(f"/cases/{no}/inspections", json=body)
    assert (made.status_code, made.json["mode"], len(made.json["parts"])) == (201, "onsite", 0)
    visit = f"/inspections/{made.json['id']}"
    assert [len(part["officers"]) for part in machine.get(visit).json["parts"]] == [2, 2]
    watch.set("2026-11-25 11:00")
    task = f"/tasks/{step(office, food, 'inspect').id}/inspection"
    assert machine.post(task, "scjg.inspector", json={"result": "odd"}).status_code == 422
    assert machine.post(task, "scjg.inspector", json={"result": "pass"}).json["state"] == "accepted"
    assert machine.post(f"{visit}/close").json["state"] == "held"
    listed = machine.get("/inspections?from=2026-11-23&days=7", "xfjy.inspector").json["items"]
    assert [part["present"] for part in listed[0]["parts"]] == [True, False]
    absent = machine.get("/inspections/absences").json["items"]
    assert [(each["planned"], each["absent"]) for each in absent] == [(1, 1), (1, 0)]
    assert (
        machine.post(
            f"{visit}/move", json={"at": "2026-11-30T09:00", "place": "x", "reason": "y"}
        ).status_code
        == 409
    )
    assert machine.get(visit, "ga.inspector").status_code == 404
