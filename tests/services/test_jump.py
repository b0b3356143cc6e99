"""Putting a case on other steps of its diagram (调整环节): by whom, why, and never in place of a legal act."""

from typing import Any

import pytest

from engine.domain.errors import Refused
from engine.office import Office
from engine.services import approver, manager
from tests import builders
from tests.builders import complete, entry, holder, last_days, open_tasks, refusal, step, steps
from tests.conftest import Watch
from tests.people import Staff
from tests.redrawn import Redrawn

FILM, SHOP = "film_projection", "tobacco_retail"


def jump(office: Office, staff: Staff, no: str, *to: str, by: str = "manager", **more: Any) -> None:
    builders.do(office, staff[by], manager.jump, no, to, "承办人离岗，移交", **more)


def refused(office: Office, staff: Staff, no: str, *to: str, **more: Any) -> Refused:
    by = more.pop("by", "manager")
    return refusal(office, staff[by], manager.jump, no, to, more.pop("reason", "移交"), **more)


@pytest.mark.parametrize("by", ["manager", "registrar"])
def test_whoever_looks_after_the_whole_puts_a_case_elsewhere(office: Office, staff: Staff, by: str) -> None:
    no = builders.accepted(office, staff, SHOP)
    jump(office, staff, no, "decide", by=by)
    assert steps(office, no) == ["decide"]
    told = entry(office, no, "jumped")
    assert (told["to_nodes"], told["reason"]) == (["decide"], "承办人离岗，移交")


@pytest.mark.parametrize("by", ["lin", "designer"])
def test_nobody_else_does(office: Office, staff: Staff, by: str) -> None:
    no = builders.accepted(office, staff, SHOP)
    assert refused(office, staff, no, "decide", by=by).code == "post.missing"


def test_a_reason_is_needed(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    assert refused(office, staff, no, "decide", reason=" ").code == "reason.missing"


def test_the_clocks_of_the_case_run_on(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, SHOP)
    before = last_days(office, no)
    watch.pass_days(2)
    jump(office, staff, no, "inspect")
    after = last_days(office, no)
    assert (after["promised"], after["legal"]) == (before["promised"], before["legal"])


@pytest.mark.parametrize("to", ["accept", "correct", "deliver"])
def test_it_takes_the_place_of_no_legal_act(office: Office, staff: Staff, to: str) -> None:
    """Accepted is accepted, and undecided is not delivered (R-ACC-2, R-DEC-1)."""
    no = builders.accepted(office, staff, SHOP)
    assert refused(office, staff, no, to).code == "jump.state"


def test_before_acceptance_nothing_is_examined(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, SHOP)
    assert refused(office, staff, no, "inspect").code == "jump.state"


def test_within_a_parallel_part_one_branch_begins_anew_and_the_others_stay(
    office: Office, staff: Staff
) -> None:
    no = builders.accepted(office, staff, FILM)
    complete(office, staff, step(office, no, "review"))
    task = step(office, no, "inspect")
    with office.act(holder(office, staff, task)) as act:
        approver.claim(act, task.id)
    others = [t for t in open_tasks(office, no) if t.node != "inspect"]
    jump(office, staff, no, "inspect", task_id=task.id)
    anew = step(office, no, "inspect")
    assert (anew.assignee_id, anew.id == task.id) == (None, False)
    assert [t for t in open_tasks(office, no) if t.node != "inspect"] == others
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"


def test_all_branches_may_begin_anew_together_but_none_alone(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FILM)
    builders.work(office, staff, no, until="decide")
    found = refused(office, staff, no, "review")
    assert (found.code, found.element) == ("jump.unsound", "review")
    jump(office, staff, no, "inspect", "review", "fire_opinion")
    assert sorted(steps(office, no)) == ["fire_opinion", "inspect", "review"]


def test_what_is_not_there_is_no_target(office: Office, staff: Staff) -> None:
    no, other = builders.accepted(office, staff, SHOP), builders.accepted(office, staff, SHOP)
    assert refused(office, staff, no, "nowhere").code == "node.unknown"
    assert refused(office, staff, no).code == "node.unknown"
    assert (
        refused(office, staff, no, "decide", task_id=step(office, other, "inspect").id).code == "task.closed"
    )


def test_a_member_that_has_begun_is_not_left_behind(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, "open_restaurant", flags={"public_gathering_place": True})
    with office.look() as look:
        drawn = look.library.definition(look.db, builders.case_row(office, no).definition_id)
    calls = [node.id for node in drawn.nodes.values() if node.called]
    assert refused(office, staff, no, calls[0]).code == "jump.member"


def test_nothing_is_moved_while_the_clocks_stand(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    inspector = holder(office, staff, step(office, no, "inspect"))
    builders.do(office, inspector, approver.suspend, no, "鉴定", "须鉴定。", "20 workday")
    assert refused(office, staff, no, "decide").code == "case.paused"


def test_in_a_branch_its_approver_sends_it_back_and_the_others_keep_their_tasks(
    office: Office, staff: Staff
) -> None:
    """退回 within a branch: tasks and clocks of the other branches stay the same rows."""
    Redrawn(FILM).put_in("recheck", "复核", after="review").publish(office, staff)
    no = builders.accepted(office, staff, FILM)
    complete(office, staff, step(office, no, "review"))
    others = [t for t in open_tasks(office, no) if t.node != "recheck"]
    task = step(office, no, "recheck")
    with office.act(holder(office, staff, task)) as act:
        approver.return_(act, task.id, "review", "意见不明确")
    assert [t for t in open_tasks(office, no) if t.node != "review"] == others
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"
