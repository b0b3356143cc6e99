"""Entrusting a task (委派): the other gives his opinion, and it comes back to whoever entrusted it."""

import pytest

from engine.domain.errors import NotNow, NotYours, Taken
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import approver, colleague, manager
from engine.store import cases
from tests import builders
from tests.builders import hired, step, steps
from tests.people import Staff

FOOD = "food_operation_new"


@pytest.fixture
def no(office: Office, staff: Staff) -> str:
    return builders.accepted(office, staff, FOOD)


@pytest.fixture
def helper(office: Office, staff: Staff, no: str) -> Actor:
    """Somebody of the department, without the step's post, to whom the review is entrusted."""
    to = hired(office, "孙帮手", role="inspector")
    with office.act(staff["scjg.approver"]) as act:
        colleague.delegate(act, step(office, no, "review").id, to.id or 0, "请看图纸")
    return to


def holders(office: Office, no: str) -> tuple[int | None, int | None]:
    task = step(office, no, "review")
    return task.assignee_id, task.delegator_id


def test_his_opinion_moves_nothing_and_brings_the_task_back(
    office: Office, staff: Staff, no: str, helper: Actor
) -> None:
    boss = staff["scjg.approver"]
    assert holders(office, no) == (helper.id, boss.id)
    with office.act(helper) as act:
        approver.complete(act, step(office, no, "review").id, "pass", "图纸齐全")
    assert holders(office, no) == (boss.id, None)
    told = builders.entry(office, no, "advised")
    assert (told["outcome"], told["opinion"]) == ("pass", "图纸齐全")
    with office.act(boss) as act:
        approver.complete(act, step(office, no, "review").id, "pass", "同意")
    assert steps(office, no) == ["inspect"]


def test_meanwhile_it_is_nobody_elses(office: Office, staff: Staff, no: str, helper: Actor) -> None:
    task = step(office, no, "review").id
    with pytest.raises(Taken), office.act(staff["scjg.approver"]) as act:
        approver.complete(act, task, "pass")
    for on in (colleague.transfer, colleague.delegate):
        with pytest.raises(NotNow), office.act(helper) as act:
            on(act, task, staff["scjg.approver"].id or 0)


@pytest.mark.parametrize("who", ["孙帮手", "scjg.approver"])
def test_it_is_given_back_or_taken_back_without_an_opinion(
    office: Office, staff: Staff, no: str, helper: Actor, who: str
) -> None:
    with office.act({"孙帮手": helper}.get(who) or staff[who]) as act:
        approver.release(act, step(office, no, "review").id)
    assert holders(office, no) == (staff["scjg.approver"].id, None)


def test_whoever_is_given_it_by_a_manager_has_it_whole(
    office: Office, staff: Staff, no: str, helper: Actor
) -> None:
    to = hired(office, "钱同事")
    with office.act(staff["manager"]) as act:
        manager.reassign(act, step(office, no, "review").id, to.id or 0)
    assert holders(office, no) == (to.id, None)


def test_not_to_another_department(office: Office, staff: Staff, no: str) -> None:
    with pytest.raises(NotYours), office.act(staff["scjg.approver"]) as act:
        colleague.delegate(act, step(office, no, "review").id, staff["mzj.approver"].id or 0)
    with office.look() as look:
        assert cases.task(look.db, step(office, no, "review").id).delegator_id is None
