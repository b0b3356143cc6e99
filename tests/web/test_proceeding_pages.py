"""Hearings, committee votes and agencies on their pages and through the machines' door."""

from io import BytesIO
from typing import Any

import pytest

from engine.office import Office
from tests import builders
from tests.builders import step
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_committee_vote import AD
from tests.stories.test_intermediary import HYGIENE, TEST
from tests.web.machines import Machine
from tests.web.visitor import PDF, Visitor, alert, at_field

FOOD = "food_operation_new"


def paper() -> Any:
    return (BytesIO(PDF), "笔录.pdf", "application/pdf")


def own(office: Office, no: str) -> str:
    return f"/t/{builders.case_row(office, no).code}"


def ids(staff: Staff, role: str, *orgs: str) -> list[int]:
    return [staff.of(role, org).id or 0 for org in orgs]


@pytest.fixture
def food(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


@pytest.fixture
def panel(office: Office, staff: Staff) -> int:
    """The step of a case that comes before the committee."""
    no = builders.accepted(office, staff, AD)
    builders.complete(office, staff, step(office, no, "handle"), "high")
    builders.complete(office, staff, step(office, no, "audit"), "pass")
    return int(step(office, no, "panel").id)


def test_a_hearing_from_the_telling_to_the_record(
    office: Office, watch: Watch, staff: Staff, food: str
) -> None:
    """R-LIM-7."""
    official, applicant, case = Visitor(office, "scjg.approver"), Visitor(office), f"/cases/{food}"
    assert "请写明" in at_field(official.send(f"{case}/hearing/announce"), "words")
    official.send(f"{case}/hearing/announce", words="拟准予，涉及邻铺利益。")
    assert "您有要求听证的权利，请在 11月30日" in applicant.text(own(office, food))
    applicant.send(f"{own(office, food)}/hearing", no=food, reason="气味", ask="yes")
    when = {"day": "2026-12-03", "time": "09:30", "place": "三楼", "chair": ids(staff, "chief", "SCJG")[0]}
    assert "提前 7 个工作日" in at_field(
        official.send(f"{case}/hearing/schedule", **when | {"day": "2026-11-25"}), "at"
    )
    official.send(f"{case}/hearing/schedule", **when)
    assert "SCJG核" in applicant.text(own(office, food))
    watch.set("2026-12-03 11:00")
    chief = Visitor(office, "scjg.chief")
    assert "笔录" in at_field(chief.send(f"{case}/hearing/hold", outcome="无异议"), "file")
    chief.send(f"{case}/hearing/hold", outcome="无异议", file=paper())
    assert "已举行" in chief.text(case)


def test_a_hearing_by_machine(office: Office, watch: Watch, staff: Staff, food: str) -> None:
    machine, hearing = Machine(office), f"/cases/{food}/hearing"
    assert machine.get(hearing).json == {}
    assert machine.post(f"{hearing}/announce", "scjg.approver", json={"words": "拟准予"}).status_code == 200
    assert machine.post(f"{hearing}/ask", json={"reason": "气味"}).json["paused"]
    body = {"at": "2026-12-03T09:30", "place": "三楼", "chair": ids(staff, "chief", "SCJG")[0]}
    assert machine.post(f"{hearing}/schedule", "scjg.approver", json=body).status_code == 200
    watch.set("2026-12-03 11:00")
    assert machine.post(f"{hearing}/hold", "scjg.chief", json={"outcome": "无异议"}).json["field"] == "file"
    assert machine.get(hearing).json["standing"] == "asked"
    assert machine.post(f"{hearing}/waive").json["code"] == "hearing.none"


def test_a_committee_votes_on_its_page(office: Office, staff: Staff, panel: int) -> None:
    chair, page = Visitor(office, "cgj.leader"), f"/tasks/{panel}/vote"
    assert "委员会表决" in chair.text(f"/tasks/{panel}")
    members = ids(staff, "leader", "CGJ", "SCJG", "GA")
    few = {"question": "是否同意", "day": "2026-11-25", "members": members[:2]}
    assert "不少于 3 人" in at_field(chair.send(f"{page}/convene", **few), "members")
    chair.send(f"{page}/convene", **few | {"members": members})
    member = Visitor(office, "ga.leader")
    assert "是否同意" in member.text("/votes")
    assert "须说明理由" in at_field(member.send(f"{page}/cast", choice="oppose"), "reason")
    for login, choice in (("ga.leader", "oppose"), ("scjg.leader", "agree"), ("cgj.leader", "agree")):
        Visitor(office, login).send(f"{page}/cast", choice=choice, reason="见发言")
    assert "会议纪要" in at_field(chair.send(f"{page}/close"), "file")
    chair.send(f"{page}/close", file=(BytesIO(PDF), "纪要.pdf", "application/pdf"))
    assert "通过" in member.text(page)


def test_a_committee_votes_by_machine_and_nobody_sees_a_ballot_before_the_end(
    office: Office, staff: Staff, panel: int
) -> None:
    machine, vote = Machine(office), f"/tasks/{panel}/vote"
    members = ids(staff, "leader", "CGJ", "SCJG", "GA", "WJW")
    body = {"question": "是否同意", "until": "2026-11-25T18:00", "members": members}
    assert machine.post(f"{vote}/convene", "cgj.leader", json=body).status_code == 200
    machine.post(f"{vote}/cast", "ga.leader", json={"choice": "agree"})
    machine.post(f"{vote}/recuse", "cgj.leader", json={"member": members[3], "reason": "亲属"})
    told = machine.get(vote, "scjg.leader").json
    assert [(b["choice"], b["voted"]) for b in told["ballots"]] == [
        ("", False), ("", False), ("", True), ("recused", True),
    ]  # fmt: skip
    assert (told["members"], told["tally"]) == (3, None)
    assert machine.post(f"{vote}/close", "cgj.leader").json["code"] == "vote.open"
    assert [each["choice"] for each in machine.get("/votes", "ga.leader").json["items"]] == ["agree"]
    assert machine.get("/votes").json["items"] == []


def test_only_the_applicants_page_chooses_an_agency(office: Office, staff: Staff) -> None:
    """浙江 28 条."""
    no = builders.accepted(office, staff, HYGIENE, flags={"inform_commit": False})
    refused = Machine(office).post(f"/cases/{no}/agencies", json={"service": TEST, "agency": "安信"})
    assert (refused.status_code, refused.json["code"]) == (403, "intermediary.official")
    applicant = Visitor(office)
    assert "机构由您自主选择" in applicant.text(own(office, no))
    assert "机构名称" in at_field(applicant.send(f"{own(office, no)}/agency", no=no, service=TEST), "agency")
    applicant.send(f"{own(office, no)}/agency", no=no, service=TEST, agency="安信检测")
    lin = Visitor(office, "lin")
    assert "安信检测 不计入时限" in lin.text(f"/cases/{no}")
    lin.send(f"/cases/{no}/agencies/1/finish", result="合格")
    assert alert(lin.send(f"/cases/{no}/agencies/1/finish")) == "这项中介服务已经办完。"
