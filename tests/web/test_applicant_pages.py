"""The applicant's room, no sign-in: guides, an online application, and what a tracking code shows and hides."""

import io
import re

import pytest

from engine.office import Office
from engine.services import desk
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.visitor import PDF, WANG, Visitor, alert, at_field
from web.pace import MOST, Pace

FOOD = "food_operation_new"
PLAN = "floor-plan"
RULES = "food-safety-rules"


@pytest.fixture
def wang(office: Office) -> Visitor:
    return Visitor(office)


def pdf() -> tuple[io.BytesIO, str, str]:
    return io.BytesIO(PDF), "图.pdf", "application/pdf"


def code_of(office: Office, no: str) -> str:
    return str(builders.case_row(office, no).code)


# -- guides --------------------------------------------------------------------------------------------------


def test_anybody_may_read_the_guides(wang: Visitor):
    assert "开办餐饮店一件事" in wang.text("/guide")
    page = wang.text("/guide/food_operation_new")
    for words in ("10 个工作日", "食品经营许可申请书", "现场勘查", "不收费", "行政许可"):
        assert words in page
    assert wang.get("/guide/nothing").status_code == 404


def test_a_bundles_guide_counts_what_it_saves(wang: Visitor):
    page = wang.text("/guide/open_restaurant")
    assert "表单3→减为1 张" in page
    assert "“个体工商户设立登记”办结后" in page


def test_guides_speak_english(wang: Visitor):
    page = wang.english().text("/guide/open_restaurant")
    assert "Opening a restaurant" in page
    assert "What doing it together saves" in page


# -- applying ------------------------------------------------------------------------------------------------


def test_an_online_application_ends_on_its_tracking_page(office: Office, wang: Visitor):
    assert "食品经营许可" in wang.text("/apply")
    sent = wang.send(
        f"/apply/{FOOD}", **WANG, **{"material.legal-person-id": "shared", f"file.{PLAN}": pdf()}
    )
    assert sent.status_code == 303
    assert sent.location.startswith("/t/")
    page = wang.text(sent.location)
    assert "窗口正在核对材料" in page
    assert "网上已提交，待预审" in page


def test_a_wrong_number_is_said_at_its_field(wang: Visitor):
    back = wang.send(f"/apply/{FOOD}", **{**WANG, "applicant.kind": "company", "applicant.id_number": "91"})
    assert back.status_code == 422
    assert at_field(back, "applicant.id_number")
    assert 'value="91"' in back.text
    assert re.search(r'name="applicant.kind" value="company" checked', back.text)


# -- tracking ------------------------------------------------------------------------------------------------


def test_a_code_is_read_however_it_was_copied(office: Office, staff: Staff, wang: Visitor):
    code = code_of(office, builders.apply(office, staff, FOOD))
    spaced = "-".join(code[i : i + 4] for i in range(0, 16, 4)).lower()
    assert wang.get(f"/t?code={spaced}").location == f"/t/{code}"
    assert "食品经营许可" in wang.text(f"/t/{spaced}")


def test_a_wrong_code_shows_nothing(wang: Visitor):
    answer = wang.get("/t/AAAABBBBCCCCDDDD")
    assert answer.status_code == 404
    assert "查询码不对" in answer.text


def test_the_page_shows_no_personal_data(office: Office, staff: Staff, wang: Visitor):
    page = wang.get(f"/t/{code_of(office, builders.accepted(office, staff, FOOD))}").text
    for secret in ("王小满", "510703199001010015", "13800000001", "林窗口"):
        assert secret not in page


def test_the_latest_day_is_told_in_one_sentence(office: Office, staff: Staff, wang: Visitor):
    page = wang.text(f"/t/{code_of(office, builders.accepted(office, staff, FOOD))}")
    assert "预计最晚 12月7日（周一） 前办结" in page
    assert "现在不需要您做什么" in page
    assert "窗口受理 — 已完成" in page


def test_what_was_asked_for_is_brought_from_the_phone(office: Office, staff: Staff, wang: Visitor):
    """R-ACC-4."""
    no = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    with office.act(staff["lin"]) as act:
        desk.correct(act, act.case(no), {})
    code = code_of(office, no)
    assert "现在需要您做 1 件事" in wang.text(f"/t/{code}")
    empty = wang.send(f"/t/{code}/supplement", no=no, code=PLAN)
    assert (empty.status_code, "还缺" in alert(empty)) == (422, True)
    done = wang.send(f"/t/{code}/supplement", no=no, code=PLAN, **{f"file.{PLAN}": pdf()})
    assert "已补交材料" in wang.text(done.location)
    assert builders.state(office, no) == "corrected"


def test_a_promise_is_kept_through_the_bundles_code(
    office: Office, staff: Staff, wang: Visitor, watch: Watch
):
    no = builders.apply(office, staff, "open_restaurant", lacking=(RULES,))
    food = builders.member(office, no, FOOD)
    with office.act(staff["lin"]) as act:
        desk.tolerate(act, act.case(food), [RULES], None, consent=True)
    with office.act(staff["lin"]) as act:
        desk.accept(act, act.case(no))
    watch.set("2026-11-24 09:00")
    code = code_of(office, no)
    page = wang.text(f"/t/{code}")
    assert "还剩 4 个工作日" in page
    assert "前全部办结" in page
    assert code_of(office, food) not in page
    wang.send(f"/t/{code}/supplement", no=food, code=RULES, **{f"file.{RULES}": pdf()})
    assert "现在不需要您做什么" in wang.text(f"/t/{code}")


def test_one_code_opens_no_other_case(office: Office, staff: Staff, wang: Visitor):
    mine = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    other = builders.apply(office, staff, FOOD, lacking=(PLAN,))
    sent = wang.send(f"/t/{code_of(office, mine)}/supplement", no=other, code=PLAN, **{f"file.{PLAN}": pdf()})
    assert sent.status_code == 404


def test_a_member_is_shown_within_its_bundle(office: Office, staff: Staff, wang: Visitor):
    no = builders.apply(office, staff, "open_restaurant")
    page = wang.text(f"/t/{code_of(office, builders.member(office, no, FOOD))}")
    assert "开办餐饮店一件事" in page


def test_withdrawn_only_when_it_is_meant(office: Office, staff: Staff, wang: Visitor):
    no = builders.apply(office, staff, FOOD)
    code = code_of(office, no)
    unsure = wang.send(f"/t/{code}/withdraw", reason="搬家")
    assert (unsure.status_code, at_field(unsure, "sure")) == (422, "请先勾选“确认撤回”。")
    done = wang.send(f"/t/{code}/withdraw", reason="搬家", sure="yes")
    assert "撤回" in wang.text(done.location)
    assert builders.state(office, no) == "withdrawn"


def test_a_result_and_its_delivery_are_told(office: Office, staff: Staff, wang: Visitor):
    no = builders.accepted(office, staff, "shop_sign_filing")
    builders.work(office, staff, no)
    assert "待领取" in wang.text(f"/t/{code_of(office, no)}")
    with office.act(staff["lin"]) as act:
        desk.deliver(act, act.case(no), "mail", "王小满", "SF1234")
    page = wang.text(f"/t/{code_of(office, no)}")
    assert "SF1234" in page
    assert "王小满" not in page


def test_who_knocks_too_often_waits(wang: Visitor):
    answers = [wang.get("/t/AAAA").status_code for _ in range(MOST + 1)]
    assert answers == [404] * MOST + [429]


def test_the_pace_forgets_after_a_minute():
    pace = Pace(most=2)
    assert [pace.allows("a", now) for now in (0.0, 1.0, 2.0, 61.5)] == [True, True, False, True]
    assert pace.allows("b", 2.0)
