"""Signing jointly (会签) on a published diagram: how the votes count, who is added (加签), who signs no more (减签)."""

from typing import Any

import pytest

from engine.domain.errors import NotFound, NotNow, NotYours, Refused, Taken
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import approver
from tests import builders, drawings
from tests.builders import acts, hired, open_tasks, step, steps
from tests.people import Staff

FOOD = "food_operation_new"


def signed(office: Office, staff: Staff, loop: str, **how: Any) -> str:
    """A case that waits for its signers."""
    builders.redraw(office, staff, FOOD, drawings.joint(loop, **how).xml())
    return builders.accepted(office, staff, FOOD)


def vote(office: Office, by: Actor, task: Any, outcome: str) -> None:
    with office.act(by) as act:
        approver.complete(act, task.id, outcome, "同意")


def votes(office: Office, staff: Staff, no: str, *outcomes: str) -> list[str]:
    """Let signers vote one after another; return the open steps."""
    for outcome in outcomes:
        vote(office, staff["scjg.approver"], step(office, no, "sign"), outcome)
    return steps(office, no)


def add(office: Office, by: Actor, no: str, who: Actor) -> None:
    with office.act(by) as act:
        approver.add_signer(act, step(office, no, "sign").id, who.id or 0, "需消防意见")


def refused(office: Office, by: Actor, act_on: Any) -> Refused:
    """Let somebody try; he is refused and nothing has changed."""
    before = builders.everything(office)
    with pytest.raises(Refused) as found, office.act(by) as act:
        act_on(act)
    assert builders.everything(office) == before
    return found.value


# --- how votes count


@pytest.mark.parametrize(
    ("loop", "given", "after"),
    [
        (drawings.seats(3), ("pass", "pass"), ["sign"]),
        (drawings.seats(3), ("pass", "reject", "pass"), ["decide"]),
        (drawings.seats(3, "sign_pass &gt;= 1"), ("reject",), ["sign", "sign"]),
        (drawings.seats(3, "sign_pass &gt;= 1"), ("reject", "pass"), ["decide"]),
        (drawings.seats(4, "sign_pass / nrOfInstances &gt;= 0.5"), ("pass", "reject", "pass"), ["decide"]),
        (drawings.seats(3, "sign_reject &gt;= 1"), ("reject",), ["decide"]),
    ],
    ids=["all", "all done", "any, none yet", "any", "ratio", "one veto"],
)
def test_the_votes_count_as_drawn(
    office: Office, staff: Staff, loop: str, given: tuple[str, ...], after: list[str]
) -> None:
    no = signed(office, staff, loop)
    assert votes(office, staff, no, *given) == after


def test_one_after_another_each_has_his_own_task_and_time(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2), sequential=True)
    (first,) = open_tasks(office, no)
    assert votes(office, staff, no, "pass") == ["sign"]
    assert step(office, no, "sign").id != first.id
    assert "stage" in builders.clocks(office, no)
    assert votes(office, staff, no, "pass") == ["decide"]


def test_a_veto_cancels_the_tasks_of_the_others(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(3, "sign_reject &gt;= 1"))
    votes(office, staff, no, "reject")
    builders.work(office, staff, no)
    assert builders.state(office, no) == "granted"


# --- 加签


def test_who_is_added_gets_a_task_of_his_own(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2))
    fire = hired(office, "消防李工", "XFJY")
    add(office, staff["scjg.approver"], no, fire)
    mine = next(task for task in open_tasks(office, no) if task.assignee_id == fire.id)
    assert (len(steps(office, no)), mine.node, mine.claimed_at) == (3, "sign", office.now())
    assert builders.org_code(office, mine.org_id) == "XFJY"
    told = builders.entry(office, no, "signer added")
    assert (told["to"], told["reason"]) == ("消防李工", "需消防意见")
    vote(office, fire, mine, "pass")
    assert votes(office, staff, no, "pass", "pass") == ["decide"]


def test_his_vote_counts_in_the_ratio(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2, "sign_pass / nrOfInstances &gt;= 0.5"))
    for name in ("甲", "乙"):
        add(office, staff["scjg.approver"], no, hired(office, name))
    assert votes(office, staff, no, "pass") == ["sign"] * 3  # one of four is a quarter
    assert votes(office, staff, no, "pass") == ["decide"]


def test_in_a_sequence_his_turn_comes_last(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2), sequential=True)
    late = hired(office, "后来者")
    add(office, staff["scjg.approver"], no, late)
    assert [task.assignee_id for task in open_tasks(office, no)] == [None]
    votes(office, staff, no, "pass", "pass")
    (mine,) = open_tasks(office, no)
    assert mine.assignee_id == late.id
    vote(office, late, mine, "pass")
    assert steps(office, no) == ["decide"]


def test_nobody_is_added_twice_nor_without_a_post_nor_where_nobody_signs(
    office: Office, staff: Staff
) -> None:
    no = signed(office, staff, drawings.seats(2))
    who, reviewer = hired(office, "甲"), staff["scjg.approver"]
    add(office, reviewer, no, who)
    sign = step(office, no, "sign").id
    twice = refused(office, reviewer, lambda act: approver.add_signer(act, sign, who.id))
    nobody = refused(office, reviewer, lambda act: approver.add_signer(act, sign, staff["lin"].id))
    assert (type(twice), twice.code, nobody.code) == (Taken, "signer.already", "post.missing")
    stranger = refused(office, staff["mzj.approver"], lambda act: approver.add_signer(act, sign, who.id))
    assert type(stranger) is NotYours
    votes(office, staff, no, "pass", "pass")
    vote(office, who, step(office, no, "sign"), "pass")
    leader, decide = staff["scjg.leader"], step(office, no, "decide").id
    over = refused(office, leader, lambda act: approver.add_signer(act, decide, leader.id))
    assert (over.code, over.element) == ("loop.closed", "decide")


# --- 减签


def test_who_was_added_may_be_taken_out_by_whoever_added_him(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2))
    who, reviewer = hired(office, "甲"), staff["scjg.approver"]
    add(office, reviewer, no, who)
    seat = next(task.id for task in open_tasks(office, no) if task.assignee_id == who.id)
    with office.act(reviewer) as act:
        approver.remove_signer(act, step(office, no, "sign").id, who.id, "不需要了")
    assert len(steps(office, no)) == 2
    with office.look() as look:
        gone = builders.cases.task(look.db, seat)
    assert (gone.outcome, gone.closed_by) == ("cancelled", None)
    assert builders.entry(office, no, "signer removed")["to"] == "甲"
    assert votes(office, staff, no, "pass", "pass") == ["decide"]


def test_whoever_waits_for_his_turn_may_be_taken_out_too(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(1), sequential=True)
    who = hired(office, "甲")
    add(office, staff["scjg.approver"], no, who)
    with office.act(staff["scjg.approver"]) as act:
        approver.remove_signer(act, step(office, no, "sign").id, who.id)
    assert votes(office, staff, no, "pass") == ["decide"]


def test_a_manager_may_take_out_whoever_was_drawn(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2))
    votes(office, staff, no, "pass")
    seat = step(office, no, "sign")
    own = refused(office, staff["scjg.approver"], lambda act: approver.remove_signer(act, seat.id))
    assert own.code == "signer.not-yours"
    with office.act(staff["manager"]) as act:
        approver.remove_signer(act, seat.id)
    assert steps(office, no) == ["decide"]


def test_one_signer_is_left(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(1))
    seat = step(office, no, "sign")
    last = refused(office, staff["manager"], lambda act: approver.remove_signer(act, seat.id))
    assert (type(last), last.code, last.element) == (NotNow, "loop.last", "sign")


def test_nobody_takes_himself_out_nor_one_who_does_not_sign(office: Office, staff: Staff) -> None:
    no = signed(office, staff, drawings.seats(2))
    reviewer, seat = staff["scjg.approver"], step(office, no, "sign")
    with office.act(reviewer) as act:
        approver.claim(act, seat.id)
    own = refused(office, reviewer, lambda act: approver.remove_signer(act, seat.id))
    other = refused(office, reviewer, lambda act: approver.remove_signer(act, seat.id, staff["lin"].id))
    assert (own.code, type(other), other.code) == ("signer.self", NotFound, "signer.unknown")
    assert acts(office, no).count("signer removed") == 0


def test_a_step_that_is_not_joint_has_no_signers(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    review = step(office, no, "review")
    who = staff["mzj.approver"].id or 0
    none = refused(office, staff["scjg.approver"], lambda act: approver.add_signer(act, review.id, who))
    nor = refused(office, staff["manager"], lambda act: approver.remove_signer(act, review.id))
    assert (none.code, nor.code) == ("loop.closed", "loop.closed")
