"""Licences and the library over ``/api/v1``: anybody asks how a licence stands, the staff see and end them."""

import io

import pytest

from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.uploads import PDF
from tests.web.machines import Machine

FOOD, HEALTH = "food_operation_new", "health-certificate"


@pytest.fixture
def machine(office: Office, staff: Staff) -> Machine:
    return Machine(office)


@pytest.fixture
def number(office: Office, staff: Staff) -> str:
    return f"Z{builders.granted(office, staff, FOOD)}"


def test_anybody_may_ask_how_one_stands_and_hears_no_more(machine: Machine, number: str) -> None:
    answer = machine.get(f"/licences/{number}", None)
    assert answer.json == {"number": number, "state": "valid", "name": "有效"}
    assert machine.get("/licences/Z000", None).json["code"] == "licence.unknown"
    assert machine.get("/licences", None).status_code == 401
    assert machine.get(f"/licences/{number}/record", None).status_code == 401


def test_the_staff_of_its_authority_see_it_whole(machine: Machine, number: str) -> None:
    listed = machine.get("/licences?q=食品", "scjg.approver").json
    assert ([each["number"] for each in listed["items"]], listed["next"]) == ([number], None)
    whole = machine.get(f"/licences/{number}/record", "scjg.approver").json
    assert (whole["holder"], whole["valid_until"], whole["state"]) == ("王小满", "2031-11-23", "valid")
    assert machine.get(f"/licences/{number}/record", "ga.approver").status_code == 404


def test_its_leader_ends_it_once(machine: Machine, number: str) -> None:
    """R-DEC-2."""
    body = {"ground": "lapsed", "reason": "届满未延续"}
    assert machine.post(f"/licences/{number}/cancel", "scjg.approver", json=body).status_code == 403
    wrong = machine.post(f"/licences/{number}/revoke", "scjg.leader", json=body)
    assert (wrong.status_code, wrong.json["code"], wrong.json["field"]) == (422, "licence.ground", "ground")
    done = machine.post(f"/licences/{number}/cancel", "scjg.leader", json=body)
    assert done.json == {"number": number, "state": "cancelled", "name": "已注销"}
    assert machine.get(f"/licences/{number}", None).json["state"] == "cancelled"
    again = machine.post(f"/licences/{number}/cancel", "scjg.leader", json=body)
    assert (again.status_code, again.json["code"]) == (409, "licence.ended")


def test_a_library_is_filled_verified_used_and_withdrawn(machine: Machine) -> None:
    """§1.6, §8, §9."""
    file_id = machine.client.post(
        "/api/v1/files", data={"file": (io.BytesIO(PDF), "证.pdf")}, headers=machine.headers("lin")
    ).json["id"]
    body = machine.body(FOOD, lacking=(HEALTH,), consent=True)
    body["materials"].append({"code": HEALTH, "file_id": file_id})
    no = machine.post("/cases", json=body).json["no"]
    assert machine.post(f"/cases/{no}/verify", json={"codes": [HEALTH]}).status_code == 200
    (held,) = machine.get(f"/cases/{no}/holdings").json["items"]
    assert (held["code"], held["trust"], held["obstacle"]) == (HEALTH, "B", "")
    again = machine.post("/cases", json=machine.body(FOOD, lacking=(HEALTH,), reuse=[HEALTH]))
    assert again.status_code == 201
    assert machine.post(f"/cases/{no}/holdings/{held['id']}/withdraw").status_code == 200
    refused = machine.post("/cases", json=machine.body(FOOD, lacking=(HEALTH,), reuse=[HEALTH]))
    assert (refused.status_code, refused.json["code"]) == (409, "reuse.unavailable")
    assert machine.post(f"/cases/{no}/holdings/{held['id']}/consent").status_code == 200
    assert machine.post(f"/cases/{no}/holdings/999/consent").json["code"] == "holding.unknown"


def test_only_the_window_verifies(machine: Machine) -> None:
    no = machine.apply(FOOD).json["no"]
    assert machine.post(f"/cases/{no}/verify", "manager", json={"codes": [HEALTH]}).status_code == 403
    nothing = machine.post(f"/cases/{no}/verify", json={"codes": [HEALTH]})
    assert (nothing.status_code, nothing.json["code"]) == (422, "verify.nothing")
