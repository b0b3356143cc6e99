"""Calendars over ``/api/v1``: listed, weighed, drafted by one machine and put in force by another's user."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import worker
from engine.office import Office
from tests import builders
from tests.people import Staff
from tests.web.machines import Machine

SHELF = Path(__file__).parents[2] / "bpmn" / "calendars"
STORM = {"table": "2026-11-30,true,暴雨停办", "document": "川府明电〔2026〕3号"}


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def drafted(machine: Machine, body: dict[str, Any] | None = None, code: str = "CN") -> int:
    answer = machine.post(f"/calendars/{code}/versions", "registrar", json=body or STORM)
    assert (answer.status_code, answer.json["status"]) == (201, "draft")
    return int(answer.json["id"])


def test_anybody_may_see_what_is_in_force(machine: Machine) -> None:
    told = machine.get("/calendars").json
    assert (told["last"], told["days_ahead"], told["behind"]) == ("2026-12-31", 38, 0)
    assert told["items"][0]["active"]["no"] == "国务院放假通知至2026年"
    days = {day["day"]: day for day in machine.get("/calendars/CN/days?year=2026").json["days"]}
    assert days["2026-10-10"] == {
        "day": "2026-10-10",
        "working": True,
        "name": "国庆节",
        "provisional": False,
    }
    assert machine.get("/calendars/CN/days?year=2027").json["days"][0]["provisional"]


def test_a_notice_is_weighed_without_a_trace(office: Office, staff: Staff, machine: Machine) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    told = machine.post("/calendars/CN/preview", "registrar", json=STORM).json
    assert [day["day"] for day in told["days"]] == ["2026-11-30"]
    assert {move["case"] for move in told["moves"]} == {no}
    assert (told["earlier"], told["later"]) == (0, len(told["moves"]))
    assert machine.get("/calendars/CN/versions").json["items"][0]["status"] == "active"


def test_it_takes_two(office: Office, staff: Staff, machine: Machine) -> None:
    no = builders.accepted(office, staff, "tobacco_retail")
    before = builders.last_days(office, no)
    draft = drafted(machine)
    alone = machine.post(f"/calendars/versions/{draft}/activate", "registrar")
    assert (alone.status_code, alone.json["code"]) == (403, "calendar.same-person")
    done = machine.post(f"/calendars/versions/{draft}/activate", "deng").json
    assert (done["imported_name"], done["activated_name"], done["status"]) == ("丁登记", "邓登记", "active")
    worker.drain(office)
    assert builders.last_days(office, no)["legal"] > before["legal"]


def test_a_whole_notice_is_taken_as_it_was_published(machine: Machine) -> None:
    shipped = json.loads((SHELF / "2026.json").read_text("utf-8"))
    same = machine.post("/calendars/CN/versions", "registrar", json={"notice": shipped})
    assert (same.status_code, same.json["code"]) == (422, "calendar.unchanged")
    shipped["days"][0]["isOffDay"] = False
    assert drafted(machine, {"notice": shipped})


def test_a_hall_has_days_and_hours_of_its_own(machine: Machine) -> None:
    machine.post("/calendars", "registrar", json={"code": "HALL-1", "name": "综合窗口"})
    hours = [{"from": "01-01", "workday": "09:00-20:00", "saturday": "09:00-16:00"}]
    draft = drafted(machine, {**STORM, "hours": hours, "orgs": ["HALL"]}, "HALL-1")
    seen = machine.get(f"/calendars/versions/{draft}/impact", "registrar").json
    assert seen["hours_changed"]
    machine.post(f"/calendars/versions/{draft}/activate", "deng")
    active = next(
        item["active"] for item in machine.get("/calendars").json["items"] if item["code"] == "HALL-1"
    )
    assert (active["orgs"], active["hours"][0]["saturday"]) == (["HALL"], "09:00-16:00")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/calendars/CN/versions", {}, 422, "calendar.nothing"),
        ("/calendars/CN/versions", {"notice": []}, 422, "field.type"),
        ("/calendars/CN/versions", {"notice": {"year": 2026}}, 422, "calendar.unreadable"),
        ("/calendars/CN/versions", {"table": "2099-01-01,true,x"}, 422, "calendar.gap"),
        ("/calendars/CN/versions", {"orgs": ["HALL"]}, 422, "calendar.orgs"),
        ("/calendars/XX/versions", STORM, 404, "calendar.unknown"),
        ("/calendars/CN/versions", {"hours": [{"workday": "nine"}]}, 422, "hours.unreadable"),
        ("/calendars", {"code": "hall", "name": "x"}, 422, "calendar.code"),
        ("/calendars/versions/999/activate", {}, 404, "calendar.version-unknown"),
    ],
)
def test_what_is_wrong_is_said(machine: Machine, path: str, body: Any, status: int, code: str) -> None:
    answer = machine.post(path, "registrar", json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_only_registrars_change_anything(machine: Machine) -> None:
    draft = drafted(machine)
    paths = ("/calendars/CN/versions", "/calendars/CN/preview")
    codes = [machine.post(path, "manager", json=STORM).json["code"] for path in paths]
    codes += [
        machine.post(f"/calendars/versions/{draft}/{act}", "manager").json["code"]
        for act in ("activate", "discard")
    ]
    codes.append(machine.get(f"/calendars/versions/{draft}/impact", "manager").json["code"])
    codes.append(machine.post("/calendars", "manager", json={"code": "AB", "name": "x"}).json["code"])
    assert set(codes) == {"post.missing"}


def test_a_draft_is_laid_aside_once(machine: Machine) -> None:
    draft = drafted(machine)
    assert machine.post(f"/calendars/versions/{draft}/discard", "registrar").json["status"] == "superseded"
    assert machine.post(f"/calendars/versions/{draft}/discard", "registrar").json["code"] == "calendar.frozen"


def test_monitors_are_told_how_far_the_notices_reach(machine: Machine) -> None:
    ready = machine.client.get("/readyz").json
    assert (ready["calendar_days_ahead"], ready["calendar_last"]) == (38, "2026-12-31")
    assert "还剩 38 天" in ready["warnings"][0]
    gauges = machine.client.get("/metrics").text
    assert "lianban_calendar_days_ahead 38" in gauges
    assert "lianban_deadlines_behind_calendar 0" in gauges
