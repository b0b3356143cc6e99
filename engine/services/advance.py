"""The heart: run a case's diagram one step and write down where the case now stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.domain import special
from engine.domain.case import FINAL
from engine.domain.clock import Clock
from engine.domain.errors import NotNow
from engine.domain.limit import Limit
from engine.domain.rating import HUSHED
from engine.services import halting, reminding, seating, talk, timing, trouble
from engine.services.act import Act
from engine.spiff import promised, recalling, runtime
from engine.spiff.parser import Node
from engine.spiff.runtime import Open, Outcome, Timer
from engine.store import cases, journal, stops
from engine.store.cases import Case
from engine.store.db import Row

#: No flags beside the case's own.
NOTHING: Mapping[str, Any] = MappingProxyType({})
#: What is owed after a grant, what others owe, and what a bad rating asks for goes on when the flow is over.
OUTLIVES = HUSHED | {Clock.ACKNOWLEDGE, Clock.AFTERGRANT, Clock.FOLLOW, Clock.AMEND}


@dataclass(frozen=True, slots=True)
class Turn:
    """The clocks of a case that end, and the rows of those that begin, with a step of its diagram."""

    ends: tuple[Clock, ...] = ()
    begins: tuple[dict[str, Any], ...] = ()


def start(act: Act, case: Case, at: str | None = None) -> None:
    """Put the case's token on the start of its diagram, or *at* the event that was told to begin it."""
    with trouble.begun(act, case):
        _settle(act, case, {}, runtime.start(act.definition(case), case.flags, at=at))


def complete(
    act: Act, case: Case, task: Row, outcome: str, opinion: str = "", turn: Turn | None = None
) -> None:
    """Complete an open task or call with *outcome*, which becomes the flag named like its node.

    *turn* names the clocks of the case that end and begin with it.
    """
    with trouble.watched(act, case, "complete", task.key, task.node):
        before = _standing(act, case)
        moved = runtime.complete(act.definition(case), before.state, task.key, {task.node: outcome})
        _settle(act, case, _waiting(before), moved, (task.key, outcome, opinion), turn or Turn())


def fire(act: Act, case: Case, key: str, flags: Mapping[str, Any] = NOTHING) -> None:
    """Let a timer of the diagram fire; *flags* come with it."""
    with trouble.watched(act, case, "fire", key):
        before = _standing(act, case)
        _settle(act, case, _waiting(before), runtime.fire(act.definition(case), before.state, key, flags))


def tell(act: Act, case: Case, kind: str, name: str, flags: Mapping[str, Any] = NOTHING) -> None:
    """Tell the case a message or signal it waits for; *flags* come with it."""
    with trouble.watched(act, case, "tell", name):
        before = _standing(act, case)
        _settle(
            act,
            case,
            _waiting(before),
            runtime.tell(act.definition(case), before.state, name, flags, kind=kind),
        )


def tell_flags(act: Act, case: Case, flags: Mapping[str, Any]) -> None:
    """Tell the case's flow what is known otherwise now; a conditional event may happen."""
    if case.flow is None:
        return
    before = _standing(act, case)
    _settle(act, case, _waiting(before), runtime.put(act.definition(case), before.state, flags))


def hears(act: Act, case: Case, kind: str, name: str) -> bool:
    """Does the case wait for a message or signal?"""
    return case.flow is not None and runtime.hears(act.definition(case), case.flow, kind, name)


def raise_at(act: Act, case: Case, call: Row, kind: str, code: str) -> None:
    """Let an error or escalation of the member that *call* waits for be caught here."""
    with trouble.watched(act, case, "raise", call.key, call.node):
        before = _standing(act, case)
        _settle(
            act,
            case,
            _waiting(before),
            runtime.raise_at(act.definition(case), before.state, call.key, kind, code),
        )


def add_signer(act: Act, case: Case, task: Row, note: Sequence[int | None]) -> None:
    """Let one more sign beside an open task; *note* is ``(user, organisation, who added him)``."""
    with trouble.watched(act, case, "add", task.key, task.node):
        before = _standing(act, case)
        _settle(
            act, case, _waiting(before), runtime.add(act.definition(case), before.state, task.key, list(note))
        )


def remove_signer(act: Act, case: Case, task: Row, queued: Sequence[int] | None = None) -> None:
    """Let the signer of an open task sign no more; or one who waits for his turn beside it, by his note."""
    with trouble.watched(act, case, "drop", task.key, task.node):
        before, drawn = _standing(act, case), act.definition(case)
        if queued is None:
            moved = runtime.drop(drawn, before.state, task.key)
        else:
            moved = runtime.unqueue(drawn, before.state, task.key, queued)
        _settle(act, case, _waiting(before), moved)


def queued(act: Act, case: Case, task: Row) -> Sequence[Sequence[int]]:
    """The notes of those who were added beside a task and wait for their turn."""
    state = _standing(act, case).state
    return runtime.queued(act.definition(case), state, task.key) or ()


def note_of(act: Act, case: Case, task: Row) -> Sequence[int] | None:
    """The note of whoever was added with this task; None for one that was drawn."""
    return next((each.note for each in _standing(act, case).open if each.key == task.key), None)


def reseat(act: Act, case: Case, nodes: Sequence[str], of: Row | None = None) -> None:
    """Put tokens on *nodes* instead of all others, or of those in the branch of the task *of* (退回, jump)."""
    with trouble.watched(act, case, "reseat", "+".join(nodes)):
        before = _standing(act, case)
        moved = runtime.reseat(act.definition(case), before.state, nodes, of=of.key if of else None)
        kept, drawn = {call.key for call in moved.calls}, act.definition(case).nodes
        for call in before.calls:
            if call.key not in kept and drawn[call.node].called:
                name = drawn[call.node].name
                raise NotNow(
                    f"成员事项“{name}”已经开始，不能退到它之前；请先办结或撤回该事项。",
                    code="jump.member",
                    element=call.node,
                )
        _settle(act, case, _waiting(before), moved)


def recall(act: Act, case: Case, task: Row) -> None:
    """Open a completed task again as it was, and take away what followed (拿回); its clocks count on."""
    before = _standing(act, case)
    step = recalling.Step(
        task.node,
        task.key,
        recalling.since(task.node, [(e.act, e.data) for e in journal.of_case(act.db, case.id)]),
        frozenset(
            t.key
            for t in cases.open_tasks(act.db, case.id)
            if t.assignee_id is not None or t.stage == seating.CALL
        ),
    )
    moved = runtime.recall(act.definition(case), before.state, step)
    again = {task.key, *step.stopped.values()}
    cases.reopen(act.db, task.id, act.by.id)
    reopened = {key: item for key, item in _waiting(moved).items() if key in again}
    _settle(act, case, {**_waiting(before), **reopened}, moved)
    halting.again(act, case, again)
    timing.reopen(act, case, again)


def migrate(act: Act, case: Case, to: int, names: Mapping[str, str]) -> None:
    """Let the case go on by the diagram version *to*; tasks and clocks of steps that match stay as they are."""
    before = _standing(act, case)
    drawn = act.library.definition(act.db, to)
    moved = runtime.migrate(act.definition(case), before.state, drawn, names)
    case.definition_id = to
    cases.redefine(act.db, case.id, to)
    for old, new in names.items():
        if new in drawn.nodes:
            cases.rename(act.db, case.id, old, new)
    _settle(act, case, _waiting(before), moved)
    _redraw(act, case, moved)


def _redraw(act: Act, case: Case, moved: Outcome) -> None:
    """Tasks that went over are called as they are drawn now; a task of another post goes back to its pool."""
    nodes = act.definition(case).nodes
    drawn = {item.key: nodes[item.node] for item in (*moved.open, *moved.calls)}
    for task in cases.open_tasks(act.db, case.id):
        node = drawn[task.key]
        words = {
            "node": node.id,
            "name": node.name,
            "stage": seating.CALL if seating.waits_for_others(node) else node.stage or "review",
            "role": node.role or seating.CALL,
            "org_id": seating.org(act, case, node),
        }
        if any(getattr(task, name) != value for name, value in words.items()):
            if (task.role, task.org_id) != (words["role"], words["org_id"]):
                words |= {"assignee_id": None, "claimed_at": None}
            cases.redraw(act.db, task.id, words)


def stop(act: Act, case: Case) -> None:
    """End the flow where it stands: close its tasks, settle every deadline."""
    cases.close_all(act.db, case.id, act.at, act.by.id, "cancelled")
    timing.settle(act, case, [clock for clock in Clock if clock not in OUTLIVES])
    halting.let_go(act, case)
    stops.end_all(act.db, case.id, act.at, "随流程终止")
    case.paused_at = None
    case.flow = None
    case.closed_at = act.at


def open_task(act: Act, case: Case, stage: str) -> Row | None:
    """Return the open task of *stage*, if there is one."""
    return next((t for t in cases.open_tasks(act.db, case.id) if t.stage == stage), None)


def show(act: Act, case: Case, stage: str) -> None:
    """Show a held task in the inbox; its time begins now."""
    task = open_task(act, case, stage)
    if task is None:
        return
    cases.release_held(act.db, case.id, stage)
    node = act.definition(case).nodes[task.node]
    if node.limit and task.held:
        limit = Limit.parse(node.limit)
        timing.start(act, case, [timing.row(act, case, Clock.STAGE, limit, act.at, task.key)])
    cases.due_tasks(act.db, case.id, {task.id: seating.due_of(act, case, node)})


def _standing(act: Act, case: Case) -> Outcome:
    """Where the case stands before it is moved; its flow tells it, so the tables need not be asked."""
    if case.flow is None:
        raise NotNow("办件的流程已经结束。", code="case.ended")
    return runtime.opened(act.definition(case), case.flow)


def _settle(
    act: Act,
    case: Case,
    old: Mapping[str, Open | Timer],
    moved: Outcome,
    done: tuple[str, str, str] | None = None,
    turn: Turn = Turn(),
) -> None:
    """Write down what a step changed: which tokens are gone, which are new."""
    case.flow = moved.state
    act.walked(case, moved.walked)
    act.ruled(case, moved.ruled)
    now = _waiting(moved)
    gone = [item for key, item in old.items() if key not in now]
    if done:
        act.stopped(case, {item.node: item.key for item in gone if isinstance(item, Timer)})
    _close(act, case, gone, done)
    timing.settle(act, case, turn.ends, [item.key for item in gone])
    nodes = act.definition(case).nodes
    over = [item.key for item in gone if isinstance(item, Open) and _suspends(nodes.get(item.node))]
    if over:
        halting.end_of(act, case, over)
    _open(act, case, [item for key, item in now.items() if key not in old], turn.begins)
    if moved.said or moved.raised:
        talk.carry(act, case, moved)
    if moved.ended:
        case.flow = None
        case.closed_at = act.at if case.state in FINAL else case.closed_at


def _suspends(node: Node | None) -> bool:
    """Did the step stop the clocks? One the diagram no longer draws may have."""
    return node is None or node.suspends is not None


def _waiting(stand: Outcome) -> dict[str, Open | Timer]:
    waiting: tuple[Open | Timer, ...] = (*stand.open, *stand.calls, *stand.timers)
    return {item.key: item for item in waiting}


def _close(act: Act, case: Case, gone: Sequence[Open | Timer], done: tuple[str, str, str] | None) -> None:
    """Close the tasks whose token is gone: one is done, the others are cancelled."""
    key, outcome, opinion = done or ("", "", "")
    cancelled = [item.key for item in gone if isinstance(item, Open) and item.key != key]
    if done:
        cases.close_tasks(act.db, case.id, [key], act.at, act.by.id, outcome, opinion)
    cases.close_tasks(act.db, case.id, cancelled, act.at, None, "cancelled")


def _open(act: Act, case: Case, fresh: Sequence[Open | Timer], begins: Sequence[dict[str, Any]]) -> None:
    """Open tasks for new tokens, start their deadlines and the diagram's timers, and tell called members."""
    tasks = [item for item in fresh if isinstance(item, Open)]
    timers = [item for item in fresh if isinstance(item, Timer) and promised.lead(item.text) is None]
    nodes = act.definition(case).nodes
    cases.add_tasks(act.db, [seating.row(act, case, item) for item in tasks])
    shown = [item for item in tasks if not seating.is_held(case, nodes[item.node])]
    texts = {item.key: nodes[item.node].limit for item in shown if not nodes[item.node].suspends}
    limits = [(Clock.STAGE, key, Limit.parse(text)) for key, text in texts.items() if text]
    limits += [(Clock.TIMER, t.key, Limit.of_timer(t.text, t.calendar)) for t in timers]
    started = [timing.row(act, case, clock, limit, act.at, key) for clock, key, limit in limits]
    timing.start(act, case, [*begins, *started, *reminding.rows(act, case, fresh)])
    for item in shown:
        node = nodes[item.node]
        if node.suspends and case.accepted_at is not None:
            halting.begin(act, case, node.suspends, "", special.announced(node.limit or ""), item.key)
    _call(act, case, [nodes[item.node] for item in tasks if nodes[item.node].called])
    for item in tasks:
        if nodes[item.node].act:  # the office's own act is one of its own, after this one
            act.post(case.id, case, "act", what=nodes[item.node].act, key=item.key)


def follow_promise(act: Act, case: Case) -> None:
    """A promise was moved on: the applicant's step, and what the diagram waits for before its day, move with it."""
    if case.flow is None:
        return
    standing = _standing(act, case)
    timers = [item for item in standing.timers if promised.lead(item.text)]
    if timers:
        timing.settle(act, case, keys=[item.key for item in timers])
        timing.start(act, case, reminding.rows(act, case, timers))
    task, due_at = open_task(act, case, "supply"), reminding.promise_due(act, case)
    if task is not None and due_at is not None:
        cases.due_tasks(act.db, case.id, {task.id: due_at})


def promise_timer(act: Act, case: Case) -> Timer | None:
    """The timer of the diagram that passes with a promise's day, if it waits for it."""
    if case.flow is None:
        return None
    return next((item for item in _standing(act, case).timers if promised.lead(item.text) == 0), None)


def _call(act: Act, case: Case, nodes: Sequence[Node]) -> None:
    """Tell the members whose turn has come (R-BUN-2); they answer by letter, never under this lock."""
    for node in nodes:
        member = cases.member(act.db, case.id, node.called or "")
        if member is None:
            raise NotNow(
                f"流程走到成员事项“{node.name}”，但本次申请没有选它；请检查流程中的条件。",
                code="bundle.not-chosen",
                element=node.id,
            )
        accepted = case.accepted_at or act.at
        act.post(member.id, case, "begin", at=act.at.isoformat(), unified=accepted.isoformat())
