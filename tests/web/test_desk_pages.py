"""The window's room (综合窗口): the form, the way out, each act by its button, what a refused form keeps."""

import io
import re
from urllib.parse import urlsplit

import pytest

from engine.domain.case import Channel
from engine.office import Office
from engine.queries import forms
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import PDF, WANG, Visitor, alert, at_field, said
from web import gantt

FOOD = "food_operation_new"
RULES = "food-safety-rules"
PLAN = "floor-plan"


@pytest.fixture
def lin(office: Office, staff: Staff) -> Visitor:
    return Visitor(office, "lin")


def everything(office: Office, key: str, **answers: str) -> dict[str, str]:
    """The marks of a form on which every document was received."""
    with office.look() as look:
        form = forms.form(look.db, key)
        flags = {name.removeprefix("flag."): value == "yes" for name, value in answers.items()}
        return {f"material.{row.code}": "received" for row in forms.needed(form, flags, ())}


def number(location: str) -> str:
    return urlsplit(location).path.split("/")[3]


# -- taking in -----------------------------------------------------------------------------------------------


def test_only_the_window_sits_at_the_desk(office: Office, staff: Staff):
    assert Visitor(office).get("/desk").location == "/sign-in?next=/desk"
    assert Visitor(office, "manager").get("/desk").status_code == 403
    assert Visitor(office, "manager").get(f"/desk/apply/{FOOD}").status_code == 403


def test_the_desk_offers_guides_and_shows_who_waits(office: Office, staff: Staff, lin: Visitor):
    no = builders.apply(office, staff, FOOD)
    page = lin.text("/desk")
    assert no in page
    assert "开办餐饮店一件事" in page
    assert no not in lin.text("/desk?q=nobody")
    assert no in lin.text(f"/desk?q={builders.WANG.id_number[-4:]}")


def test_an_application_is_taken_in_and_shown(office: Office, lin: Visitor):
    sent = lin.send(f"/desk/apply/{FOOD}", **WANG, **everything(office, FOOD))
    assert sent.status_code == 303
    page = lin.text(sent.location)
    assert "已收件" in page
    assert "材料齐全、符合法定形式" in page
    assert builders.case_row(office, number(sent.location)).channel == Channel.WINDOW


def test_the_same_form_twice_is_one_application(office: Office, lin: Visitor):
    first = lin.send(f"/desk/apply/{FOOD}", key="once", **WANG)
    again = lin.send(f"/desk/apply/{FOOD}", key="once", **WANG)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location


def test_what_was_typed_stays_and_every_wrong_field_says_so(office: Office, lin: Visitor):
    typed = {**WANG, "applicant.id_number": "51070319900101001", "material.floor-plan": "received"}
    back = lin.send(f"/desk/apply/{FOOD}", **typed)
    assert back.status_code == 422
    assert at_field(back, "applicant.id_number").startswith("身份证号码不对")
    assert 'value="13800000001"' in back.text
    empty = lin.send(f"/desk/apply/{FOOD}", **{**WANG, "applicant.name": "", "agent.phone": "1"})
    for field in ("applicant.name", "agent.name", "agent.id_number"):
        assert "没有填写" in at_field(empty, field)
    assert re.search(r'name="material.floor-plan" value="received" checked', back.text)


def test_an_agent_makes_it_an_agents_application(office: Office, lin: Visitor):
    agent = {"agent.kind": "person", "agent.name": "李帮办", "agent.id_number": "510703198506152516"}
    refused = lin.send(f"/desk/apply/{FOOD}", **WANG, **agent)
    assert "代办须有本人授权" in alert(refused)
    letter = {"mandate.until": "2026-12-31", "mandate.file": (io.BytesIO(PDF), "授权书.pdf")}
    sent = lin.send(f"/desk/apply/{FOOD}", **WANG, **agent, **letter)
    assert builders.case_row(office, number(sent.location)).channel == Channel.AGENT
    assert "李帮办" in lin.text(sent.location)


def test_without_a_script_the_list_follows_the_answers(office: Office, lin: Visitor):
    back = lin.send(
        "/desk/apply/open_restaurant", **WANG, **{"flag.public_gathering_place": "yes", "refresh": "1"}
    )
    assert back.status_code == 200
    assert '<tr data-row="fire-floor-plan">' in back.text
    assert '<tr data-row="tobacco-application" hidden>' in back.text
    assert 'value="王小满"' in back.text


def test_a_file_is_kept_with_its_row(office: Office, lin: Visitor):
    file = (io.BytesIO(PDF), "布局.pdf", "application/pdf")
    sent = lin.send(f"/desk/apply/{FOOD}", **WANG, **{f"file.{PLAN}": file})
    assert "下载" in lin.text(sent.location)


def test_a_file_of_another_kind_is_refused(office: Office, lin: Visitor):
    file = (io.BytesIO(b"MZ"), "x.exe", "application/octet-stream")
    back = lin.send(f"/desk/apply/{FOOD}", **WANG, **{f"file.{PLAN}": file})
    assert (back.status_code, alert(back)) == (
        422,
        "只收 PDF、JPG、PNG 文件，且内容须与类型相符；其他格式请先另存为 PDF。",
    )


# -- the ways out --------------------------------------------------------------------------------------------


def test_complete_is_accepted_with_one_button(office: Office, staff: Staff, lin: Visitor):
    no = builders.apply(office, staff, FOOD)
    done = lin.send(f"/desk/cases/{no}/accept")
    assert "已受理" in lin.text(done.location)
    assert builders.state(office, no) == "accepted"


def test_incomplete_is_not_accepted_and_the_page_says_what_lacks(office: Office, staff: Staff, lin: Visitor):
    no = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    assert "缺少必要材料：主要设备设施布局、操作流程等文件" in lin.text(f"/desk/cases/{no}")
    back = lin.send(f"/desk/cases/{no}/accept")
    assert back.status_code == 422
    assert "材料不齐，不能受理" in alert(back)


def test_tolerated_until_a_day_the_applicant_names(office: Office, staff: Staff, lin: Visitor):
    """R-TOL-4."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    page = lin.get(f"/desk/cases/{no}").text
    assert 'max="2026-11-30"' in page
    late = lin.send(f"/desk/cases/{no}/tolerate", codes=RULES, by="2026-12-01", consent="yes")
    assert late.status_code == 422
    assert "补齐日期须在" in at_field(late, "by")
    done = lin.send(f"/desk/cases/{no}/tolerate", codes=RULES, by="2026-11-27", consent="yes")
    assert "最迟 11月27日（周五）" in lin.text(done.location)


def test_asked_to_correct_once_with_a_remark_for_each(office: Office, staff: Staff, lin: Visitor):
    """R-ACC-1."""
    no = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    done = lin.send(
        f"/desk/cases/{no}/correct",
        wrong=[PLAN, RULES],
        **{f"remark.{RULES}": "缺自查制度", f"remark.{PLAN}": ""},
    )
    assert "缺自查制度" in lin.text(done.location)
    assert "补正材料一次性告知书" in lin.text(f"/desk/cases/{no}/receipt")
    part = lin.send(f"/desk/cases/{no}/supplement", code=[PLAN, RULES], received=[PLAN])
    assert (part.status_code, "还缺" in alert(part)) == (422, True)
    lin.send(f"/desk/cases/{no}/supplement", code=[PLAN, RULES], received=[PLAN, RULES])
    assert builders.state(office, no) == "corrected"
    twice = lin.send(f"/desk/cases/{no}/correct", wrong=[PLAN], **{f"remark.{PLAN}": "再改"})
    assert twice.status_code == 409
    assert "不得再次要求" in alert(twice)


@pytest.mark.parametrize(
    ("word", "paper"), [("not_accepted", "不予受理决定书"), ("not_required", "不受理告知书")]
)
def test_refused_with_a_reason(office: Office, staff: Staff, lin: Visitor, word: str, paper: str):
    no = builders.apply(office, staff, FOOD)
    silent = lin.send(f"/desk/cases/{no}/refuse", state=word, reason=" ")
    assert (silent.status_code, at_field(silent, "reason")[:5]) == (422, "请写明理由")
    lin.send(f"/desk/cases/{no}/refuse", state=word, reason="请向市局申请")
    assert builders.state(office, no) == word
    receipt = lin.text(f"/desk/cases/{no}/receipt")
    assert paper in receipt
    assert "请向市局申请" in receipt


def test_prereview_passes_or_rejects(office: Office, staff: Staff, lin: Visitor):
    passed = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    lin.send(f"/desk/cases/{passed}/prereview", passed="yes")
    assert builders.state(office, passed) == "prereview_passed"
    rejected = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    lin.send(f"/desk/cases/{rejected}/prereview", passed="no", reason="照片模糊")
    assert builders.state(office, rejected) == "prereview_rejected"


def test_handed_out_and_withdrawn(office: Office, staff: Staff, lin: Visitor):
    no = builders.accepted(office, staff, "shop_sign_filing")
    builders.work(office, staff, no)
    page = lin.text(f"/desk/cases/{no}")
    assert "确认送达" in page
    done = lin.send(f"/desk/cases/{no}/deliver", method="mail", receiver="王小满", waybill="SF1")
    assert "SF1" in lin.text(done.location)
    other = builders.apply(office, staff, FOOD)
    lin.send(f"/desk/cases/{other}/withdraw", reason="不办了")
    assert builders.state(office, other) == "withdrawn"


def test_another_post_may_not_act_at_the_desk(office: Office, staff: Staff):
    no = builders.apply(office, staff, FOOD)
    manager = Visitor(office, "manager")
    for act in ("accept", "withdraw", "supplement"):
        assert manager.send(f"/desk/cases/{no}/{act}").status_code == 403
    assert builders.state(office, no) == "received"


# -- a bundle ------------------------------------------------------------------------------------------------


def test_a_bundle_waits_for_its_weakest_member(office: Office, staff: Staff, lin: Visitor):
    """R-BUN-2: one acceptance for all, each member with a way out of its own."""
    no = builders.apply(office, staff, "open_restaurant", lacking=(PLAN,))
    food = builders.member(office, no, FOOD)
    page = lin.text(f"/desk/cases/{no}")
    assert "请先逐项补正或容缺，再统一受理：食品经营许可(新办)" in page
    assert "成员事项材料不齐" in alert(lin.send(f"/desk/cases/{no}/accept"))
    done = lin.send(f"/desk/cases/{food}/correct")
    assert "等待补正" in lin.text(done.location)  # the member is shown within its bundle
    lin.send(f"/desk/cases/{no}/accept")
    assert builders.state(office, no) == "accepted"


def test_a_bundle_is_drawn_with_its_lanes_and_its_order(office: Office, staff: Staff, watch: Watch):
    no = builders.accepted(office, staff, "open_restaurant")
    watch.set("2026-11-24 10:00")
    builders.work(office, staff, builders.member(office, no, "individual_business"))
    page = Visitor(office, "lin").get(f"/bundles/{no}")
    assert page.status_code == 200
    assert 'class="wait"' in page.text
    for words in ("市场监督管理局", "门头牌匾备案", "营业执照"):
        assert words in said(page)
    assert "/urge" not in page.text
    assert (
        f"/cases/{builders.member(office, no, FOOD)}/urge"
        in Visitor(office, "manager").get(f"/bundles/{no}").text
    )
    assert Visitor(office, "gjj.leader").get(f"/bundles/{no}").status_code == 404


def test_the_drawing_escapes_what_it_draws():
    assert gantt._wrapped("<b>" * 4, 10) == ["<b><b><b><", "b>"]


# -- paper and words -----------------------------------------------------------------------------------------


def test_the_receipt_carries_the_code_and_covers_the_identity_number(
    office: Office, staff: Staff, lin: Visitor
):
    no = builders.apply(office, staff, FOOD)
    code = builders.case_row(office, no).code
    receipt = lin.get(f"/desk/cases/{no}/receipt")
    assert f"/t/{code}" in receipt.text
    assert "<svg" in receipt.text
    assert "510703199001010015" not in receipt.text


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/apply/open_restaurant", "/desk/cases/{no}", "/bundles/{no}"]
)
def test_pages_speak_english(office: Office, staff: Staff, lin: Visitor, path: str):
    no = builders.apply(office, staff, "open_restaurant")
    page = lin.english().text(path.format(no=no))
    assert "Opening a restaurant" in page
