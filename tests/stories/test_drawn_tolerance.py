"""Tolerance as a designer draws it (rulebook 4.2): by the shared pattern, or in his own hand; both behave alike.

大型户外广告设置审批 calls ``common/tolerate``: what was promised is brought beside the review, before the decision.
"""

from datetime import date

import pytest

from engine import worker
from engine.domain.deadline import last_day
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import desk
from engine.store import catalog
from tests import builders, drawings
from tests.builders import bring, clocks, do, last_days, papers, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

AD = "outdoor_ad"
LICENCE = "business-licence"
#: What the region says → where the case ends, what is still to be done, and the paper that says so.
ENDS = {
    "revoke_acceptance": ("acceptance_revoked", [], "revocation"),
    "deny": ("denied", ["deliver"], "denial"),
    "withdraw_deemed": ("withdrawn_deemed", [], "deemed_withdrawal"),
    "terminate": ("void", [], "termination"),
}
#: How the steps in which the applicant brings what he promised are called, by who drew them.
HANDS = {"shared": ("supply", "supply_again"), "own": ("bring", "again")}

by_both_hands = pytest.mark.parametrize("hand", HANDS)


def _region(office: Office, on_overdue: str) -> None:
    """Let the region decide what a broken promise leads to, in a new version of the matter."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, AD)
        rule = {**row.record["tolerance"], "on_overdue": on_overdue}
        catalog.publish(act.db, "matter", {**row.record, "tolerance": rule}, row.definition_id, act.at)


def _tolerated(office: Office, staff: Staff, hand: str, on_overdue: str = "withdraw_deemed") -> str:
    """An advertisement accepted on Monday without its business licence, promised for next Monday."""
    if hand == "own":
        builders.redraw(office, staff, AD, drawings.tolerant().xml())
    _region(office, on_overdue)
    no = builders.apply(office, staff, AD, lacking=(LICENCE,))
    do(office, staff["lin"], desk.tolerate, no, [LICENCE], None, consent=True)
    return no


def _lapse(office: Office, watch: Watch, day: str = "2026-12-01") -> None:
    watch.set(f"{day} 00:00")
    worker.drain(office)


@by_both_hands
def test_the_review_goes_on_and_the_gate_waits(office: Office, staff: Staff, hand: str) -> None:
    """R-TOL-3: nothing holds the review up; the decision is not even open before everything is there."""
    no = _tolerated(office, staff, hand)
    builders.work(office, staff, no)
    assert (state(office, no), steps(office, no)) == ("accepted_tolerant", [HANDS[hand][0]])
    bring(office, no, LICENCE)
    assert (steps(office, no), "tolerance" in clocks(office, no)) == (["decide"], False)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


@by_both_hands
@pytest.mark.parametrize("rule", ENDS)
def test_what_never_comes_has_its_regions_consequence(
    office: Office, staff: Staff, watch: Watch, hand: str, rule: str
) -> None:
    """R-TOL-5: four ends, each a branch of the diagram, each with its paper and on the applicant's record."""
    no = _tolerated(office, staff, hand, rule)
    _lapse(office, watch)
    end, left, paper = ENDS[rule]
    assert (state(office, no), steps(office, no)) == (end, left)
    assert [each.kind for each in papers(office, no)].count(paper) == 1
    assert "credit noted" in builders.acts(office, no)


@by_both_hands
def test_a_second_chance_is_taken(office: Office, staff: Staff, watch: Watch, hand: str) -> None:
    """R-TOL-5 (台州): stopped for 15 working days; whoever brings it meanwhile goes on where he stood."""
    no = _tolerated(office, staff, hand, "suspend_then_return")
    _lapse(office, watch)
    assert HANDS[hand][1] in steps(office, no)
    assert last_days(office, no)["tolerance"] == "2026-12-22"
    bring(office, no, LICENCE)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


@by_both_hands
def test_a_second_chance_is_missed(office: Office, staff: Staff, watch: Watch, hand: str) -> None:
    """R-TOL-5 (台州): 超过退件."""
    no = _tolerated(office, staff, hand, "suspend_then_return")
    _lapse(office, watch)
    _lapse(office, watch, "2026-12-23")
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("returned", [], {})
    assert papers(office, no)[-1].kind == "return_notice"


def test_the_window_is_reminded_a_working_day_before(office: Office, staff: Staff, watch: Watch) -> None:
    """Rulebook 4.2: promised for Monday, reminded as Friday begins; what is brought ends the reminder."""
    no = _tolerated(office, staff, "shared")
    watch.set("2026-11-26 23:59")
    worker.drain(office)
    assert "remind" not in steps(office, no)
    watch.set("2026-11-27 00:00")
    worker.drain(office)
    assert builders.step(office, no, "remind").role == "window"
    bring(office, no, LICENCE)
    assert not {"remind", "supply"} & {*steps(office, no)}


def test_who_promises_for_today_is_not_reminded(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, AD, lacking=(LICENCE,))
    do(office, staff["lin"], desk.tolerate, no, [LICENCE], date(2026, 11, 23), consent=True)
    assert "remind" not in clocks(office, no)
    _lapse(office, watch, "2026-11-24")
    assert state(office, no) == "withdrawn_deemed"


def test_an_act_of_god_moves_the_drawn_day_too(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-4: the reminder and the end move with the promise."""
    no = _tolerated(office, staff, "shared", "deny")
    do(office, staff["lin"], desk.postpone_promise, no, "洪水断路", date(2026, 12, 4))
    assert last_days(office, no)["remind"] == "2026-12-02"
    assert last_day(builders.step(office, no, "supply").due_at) == date(2026, 12, 4)
    _lapse(office, watch)
    assert state(office, no) == "accepted_tolerant"
    _lapse(office, watch, "2026-12-05")
    assert state(office, no) == "denied"


def test_nobody_does_the_applicants_step_for_him(office: Office, staff: Staff) -> None:
    no = _tolerated(office, staff, "shared")
    refused = builders.task_refusal(office, staff, builders.step(office, no, "supply"), "supplied")
    assert refused.code == "post.missing"


def test_sent_back_by_the_leader_it_is_not_asked_for_again(office: Office, staff: Staff) -> None:
    """What was brought stays brought: the second way round passes the pattern at once."""
    no = _tolerated(office, staff, "shared")
    bring(office, no, LICENCE)
    builders.work(office, staff, no, until="decide")
    builders.complete(office, staff, builders.step(office, no, "decide"), "return")
    assert steps(office, no) == ["handle"]


def test_a_promise_that_is_kept_is_not_punished_by_a_diagram(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """What the diagram has the office do needs a broken promise; drawn without one it is an incident."""
    drawn = drawings.ways("hasty").element(
        "serviceTask", "hasty", drawings.properties(act="revoke_acceptance")
    )
    builders.redraw(office, staff, AD, drawn.path("hasty", "decide").xml())
    no = builders.accepted(office, staff, AD)
    builders.complete(office, staff, builders.step(office, no, "review"), "hasty")
    assert (state(office, no), [each.code for each in builders.troubles(office)]) == (
        "accepted",
        ["tolerance.kept"],
    )
    assert (
        refusal(office, staff["lin"], desk.postpone_promise, no, "雨", date(2026, 12, 9)).code
        == "tolerance.none"
    )
