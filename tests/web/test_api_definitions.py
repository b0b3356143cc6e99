"""Diagrams and files over ``/api/v1``: bytes in, the same bytes out."""

import io
from pathlib import Path

import pytest

from engine.config import BPMN
from engine.office import Office
from tests.web.machines import Machine

FOOD = BPMN / "matters" / "food_operation_new" / "process.bpmn"
PDF = b"%PDF-1.7 nothing much"


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def _hand_in(machine: Machine, source: bytes, login: str = "designer", kind: str = "application/xml"):
    return machine.post("/definitions", login, json=None, data=source, content_type=kind)


def test_a_diagram_comes_back_byte_for_byte(machine: Machine):
    source = FOOD.read_bytes() + b"\n<!-- \xe7\xaa\x97\xe5\x8f\xa3 -->\r\n"
    kept = _hand_in(machine, source)
    assert (kept.status_code, kept.json["status"]) == (201, "draft")
    assert machine.get(f"/definitions/{kept.json['id']}/source").data == source


def test_a_form_may_carry_it_too(machine: Machine):
    form = {"file": (io.BytesIO(FOOD.read_bytes()), "food.bpmn")}
    kept = machine.post("/definitions", "designer", json=None, data=form)
    assert kept.json["key"] == "food_operation_new"


def test_a_draft_is_published_once(machine: Machine):
    kept = _hand_in(machine, FOOD.read_bytes()).json
    assert machine.post(f"/definitions/{kept['id']}/publish", "designer").json["status"] == "published"
    again = machine.post(f"/definitions/{kept['id']}/publish", "designer")
    assert (again.status_code, again.json["code"]) == (409, "definition.published")


def test_a_diagram_with_errors_is_a_draft_that_nobody_can_publish(machine: Machine):
    source = FOOD.read_bytes().replace(
        b'camunda:candidateGroups="window"', b'camunda:candidateGroups="nobody"'
    )
    kept = _hand_in(machine, source).json
    assert [each["bars"] for each in kept["findings"]].count("publishing") > 0
    refused = machine.post(f"/definitions/{kept['id']}/publish", "designer")
    assert (refused.status_code, refused.json["code"]) == (422, "definition.findings")
    assert refused.json["findings"]


@pytest.mark.parametrize(
    "source", [b"", b"\x00\xff", b"<a/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"{}"]
)
def test_what_is_no_diagram_is_refused_with_a_code(machine: Machine, source: bytes):
    refused = _hand_in(machine, source)
    assert refused.status_code == 422
    assert refused.json["code"]


def test_a_diagram_beyond_measure_is_refused_as_too_large(machine: Machine):
    refused = _hand_in(machine, b"<a>" + b" " * (5 * 1024 * 1024))
    assert (refused.status_code, refused.json["code"]) == (413, "upload.too-large")


def test_only_a_designer_hands_in(machine: Machine):
    assert _hand_in(machine, FOOD.read_bytes(), "lin").status_code == 403


def test_a_body_of_another_kind_is_refused(machine: Machine):
    refused = _hand_in(machine, b"{}", kind="application/json")
    assert refused.json["code"] == "definition.media-type"


def test_a_version_is_drawn(machine: Machine):
    kept = _hand_in(machine, FOOD.read_bytes()).json
    drawn = machine.get(f"/definitions/{kept['id']}/track.svg")
    assert drawn.content_type.startswith("image/svg+xml")
    assert drawn.text.startswith("<svg")
    assert machine.get("/definitions/999999/track.svg").json["code"] == "definition.unknown"


def test_a_file_is_kept_once_by_content(machine: Machine):
    def keep(name: str):
        form = {"file": (io.BytesIO(PDF), name, "application/pdf")}
        return machine.post("/files", json=None, data=form)

    first, second = keep("平面图.pdf"), keep("copy.pdf")
    assert first.status_code == 201
    assert first.json == second.json


def test_a_file_that_is_not_what_it_says_is_refused(machine: Machine):
    form = {"file": (io.BytesIO(b"#!/bin/sh"), "plan.pdf", "application/pdf")}
    assert machine.post("/files", json=None, data=form).json["code"] == "file.type"
    assert machine.post("/files", json=None, data={}).json["code"] == "file.empty"


def test_a_file_goes_with_an_application(machine: Machine, tmp_path: Path):
    form = {"file": (io.BytesIO(PDF), "plan.pdf", "application/pdf")}
    file_id = machine.post("/files", json=None, data=form).json["id"]
    body = machine.body("food_operation_new")
    body["materials"][0]["file_id"] = file_id
    assert machine.post("/cases", json=body).status_code == 201
    body["materials"][0]["file_id"] = file_id + 1000
    assert machine.post("/cases", json=body).json["code"] == "file.unknown"
