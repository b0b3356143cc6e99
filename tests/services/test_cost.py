"""What an act costs the database: counted, never timed."""

from engine.office import Office
from engine.services import approver
from tests import builders
from tests.bench.counting import counting
from tests.people import Staff

#: The house's budget for one completed task.
MOST_STATEMENTS = 12


def test_completing_a_task_costs_at_most_twelve_statements_and_one_commit(
    office: Office, staff: Staff
) -> None:
    warm, no = (builders.accepted(office, staff, "food_operation_new") for _ in range(2))
    for number in (warm, no):  # the first reads diagram and matter into the library
        review = next(task for task in builders.open_tasks(office, number) if task.node == "review")
        with counting(office.database) as count, office.act(staff.of("approver", "SCJG")) as act:
            approver.complete(act, review.id, "pass", "同意")
    assert len(count.statements) <= MOST_STATEMENTS
    assert count.commits == 1
