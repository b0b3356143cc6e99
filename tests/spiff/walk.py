"""Walking a case in tests: open tasks by their nodes, completed by their nodes."""

from collections.abc import Mapping
from typing import Any

from engine.spiff import parser, runtime
from engine.spiff.runtime import Outcome
from tests.spiff.diagrams import Diagram


class Walk:
    """A case of one diagram, saved and loaded between any two moves."""

    def __init__(self, diagram: Diagram | bytes, **flags: Any) -> None:
        source = diagram if isinstance(diagram, bytes) else diagram.xml()
        self.definition = parser.read(source)
        self.now: Outcome = runtime.start(self.definition, flags)

    @property
    def open(self) -> list[str]:
        return sorted(task.node for task in self.now.open)

    @property
    def calls(self) -> list[str]:
        return sorted(call.node for call in self.now.calls)

    @property
    def timers(self) -> list[str]:
        return sorted(timer.node for timer in self.now.timers)

    def key(self, node: str) -> str:
        found = [*self.now.open, *self.now.calls, *self.now.timers]
        return next(each.key for each in found if each.node == node)

    def do(self, *nodes: str, **flags: Any) -> "Walk":
        """Complete the open tasks or calls on *nodes*, one after another."""
        for node in nodes:
            self.now = runtime.complete(self.definition, self.now.state, self.key(node), flags)
        return self

    def fire(self, node: str) -> "Walk":
        self.now = runtime.fire(self.definition, self.now.state, self.key(node))
        return self

    def tell(self, name: str, flags: Mapping[str, Any] | None = None) -> "Walk":
        self.now = runtime.tell(self.definition, self.now.state, name, flags or {})
        return self

    def back(self, *nodes: str) -> "Walk":
        self.now = runtime.reseat(self.definition, self.now.state, nodes)
        return self
