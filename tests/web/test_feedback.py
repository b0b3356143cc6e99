"""Ratings, tickets and visits at the machines' door and on the applicant's page."""

import pytest

from engine.office import Office
from engine.queries import satisfaction
from engine.queries.counting import Counting
from tests import builders
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor, alert

FOOD = "food_operation_new"


@pytest.fixture
def machine(office: Office) -> Machine:
    return Machine(office)


@pytest.fixture
def granted(office: Office, staff: Staff) -> tuple[str, str]:
    """A granted case: its number and its tracking code."""
    no = builders.granted(office, staff, FOOD)
    return no, builders.case_row(office, no).code


def test_a_machine_carries_a_rating_with_the_code_of_the_case(
    machine: Machine, granted: tuple[str, str]
) -> None:
    no, code = granted
    body = {"code": code, "level": 2, "about": "intake", "scores": {"speed": 1}, "words": "慢"}
    made = machine.post(f"/cases/{no}/rate", "manager", key="once", json=body)
    assert (made.status_code, made.json["level"], made.json["occasion"]) == (200, 2, "matter")
    again = machine.post(f"/cases/{no}/rate", "manager", key="once", json=body)
    assert again.json == made.json
    changed = machine.post(f"/cases/{no}/rate", json={**body, "level": 4, "receipt": made.json["receipt"]})
    assert changed.json["level"] == 4
    twice = machine.post(f"/cases/{no}/rate", json={**body, "level": 5})
    assert (twice.status_code, twice.json["code"]) == (409, "rating.twice")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"level": 6}, "field.too-small", "level"),
        ({}, "field.required", "level"),
        ({"level": 3, "scores": {"weather": 1}}, "rating.dimension", "scores"),
        ({"level": 3, "about": "nothing"}, "field.choice", "about"),
        ({"level": 3, "code": "WRONGCODE"}, "case.unknown", "code"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    machine: Machine, granted: tuple[str, str], body: dict[str, object], code: str, field: str
) -> None:
    no, secret = granted
    answer = machine.post(f"/cases/{no}/rate", json={"code": secret, **body})
    assert (answer.json["code"], answer.json["field"]) == (code, field)


def test_the_code_of_another_case_rates_nothing(
    office: Office, staff: Staff, machine: Machine, granted: tuple[str, str]
) -> None:
    other = builders.granted(office, staff, FOOD)
    assert machine.post(f"/cases/{other}/rate", json={"code": granted[1], "level": 1}).status_code == 404


def test_the_loop_goes_round_by_machine_too(machine: Machine, granted: tuple[str, str]) -> None:
    no, code = granted
    machine.post(f"/cases/{no}/rate", json={"code": code, "level": 1})
    (line,) = machine.get("/ratings", "scjg.chief").json["items"]
    at = f"/ratings/{line['id']}"
    for deed, body in (
        ("verify", {"words": "已核实"}),
        ("rectify", {"words": "已整改"}),
        ("call", {"words": "已回访", "reached": True}),
        ("survey", {"level": 5}),
    ):
        assert machine.post(f"{at}/{deed}", "scjg.chief", json=body).status_code == 200
    assert machine.get(at, "scjg.chief").json["line"]["step"] == "closed"
    figures = machine.get("/reports/satisfaction?by=department", "manager").json
    assert figures["total"]["counts"]["bad"] == figures["total"]["counts"]["rectified"] == 1
    assert figures["total"]["rates"] == {"good-rate": 0.0, "rectified-rate": 1.0, "called-rate": 1.0}
    assert figures["groups"][0]["key"] == "SCJG"


def test_every_figure_is_the_list_behind_it(
    office: Office, machine: Machine, granted: tuple[str, str]
) -> None:
    machine.post(f"/cases/{granted[0]}/rate", json={"code": granted[1], "level": 1})
    counts = machine.get("/reports/satisfaction", "manager").json["total"]["counts"]
    manager = Visitor(office, "manager")
    for key, count in counts.items():
        page = manager.get(f"/figures/satisfaction/{key}").text
        assert page.count("<tr><td>") == count, key


def test_a_rating_on_the_page_is_kept_with_its_receipt(office: Office, granted: tuple[str, str]) -> None:
    """Phone first: five levels on the tracking page; the receipt shows the answer, the code alone does not."""
    _, code = granted
    anybody = Visitor(office)
    assert "您满意吗" in anybody.text(f"/t/{code}")
    nothing = anybody.send(f"/t/{code}/rate", occasion="matter")
    assert (nothing.status_code, "评价等级" in alert(nothing)) == (422, True)
    sent = anybody.send(f"/t/{code}/rate", occasion="matter", level="1", words="慢", named="no")
    assert (sent.status_code, "receipt=" in sent.location) == (303, True)
    assert "非常不满意" in anybody.text(sent.location)
    assert "差评已转被评部门" in anybody.text(sent.location)


def test_nobody_who_is_signed_in_rates_for_the_applicant(office: Office, granted: tuple[str, str]) -> None:
    answer = Visitor(office, "lin").send(f"/t/{granted[1]}/rate", occasion="matter", level="5")
    assert (answer.status_code, "由申请人自己作出" in answer.text) == (403, True)


def test_a_visit_comes_in_by_a_managers_machine(machine: Machine, office: Office) -> None:
    body = machine.body(FOOD, channel="online", visit={"capacity": "director", "visitor": "陈局长"})
    assert machine.post("/cases", "lin", json=body).json["code"] == "post.missing"
    no = machine.post("/cases", "manager", json=body).json["no"]
    (visit,) = machine.get("/visits", "manager").json["items"]
    assert (visit["no"], visit["capacity"]) == (no, "局长进大厅")
    assert (
        machine.post(f"/cases/{no}/opinion", "manager", json={"opinion": "好"}).json["code"]
        == "visit.running"
    )
    assert machine.get("/visits", "lin").status_code == 403


def test_the_rates_of_tickets_are_told_to_machines(machine: Machine) -> None:
    for connected in (True, False):
        body = {
            "kind": "complaint",
            "source": "hotline",
            "words": "慢",
            "cause": "slow",
            "connected": connected,
        }
        machine.post("/tickets", json=body)
    told = machine.get("/reports/tickets", "manager").json["total"]
    assert (told["counts"]["calls"], told["rates"]["connected"]) == (2, 0.5)


def test_the_pages_of_figures_say_every_definition(
    office: Office, machine: Machine, granted: tuple[str, str]
) -> None:
    """口径, groups, 零差错零投诉零举报; and the same filters narrow them."""
    machine.post(f"/cases/{granted[0]}/rate", json={"code": granted[1], "level": 1})
    machine.post("/tickets", json={"kind": "complaint", "words": "错了", "cause": "mistake", "org": "SCJG"})
    manager = Visitor(office, "manager")
    for by in ("department", "matter", "person"):
        page = manager.text(f"/figures/satisfaction?by={by}")
        assert all(each.definition in page for each in (*satisfaction.FIGURES, *satisfaction.RATES))
        assert "未达到" in page
    with office.look() as look:
        zeros = satisfaction.zeros(Counting(look.db, look.calendar, look.at))
    assert [(z.department, z.mistakes, z.complaints, z.holds) for z in zeros[:1]] == [("SCJG", 1, 1, False)]
    assert all(zero.holds for zero in zeros[1:])
    assert "所选月份没有评价" in manager.text("/figures/satisfaction?month=2026-10")
    assert manager.get("/figures/satisfaction?by=weather").status_code == 422
    assert manager.get("/figures/satisfaction/nothing").status_code == 404


def test_every_list_is_handed_out_as_a_workbook(office: Office, machine: Machine) -> None:
    machine.post("/tickets", json={"kind": "complaint", "words": "=1+1", "cause": "slow"})
    manager = Visitor(office, "manager")
    for path in ("/figures/satisfaction.xlsx", "/tickets/figures/taken.xlsx", "/anomalies.xlsx"):
        assert manager.get(path).data[:2] == b"PK"
    assert "办理缓慢" in manager.text("/tickets/figures/taken")
    assert manager.get("/tickets/figures/nothing").status_code == 404


def test_an_empty_list_says_so(office: Office) -> None:
    said = {
        "/ratings": "没有这样的差评", "/tickets": "没有这样的工单", "/visits": "还没有体验办件",
        "/anomalies": "没有需要核实的办件", "/tickets/figures": "没有集中性问题",
    }  # fmt: skip
    manager = Visitor(office, "manager")
    assert [path for path, words in said.items() if words not in manager.text(path)] == []


def test_the_forms_of_the_loop_stand_on_the_page(
    office: Office, machine: Machine, granted: tuple[str, str]
) -> None:
    """One form for each step; a refused one comes back with its message."""
    machine.post(f"/cases/{granted[0]}/rate", json={"code": granted[1], "level": 1})
    chief = Visitor(office, "scjg.chief")
    (line,) = machine.get("/ratings", "scjg.chief").json["items"]
    at = f"/ratings/{line['id']}"
    assert chief.send(f"{at}/verify", words=" ").status_code == 422
    for deed, words, seen in (
        ("verify", "已核实", "整改的措施和结果"),
        ("rectify", "已整改", "回访的情况"),
        ("call", "已回访", "对整改结果是否满意"),
    ):
        assert chief.send(f"{at}/{deed}", words=words).status_code == 303
        assert seen in chief.text(at)
    assert chief.send(f"{at}/survey", level="").status_code == 303
    assert "已办结" in chief.text(at)
    assert chief.send(f"{at}/survey", level="5").status_code == 409
