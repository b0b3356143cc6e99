"""How one thing (一件事) comes to its outcome by its policy (R-BUN-7), and how what is decided is handed out."""

from collections.abc import Collection, Sequence

from engine.domain import outcome
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, State
from engine.domain.clock import Clock
from engine.services import advance, lifecycle, timing
from engine.services.act import Act
from engine.store import cases, deadlines
from engine.store.cases import Case
from engine.store.db import Row

#: How the window writes down that everything had been handed out before, piece by piece.
_HANDED_OUT = ("分批领取", "各成员事项已分别领取")


def conclude(act: Act, bundle: Case, everyone: Sequence[Row]) -> None:
    """Give the bundle its one outcome, as soon as its policy leaves no other (R-BUN-7); then see it handed out."""
    states = {row.matter_key: State(row.state) for row in everyone}
    fates = {row.matter_key: outcome.fate(states[row.matter_key], row.decision) for row in everyone}
    rule = outcome.rule(act.matter(bundle).record)
    state = outcome.outcome(rule, fates) if bundle.state in UNACCEPTED | UNDECIDED else None
    if state is State.WITHDRAWN:
        way = outcome.ended(bundle.state, states.values())
        lifecycle.conclude(act, bundle, way, "各成员事项均未经决定而终止")
    elif state is not None and bundle.state in UNDECIDED:
        words = f"{outcome.POLICY_NAMES[rule.policy]}：{_told(fates.values())}"
        lifecycle.decide(act, bundle, state, words, document_no=f"{bundle.no}-Z")
    if bundle.state in DECIDED and advance.open_task(act, bundle, "deliver") is not None:
        _hand_out(act, bundle, states.values())


def _told(fates: Collection[outcome.Fate]) -> str:
    """How the members stand when the bundle is decided, in words."""
    counted = {words: sum(fate is each for fate in fates) for each, words in _FATES.items()}
    return "，".join(f"{words} {n} 项" for words, n in counted.items() if n)


_FATES = {
    outcome.Fate.GRANTED: "准予",
    outcome.Fate.DENIED: "不予",
    outcome.Fate.ENDED: "未经决定而终止",
    outcome.Fate.PENDING: "继续办理",
}


def _hand_out(act: Act, bundle: Case, states: Collection[State]) -> None:
    """Everybody is done: the ten days to hand out begin (R-LIM-4), or nothing is left to be handed out."""
    if any(state in DECIDED for state in states):
        _watch_delivery(act, bundle)
    else:
        lifecycle.deliver(act, bundle, *_HANDED_OUT)


def _watch_delivery(act: Act, case: Case) -> None:
    """Start the ten days of delivery, unless they run already (R-LIM-4)."""
    if all(row.clock != Clock.DELIVERY for row in deadlines.running(act.db, case.id)):
        limit = act.matter(case).terms.delivery
        timing.start(act, case, [timing.row(act, case, Clock.DELIVERY, limit, act.at)])


def hand_out(act: Act, case: Case, *, by_itself: bool) -> None:
    """Let a decided member be handed out by itself from now on, on its own clock; or with the others again."""
    if by_itself:
        _watch_delivery(act, case)
        advance.show(act, case, "deliver")
    else:
        task = advance.open_task(act, case, "deliver")
        timing.settle(act, case, (Clock.DELIVERY,), [task.key] if task is not None else ())
        cases.hold_back(act.db, case.id, "deliver")
