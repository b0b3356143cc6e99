"""The shape of a process: what can be reached, what must be passed, where tokens part and meet.

Vertices are elements *and* flows, so that two flows between the same elements stay two.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from engine.spiff.drawing import Element, Process

Edges = Mapping[str, list[str]]


class Graph:
    """A process as a graph; a boundary event follows its activity, a sub-process its own start."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.after: dict[str, list[str]] = {name: [] for name in process.elements}
        self.after.update({flow.id: [] for flow in process.flows})
        for flow in process.flows:
            self._edge(flow.source, flow.id)
            self._edge(flow.id, flow.target)
        for element in process.elements.values():
            if element.host is not None:
                self._edge(element.host, element.id)
            elif element.scope is not None and element.id in self.first:
                self._edge(element.scope, element.id)

    @cached_property
    def first(self) -> frozenset[str]:
        """Where each level begins: at its start events; where none is drawn, at what nothing leads to."""
        drawn = {each.scope for each in self.process.elements.values() if each.kind == "startEvent"}
        return frozenset(
            each.id
            for each in self.process.elements.values()
            if each.kind == "startEvent" or each.aside or self._heads(each, drawn)
        )

    def _heads(self, element: Element, drawn: set[str | None]) -> bool:
        if element.host is not None or self.process.entering(element.id):
            return False
        return element.scope not in drawn or element.attributes.get("instantiate") == "true"

    def _edge(self, source: str, target: str) -> None:
        if source in self.after and target in self.after:
            self.after[source].append(target)

    @cached_property
    def before(self) -> dict[str, list[str]]:
        """The vertices before each vertex."""
        before: dict[str, list[str]] = {name: [] for name in self.after}
        for source, targets in self.after.items():
            for target in targets:
                before[target].append(source)
        return before

    @cached_property
    def starts(self) -> list[str]:
        """Where the process itself begins."""
        return [
            each.id for each in self.process.elements.values() if each.scope is None and each.id in self.first
        ]

    @cached_property
    def reached(self) -> frozenset[str]:
        """Everything a token can reach from the start, or from what listens or undoes beside it."""
        elements = self.process.elements.values()
        beside = [each.id for each in elements if each.scope is None and (each.aside or each.begins)]
        return reachable([*self.starts, *beside], self.after)

    @cached_property
    def dominators(self) -> dict[str, str]:
        """The vertex each reached vertex cannot be reached without (Cooper, Harvey, Kennedy)."""
        order = self._postorder()
        number = {name: index for index, name in enumerate(order)}
        above: dict[str, str] = {"": ""}
        changed = True
        while changed:
            changed = False
            for name in reversed(order[:-1]):
                found = self._meet([up for up in self._entries(name) if up in above], above, number)
                if above.get(name) != found:
                    above[name] = found
                    changed = True
        return above

    def _entries(self, name: str) -> list[str]:
        return [*self.before[name], ""] if name in self.starts else self.before[name]

    @staticmethod
    def _meet(names: list[str], above: Mapping[str, str], number: Mapping[str, int]) -> str:
        first, *others = names
        for other in others:
            left, right = first, other
            while left != right:
                if number[left] < number[right]:
                    left = above[left]
                else:
                    right = above[right]
            first = left
        return first

    def _postorder(self) -> list[str]:
        """Depth first from a root before all starts, without recursion."""
        order: list[str] = []
        seen = {""}
        stack = [("", iter(self.starts))]
        while stack:
            name, targets = stack[-1]
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    stack.append((target, iter(self.after[target])))
                    break
            else:
                order.append(name)
                stack.pop()
        return order

    def parting(self, left: str, right: str) -> Element | None:
        """Return the element at which tokens towards *left* and *right* part, if it is an element."""
        return self.process.elements.get(self.meeting(left, right))

    def meeting(self, left: str, right: str) -> str:
        """Return the last vertex that must be passed both to *left* and to *right*; "" if there is none."""
        ways = set(self.upward(left))
        return next((name for name in self.upward(right) if name in ways), "")

    def upward(self, name: str) -> Iterable[str]:
        """Iterate over *name* and what must be passed to reach it, the nearest first."""
        while name:
            yield name
            name = self.dominators.get(name, "")


def reachable(starts: Iterable[str], edges: Edges, without: str | None = None) -> frozenset[str]:
    """Return everything reachable from *starts* along *edges* without passing *without*."""
    seen: set[str] = set()
    todo = [name for name in starts if name != without]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(target for target in edges.get(name, ()) if target != without)
    return frozenset(seen)
