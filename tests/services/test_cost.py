"""What an act costs the database: counted, never timed."""

from typing import Any

from engine.office import Office
from engine.services import approver
from tests import builders
from tests.bench.counting import Count, counting
from tests.people import Staff

#: The house's budget for one completed task.
MOST_STATEMENTS = 12
#: Three more for a decision: it ends what was known of the case's due moments (R-CNT-7), is put in writing, and
#: ends in an e-licence.
MOST_FOR_A_DECISION = 15


def counted(office: Office, staff: Staff, task: Any, key: str | None = None) -> Count:
    """What went to the database while whoever holds the task's post completed it."""
    by = builders.holder(office, staff, task)
    with counting(office.database) as count, office.act(by, key, {"task": task.id}) as act:
        case = approver.complete(act, task.id, "pass", "同意", ["同行员"])
        act.answer = {"no": case.no}
    return count


def test_completing_a_task_costs_at_most_twelve_statements_and_one_commit(
    office: Office, staff: Staff
) -> None:
    warm, no = (builders.accepted(office, staff, "food_operation_new") for _ in range(2))
    builders.work(office, staff, warm)  # the first case reads diagram and matter into the library
    count = counted(office, staff, builders.step(office, no, "review"))
    assert len(count.statements) <= MOST_STATEMENTS, "\n".join(count.statements)
    assert count.commits == 1


def test_so_does_one_that_joins_opens_the_next_and_is_done_under_a_key(office: Office, staff: Staff) -> None:
    warm, no = (builders.accepted(office, staff, "food_operation_new") for _ in range(2))
    builders.work(office, staff, warm)
    builders.complete(office, staff, builders.step(office, no, "review"))
    count = counted(office, staff, builders.step(office, no, "inspect"), key="once")
    assert builders.steps(office, no) == ["decide"]
    assert len(count.statements) <= MOST_STATEMENTS, "\n".join(count.statements)
    assert count.commits == 1


def test_so_does_a_decision_under_a_key(office: Office, staff: Staff) -> None:
    warm, no = (builders.accepted(office, staff, "food_operation_new") for _ in range(2))
    builders.work(office, staff, warm)
    builders.work(office, staff, no, until="decide")
    task = builders.step(office, no, "decide")
    by = builders.holder(office, staff, task)
    with counting(office.database) as count, office.act(by, "once", {"task": task.id}) as act:
        act.answer = {"no": approver.complete(act, task.id, "granted", "同意").no}
    assert builders.state(office, no) == "granted"
    assert len(count.statements) <= MOST_FOR_A_DECISION, "\n".join(count.statements)
