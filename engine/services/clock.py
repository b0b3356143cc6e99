"""What the clock does: pass a deadline. Deemed acceptance, deemed withdrawal, a broken promise, a mark of lateness."""

from collections.abc import Callable, Iterable, Sequence

from engine.domain.case import UNACCEPTED, UNDECIDED, State
from engine.domain.clock import Clock
from engine.domain.deadline import day_of, last_day
from engine.domain.matter import Unanswered
from engine.domain.paper import Kind
from engine.domain.sheet import chinese, until
from engine.services import (
    advance,
    alerting,
    bundle,
    carding,
    halting,
    issuing,
    lifecycle,
    linking,
    offering,
    promising,
    timing,
)
from engine.services.act import Act
from engine.store import deadlines
from engine.store.cases import Case
from engine.store.db import Row


def pass_deadline(act: Act, case_id: int, deadline_id: int) -> bool:
    """Let a passed deadline have its consequence, once. Return whether it was ours to fire."""
    case = act.take(case_id)
    taken = deadlines.take(act.db, [deadline_id], act.at)
    for passed in taken:  # none, when another worker has it or it was settled in time
        _tell(act, case, passed)
        _CONSEQUENCE.get(Clock(passed.clock), _mark)(act, case, passed)
    return bool(taken)


def pass_marks(act: Act, due: Sequence[Row]) -> int:
    """Let deadlines that only leave a mark pass, all at once. Return how many were ours to fire."""
    act.take_all(row.case_id for row in due)
    taken = deadlines.take(act.db, [row.id for row in due], act.at)
    for passed in taken:
        _tell(act, act.take(passed.case_id), passed)
    return len(taken)


#: The clocks whose consequence has a paper or decision with a number, drawn from a counter without gaps.
NUMBERED = frozenset({Clock.NOTICE, Clock.CORRECTION, Clock.TOLERANCE, Clock.RENEWAL, Clock.DECLINE})


def only_marks(clock: str) -> bool:
    """Does nothing follow when this clock runs out but the mark in the journal?"""
    return Clock(clock) not in _CONSEQUENCE


def _tell(act: Act, case: Case, passed: Row) -> None:
    """The journal keeps both moments: when it was due, and, as the entry's own, when it fired."""
    told = {"clock": passed.clock, "due_at": passed.due_at.isoformat()}
    act.record("deadline passed", case, **told, key=passed.key)
    alerting.tell(act, case, "overdue", told)


def give_cards(act: Act, case_ids: Iterable[int], deadline_ids: Iterable[int]) -> int:
    """Give the cards that clocks have earned (红黄牌, rulebook §5), each once. Return how many clocks were ours."""
    act.take_all(case_ids)
    earned = deadlines.take_cards(act.db, deadline_ids, act.at)
    carding.give(act, earned)
    return len(earned)


def _mark(_act: Act, _case: Case, _passed: Row) -> None:
    """Lateness itself moves nothing: the journal tells it, lights and reports show it."""


def _deem_accepted(act: Act, case: Case, _passed: Row) -> None:
    """Not told within five days: accepted as of the day the materials came (行政许可法 art. 32; R-ACC-1)."""
    if case.state not in UNACCEPTED - {State.CORRECTION}:
        return
    accepted = lifecycle.since(case)
    words = f"收到申请材料后未在期限内告知补正，自{chinese(day_of(accepted))}收到申请材料之日起即为受理。"
    no = issuing.tell(act, case, Kind.DEEMED_ACCEPTANCE, words)
    lifecycle.accept(act, case, accepted, State.ACCEPTED_DEEMED, document_no=no)
    if case.kind == "bundle":
        bundle.prereview(act, case)


def _deem_withdrawn(act: Act, case: Case, passed: Row) -> None:
    """The correction was not answered in time: withdrawn or denied, as the region rules (R-ACC-5)."""
    if case.state is not State.CORRECTION:
        return
    words = f"逾期未补正（应于 {last_day(passed.due_at)} 前）"
    if act.matter(case).terms.unanswered is Unanswered.DENY:
        timing.settle(act, case, lifecycle.ACCEPTED_ENDS)
        lifecycle.deny(act, case, f"{words}，不予审批")
    else:
        no = issuing.tell(
            act,
            case,
            Kind.DEEMED_WITHDRAWAL,
            f"逾期未补正（应于{until(passed.due_at)}前补正），视为撤回申请。",
        )
        lifecycle.conclude(act, case, State.WITHDRAWN_DEEMED, words, document_no=no)


def _fire(act: Act, case: Case, passed: Row) -> None:
    """A timer of the diagram: the token moves."""
    advance.fire(act, case, passed.key)


def _deem_renewed(act: Act, case: Case, passed: Row) -> None:
    """The licence ends and nothing was decided on its renewal: it counts as granted (行政许可法 art. 50; R-LIM-8).

    While the applicant still has to mend his file the authority is not the one who is silent.
    """
    if case.state not in UNDECIDED | UNACCEPTED - {State.CORRECTION}:
        return
    if case.state in UNACCEPTED:
        lifecycle.accept(act, case, lifecycle.since(case), State.ACCEPTED_DEEMED)
    words = f"原证照有效期于{until(passed.due_at)}届满，届满前未作出是否准予延续的决定，视为准予延续"
    no = issuing.tell(act, case, Kind.DEEMED_RENEWAL, f"{words}。")
    lifecycle.go_to_delivery(act, case)
    act.record("deemed renewed", case, document_no=no)
    lifecycle.decide(act, case, State.GRANTED, words, document_no=no)


def _overrun(act: Act, case: Case, _passed: Row) -> None:
    """A special procedure lasts longer than announced: it is late by itself, the case's clocks run on (R-CNT-6)."""
    halting.overrun(act, case)


#: What follows when each clock runs out; the others only leave their mark.
_CONSEQUENCE: dict[Clock, Callable[[Act, Case, Row], None]] = {
    Clock.NOTICE: _deem_accepted,
    Clock.CORRECTION: _deem_withdrawn,
    Clock.TOLERANCE: promising.break_,
    Clock.AFTERGRANT: promising.break_after_grant,
    Clock.TIMER: _fire,
    Clock.REMIND: _fire,
    Clock.SPECIAL: _overrun,
    Clock.RENEWAL: _deem_renewed,
    Clock.DECLINE: offering.lapse,
    Clock.ACKNOWLEDGE: linking.remind,
}
