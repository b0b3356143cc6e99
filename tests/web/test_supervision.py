"""The supervising department at its page and at the machines' door (审管联动)."""

import pytest

from engine import worker
from engine.office import Office
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor


@pytest.fixture
def shop(office: Office, staff: Staff) -> str:
    return builders.granted(office, staff, "food_workshop")


def test_a_machine_acknowledges_feeds_back_and_fines(office: Office, shop: str) -> None:
    """§1.4: list, acknowledge, feedback, penalty; the granting department reviews."""
    machine, who = Machine(office), "scjg.inspector"
    push = machine.get("/pushes?standing=waiting", who).json["items"][0]
    assert (push["no"], push["department"], push["standing"]) == (shop, "市场监督管理局", "waiting")
    early = machine.post(f"/pushes/{push['id']}/feedback", who, json={"finding": "normal"})
    assert early.json["code"] == "push.unacknowledged"
    assert machine.post(f"/pushes/{push['id']}/acknowledge", who).status_code == 200
    found = {"finding": "problem", "words": "卫生不达标"}
    assert machine.post(f"/pushes/{push['id']}/feedback", who, json=found).status_code == 200
    fine = {"document_no": "罚〔2026〕1号", "words": "罚款五千元"}
    assert machine.post(f"/pushes/{push['id']}/penalty", who, json=fine).status_code == 200
    assert machine.post(f"/pushes/{push['id']}/penalty", who, json=fine).json["code"] == "penalty.told"
    page = machine.get("/pushes?standing=review", "xzsp.leader").json
    assert (page["counts"]["review"], page["items"][0]["penalties"][0]["words"]) == (1, "罚款五千元")
    review = {"outcome": "revoke", "opinion": "已不具备许可条件"}
    assert machine.post("/penalties/1/review", "xzsp.leader", json=review).status_code == 200
    assert machine.get("/pushes?standing=review", "xzsp.leader").json["items"] == []


def test_whom_it_does_not_concern_sees_and_changes_nothing(office: Office, shop: str) -> None:
    machine = Machine(office)
    assert machine.get("/pushes", "lin").status_code == 403
    assert machine.get("/pushes", "cgj.leader").json["items"] == []
    assert machine.post("/pushes/1/acknowledge", "cgj.leader").json["code"] == "post.missing"
    assert machine.post("/pushes/99/acknowledge", "cgj.leader").json["code"] == "push.unknown"
    assert (
        machine.post("/penalties/99/review", "cgj.leader", json={"outcome": "keep"}).json["code"]
        == "penalty.unknown"
    )
    assert machine.get("/pushes?standing=odd", "manager").json["field"] == "standing"


def test_the_page_shows_what_waits_and_takes_the_answers(office: Office, shop: str, watch: Watch) -> None:
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    inspector = Visitor(office, "scjg.inspector")
    page = inspector.text("/supervision")
    assert "逾期未签收" in page
    assert "已提醒" in page
    assert inspector.send("/pushes/1/feedback", finding="problem", words="x").status_code == 409
    assert inspector.send("/pushes/1/acknowledge").status_code == 303
    assert "请写明发现的问题" in inspector.send("/pushes/1/feedback", finding="problem", words="").text
    assert inspector.send("/pushes/1/feedback", finding="taken_on", words="").status_code == 303
    assert inspector.send("/pushes/1/penalty", document_no="罚1", words="罚款").status_code == 303
    assert "已纳入监管" in inspector.text("/supervision?standing=acknowledged")


def test_the_granting_department_reviews_on_the_same_page(office: Office, shop: str) -> None:
    Visitor(office, "scjg.chief").send("/pushes/1/penalty", document_no="罚1", words="罚款")
    leader = Visitor(office, "xzsp.leader")
    assert "复核许可" in leader.text("/supervision?standing=review")
    assert leader.send("/penalties/1/review", outcome="keep", opinion="已改正").status_code == 303
    assert "维持许可" in leader.text(f"/cases/{shop}")


def test_an_empty_list_says_so(office: Office) -> None:
    assert "没有这样的推送" in Visitor(office, "mzj.leader").text("/supervision")


def test_the_holder_sees_what_else_he_may_need(office: Office, staff: Staff) -> None:
    """§1.4 双告知."""
    no = builders.granted(office, staff, "individual_business")
    page = Visitor(office).get(f"/t/{builders.case_row(office, no).code}").text
    assert "还可能需要办的许可" in page
    assert 'href="/guide/tobacco_retail"' in page
