"""What colleagues do among one another, by page and by machine: give over, entrust, remind, copy, sign together."""

import pytest

from engine.office import Office
from engine.services import approver
from tests import builders, drawings
from tests.builders import step
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor, alert

FOOD = "food_operation_new"


@pytest.fixture
def task(office: Office, staff: Staff) -> int:
    """A review that two sign, on the reviewer's table."""
    builders.redraw(office, staff, FOOD, drawings.joint(drawings.seats(2)).xml())
    no = builders.accepted(office, staff, FOOD)
    found: int = step(office, no, "sign").id
    with office.act(staff["scjg.approver"]) as act:
        approver.claim(act, found)
    return found


def test_the_page_offers_each_verb_to_whom_it_may_concern(office: Office, staff: Staff, task: int) -> None:
    builders.hired(office, "钱同事")
    mine = Visitor(office, "scjg.approver").get(f"/tasks/{task}").text
    for word in ("transfer", "delegate", "add-signer", "copy"):
        assert f'action="/tasks/{task}/{word}"' in mine
    assert f'action="/tasks/{task}/remind"' not in mine
    others = Visitor(office, "manager").get(f"/tasks/{task}").text
    assert f'action="/tasks/{task}/remind"' in others
    assert f'action="/tasks/{task}/transfer"' not in others


def test_signers_are_added_and_taken_out_on_the_page(office: Office, staff: Staff, task: int) -> None:
    who, me = builders.hired(office, "钱同事"), Visitor(office, "scjg.approver")
    assert me.send(f"/tasks/{task}/add-signer", user=who.id).location == f"/tasks/{task}?done=signer-added"
    page = me.text(f"/tasks/{task}")
    assert "已加签" in me.text(f"/tasks/{task}?done=signer-added")
    assert "钱同事 在办" in page
    assert alert(me.send(f"/tasks/{task}/add-signer", user=who.id)) == "钱同事 已经在会签名单里。"
    assert me.send(f"/tasks/{task}/remove-signer", user=who.id).status_code == 303
    assert "钱同事 在办" not in me.text(f"/tasks/{task}")


def test_a_task_entrusted_is_told_apart(office: Office, staff: Staff, task: int) -> None:
    builders.hired(office, "sunli", role="inspector")
    who = dict(_ids(office))["sunli"]
    me, helper = Visitor(office, "scjg.approver"), Visitor(office, "sunli")
    assert me.send(f"/tasks/{task}/delegate", user=who, words="请看").location == "/inbox?done=delegated"
    assert "由 SCJG审 委派" in helper.text(f"/tasks/{task}")
    assert "委派" in helper.text("/inbox?view=mine")
    assert helper.send(f"/tasks/{task}/complete", outcome="pass", opinion="可以").status_code == 303
    assert "委派意见：可以" in me.text("/inbox?view=mine")


def test_a_copy_is_read_on_the_case(office: Office, staff: Staff, task: int) -> None:
    me, reader = Visitor(office, "scjg.approver"), Visitor(office, "mzj.approver")
    assert me.send(f"/tasks/{task}/copy", users=[staff["mzj.approver"].id], words="请知悉").status_code == 303
    assert "抄送我的 1" in reader.text("/inbox")
    no = Machine(office).get("/tasks?view=copied", "mzj.approver").json["items"][0]["case_no"]
    assert "SCJG审 抄送给您：请知悉" in reader.text(f"/cases/{no}")
    assert reader.send(f"/cases/{no}/read").location == "/inbox?view=copied&done=read"
    assert "没有抄送给您的未阅事项" in reader.text("/inbox?view=copied")


def test_machines_do_the_same(office: Office, staff: Staff, task: int) -> None:
    machine, to, boss = Machine(office), builders.hired(office, "钱同事"), "scjg.approver"
    at = f"/tasks/{task}"
    assert (
        machine.post(f"{at}/add-signer", boss, json={"user": to.id, "reason": "x"}).json["state"]
        == "accepted"
    )
    assert machine.post(f"{at}/add-signer", boss, json={"user": to.id}).json["code"] == "signer.already"
    assert machine.post(f"{at}/remove-signer", boss, json={"user": to.id}).status_code == 200
    assert machine.post(f"{at}/remove-signer", boss).json["code"] == "signer.self"
    assert machine.post(f"{at}/remind", "lin", json={"words": "快"}).status_code == 200
    assert machine.post(f"{at}/remind", "mzj.approver").status_code == 404
    assert machine.post(f"{at}/copy", boss, json={"users": [staff["lin"].id]}).status_code == 200
    told = machine.post(f"{at}/delegate", boss, json={"user": to.id}).json
    assert (told["assignee_id"], told["delegator_id"]) == (to.id, staff[boss].id)
    machine.post(f"{at}/release", boss)
    assert machine.post(f"{at}/transfer", boss, json={"user": to.id}).json["assignee_id"] == to.id


def _ids(office: Office) -> list[tuple[str, int]]:
    with office.look() as look:
        return builders.people.user_ids(look.db)


def test_a_message_is_told_by_a_machine(office: Office, staff: Staff) -> None:
    drawn = drawings.ways().head(drawings.words(("message", "paid"))).path("told", "decide")
    drawn.element("boundaryEvent", "told", drawings.event("message", "paid"), attachedToRef="review")
    builders.redraw(office, staff, FOOD, drawn.xml())
    no, machine = builders.accepted(office, staff, FOOD), Machine(office)
    body = {"name": "paid", "case": no, "vars": {"sum": 12}}
    assert machine.post("/messages", "mzj.approver", json=body).status_code == 403
    assert machine.post("/messages", "scjg.approver", "k", json=body).json["no"] == no
    assert machine.post("/messages", "scjg.approver", "k", json=body).status_code == 200
    assert builders.steps(office, no) == ["decide"]
    assert machine.post("/messages", "scjg.approver", json=body).json["code"] == "message.unheard"
