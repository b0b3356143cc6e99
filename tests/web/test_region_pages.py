"""The cross-region window, places, powers, key projects: what each page shows and how its forms refuse."""

from datetime import timedelta

import pytest

from engine import worker
from engine.office import Office
from engine.services import champion
from tests import builders
from tests.builders import state
from tests.conftest import Watch
from tests.people import Staff
from tests.places import SUBSIDY, found
from tests.stories.test_proxy_intake import collected
from tests.stories.test_reported_upwards import TOBACCO
from tests.stories.test_reported_upwards import above as above  # noqa: PLC0414  a fixture, asked for by name
from tests.web.visitor import WANG, Visitor, at_field, said


def test_from_window_to_window_and_back(office: Office, staff: Staff) -> None:
    """异地代收代办 by the pages alone, and the applicant sees where it is."""
    far = found(office, staff, "GZ.HALL")["GZ.HALL"]
    no = collected(office, far)
    code = builders.case_row(office, no).code
    there, here, anybody = Visitor(office, "gz.hall"), Visitor(office, "lin"), Visitor(office)
    assert "代收，待转送属地1 件" in there.text("/crossing")
    assert "收件地正在把材料转送" in anybody.text(f"/t/{code}")
    there.send(f"/crossing/{no}/hand-over", method="mail", waybill="SF100", identified="yes")
    assert "外地转来，待接收1 件" in here.text("/crossing")
    assert "SF100" in anybody.text(f"/t/{code}")
    assert "属地接收—" in here.text(f"/crossing/{no}")
    arrived = here.send(f"/crossing/{no}/receive")
    assert arrived.location == f"/desk/cases/{no}?done=received"
    here.send(f"/desk/cases/{no}/accept")
    builders.work(office, staff, no)
    assert no not in there.text("/desk")
    here.send(f"/crossing/{no}/send-result", method="electronic")
    assert no in there.text("/desk")
    there.send(f"/desk/cases/{no}/deliver", method="window", receiver="王小满")
    assert state(office, no) == "delivered"


def test_what_is_forgotten_is_said_beside_its_field(office: Office, staff: Staff) -> None:
    no = collected(office, found(office, staff, "GZ.HALL")["GZ.HALL"])
    there = Visitor(office, "gz.hall")
    unseen = there.send(f"/crossing/{no}/hand-over", method="electronic")
    assert "须核验申请人身份" in at_field(unseen, "identified")
    unnumbered = there.send(f"/crossing/{no}/hand-over", method="mail", identified="yes")
    assert "须填写运单号" in at_field(unnumbered, "waybill")


def test_what_comes_in_bad_is_returned_material_by_material(office: Office, staff: Staff) -> None:
    no = collected(office, found(office, staff, "GZ.HALL")["GZ.HALL"])
    there, here = Visitor(office, "gz.hall"), Visitor(office, "lin")
    there.send(f"/crossing/{no}/hand-over", method="electronic", identified="yes")
    fields = {
        "wrong": "subsidy-application",
        "remark.subsidy-application": "模糊",
        "reason": "申请表无法辨认",
    }
    here.send(f"/crossing/{no}/send-back", **fields)
    assert "属地退回：申请表无法辨认" in there.text(f"/crossing/{no}")


def test_a_form_at_the_desk_names_homes_elsewhere(office: Office, staff: Staff) -> None:
    """多地联办 from one form."""
    found(office, staff, "YB.MZJ")
    lin = Visitor(office, "lin")
    assert "邻区民政局" in lin.text(f"/desk/apply/{SUBSIDY}")
    sent = lin.send(f"/desk/apply/{SUBSIDY}", **WANG, homes=["HALL", "YB.MZJ"])
    no = sent.location.split("/")[3].split("?")[0]
    assert "同一申请在各地的进度" in lin.text(f"/crossing/{no}")


def test_the_registrar_keeps_places_and_entrustments(office: Office, staff: Staff) -> None:
    """§1.1 机构×事项 and 许可法 24 条 by the page."""
    ding = Visitor(office, "registrar")
    ding.send("/admin/places", code="HX", name="和兴街道办事处", kind="street")
    ding.send("/admin/capabilities", place="HX", matters="social_card", level="forward")
    form = {"principal": "SCJG", "agent": "HX", "matter": "small_catering", "scope": "accept"}
    assert "请写明公告文号" in at_field(ding.send("/admin/entrustments", **form), "notice_no")
    ding.send("/admin/entrustments", **form, notice_no="公告1号")
    shown = ding.text("/admin/places")
    assert all(word in shown for word in ("和兴街道办事处", "委托受理", "代办", "公告1号"))
    ding.send("/admin/entrustments/1/end", reason="期满")
    assert "终止于" in ding.text("/admin/places")
    assert ding.get("/admin/places.xlsx").data[:2] == b"PK"


def test_presence_in_the_hall_is_told_with_its_list(office: Office, staff: Staff) -> None:
    """§1.1 应进必进、进驻负面清单附理由: three are excused, one is missing once the catalogue says so."""
    ding = Visitor(office, "registrar")
    shown = ding.text("/admin/places")
    assert "进驻率 100.0%" in shown
    assert "应进驻 38 项，已进驻 38 项" in shown
    assert "由助产机构在分娩地现场签发" in shown
    assert "应进驻 38 项" in Visitor(office, "manager").text("/figures")


def test_powers_are_given_and_taken_back(office: Office, staff: Staff, watch: Watch) -> None:
    """§1.1 规范授权."""
    builders.hired(office, "唐科长", role="chief")
    boss = Visitor(office, "scjg.leader")
    until = f"{watch() + timedelta(days=30):%Y-%m-%d}"
    boss.send(
        "/powers", post="leader@SCJG", to="唐科长", matter="food_operation_new", reach="all", until=until
    )
    assert "食品经营许可" in Visitor(office, "唐科长").text("/powers")
    boss.send("/powers/1/end")
    assert "已失效" in boss.text("/powers")


def test_a_project_is_opened_filled_and_read(office: Office, staff: Staff, watch: Watch) -> None:
    """§1.2 重点项目包抓."""
    builders.hired(office, "孙包抓", org="XZSP")
    manager = Visitor(office, "manager")
    no = builders.accepted(office, staff, "food_operation_new")
    at = manager.send("/projects", name="城市综合体", champion="孙包抓").location.split("?")[0]
    manager.send(f"{at}/join", case=no)
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    sun = Visitor(office, "孙包抓")
    assert "您包抓的重点项目有" in sun.text("/inbox")
    shown = sun.text(at)
    assert all(word in shown for word in ("食品经营许可", "超期 1 件", "未阅"))
    sun.send(f"{at}/read")
    assert "未阅" not in sun.text(at)
    assert sun.get(f"{at}.xlsx").data[:2] == b"PK"
    assert sun.get(f"/cases/{no}").status_code == 200
    assert Visitor(office, "lin").get(at).status_code == 403


@pytest.mark.usefixtures("above")
def test_the_reviewer_passes_a_case_up_from_his_task(office: Office, staff: Staff) -> None:
    """R-LIM-3."""
    no = builders.accepted(office, staff, TOBACCO)
    task = builders.open_tasks(office, no)[0]
    reviewer = Visitor(office, f"{builders.org_code(office, task.org_id).lower()}.{task.role}")
    assert "初审完毕，转报上级" in reviewer.text(f"/tasks/{task.id}")
    silent = reviewer.send(f"/tasks/{task.id}/report-up", outcome=builders.first(office, task), opinion="")
    assert "转报须附初审意见" in at_field(silent, "opinion")
    reviewer.send(f"/tasks/{task.id}/report-up", outcome=builders.first(office, task), opinion="拟同意")
    assert state(office, no) == "transferred"


def test_a_closed_project_takes_nothing_in(office: Office, staff: Staff) -> None:
    builders.hired(office, "孙包抓")
    with office.act(staff["manager"]) as act:
        project = champion.open_(act, "美食街", "孙包抓")
        champion.close(act, project)
    no = builders.accepted(office, staff, "social_card")
    back = Visitor(office, "manager").send(f"/projects/{project}/join", case=no)
    assert (back.status_code, "已经办结" in said(back)) == (409, True)


def test_a_place_of_elsewhere_says_where(office: Office, staff: Staff) -> None:
    back = Visitor(office, "registrar").send("/admin/places", code="X", name="外地大厅", kind="hall")
    assert "须写明行政区划代码" in at_field(back, "region")
