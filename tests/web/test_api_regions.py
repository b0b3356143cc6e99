"""Across regions over ``/api/v1``: what a machine of another place sends and gets."""

import pytest

from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.places import SUBSIDY, found
from tests.stories.test_reported_upwards import TOBACCO
from tests.stories.test_reported_upwards import above as above  # noqa: PLC0414  a fixture, asked for by name
from tests.web.machines import Machine


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def test_proxy_intake_by_machine(machine: Machine, office: Office, staff: Staff) -> None:
    """异地代收代办: post, hand over, receive, look where it is."""
    found(office, staff, "GZ.HALL")
    no = machine.apply(SUBSIDY, "gz.hall", hall="GZ.HALL").json["no"]
    assert [each["no"] for each in machine.get("/crossings", "gz.hall").json["forward"]] == [no]
    body = {"method": "mail", "waybill": "SF1", "identified": True}
    assert machine.post(f"/cases/{no}/hand-over", "gz.hall", json=body).json["state"] == "collected"
    assert machine.post(f"/cases/{no}/receive").json["state"] == "received"
    shown = machine.get(f"/cases/{no}/crossing").json
    assert (shown["place"], shown["waybill"], shown["mode"]) == ("外省政务大厅", "SF1", "proxy")


def test_what_comes_in_bad_goes_back_by_machine(machine: Machine, office: Office, staff: Staff) -> None:
    found(office, staff, "GZ.HALL")
    no = machine.apply(SUBSIDY, "gz.hall", hall="GZ.HALL").json["no"]
    machine.post(f"/cases/{no}/hand-over", "gz.hall", json={"identified": True})
    body = {"reason": "模糊", "remarks": {"subsidy-application": "看不清"}}
    assert machine.post(f"/cases/{no}/send-back", json=body).json["state"] == "collected"
    early = machine.post(f"/cases/{no}/send-result", json={})
    assert early.json["code"] == "case.wrong-state"


def test_several_homes_in_one_body(machine: Machine, office: Office, staff: Staff) -> None:
    """多地联办."""
    found(office, staff, "YB.MZJ")
    no = machine.apply(SUBSIDY, homes=["HALL", "YB.MZJ"]).json["no"]
    assert {site["home"] for site in machine.get(f"/cases/{no}/crossing").json["sites"]} == {
        "区政务服务中心综合窗口",
        "邻区民政局",
    }


def test_a_kiosk_uses_the_same_door(machine: Machine) -> None:
    """自助终端: same API, refused beyond what is decided on the spot."""
    assert machine.apply("individual_business", channel="kiosk").status_code == 201
    refused = machine.apply("food_operation_new", channel="kiosk")
    assert (refused.status_code, refused.json["code"]) == (409, "kiosk.not-on-the-spot")


def test_places_and_entrustments_by_machine(machine: Machine, office: Office) -> None:
    street = {"code": "HX", "name": "和兴街道办事处", "kind": "street"}
    assert machine.post("/places", "registrar", json=street).status_code == 201
    given = {"principal": "SCJG", "agent": "HX", "matter": "small_catering", "scope": "accept"}
    made = machine.post("/entrustments", "registrar", json={**given, "notice_no": "公告1号"})
    laid = {"place": "HX", "matters": ["social_card"], "level": "none"}
    assert machine.post("/capabilities", "registrar", json=laid).status_code == 200
    shown = machine.get("/places", "registrar").json
    cells = {(c["place"], c["matter"]): (c["level"], c["scope"]) for c in shown["cells"]}
    assert cells["HX", "small_catering"] == ("accept", "accept")
    assert cells["HX", "social_card"] == ("none", "")
    assert shown["presence"]["rate"] == 1.0
    ended = machine.post(f"/entrustments/{made.json['id']}/end", "registrar", json={"reason": "期满"})
    assert ended.status_code == 200


def test_powers_by_machine(machine: Machine, office: Office) -> None:
    builders.hired(office, "tang", role="chief")
    body = {"to": "tang", "role": "leader", "org": "SCJG", "until": "2026-12-31", "reach": "granted"}
    made = machine.post("/powers", "scjg.leader", json=body)
    assert machine.get("/powers", "tang").json["items"][0]["reach"] == "granted"
    assert machine.post("/powers", "scjg.chief", json=body).json["code"] == "power.not-own"
    assert machine.post(f"/powers/{made.json['id']}/end", "scjg.leader").status_code == 200


def test_projects_by_machine(machine: Machine, office: Office, staff: Staff) -> None:
    builders.hired(office, "sun")
    builders.hired(office, "qian")
    no = machine.post("/projects", "manager", json={"name": "综合体", "champion": "sun"}).json["no"]
    case = builders.accepted(office, staff, "social_card")
    machine.post(f"/projects/{no}/join", "manager", json={"case": case})
    assert machine.get(f"/projects/{no}", "sun").json["lines"][0]["no"] == case
    assert machine.get(f"/projects/{no}", "lin").json["code"] == "project.not-yours"
    assert machine.post(f"/projects/{no}/read", "sun").status_code == 200
    assert machine.post(f"/projects/{no}/leave", "manager", json={"case": case}).status_code == 200
    assert machine.post(f"/projects/{no}/champion", "manager", json={"champion": "qian"}).status_code == 200
    assert machine.get("/projects", "sun").json["items"] == []
    assert machine.post(f"/projects/{no}/close", "manager").status_code == 200


@pytest.mark.usefixtures("above")
def test_passing_up_by_machine(machine: Machine, office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, TOBACCO)
    task = builders.open_tasks(office, no)[0]
    login = f"{builders.org_code(office, task.org_id).lower()}.{task.role}"
    body = {"outcome": builders.first(office, task), "opinion": "拟同意"}
    assert machine.post(f"/tasks/{task.id}/report-up", login, json=body).json["state"] == "transferred"
