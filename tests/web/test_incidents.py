"""Incidents (异常) as people and machines see them: listed, narrowed, tried again, settled; told to the staff."""

import pytest

from engine.office import Office
from engine.services import approver
from tests import builders, drawings
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor, alert

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    """A case whose review failed, over budget."""
    builders.redraw(office, staff, FOOD, drawings.brittle().xml())
    no = builders.accepted(office, staff, FOOD)
    task = builders.step(office, no, "review")
    answer = Visitor(office, "scjg.approver").send(
        f"/tasks/{task.id}/complete", outcome="loop", opinion="看看"
    )
    assert answer.status_code == 409
    assert "没有生效" in alert(answer)
    assert "看看" in answer.text
    return no


def test_the_list_says_what_failed_where_and_who_must_repeat_it(office: Office, no: str) -> None:
    page = Visitor(office, "registrar").text("/admin/incidents")
    for words in (no, "budget.cardinality", "crowd", "共 1 次", "SCJG审", "再办一次"):
        assert words in page
    assert "立即重试" not in page


@pytest.mark.parametrize(
    ("query", "times"),
    [("state=open", 1), ("state=settled", 0), ("source=act", 1), ("source=letter", 0),
     ("q=budget", 1), ("q=crowd", 1), ("q=elsewhere", 0)],
)  # fmt: skip
def test_it_is_narrowed_by_the_address(office: Office, no: str, query: str, times: int) -> None:
    assert Visitor(office, "registrar").text(f"/admin/incidents?{query}").count(no) == times


def test_it_is_settled_with_a_reason_and_then_comes_last(office: Office, no: str) -> None:
    registrar = Visitor(office, "registrar")
    (found,) = builders.troubles(office)
    assert (
        alert(registrar.send(f"/admin/incidents/{found.id}/settle", reason=""))
        == "结案须写明理由，如“已改派他人办理”。"
    )
    done = registrar.send(f"/admin/incidents/{found.id}/settle", reason="流程已改正")
    assert done.location == "/admin/incidents?done=settled"
    assert "流程已改正" in registrar.text("/admin/incidents")
    assert "没有异常" in registrar.text("/admin")


def test_what_only_a_person_can_repeat_is_not_retried(office: Office, no: str) -> None:
    (found,) = builders.troubles(office)
    answer = Visitor(office, "registrar").send(f"/admin/incidents/{found.id}/retry")
    assert (answer.status_code, "SCJG审" in alert(answer)) == (409, True)


def test_the_staff_see_it_on_the_case(office: Office, no: str) -> None:
    assert "流程异常" in Visitor(office, "scjg.approver").text(f"/cases/{no}")
    assert "流程异常" in Visitor(office, "manager").text(f"/cases/{no}")


def test_only_the_registrar_enters(office: Office, no: str) -> None:
    assert Visitor(office, "manager").get("/admin/incidents").status_code == 403
    assert Machine(office).get("/incidents", "lin").status_code == 403


def test_machines_list_show_and_settle_them(office: Office, no: str) -> None:
    machine = Machine(office)
    (found,) = machine.get("/incidents?state=open", "registrar").json["items"]
    assert (found["case"], found["code"], found["element"], found["times"]) == (
        no,
        "budget.cardinality",
        "crowd",
        1,
    )
    refused = machine.post(f"/incidents/{found['id']}/retry", "registrar")
    assert (refused.status_code, refused.json["code"]) == (409, "incident.not-retryable")
    settled = machine.post(
        f"/incidents/{found['id']}/settle", "registrar", json={"reason": "流程已改正"}
    ).json
    assert (settled["settled_how"], settled["settled_by"]) == ("流程已改正", "丁登记")
    assert machine.get("/incidents?state=open", "registrar").json["items"] == []
    assert machine.get("/incidents/999", "registrar").status_code == 404


def test_machines_are_told_the_code_and_the_element(office: Office, no: str) -> None:
    machine, task = Machine(office), builders.step(office, no, "review")
    answer = machine.post(f"/tasks/{task.id}/complete", "scjg.approver", json={"outcome": "odd"})
    assert (answer.status_code, answer.json["code"], answer.json["element"]) == (409, "flow.no-way", "way")
    assert "lianban_incidents_open 1" in machine.client.get("/metrics").text


def test_they_come_page_by_page_the_open_first(office: Office, staff: Staff, no: str) -> None:
    more = [builders.accepted(office, staff, FOOD) for _ in range(2)]
    for number in more:
        task = builders.step(office, number, "review")
        Machine(office).post(f"/tasks/{task.id}/complete", "scjg.approver", json={"outcome": "loop"})
    with office.act(staff.of("approver", "SCJG")) as act:
        approver.complete(act, builders.step(office, more[1], "review").id, "pass")
    machine, found, cursor = Machine(office), [], ""
    while cursor is not None:
        page = machine.get(f"/incidents?limit=1&cursor={cursor}", "registrar").json
        found, cursor = [*found, *(each["case"] for each in page["items"])], page["next"]
    assert found == [more[0], no, more[1]]
