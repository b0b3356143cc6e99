"""What the desk does (综合窗口): accept, refuse, ask to correct (补正), tolerate (容缺受理), hand out (统一出件)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from engine.domain import case as life
from engine.domain import material, sheet, tolerance
from engine.domain.case import CONCLUDED, DECIDED, STATE_NAMES, UNACCEPTED, UNDECIDED, State
from engine.domain.clock import Clock, Halt, touched
from engine.domain.errors import Incomplete, Malformed, NotNow, must_say
from engine.domain.identity import must_hold
from engine.domain.material import Line, Verdict
from engine.domain.paper import DECISIONS, UNANSWERED, UNDONE, Kind
from engine.domain.visit import AT_WINDOW
from engine.services import (
    advance,
    barring,
    bundle,
    committing,
    crediting,
    holding,
    issuing,
    lifecycle,
    promising,
    timing,
    visiting,
)
from engine.services.act import Act
from engine.store import cases, crossings, documents, shipments
from engine.store.cases import Case
from engine.store.db import Row

#: What the window may still act on before acceptance; a case waiting for its applicant is not among them.
_ON_DESK = UNACCEPTED - {State.CORRECTION}
#: The two ways of not accepting (R-ACC-2).
_REFUSALS = {State.NOT_ACCEPTED: Kind.NOT_ACCEPTED, State.NOT_REQUIRED: Kind.NOT_REQUIRED}


def prereview(act: Act, case: Case, *, passed: bool, reason: str = "") -> Case:
    """Pre-review an online application (预审)."""
    holding.must_serve(act, case, case.accepts)
    life.must_be(case.state, frozenset({State.SUBMITTED}), "预审")
    if not passed:
        lifecycle.refuse(act, case, State.PREREVIEW_REJECTED, _reasoned(reason))
        return case
    lifecycle.change(act, case, State.PREREVIEW_PASSED)
    timing.settle(act, case, (Clock.PREREVIEW,))
    act.record("prereviewed", case)
    task = advance.open_task(act, case, "prereview")
    if task is not None:
        advance.complete(act, case, task, "pass")
    return case


def accept(act: Act, case: Case) -> Case:
    """Accept a case whose materials are complete (R-ACC-2), or all members of a bundle at once (R-BUN-2).

    Raises `Incomplete` naming what is missing and the way out.
    """
    holding.must_serve(act, case, case.accepts)
    life.must_be(case.state, _ON_DESK, "受理")
    if case.kind == "bundle":
        return _accept_bundle(act, case)
    _must_be_its_turn(case)
    state = lifecycle.acceptable(act, case)
    if state is None:
        raise _incomplete(act, case)
    lifecycle.accept(act, case, _moment(act, case), state)
    return case


def _moment(act: Act, case: Case) -> datetime:
    """When an acceptance counts from: a corrected file's completion (R-ACC-4), a member's notice (R-BUN-2), or now."""
    if case.noticed_at is not None or case.state is State.CORRECTED:
        return lifecycle.since(case)
    return act.at


def _must_be_its_turn(case: Case) -> None:
    if case.parent_id is not None and case.noticed_at is None:
        raise NotNow(
            "“一件事”的成员随整件统一受理，或在前置事项办结后受理；请在整件上操作。",
            code="bundle.not-its-turn",
        )


def _incomplete(act: Act, case: Case) -> Incomplete:
    lines = lifecycle.lines(act, case)
    missing = [line.requirement.name for line in material.defects(lines)]
    way = "可容缺受理，或补正" if material.verdict(lines) is Verdict.TOLERATE else "请出具补正告知"
    return Incomplete(
        f"材料不齐，不能受理，缺：{'、'.join(missing)}；{way}。", code="materials.missing", field="materials"
    )


def _accept_bundle(act: Act, case: Case) -> Case:
    """A member under correction joins later; any other must be acceptable now, or it holds the bundle up."""
    blocked = [
        row
        for row in cases.members(act.db, case.id)
        if State(row.state) not in CONCLUDED | {State.CORRECTION} and not _ready(act, case, row)
    ]
    if blocked:
        names = "、".join(act.library.matter(act.db, row.matter_id).name for row in blocked)
        raise Incomplete(
            f"成员事项材料不齐：{names}；请逐项补正或容缺后再统一受理。",
            code="bundle.member-incomplete",
            field="members",
        )
    lifecycle.accept(act, case, act.at, State.ACCEPTED)
    bundle.prereview(act, case)
    return case


def _ready(act: Act, parent: Case, row: Row) -> bool:
    """Could the member be accepted as its materials stand? Looked at without its lock; its own act decides."""
    matter = act.library.matter(act.db, row.matter_id)
    siblings = cases.producing(act.db, row.id, parent.id)
    lines = material.lines(matter.requirements, row.flags, cases.handed(act.db, parent.id), siblings)
    return material.verdict(lines) is Verdict.ACCEPT


def tolerate(act: Act, case: Case, codes: Sequence[str], by: date | None, *, consent: bool) -> Case:
    """Accept with secondary materials promised by a day (R-TOL-1..4); a member waits for its bundle to do so.

    *consent* says that the applicant himself has signed the promise; without it nothing is tolerated (R-TOL-1).
    Raises `NotNow` while something is recorded against his credit (R-TOL-6).
    """
    holding.must_serve(act, case, case.accepts)
    life.must_be(case.state, _ON_DESK, "容缺受理")
    tolerance.must_be_voluntary(consent)
    crediting.must_be_clean(act, case, "容缺受理")
    terms = act.matter(case).terms
    commitment = tolerance.tolerate(
        lifecycle.lines(act, case),
        codes,
        by,
        at=act.at,
        most=terms.tolerance,
        promised=terms.promise(case.flags),
        on_overdue=terms.tolerance_overdue,
        calendar=act.calendar_of(case),
    )
    promising.make(act, case, commitment)
    if case.parent_id is None or case.noticed_at is not None:
        state = lifecycle.acceptable(act, case)
        if state is None:
            raise _incomplete(act, case)
        lifecycle.accept(act, case, _moment(act, case), state)
    return case


def promise_after_grant(act: Act, case: Case, codes: Sequence[str], *, consent: bool) -> Case:
    """Take the applicant's promise to bring secondary materials after the grant (容缺办结, R-TOL-7).

    It takes the place of what he promised before the decision. Raises `NotNow` where the matter does not allow it.
    """
    must_hold(act.by, "window", case.accepts)
    life.must_be(case.state, UNDECIDED, "登记容缺办结承诺")
    tolerance.must_be_voluntary(consent)
    crediting.must_be_clean(act, case, "容缺办结")
    lacking = material.outstanding(lifecycle.lines(act, case))
    tolerance.must_leave_open(lacking, codes, act.matter(case).terms.tolerance_when)
    promising.make_for_later(act, case, codes, [line.requirement.name for line in lacking])
    return case


def postpone_promise(act: Act, case: Case, reason: str, until: date) -> Case:
    """Move a promise on for an act of God (不可抗力, R-TOL-4), with reason and written notice."""
    must_hold(act.by, "window", case.accepts)
    promising.postpone(act, case, reason, until)
    return case


def correct(act: Act, case: Case, remarks: Mapping[str, str], override: str = "") -> Case:
    """Ask once for everything that is missing or wrong (一次性告知, R-ACC-1).

    *remarks* names the materials found wanting, by code; what is simply missing is added by itself, so that
    the notice is complete. A second notice needs an *override* reason and the chief's post (rulebook §1.1).
    """
    holding.must_serve(act, case, case.accepts)
    life.must_be(case.state, _ON_DESK, "补正告知")
    before = cases.asked(act.db, case.id)
    if before:
        _must_override(act, case, override)
    wanting = material.rejected(lifecycle.lines(act, case), remarks)
    cases.put(act.db, case.shelf, wanting, act.at)
    defects = material.defects(lifecycle.lines(act, case))
    if not defects:
        raise NotNow("材料没有缺少或不符合的，不能要求补正；请受理。", code="correction.nothing")
    items = _items(act, case, defects)
    no = cases.ask(act.db, case.id, items, override, act.at, act.by.id)
    lifecycle.change(act, case, State.CORRECTION)
    terms = act.matter(case).terms
    answer = timing.row(act, case, Clock.CORRECTION, terms.answer, act.at)
    told = sheet.correction(
        issuing.about(act, case), items, answer["due_at"], UNANSWERED[terms.unanswered], override
    )
    document_no = issuing.issue(act, case, Kind.CORRECTION, told)
    act.record(
        "correction asked", case, no=no, items=items, document_no=document_no,
        **({"override": override} if override else {}),
    )  # fmt: skip
    timing.settle(act, case, (Clock.PREREVIEW,))
    timing.stop(act, case, touched(Halt.CORRECTION), "补正")
    timing.start(act, case, [answer])
    task = advance.open_task(act, case, "accept")
    if task is not None:
        advance.complete(act, case, task, "correct")
    return case


def _items(act: Act, case: Case, defects: Sequence[Line]) -> list[dict[str, str]]:
    """What the notice names. What another member of the bundle asks for already is brought once for both (R-BUN-5)."""
    elsewhere = cases.asked_elsewhere(act.db, case.id, case.parent_id)
    items = []
    for line in defects:
        code, name = line.requirement.code, line.requirement.name
        item = {"code": code, "name": name, "remark": line.remark or "缺少，请提交"}
        if code in elsewhere and not line.remark:
            other = act.library.matter(act.db, elsewhere[code]).name
            item |= {"remark": f"与“{other}”的补正同为一份，提交一次即可", "with": other}
        items.append(item)
    return items


def _must_override(act: Act, case: Case, override: str) -> None:
    if not override.strip():
        raise NotNow(
            "已经告知过一次补正，不得再次要求(行政许可法三十二条)；确有必要须由窗口负责人说明理由。",
            code="correction.twice",
            field="override",
        )
    must_hold(act.by, "chief", case.accepts)


def refuse(act: Act, case: Case, state: State, reason: str) -> Case:
    """Refuse to accept: not within our powers (不予受理), or not required at all (不受理): two ends (R-ACC-2)."""
    holding.must_serve(act, case, case.accepts)
    life.must_be(case.state, _ON_DESK, STATE_NAMES[state])
    if state not in _REFUSALS:
        raise Malformed(f"“{STATE_NAMES[state]}”不是不受理的一种。", code="refuse.state", field="state")
    if case.kind == "bundle":
        bundle.withdraw(act, case, reason)
    reason = _reasoned(reason)
    required = state is State.NOT_ACCEPTED
    false = required and barring.found(act, case) is not None
    said = sheet.refusal(issuing.about(act, case), reason, required=required, false=false)
    kind = _REFUSALS[state]
    written = lifecycle.refuse_in_writing if required else issuing.issue
    lifecycle.refuse(act, case, state, reason, document_no=written(act, case, kind, said))
    return case


def _reasoned(reason: str) -> str:
    return must_say(
        reason, "请写明理由；不予受理须书面说明并告知去处。", code="reason.missing", field="reason"
    )


def deliver(act: Act, case: Case, method: str, receiver: str, waybill: str = "") -> Case:
    """Hand the decision out (送达); for a bundle everything at once, or what is left of it (统一出件, R-BUN-1).

    A member is handed out ahead only where its applicant chose so (分批领取), or another waits for it (R-BUN-4).
    """
    must_hand_out(act, case)
    if shipments.under_way(act.db, case.id) is not None:
        raise NotNow("结果已经寄出，请登记签收，或在退回后再办理送达。", code="shipment.under-way")
    if case.acceptor_id is not None and crossings.of(act.db, case.id).back_at is None:
        raise NotNow(
            "办理结果还没有由属地回寄，不能送达；可催办属地窗口。", code="crossing.not-back", field="receiver"
        )
    receiver = must_say(receiver, "请写明领取人。", code="receiver.missing", field="receiver")
    if case.kind == "bundle":
        bundle.deliver(act, case, method, receiver, waybill)
    no = _receipt(act, case, method, receiver, waybill)
    lifecycle.deliver(act, case, method, receiver, waybill, document_no=no)
    committing.be_done(act, case)
    if method in AT_WINDOW:
        visiting.came(act, case)
    return case


def must_hand_out(act: Act, case: Case) -> None:
    """Raise a refusal unless the actor's window may hand the result of the case out now (通办通取, R-BUN-1)."""
    holding.must_serve(act, case, case.handout_id)
    life.must_be(case.state, DECIDED, "送达")
    if case.parent_id is not None and _goes_together(act, case):
        raise NotNow(
            "“一件事”的结果由综合窗口统一出件，请在整件上办理送达；申请人要先领的，请先改为“分批领取”。",
            code="bundle.deliver-together",
        )
    if case.kind == "bundle" and advance.open_task(act, case, "deliver") is None:
        raise NotNow(
            "还有成员事项没有办结，不能统一出件；申请人要先领的，请先改为“分批领取”。",
            code="bundle.members-open",
        )


def _receipt(act: Act, case: Case, method: str, receiver: str, waybill: str) -> str:
    """One receipt for everything that is handed out together (R-LIM-4, R-BUN-1); what went ahead has its own."""
    left = [row for row in cases.members(act.db, case.id) if State(row.state) is not State.DELIVERED]
    parts = [case.id, *(row.id for row in left)]
    given = [row for part in parts for row in _served(documents.of_case(act.db, part))]
    named = [f"{row.facts['title']} {row.no}" for row in given]
    said = sheet.delivery(issuing.about(act, case), named, method, receiver, waybill, act.today)
    return issuing.issue(act, case, Kind.DELIVERY, said)


def _served(papers: Sequence[Row]) -> list[Row]:
    """What is handed out of a case: the decision; once it was taken back, only what says so (R-DEC-2)."""
    undone = [row for row in papers if row.kind in UNDONE]
    return undone or [row for row in papers if row.kind in DECISIONS]


def _goes_together(act: Act, case: Case) -> bool:
    """A member's result is handed out with its bundle's, as long as there is a bundle to hand it out."""
    task = advance.open_task(act, case, "deliver")
    return task is None or task.held
