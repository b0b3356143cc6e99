"""How each kind of node behaves: SpiffWorkflow's specs, with the behaviour BPMN asks for.

A step is updated when a token arrives, becomes ready when it may act, and passes the token on when
it completes. A person's task waits ready; everything else goes on the case's agenda. Specs are
shared by all cases and threads, so nothing here writes to ``self`` after compiling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.task import Task

from engine.domain.errors import NotNow
from engine.spiff.feel import Expression

if TYPE_CHECKING:
    from engine.spiff.tokens import Plan, Token


@dataclass(frozen=True, slots=True)
class Path:
    """A sequence flow, compiled: where it leads, and when it may be taken."""

    id: str
    target: str
    condition: Expression | None = None
    default: bool = False
    shown: bool = True


class Step(BpmnTaskSpec):
    """What all our specs share: no prediction, no copied data, tokens passed along paths."""

    joins = False

    def __init__(self, plan: Plan, name: str, *, shown: bool = True, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.shown = shown
        self.paths: tuple[Path, ...] = ()
        self.entries: frozenset[str] = frozenset()
        self.attached: tuple[str, ...] = ()

    def leads(self, paths: Sequence[Path]) -> None:
        """Connect this step to where its paths lead (while compiling only)."""
        self.paths = tuple(paths)
        for path in paths:
            self.connect(self._wf_spec.task_specs[path.target])

    def connect(self, taskspec: BpmnTaskSpec) -> None:
        """Know the next step; paths, not outputs, say where a token goes."""
        self._outputs.append(taskspec.name)
        taskspec._connect_notify(self)  # noqa: SLF001  (SpiffWorkflow's protocol of connecting)

    def test(self) -> None:
        """The diagram was checked when it was read."""

    def _predict(self, *_: object, **__: object) -> None:
        """The tree holds what is, not what may be."""

    def _update_hook(self, _my_task: Token) -> bool | None:
        return True

    def _on_ready(self, my_task: Token) -> None:
        case = my_task.workflow
        if not self.manual:
            case.agenda.append(my_task)
        for name in self.attached:
            case.put(case.spec.task_specs[name], my_task).wait()

    def _run_hook(self, _my_task: Token) -> bool | None:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing is kept of a cancelled token."""

    def _on_complete(self, my_task: Token) -> None:
        my_task.workflow.pass_on(my_task, self.leaving(my_task))

    def leaving(self, _my_task: Token) -> Sequence[Path]:
        """Return the paths the token takes."""
        return self.paths

    def emptied(self, _my_task: Token) -> None:
        """The last token inside left; only a sub-process has an inside."""

    def gathers(self, _my_task: Token) -> bool:
        """Claim that a waiting join may fire now that all is quiet."""
        return False


# --- work ---------------------------------------------------------------------------------------


class Person(Step, defaults.UserTask):
    """A user, manual or plain task: somebody completes it."""


class External(Step, defaults.UserTask):
    """A call activity: the called process is a case of its own, and its outcome is told to us."""


class Scope(Step, defaults.SubWorkflowTask):
    """An embedded sub-process: a scope of tokens within the same case."""

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, subworkflow_spec=name, **words)
        self.inner: tuple[str, ...] = ()

    def _run_hook(self, my_task: Token) -> bool | None:
        """Stay started while tokens are inside."""
        case = my_task.workflow
        for name in self.inner:
            start = case.put(case.spec.task_specs[name], my_task)
            start.arrive()
        return None

    def emptied(self, my_task: Token) -> None:
        if my_task.started and not inside(my_task):
            my_task.complete()


def inside(scope: Task) -> list[Token]:
    """Return the tokens within *scope*: its children, without the boundary events armed on it."""
    return [token for token in scope.children if not isinstance(token.task_spec, Boundary)]


# --- gateways -----------------------------------------------------------------------------------


class Exclusive(Step, defaults.ExclusiveGateway):
    """The first path whose condition holds, else the default."""

    def leaving(self, my_task: Token) -> Sequence[Path]:
        for path in self.paths:
            if not path.default and allows(path, my_task):
                return (path,)
        return defaults_of(self)


class Joining(Step):
    """A gateway that may wait for the tokens of its other entries, within one scope."""

    joins = True

    def waiting(self, my_task: Token) -> dict[str | None, Token]:
        """Return the first token waiting on each entry."""
        first: dict[str | None, Token] = {}
        for token in my_task.parent.children:
            if token.task_spec is self and (token is my_task or token.waits):
                first.setdefault(token.internal_data.get("via"), token)
        return first

    def consume(self, my_task: Token) -> None:
        """Take one token of each entry away, *my_task* stays for them all."""
        for token in self.waiting(my_task).values():
            if token is not my_task:
                my_task.workflow.take(token)

    def _update_hook(self, my_task: Token) -> bool | None:
        if len(self.entries) < 2:
            return True
        my_task.wait()
        return self.complete(my_task)

    def complete(self, my_task: Token) -> bool:
        """Claim that an arriving token completes the set."""
        raise NotImplementedError


class Parallel(Joining, defaults.ParallelGateway):
    """Waits for one token on every entry; a second token on an entry waits for the next round."""

    def complete(self, my_task: Token) -> bool:
        if self.entries.issubset(self.waiting(my_task)):
            self.consume(my_task)
            return True
        return False


class Inclusive(Joining, defaults.InclusiveGateway):
    """Waits while a token elsewhere in the scope can still reach an entry that has none.

    ``reach`` says for each step which entries of this gateway can be reached from it without
    passing the gateway; it is computed when the diagram is read.
    """

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.reach: Mapping[str, frozenset[str]] = {}

    def complete(self, _my_task: Token) -> bool:
        """Never on arrival: first all that moves comes to rest (see ``gathers``)."""
        return False

    def gathers(self, my_task: Token) -> bool:
        waiting = self.waiting(my_task)
        if waiting.get(my_task.internal_data.get("via")) is not my_task:
            return False
        missing = self.entries.difference(waiting)
        if missing and any(self._comes(token, missing) for token in inside(my_task.parent)):
            return False
        self.consume(my_task)
        return True

    def _comes(self, token: Token, missing: frozenset[str]) -> bool:
        reached = self.reach.get(token.task_spec.name)
        if not reached or token.task_spec is self:
            return False
        return reached.issubset(missing)

    def leaving(self, my_task: Token) -> Sequence[Path]:
        if len(self.paths) == 1 and self.paths[0].condition is None:
            return self.paths
        chosen = [path for path in self.paths if not path.default and allows(path, my_task)]
        return chosen or defaults_of(self)


def allows(path: Path, my_task: Token) -> bool:
    """Claim that *path* may be taken: it asks nothing, or what it asks holds."""
    if path.condition is None:
        return True
    return bool(my_task.workflow.script_engine.evaluate(my_task, path.condition))


def defaults_of(step: Step) -> Sequence[Path]:
    """Return the default path, or refuse: no way leads on."""
    chosen = [path for path in step.paths if path.default]
    if not chosen and step.paths:
        raise NotNow(
            f"“{step.bpmn_name}”处没有一条分支的条件成立；请检查办理结果，或补一条默认分支",
            code="flow.no-way",
            element=step.name,
        )
    return chosen


# --- events -------------------------------------------------------------------------------------


class Nothing(EventDefinition):
    """An event that only marks a point."""


class Deadline(EventDefinition):
    """A timer that never looks at the clock: others count it, and fire it."""

    def __init__(self, name: str, kind: str, text: str, calendar: str) -> None:
        super().__init__(name)
        self.kind = kind
        self.text = text
        self.calendar = calendar


class Told(EventDefinition):
    """A message or a signal, known by its name."""


class Start(Step, defaults.StartEvent):
    """Where a process or a sub-process begins."""

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, event_definition=Nothing(), **words)


class Root(Step):
    """What all tokens of the process hang on."""


class End(Step, defaults.EndEvent):
    """The token's path ends here."""

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, event_definition=Nothing(), **words)


class Terminate(End):
    """Ends every path of its scope at once."""

    def leaving(self, my_task: Token) -> Sequence[Path]:
        for token in inside(my_task.parent):
            my_task.workflow.take(token)
        return ()

    def _on_complete(self, my_task: Token) -> None:
        case, scope = my_task.workflow, my_task.parent
        case.took(self)
        self.leaving(my_task)
        case.left(scope)


class Throw(Step, defaults.IntermediateThrowEvent):
    """Marks a point, or tells the case a signal."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if isinstance(self.event_definition, Told):
            tell(my_task.workflow, self.event_definition.name)
        return True


class Listening(Step):
    """An event that waits until it is fired or told."""

    event_definition: EventDefinition

    def _update_hook(self, my_task: Token) -> bool | None:
        my_task.wait()
        return False

    def fire(self, my_task: Token) -> None:
        """What was waited for has come."""
        my_task.go()


class Catch(Listening, defaults.IntermediateCatchEvent):
    """An intermediate event that holds the token until it comes."""


class Boundary(Listening, defaults.BoundaryEvent):
    """An event armed on an activity: it ends it (interrupting) or starts a path beside it."""

    def _on_complete(self, my_task: Token) -> None:
        case, host = my_task.workflow, my_task.parent
        scope = host.parent
        case.took(self)
        case.take(host if self.cancel_activity else my_task)
        if not self.cancel_activity:
            self.rearm(my_task, host)
        arrived = [case.along(path, scope) for path in self.paths]
        for token in arrived:
            token.arrive()
        if not arrived:
            case.left(scope)

    def rearm(self, my_task: Token, host: Token) -> None:
        """A message may come again; a cycle comes as often as it says; a duration comes once."""
        rounds = my_task.internal_data.get("rounds", 0) + 1
        if rounds >= self.times():
            return
        again = my_task.workflow.put(self, host)
        again.internal_data["rounds"] = rounds
        again.wait()

    def times(self) -> float:
        """Return how often this event may come."""
        definition = self.event_definition
        if isinstance(definition, Deadline):
            return repeats(definition.text) if definition.kind == "cycle" else 1
        return float("inf")


def repeats(text: str) -> float:
    """Return how often a cycle such as ``R3/P1D`` comes; ``R/P1D`` has no end."""
    count = text.partition("/")[0].removeprefix("R")
    return int(count) if count else float("inf")


def tell(case: Any, name: str) -> bool:
    """Let every event fire that waits for *name*; return whether one did."""
    heard = [
        token
        for token in case.tokens()
        if token.waits and isinstance(token.task_spec, Listening) and _hears(token, name)
    ]
    for token in heard:
        if token.id in case.tasks:
            token.task_spec.fire(token)
    return bool(heard)


def _hears(token: Token, name: str) -> bool:
    definition = token.task_spec.event_definition
    return isinstance(definition, Told) and definition.name == name


def reach(
    inputs: Iterable[tuple[str, str]], before: Mapping[str, Sequence[str]], gateway: str
) -> dict[str, frozenset[str]]:
    """Return for each step the entries of *gateway* it can reach without passing the gateway.

    *inputs* are (flow, source) of the gateway's entries; *before* the steps before each step.
    """
    reached: dict[str, set[str]] = {}
    for flow, source in inputs:
        seen: set[str] = set()
        todo = [source]
        while todo:
            step = todo.pop()
            if step not in seen and step != gateway:
                seen.add(step)
                todo.extend(before.get(step, ()))
        for step in seen:
            reached.setdefault(step, set()).add(flow)
    return {step: frozenset(flows) for step, flows in reached.items()}
