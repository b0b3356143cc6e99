"""The machines' door itself: tokens, its description, and that no body whatever opens it by force."""

import json
import re
from typing import Any

import pytest
from werkzeug.routing import Rule

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import passwords
from engine.store import people
from tests.web.machines import API, Machine

DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]

#: Any JSON at any place.
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "x",
    "\x00",
    "\ud800",
    "a" * 5000,
    [],
    [1],
    [None, {}],
    {},
    {"": None},
    {"a": 1},
    {"\x00": "\x00"},
    DEEP,
)
#: Bodies that are no JSON at all, or none that a reader takes.
UNREADABLE = (b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b'{"a":' * 50_000, b"nul", b"\x00")


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def _posts(machine: Machine) -> list[Rule]:
    rules = machine.client.application.url_map.iter_rules()
    return [rule for rule in rules if rule.rule.startswith(API) and "POST" in (rule.methods or ())]


def _fields(machine: Machine, rule: Rule) -> list[str]:
    """The names of the fields a route describes."""
    spec = machine.client.get("/api/openapi.json").json
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
    body = spec["paths"][path]["post"].get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
    return list(spec["components"]["schemas"].get(name, {}).get("properties", {}))


def _url(rule: Rule, no: str) -> str:
    return (
        rule.rule.replace("<key:no>", no)
        .replace("<number:task_id>", "1")
        .replace("<number:definition_id>", "1")
    )


def test_no_json_at_any_place_makes_a_fault(machine: Machine):
    no = machine.apply("food_operation_new").json["no"]
    whole = machine.body("food_operation_new")
    for rule in _posts(machine):
        names = _fields(machine, rule)
        base = whole if rule.rule.endswith("/cases") else dict.fromkeys(names, "x")
        bodies = [*ODD, *({**base, name: odd} for name in names for odd in ODD)]
        for body in bodies:
            answer = machine.client.post(
                _url(rule, no),
                data=json.dumps(body),
                content_type="application/json",
                headers=_every(machine, rule),
            )
            assert answer.status_code < 500, (rule.rule, str(body)[:200], answer.text)


def test_no_odd_applicant_or_material_makes_a_fault(machine: Machine):
    for odd in ODD:
        for body in (
            machine.body(
                "food_operation_new", applicant={"id_number": odd, "name": odd, "kind": odd, "phone": odd}
            ),
            machine.body("food_operation_new", materials=[{"code": odd, "standing": odd, "file_id": odd}]),
            machine.body("food_operation_new", answers={"premises": odd}),
            machine.body("food_operation_new", flags={"inform_commit": odd}),
        ):
            sent = json.dumps(body)
            answer = machine.post(
                "/cases", key=f"k{hash(sent)}", json=None, data=sent, content_type="application/json"
            )
            assert answer.status_code < 500, (sent[:200], answer.text)


def _every(machine: Machine, rule: Rule) -> dict[str, str]:
    return machine.headers("designer" if "definitions" in rule.rule else "lin")


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:8]))
def test_a_body_nobody_can_read_is_refused(machine: Machine, body: bytes):
    answer = machine.post("/cases", json=None, data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (422, "json.unreadable")


def test_other_bodies_are_refused_by_their_kind_and_size(machine: Machine):
    assert machine.post("/cases", json=None, data=b"a=b", content_type="text/plain").status_code == 415
    assert (
        machine.post("/cases", json=None, data=b" " * 3_000_000, content_type="application/json").status_code
        == 413
    )


@pytest.mark.parametrize("key", ["k" * 81, "a\x7fb"])
def test_a_key_that_cannot_be_kept_is_refused(machine: Machine, key: str):
    assert machine.post("/cases", key=key).json["code"] == "idempotency.key"


@pytest.mark.parametrize(
    "path", ["/tasks/" + "9" * 40, "/cases/" + "9" * 90, "/tasks/0", "/cases/%00", "/tasks/-1"]
)
def test_an_address_of_nothing_is_not_found(machine: Machine, path: str):
    answer = machine.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=9999999999999999999999", "cursor=1-1-1", "view=all"]
)
def test_an_odd_question_is_refused(machine: Machine, query: str):
    assert machine.get(f"/tasks?{query}").status_code == 422


def test_every_route_is_described(machine: Machine):
    described = machine.client.get("/api/openapi.json").json["paths"]
    for rule in machine.client.application.url_map.iter_rules():
        if rule.rule.startswith(API):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                assert described[path][method.lower()]["summary"]


def test_the_description_is_shown_without_foreign_scripts(machine: Machine):
    page = machine.client.get("/api/docs")
    assert page.status_code == 200
    assert f"{API}/cases" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_name_and_a_password_give_a_token(machine: Machine, office: Office):
    with office.act(CLOCK) as act:
        orgs = people.org_ids(act.db)
        people.add_user(act.db, "api", "接口", passwords.hashed("correct horse"), [("window", orgs["HALL"])])
    given = machine.post("/tokens", None, json={"login": "api", "password": "correct horse"})
    assert given.status_code == 201
    bearer = {"Authorization": f"Bearer {given.json['token']}"}
    assert machine.client.get(f"{API}/tasks", headers=bearer).status_code == 200


def test_a_wrong_password_gives_none(machine: Machine):
    refused = machine.post("/tokens", None, json={"login": "lin", "password": "guess"})
    assert (refused.status_code, refused.json["code"]) == (403, "sign-in.wrong")
