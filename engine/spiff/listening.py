"""Who listens for an event, and how what is said or raised finds who listens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff.nodes import Step
from engine.spiff.occasions import RAISED, Deadline, Several, Told, When, parts_of, repeats

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from engine.spiff.tokens import Case, Token

# --- listening ----------------------------------------------------------------------------------


class Listening(Step):
    """An event that waits until it is fired or told; of several at once, for one of them or for every one."""

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

    def awaited(self, my_task: Token) -> list[tuple[int, EventDefinition]]:
        """Return what is still waited for, by its number: where every one must come, not what came already."""
        came = my_task.internal_data.get("came", ())
        return [
            (number, part)
            for number, part in enumerate(parts_of(self.event_definition))
            if number not in came
        ]

    def suffices(self, my_task: Token, numbers: Sequence[int]) -> bool:
        """Claim that nothing more is needed now that *numbers* came; else they are written down."""
        definition = self.event_definition
        if not isinstance(definition, Several) or not definition.every:
            return True
        came = sorted({*my_task.internal_data.get("came", ()), *numbers})
        if len(came) == len(definition.parts):
            return True
        my_task.internal_data["came"] = came
        return False

    def look(self, my_task: Token) -> None:
        """Happen if a condition has become true since it was last looked at."""
        conditions = [
            (number, part.condition) for number, part in self.awaited(my_task) if isinstance(part, When)
        ]
        if not conditions:
            return
        view, budget = my_task.workflow.view(my_task), my_task.workflow.budget
        holding = [number for number, condition in conditions if condition.holds(view, budget)]
        if not holding:
            my_task.internal_data.pop("held", None)
        elif not my_task.internal_data.get("held") and self.suffices(my_task, holding):
            my_task.internal_data["held"] = True
            my_task.go()

    def fire(self, my_task: Token) -> None:
        """What was waited for has come."""
        my_task.complete()

    def expire(self, my_task: Token) -> None:
        """The deadline has passed."""
        deadlines = [number for number, part in self.awaited(my_task) if isinstance(part, Deadline)]
        if self.suffices(my_task, deadlines):
            self.fire(my_task)

    def hear(self, my_task: Token, kind: str, name: str) -> None:
        """What is called *name* was said."""
        if self.suffices(my_task, self.heard(my_task, kind, name)):
            self.fire(my_task)

    def heard(self, my_task: Token, kind: str, name: str) -> list[int]:
        """Return which parts wait for what is called *name*; *kind* "" is a message or a signal."""
        called = my_task.internal_data.get("called")
        return [
            number
            for number, part in self.awaited(my_task)
            if isinstance(part, Told)
            and (part.kind == kind or (not kind and part.kind not in RAISED))
            and name == ((called if part.pieces else None) or part.name)
        ]

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
        again.internal_data.pop("came", None)
        again.wait()


def deadline_of(token: Token) -> Deadline | None:
    """Return the deadline *token* still counts, if it counts one."""
    step = token.task_spec
    if not isinstance(step, Listening):
        return None
    return next((part for _, part in step.awaited(token) if isinstance(part, Deadline)), None)


# --- who hears ----------------------------------------------------------------------------------


def tell(case: Case, name: str, kind: str = "") -> bool:
    """Let the events fire that wait for *name*: all for a signal, one for a message.

    Returns whether there was one.
    """
    found = list(_hearing(case, name, kind))
    for token in found[:1] if kind == "message" else found:
        if token.id in case.tasks:
            token.task_spec.hear(token, kind, name)
    return bool(found)


def heard(case: Case, name: str, kind: str) -> bool:
    """Claim that something in *case* waits for *name*."""
    return any(_hearing(case, name, kind))


def _hearing(case: Case, name: str, kind: str) -> Iterator[Token]:
    return (token for token in _listening(case.tokens()) if token.task_spec.heard(token, kind, name))


def raise_from(case: Case, thrower: Token, kind: str, code: str, *, called: bool = False) -> None:
    """Raise an error or escalation at *thrower*; an error nobody catches ends the case.

    What a *called* case raises, the boundary events of the call itself may catch.
    """
    if not raise_(case, thrower, kind, code, called=called) and kind == "error":
        case.clear(case.task_tree)


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
