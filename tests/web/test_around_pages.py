"""Pages around a case: the agent's, the applicant's, appointments, guidance, courier, and the manager's windows."""

import io
import re

import pytest

from engine.office import Office
from engine.services import desk
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import PDF, WANG, Visitor, alert, at_field

CATERING = "small_catering"
AGENT = {"agent.name": "李帮办", "agent.id_number": "510703198506152516", "agent.phone": "13800000002"}


@pytest.fixture
def lin(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "lin")


@pytest.fixture
def wang(office: Office, staff: Staff) -> Visitor:
    return Visitor(office)


def code_of(office: Office, no: str) -> str:
    return str(builders.case_row(office, no).code)


# -- agents ---------------------------------------------------------------------------------------------------


def test_wang_authorises_and_the_agent_applies_brings_and_withdraws(
    office: Office, staff: Staff, wang: Visitor, lin: Visitor
) -> None:
    """R-ACC-7."""
    own = code_of(office, builders.apply(office, staff, "food_workshop"))
    given = wang.send(f"/t/{own}/mandate", **AGENT, until="2026-12-31", matters=CATERING)
    page = wang.text(given.location)
    assert "李**" in page
    assert "李帮办" not in page
    code = re.search(r"代办码 ([2-9A-Z-]{19})", page)
    assert code
    agent = f"/agent/{code[1].replace('-', '')}"
    assert "小餐饮经营许可" in wang.text(agent)
    files = {f"file.{each}": (io.BytesIO(PDF), "a.pdf") for each in ("floor-plan",)}
    sent = wang.send(f"{agent}/apply/{CATERING}", **files)
    assert sent.status_code == 303, alert(sent)
    no = re.search(r"/agent/\w+/cases/(\d+)/withdraw", wang.get(agent).text)
    assert no
    wang.send(f"{agent}/cases/{no[1]}/withdraw", reason="本人不办了")
    assert builders.state(office, no[1]) == "withdrawn"


def test_taken_back_the_code_opens_nothing_more_to_do(office: Office, staff: Staff, wang: Visitor) -> None:
    own = code_of(office, builders.apply(office, staff, "food_workshop"))
    page = wang.get(wang.send(f"/t/{own}/mandate", **AGENT, until="2026-12-31", matters="").location).text
    revoke = re.search(r'action="(/t/\w+/mandate/\d+/revoke)"', page)
    code = re.search(r"代办码 <span[^>]*>([2-9A-Z-]{19})", page)
    assert revoke
    assert code
    assert "授权已撤销" in wang.text(wang.send(revoke[1]).location)
    agent = f"/agent/{code[1].replace('-', '')}"
    assert "代为申请" not in wang.text(agent)
    refused = wang.send(f"{agent}/apply/{CATERING}")
    assert (refused.status_code, "已到期或已撤销" in alert(refused)) == (403, True)


def test_the_receipt_of_an_agents_application_bears_his_code(office: Office, lin: Visitor) -> None:
    sent = lin.send(f"/desk/apply/{CATERING}", **WANG, **AGENT, **{"mandate.until": "2026-12-31"})
    no = re.search(r"/desk/cases/(\d+)", sent.location)
    assert no
    receipt = lin.text(f"/desk/cases/{no[1]}/receipt")
    assert "代办码" in receipt
    assert code_of(office, no[1])[:4] not in receipt


# -- at the desk ----------------------------------------------------------------------------------------------


def test_going_first_is_seen_by_all_and_why_by_the_intake(office: Office, staff: Staff, lin: Visitor) -> None:
    no = builders.accepted(office, staff, CATERING)
    lin.send(f"/desk/cases/{no}/priority", groups=["old", "disabled"])
    assert "优先 老、残" in lin.text(f"/desk/cases/{no}")
    assert "优先" in lin.text("/desk") or "优先" in lin.text(f"/desk/cases/{no}")
    chief = Visitor(office, "scjg.chief")
    assert "优先" in chief.text("/inbox?view=claimable")
    assert "老、残" not in chief.text(f"/cases/{no}")
    assert "老、残" not in Visitor(office, "manager").text(f"/desk/cases/{no}")


def test_guidance_is_kept_from_the_form_and_filed_on_one_click(office: Office, lin: Visitor) -> None:
    kept = lin.send(f"/desk/apply/{CATERING}", **WANG, guide="1", words="先备好布局图")
    page = lin.get(kept.location)
    assert "先备好布局图" in page.text
    filed = re.search(r'action="(/desk/guidance/\d+/file)"', page.text)
    assert filed
    assert "已收件" in lin.text(lin.send(filed[1]).location)
    assert "没有等待转为收件的辅导" in lin.text("/desk/guidance")


def test_a_parcel_is_posted_and_signed_for_at_the_desk(
    office: Office, staff: Staff, lin: Visitor, wang: Visitor
) -> None:
    """R-LIM-4."""
    no = builders.granted(office, staff, CATERING)
    own = code_of(office, no)
    to = {"method": "mail", "receiver": "王小满", "phone": "13800000001", "address": "和兴街 1 号"}
    missing = wang.send(f"/t/{own}/handout", method="mail")
    assert at_field(missing, "address") == "邮寄请写明收件人和地址。"
    assert "和兴街" not in wang.text(wang.send(f"/t/{own}/handout", **to).location)
    assert "和兴街 1 号" in lin.get(f"/desk/cases/{no}").text
    lin.send(f"/desk/cases/{no}/post", carrier="邮政快递", waybill="EX1", address="和兴街 1 号")
    assert "已寄出 邮政快递 EX1" in wang.text(f"/t/{own}")
    assert "已寄出" in lin.text("/desk")
    lin.send(f"/desk/cases/{no}/sign", receiver="王小满")
    assert builders.state(office, no) == "delivered"


# -- appointments ---------------------------------------------------------------------------------------------


def test_wang_books_on_his_phone_and_the_window_meets_him(
    office: Office, staff: Staff, wang: Visitor, lin: Visitor, watch: Watch
) -> None:
    assert "当天收件有效；办理时限从下一个工作日起算" in wang.text("/book?day=2026-11-28")
    wish = {
        "hall": "HALL",
        "at": "2026-11-28T10:00",
        "name": "王小满",
        "phone": "13800000001",
        "kind": "window",
    }
    made = wang.send("/book", **wish)
    own = wang.get(made.location).text
    assert "13800000001" not in own
    assert "王小满" not in own
    path = made.location.split("?")[0]
    wrong = wang.send(f"{path}/move", at="2026-11-28T11:00", phone="1390000")
    assert wrong.status_code == 404
    wang.send(f"{path}/move", at="2026-11-28T11:00", phone="13800000001")
    watch.set("2026-11-28 10:50")
    lin = Visitor(office, "lin")
    page = lin.get("/desk/appointments").text
    arrive = re.search(r'action="(/desk/appointments/\d+/arrive)"', page)
    assert arrive
    lin.send(arrive[1], hall="HALL", day="2026-11-28")
    assert "已叫号：Y001 号" in lin.text(lin.send("/desk/numbers/call", hall="HALL", day="").location)


def test_who_asks_too_often_waits_a_minute(office: Office, wang: Visitor) -> None:
    answers = [wang.get("/book/ABCDEFGH").status_code for _ in range(11)]
    assert answers == [404] * 10 + [429]


# -- the manager ----------------------------------------------------------------------------------------------


def test_every_number_of_the_windows_leads_to_its_list(
    office: Office, staff: Staff, lin: Visitor, watch: Watch
) -> None:
    no = builders.granted(office, staff, CATERING)
    lin.send(f"/desk/cases/{no}/assist", words="代填表")
    watch.set("2026-11-24 10:00")
    builders.do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    builders.apply(office, staff, CATERING)
    boss = Visitor(office, "manager")
    page = boss.text("/service")
    assert "首问负责：未了结" in page
    assert "代填表" in boss.text("/service/assists")
    assert no in boss.text("/overdue/over-visits")
    assert "代填表" in boss.get("/service/assists?format=csv").get_data(as_text=True)
    assert boss.get("/service/nothing").status_code == 404
    for key in ("waiting", "missed"):
        assert "没有记录" in boss.text(f"/service/{key}")
    assert Visitor(office, "lin").get("/service").status_code == 403
