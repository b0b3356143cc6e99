"""What somebody does with a case in the story: how the desk answers it, what comes between, what is decided."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from engine.demonstration.fates import Fate
from engine.domain.case import UNACCEPTED, UNDECIDED, State
from engine.domain.identity import Actor
from engine.domain.material import THERE, Handed, Standing
from engine.services import applicant, approver, desk, lifecycle, manager
from engine.services.act import Act
from engine.store import cases
from engine.store.cases import Case


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody does something with a case."""

    by: Actor
    do: Callable[[Act, Case], object]


#: What an approver writes beside an outcome that needs words of its own.
OPINIONS = {
    "denied": "经审查，不符合法定条件；如不服可依法申请行政复议或提起行政诉讼。",
    "granted": "经审查，符合法定条件，准予。",
    "fail": "经核查，存在不符合项，详见核查记录。",
}


def outcome(random: Random, fate: Fate, outcomes: Sequence[str]) -> str:
    """What a step comes to: as the fate has it, now and then by a longer way, else the first of its outcomes."""
    if fate.twist == "deny" and "denied" in outcomes:
        return "denied"
    byway = next((o for o in outcomes if o in {"complex", "inspect"}), None)
    if byway and random.random() < 0.4:
        return byway
    return outcomes[0] if outcomes else "done"


def at_desk(fate: Fate, case: Case, by: Actor) -> Step | None:
    """What the window does with a case that waits for it."""
    if case.state is State.SUBMITTED and fate.desk in {"accept", "correct", "tolerate", "prereview"}:
        return Step(by, lambda act, case: desk.prereview(act, case, passed=True))
    if case.state is State.CORRECTED:
        return Step(by, desk.accept)
    do = _DESK.get(fate.desk)
    return Step(by, do) if do else None


def _tolerate(act: Act, case: Case) -> None:
    """Take promises for what is secondary, on the case or on the members of the bundle; then accept."""
    ids = [row.id for row in cases.members(act.db, case.id)] or [case.id]
    for case_id in ids:
        one = act.take(case_id)
        codes = [line.requirement.code for line in lifecycle.lines(act, one) if line.tolerable]
        if codes and one.state in UNACCEPTED:
            desk.tolerate(act, one, codes, None, consent=True)
    if case.state in UNACCEPTED:
        desk.accept(act, case)


def _correct(act: Act, case: Case) -> None:
    desk.correct(act, case, {})


def supplement(act: Act, case: Case) -> None:
    """Bring everything that is asked for and not awaited from somebody else."""
    if case.state not in UNACCEPTED | UNDECIDED:
        return
    wanted = [
        line.requirement.code
        for line in lifecycle.lines(act, case)
        if line.standing not in THERE and line.standing is not Standing.AWAITED
    ]
    if wanted:
        applicant.supplement(act, case, [Handed(code, Standing.RECEIVED) for code in wanted])


def withdraw(act: Act, case: Case) -> None:
    applicant.withdraw(act, case, "经营计划有变，申请撤回。")


def _decline(act: Act, case: Case) -> None:
    applicant.decline(act, case, "已在外地办理，不需要。")


def resume(act: Act, case: Case) -> None:
    approver.resume(act, case)


def _suspend(act: Act, case: Case) -> None:
    approver.suspend(act, case, "专家评审", "须组织专家评审，评审时间不计入办理时限。", "10 个工作日")


def _extend(act: Act, case: Case) -> None:
    manager.extend(act, case, "现场情况复杂，需补充勘验。")


#: What the window does, by the word of the fate.
_DESK: dict[str, Callable[[Act, Case], object]] = {
    "accept": desk.accept,
    "tolerate": _tolerate,
    "correct": _correct,
    "refuse": lambda act, case: desk.refuse(
        act, case, State.NOT_ACCEPTED, "不属于本机关职权范围，请向上级机关申请。"
    ),
    "not_required": lambda act, case: desk.refuse(
        act, case, State.NOT_REQUIRED, "该事项已取消审批，无需办理。"
    ),
    "reject": lambda act, case: desk.prereview(
        act, case, passed=False, reason="上传的材料无法辨认，请重新提交。"
    ),
}
#: What comes between; a case that goes on later is first suspended.
TWISTS: dict[str, Callable[[Act, Case], object]] = {
    "suspend": _suspend,
    "resume": _suspend,
    "extend": _extend,
    "withdraw": withdraw,
    "decline": _decline,
}
