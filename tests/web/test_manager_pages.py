"""The rooms of manager, designer and registrar, asked for as somebody."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.config import BPMN
from engine.office import Office
from engine.queries import figures, reports
from engine.store import people
from engine.store.cases import tasks
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from web import charts, workbook
from web.app import create_app


class Visitor:
    """A browser in which one user after another is signed in."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.app: Flask = create_app(office)
        self.client: FlaskClient = self.app.test_client()

    def _as(self, login: str) -> None:
        with self.office.database.transaction() as db:
            if people.session_user(db, login, self.office.now().replace(year=2000)) is None:
                user = people.by_login(db, login)
                assert user is not None
                people.open_session(db, login, user.id, self.office.now())
        self.client.set_cookie("lianban", login)

    def get(self, path: str, login: str = "manager") -> TestResponse:
        self._as(login)
        return self.client.get(path)

    def post(self, path: str, login: str = "manager", **form: Any) -> TestResponse:
        self._as(login)
        return self.client.post(path, data=form)


@pytest.fixture
def visitor(office: Office) -> Visitor:
    return Visitor(office)


@pytest.fixture
def late(office: Office, staff: Staff, watch: Watch) -> str:
    """A case eleven working days old, promised in ten."""
    watch.set("2026-11-06 10:00")
    no = builders.accepted(office, staff, "small_catering")
    watch.set("2026-11-23 10:00")
    return no


def test_the_board_shows_the_late_case_and_leads_to_it(visitor: Visitor, late: str) -> None:
    page = visitor.get("/overdue").text
    assert late in page
    assert "超期办件（1）" in page
    assert re.search(r'href="/overdue/red"[^>]*>\s*<span>红牌·超期</span><b>1</b>', page)


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.key)
def test_every_figure_has_its_page(visitor: Visitor, late: str, figure: figures.Figure) -> None:
    answer = visitor.get(f"/overdue/{figure.key}?month=2026-11&department=SCJG&day=2026-11-20")
    assert answer.status_code == 200
    assert figure.definition.replace('"', "&#34;") in answer.text


def test_filters_stay_in_every_address(visitor: Visitor, late: str) -> None:
    page = visitor.get("/overdue?department=SCJG&channel=window").text
    assert "/overdue/red?department=SCJG&amp;channel=window" in page
    assert late not in visitor.get("/overdue/red?department=WJW").text


def test_a_filter_that_cannot_be_read_is_refused(visitor: Visitor) -> None:
    assert visitor.get("/overdue?month=soon").status_code == 422
    assert visitor.get("/overdue?day=soon").status_code == 422
    assert visitor.get("/overdue/nonsense").status_code == 404


def test_a_head_sees_his_own_department_only(visitor: Visitor, late: str) -> None:
    assert late in visitor.get("/overdue", "scjg.leader").text
    assert late not in visitor.get("/overdue", "wjw.leader").text
    assert visitor.get("/overdue", "lin").status_code == 403


def test_urging_stands_in_the_list(visitor: Visitor, late: str) -> None:
    answer = visitor.post(f"/cases/{late}/urge", next="/overdue/red")
    assert (answer.status_code, answer.location) == (303, "/overdue/red?done=urged")
    assert "已催办" in visitor.get("/overdue/red").text
    assert visitor.post(f"/cases/{late}/urge", "lin").status_code == 403


def test_a_task_is_given_to_whoever_holds_its_post(
    visitor: Visitor, office: Office, staff: Staff, late: str
) -> None:
    task = builders.open_tasks(office, late)[0]
    assert staff.of(task.role, "SCJG").name in visitor.get(f"/tasks/{task.id}/reassign").text
    to = staff.of(task.role, "SCJG").id
    assert visitor.post(f"/tasks/{task.id}/reassign", user=to).status_code == 303
    with office.look() as look:
        assert look.db.execute(tasks.select().where(tasks.c.id == task.id)).one().assignee_id == to


def test_a_task_given_to_nobody_shows_the_form_again(visitor: Visitor, office: Office, late: str) -> None:
    task = builders.open_tasks(office, late)[0]
    answer = visitor.post(f"/tasks/{task.id}/reassign")
    assert answer.status_code == 422
    assert "请选择改派给谁" in answer.text
    assert visitor.get(f"/tasks/{task.id}/reassign", "lin").status_code == 403


def test_a_head_extends_once_with_reason(visitor: Visitor, late: str) -> None:
    assert "延期理由" in visitor.get(f"/cases/{late}/extend", "scjg.leader").text
    assert visitor.post(f"/cases/{late}/extend", "scjg.leader", reason=" ").status_code == 422
    assert visitor.post(f"/cases/{late}/extend", "scjg.leader", reason="现场复杂").status_code == 303
    assert visitor.post(f"/cases/{late}/extend", "scjg.leader", reason="再来").status_code == 409
    assert visitor.post(f"/cases/{late}/extend", "manager", reason="x").status_code == 403
    assert visitor.get(f"/cases/{late}/extend", "wjw.leader").status_code == 404
    assert late not in visitor.get("/overdue/red").text


def test_the_workbook_holds_text_and_never_a_formula(visitor: Visitor, office: Office, staff: Staff) -> None:
    trick = replace(builders.WANG, name='=HYPERLINK("http://evil")')
    no = builders.accepted(office, staff, "small_catering", applicant=trick)
    answer = visitor.get("/overdue.xlsx?tile=open")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        cells = "".join(book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
        strings = book.read("xl/sharedStrings.xml").decode()
    assert no in strings
    assert "口径" in strings
    assert "<f>" not in cells
    assert "'=HYPERLINK" in strings


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert workbook.guarded(text) == f"'{text}"
    assert workbook.guarded("示范商行") == "示范商行"


def test_searching_goes_to_the_case_or_to_the_list(visitor: Visitor, late: str) -> None:
    assert visitor.get(f"/search?q={late}").location == f"/cases/{late}"
    assert visitor.get("/search?q=小满").location == "/cases?q=%E5%B0%8F%E6%BB%A1"
    assert late in visitor.get("/cases?q=小满").text
    assert late not in visitor.get("/cases?q=小满", "wjw.leader").text
    visitor.client.delete_cookie("lianban")
    assert visitor.client.get("/cases?q=小满").location.startswith("/sign-in")


def test_a_diagram_is_handed_in_looked_at_and_published(visitor: Visitor) -> None:
    source = (BPMN / "matters" / "small_catering" / "process.bpmn").read_bytes()
    sent = visitor.post("/studio", "designer", file=(io.BytesIO(source), "x.bpmn"), key="small_catering")
    assert sent.status_code == 303
    page = visitor.get(sent.location, "designer").text
    assert "<svg" in page
    assert "草稿" in page
    where = sent.location.split("?")[0]
    assert visitor.post(f"{where}/publish", "designer").location == f"{where}?done=published"
    assert visitor.post(f"{where}/publish", "designer").status_code == 409
    assert visitor.get(f"{where}/source", "designer").data == source
    assert "v2" in visitor.get("/studio", "designer").text


def test_a_diagram_with_errors_names_them_and_is_not_published(visitor: Visitor) -> None:
    source = (BPMN / "matters" / "small_catering" / "process.bpmn").read_bytes()
    broken = source.replace(b'camunda:candidateGroups="leader"', b"")
    sent = visitor.post("/studio", "designer", file=(io.BytesIO(broken), "x.bpmn"), key="small_catering")
    page = visitor.get(sent.location, "designer").text
    assert "处错误" in visitor.get("/studio", "designer").text
    assert "decide" in page
    assert visitor.post(f"{sent.location.split('?')[0]}/publish", "designer").status_code == 422


@pytest.mark.parametrize("content", [b"", b"no diagram"], ids=["nothing", "not one"])
def test_what_is_no_diagram_is_told_so(visitor: Visitor, content: bytes) -> None:
    form = {"file": (io.BytesIO(content), "x.bpmn")} if content else {}
    answer = visitor.post("/studio", "designer", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_rooms_are_for_those_who_hold_the_post(visitor: Visitor) -> None:
    for path in ("/studio", "/studio/1", "/studio/1/source", "/admin"):
        assert visitor.get(path, "manager").status_code == 403
    assert visitor.post("/studio/1/publish", "manager").status_code == 403
    assert visitor.get("/studio", "designer").status_code == 200


def test_the_registrar_sees_the_house(visitor: Visitor, late: str) -> None:
    page = visitor.get("/admin", "registrar").text
    assert "校验链完整" in page
    assert "市场监督管理局" in page
    assert "scjg.leader" in page
    assert "还剩 38 天" in page


def test_a_chart_says_in_words_what_it_draws() -> None:
    days = [reports.Day(day=date(2026, 11, n), accepted=n, decided=1, lapsed=0) for n in range(1, 6)]
    drawn = charts.trend(
        days, ("受理", "办结", "<到期>"), ('题"目', "受理 15"), str, lambda key, day: f"/{key}?day={day}&x=1"
    )
    assert drawn.count("<polyline") == 3
    assert "<title>2026-11-05 受理 5</title>" in drawn
    assert "&lt;到期&gt;" in drawn
    assert 'href="/accepted?day=2026-11-05&amp;x=1"' in drawn
    assert "style=" not in drawn
    assert 'width="50.00%"' in charts.bar(1, 1, 2)


def test_pages_stand_also_in_english(visitor: Visitor, late: str) -> None:
    visitor.client.set_cookie("lang", "en")
    for path, login in (("/overdue", "manager"), ("/studio", "designer"), ("/admin", "registrar")):
        assert visitor.get(path, login).status_code == 200
    assert "Overdue" in visitor.get("/overdue").text
