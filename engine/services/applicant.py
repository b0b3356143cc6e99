"""What an applicant does: apply, bring what is missing, withdraw."""

from collections.abc import Sequence
from datetime import date, datetime

from engine.domain import case as life
from engine.domain.bundle import APART, Pickup
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, WITHDRAWABLE, State
from engine.domain.crossing import Mode
from engine.domain.deadline import ONE_SECOND, day_of, end_of
from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours
from engine.domain.identity import must_hold
from engine.domain.material import THERE, Handed
from engine.services import (
    bundle,
    committing,
    keeping,
    lifecycle,
    offering,
    promising,
    receiving,
    shelving,
    visiting,
)
from engine.services.act import Act
from engine.services.receiving import Application
from engine.store import cases
from engine.store.cases import Case


def apply(act: Act, application: Application) -> Case:
    """Apply for a matter or a bundle, himself or by an agent. Raises what `receiving.take_in` does."""
    return receiving.take_in(act, application)


def supplement(
    act: Act,
    case: Case,
    handed: Sequence[Handed],
    reached: date | None = None,
    place: str = "",
    *,
    consent: bool = False,
) -> Case:
    """Bring what was asked for (补正) or promised (容缺).

    Under a correction the case becomes *corrected* once everything asked for is there; the acceptance day is
    the day the last of it came (R-ACC-4). For a promise the day counts on which it *reached* the department,
    which the window may enter later, with the *place* (R-TOL-4). Raises `Malformed` for a material nobody asked
    for, `NotNow` after the decision unless something was promised for then, `Incomplete` where a correction is
    answered only in part. With *consent* what is brought may be used again.
    """
    must_face(act, case)
    owing = {case.state} if promising.owed(act, case) else set()
    life.must_be(case.state, WITHDRAWABLE | owing, "补交材料")
    if not handed and case.state is not State.CORRECTION:
        raise Incomplete("请选择要补交的材料。", code="supplement.empty", field="materials")
    moment = _reached(act, case, reached)
    _must_be_wanted(act, case, handed)
    keeping.must_be_brought(act, (item.file_id for item in handed))
    cases.put(act.db, case.shelf, handed, act.at)
    shelving.keep_brought(act, case, handed, consent=consent)
    act.record(
        "supplemented", case, codes=[item.code for item in handed],
        **({"reached": reached.isoformat()} if reached else {}), **({"place": place.strip()} if place.strip() else {}),
    )  # fmt: skip
    promising.supplied(act, case, [item.code for item in handed], moment, place.strip())
    if act.by.id is not None:  # brought to the window
        visiting.came(act, case)
    if case.parent_id is not None:
        bundle.share(act, case, [item.code for item in handed])
    if case.crossing == Mode.SITES:
        bundle.share_with_sites(act, case, handed)
    if case.state is State.CORRECTION:
        if missing := lifecycle.asked_for(act, case):
            raise Incomplete(
                f"补正须一次交齐，还缺：{'、'.join(missing)}。",
                code="correction.incomplete",
                field="materials",
            )
        lifecycle.corrected(act, case)
    return case


def _must_be_wanted(act: Act, case: Case, handed: Sequence[Handed]) -> None:
    """Raise `Malformed` for a material nobody asked for (不得要求清单外材料)."""
    wanted = {line.requirement.code for line in lifecycle.lines(act, case) if line.standing not in THERE}
    if unknown := [item.code for item in handed if item.code not in wanted]:
        raise Malformed(
            f"没有要求补交“{'、'.join(unknown)}”；请只补交清单上缺少的材料。",
            code="material.not-wanted",
            field="materials",
        )


def _reached(act: Act, case: Case, day: date | None) -> datetime:
    """The moment something counts as brought: now, or the end of the day it reached the department (R-TOL-4).

    Raises `NotYours` where anybody but the window says another day, `Malformed` for one that cannot be.
    """
    if day is None:
        return act.at
    if act.by.id is None:
        raise NotYours("送达部门的日期由综合窗口登记。", code="supplement.reached", field="reached")
    if not day_of(case.received_at) <= day <= act.today:
        raise Malformed(
            f"送达部门的日期须在 {day_of(case.received_at)} 至 {act.today} 之间。",
            code="supplement.reached",
            field="reached",
        )
    return min(act.at, end_of(day) - ONE_SECOND)


def must_face(act: Act, case: Case) -> None:
    """Raise `NotYours` unless it is the applicant himself, or the window that faces him."""
    if act.by.id is not None:
        must_hold(act.by, "window", case.hall_id)


def withdraw(act: Act, case: Case, reason: str, *, followers: bool = False) -> Case:
    """Take the application back, before it is decided; a bundle takes its undecided members with it.

    One member may be taken back alone: those that wait for it go on, and what it would have produced for them has
    to be brought (see ``bundle``); with *followers* they are taken back too. The bundle goes on with the others and
    ends with the last. The applicant does it with his tracking code; whoever is signed in needs the window's post.
    """
    must_face(act, case)
    life.must_be(case.state, WITHDRAWABLE, "撤回申请")
    if case.kind == "bundle":
        bundle.withdraw(act, case, reason)
    elif followers and case.parent_id is not None:
        bundle.withdraw_followers(
            act, case, f"随“{act.matter(case).name}”一并撤回" + (f"：{reason}" if reason else "")
        )
    lifecycle.conclude(act, case, State.WITHDRAWN, reason)
    return case


def decline(act: Act, case: Case, reason: str) -> Case:
    """Decline what was begun without an application (放弃, 免申即办)."""
    must_face(act, case)
    offering.decline(act, case, reason.strip())
    return case


def agree(act: Act, case: Case) -> Case:
    """Say yes to what was begun without an application (确认)."""
    must_face(act, case)
    offering.agree(act, case)
    return case


def ask_human(act: Act, case: Case, reason: str) -> Case:
    """Ask for a human where a rule alone would decide (人工复核, R-DEC-4)."""
    must_face(act, case)
    offering.ask_human(act, case, reason)
    return case


def choose_pickup(act: Act, case: Case, pickup: Pickup) -> Case:
    """Choose how the results of a bundle are handed out: together (统一出件) or each when it is there (分批领取).

    It may be chosen otherwise as long as something is left to be handed out. Raises `NotNow` for a matter that is
    no bundle, and for one that is over.
    """
    must_face(act, case)
    if case.kind != "bundle":
        raise NotNow(
            "只有“一件事”可以选择分批领取；请在整件上选择。", code="pickup.not-bundle", field="pickup"
        )
    life.must_be(case.state, UNACCEPTED | UNDECIDED | DECIDED, "改变领取方式")
    lifecycle.know(act, case, {APART: pickup is Pickup.APART})
    act.record("handing out chosen", case, pickup=str(pickup))
    bundle.choose_pickup(act, case)
    return case


def withdraw_commitment(act: Act, case: Case) -> Case:
    """Take an informed commitment (告知承诺) back before the decision; the application itself goes on."""
    must_face(act, case)
    committing.withdraw(act, case)
    return case
