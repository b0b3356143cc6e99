"""The part of a diagram that one token walks (a branch, a level), and where in it tokens may be put.

A *level* is the process itself or the inside of one sub-process. A *branch* is a part of a level that
is entered by one token and left by it: from a fork to its join, or a path beside that ends by itself.
Within its branch a token may be put elsewhere, and nobody else notices.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

from engine.domain.errors import NotNow
from engine.spiff.drawing import Element
from engine.spiff.graph import Edges, Graph, reachable

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


@dataclass(frozen=True, slots=True)
class Region:
    """A branch, or a whole level.

    ``walked`` is where its one token may be, or the tokens it forks into; ``inside`` also has the
    paths beside, which begin at events of its activities and end by themselves (催办 and the like).
    """

    walked: frozenset[str]
    inside: frozenset[str]
    whole: bool = False


@lru_cache(maxsize=256)
def level(graph: Graph, scope: str | None) -> "Level":
    """Return a level of *graph*; it is the same for all cases."""
    return Level(graph, scope)


class Level:
    """The process itself, or the inside of one sub-process (*scope*), as a graph of its own."""

    def __init__(self, graph: Graph, scope: str | None) -> None:
        self.graph = graph
        self.scope = scope
        elements = graph.process.elements
        self.elements = {
            each.id: each for each in elements.values() if each.scope == scope and not each.aside
        }
        self.flows = {flow.id: flow for flow in graph.process.flows if flow.source in self.elements}
        here = self.elements.keys() | self.flows.keys()
        self.all: Edges = {name: [each for each in graph.after[name] if each in here] for name in here}

    @cached_property
    def begins(self) -> list[str]:
        """Where tokens of this level begin."""
        return [name for name in self.elements if name in self.graph.first]

    @cached_property
    def beside(self) -> frozenset[str]:
        """The boundary events whose paths run beside everything else and end by themselves."""
        leading = {name for name, each in self.elements.items() if _runs_beside(each)}
        edges = {name: [each for each in after if each not in leading] for name, after in self.all.items()}
        main = {name for name in reachable(self.begins, edges) if self.all[name]}
        return frozenset(name for name in leading if not reachable([name], self.all) & main)

    @cached_property
    def main(self) -> Edges:
        """The edges without those to paths that run beside."""
        return {name: [each for each in after if each not in self.beside] for name, after in self.all.items()}

    @cached_property
    def before(self) -> Edges:
        """The vertices before each vertex, as far as tokens get there."""
        reached = reachable(self.begins, self.all)
        before: dict[str, list[str]] = {name: [] for name in self.all}
        for name in reached:
            for each in self.all[name]:
                before[each].append(name)
        return before

    @cached_property
    def joins(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The gateways that wait, each with its entries."""
        found = (
            (name, frozenset(self.before[name])) for name, each in self.elements.items() if each.kind in JOINS
        )
        return tuple((name, entries) for name, entries in found if len(entries) > 1)

    @cached_property
    def whole(self) -> Region:
        """The whole level."""
        return Region(reachable(self.begins, self.main), frozenset(self.all), whole=True)

    @cached_property
    def branches(self) -> tuple[Region, ...]:
        """Every branch: what cannot be reached but by one way out of a fork, or by an event beside."""
        reached = reachable(self.begins, self.all)
        return tuple(self._branch(enter, reached) for enter in self._enters() if enter in reached)

    def _enters(self) -> Iterator[str]:
        for name, each in self.elements.items():
            if each.kind in JOINS and len(self.all[name]) > 1:
                yield from self.all[name]
        yield from self.beside
        if len(self.begins) > 1:
            yield from self.begins

    def _branch(self, enter: str, reached: frozenset[str]) -> Region:
        inside = reached - reachable(self.begins, self.all, without=enter)
        return Region(inside & reachable([enter], self.main), inside)

    def around(self, names: Iterable[str]) -> Region:
        """Return the smallest part that holds all of *names*."""
        sought = frozenset(names)
        fitting = [region for region in self.branches if sought <= region.inside]
        return min(fitting, key=lambda region: len(region.inside), default=self.whole)

    # --- what is sound

    def must_be_sound(self, region: Region, targets: Sequence[str]) -> None:
        """Raise NotNow ``jump.unsound`` unless tokens on *targets*, and no others in *region*, can run on.

        At every join within, the targets together must lead to all of its entries or to none; and two
        targets must stand on different branches of a join, or the case would go on twice.
        """
        for target in targets:
            if target not in region.walked:
                self._refuse(target, "它在附加的路径上，案件自己的路就断了")
        for join, entries in self._joins_of(region):
            leads = self._leads(region, join, entries, targets)
            together = frozenset[str]().union(*leads.values())
            if together and together != entries:
                stray = next(target for target in targets if leads[target])
                name = self.elements[join].label
                self._refuse(stray, f"在并行分支之内，“{name}”处会等不到其余分支")
        for left, right in combinations(targets, 2):
            if not self.apart(region, left, right):
                why = f"与“{self._label(left)}”不在并行的两个分支上，案件会重复办理"
                self._refuse(right, why)

    def apart(self, region: Region, left: str, right: str) -> bool:
        """Claim that *left* and *right* stand on different branches of a join within *region*."""
        for join, entries in self._joins_of(region):
            leads = self._leads(region, join, entries, (left, right))
            if leads[left] and leads[right] and leads[left].isdisjoint(leads[right]):
                return left != right
        return False

    def _joins_of(self, region: Region) -> Iterator[tuple[str, frozenset[str]]]:
        return ((join, entries) for join, entries in self.joins if join in region.walked)

    def _leads(
        self, region: Region, join: str, entries: frozenset[str], targets: Iterable[str]
    ) -> dict[str, frozenset[str]]:
        edges = {name: self.main[name] if name in region.walked else [] for name in self.main}
        return {target: self.leads(target, join, entries, edges) for target in targets}

    def leads(self, place: str, join: str, entries: frozenset[str], edges: Edges) -> frozenset[str]:
        """The *entries* of *join* that a token on *place* may come by in this round.

        What leads there only by passing anew what is before the join comes in another round.
        """
        stops = {join, self.graph.dominators.get(join, "")} - {place}
        seen: set[str] = set()
        todo = [place]
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += [each for each in edges.get(name, ()) if each not in stops]
        return entries & seen

    def _label(self, name: str) -> str:
        named = self.elements.get(name)
        return named.label if named else name

    def _refuse(self, target: str, why: str) -> None:
        raise NotNow(
            f"不能转到“{self._label(target)}”：{why}；请选择分支之前的环节，或同一分支之内的环节",
            code="jump.unsound",
            element=target,
        )


def _runs_beside(element: Element) -> bool:
    if element.host is None or element.event is None:
        return False
    kind = element.event.kind
    return kind == "compensate" or (kind != "error" and not element.interrupts)
