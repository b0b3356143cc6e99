"""What is done to a case by its number: at the desk, by the applicant, by approvers, by a manager."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.bundle import Pickup
from engine.domain.commitment import Result
from engine.queries import sight
from engine.services import applicant, approver, colleague, desk, manager
from engine.services.act import Act
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief

room = Room("acts", "办件上的办理")

#: Where each act on a case stands.
CASE = "/cases/<key:no>"


def _case(act: Act, no: str) -> Any:
    """Take the case of number *no* into the act, if its actor may see it."""
    return act.take(sight.find(act.db, act.by, no))


@room.post(f"{CASE}/prereview", takes=schemas.Prereview, gives=shown.CaseShown)
def prereview(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Pre-review an online application (预审)."""
    with auth.act() as act:
        return answer(act, brief(desk.prereview(act, _case(act, no), **given)))


@room.post(f"{CASE}/accept", gives=shown.CaseShown)
def accept(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Accept a case whose materials are complete (受理); for a bundle, all members at once."""
    with auth.act() as act:
        return answer(act, brief(desk.accept(act, _case(act, no))))


@room.post(f"{CASE}/tolerate", takes=schemas.Tolerate, gives=shown.CaseShown)
def tolerate(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Accept with secondary materials promised by a day (容缺受理)."""
    with auth.act() as act:
        return answer(act, brief(desk.tolerate(act, _case(act, no), **given)))


@room.post(f"{CASE}/promise-after-grant", takes=schemas.PromiseAfterGrant, gives=shown.CaseShown)
def promise_after_grant(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Take the applicant's promise to bring secondary materials after the grant (容缺办结)."""
    with auth.act() as act:
        return answer(act, brief(desk.promise_after_grant(act, _case(act, no), **given)))


@room.post(f"{CASE}/postpone-promise", takes=schemas.PostponePromise, gives=shown.CaseShown)
def postpone_promise(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Move a promise on for an act of God (不可抗力), with reason and written notice."""
    with auth.act() as act:
        return answer(act, brief(desk.postpone_promise(act, _case(act, no), **given)))


@room.post(f"{CASE}/correct", takes=schemas.Correct, gives=shown.CaseShown)
def correct(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Ask, once, for everything that is missing or wrong (补正告知)."""
    with auth.act() as act:
        return answer(act, brief(desk.correct(act, _case(act, no), **given)))


@room.post(f"{CASE}/refuse", takes=schemas.Refuse, gives=shown.CaseShown)
def refuse(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Refuse to accept (不予受理), or say that nothing need be applied for (无需受理)."""
    with auth.act() as act:
        return answer(act, brief(desk.refuse(act, _case(act, no), **given)))


@room.post(f"{CASE}/supplement", takes=schemas.Supplement, gives=shown.CaseShown)
def supplement(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Bring materials that were asked for or promised (补交)."""
    handed = given.pop("materials")
    with auth.act() as act:
        return answer(act, brief(applicant.supplement(act, _case(act, no), handed, **given)))


@room.post(f"{CASE}/withdraw", takes=schemas.Withdraw, gives=shown.CaseShown)
def withdraw(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Take the application back before it is decided (撤回)."""
    with auth.act() as act:
        return answer(act, brief(applicant.withdraw(act, _case(act, no), **given)))


@room.post(f"{CASE}/pickup", takes=schemas.ChoosePickup, gives=shown.CaseShown)
def choose_pickup(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Choose how the results of a bundle are handed out: together, or each when it is there (分批领取)."""
    with auth.act() as act:
        return answer(act, brief(applicant.choose_pickup(act, _case(act, no), Pickup(given["pickup"]))))


@room.post(f"{CASE}/hurry", takes=schemas.Urge, gives=shown.CaseShown)
def hurry(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Hurry a member of a bundle, for a department that waits for it or leads it (部门催办)."""
    with auth.act() as act:
        return answer(act, brief(colleague.hurry(act, _case(act, no), **given)))


@room.post(f"{CASE}/withdraw-commitment", gives=shown.CaseShown)
def withdraw_commitment(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Take an informed commitment back before the decision (撤回告知承诺)."""
    with auth.act() as act:
        return answer(act, brief(applicant.withdraw_commitment(act, _case(act, no))))


@room.post(f"{CASE}/inspect-commitment", takes=schemas.InspectCommitment, gives=shown.CaseShown)
def inspect_commitment(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say what the check of an informed commitment found, or what came of it (告知承诺核查)."""
    with auth.act() as act:
        case = _case(act, no)
        return answer(
            act, brief(approver.inspect_commitment(act, case, Result(given["result"]), given["words"]))
        )


@room.post(f"{CASE}/suspend", takes=schemas.Suspend, gives=shown.CaseShown)
def suspend(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Stop the clocks for a special procedure, on a legal ground (中止)."""
    with auth.act() as act:
        return answer(act, brief(approver.suspend(act, _case(act, no), **given)))


@room.post(f"{CASE}/resume", takes=schemas.Resume, gives=shown.CaseShown)
def resume(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Let the clocks run again (恢复)."""
    with auth.act() as act:
        return answer(act, brief(approver.resume(act, _case(act, no), **given)))


@room.post(f"{CASE}/extend", takes=schemas.Reason, gives=shown.CaseShown)
def extend(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Extend the limits, once, on the head's approval (延期)."""
    with auth.act() as act:
        return answer(act, brief(manager.extend(act, _case(act, no), **given)))


@room.post(f"{CASE}/urge", takes=schemas.Urge, gives=shown.CaseShown)
def urge(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Urge whoever holds the case's open tasks (催办)."""
    with auth.act() as act:
        return answer(act, brief(manager.urge(act, _case(act, no), **given)))


@room.post(f"{CASE}/jump", takes=schemas.Jump, gives=shown.CaseShown)
def jump(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Put a case, or the branch of one of its tasks, on other steps of its diagram (调整环节)."""
    with auth.act() as act:
        return answer(act, brief(manager.jump(act, _case(act, no), **given)))


@room.post(f"{CASE}/read", gives=shown.CaseShown)
def read(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say that one has read what one was shown of a case (已阅)."""
    with auth.act() as act:
        return answer(act, brief(colleague.read(act, _case(act, no))))


@room.post(f"{CASE}/deliver", takes=schemas.Deliver, gives=shown.CaseShown)
def deliver(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Hand the decision out (送达); for a bundle everything at once (统一出件)."""
    with auth.act() as act:
        return answer(act, brief(desk.deliver(act, _case(act, no), **given)))
