"""Events: where paths begin and end, what is said on the way, and what happens when one came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults

from engine.spiff.gateways import Waiting
from engine.spiff.listening import Listening, raise_, raise_from, tell
from engine.spiff.nodes import Step
from engine.spiff.occasions import RAISED, Nothing, Told, parts_of

if TYPE_CHECKING:
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


# --- what is listened for ------------------------------------------------------------------------


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
