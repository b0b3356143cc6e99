"""What surrounds a case over ``/api/v1``: who goes first, mandates, guidance, courier, appointments, figures."""

import pytest

from engine.office import Office
from engine.services import desk, mailroom
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import ID_NUMBER, Machine

CATERING = "small_catering"
AGENT = {"id_number": "510703198506152516", "name": "李帮办", "phone": "13800000002"}
PRINCIPAL = {"id_number": ID_NUMBER, "name": "王小满", "phone": "13800000001"}


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def test_an_agent_files_after_his_letter_was_shown(machine: Machine) -> None:
    body = machine.body(CATERING, channel="agent", agent=AGENT)
    assert machine.post("/cases", json=body).json["code"] == "mandate.missing"
    letter = {"until": "2026-12-31", "matters": [CATERING]}
    given = machine.post("/mandates", json={"principal": PRINCIPAL, "agent": AGENT, "mandate": letter})
    assert (given.status_code, given.json["basis"], len(given.json["code"])) == (201, "paper", 16)
    assert machine.post("/cases", json=body).status_code == 201
    over = machine.post(f"/mandates/{given.json['id']}/revoke", json={"reason": "本人撤销"})
    assert over.json["revoked_at"]
    assert machine.post("/cases", json=body).json["code"] == "mandate.over"


def test_who_goes_first_and_what_he_was_helped_with(machine: Machine, office: Office) -> None:
    no = machine.apply(CATERING).json["no"]
    assert machine.post(f"/cases/{no}/priority", json={"groups": ["old"]}).status_code == 200
    assert machine.post(f"/cases/{no}/priority", json={"groups": ["rich"]}).json["field"] == "groups.0"
    assert machine.post(f"/cases/{no}/assist", json={"words": "代填表"}).status_code == 200
    told = machine.get("/reports/service", "manager").json
    assert (told["assists"], told["assists_first"], told["groups"][0]) == (1, 1, ["老", 1])


def test_a_parcel_goes_out_comes_back_and_is_signed_for(
    machine: Machine, office: Office, staff: Staff
) -> None:
    no = builders.granted(office, staff, CATERING)
    to = {"method": "mail", "receiver": "王小满", "address": "和兴街 1 号"}
    assert machine.post(f"/cases/{no}/handout", json=to).status_code == 200
    sent = {"carrier": "邮政快递", "waybill": "EX1"}
    assert machine.post(f"/cases/{no}/post", json=sent).json["state"] == "granted"
    assert machine.post(f"/cases/{no}/mail-returned", json={"reason": "地址不详"}).status_code == 200
    assert machine.post(f"/cases/{no}/sign").json["code"] == "shipment.none"
    machine.post(f"/cases/{no}/post", json=sent)
    assert machine.post(f"/cases/{no}/sign").json["state"] == "delivered"


def test_guidance_is_filed(machine: Machine) -> None:
    kept = machine.post("/guidance", json={"application": machine.body(CATERING), "words": "先备好布局图"})
    assert kept.status_code == 201
    assert machine.post(f"/guidance/{kept.json['id']}/file").json["state"] == "received"


def test_an_appointment_is_booked_moved_met(machine: Machine, watch: Watch) -> None:
    wish = {"at": "2026-11-24T09:00", "name": "王小满", "phone": "13800000001"}
    made = machine.post("/appointments", json=wish)
    assert (made.status_code, made.json["at"]) == (201, "2026-11-24T09:00:00+08:00")
    code = made.json["code"]
    moved = machine.post(f"/appointments/{code}/move", json={"at": "2026-11-24T10:00"})
    assert moved.json["at"] == "2026-11-24T10:00:00+08:00"
    [listed] = machine.get("/appointments?day=2026-11-24").json["items"]
    assert (listed["name"], listed["moved"]) == ("王小满", 1)
    assert machine.get("/appointments?day=2026-11-24", "manager").json["code"] == "post.missing"
    came = f"/appointments/{made.json['id']}/arrive"
    assert machine.post(came).json["code"] == "appointment.other-day"
    watch.set("2026-11-24 09:50")
    assert machine.post(came).json["state"] == "arrived"
    assert machine.post(f"/appointments/{code}/cancel").json["code"] == "appointment.over"


def test_the_address_is_shown_to_no_machine(machine: Machine, office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, CATERING)
    builders.do(office, staff["lin"], mailroom.choose, no, "mail", "", "王小满", "1", "和兴街 1 号")
    builders.do(office, staff["lin"], mailroom.post, no, "邮政快递", "EX1")
    assert "和兴街" not in machine.get(f"/cases/{no}").text
    assert (
        builders.refusal(office, staff["lin"], desk.deliver, no, "window", "王").code == "shipment.under-way"
    )
