"""Moving a case: start, complete, fire, tell, reseat, opened. Each answers with an Outcome.

Every call takes the state as bytes and gives it back as bytes; nothing is kept between calls, so any
thread may move any case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.domain.errors import NotFound, NotNow
from engine.spiff import nodes, regions
from engine.spiff import state as codec
from engine.spiff.parser import Definition
from engine.spiff.tokens import Case, Token


@dataclass(frozen=True, slots=True)
class Open:
    """Something that waits to be completed."""

    key: str
    node: str


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
    """Where the case stands after a move."""

    state: bytes
    open: tuple[Open, ...]
    calls: tuple[Open, ...]
    timers: tuple[Timer, ...]
    walked: tuple[str, ...]
    ended: bool
    flags: Mapping[str, Any]


def start(definition: Definition, flags: Mapping[str, Any]) -> Outcome:
    """Begin a case."""
    case = Case(definition.plan, codec.fit(flags))
    for spec in definition.plan.starts:
        case.put(spec, case.task_tree).arrive()
    return _turn(case)


def complete(definition: Definition, state: bytes, key: str, flags: Mapping[str, Any]) -> Outcome:
    """Complete the open task or call *key*; raise NotNow ``task.closed`` if it is not open."""
    case = codec.load(definition.plan, state)
    token = case.token(key)
    if token is None or not token.task_spec.manual or not token.is_ready:
        raise NotNow("这项任务已经办结或不在待办状态", code="task.closed")
    case.data.update(codec.fit(flags))
    token.run()
    return _turn(case)


def fire(definition: Definition, state: bytes, key: str) -> Outcome:
    """Let the armed deadline *key* pass; raise NotNow ``timer.closed`` if it is not waiting."""
    case = codec.load(definition.plan, state)
    token = case.token(key)
    if token is None or not token.waits or _deadline(token) is None:
        raise NotNow("这个时限已经不在计时", code="timer.closed")
    token.task_spec.fire(token)
    return _turn(case)


def tell(definition: Definition, state: bytes, name: str, flags: Mapping[str, Any]) -> Outcome:
    """Tell the case a message or signal; a diagram that does not listen is unmoved."""
    case = codec.load(definition.plan, state)
    case.data.update(codec.fit(flags))
    nodes.tell(case, name)
    return _turn(case)


def reseat(definition: Definition, state: bytes, node_ids: Sequence[str]) -> Outcome:
    """Put the case's tokens on *node_ids* and take all others away (退回).

    Raises NotFound for a node the diagram does not have, and NotNow ``jump.unsound`` when a join
    would wait for branches that are no longer walked.
    """
    if not node_ids:
        raise NotFound("没有说明退回到哪个环节", code="node.unknown")
    known = definition.plan.task_specs
    for name in node_ids:
        if name not in definition.nodes or not isinstance(known[name], nodes.Person | nodes.External):
            raise NotFound(f"流程图中没有可退回到的环节“{name}”", code="node.unknown", element=name)
    regions.must_be_sound(definition.graph, node_ids)
    before = codec.load(definition.plan, state)
    case = Case(definition.plan, before.data, before.counter)
    for name in node_ids:
        case.put(known[name], case.task_tree).arrive()
    return _turn(case)


def opened(definition: Definition, state: bytes) -> Outcome:
    """Say where the case stands, without moving it."""
    return _outcome(codec.load(definition.plan, state), state)


def _turn(case: Case) -> Outcome:
    case.turn()
    return _outcome(case, codec.dump(case))


def _outcome(case: Case, state: bytes) -> Outcome:
    ready = [token for token in case.tokens() if token.task_spec.manual and token.is_ready]
    return Outcome(
        state=state,
        open=tuple(_open(token) for token in ready if isinstance(token.task_spec, nodes.Person)),
        calls=tuple(_open(token) for token in ready if isinstance(token.task_spec, nodes.External)),
        timers=tuple(_timer(token) for token in case.tokens() if token.waits and _deadline(token)),
        walked=tuple(case.walked),
        ended=case.ended,
        flags=MappingProxyType(case.data),
    )


def _open(token: Token) -> Open:
    return Open(token.key, token.task_spec.name)


def _deadline(token: Token) -> nodes.Deadline | None:
    definition = getattr(token.task_spec, "event_definition", None)
    return definition if isinstance(definition, nodes.Deadline) else None


def _timer(token: Token) -> Timer:
    deadline = _deadline(token)
    assert deadline is not None
    return Timer(
        key=token.key,
        node=token.task_spec.name,
        kind=deadline.kind,
        text=deadline.text,
        calendar=deadline.calendar,
        interrupting=bool(getattr(token.task_spec, "cancel_activity", False)),
    )
