"""Licences that end, on pages and by machine: the hall's list, the holder's own page, the form begun from it."""

import re

import pytest

from engine.office import Office
from engine.services.receiving import Person
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_reminder import ENDS, FOOD, OPENS, RENEWAL, live
from tests.stories.test_reminder import holder as holder  # noqa: PLC0414  a fixture, asked for by name
from tests.web.machines import ID_NUMBER, Machine
from tests.web.visitor import Visitor

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
pytestmark = SQLITE


def _page(office: Office, no: str) -> str:
    return f"/t/{builders.case_row(office, no).code}"


def test_the_holder_is_told_on_his_page_and_begins_with_what_is_known(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    """Nothing personal is filled in: who he is he says himself."""
    wang, own = Visitor(office), _page(office, holder)
    assert "可以办理延续" not in wang.text(own)
    live(office, watch, OPENS)
    page = wang.get(own).text
    assert "还有 136 天到期，可以办理延续" in page
    form = page.split(f'action="/apply/{RENEWAL}"')[1].split("</form>")[0]
    known = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    begun = wang.send(f"/apply/{RENEWAL}", **known).text
    assert f'name="licence_until" type="date" value="{ENDS}"' in begun
    assert f'name="licence" type="text" value="Z{holder}"' in begun
    assert builders.WANG.id_number not in begun


def test_he_may_be_left_alone_and_be_reminded_again(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    live(office, watch, OPENS)
    wang, own = Visitor(office), _page(office, holder)
    assert wang.send(f"{own}/reminders/decline", no=holder).location == f"{own}?done=reminders-declined"
    assert "您选择了不再提醒" in wang.text(own)
    wang.send(f"{own}/reminders/resume", no=holder)
    assert "可以办理延续" in wang.text(own)
    assert wang.send(f"{own}/reminders/decline", no="N1").status_code == 404


def test_the_window_calls_notes_and_undoes(office: Office, staff: Staff, watch: Watch, holder: str) -> None:
    assert "没有要联系的人" in Visitor(office, "lin").text("/reminders")
    live(office, watch, OPENS)
    lin = Visitor(office, "lin")
    shown = lin.text("/reminders")
    assert all(words in shown for words in ("王小满", "13800000001", "最迟 2027-04-29 申请", "要联系的 1"))
    lin.send("/reminders/1/answer", said="told", words="下周来办")
    assert "已告知 · 林窗口" in lin.text("/reminders?state=told")
    assert "下周来办" in lin.get("/reminders.csv?state=").text
    lin.send("/reminders/1/undo")
    assert "要联系的 1" in lin.text("/reminders")
    assert "2027-01" in lin.text("/reminders?state=&month=2027-01")
    assert Visitor(office, "designer").send("/reminders/1/answer", said="told").status_code == 403
    assert lin.get("/reminders?month=2027-13").status_code == 422
    assert "还有 136 天到期，已提醒" in Visitor(office, "scjg.leader").text("/licences")


def test_machines_do_the_same(office: Office, staff: Staff, watch: Watch, holder: str) -> None:
    live(office, watch, OPENS)
    machine = Machine(office)
    listed = machine.get("/reminders").json
    (one,) = listed["items"]
    assert (one["number"], one["last"], listed["figures"][0]["reminded"]) == (f"Z{holder}", "2027-04-29", 1)
    said = machine.post(f"/reminders/{one['id']}/answer", json={"said": "unreached", "words": "无人接听"})
    assert (said.json["standing"], said.json["said_by"]) == ("unreached", "林窗口")
    assert machine.post(f"/reminders/{one['id']}/undo").json["standing"] == "waiting"
    again = machine.post(f"/reminders/{one['id']}/undo")
    assert (again.status_code, again.json["code"]) == (409, "reminder.unsaid")
    assert machine.post(f"/cases/{holder}/reminders/decline").status_code == 200
    assert machine.get("/reminders?state=declined").json["items"][0]["number"] == f"Z{holder}"
    assert machine.post(f"/cases/{holder}/reminders/resume").status_code == 200
    assert machine.post(f"/cases/{holder}/reminders/resume", "scjg.leader").status_code == 403
    assert machine.post("/reminders/99/answer", json={"said": "told"}).status_code == 404
    wrong = machine.post(f"/reminders/{one['id']}/answer", json={"said": "maybe"})
    assert (wrong.status_code, wrong.json["field"]) == (422, "said")


def test_a_renewal_by_machine_names_its_licence(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    """Of two that end on one day only the one that is named is gone on with; nobody renews another's."""
    who = Person("person", ID_NUMBER, "王小满")
    first, second = (builders.granted(office, staff, FOOD, applicant=who) for _ in range(2))
    live(office, watch, OPENS)
    machine, until = Machine(office), str(ENDS)
    another = machine.apply(RENEWAL, licence_until=until, licence=f"Z{holder}")
    assert (another.status_code, another.json["field"]) == (422, "licence")
    made = machine.apply(RENEWAL, licence_until=until, licence=f"Z{first}")
    assert made.status_code == 201
    listed = {each["case_no"]: each["applied"] for each in machine.get("/reminders?state=").json["items"]}
    assert listed == {first: made.json["no"], second: "", holder: ""}
