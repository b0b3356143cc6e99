"""What a change of state brings: clocks start and stop, the bundle hears of it, the flow goes on or ends."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.domain import bar, crossing, material, paper, sheet
from engine.domain.bar import Ground
from engine.domain.bundle import by_itself
from engine.domain.case import GRANTS, STATE_NAMES, State, move
from engine.domain.clock import Clock, Halt, touched
from engine.domain.deadline import agreed, day_of, end_of, last_day
from engine.domain.inspection import ASSIGN_WITHIN
from engine.domain.material import Line, Verdict
from engine.domain.matter import validity
from engine.domain.offer import On
from engine.domain.paper import OVERDUE, Kind
from engine.domain.special import TESTING
from engine.domain.tolerance import OnOverdue
from engine.services import advance, barring, issuing, leaving, licensing, linking, ticketing, timing
from engine.services.act import Act
from engine.services.advance import Turn
from engine.store import cases, deadlines, informed, stops
from engine.store.cases import Case
from engine.store.db import Row

#: The clocks that bind the authority between acceptance and decision.
CASE_CLOCKS = (Clock.PROMISED, Clock.LEGAL)
#: The clocks an acceptance ends.
ACCEPTED_ENDS = (Clock.NOTICE, Clock.PREREVIEW, Clock.CORRECTION)
#: The clocks a decision ends.
DECIDED_ENDS = (*CASE_CLOCKS, Clock.TOLERANCE, Clock.RENEWAL, Clock.ASSIGN, Clock.HEARING, Clock.TRANSFER)
#: The outcomes an acceptance step is left with, where it is not the plain one.
_ACCEPTED = {State.ACCEPTED_TOLERANT: "tolerated"}
#: The outcomes of an acceptance step that refuses.
_REFUSED = {
    State.NOT_REQUIRED: "not_required",
    State.NOT_ACCEPTED: "refused",
    State.PREREVIEW_REJECTED: "refused",
}


def change(act: Act, case: Case, state: State) -> None:
    """Move the case to *state* and tell its bundle. Raises `NotNow` where the life of a case forbids it."""
    case.state = move(case.state, state)
    if case.first_contact_id is None and case.parent_id is None:
        case.first_contact_id = act.by.id  # 首问负责: of an online application, whoever answers it first
    if case.parent_id is not None:
        act.post(case.parent_id, case, "state", member=case.matter_key, state=str(state))


def lines(act: Act, case: Case) -> tuple[Line, ...]:
    """How the case's materials stand now."""
    return material.lines(
        act.matter(case).requirements,
        case.flags,
        cases.handed(act.db, case.shelf),
        cases.producing(act.db, case.id, case.parent_id),
    )


def watch_notice(act: Act, case: Case) -> None:
    """Start the five-day clock: tell the applicant, or the case counts as accepted (R-ACC-1).

    What came in online is looked at first (预审), and has a shorter clock for that.
    """
    terms = act.matter(case).terms
    clocks = {Clock.NOTICE: terms.notice}
    if case.state is State.SUBMITTED and case.parent_id is None:
        clocks[Clock.PREREVIEW] = terms.prereview
    timing.start(
        act, case, [timing.row(act, case, clock, limit, since(case)) for clock, limit in clocks.items()]
    )


def watch_licence(act: Act, case: Case, until: date) -> None:
    """Start the clock of a renewal: undecided when the licence ends, it counts as granted (R-LIM-8)."""
    limit = agreed(act.at, end_of(until))
    timing.start(act, case, [timing.row(act, case, Clock.RENEWAL, limit, act.at)])


def since(case: Case) -> datetime:
    """The moment the authority answers from: the file is complete (R-ACC-4) and, in a bundle, its turn has come."""
    return max(case.complete_at, case.noticed_at or case.complete_at)


def accept(act: Act, case: Case, at: datetime, state: State, **data: Any) -> None:
    """Begin the legal clocks at *at* and let the flow go on past its acceptance step (R-ACC-2, R-LIM-1)."""
    terms = act.matter(case).terms
    change(act, case, state)
    case.accepted_at = at
    timing.settle(act, case, ACCEPTED_ENDS)
    limits = {Clock.PROMISED: terms.promise(case.flags), Clock.LEGAL: terms.legal}
    if any(node.suspends in TESTING for node in act.definition(case).nodes.values()):
        limits[Clock.ASSIGN] = ASSIGN_WITHIN
    if terms.initial is not None:
        limits[Clock.TRANSFER] = terms.initial
    timing.start(
        act,
        case,
        [timing.row(act, case, clock, limit, at, "", terms.precision) for clock, limit in limits.items()],
    )
    if state is not State.ACCEPTED_DEEMED:  # the clock, which deems, says so in its own words
        data["document_no"] = _notice(act, case, at, state)
    act.record("accepted", case, state=str(state), accepted_at=at.isoformat(), **data)
    for stage, outcome in (("prereview", "pass"), ("accept", _ACCEPTED.get(state, "accepted"))):
        task = advance.open_task(act, case, stage)  # deemed acceptance may find it not even pre-reviewed
        if task is not None:
            advance.complete(act, case, task, outcome)


def _notice(act: Act, case: Case, at: datetime, state: State) -> str:
    """Tell the applicant in writing that he is accepted, and with what still to come (R-ACC-2, R-TOL-2)."""
    about, limit = issuing.about(act, case), act.matter(case).terms.promise(case.flags).words()
    shelf, day = lines(act, case), day_of(at)
    if state is State.ACCEPTED:
        said = sheet.acceptance(about, day, limit, case.promised_due_at, case.legal_due_at, shelf)
        return issuing.issue(act, case, Kind.ACCEPTANCE, said)
    owed = [p for p in cases.promises(act.db, case.id) if p.met_at is None]
    said = sheet.tolerant(
        about, day, limit, case.promised_due_at, material.named(shelf, {p.code for p in owed}),
        last_day(max(p.due_at for p in owed)), OVERDUE[OnOverdue(owed[0].on_overdue)], shelf,
    )  # fmt: skip
    return issuing.issue(act, case, Kind.TOLERANT, said)


def acceptable(act: Act, case: Case) -> State | None:
    """The state an acceptance would lead to, or None while materials or an open correction forbid it."""
    if case.state is State.CORRECTION or material.verdict(lines(act, case)) is not Verdict.ACCEPT:
        return None
    return State.ACCEPTED_TOLERANT if is_owing(act, case) else State.ACCEPTED


def is_owing(act: Act, case: Case) -> bool:
    """Is something promised that has not come?"""
    return any(p.met_at is None for p in cases.promises(act.db, case.id))


def asked_for(act: Act, case: Case) -> list[str]:
    """What the last correction notice names and is still not there, by name."""
    there = {line.requirement.code: line.standing in material.THERE for line in lines(act, case)}
    items = cases.asked(act.db, case.id)[-1].items
    return [item["name"] for item in items if not there.get(item["code"], True)]


def corrected(act: Act, case: Case) -> None:
    """Everything asked for is there: the case is complete as of now and waits for the window (R-ACC-4)."""
    cases.answer(act.db, case.id, act.at)
    case.complete_at = act.at
    change(act, case, State.CORRECTED)
    timing.settle(act, case, (Clock.CORRECTION,))
    timing.resume(act, case, touched(Halt.CORRECTION))
    task = advance.open_task(act, case, "correct")
    if task is not None:
        advance.complete(act, case, task, "corrected")
    if case.noticed_at is not None:
        await_window(act, case)


def await_window(act: Act, case: Case) -> None:
    """A member's turn has come but it cannot be accepted yet: show its task to the window, with a clock."""
    if all(row.clock != Clock.NOTICE for row in deadlines.running(act.db, case.id)):
        watch_notice(act, case)
    advance.show(act, case, "accept")
    act.record("awaiting acceptance", case)


def decide(
    act: Act,
    case: Case,
    state: State,
    reason: str,
    *,
    document_no: str = "",
    step: tuple[Row, str] | None = None,
) -> None:
    """Put the decision in writing, stop the legal clocks and start the one for delivery (R-DEC-1, R-LIM-4).

    *step* is the task it was made in and its outcome; the clock and a bundle decide outside any task. What has
    a *document_no* is in writing already.
    """
    change(act, case, state)
    document_no = document_no or _in_writing(act, case, state, reason)
    case.decided_at = act.at
    ticketing.follow_up(act, case, state, reason)
    cases.decide(
        act.db,
        case_id=case.id,
        outcome=str(state),
        reason=reason,
        document_no=document_no,
        by_id=act.by.id,
        at=act.at,
    )
    licensing.grant(act, case, state, document_no)
    act.record("decided", case, outcome=str(state), reason=reason, document_no=document_no)
    if state in GRANTS:
        _tell_followers(act, case, On.GRANTED)
    begins = [*_begins(act, case, state), *(linking.tell(act, case, document_no) if state in GRANTS else ())]
    if step is None:
        timing.settle(act, case, DECIDED_ENDS)
        timing.start(act, case, begins)
    else:
        advance.complete(act, case, *step, reason, Turn(DECIDED_ENDS, tuple(begins)))


def _tell_followers(act: Act, case: Case, on: On) -> None:
    """Leave word that what others are begun after is there (免申即办); they are begun in an act of their own.

    Nothing is begun after what was only tried out (体验办件).
    """
    if not case.mystery and any(
        follows["on"] == on for follows in act.matter(case).record.get("followed_by") or ()
    ):
        act.post(case.id, case, "landed", on=str(on))


def _begins(act: Act, case: Case, state: State) -> list[dict[str, Any]]:
    """The clocks a decision begins: delivery, and what is still to come after a tolerant grant (R-TOL-7)."""
    terms = act.matter(case).terms
    begun = (
        []
        if _goes_with_others(act, case)
        else [timing.row(act, case, Clock.DELIVERY, terms.delivery, act.at)]
    )
    if state is State.GRANTED_TOLERANT:
        later = timing.row(act, case, Clock.AFTERGRANT, terms.aftergrant, act.at)
        cases.due_after_grant(act.db, case.id, later["due_at"])
        begun.append(later)
    if case.acceptor_id is not None:
        back = crossing.legs(act.matter(case).record).feedback
        begun.append(timing.row(act, case, Clock.TRANSFER, back, act.at, crossing.BACK))
    if state in GRANTS and case.flags.get("inform_commit") and informed.in_force(act.db, case.id) is not None:
        begun.append(timing.row(act, case, Clock.FOLLOW, terms.follow, act.at))
    return begun


def _goes_with_others(act: Act, case: Case) -> bool:
    """Is it handed out later, with what others decide (统一出件)? Its ten days begin when all of it can be.

    Art. 44 of the Licensing Law counts them from the decision. Who applies for one thing gets one delivery, unless
    he chooses to be handed each result when it is there (分批领取): then each has its own ten days (R-LIM-4).
    """
    if case.kind == "bundle":
        return advance.open_task(act, case, "deliver") is None
    return case.parent_id is not None and not by_itself(case.flags)


def know(act: Act, case: Case, flags: Mapping[str, Any]) -> None:
    """Write down that the applicant has answered otherwise than when he applied."""
    case.flags = {**case.flags, **flags}
    cases.know(act.db, case.id, case.flags)


def deny(act: Act, case: Case, reason: str) -> None:
    """Deny outside any task, as the clock does; the denial goes straight to the window (R-DEC-1)."""
    go_to_delivery(act, case)
    decide(act, case, State.DENIED, reason)


def go_to_delivery(act: Act, case: Case) -> None:
    """What the clock decides goes straight to the window; a diagram without a delivery ends where it stands."""
    drawn = [node.id for node in act.definition(case).nodes.values() if node.stage == "deliver"]
    if drawn:
        advance.reseat(act, case, drawn[:1])
    else:
        advance.stop(act, case)


def _in_writing(act: Act, case: Case, state: State, reason: str) -> str:
    """Issue the decision itself (R-DEC-1): a grant names its result, a denial its reason."""
    about, matter = issuing.about(act, case), act.matter(case)
    if state is State.DENIED:
        return refuse_in_writing(act, case, Kind.DENIAL, sheet.denial(about, reason))
    result, valid = matter.record.get("result") or {}, validity(matter.record)
    said = sheet.grant(
        about, result.get("name", ""), valid.words() if valid else "", issuing.within(matter.terms.delivery)
    )
    return issuing.issue(act, case, Kind.GRANT, said)


def refuse_in_writing(act: Act, case: Case, kind: Kind, said: sheet.Sheet) -> str:
    """Issue what denies or refuses; where false papers were found it warns, bars, and rests on that too (R-ACC-8)."""
    finding = barring.found(act, case)
    if finding is None:
        return issuing.issue(act, case, kind, said)
    articles = [*paper.FORMS[kind].articles, bar.ARTICLES[Ground.CONCEALED]]
    no = issuing.issue(act, case, kind, barring.said(act, case, said, finding), articles)
    barring.take_effect(act, case, finding, no)
    return no


def deliver(
    act: Act, case: Case, method: str, receiver: str, waybill: str = "", *, document_no: str = ""
) -> None:
    """Write the delivery down and let the flow go on past its delivery step (R-LIM-4)."""
    if case.state in GRANTS:
        _tell_followers(act, case, On.DELIVERED)
    change(act, case, State.DELIVERED)
    cases.deliver(
        act.db, case_id=case.id, method=method, receiver=receiver, waybill=waybill, by_id=act.by.id, at=act.at
    )
    timing.settle(act, case, (Clock.DELIVERY, Clock.SPECIAL))
    stops.end_all(
        act.db, case.id, act.at, "随送达终止"
    )  # one that overran held nobody up, and was never ended
    act.record(
        "delivered", case, method=method, receiver=receiver, waybill=waybill,
        **({"document_no": document_no} if document_no else {}),
    )  # fmt: skip
    task = advance.open_task(act, case, "deliver")
    if task is not None:
        advance.complete(act, case, task, "delivered")
    if case.flow is not None and all(t.stage == "urge" for t in cases.open_tasks(act.db, case.id)):
        advance.stop(act, case)  # nobody need be urged any more


def conclude(act: Act, case: Case, state: State, reason: str, **data: Any) -> None:
    """End the case without a decision: refused, withdrawn, revoked. Its flow stops where it stands."""
    change(act, case, state)
    act.record(str(state), case, reason=reason or STATE_NAMES[state], **data)
    leaving.inspection(act, case)
    ticketing.follow_up(act, case, state, reason)
    advance.stop(act, case)


def refuse(act: Act, case: Case, state: State, reason: str, **data: Any) -> None:
    """End the case before acceptance along the diagram's own refusal path, where it draws one."""
    change(act, case, state)
    act.record(str(state), case, reason=reason, **data)
    ticketing.follow_up(act, case, state, reason)
    task = advance.open_task(act, case, "accept") or advance.open_task(act, case, "prereview")
    if task is not None:
        advance.complete(act, case, task, "return" if task.stage == "prereview" else _REFUSED[state], reason)
    advance.stop(act, case)
