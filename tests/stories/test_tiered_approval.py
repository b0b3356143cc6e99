"""分级分类审批 (rulebook §1.4): a decision table, not a person, says how many levels an application takes."""

import pytest

from engine.office import Office
from engine.services import designer, desk
from tests import builders
from tests.builders import do, step
from tests.diagrams import shelf
from tests.people import Staff

AD = "outdoor_ad"
RULES = shelf.BPMN / "rules" / "approval_tier.dmn"


def _handled(office: Office, staff: Staff, risk: str, **flags: bool) -> str:
    """An advertisement taken in and examined, its risk as *risk*."""
    no = builders.apply(office, staff, AD, flags=flags)
    do(office, staff["lin"], desk.accept, no)
    builders.complete(office, staff, step(office, no, "handle"), risk)
    return no


@pytest.mark.parametrize(
    ("risk", "needs_planning_permit", "next_step"),
    [
        ("low", False, "decide"),
        ("low", True, "audit"),
        ("medium", False, "audit"),
        ("medium", True, "audit"),
        ("high", False, "audit"),
    ],
)
def test_the_table_says_who_comes_next(
    office: Office, staff: Staff, risk: str, *, needs_planning_permit: bool, next_step: str
) -> None:
    no = _handled(office, staff, risk, needs_planning_permit=needs_planning_permit)
    assert builders.steps(office, no) == [next_step]


def test_a_high_risk_comes_before_the_panel_and_an_ordinary_one_does_not(
    office: Office, staff: Staff
) -> None:
    for risk, after in (("high", "panel"), ("medium", "decide")):
        no = _handled(office, staff, risk)
        builders.complete(office, staff, step(office, no, "audit"), "pass")
        assert builders.steps(office, no) == [after]
        builders.work(office, staff, no)
        assert builders.state(office, no) == "granted"


def test_a_risk_seen_otherwise_after_a_return_is_ruled_on_anew(office: Office, staff: Staff) -> None:
    no = _handled(office, staff, "low")
    builders.complete(office, staff, step(office, no, "decide"), "return")
    builders.complete(office, staff, step(office, no, "handle"), "high")
    assert builders.steps(office, no) == ["audit"]


def test_the_journal_tells_what_the_table_said(office: Office, staff: Staff) -> None:
    no = _handled(office, staff, "high")
    ruled = [{"node": "tier", "decision": "approval_tier", "flags": {"tier": "panel"}}]
    assert builders.entry(office, no, "completed")["ruled"] == ruled


def test_what_runs_keeps_the_table_it_began_with(office: Office, staff: Staff) -> None:
    running = builders.accepted(office, staff, AD)
    stricter = RULES.read_bytes().replace(b'"direct"</text>', b'"panel"</text>')
    with office.act(staff["designer"]) as act:
        designer.publish(act, designer.hand_in(act, stricter, "approval_tier").id)
    fresh = builders.accepted(office, staff, AD)
    for no, expected in ((running, ["decide"]), (fresh, ["audit"])):
        builders.complete(office, staff, step(office, no, "handle"), "low")
        assert builders.steps(office, no) == expected
