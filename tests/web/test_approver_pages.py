"""The approver's rooms in the browser's eyes: what is shown, what a refused form keeps, who is sent away."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import approver, passwords
from engine.store import cases, files, people
from engine.store.cases import materials
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from web import auth
from web.app import create_app

FOOD = "food_operation_new"


class Browser:
    """Somebody at a browser, signed in or not, who fills in forms."""

    def __init__(self, office: Office, login: str | None = None) -> None:
        self.client: FlaskClient = create_app(office).test_client()
        self.keys = 0
        if login:
            with office.act(CLOCK) as act:
                people.open_session(act.db, login, dict(people.user_ids(act.db))[login], act.at)
            self.client.set_cookie(auth.COOKIE, login)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, path: str, key: str | None = None, **typed: object) -> TestResponse:
        self.keys += 1
        return self.client.post(path, data={"_key": key or f"key-{self.keys}", **typed})


def alert(answer: TestResponse) -> str:
    """What the page says is wrong, above everything else."""
    found = re.search(r'role="alert".*?<p>(.*?)</p>', answer.text, re.S)
    return unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def at_field(answer: TestResponse, field: str) -> str:
    found = re.search(rf'id="{field}-error">(.*?)</p>', answer.text)
    return unescape(found[1]) if found else ""


def task_of(office: Office, no: str, node: str) -> int:
    return int(next(t for t in builders.open_tasks(office, no) if t.node == node).id)


@pytest.fixture
def food(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


# --- the door -----------------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_door_and_then_where_he_wanted(office: Office, staff: Staff) -> None:
    stranger = Browser(office)
    asked = stranger.get("/inbox?view=mine&q=x")
    assert (asked.status_code, asked.location) == (302, "/sign-in?next=/inbox%3Fview%3Dmine%26q%3Dx")
    assert stranger.get("/").location == "/sign-in"


def test_a_password_opens_and_no_trace_of_it_is_kept(office: Office, staff: Staff) -> None:
    with office.act(CLOCK) as act:
        people.add_user(act.db, "new", "新人", passwords.hashed("correct horse"), [])
    browser = Browser(office)
    wrong = browser.send("/sign-in", login="new", password="battery")
    assert (wrong.status_code, at_field(wrong, "login")) == (403, "用户名或密码不对。")
    assert 'value="new"' in wrong.text
    assert "battery" not in wrong.text

    right = browser.send("/sign-in", login="new", password="correct horse", next="/inbox?view=done")
    assert (right.status_code, right.location) == (303, "/inbox?view=done")
    assert browser.get("/inbox").status_code == 200
    assert browser.send("/sign-out").location == "/sign-in"
    assert browser.get("/inbox").status_code == 302


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"]
)
def test_nobody_is_sent_elsewhere_by_a_link(office: Office, away: str) -> None:
    browser = Browser(office, "lin")
    assert browser.client.get("/sign-in", query_string={"next": away}).location == "/"
    assert browser.client.get("/lang/en", query_string={"next": away}).location == "/"


def test_the_pages_speak_english_when_asked(office: Office, staff: Staff, food: str) -> None:
    browser = Browser(office, "scjg.approver")
    browser.get("/lang/en?next=/inbox")
    assert "To claim" in browser.get("/inbox").text
    assert "Counted" not in browser.get("/inbox").text
    assert "counted from the next day" in browser.get("/inbox").text
    browser.get("/lang/zh")
    assert "可认领" in browser.get("/inbox").text


def test_a_large_view_may_be_chosen(office: Office) -> None:
    browser = Browser(office, "lin")
    browser.get("/care/on")
    assert 'class="care"' in browser.get("/inbox").text


# --- the inbox ----------------------------------------------------------------------------------------


def test_the_inbox_shows_the_task_and_how_its_day_came_about(office: Office, staff: Staff, food: str) -> None:
    page = Browser(office, "scjg.approver").get("/inbox").text
    assert "材料审查 · 食品经营许可(新办)" in page
    assert "11月23日进入本环节，次日起算；环节时限 3 个工作日" in page
    assert "2026年11月23日 星期一 · 工作日" in page


def test_an_accept_step_leads_to_the_desk(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert f'href="/desk/cases/{no}"' in Browser(office, "lin").get("/inbox").text


def test_many_are_claimed_each_by_itself(office: Office, staff: Staff, food: str) -> None:
    mine, theirs = task_of(office, food, "review"), task_of(office, food, "inspect")
    browser = Browser(office, "scjg.approver")
    answer = browser.send("/inbox/claim", task=[str(mine), str(theirs), "x"])
    assert answer.location == "/inbox?view=mine&done=claimed-many&n=1"
    assert "已认领 1 件" in browser.get(answer.location).text


def test_news_cost_nothing_while_there_are_none(office: Office, staff: Staff, food: str) -> None:
    browser = Browser(office, "scjg.approver")
    tag = browser.get("/inbox/news").headers["ETag"]
    assert browser.client.get("/inbox/news", headers={"If-None-Match": tag}).status_code == 304
    builders.accepted(office, staff, FOOD)
    assert browser.client.get("/inbox/news", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("query", ["view=nonsense", "task=99999", "q=%25&matter=none", "done=nonsense"])
def test_a_strange_address_still_shows_the_inbox(office: Office, staff: Staff, food: str, query: str) -> None:
    assert Browser(office, "scjg.approver").get(f"/inbox?{query}").status_code == 200


# --- a task -------------------------------------------------------------------------------------------


def test_a_completed_task_leads_to_the_next_most_urgent(
    office: Office, staff: Staff, watch: Watch, food: str
) -> None:
    first = task_of(office, food, "review")
    watch.set("2026-11-24 10:00")
    second = task_of(office, builders.accepted(office, staff, FOOD), "review")
    browser = Browser(office, "scjg.approver")
    for task in (first, second):
        browser.send(f"/tasks/{task}/claim")
    answer = browser.send(f"/tasks/{first}/complete", outcome="pass", opinion="符合", rev="1")
    assert answer.location == f"/tasks/{second}?done=completed"
    last = browser.send(f"/tasks/{second}/complete", outcome="pass", opinion="符合", rev="1")
    assert last.location == "/inbox?done=completed-last"
    assert "已办结本环节。" in browser.get(last.location).text


def test_the_same_form_sent_twice_is_one_act(office: Office, staff: Staff, food: str) -> None:
    task = task_of(office, food, "review")
    browser = Browser(office, "scjg.approver")
    sent = [browser.send(f"/tasks/{task}/complete", "once", outcome="pass", rev="0") for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 303]
    assert sent[0].location == sent[1].location


def test_a_refused_opinion_comes_back_with_all_that_was_typed(
    office: Office, staff: Staff, food: str
) -> None:
    task = task_of(office, food, "inspect")
    answer = Browser(office, "scjg.inspector").send(
        f"/tasks/{task}/complete", outcome="pass", opinion="现场<符合>", officers="", rev="0"
    )
    assert answer.status_code == 422
    assert "2 名以上工作人员" in at_field(answer, "officers")
    assert alert(answer) == at_field(answer, "officers")
    assert "现场&lt;符合&gt;</textarea>" in answer.text
    assert 'value="pass" checked' in answer.text


def test_two_officers_are_named_in_one_line(office: Office, staff: Staff, food: str) -> None:
    task = task_of(office, food, "inspect")
    browser = Browser(office, "scjg.inspector")
    answer = browser.send(f"/tasks/{task}/complete", outcome="pass", officers="张三、李四", rev="0")
    assert answer.status_code == 303
    assert "同行：张三、李四" in browser.get(f"/cases/{food}").text


def test_a_form_made_from_an_older_task_is_stale(office: Office, staff: Staff, food: str) -> None:
    task = task_of(office, food, "review")
    browser = Browser(office, "scjg.approver")
    browser.send(f"/tasks/{task}/claim")
    answer = browser.send(f"/tasks/{task}/complete", outcome="pass", opinion="符合", rev="0")
    assert (answer.status_code, alert(answer)) == (
        409,
        "该任务在您打开之后由 SCJG审 于 2026-11-23 09:00 改动，请刷新后再办。",
    )


def test_a_task_that_somebody_took_is_shown_with_his_name(office: Office, staff: Staff, food: str) -> None:
    task = task_of(office, food, "review")
    with office.act(CLOCK) as act:
        org = people.org_ids(act.db)["SCJG"]
        people.add_user(act.db, "second", "李四", "!", [("approver", org)])
    Browser(office, "scjg.approver").send(f"/tasks/{task}/claim")
    answer = Browser(office, "second").send(f"/tasks/{task}/claim")
    assert (answer.status_code, alert(answer)) == (409, "该任务已由 SCJG审 于 2026-11-23 09:00 认领。")
    assert "本环节由 SCJG审 办理。" in answer.text


def test_the_task_page_says_where_each_way_leads(office: Office, staff: Staff, food: str) -> None:
    builders.work(office, staff, food, until="decide")
    page = Browser(office, "scjg.leader").get(f"/tasks/{task_of(office, food, 'decide')}").text
    assert "→ 出证送达（综合窗口）" in page
    assert "→ 材料审查（审查岗）、现场勘查（勘验岗）" in page
    assert "<svg" in page


def test_a_return_without_a_reason_is_refused(office: Office, staff: Staff, food: str) -> None:
    builders.work(office, staff, food, until="decide")
    task = task_of(office, food, "decide")
    answer = Browser(office, "scjg.leader").send(f"/tasks/{task}/return", to="review", reason="")
    assert (answer.status_code, alert(answer)) == (422, "退回须写明理由。")


def test_another_department_finds_nothing(office: Office, staff: Staff, food: str) -> None:
    stranger = Browser(office, "wjw.approver")
    assert stranger.get(f"/tasks/{task_of(office, food, 'review')}").status_code == 404
    assert stranger.get(f"/cases/{food}").status_code == 404
    assert (
        stranger.send(
            f"/cases/{food}/suspend", ground="检验", notice="须检验", planned="5 个工作日"
        ).status_code
        == 404
    )


# --- a case -------------------------------------------------------------------------------------------


def test_the_clock_is_stopped_and_runs_again(office: Office, staff: Staff, food: str) -> None:
    browser = Browser(office, "scjg.approver")
    stopped = browser.send(f"/cases/{food}/suspend", ground="检验", notice="须检验", planned="5 个工作日")
    assert stopped.location == f"/cases/{food}?done=suspended"
    assert "已停 0 日" in browser.get(stopped.location).text
    assert browser.send(f"/cases/{food}/resume").location == f"/cases/{food}?done=resumed"


def test_an_unlawful_ground_comes_back_with_the_notice_kept(office: Office, staff: Staff, food: str) -> None:
    answer = Browser(office, "scjg.approver").send(
        f"/cases/{food}/suspend", ground="现场勘验", notice="须检验", planned="5 个工作日"
    )
    assert answer.status_code == 422
    assert "计入时限" in at_field(answer, "ground")
    assert "须检验</textarea>" in answer.text
    assert 'value="5 个工作日"' in answer.text


def test_the_case_page_hides_the_identity_number(office: Office, staff: Staff, food: str) -> None:
    page = Browser(office, "manager").get(f"/cases/{food}").text
    assert "510***********080X" in page
    assert builders.WANG.id_number not in page


def test_a_bundle_leads_to_its_members_and_back(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant")
    member = builders.member(office, no, FOOD)
    browser = Browser(office, "lin")
    assert f'href="/cases/{member}"' in browser.get(f"/cases/{no}").text
    assert f'href="/cases/{no}"' in browser.get(f"/cases/{member}").text


def test_a_file_is_an_attachment_for_those_who_may_see_its_case(
    office: Office, staff: Staff, food: str
) -> None:
    with office.act(CLOCK) as act:
        file_id = files.keep(act.db, "健康 证明.html", "text/html", b"<script>1</script>", act.at)
        shelf = cases.id_of(act.db, food)
        act.db.execute(materials.update().where(materials.c.case_id == shelf).values(file_id=file_id))
    answer = Browser(office, "scjg.approver").get(f"/files/{file_id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "健康" not in unquote(
        answer.headers["Content-Disposition"]
    )  # whoever called it so is nobody's business
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert Browser(office, "wjw.approver").get(f"/files/{file_id}").status_code == 404
    assert Browser(office).get(f"/files/{file_id}").status_code == 302


def test_no_page_carries_inline_script_or_style(office: Office, staff: Staff, food: str) -> None:
    browser = Browser(office, "scjg.approver")
    for path in ("/inbox", f"/tasks/{task_of(office, food, 'review')}", f"/cases/{food}", "/nothing"):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", page), path


def test_a_claimed_task_goes_back_to_the_pool(office: Office, staff: Staff, food: str) -> None:
    task = task_of(office, food, "review")
    with office.act(staff.of("approver", "SCJG")) as act:
        approver.claim(act, task)
    assert Browser(office, "scjg.approver").send(f"/tasks/{task}/release").location == "/inbox?done=released"
