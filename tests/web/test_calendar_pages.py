"""The registrar's calendars on paper and screen: draft, compare, a second person puts it in force."""

import io
import json
import re
from pathlib import Path

import pytest

from engine import worker
from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.web.visitor import Visitor, alert, said

SHELF = Path(__file__).parents[2] / "bpmn" / "calendars"
CN = "/admin/calendars/CN"
#: The first Monday of December is off; whoever is due then or later has a day more.
STORM = "2026-11-30,true,暴雨停办\n"


@pytest.fixture
def ding(office: Office) -> Visitor:
    return Visitor(office, "registrar")


@pytest.fixture
def deng(office: Office) -> Visitor:
    return Visitor(office, "deng")


def drafted(visitor: Visitor, text: str = STORM, path: str = CN, **more: object) -> str:
    """Draft what is pasted; return the draft's page."""
    answer = visitor.send(path, table=text, **more)
    assert answer.status_code == 303, alert(answer)
    return str(answer.location).split("?")[0]


def test_the_year_stands_on_one_page(ding: Visitor) -> None:
    page = ding.get(f"{CN}?year=2026").text
    assert re.search(r'<td class="off" title="国庆节">1<b>休</b>', page)
    assert re.search(r'<td class="makeup" title="国庆节">10<b>班</b>', page)
    assert '<td class="work today" aria-current="date">23</td>' in page
    assert "全年工作日 248 天" in page


def test_a_year_without_a_notice_is_said_to_be_provisional(ding: Visitor) -> None:
    page = ding.get(f"{CN}?year=2027").text
    assert "work foretold" in page
    assert "还剩 38 天" in page


def test_a_notice_is_drafted_compared_and_put_in_force_by_another(
    office: Office, staff: Staff, ding: Visitor, deng: Visitor
) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    due = builders.last_days(office, no)
    at = drafted(ding, document="川府明电〔2026〕3号")
    assert "请另一位登记管理岗人员复核" in ding.text(at)
    seen = deng.text(at)
    assert no in seen
    assert "推后" in seen
    assert builders.last_days(office, no) == due
    assert deng.send(f"{at}/activate", sure="yes").status_code == 303
    worker.drain(office)
    assert "所有运行中的时限都已按现行日历计算" in deng.text(at)
    assert builders.last_days(office, no)["promised"] > due["promised"]
    assert "工作日历换版（川府明电〔2026〕3号）" in Visitor(office, "registrar").text(f"/cases/{no}")


def test_whoever_drafted_it_cannot_put_it_in_force(ding: Visitor) -> None:
    answer = ding.send(f"{drafted(ding)}/activate", sure="yes")
    assert answer.status_code == 403
    assert "起草和生效须由两人分别办理" in alert(answer)


def test_nobody_confirms_what_he_has_not_checked(ding: Visitor, deng: Visitor) -> None:
    answer = deng.send(f"{drafted(ding)}/activate")
    assert "勾选" in alert(answer)


def test_a_draft_can_be_laid_aside(ding: Visitor) -> None:
    at = drafted(ding)
    assert ding.send(f"{at}/discard").status_code == 303
    assert "已作废" in ding.text(at)


def test_what_is_wrong_with_a_notice_is_said_above_the_form_and_nothing_is_lost(ding: Visitor) -> None:
    answer = ding.send(CN, table="2026-11-31,true,x", document="川府明电〔2026〕3号")
    assert answer.status_code == 422
    assert "第 1 行的日期" in alert(answer)
    assert "2026-11-31,true,x" in answer.text
    assert "川府明电〔2026〕3号" in answer.text


def test_a_file_can_be_uploaded_and_the_same_again_changes_nothing(ding: Visitor) -> None:
    source = (SHELF / "2026.json").read_bytes()
    answer = ding.send(CN, file=(io.BytesIO(source), "2026.json"))
    assert "没有任何变化" in alert(answer)


def test_a_hall_gets_a_calendar_of_its_own(
    office: Office, staff: Staff, ding: Visitor, deng: Visitor
) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    before = builders.last_days(office, no)["promised"]
    ding.send("/admin/calendars", code="YC-1", name="烟草专卖局")
    own = {"from.0": "01-01", "workday.0": "09:00-12:00 13:00-17:00", "saturday.0": "09:00-16:00"}
    at = drafted(ding, STORM, "/admin/calendars/YC-1", orgs="YC", **{"with-orgs": "1"}, **own)
    assert "周六" in deng.text(at)
    deng.send(f"{at}/activate", sure="yes")
    worker.drain(office)
    assert builders.last_days(office, no)["promised"] > before
    assert "烟草专卖局" in ding.text("/admin/calendars")
    assert "09:00-16:00" in ding.text("/admin/calendars/YC-1")


def test_a_year_goes_out_as_it_came_in(ding: Visitor) -> None:
    told = json.loads(ding.get(f"{CN}/2026.json").data)
    shipped = json.loads((SHELF / "2026.json").read_text("utf-8"))
    assert sorted(day["date"] for day in told["days"]) == sorted(day["date"] for day in shipped["days"])
    again = ding.send(CN, file=(io.BytesIO(json.dumps(told).encode()), "2026.json"))
    assert "没有任何变化" in alert(again)
    assert ding.get(f"{CN}/2026.csv").text.startswith("\ufeffdate,off,name\r\n2026-01-01,true,元旦")


def test_only_registrars_come_in(office: Office, ding: Visitor) -> None:
    at = drafted(ding)
    window = Visitor(office, "lin")
    assert {window.get(path).status_code for path in ("/admin/calendars", CN, at, f"{CN}/2026.json")} == {403}
    assert {
        window.send(path, table=STORM).status_code for path in (CN, f"{at}/activate", f"{at}/discard")
    } == {403}


def test_the_pages_stand_in_english(ding: Visitor) -> None:
    at = drafted(ding)
    ding.english()
    assert "Clocks that would move" in said(ding.get(at))
    assert "worked weekend" in said(ding.get(CN))
    assert "Add the calendar of a region or hall" in said(ding.get("/admin/calendars"))
