"""Whether tokens that stood rightly in one version of a diagram stand rightly in another.

Wrong is what was not wrong before: a join that would wait for a branch nobody walks, and two tokens one
after the other on one path, which would do the rest of it twice.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from engine.spiff import findings, regions
from engine.spiff.findings import Finding
from engine.spiff.graph import Graph, reachable
from engine.spiff.jumping import place
from engine.spiff.naming import Naming
from engine.spiff.parser import Definition
from engine.spiff.regions import JOINS, Level
from engine.spiff.tokens import Token

#: A token before and after.
Pair = tuple[Token, Token]


def faults(naming: Naming, old: Definition, new: Definition, pairs: Mapping[str, Pair]) -> list[Finding]:
    """Return what the tokens would come to grief at; *pairs* are tokens before and after, by key."""
    found: list[Finding] = []
    for around, scope, standing in _levels(new, pairs):
        was = regions.level(old.graph, _scope(old.graph, around[0]))
        now = regions.level(new.graph, scope)
        here = [pair for pair in standing if place(pair[1]) in now.all and place(pair[0]) in was.all]
        found += _waiting(naming, was, now, here)
        found += _twice(was, now, here)
    return found


def _levels(new: Definition, pairs: Mapping[str, Pair]) -> Iterator[tuple[Pair, str | None, list[Pair]]]:
    for around in pairs.values():
        inside = [
            pair for pair in pairs.values() if pair[1].parent is around[1] and not pair[1].task_spec.armed
        ]
        if inside:
            yield around, _scope(new.graph, around[1]), inside


def _scope(graph: Graph, around: Token) -> str | None:
    node = str(around.task_spec.node)
    return node if node in graph.process.elements else None


def _waiting(naming: Naming, was: Level, now: Level, here: list[Pair]) -> Iterator[Finding]:
    before = {
        naming.element(join) for join, missing in _missing(was, [place(old) for old, _ in here]) if missing
    }
    for join, missing in _missing(now, [place(new) for _, new in here]):
        if missing and join not in before:
            ways = "、".join(_from(now, entry) for entry in sorted(missing))
            message = (
                f"“{now.elements[join].label}”在新版本中还要等“{ways}”，而本件没有走那条分支；"
                "请待并行部分办完，或先退回到分支之前"
            )
            yield findings.error("migrate.waits", join, None, message)


def _missing(level: Level, places: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """The joins some tokens lead to, each with the entries no token leads to; one that counts waits for all."""
    for join, entries in level.joins:
        if level.elements[join].kind != "inclusiveGateway":
            led = frozenset[str]().union(*(level.leads(place, join, entries, level.main) for place in places))
            if led:
                yield join, entries - led


def _from(level: Level, entry: str) -> str:
    flow = level.flows.get(entry)
    return level.elements[flow.source].label if flow else entry


def _twice(was: Level, now: Level, here: list[Pair]) -> Iterator[Finding]:
    for (left, left_now), (right, right_now) in combinations(here, 2):
        if _beside(now, place(left_now), place(right_now)) or not _beside(was, place(left), place(right)):
            continue
        names = [now.elements[t.task_spec.node].label for t in (left_now, right_now)]
        message = f"“{names[1]}”与“{names[0]}”在新版本中不再并行，其后会重复办理；请先办完其中一个，或先退回到分支之前"
        yield findings.error("migrate.twice", right.task_spec.node, None, message)


def _beside(level: Level, left: str, right: str) -> bool:
    """Claim that tokens may stand on *left* and *right* at the same time: neither comes after the other."""
    meeting = level.graph.meeting(left, right)
    ways = [list(level.graph.upward(name)) for name in (left, right)]
    if any(event in level.beside for way in ways for event in way[: _until(way, meeting)]):
        return True
    parts = level.elements.get(meeting)
    if meeting and (parts is None or parts.kind not in JOINS or meeting in (left, right)):
        return False
    return not (_after(level, left, ways[1], meeting) or _after(level, right, ways[0], meeting))


def _until(way: list[str], meeting: str) -> int:
    return way.index(meeting) if meeting in way else len(way)


def _after(level: Level, name: str, way: list[str], meeting: str) -> bool:
    """Claim that *name* leads to a join the other has behind it (*way*)."""
    behind = set(way[: _until(way, meeting)])
    return any(
        join in behind and reachable([name], level.main, without=meeting or None) & entries
        for join, entries in level.joins
    )
