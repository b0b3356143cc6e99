"""What a case says, and to whom: messages to its bundle, signals to all, errors and escalations to its caller.

It says it by letters; nobody else's case is locked for it. Who listens is looked up as it stands at the
moment; whoever listens no more when he reads the letter passes a message on, and leaves a signal.
"""

from collections.abc import Iterable, Mapping, Sequence

from engine.domain.case import FINAL, UNACCEPTED, UNDECIDED, State, move
from engine.domain.clock import Clock
from engine.domain.errors import NotNow, Refused
from engine.domain.incident import Source
from engine.services import timing, trouble
from engine.services.act import Act
from engine.spiff import runtime
from engine.spiff.runtime import Outcome
from engine.store import cases
from engine.store.cases import Case
from engine.store.db import Row

#: How often one thing said may lead to another before the talk is taken for endless.
MOST_HOPS = 50
#: What becomes of a member whose own flow ends with an error that its bundle catches.
FAILED: Mapping[State, State] = {
    **dict.fromkeys(UNDECIDED, State.ACCEPTANCE_REVOKED),
    **dict.fromkeys(UNACCEPTED, State.NOT_ACCEPTED),
    State.CORRECTION: State.WITHDRAWN,
}


def carry(act: Act, case: Case, moved: Outcome) -> None:
    """Write letters about what a step of the diagram said and raised.

    Raises `NotNow` for an error that nobody catches, and for a talk without end.
    """
    for kind, name in moved.said:
        _say(act, case, kind, name)
    for kind, code in moved.raised:
        _RAISED.get(kind, _ignore)(act, case, code, moved)


def _say(act: Act, case: Case, kind: str, name: str) -> None:
    if act.hops >= MOST_HOPS:
        raise NotNow("办件之间不停地互相触发，已停止；请检查消息和信号", code="budget.hops")
    found = listeners(act, _family(act, case) if kind == "message" else running(act, kind, name), kind, name)
    heard = [other.id for other in found if other.id != case.id]
    act.record("said", case, kind=kind, name=name, to=len(heard))
    if kind == "message":
        pass_on(act, case, name, heard)
    else:
        for other in heard:
            act.say(other, case, "said", {"kind": kind, "name": name})


def pass_on(act: Act, case: Case, name: str, to: Sequence[int]) -> None:
    """Send a message to the first of *to*; if he does not wait for it any more, he sends it to the next."""
    if to:
        act.say(to[0], case, "said", {"kind": "message", "name": name, "then": list(to[1:])})


def _family(act: Act, case: Case) -> Sequence[Row]:
    """The running cases of the same bundle, the caller first."""
    return cases.family(act.db, case.parent_id or case.id)


def running(act: Act, kind: str, name: str) -> Sequence[Row]:
    """The running cases whose diagram listens for a message or signal somewhere."""
    drawn = cases.drawn(act.db)
    return cases.running(
        act.db, [one for one in drawn if runtime.listens(act.library.definition(act.db, one), kind, name)]
    )


def listeners(act: Act, among: Iterable[Row], kind: str, name: str) -> list[Row]:
    """Those of *among* that wait for a message or signal at this moment."""
    return [
        one
        for one in among
        if runtime.hears(act.library.definition(act.db, one.definition_id), one.flow, kind, name)
    ]


# --- what is raised to whoever called the case ----------------------------------------------------------


def _error(act: Act, case: Case, code: str, moved: Outcome) -> None:
    """An error ends the member, if its caller catches it; else it must not happen."""
    if not _is_caught(act, case, "error", code):
        raise NotNow(
            f"流程抛出了错误“{code}”，没有环节接住；请在流程或一件事流程中补画边界错误事件",
            code="event.uncaught",
            element=runtime.thrower(act.definition(case), "error", code),
        )
    state = FAILED.get(case.state) if moved.ended else None
    if state is not None:
        case.state = move(case.state, state)
        timing.settle(act, case, tuple(Clock))
        act.record(str(state), case, reason=f"流程以错误“{code}”终止，由一件事流程处理")
    act.say(case.parent_id or 0, case, "raised", {"kind": "error", "code": code}, _told(case))


def _told(case: Case) -> dict[str, str]:
    ended = {"state": str(case.state)} if case.state in FINAL else {}
    return {"member": case.matter_key, **ended}


def _escalation(act: Act, case: Case, code: str, _moved: Outcome) -> None:
    """An escalation stops nothing; if nobody catches it, somebody should know."""
    if _is_caught(act, case, "escalation", code):
        act.say(case.parent_id or 0, case, "raised", {"kind": "escalation", "code": code}, _told(case))
        return
    unheard = NotNow(
        f"流程抛出了升级“{code}”，没有环节接住；请有关人员跟进",
        code="event.uncaught",
        element=runtime.thrower(act.definition(case), "escalation", code),
    )
    trouble.report(act, Source.EVENT, f"{case.id}:{code[:80]}", "escalation", unheard, case.id)


def _ignore(_act: Act, _case: Case, _code: str, _moved: Outcome) -> None:
    """A cancelled transaction that nobody listens for is simply over."""


_RAISED = {"error": _error, "escalation": _escalation}


def _is_caught(act: Act, case: Case, kind: str, code: str) -> bool:
    """Would the caller catch it, as it stands now? It is tried on its diagram, and nothing is kept."""
    caller = next(iter(cases.family(act.db, case.parent_id)), None) if case.parent_id else None
    if caller is None or caller.id != case.parent_id:
        return False  # there is none, or it has ended
    drawn = act.library.definition(act.db, caller.definition_id)
    calls = runtime.opened(drawn, caller.flow).calls
    called = [call.key for call in calls if drawn.nodes[call.node].called == case.matter_key]
    try:
        return bool(called) and not runtime.raise_at(drawn, caller.flow, called[0], kind, code).raised
    except Refused:
        return False
