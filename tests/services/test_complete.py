"""Completing a task: by whom, with what, at which revision."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import worker
from engine.domain.errors import NotNow, NotYours, Stale
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, approver
from tests import builders
from tests.builders import acts, complete, entry, holder, member, open_tasks, state, step, steps, task_refusal
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def test_a_review_passes_with_an_opinion(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    complete(office, staff, step(office, no, "review"))
    assert steps(office, no) == ["inspect"]
    told = entry(office, no, "completed")
    assert (told["node"], told["outcome"], told["opinion"]) == ("review", "pass", "同意")


def test_a_stale_form_is_refused(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "review")
    with office.act(holder(office, staff, task)) as act:
        approver.claim(act, task.id)
    assert task_refusal(office, staff, task, "pass", rev=task.rev).code == "task.stale"
    with office.act(holder(office, staff, task)) as act:
        approver.complete(act, task.id, "pass", "同意", rev=task.rev + 1)


def test_only_the_outcomes_the_diagram_draws_are_taken(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    refused = task_refusal(office, staff, step(office, no, "review"), "granted")
    assert (refused.code, "符合" in refused.message) == ("task.outcome", True)


def test_an_inspection_takes_two(office: Office, staff: Staff) -> None:
    """R-LIM-6, art. 34."""
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "inspect")
    for companions in ([], [" "], [holder(office, staff, task).name]):
        assert task_refusal(office, staff, task, "pass", officers=companions).code == "task.officers"
    complete(office, staff, task)
    assert entry(office, no, "completed")["officers"] == ["同行员"]


def test_nobody_completes_what_is_not_his(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    with pytest.raises(NotYours), office.act(staff.of("approver", "CGJ")) as act:
        approver.complete(act, step(office, no, "review").id, "pass")


def test_a_task_is_completed_once(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "review")
    complete(office, staff, task)
    late = task_refusal(office, staff, task, "pass")
    assert (late.code, late.message) == (
        "task.closed",
        "该任务已由 SCJG审 于 2026-11-23 09:00 办结，请刷新待办。",
    )


def test_who_ended_it_is_told_to_nobody_without_its_post(office: Office, staff: Staff) -> None:
    task = step(office, builders.accepted(office, staff, FOOD), "review")
    complete(office, staff, task)
    with pytest.raises(Stale) as late, office.act(staff.of("approver", "CGJ")) as act:
        approver.complete(act, task.id, "pass")
    assert late.value.message == "该任务已经办结，请刷新待办。"


def test_what_ended_with_its_case_says_so(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "review")
    builders.do(office, APPLICANT, applicant.withdraw, no, "不办了")
    late = task_refusal(office, staff, task, "pass")
    assert late.message == "该任务已由 申请人 于 2026-11-23 09:00 终止，请刷新待办。"


@pytest.mark.parametrize("stage", ["accept", "deliver"])
def test_the_legal_acts_of_the_window_are_no_mere_tasks(office: Office, staff: Staff, stage: str) -> None:
    make = builders.apply if stage == "accept" else builders.granted
    no = make(office, staff, FOOD)
    assert task_refusal(office, staff, step(office, no, stage), f"{stage}ed").code == "task.legal-act"


def test_the_members_share_of_a_joint_step_is_not_done_alone(office: Office, staff: Staff) -> None:
    """R-BUN-1."""
    no = builders.apply(office, staff, "publication_shop")
    (held,) = open_tasks(office, member(office, no, "publication_retail"))
    assert task_refusal(office, staff, held, "accepted").code == "bundle.joint-step"


def test_a_call_waits_for_its_member_and_for_nobody_else(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "publication_shop")
    with office.look() as look:
        call = builders.cases.open_tasks(look.db, look.case(no).id)[0]
    with pytest.raises(NotNow), office.act(staff["lin"]) as act:
        approver.complete(act, call.id, "granted")


def test_three_reviewers_work_on_one_case_at_once(office: Office, staff: Staff) -> None:
    """Parallel opinions: whoever waits for the case's lock then sees what the others did."""
    no = builders.accepted(office, staff, "film_projection")
    waiting = open_tasks(office, no)
    assert [task.node for task in waiting] == ["inspect", "review", "fire_opinion"]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda task: complete(office, staff, task), waiting))
    assert steps(office, no) == ["decide"]
    assert acts(office, no).count("completed") == 3


def test_two_who_press_at_once_complete_it_once(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    task = step(office, no, "review")

    def press(_: int) -> str:
        try:
            complete(office, staff, task)
        except Stale as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, range(2))) == ["done", "task.closed"]
    assert acts(office, no).count("completed") == 1
    assert state(office, no) == "accepted"


def test_a_follow_up_comes_after_delivery(office: Office, staff: Staff) -> None:
    """Informed commitment (告知承诺): granted at once, checked afterwards."""
    no = builders.granted(office, staff, "fire_check", flags={"inform_commit": True})
    builders.do(office, staff["lin"], builders.desk.deliver, no, "窗口领取", "王小满")
    assert (state(office, no), steps(office, no)) == ("delivered", ["follow_up"])
    complete(office, staff, step(office, no, "follow_up"))
    assert builders.case_row(office, no).closed_at is not None


def test_when_a_review_takes_too_long_the_manager_is_asked_to_urge(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """A timer of the diagram: six working days without an opinion."""
    no = builders.accepted(office, staff, "film_projection")
    watch.set("2026-12-01 23:59")
    worker.drain(office)
    assert "urge" not in steps(office, no)
    watch.set("2026-12-02 00:00")
    worker.drain(office)
    complete(office, staff, step(office, no, "urge"))
    builders.work(office, staff, no)
    assert state(office, no) == "granted"
