"""Where a case may be put back to (退回): not inside branches that a join waits for together."""

from collections.abc import Sequence
from itertools import combinations

from engine.domain.errors import NotNow
from engine.spiff.graph import Graph, reachable

JOINS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def must_be_sound(graph: Graph, targets: Sequence[str]) -> None:
    """Raise NotNow ``jump.unsound`` unless tokens on *targets*, and no others, can run on rightly.

    At every join, the targets together must lead to all of its entries or to none; and two targets
    must stand on different branches of a join, or the case would go on twice.
    """
    elements = graph.process.elements
    for target in targets:
        if elements[target].scope is not None:
            _refuse(target, "在子流程之内")
    branches: set[tuple[str, str]] = set()
    for join, entries in _joins(graph):
        leads = {target: reachable([target], graph.after, without=join) & entries for target in targets}
        together = frozenset[str]().union(*leads.values())
        if together and together != entries:
            stray = next(target for target in targets if leads[target])
            _refuse(stray, f"在并行分支之内，“{elements[join].label}”处会等不到其余分支")
        branches.update(pair for pair in combinations(targets, 2) if _apart(leads[pair[0]], leads[pair[1]]))
    for pair in combinations(targets, 2):
        if pair not in branches:
            _refuse(pair[1], f"与“{elements[pair[0]].label}”不在并行的两个分支上，案件会重复办理")


def _joins(graph: Graph) -> list[tuple[str, frozenset[str]]]:
    found = []
    for element in graph.process.elements.values():
        if element.kind in JOINS:
            entries = frozenset(graph.before[element.id]) & graph.reached
            if len(entries) > 1:
                found.append((element.id, entries))
    return found


def _apart(left: frozenset[str], right: frozenset[str]) -> bool:
    return bool(left) and bool(right) and left.isdisjoint(right)


def _refuse(target: str, why: str) -> None:
    raise NotNow(f"不能退回到“{target}”：{why}；请退回到分支之前的环节", code="jump.unsound", element=target)
