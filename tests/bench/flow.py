"""The engine alone: load, step and save in process, ours beside stock, task by task in turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import process_time
from typing import TypeVar

from engine.spiff import parser, runtime
from engine.spiff.runtime import Outcome
from tests.bench.reference import FLAGS, GOOD, diagram
from tests.bench.stock import Stock

CASES, ROUNDS = 30, 50
T = TypeVar("T")


@dataclass(slots=True)
class Side:
    """What one of the two took: milliseconds of CPU for each step, and the largest state on the way."""

    steps: list[float] = field(default_factory=list)
    most_bytes: int = 0

    def took(self, step: Callable[[], T]) -> T:
        begun = process_time()
        done = step()
        self.steps.append((process_time() - begun) * 1000)
        return done

    def holds(self, state: bytes | str) -> None:
        self.most_bytes = max(self.most_bytes, len(state))

    @property
    def typical(self) -> float:
        return median(self.steps)


class Ours:
    """The reference matter on our layer."""

    def __init__(self) -> None:
        self.definition = parser.read(diagram().xml())

    def start(self) -> Outcome:
        return runtime.start(self.definition, FLAGS)

    def complete(self, stand: Outcome, node: str, outcome: str) -> Outcome:
        key = next(item.key for item in stand.open if item.node == node)
        return runtime.complete(self.definition, stand.state, key, {node: outcome})


def lives() -> tuple[Side, Side]:
    """Take cases of twelve tasks from beginning to end on both sides, in turn."""
    ours, stock = Ours(), Stock()
    left, right = Side(), Side()
    for _ in range(CASES):
        stand, state = ours.start(), stock.start()
        while stand.open:
            node = stand.open[0].node
            stand = left.took(lambda s=stand, n=node: ours.complete(s, n, GOOD[n]))
            state = right.took(lambda s=state, n=node: stock.complete(s, n, GOOD[n]))
            left.holds(stand.state)
            right.holds(state)
        assert stock.waiting(state) == []
    return left, right


def rounds() -> tuple[list[Side], list[Side]]:
    """Send cases back for correction again and again; one entry for each round, of two steps each."""
    ours, stock = Ours(), Stock()
    return _rounds(ours.start, ours.complete, 40), _rounds(stock.start, stock.complete, 3)


def _rounds(start: Callable[[], T], complete: Callable[[T, str, str], T], cases: int) -> list[Side]:
    sides = [Side() for _ in range(ROUNDS)]
    for _ in range(cases):
        stand = start()
        for side in sides:
            for node, outcome in (("accept", "correct"), ("correct", "corrected")):
                stand = side.took(lambda s=stand, n=node, o=outcome: complete(s, n, o))
            side.holds(stand.state if isinstance(stand, Outcome) else stand)
    return sides
