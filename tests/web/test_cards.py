"""Cards and orders to hurry, on the page and at the machines' door."""

import json

import pytest
from click.testing import CliRunner

from engine import worker
from engine.office import Office
from tests import builders
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.test_manager_pages import Visitor
from web.cli import main

LEADER = "scjg.leader"


@pytest.fixture
def late(office: Office, staff: Staff, watch: Watch) -> str:
    """A case beyond its promise, with a notice and a yellow card."""
    no = builders.accepted(office, staff, "food_operation_new")
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    return no


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


def test_a_card_goes_from_given_to_appealed_to_taken_back(machine: Machine, late: str):
    yellow = machine.get("/cards?level=yellow", "manager").json["items"][0]
    assert (yellow["no"], yellow["standing"]) == (late, "standing")
    machine.post(f"/cards/{yellow['id']}/appeal", LEADER, json={"reason": "系统停机"})
    machine.post(f"/cards/{yellow['id']}/revoke", "manager", json={"reason": "属实"})
    page = machine.get("/cards?level=yellow", "manager").json
    assert [(c["standing"], c["appeal"], c["answer"]) for c in page["items"]] == [
        ("revoked", "系统停机", "属实")
    ]
    assert page["counts"] == {"standing": 0, "appealed": 0, "confirmed": 0, "revoked": 1}


def test_whom_it_does_not_concern_sees_and_changes_no_card(machine: Machine, late: str):
    card = machine.get("/cards", "manager").json["items"][0]["id"]
    assert machine.get("/cards", "lin").status_code == 403
    assert machine.get("/cards", "cgj.leader").json["items"] == []
    assert machine.post(f"/cards/{card}/revoke", LEADER, json={"reason": "x"}).json["code"] == "post.missing"
    assert machine.post("/cards/999999/confirm", "manager").json["code"] == "card.unknown"


def test_an_order_to_hurry_is_answered_once(machine: Machine, late: str):
    machine.post(f"/cases/{late}/supervise", "manager", json={"words": "请说明", "limit": "2 workday"})
    first = machine.post("/supervisions/1/answer", LEADER, json={"words": "明日办结"})
    assert first.status_code == 200
    again = machine.post("/supervisions/1/answer", LEADER, json={"words": "明日办结"})
    assert (again.status_code, again.json["code"]) == (409, "supervision.answered")
    assert machine.post("/supervisions/1/close", "manager").status_code == 200


def test_the_case_page_shows_cards_and_lets_each_do_his_part(office: Office, late: str):
    visitor = Visitor(office)
    for login, may, may_not in ((LEADER, "提交申诉", "发督办单"), ("manager", "发督办单", "提交申诉")):
        page = visitor.get(f"/cases/{late}", login).text
        assert "黄牌" in page
        assert may in page
        assert may_not not in page


def test_the_page_of_cards_filters_and_counts(office: Office, late: str):
    visitor = Visitor(office)
    page = visitor.get("/cards?level=notice").text
    assert f"/cases/{late}" in page
    assert "没有这样的牌" in visitor.get("/cards?level=red").text
    assert visitor.get("/cards?level=blue").status_code == 422


# -- at the command line


def card(*words: str) -> str:
    result = CliRunner().invoke(main, ["card", *words])
    assert result.exit_code == 0, result.output
    return result.output.strip()


@pytest.mark.parametrize(("second", "level"), [("00", "yellow"), ("01", "red")])
def test_a_second_decides_under_the_rules_of_hunan(second: str, level: str):
    limits = ("--kind", "case", "--accepted", "2018-10-15T10:00:00", "--promised", "7", "--legal", "10")
    assert card(*limits, "--at", f"2018-10-29T10:00:{second}", "--rules", "hunan-2018") == level


def test_the_same_moment_under_other_rules_and_as_json():
    limits = (
        "--kind",
        "case",
        "--accepted",
        "2026-03-02T10:00",
        "--promised",
        "5",
        "--at",
        "2026-03-10T09:00",
    )
    told = json.loads(card(*limits, "--json"))
    assert (told["level"], told["rules"]) == ("red", "lianban-2026")
    assert card(*limits, "--legal", "20", "--rules", "lamp-2026") == "red"


def test_rules_nobody_knows_are_refused():
    words = ["card", "--kind", "case", "--accepted", "2026-03-02", "--promised", "5", "--at", "2026-03-03"]
    refused = CliRunner().invoke(main, [*words, "--rules", "moon"])
    assert (refused.exit_code, "hunan-2018" in refused.output) == (1, True)
