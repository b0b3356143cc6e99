"""A promise (容缺承诺) is made, kept, postponed, or broken with its region's consequence (R-TOL-2..7)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime

from engine.domain import material, sheet, special, tolerance
from engine.domain.case import UNACCEPTED, UNDECIDED, State, must_be
from engine.domain.clock import Clock
from engine.domain.credit import Kind
from engine.domain.deadline import agreed, due, end_of, last_day
from engine.domain.errors import NotNow
from engine.domain.limit import Limit, Unit
from engine.domain.material import THERE, Handed, Standing
from engine.domain.paper import OVERDUE
from engine.domain.paper import Kind as Paper
from engine.domain.sheet import chinese
from engine.domain.tolerance import Commitment, OnOverdue, When
from engine.services import advance, crediting, halting, issuing, lifecycle, timing
from engine.services.act import Act
from engine.store import cases, deadlines
from engine.store.cases import Case
from engine.store.db import Row

#: The clocks of promises.
CLOCKS = (Clock.TOLERANCE, Clock.AFTERGRANT)
#: What the papers about promises rest on.
_BASIS = ("容缺受理承诺书",)


def make(act: Act, case: Case, commitment: Commitment) -> None:
    """Write down what may come later and start its clock (R-TOL-2)."""
    cases.commit_to(act.db, case.id, commitment.codes, commitment.due_at, commitment.on_overdue, act.at)
    promised = [Handed(code, Standing.PROMISED) for code in commitment.codes]
    cases.put(act.db, case.shelf, promised, act.at)
    limit = agreed(act.at, commitment.due_at)
    timing.start(act, case, [timing.row(act, case, Clock.TOLERANCE, limit, act.at)])
    names = material.named(lifecycle.lines(act, case), commitment.codes)
    day, follows = last_day(commitment.due_at), OVERDUE[commitment.on_overdue]
    said = sheet.commitment(issuing.about(act, case), names, day, follows)
    no = issuing.issue(act, case, Paper.COMMITMENT, said)
    act.record(
        "tolerated", case, codes=list(commitment.codes), due_at=commitment.due_at.isoformat(),
        on_overdue=str(commitment.on_overdue), document_no=no,
    )  # fmt: skip


def make_for_later(act: Act, case: Case, codes: Sequence[str], names: Sequence[str]) -> None:
    """Write down what may come after the grant; it is due when it is granted, and binds no clock before (R-TOL-7)."""
    terms = act.matter(case).terms
    latest = due(terms.aftergrant, max(act.at, case.legal_due_at or act.at), act.calendar_of(case))
    cases.commit_to(act.db, case.id, codes, latest, terms.tolerance_overdue, act.at, kind=When.DECIDE)
    cases.put(act.db, case.shelf, [Handed(code, Standing.PROMISED) for code in codes], act.at)
    if not [p for p in cases.promises(act.db, case.id) if p.met_at is None and p.kind == When.ACCEPT]:
        timing.settle(act, case, (Clock.TOLERANCE,))
        halting.supplied(act, case)
        _let_go_on(act, case, "later")
    words = f"申请人承诺在准予决定之日起 {terms.aftergrant.words()}内补交：{'、'.join(names)}。"
    no = issuing.tell(act, case, Paper.LATER, words)
    act.record("promised after grant", case, codes=list(codes), limit=str(terms.aftergrant), document_no=no)


def supplied(
    act: Act, case: Case, codes: Iterable[str], reached: datetime | None = None, place: str = ""
) -> None:
    """Mark promises met by *codes*, when they *reached* the department (R-TOL-4); with the last one all is kept."""
    cases.meet(act.db, case.id, codes, reached or act.at, place)
    if lifecycle.is_owing(act, case):
        return
    timing.settle(act, case, (Clock.TOLERANCE, Clock.AFTERGRANT))
    halting.supplied(act, case)
    if case.state is State.ACCEPTED_TOLERANT:
        _let_go_on(act, case, "supplied")
    if case.state is State.GRANTED_TOLERANT:
        lifecycle.change(act, case, State.GRANTED)
        act.record("completed after grant", case)


def _let_go_on(act: Act, case: Case, outcome: str) -> None:
    """Where the diagram waits at its gate for what was promised, it waits no more (R-TOL-3)."""
    task = advance.open_task(act, case, "supply")
    if task is not None:
        advance.complete(act, case, task, outcome)


def owed(act: Act, case: Case) -> frozenset[str]:
    """The materials that may come after the grant against a promise and have not (容缺办结, R-TOL-7)."""
    found = cases.promises(act.db, case.id)
    return frozenset(p.code for p in found if p.met_at is None and p.kind == When.DECIDE)


def break_(act: Act, case: Case, passed: Row) -> None:
    """The promised materials did not come: what follows is the region's rule (R-TOL-5)."""
    broken = _broken(act, case)
    if not broken or case.state not in UNDECIDED | UNACCEPTED:
        return
    if passed.key:  # the second chance is over too
        if not _drawn(act, case, broken):
            _return(act, case)
        return
    _lay_open(act, case, broken)
    if case.state in UNDECIDED and not _drawn(act, case, broken):
        _BROKEN[OnOverdue(broken[0].on_overdue)](act, case)


def _drawn(act: Act, case: Case, broken: Sequence[Row]) -> bool:
    """A diagram that waits for the promise's day says itself what follows; let it know, and what the region rules."""
    timer = advance.promise_timer(act, case)
    if timer is not None:
        advance.fire(act, case, timer.key, {"on_overdue": broken[0].on_overdue})
    return timer is not None


def follow(act: Act, case: Case, what: str, key: str) -> None:
    """Do what the diagram says follows a broken promise, where its token stands at *key*; then it goes on.

    Raises `NotNow` where no promise is broken, or the case is decided.
    """
    task = next((each for each in cases.open_tasks(act.db, case.id) if each.key == key), None)
    if task is None:
        return  # the token has been moved away since
    must_be(case.state, UNDECIDED, "处理逾期未补的容缺")
    if not _broken(act, case):
        raise NotNow(
            "本件没有逾期未补的容缺承诺，不能处理；请检查流程图。", code="tolerance.kept", element=task.node
        )
    _ACTS[what](act, case)
    if case.flow is not None and what in _STAYS:
        advance.complete(act, case, task, "done")


def break_after_grant(act: Act, case: Case, _passed: Row) -> None:
    """What was to come after the grant did not: it is to be revoked, by a procedure of its own (R-TOL-7)."""
    broken = _broken(act, case)
    if not broken:
        return
    _lay_open(act, case, broken)
    words = (
        f"容缺办结后承诺补交的材料逾期未补：{_names(act, case, broken)}；拟依法撤销准予决定，当事人可陈述申辩"
    )
    no = issuing.tell(act, case, Paper.TO_BE_REVOKED, f"{words}。")
    act.record("licence to be revoked", case, reason=words, document_no=no)
    crediting.note(act, case, Kind.BROKEN_PROMISE, words)


def _broken(act: Act, case: Case) -> list[Row]:
    passed = [p for p in cases.promises(act.db, case.id) if p.met_at is None and p.due_at <= act.at]
    shelf = cases.handed(act.db, case.shelf)
    return [p for p in passed if p.code not in shelf or shelf[p.code].standing not in THERE]


def _lay_open(act: Act, case: Case, broken: Sequence[Row]) -> None:
    cases.put(act.db, case.shelf, [Handed(p.code, Standing.MISSING) for p in broken], act.at)


def _names(act: Act, case: Case, promises: Sequence[Row]) -> str:
    codes = {p.code for p in promises}
    return "、".join(r.name for r in act.matter(case).requirements if r.code in codes)


def _said(act: Act, case: Case, words: str) -> str:
    """What was promised by when and did not come, and what follows: a paper gives its reason (R-TOL-5)."""
    broken = _broken(act, case)
    day = chinese(last_day(max(p.due_at for p in broken)))
    return f"承诺于{day}前补齐的材料（{_names(act, case, broken)}）逾期未补，{words}"


def _end(state: State, kind: Paper, words: str) -> Callable[[Act, Case], None]:
    """End the case without a decision, tell its applicant so in writing, and keep it against him (R-TOL-6)."""

    def ended(act: Act, case: Case) -> None:
        said = _said(act, case, words)
        no = issuing.tell(act, case, kind, f"{said}。", articles=_BASIS)
        crediting.note(act, case, Kind.BROKEN_PROMISE, said)
        lifecycle.conclude(act, case, state, said, document_no=no)

    return ended


def _deny(act: Act, case: Case) -> None:
    words = _said(act, case, "不予许可")
    crediting.note(act, case, Kind.BROKEN_PROMISE, words)
    lifecycle.deny(act, case, words)


def _suspend(act: Act, case: Case) -> None:
    """Stop the case for a second chance; who brings everything meanwhile goes on where he stood."""
    if any(stop.ground == special.PROMISE.name for stop in halting.running(act, case)):
        return  # another promise broke before, and its stop holds the case already
    words = f"{_said(act, case, '中止办理')}；请在 {tolerance.STOPPED.words()}内补齐，逾期退件。"
    halting.begin(act, case, special.PROMISE.name, words, tolerance.STOPPED, clock=Clock.TOLERANCE)


_return = _end(State.RETURNED, Paper.RETURN, "中止期内仍未补齐，退件")

_BROKEN: dict[OnOverdue, Callable[[Act, Case], None]] = {
    OnOverdue.REVOKE_ACCEPTANCE: _end(State.ACCEPTANCE_REVOKED, Paper.REVOCATION, "撤销受理"),
    OnOverdue.DENY: _deny,
    OnOverdue.WITHDRAW_DEEMED: _end(State.WITHDRAWN_DEEMED, Paper.DEEMED_WITHDRAWAL, "视为撤回申请"),
    OnOverdue.TERMINATE: _end(State.VOID, Paper.TERMINATION, "终止办理，损失由申请人自负"),
    OnOverdue.SUSPEND_THEN_RETURN: _suspend,
}


#: What a diagram may have done, by its own word (`engine.spiff.dialect.ACTS`); and what leaves the flow running.
_ACTS: dict[str, Callable[[Act, Case], None]] = {
    "revoke_acceptance": _BROKEN[OnOverdue.REVOKE_ACCEPTANCE],
    "deny": _deny,
    "withdraw_deemed": _BROKEN[OnOverdue.WITHDRAW_DEEMED],
    "terminate": _BROKEN[OnOverdue.TERMINATE],
    "suspend": _suspend,
    "return": _return,
}
_STAYS = frozenset({"suspend"})


def postpone(act: Act, case: Case, reason: str, until: date) -> str:
    """Move what was promised to *until* for an act of God (不可抗力, R-TOL-4), in writing; return the paper's number.

    Raises `NotNow` where no promise is waiting, `Incomplete` without a reason, `Malformed` for an earlier day.
    """
    waiting = [each for each in deadlines.running(act.db, case.id) if _waits(act, each)]
    if not waiting:
        raise NotNow("本件没有待补的容缺承诺，无须顺延。", code="tolerance.none")
    moved = [
        (each, tolerance.postponed(last_day(each.due_at), until, reason, _extended(each))) for each in waiting
    ]
    words = f"因不可抗力（{reason.strip()}），容缺材料的补齐日期顺延至 {until}。"
    no = issuing.tell(act, case, Paper.POSTPONEMENT, words)
    for clock, days in moved:
        more = Limit(_extended(clock) + days, Unit.FIXED)
        timing.extend(act, case, CLOCKS, more, no, only={clock.id})
    cases.postpone(act.db, case.id, end_of(until), reason.strip())
    halting.replan(act, case, special.PROMISE.name, end_of(until))
    advance.follow_promise(act, case)
    act.record("promise postponed", case, reason=reason.strip(), until=until.isoformat(), document_no=no)
    return no


def _extended(clock: Row) -> int:
    """By how many days a clock was moved on before."""
    return Limit.parse(clock.extension).value if clock.extension else 0


def _waits(act: Act, clock: Row) -> bool:
    return clock.clock in CLOCKS and clock.fired_at is None and clock.due_at > act.at
