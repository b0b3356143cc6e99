"""Events: where paths begin and end, who listens, and how what is said finds who listens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff.gateways import Waiting
from engine.spiff.nodes import Step
from engine.spiff.occasions import RAISED, Deadline, Nothing, Told, When, parts_of, repeats

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.spiff.tokens import Case, Plan, Token

# --- where paths begin and end ------------------------------------------------------------------


class Start(Step, defaults.StartEvent):
    """Where a process or a sub-process begins."""

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, event_definition=Nothing(), **words)


class End(Step, defaults.EndEvent):
    """The token's path ends here."""

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, event_definition=Nothing(), **words)


class Terminate(End):
    """Ends every path of its scope at once, or of all members, or of the whole case."""

    def __init__(self, plan: Plan, name: str, *, reach: str = "scope", **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.reach = reach

    def _on_complete(self, my_task: Token) -> None:
        case, scope = my_task.workflow, self._scope(my_task)
        case.took(self)
        case.clear(scope)
        if hasattr(scope.task_spec, "finish"):
            scope.task_spec.finish(scope)
        else:
            case.left(scope)

    def _scope(self, my_task: Token) -> Token:
        scope: Token = my_task.parent
        around = [scope]
        while around[-1].parent is not None:
            around.append(around[-1].parent)
        if self.reach == "all":
            return around[-1]
        loop = next((each for each in around if hasattr(each.task_spec, "each")), scope)
        return loop if self.reach == "many" else scope


class ErrorEnd(End):
    """Ends its path with an error, caught by the nearest scope that catches it; else the case ends."""

    def __init__(self, plan: Plan, name: str, *, code: str, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.code = code

    def _on_complete(self, my_task: Token) -> None:
        case = my_task.workflow
        case.took(self)
        raise_from(case, my_task, "error", self.code)


def raise_from(case: Case, thrower: Token, kind: str, code: str, *, called: bool = False) -> None:
    """Raise an error or escalation at *thrower*; an error nobody catches ends the case.

    What a *called* case raises, the boundary events of the call itself may catch.
    """
    if not raise_(case, thrower, kind, code, called=called) and kind == "error":
        case.clear(case.task_tree)


class Throw(Step, defaults.IntermediateThrowEvent):
    """Marks a point, or says something: a signal to all, a message to one, an escalation upwards."""

    @property
    def speaks(self) -> bool:  # type: ignore[override]  # a class that marks a point does not
        """Claim that somebody may hear it."""
        return not isinstance(self.event_definition, Nothing)

    def _run_hook(self, my_task: Token) -> bool | None:
        case = my_task.workflow
        for part in parts_of(self.event_definition):
            if isinstance(part, Told) and my_task.id in case.tasks:
                say(case, my_task, part.kind, part.called(my_task))
        return True


def say(case: Case, thrower: Token, kind: str, name: str) -> None:
    """Let *thrower* say something to whoever it is meant for."""
    if kind in RAISED:
        raise_(case, thrower, kind, name)
    elif kind == "signal":
        tell(case, name, kind)
        case.said.append((kind, name))
    elif not tell(case, name, kind):
        case.said.append((kind, name))


# --- listening ----------------------------------------------------------------------------------


class Listening(Step):
    """An event that waits until it is fired or told."""

    event_definition: EventDefinition

    def _update_hook(self, my_task: Token) -> bool | None:
        self.listen(my_task)
        return False

    @property
    def armed_by_condition(self) -> bool:  # type: ignore[override]  # known per step, not per class
        """Claim that it watches a condition."""
        return any(isinstance(part, When) for part in parts_of(self.event_definition))

    def listen(self, my_task: Token) -> None:
        """Begin to wait; a condition that holds already has come."""
        my_task.wait()
        for part in parts_of(self.event_definition):
            if isinstance(part, Told) and part.pieces:
                my_task.internal_data["called"] = part.called(my_task)
        self.look(my_task)

    def look(self, my_task: Token) -> None:
        """Happen if a condition has become true since it was last looked at."""
        conditions = [part for part in parts_of(self.event_definition) if isinstance(part, When)]
        if not conditions:
            return
        view = my_task.workflow.view(my_task)
        holds = any(part.condition.holds(view) for part in conditions)
        if holds and not my_task.internal_data.get("held"):
            my_task.internal_data["held"] = True
            my_task.go()
        elif not holds:
            my_task.internal_data.pop("held", None)

    def fire(self, my_task: Token) -> None:
        """What was waited for has come."""
        my_task.complete()

    def hears(self, my_task: Token, kind: str, name: str) -> bool:
        """Claim that it waits for what is called *name*; *kind* "" is a message or a signal."""
        return any(
            (part.kind == kind or (not kind and part.kind not in RAISED))
            and name == (my_task.internal_data.get("called") or part.name)
            for part in parts_of(self.event_definition)
            if isinstance(part, Told)
        )

    def times(self) -> float:
        """Return how often this event may come."""
        deadlines = [part for part in parts_of(self.event_definition) if isinstance(part, Deadline)]
        if deadlines:
            return repeats(deadlines[0].text) if deadlines[0].kind == "cycle" else 1
        return float("inf")

    def rearm(self, my_task: Token) -> None:
        """A message may come again; a cycle comes as often as it says; a duration comes once."""
        rounds = my_task.internal_data.get("rounds", 0) + 1
        if rounds >= self.times():
            return
        again = my_task.workflow.put(self, my_task.parent)
        again.internal_data.update({**my_task.internal_data, "rounds": rounds})
        again.wait()


class Catch(Listening, defaults.IntermediateCatchEvent):
    """An intermediate event, or a receive task, that holds the token until it comes."""

    def listen(self, my_task: Token) -> None:
        super().listen(my_task)
        my_task.workflow.listen(my_task, self.attached)

    def _on_ready(self, my_task: Token) -> None:
        my_task.workflow.agenda.append(my_task)

    def _on_complete(self, my_task: Token) -> None:
        gate = my_task.parent.task_spec
        super()._on_complete(gate.first(my_task) if isinstance(gate, Waiting) else my_task)


class Boundary(Listening, defaults.BoundaryEvent):
    """An event armed on an activity: it ends it (interrupting) or starts a path beside it."""

    armed = True
    within = False

    def _on_complete(self, my_task: Token) -> None:
        case, host = my_task.workflow, my_task.parent
        scope = host.parent
        case.took(self)
        if self.cancel_activity:
            case.take(host)
        else:
            self.rearm(my_task)
            case.take(my_task)
        case.spread(self.paths, scope)


class EventStart(Listening, defaults.StartEvent):
    """Where an event sub-process begins: it listens as long as the scope around it stands.

    ``home`` is the event sub-process; an interrupting one takes the place of all else in the scope.
    """

    armed = True

    def __init__(self, plan: Plan, name: str, *, home: str, interrupts: bool, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.home = home
        self.interrupts = interrupts

    def _on_complete(self, my_task: Token) -> None:
        case, scope = my_task.workflow, my_task.parent
        case.took(self)
        if self.interrupts:
            case.clear(scope)
        else:
            self.rearm(my_task)
            case.take(my_task)
        home = case.spec.task_specs[self.home]
        case.spread(self.paths, home.open(case.put(home, scope)))


# --- who hears ----------------------------------------------------------------------------------


def tell(case: Case, name: str, kind: str = "") -> bool:
    """Let the events fire that wait for *name*: all for a signal, one for a message.

    Returns whether there was one.
    """
    found = list(_hearing(case, name, kind))
    for token in found[:1] if kind == "message" else found:
        if token.id in case.tasks:
            token.task_spec.fire(token)
    return bool(found)


def heard(case: Case, name: str, kind: str) -> bool:
    """Claim that something in *case* waits for *name*."""
    return any(_hearing(case, name, kind))


def _hearing(case: Case, name: str, kind: str) -> Iterator[Token]:
    return (token for token in _listening(case.tokens()) if token.task_spec.hears(token, kind, name))


def raise_(case: Case, thrower: Task, kind: str, code: str, *, called: bool = False) -> bool:
    """Let the nearest scope around *thrower* catch an error or an escalation.

    Returns whether one did; if not, it is written down for whoever called this case.
    """
    catcher = _catcher(thrower, thrower if called else thrower.parent, kind, code)
    if catcher is None:
        case.raised.append((kind, code))
        return False
    catcher.task_spec.fire(catcher)
    return True


def _catcher(came: Task, scope: Task | None, kind: str, code: str) -> Token | None:
    while scope is not None:
        found = _best(_listening(scope.children), came, kind, code)
        if found is not None:
            return found
        came, scope = scope, scope.parent
    return None


def _best(listening: Iterator[Token], came: Task, kind: str, code: str) -> Token | None:
    """Event sub-processes before boundary events, a code of its own before any code."""
    fitting = [
        (token.task_spec.within is False, part.name == "", token)
        for token in listening
        for part in parts_of(token.task_spec.event_definition)
        if isinstance(part, Told) and part.kind == kind and part.name in ("", code)
        if getattr(token.task_spec, "home", None) != came.task_spec.name
    ]
    return min(fitting, key=lambda found: found[:2])[2] if fitting else None


def _listening(tokens: Sequence[Token] | Iterator[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.waits and isinstance(token.task_spec, Listening))


def deadline_of(step: Step) -> Deadline | None:
    """Return the deadline *step* counts, if it counts one."""
    if not isinstance(step, Listening):
        return None
    return next((part for part in parts_of(step.event_definition) if isinstance(part, Deadline)), None)
