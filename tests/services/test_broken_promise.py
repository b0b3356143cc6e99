"""A broken promise (容缺逾期, R-TOL-5): five consequences, each its region's; postponed for an act of God (R-TOL-4)."""

from datetime import date

import pytest

from engine import worker
from engine.domain import special
from engine.domain.deadline import last_day
from engine.domain.identity import CLOCK
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.queries import tracking
from engine.services import applicant, approver, desk
from engine.store import catalog, documents
from tests import builders
from tests.builders import bring, clocks, do, entry, last_days, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
RULES = "food-safety-rules"
#: What the region says → where the case ends, and the paper that says so.
ENDS = {
    "revoke_acceptance": ("acceptance_revoked", "revocation"),
    "withdraw_deemed": ("withdrawn_deemed", "deemed_withdrawal"),
    "terminate": ("void", "termination"),
}


def _region(office: Office, on_overdue: str) -> None:
    """Let the region decide what a broken promise leads to, in a new version of the matter."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        record = {**row.record, "tolerance": {**row.record["tolerance"], "on_overdue": on_overdue}}
        catalog.publish(act.db, "matter", record, row.definition_id, act.at)


def _tolerated(office: Office, staff: Staff, on_overdue: str, by: date | None = None) -> str:
    _region(office, on_overdue)
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], by, consent=True)
    return no


def _papers(office: Office, no: str) -> list[str]:
    with office.look() as look:
        return [row.kind for row in documents.of_case(look.db, look.case(no).id)]


def _lapse(office: Office, watch: Watch) -> None:
    """The day named in the promise goes by."""
    watch.set("2026-12-01 00:00")
    worker.drain(office)


@pytest.mark.parametrize("rule", ENDS)
def test_three_end_the_case_with_a_paper(office: Office, staff: Staff, watch: Watch, rule: str) -> None:
    """R-TOL-5: 撤销受理, 视为撤回, 终止."""
    no = _tolerated(office, staff, rule)
    _lapse(office, watch)
    end, paper = ENDS[rule]
    assert (state(office, no), steps(office, no), clocks(office, no)) == (end, [], {})
    assert paper in _papers(office, no)
    assert entry(office, no, end)["document_no"]


def test_one_denies(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-5: 不予审批; R-DEC-1: what is denied is handed out."""
    no = _tolerated(office, staff, "deny")
    _lapse(office, watch)
    assert (state(office, no), steps(office, no)) == ("denied", ["deliver"])


def test_one_stops_the_case_for_fifteen_days(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-5 (台州): the clocks stand, nobody works on, the applicant has 15 working days."""
    no = _tolerated(office, staff, "suspend_then_return")
    _lapse(office, watch)
    assert (state(office, no), entry(office, no, "suspended")["ground"]) == ("accepted_tolerant", "容缺待补")
    assert last_days(office, no)["tolerance"] == "2026-12-22"
    task = builders.step(office, no, "review")
    assert builders.task_refusal(office, staff, task, "pass").code == "case.paused"
    resumed = refusal(office, staff.of("approver", "SCJG"), approver.resume, no)
    assert resumed.code == "resume.promise"
    with office.look() as look:
        seen = tracking.tracked(look.db, look.case(no).code, look.at, look.calendar)
    assert [(todo.code, last_day(todo.due_at)) for todo in seen.todos] == [(RULES, date(2026, 12, 22))]


def test_what_comes_in_time_lets_it_go_on(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5: the clocks run again with what was left of them."""
    no = _tolerated(office, staff, "suspend_then_return")
    before = last_days(office, no)["promised"]
    _lapse(office, watch)
    watch.set("2026-12-08 10:00")
    bring(office, no, RULES)
    assert "tolerance" not in clocks(office, no)
    assert (before, last_days(office, no)["promised"]) == ("2026-12-07", "2026-12-14")
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def test_what_never_comes_is_returned(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-5: 超过退件; the authority has earned no card meanwhile."""
    no = _tolerated(office, staff, "suspend_then_return")
    _lapse(office, watch)
    watch.set("2026-12-22 23:59")
    worker.drain(office)
    assert state(office, no) == "accepted_tolerant"
    watch.set("2026-12-23 00:00")
    worker.drain(office)
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("returned", [], {})
    assert "return_notice" in _papers(office, no)


def test_two_promises_stop_the_case_once(office: Office, staff: Staff, watch: Watch) -> None:
    _region(office, "suspend_then_return")
    no = builders.apply(office, staff, FOOD, lacking=(RULES, "health-certificate"))
    do(office, staff["lin"], desk.tolerate, no, [RULES, "health-certificate"], None, consent=True)
    _lapse(office, watch)
    bring(office, no, RULES)
    assert builders.case_row(office, no).paused_at is not None
    bring(office, no, "health-certificate")
    assert builders.case_row(office, no).paused_at is None


def test_nobody_is_made_to_promise(office: Office, staff: Staff) -> None:
    """R-TOL-1: 自愿."""
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    refused = refusal(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=False)
    assert refused.code == "tolerance.consent"


def test_an_act_of_god_moves_the_promise_on(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-4: 不可抗力可顺延, in writing, with its reason; twice if it must be."""
    no = _tolerated(office, staff, "revoke_acceptance")
    do(office, staff["lin"], desk.postpone_promise, no, "洪水断路", date(2026, 12, 3))
    assert last_days(office, no)["tolerance"] == "2026-12-03"
    do(office, staff["lin"], desk.postpone_promise, no, "洪水未退", date(2026, 12, 5))
    assert last_days(office, no)["tolerance"] == "2026-12-05"
    assert _papers(office, no).count("postponement_notice") == 2
    _lapse(office, watch)
    assert state(office, no) == "accepted_tolerant"
    watch.set("2026-12-06 00:00")
    worker.drain(office)
    assert state(office, no) == "acceptance_revoked"


@pytest.mark.parametrize(
    ("reason", "until", "code"),
    [(" ", date(2026, 12, 3), "reason.missing"), ("洪水", date(2026, 11, 30), "tolerance.postponed")],
)
def test_it_is_moved_on_only_with_reason_and_only_later(
    office: Office, staff: Staff, reason: str, until: date, code: str
) -> None:
    no = _tolerated(office, staff, "deny")
    assert refusal(office, staff["lin"], desk.postpone_promise, no, reason, until).code == code


def test_where_nothing_is_promised_nothing_is_moved(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff["lin"], desk.postpone_promise, no, "洪水", date(2026, 12, 3))
    assert refused.code == "tolerance.none"


def test_a_second_chance_is_moved_on_with_the_stop(office: Office, staff: Staff, watch: Watch) -> None:
    """The clocks go on when the wait ends, not when it was first said to end."""
    no = _tolerated(office, staff, "suspend_then_return")
    _lapse(office, watch)
    do(office, staff["lin"], desk.postpone_promise, no, "洪水断路", date(2026, 12, 29))
    assert last_days(office, no)["tolerance"] == "2026-12-29"
    watch.set("2026-12-23 09:00")
    worker.drain(office)
    assert builders.case_row(office, no).paused_at is not None
    watch.set("2026-12-30 00:00")
    worker.drain(office)
    assert state(office, no) == "returned"


def test_the_day_it_reached_the_department_counts(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-4: 以送达部门为准; the window enters it a day later."""
    no = _tolerated(office, staff, "deny")
    watch.set("2026-11-25 09:00")
    handed = [Handed(RULES, Standing.RECEIVED)]
    do(office, staff["lin"], applicant.supplement, no, handed, date(2026, 11, 24), "审批科")
    with office.look() as look:
        promise = builders.cases.promises(look.db, look.case(no).id)[0]
    assert (promise.met_at.isoformat()[:10], promise.place) == ("2026-11-24", "审批科")


def test_it_cannot_have_reached_it_tomorrow(office: Office, staff: Staff) -> None:
    no = _tolerated(office, staff, "deny")
    handed = [Handed(RULES, Standing.RECEIVED)]
    refused = refusal(office, staff["lin"], applicant.supplement, no, handed, date(2027, 1, 1))
    assert refused.code == "supplement.reached"


def test_the_region_decides(office: Office) -> None:
    """R-TOL-5: what the region rules takes the place of what is common."""
    regions = [special.Region("3310", "台州市", {"tolerance": {"on_overdue": "suspend_then_return"}})]
    record = {"tolerance": {"on_overdue": "withdraw_deemed", "max": {"value": 5, "unit": "workday"}}}
    assert special.local(record, regions, "331002")["tolerance"]["on_overdue"] == "suspend_then_return"
    assert special.local(record, regions, "510703") == record
