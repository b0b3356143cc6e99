"""Tolerant acceptance (容缺受理, R-TOL-1..5): only secondary materials, only against a promise, only by a day."""

from datetime import date

import pytest

from engine import worker
from engine.domain.identity import APPLICANT, CLOCK
from engine.office import Office
from engine.services import applicant, approver, desk
from engine.store import catalog
from tests import builders
from tests.builders import bring, clocks, do, entry, last_days, member, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"


def _tolerated(office: Office, staff: Staff, by: date | None = None) -> str:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], by, consent=True)
    return no


def _region(office: Office, on_overdue: str) -> None:
    """Let the region decide what a broken promise leads to, in a new version of the matter."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        record = {**row.record, "tolerance": {**row.record["tolerance"], "on_overdue": on_overdue}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)


def test_a_secondary_material_may_come_later(office: Office, staff: Staff) -> None:
    """R-TOL-1, R-TOL-2, R-TOL-3: accepted, the clocks run, the promise has one of its own."""
    no = _tolerated(office, staff)
    assert (state(office, no), steps(office, no)) == ("accepted_tolerant", ["review", "inspect"])
    days = last_days(office, no)
    assert (days["promised"], days["tolerance"]) == ("2026-12-07", "2026-11-30")
    assert entry(office, no, "tolerated")["on_overdue"] == "withdraw_deemed"


def test_a_primary_material_may_not(office: Office, staff: Staff) -> None:
    """R-TOL-1."""
    no = builders.apply(office, staff, FOOD, lacking=("floor-plan", RULES))
    assert (
        refusal(office, staff["lin"], desk.tolerate, no, ["floor-plan"], None, consent=True).code
        == "tolerance.primary-missing"
    )


def test_every_missing_material_must_be_promised(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD, lacking=(RULES, "health-certificate"))
    assert (
        refusal(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True).code
        == "materials.missing"
    )
    do(office, staff["lin"], desk.tolerate, no, [RULES, "health-certificate"], None, consent=True)
    assert state(office, no) == "accepted_tolerant"


@pytest.mark.parametrize("by", [date(2026, 11, 20), date(2026, 12, 1)])
def test_the_day_lies_within_the_limit(office: Office, staff: Staff, by: date) -> None:
    """R-TOL-4."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    assert (
        refusal(office, staff["lin"], desk.tolerate, no, [RULES], by, consent=True).code == "tolerance.date"
    )


def test_the_promise_binds_by_the_day_the_applicant_named(office: Office, staff: Staff) -> None:
    no = _tolerated(office, staff, date(2026, 11, 25))
    assert last_days(office, no)["tolerance"] == "2026-11-25"


def test_nothing_is_granted_before_the_promise_is_kept(office: Office, staff: Staff) -> None:
    """R-TOL-3: the gate."""
    no = _tolerated(office, staff)
    builders.work(office, staff, no, until="decide")
    refused = builders.task_refusal(office, staff, builders.step(office, no, "decide"), "granted")
    assert (refused.code, "容缺待补" in refused.message) == ("decision.gate", True)
    bring(office, no, RULES)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def test_a_promise_kept_stops_its_clock(office: Office, staff: Staff, watch: Watch) -> None:
    no = _tolerated(office, staff)
    bring(office, no, RULES)
    assert "tolerance" not in clocks(office, no)
    watch.pass_days(9)
    worker.drain(office)
    assert state(office, no) == "accepted_tolerant"


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ("revoke_acceptance", "acceptance_revoked"),
        ("withdraw_deemed", "withdrawn_deemed"),
        ("deny", "denied"),
    ],
)
def test_a_broken_promise_has_the_regions_consequence(
    office: Office, staff: Staff, watch: Watch, rule: str, end: str
) -> None:
    """R-TOL-5, rulebook §0-2."""
    _region(office, rule)
    no = _tolerated(office, staff)
    watch.set("2026-11-30 23:59")
    worker.drain(office)
    assert state(office, no) == "accepted_tolerant"
    watch.set("2026-12-01 00:00")
    worker.drain(office)
    assert state(office, no) == end
    assert "逾期未补" in entry(office, no, "decided" if end == "denied" else end)["reason"]


def test_who_was_denied_for_a_broken_promise_is_handed_his_decision(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-DEC-1: in writing; the window sees that it has to be handed out."""
    _region(office, "deny")
    no = _tolerated(office, staff)
    watch.pass_days(8)
    worker.drain(office)
    assert (state(office, no), steps(office, no)) == ("denied", ["deliver"])
    assert builders.case_row(office, no).closed_at is None
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert state(office, no) == "delivered"
    assert builders.clocks(office, no) == {}


def test_after_a_broken_promise_nothing_is_open_any_more(office: Office, staff: Staff, watch: Watch) -> None:
    no = _tolerated(office, staff)
    watch.pass_days(8)
    worker.drain(office)
    assert (steps(office, no), clocks(office, no)) == ([], {})
    refused = refusal(office, APPLICANT, applicant.supplement, no, [])
    assert refused.code == "case.wrong-state"


def test_a_member_promises_before_the_bundle_is_accepted(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "publication_shop", lacking=("hygiene-rules",))
    hygiene = member(office, no, "public_place_hygiene")
    do(office, staff["lin"], desk.tolerate, hygiene, ["hygiene-rules"], None, consent=True)
    assert state(office, hygiene) == "received"
    do(office, staff["lin"], desk.accept, no)
    assert state(office, hygiene) == "accepted_tolerant"


def test_each_promise_is_broken_on_its_own_day(office: Office, staff: Staff, watch: Watch) -> None:
    """The second promise is not yet due when the first one's day comes, and the first one was kept."""
    no = builders.apply(office, staff, "publication_shop", lacking=("hygiene-rules", "hygiene-report"))
    hygiene = member(office, no, "public_place_hygiene")
    do(office, staff["lin"], desk.tolerate, hygiene, ["hygiene-rules"], date(2026, 11, 24), consent=True)
    do(office, staff["lin"], desk.tolerate, hygiene, ["hygiene-report"], date(2026, 11, 27), consent=True)
    do(office, staff["lin"], desk.accept, no)
    bring(office, hygiene, "hygiene-rules")
    watch.set("2026-11-25 09:00")
    worker.drain(office)
    assert state(office, hygiene) == "accepted_tolerant"
    watch.set("2026-11-28 09:00")
    worker.drain(office)
    assert state(office, hygiene) == "withdrawn_deemed"


def test_what_a_sibling_brought_keeps_the_promise_too(office: Office, staff: Staff, watch: Watch) -> None:
    """R-BUN-5: one set of materials; who brings it once has brought it for all."""
    no = _two_lack_the_rules(office, staff)
    food, small = (member(office, no, key) for key in ("food_workshop", "small_catering"))
    do(office, staff["lin"], desk.tolerate, food, [RULES], None, consent=True)
    do(office, staff["lin"], desk.accept, no)
    builders.work(office, staff, member(office, no, "individual_business"))
    bring(office, small, RULES)
    watch.pass_days(9)
    worker.drain(office)
    assert state(office, food) == "accepted_tolerant"


def _two_lack_the_rules(office: Office, staff: Staff) -> str:
    return builders.apply(office, staff, "open_workshop_shop", lacking=(RULES,), flags={"dine_in": True})


def test_a_promise_broken_before_acceptance_may_be_made_again(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(office, staff, "publication_shop", lacking=("hygiene-rules",))
    hygiene = member(office, no, "public_place_hygiene")
    do(office, staff["lin"], desk.tolerate, hygiene, ["hygiene-rules"], date(2026, 11, 23), consent=True)
    watch.set("2026-11-24 09:00")
    worker.drain(office)
    assert refusal(office, staff["lin"], desk.accept, no).code == "bundle.member-incomplete"
    do(office, staff["lin"], desk.tolerate, hygiene, ["hygiene-rules"], None, consent=True)
    do(office, staff["lin"], desk.accept, no)
    assert state(office, hygiene) == "accepted_tolerant"


def test_a_broken_promise_during_a_special_procedure_still_ends_the_case(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-LIM-5 stops the authority's clocks, never the applicant's promise."""
    no = _tolerated(office, staff)
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", "须检验", "20 workday")
    watch.pass_days(8)
    worker.drain(office)
    assert state(office, no) == "withdrawn_deemed"
