"""Acting on informed commitments (告知承诺): signed, taken back before the decision, checked after it (§4.3)."""

from collections.abc import Callable

from engine.domain import commitment
from engine.domain.case import UNACCEPTED, UNDECIDED, State, must_be
from engine.domain.clock import Clock
from engine.domain.commitment import FLAG, Result
from engine.domain.credit import Kind
from engine.domain.errors import Incomplete, NotNow
from engine.domain.licence import Ground
from engine.domain.licence import State as Standing
from engine.domain.paper import Kind as Paper
from engine.services import advance, crediting, issuing, licensing, lifecycle, timing
from engine.services.act import Act
from engine.store import informed
from engine.store.cases import Case
from engine.store.db import Row


def choose(act: Act, case: Case) -> None:
    """Write down what the applicant chose where his matter offers it; declining costs him nothing.

    Raises `NotNow` while something is recorded against his credit (R-TOL-6).
    """
    if FLAG not in case.flags or not act.matter(case).record.get(FLAG):
        return
    chosen = bool(case.flags[FLAG])
    if chosen:
        crediting.must_be_clean(act, case, "告知承诺")
    informed.add(
        act.db, case_id=case.id, version=commitment.VERSION, declined=not chosen,
        signed_at=act.at if chosen else None,
    )  # fmt: skip
    if chosen:
        no = issuing.tell(act, case, Paper.INFORMED, commitment.TEXT)
        act.record("committed", case, version=commitment.VERSION, document_no=no)


def withdraw(act: Act, case: Case) -> None:
    """Take a commitment back before the decision: the case goes on as any other, with its own limit and steps."""
    must_be(case.state, UNACCEPTED | UNDECIDED, "撤回承诺")
    row = _standing(act, case)
    informed.withdraw(act.db, case.id, act.at)
    lifecycle.know(act, case, {FLAG: False})
    act.record("commitment withdrawn", case, version=row.version)
    advance.tell_flags(act, case, {FLAG: False})
    if case.state in UNDECIDED and case.accepted_at is not None:
        _reckon(act, case)
        looked_at = [node.id for node in act.definition(case).nodes.values() if node.stage == "inspect"]
        if looked_at:
            advance.reseat(act, case, looked_at[:1])


def _reckon(act: Act, case: Case) -> None:
    """What was promised on the spot held for the commitment only."""
    assert case.accepted_at is not None
    terms = act.matter(case).terms
    timing.settle(act, case, (Clock.PROMISED,))
    limit = terms.promise(case.flags)
    timing.start(
        act, case, [timing.row(act, case, Clock.PROMISED, limit, case.accepted_at, "", terms.precision)]
    )


def inspect(act: Act, case: Case, result: Result, words: str) -> None:
    """Write down what the check after the grant found, or what came of it, with what follows.

    Raises `NotNow` out of turn, `Incomplete` for anything adverse without its reason.
    """
    row = _standing(act, case)
    if case.state not in {State.GRANTED, State.GRANTED_TOLERANT, State.DELIVERED}:
        raise NotNow("准予决定作出后才能核查承诺。", code="commitment.not-granted")
    commitment.must_follow(row.result, result)
    if result in _FOLLOWS and not words.strip():
        raise Incomplete("承诺不实或撤销决定须写明事实和理由。", code="reason.missing", field="words")
    timing.settle(act, case, (Clock.FOLLOW, Clock.AMEND))
    found = {"inspected_at": act.at, "inspected_by": act.by.id, "result": str(result), "words": words.strip()}
    informed.found(act.db, case.id, **found)
    no = _FOLLOWS[result](act, case, words.strip()) if result in _FOLLOWS else ""
    act.record("commitment checked", case, result=str(result), reason=words.strip(), document_no=no)


def be_done(act: Act, case: Case) -> None:
    """End the step a diagram draws for the check, where the check was made outside it or before it was reached."""
    row = informed.in_force(act.db, case.id)
    task = advance.open_task(act, case, "follow")
    if row is None or task is None or row.result == "":
        return
    outcome = "pass" if row.result in {Result.TRUE, Result.RECTIFIED} else "fail"
    if outcome in act.definition(case).nodes[task.node].outcomes:
        advance.complete(act, case, task, outcome, row.words)


def stands(act: Act, case: Case) -> bool:
    """Is the case decided on a commitment that was not checked yet?"""
    row = informed.in_force(act.db, case.id)
    return row is not None and row.result == ""


def _standing(act: Act, case: Case) -> Row:
    row = informed.in_force(act.db, case.id)
    if row is None:
        raise NotNow("本件没有采用告知承诺，或承诺已经撤回。", code="commitment.none")
    return row


def _rectify(act: Act, case: Case, words: str) -> str:
    """Order it to be put right in time."""
    limit = act.matter(case).terms.rectify
    timing.start(act, case, [timing.row(act, case, Clock.AMEND, limit, act.at)])
    said = f"经核查，承诺不实：{words}。请在 {limit.words()}内整改；逾期不改或整改不到位的，依法撤销决定。"
    return issuing.tell(act, case, Paper.RECTIFICATION, said)


def _revoke(act: Act, case: Case, words: str) -> str:
    """Revoke what was granted on it; the interests gained by it are not protected."""
    crediting.note(act, case, Kind.FALSE_COMMITMENT, words)
    said = f"承诺不实且未整改到位：{words}。现撤销准予决定，基于该决定取得的利益不受保护。"
    no = issuing.tell(act, case, Paper.GRANT_REVOKED, said)
    licensing.end(act, case, Standing.REVOKED, Ground.UNQUALIFIED, words, no)
    return no


#: What follows what was found.
_FOLLOWS: dict[Result, Callable[[Act, Case, str], str]] = {Result.FALSE: _rectify, Result.REVOKED: _revoke}
