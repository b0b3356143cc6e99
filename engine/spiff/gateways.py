"""Gateways: where tokens part, meet, or wait for what comes first."""

from __future__ import annotations

from abc import abstractmethod
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults

from engine.spiff.feel import Expression
from engine.spiff.nodes import Path, Step, allows, defaults_of

if TYPE_CHECKING:
    from engine.spiff.tokens import Plan, Token


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

    @abstractmethod
    def complete(self, my_task: Token) -> bool:
        """Claim that an arriving token completes the set."""


class Parallel(Joining, defaults.ParallelGateway):
    """Waits for one token on every entry; a second token on an entry waits for the next round."""

    def complete(self, my_task: Token) -> bool:
        if self.entries.issubset(self.waiting(my_task)):
            self.consume(my_task)
            return True
        return False


class Quantity(Joining):
    """Waits for as many tokens as the activity behind it starts with, from wherever they come."""

    def __init__(self, plan: Plan, name: str, *, count: int, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.count = count

    def _update_hook(self, my_task: Token) -> bool | None:
        my_task.wait()
        return self.complete(my_task)

    def complete(self, my_task: Token) -> bool:
        came = [token for token in my_task.parent.children if token.task_spec is self and token.waits]
        if len(came) < self.count:
            return False
        for token in came:
            if token is not my_task:
                my_task.workflow.take(token)
        return True


class Reaching(Joining):
    """A join that knows which of its entries can still be reached.

    ``reach`` says for each step which entries of this gateway can be reached from it without
    passing the gateway; it is computed when the diagram is read.
    """

    def __init__(self, plan: Plan, name: str, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.reach: Mapping[str, frozenset[str]] = {}

    def _comes(self, token: Token, missing: frozenset[str]) -> bool:
        reached = self.reach.get(token.task_spec.name)
        if not reached or token.task_spec is self:
            return False
        return reached.issubset(missing)

    def some_come(self, my_task: Token, missing: frozenset[str]) -> bool:
        """Claim that a token elsewhere in the scope can still reach an entry that has none."""
        if not missing:
            return False
        return any(self._comes(token, missing) for token in my_task.workflow.inside(my_task.parent))


class Inclusive(Reaching, defaults.InclusiveGateway):
    """Waits while a token elsewhere in the scope can still reach an entry that has none."""

    def complete(self, _my_task: Token) -> bool:
        """Never on arrival: first all that moves comes to rest (see ``gathers``)."""
        return False

    def gathers(self, my_task: Token) -> bool:
        waiting = self.waiting(my_task)
        if waiting.get(my_task.internal_data.get("via")) is not my_task:
            return False
        if self.some_come(my_task, self.entries.difference(waiting)):
            return False
        self.consume(my_task)
        my_task.go()
        return True

    def leaving(self, my_task: Token) -> Sequence[Path]:
        return chosen(self, my_task)


class Complex(Reaching):
    """Fires when its activation condition holds of the tokens that came, and once in a round.

    A marker stays behind until all the others have come, or can come no more; what it meets is
    swallowed. After that the next round begins.
    """

    def __init__(self, plan: Plan, name: str, *, when: Expression | None, **words: Any) -> None:
        super().__init__(plan, name, **words)
        self.when = when

    def complete(self, my_task: Token) -> bool:
        marker = self._marker(my_task)
        if marker is not None:
            self._swallow(marker, my_task)
            return False
        waiting = self.waiting(my_task)
        seen = self._seen(my_task, len(waiting))
        if self.when is None or not self.when.holds(seen, my_task.workflow.budget):
            return False
        self.consume(my_task)
        if len(waiting) < len(self.entries):
            again = my_task.workflow.put(self, my_task.parent)
            again.internal_data["met"] = sorted(str(entry) for entry in waiting)
            again.wait()
        return True

    def _seen(self, my_task: Token, count: int) -> Mapping[str, Any]:
        return ChainMap({"activationCount": count}, dict(my_task.workflow.view(my_task)))

    def _marker(self, my_task: Token) -> Token | None:
        siblings: Iterable[Token] = my_task.parent.children
        return next((t for t in siblings if t.task_spec is self and "met" in t.internal_data), None)

    def _swallow(self, marker: Token, my_task: Token) -> None:
        case, met = my_task.workflow, marker.internal_data["met"]
        entry = my_task.internal_data.get("via")
        if entry in met:  # it belongs to the next round, and waits for it
            return
        met.append(entry)
        case.take(my_task)
        if len(met) == len(self.entries):
            self._reset(marker)

    def _reset(self, marker: Token) -> None:
        case, scope = marker.workflow, marker.parent
        case.take(marker)
        early = [token for token in scope.children if token.task_spec is self and token.waits]
        for token in early:
            if token.id in case.tasks and self.complete(token):
                token.go()
        if not early:
            case.left(scope)

    def gathers(self, my_task: Token) -> bool:
        met = my_task.internal_data.get("met")
        if met is None or self.some_come(my_task, self.entries.difference(met)):
            return False
        self._reset(my_task)
        return True

    def leaving(self, my_task: Token) -> Sequence[Path]:
        return chosen(self, my_task)


def chosen(step: Step, my_task: Token) -> Sequence[Path]:
    """Return every path whose condition holds, or else the default, and those that ask nothing."""
    asking = [path for path in step.paths if path.condition is not None and not path.default]
    holding = [path for path in asking if allows(path, my_task)]
    plain = [path for path in step.paths if path.condition is None and not path.default]
    if not holding and not plain:
        holding = list(defaults_of(step))
    elif asking and not holding:
        holding = [path for path in step.paths if path.default]
    return [*holding, *plain]


class Waiting(Step):
    """An event-based gateway: all its events listen, and the first to come takes the token."""

    def _run_hook(self, my_task: Token) -> bool | None:
        case = my_task.workflow
        case.took(self)
        for path in self.paths:
            case.put(case.spec.task_specs[path.target], my_task, via=path.id).arrive()
        return None

    def first(self, came: Token) -> Token:
        """*came* was the first: put its token where the gateway stood, and take the others away."""
        gate = came.parent
        case, via = gate.workflow, came.internal_data["via"]
        if any(path.id == via and path.shown for path in self.paths):
            case.walked.append(via)
        token: Token = case.put(came.task_spec, gate.parent)
        case.take(gate)
        return token


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
