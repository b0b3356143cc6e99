"""Deciding (R-DEC-1): grant only what is complete, deny only with a reason, number every decision."""

import pytest
import sqlalchemy as sa

from engine import worker
from engine.office import Office
from engine.store import cases
from tests import builders
from tests.builders import case_row, clocks, complete, last_days, state, step, steps, task_refusal
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def _at_decision(office: Office, staff: Staff, **more: tuple[str, ...]) -> str:
    no = builders.accepted(office, staff, FOOD, **more)
    builders.work(office, staff, no, until="decide")
    return no


def _decision(office: Office, no: str) -> sa.Row[tuple[object, ...]]:
    with office.look() as look:
        query = sa.select(cases.decisions).where(cases.decisions.c.case_id == cases.id_of(look.db, no))
        return look.db.execute(query).one()


def test_the_leader_grants_and_the_delivery_clock_begins(office: Office, staff: Staff) -> None:
    """R-LIM-4: ten working days."""
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"))
    assert (state(office, no), steps(office, no)) == ("granted", ["deliver"])
    assert last_days(office, no)["delivery"] == "2026-12-07"
    assert not {"promised", "legal"} & set(clocks(office, no))


def test_a_denial_says_why(office: Office, staff: Staff) -> None:
    """R-DEC-1, art. 38."""
    no = _at_decision(office, staff)
    task = step(office, no, "decide")
    assert task_refusal(office, staff, task, "denied", " ").code == "reason.missing"
    complete(office, staff, task, "denied")
    decision = _decision(office, no)
    assert (state(office, no), decision.outcome, decision.reason) == ("denied", "denied", "同意")


def test_a_denied_applicant_is_handed_his_decision_too(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"), "denied")
    assert steps(office, no) == ["deliver"]


def test_decisions_are_numbered_through_the_year(office: Office, staff: Staff, watch: Watch) -> None:
    numbers = []
    for _ in range(2):
        no = _at_decision(office, staff)
        complete(office, staff, step(office, no, "decide"))
        numbers.append(_decision(office, no).document_no)
    assert [number[-13:] for number in numbers] == ["〔2026〕000001号", "〔2026〕000002号"]
    watch.set("2027-01-05 10:00")
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"))
    assert _decision(office, no).document_no.endswith("〔2027〕000001号")


def test_what_is_returned_is_not_decided(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"), "return")
    assert state(office, no) == "accepted"
    assert case_row(office, no).decided_at is None


def test_the_journal_seals_who_decided_what(office: Office, staff: Staff) -> None:
    no = _at_decision(office, staff)
    complete(office, staff, step(office, no, "decide"))
    with office.look() as look:
        entry = next(e for e in builders.journal.of_case(look.db, look.case(no).id) if e.act == "decided")
    assert (entry.by_name, entry.data["outcome"]) == (staff.of("leader", "SCJG").name, "granted")


@pytest.mark.parametrize(("role", "org"), [("leader", "CGJ"), ("approver", "SCJG"), ("chief", "SCJG")])
def test_only_who_holds_the_post_decides(office: Office, staff: Staff, role: str, org: str) -> None:
    no = _at_decision(office, staff)
    task = step(office, no, "decide")
    with pytest.raises(builders.Refused, match="决定岗"), office.act(staff.of(role, org)) as act:
        builders.approver.complete(act, task.id, "granted")


def test_late_is_late_but_still_decided(office: Office, staff: Staff, watch: Watch) -> None:
    """R-DEC-3: a limit that passes moves nothing; the journal tells it."""
    no = _at_decision(office, staff)
    watch.pass_days(60)
    worker.drain(office)
    assert state(office, no) == "accepted"
    late = {row.clock for row in clocks(office, no).values() if row.fired_at is not None}
    assert late >= {"promised", "legal"}
    complete(office, staff, step(office, no, "decide"))
    assert state(office, no) == "granted"
