"""Moving a case: whatever can be done to one is a function here, and each answers with an Outcome.

Every call takes the state as bytes and gives it back as bytes; nothing is kept between calls, so any
thread may move any case.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.domain.errors import NotNow, Refused
from engine.spiff import activities, jumping, listening, loops, migrating, occasions, recalling
from engine.spiff import state as codec
from engine.spiff.parser import Definition
from engine.spiff.tokens import Case, Token


@dataclass(frozen=True, slots=True)
class Open:
    """Something that waits to be completed; *local* is what only a member of a loop sees.

    *note* is what was said of a member when it was added.
    """

    key: str
    node: str
    local: Mapping[str, Any] = field(default_factory=dict, hash=False)
    note: Any = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline that is armed; somebody else counts it, and calls ``fire``."""

    key: str
    node: str
    kind: str
    text: str
    calendar: str
    interrupting: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the case stands after a move.

    ``said`` are the messages and signals it threw, ``raised`` the errors and escalations nobody in
    it caught, both as (kind, name): what a child case raises, its caller may catch (``raise_at``).
    ``ruled`` are the decisions that were asked, as (node, decision, flags it set).
    """

    state: bytes
    open: tuple[Open, ...]
    calls: tuple[Open, ...]
    timers: tuple[Timer, ...]
    walked: tuple[str, ...]
    ended: bool
    flags: Mapping[str, Any]
    said: tuple[tuple[str, str], ...] = ()
    raised: tuple[tuple[str, str], ...] = ()
    incidents: tuple[Refused, ...] = ()
    ruled: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Manner:
    """How a case is moved: what fits as a flag, and whether a step that cannot be taken undoes the move.

    In the office it does: the move is refused and the case stays as it was. Where a diagram is only
    played, the token stands still at an incident and the others go on.
    """

    fit: Callable[[Mapping[Any, Any]], dict[str, Any]] = codec.fit
    strict: bool = True


OFFICE = Manner()


def start(
    definition: Definition, flags: Mapping[str, Any], *, at: str | None = None, manner: Manner = OFFICE
) -> Outcome:
    """Begin a case; *at* is the event that was told to begin it, if it did not begin by itself."""
    case = Case(definition.plan, manner.fit(flags))
    case.begin(definition.plan.starts if at is None else ())
    if at is not None:
        case.put(definition.plan.task_specs[at], case.task_tree).go()
    return _turn(case, manner)


def complete(
    definition: Definition, state: bytes, key: str, flags: Mapping[str, Any], *, manner: Manner = OFFICE
) -> Outcome:
    """Complete the open task or call *key*; raise NotNow ``task.closed`` if it is not open."""
    case = codec.load(definition.plan, state)
    token = case.token(key)
    if token is None or not token.task_spec.manual or not token.is_ready:
        raise NotNow("这项任务已经办结或不在待办状态", code="task.closed")
    case.data.update(manner.fit(flags))
    around = token.parent.task_spec
    if isinstance(around, loops.Multiple):
        around.vote(token.parent, flags.get(token.task_spec.node))
    token.run()
    return _turn(case, manner)


def fire(
    definition: Definition,
    state: bytes,
    key: str,
    flags: Mapping[str, Any] = MappingProxyType({}),
    *,
    manner: Manner = OFFICE,
) -> Outcome:
    """Let the armed deadline *key* pass; raise NotNow ``timer.closed`` if it is not waiting. *flags* come with it."""
    case = codec.load(definition.plan, state)
    case.data.update(manner.fit(flags))
    token = case.token(key)
    if token is None or not token.waits or listening.deadline_of(token) is None:
        raise NotNow("这个时限已经不在计时", code="timer.closed")
    token.task_spec.expire(token)
    return _turn(case, manner)


def tell(
    definition: Definition,
    state: bytes,
    name: str,
    flags: Mapping[str, Any],
    *,
    kind: str = "",
    manner: Manner = OFFICE,
) -> Outcome:
    """Tell the case a message or signal (*kind* "" is either); a diagram that does not listen is unmoved."""
    case = codec.load(definition.plan, state)
    case.data.update(manner.fit(flags))
    listening.tell(case, name, kind)
    return _turn(case, manner)


def hears(definition: Definition, state: bytes, kind: str, name: str) -> bool:
    """Claim that the case waits for the message or signal *name*."""
    return listening.heard(codec.load(definition.plan, state), name, kind)


def listens(definition: Definition, kind: str, name: str) -> bool:
    """Claim that somewhere in the diagram the message or signal *name* may be waited for."""
    return any(
        part.kind == kind and (part.name == name or bool(part.pieces))
        for step in definition.plan.task_specs.values()
        if isinstance(step, listening.Listening)
        for part in occasions.parts_of(step.event_definition)
        if isinstance(part, occasions.Told)
    )


def begins_with(definition: Definition, kind: str, name: str) -> str | None:
    """Return the event where a case begins when it is told the message or signal *name*."""
    told = (each.node for each in definition.plan.triggers if (each.kind, each.name) == (kind, name))
    return next(told, None)


def thrower(definition: Definition, kind: str, name: str) -> str | None:
    """Return the first event of the diagram that throws *name*; a call that passes it on throws nothing."""
    thrown = (
        each.id
        for each in definition.graph.process.elements.values()
        if each.kind in ("endEvent", "intermediateThrowEvent") and each.event is not None
        for part in each.event.all
        if (part.kind, part.name) == (kind, name)
    )
    return next(thrown, None)


def put(
    definition: Definition, state: bytes, flags: Mapping[str, Any], *, manner: Manner = OFFICE
) -> Outcome:
    """Set flags of a running case; a conditional event may happen."""
    case = codec.load(definition.plan, state)
    case.data.update(manner.fit(flags))
    return _turn(case, manner)


def raise_at(
    definition: Definition, state: bytes, key: str, kind: str, code: str, *, manner: Manner = OFFICE
) -> Outcome:
    """Let an error or escalation of the case that the call *key* opened be caught here.

    What nobody catches is in ``raised`` again; an uncaught error ends the case.
    """
    case = codec.load(definition.plan, state)
    token = case.token(key)
    if token is None:
        raise NotNow("这项调用已经结束", code="task.closed")
    listening.raise_from(case, token, kind, code, called=True)
    return _turn(case, manner)


def add(
    definition: Definition, state: bytes, key: str, note: Any = None, *, manner: Manner = OFFICE
) -> Outcome:
    """Let one more member take part beside the one whose open task is *key* (加签); *note* stays with it."""
    case = codec.load(definition.plan, state)
    around, _ = _joint(case, key)
    around.task_spec.add(around, note)
    return _turn(case, manner)


def drop(definition: Definition, state: bytes, key: str, *, manner: Manner = OFFICE) -> Outcome:
    """Let the member whose open task is *key* take part no more (减签); raise NotNow for the only one."""
    case = codec.load(definition.plan, state)
    around, member = _joint(case, key)
    around.task_spec.drop(around, member)
    return _turn(case, manner)


def unqueue(definition: Definition, state: bytes, key: str, note: Any) -> Outcome:
    """Let the one who was added with *note*, and waits for his turn after *key*, take part no more."""
    case = codec.load(definition.plan, state)
    around, _ = _joint(case, key)
    around.task_spec.unqueue(around, note)
    return _turn(case, OFFICE)


def queued(definition: Definition, state: bytes, key: str) -> tuple[Any, ...] | None:
    """Return the notes of those who wait for their turn beside *key*; None if nobody can, for nothing is joint."""
    case = codec.load(definition.plan, state)
    try:
        around, _ = _joint(case, key)
    except NotNow:
        return None
    return tuple(around.internal_data.get("added", ()))


def _joint(case: Case, key: str) -> tuple[Token, Token]:
    """Return the running multi-instance activity around the open task *key*, and the task's token."""
    token = case.token(key)
    if token is None or not isinstance(token.parent.task_spec, loops.Multiple):
        element = None if token is None else token.task_spec.node
        raise NotNow("这个环节没有正在会签，不能加签或减签", code="loop.closed", element=element)
    return token.parent, token


def reseat(
    definition: Definition, state: bytes, node_ids: Sequence[str], *, of: str | None = None
) -> Outcome:
    """Put tokens on *node_ids* (退回, an administrator's jump) instead of all others on that level.

    With *of*, the key of a token, only those of the smallest branch around it and *node_ids* move; the
    others keep their keys. Raises NotFound for a node the diagram does not have, and NotNow
    ``jump.unsound`` when a join would wait for branches that are not walked.
    """
    case = codec.load(definition.plan, state)
    jumping.seat(definition, case, node_ids, of)
    return _turn(case, OFFICE)


def recall(definition: Definition, state: bytes, step: recalling.Step) -> Outcome:
    """Take a completed *step* back (拿回): its token stands there again under its old key."""
    case = codec.load(definition.plan, state)
    recalling.take_back(definition, case, step)
    return _turn(case, OFFICE)


def migrate(
    definition: Definition, state: bytes, to: Definition, names: Mapping[str, str] | None = None
) -> Outcome:
    """Let a case run on by another diagram; what stands on nodes that match keeps its key.

    *names* says what is called otherwise there. Raises NotNow ``migrate.…`` with a finding for each
    node that cannot be carried over; then nothing is.
    """
    before = codec.load(definition.plan, state)
    return _turn(migrating.carry(definition, before, to, names or {}), OFFICE)


def opened(definition: Definition, state: bytes) -> Outcome:
    """Say where the case stands, without moving it."""
    return _outcome(codec.load(definition.plan, state), state)


def _turn(case: Case, manner: Manner) -> Outcome:
    case.fit = manner.fit
    if manner.strict:
        case.turn()
        stuck = case.stuck()
        if stuck is not None:
            raise stuck
        return _outcome(case, codec.dump(case))
    incidents: list[Refused] = []
    case.turn(incidents.append)
    stuck = case.stuck()
    if stuck is not None:
        incidents.append(stuck)
    return _outcome(case, codec.dump(case), incidents)


def _outcome(case: Case, state: bytes, incidents: Sequence[Refused] = ()) -> Outcome:
    ready = [token for token in case.tokens() if token.task_spec.manual and token.is_ready]
    return Outcome(
        state=state,
        open=tuple(_open(token) for token in ready if isinstance(token.task_spec, activities.Person)),
        calls=tuple(_open(token) for token in ready if isinstance(token.task_spec, activities.External)),
        timers=tuple(
            _timer(token, deadline)
            for token in case.tokens()
            if token.waits and (deadline := listening.deadline_of(token)) is not None
        ),
        walked=tuple(case.walked),
        ended=case.ended,
        flags=MappingProxyType(case.data),
        said=tuple(case.said),
        raised=tuple(case.raised),
        incidents=tuple(incidents),
        ruled=tuple(case.ruled),
    )


NOTHING: Mapping[str, Any] = MappingProxyType({})


def _open(token: Token) -> Open:
    notes = token.internal_data
    return Open(token.key, token.task_spec.node, notes.get("local", NOTHING), notes.get("note"))


def _timer(token: Token, deadline: occasions.Deadline) -> Timer:
    return Timer(
        key=token.key,
        node=token.task_spec.name,
        kind=deadline.kind,
        text=deadline.text,
        calendar=deadline.calendar,
        interrupting=bool(getattr(token.task_spec, "cancel_activity", False)),
    )
