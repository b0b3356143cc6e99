"""容缺受理 (R-TOL-1..5, rulebook §1.4): accepted early, worked on meanwhile, gated, five ways to end late.

What the diagram draws of it is told in test_drawn_tolerance.py; here the engine does it by itself.
"""

import pytest

from engine import worker
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import desk
from engine.store import catalog
from tests import builders
from tests.builders import bring, do, last_days, papers, state, steps
from tests.conftest import Watch
from tests.people import Staff

WORKSHOP, HEALTH = "food_workshop", "health-certificate"
#: What the region says → where it ends, and the paper that says so.
ENDS = {
    "revoke_acceptance": ("acceptance_revoked", "revocation"),
    "deny": ("denied", "denial"),
    "withdraw_deemed": ("withdrawn_deemed", "deemed_withdrawal"),
    "terminate": ("void", "termination"),
    "suspend_then_return": ("returned", "return_notice"),
}


def _tolerated(office: Office, staff: Staff, on_overdue: str = "withdraw_deemed") -> str:
    """A food workshop accepted on Monday without its staff's health certificates."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, WORKSHOP)
        rule = {**row.record["tolerance"], "on_overdue": on_overdue}
        catalog.publish(act.db, "matter", {**row.record, "tolerance": rule}, row.definition_id, act.at)
    no = builders.apply(office, staff, WORKSHOP, lacking=(HEALTH,))
    do(office, staff["lin"], desk.tolerate, no, [HEALTH], None, consent=True)
    return no


def test_accepted_reviewed_gated_supplied_and_granted(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-2, R-TOL-3: two papers at once, the clocks run, the review goes on, the decision waits."""
    no = _tolerated(office, staff)
    assert [each.kind for each in papers(office, no)] == ["commitment", "tolerant_acceptance"]
    assert {"promised", "tolerance"} <= {*last_days(office, no)}
    builders.work(office, staff, no, until="decide")
    refused = builders.task_refusal(office, staff, builders.step(office, no, "decide"), "granted")
    assert refused.code == "decision.gate"
    watch.pass_days(2)
    bring(office, no, HEALTH)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


@pytest.mark.parametrize("rule", ENDS)
def test_five_ways_to_end_late(office: Office, staff: Staff, watch: Watch, rule: str) -> None:
    """R-TOL-5: 浙江, 滨州, 安阳, 西安, 台州; the paper names what did not come, and it is kept against him."""
    no = _tolerated(office, staff, rule)
    for day in ("2026-12-01", "2026-12-23"):  # the day after the promise, and after a second chance
        watch.set(f"{day} 00:00")
        worker.drain(office)
    end, paper = ENDS[rule]
    assert (state(office, no), steps(office, no)) == (end, ["deliver"] if end == "denied" else [])
    assert papers(office, no)[-1].kind == paper
    said = builders.entry(office, no, "credit noted")["reason"]
    assert ("2026年11月30日" in said, "健康证明" in said) == (True, True)
