"""Taking one's own step back (拿回) while nobody is at what followed."""

from typing import Any

import pytest

from engine.domain.errors import Refused
from engine.office import Office
from engine.services import approver
from engine.store import cases, deadlines
from tests import builders
from tests.builders import acts, clocks, complete, holder, open_tasks, step, steps
from tests.conftest import Watch
from tests.people import Staff

MATTER = "tobacco_retail"


def recall(office: Office, staff: Staff, task: Any) -> None:
    with office.act(holder(office, staff, task)) as act:
        approver.recall(act, task.id)


def refused(office: Office, staff: Staff, task: Any) -> str:
    before = builders.everything(office)
    with pytest.raises(Refused) as refusal:
        recall(office, staff, task)
    assert builders.everything(office) == before
    return refusal.value.code


def inspected(office: Office, staff: Staff) -> tuple[str, Any]:
    """A case whose inspection has just been completed."""
    no = builders.accepted(office, staff, MATTER)
    task = step(office, no, "inspect")
    complete(office, staff, task)
    return no, task


def test_the_task_is_the_same_again_with_its_own_clock(office: Office, staff: Staff, watch: Watch) -> None:
    """Who completes and takes back is not given more time: its limit counts on."""
    no = builders.accepted(office, staff, MATTER)
    task, clock = step(office, no, "inspect"), clocks(office, no)["stage"]
    complete(office, staff, task)
    watch.pass_days(2)
    recall(office, staff, task)
    again, running = step(office, no, "inspect"), clocks(office, no)["stage"]
    assert steps(office, no) == ["inspect"]
    assert (again.id, again.due_at, again.opened_at) == (task.id, task.due_at, task.opened_at)
    assert (running.id, running.due_at, running.started_at, running.armed) == (
        clock.id, clock.due_at, clock.started_at, True,
    )  # fmt: skip
    assert again.assignee_id == holder(office, staff, task).id


def test_it_is_completed_anew_and_the_case_goes_its_way(office: Office, staff: Staff) -> None:
    no, task = inspected(office, staff)
    recall(office, staff, task)
    assert acts(office, no)[-1] == "recalled"
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"
    assert builders.incidents(office) == []


def test_once_the_next_step_is_claimed_it_is_too_late(office: Office, staff: Staff) -> None:
    no, task = inspected(office, staff)
    following = step(office, no, "audit")
    with office.act(holder(office, staff, following)) as act:
        approver.claim(act, following.id)
    assert refused(office, staff, task) == "recall.taken"
    with office.act(holder(office, staff, following)) as act:
        approver.release(act, following.id)
    recall(office, staff, task)
    assert steps(office, no) == ["inspect"]


def test_once_it_is_completed_all_the_more(office: Office, staff: Staff) -> None:
    no, task = inspected(office, staff)
    complete(office, staff, step(office, no, "audit"))
    assert refused(office, staff, task) == "recall.moved"


def test_only_who_completed_it_takes_it_back(office: Office, staff: Staff) -> None:
    no, task = inspected(office, staff)
    assert refused(office, staff, step(office, no, "audit")) == "recall.open"
    with office.database.transaction() as db:
        db.execute(cases.tasks.update().where(cases.tasks.c.id == task.id).values(closed_by=1))
    assert refused(office, staff, task) == "recall.not-yours"


def test_a_decision_and_an_acceptance_stand(office: Office, staff: Staff) -> None:
    no, _ = inspected(office, staff)
    builders.work(office, staff, no, until="decide")
    decision = step(office, no, "decide")
    complete(office, staff, decision)
    assert refused(office, staff, decision) == "jump.state"
    with office.look() as look:
        accept = cases.latest(look.db, cases.id_of(look.db, no), "accept")
    assert refused(office, staff, accept) == "task.legal-act"


def test_in_a_parallel_part_only_the_branch_goes_back(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "film_projection")
    others = {task.id: task for task in open_tasks(office, no) if task.node != "inspect"}
    task = step(office, no, "inspect")
    complete(office, staff, task)
    recall(office, staff, task)
    assert {t.id: t for t in open_tasks(office, no) if t.node != "inspect"} == others
    assert step(office, no, "inspect").id == task.id


def test_a_pause_in_between_counts_for_what_runs_again(office: Office, staff: Staff, watch: Watch) -> None:
    """The union of pauses moves every clock they stopped (R-CNT-5)."""
    no, task = inspected(office, staff)
    leader = holder(office, staff, step(office, no, "audit"))
    builders.do(office, leader, approver.suspend, no, "鉴定", "须鉴定。", "20 workday")
    assert refused(office, staff, task) == "case.paused"
    watch.pass_days(7)
    builders.do(office, leader, approver.resume, no)
    recall(office, staff, task)
    with office.look() as look:
        row = next(r for r in deadlines.running(look.db, task.case_id) if r.key == task.key)
    assert (row.due_at - task.due_at).days == 7
    assert step(office, no, "inspect").due_at == row.due_at
