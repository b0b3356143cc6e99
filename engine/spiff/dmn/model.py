"""A decision model (DMN 1.5 §6): what it asks, what depends on what, and how one decision is answered.

Each turn answers a decision once, however many others need it. A decision sees what its requirements name;
an input that is no part of the drawing is seen by all, as editors without a drawing expect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.domain.errors import Malformed
from engine.spiff import feel
from engine.spiff.dmn.boxed import typed
from engine.spiff.dmn.table import Undecided
from engine.spiff.feel.build import Run
from engine.spiff.feel.scope import Scope, Turn
from engine.spiff.feel.types import Type, fitted, told
from engine.spiff.feel.values import Context, Function, Value, of
from engine.spiff.findings import Finding


@dataclass(frozen=True, slots=True)
class Input:
    """What the model is told."""

    id: str
    name: str
    kind: Type | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision, or a piece of business knowledge: its logic, and the ids of what it requires."""

    id: str
    name: str
    kind: Type | None
    run: Run
    requires: tuple[str, ...]
    #: A business knowledge model's logic is a function; it is called, never asked.
    called: bool = False
    #: What the columns of its table are called, if it is a table.
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: what it answers, and what must be given for it, in the order of its parameters."""

    id: str
    name: str
    kind: Type | None
    outputs: tuple[str, ...]
    given: tuple[str, ...]


Part = Input | Decision | Service


@dataclass(frozen=True, slots=True)
class Model:
    """A decision model, compiled."""

    name: str
    parts: Mapping[str, Part]
    findings: tuple[Finding, ...] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """The decisions, in the order of the file."""
        return tuple(part for part in self.parts.values() if isinstance(part, Decision) and not part.called)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the model asks for, in the order of the file."""
        return tuple(part for part in self.parts.values() if isinstance(part, Input))

    def decide(
        self,
        wanted: str,
        inputs: Mapping[str, Any],
        at: datetime | None = None,
        turn: Turn | None = None,
    ) -> Value:
        """Return what the decision or service *wanted*, by id or name, answers to *inputs*.

        *at* is the moment of ``now()`` and ``today()``; *turn* is what may be spent, if others spend of it too.
        Raise Undecided where a table contradicts itself, a decision needs itself, there is none of that name,
        or more is asked than a turn may spend.
        """
        part = self.part(wanted)
        sitting = Sitting(self, {name: of(raw) for name, raw in inputs.items()}, turn or Turn(at))
        try:
            value = feel.in_turn(lambda _: sitting.ask(part.id), Scope({}, None, sitting.turn))
        except Malformed as refused:
            said = f"决策“{part.name}”：{refused.message}"
            raise Undecided(said, code=refused.code, element=part.id) from None
        if isinstance(part, Service):
            return value.invoke([sitting.told(each) for each in part.given], {})
        return value

    def part(self, wanted: str) -> Part:
        """Return the decision or service *wanted*, by id or name; raise Undecided ``dmn.unknown``."""
        named = (part for part in self.parts.values() if part.name == wanted and not isinstance(part, Input))
        part = self.parts.get(wanted) or next(named, None)
        if part is None:
            raise Undecided(f"决策“{wanted}”不存在；请检查引用", code="dmn.unknown", element=wanted)
        return part


@dataclass(slots=True)
class Sitting:
    """One turn over a model: what is given, what is answered already, what is being answered."""

    model: Model
    given: Mapping[str, Value]
    turn: Turn
    answered: dict[str, Value] = field(default_factory=dict)
    asking: list[str] = field(default_factory=list)

    def ask(self, id_: str) -> Value:
        """Return the value of the part *id_*; raise Undecided if it needs itself."""
        if id_ in self.answered:
            return self.answered[id_]
        part = self.model.parts.get(id_)
        if part is None:
            return None
        if id_ in self.asking:
            said = f"决策“{part.name}”的依据又需要它自己；请断开其中一条依据"
            raise Undecided(said, code="dmn.circle", element=id_)
        self.asking.append(id_)
        try:
            self.answered[id_] = self._answer(part)
        finally:
            self.asking.pop()
        return self.answered[id_]

    def told(self, id_: str) -> Value:
        """Return what a service is given for the part *id_*: what was said, be it a decision's answer."""
        part = self.model.parts.get(id_)
        if isinstance(part, Decision) and part.name in self.given:
            return _told(part, self.given[part.name])
        return self.ask(id_)

    def _answer(self, part: Part) -> Value:
        if isinstance(part, Input):
            return _told(part, self.given.get(part.name))
        if isinstance(part, Service):
            return self._service(part)
        known = {
            self.model.parts[each].name: self.ask(each) for each in part.requires if each in self.model.parts
        }
        scope = Scope(known, self._loose(), self.turn)
        return typed(part.run, part.kind)(scope)

    def _loose(self) -> Mapping[str, Value]:
        drawn = {part.name for part in self.model.parts.values()}
        return {name: value for name, value in self.given.items() if name not in drawn}

    def _service(self, service: Service) -> Function:
        """A service is a function of what it is given; it sits anew, within the same turn."""
        parts = [self.model.parts[each] for each in service.given]

        def run(values: Sequence[Value]) -> Value:
            said = [_fitted(part, value) for part, value in zip(parts, values, strict=True)]
            inner = Sitting(
                self.model, {}, self.turn, dict(zip(service.given, said, strict=True)), self.asking
            )
            return self._outputs(service, inner)

        return Function(tuple(part.name for part in parts), run)

    def _outputs(self, service: Service, inner: "Sitting") -> Value:
        self.turn.enter()
        answers = {self.model.parts[each].name: inner.ask(each) for each in service.outputs}
        self.turn.leave()
        value = next(iter(answers.values())) if len(answers) == 1 else Context(answers)
        return _fitted(service, value)


def _told(part: Part, value: Value) -> Value:
    return value if part.kind is None else told(value, part.kind)


def _fitted(part: Part, value: Value) -> Value:
    return value if part.kind is None else fitted(value, part.kind)
