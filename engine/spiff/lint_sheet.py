"""One process under examination, and how a rule of processes looks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.domain.errors import Malformed
from engine.spiff import idioms
from engine.spiff.drawing import Element, Flow, Process
from engine.spiff.feel import Expression
from engine.spiff.findings import Bar, Finding, error, warning
from engine.spiff.graph import Graph

PEOPLE = frozenset({"userTask", "manualTask", "task"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class Sheet:
    """One process under examination."""

    process: Process
    grounds: frozenset[str] = frozenset()
    _compiled: dict[str, Expression | Malformed] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def graph(self) -> Graph:
        """Its shape."""
        return Graph(self.process)

    def elements(self, *kinds: str) -> Iterator[Element]:
        """Iterate over the elements, of these kinds only if any are named."""
        return (each for each in self.process.elements.values() if not kinds or each.kind in kinds)

    def compiled(self, text: str) -> Expression | Malformed:
        """Return *text* compiled, or why it cannot be; each text once, for several rules ask."""
        if text not in self._compiled:
            try:
                self._compiled[text] = idioms.compile_(text)
            except Malformed as refused:
                self._compiled[text] = refused
        return self._compiled[text]


Rule = Callable[[Sheet], Iterable[Finding]]


def fault(about: Element | Flow, code: str, message: str) -> Finding:
    """Return a finding on a wrong drawing, which cannot be run."""
    return error(code, about.id, about.line, message).barring(Bar.RUNNING)


def halt(about: Element | Flow | Process, code: str, message: str) -> Finding:
    """Return a finding on what is rightly drawn, but cannot be run by us as it is."""
    return warning(code, about.id, about.line, message).barring(Bar.RUNNING)


def hold(about: Element | Flow | Process, code: str, message: str) -> Finding:
    """Return a finding on what can be played, but must not be published."""
    return warning(code, about.id, about.line, message).barring(Bar.PUBLISHING)


def called(element: Element) -> str | None:
    """Return what a call activity calls."""
    return element.attributes.get("calledElement") or element.words.get("called")


def roles(element: Element) -> list[str]:
    """Return the roles named at a task."""
    return [group.strip() for group in element.words.get("role", "").split(",") if group.strip()]
