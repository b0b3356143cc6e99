"""A thousand random processes, run by the engine and by the book, must never differ."""

import os
import random
from collections.abc import Iterator

import pytest

from engine.spiff import gateways, parser, runtime
from engine.spiff.parser import Definition
from engine.spiff.runtime import Outcome
from tests.spiff.interpreter import Block, Reference, draw, random_block, random_flags

#: FUZZ=20 runs twenty times as many.
TIMES = int(os.environ.get("FUZZ", "1"))


class Match:
    """One process in play on both sides."""

    def __init__(self, seed: int, kinds: str, depth: int, jumps: float) -> None:
        self.chance = random.Random(seed)
        self.jumps = jumps
        middle = random_block(self.chance, depth, kinds, [0], 0.4)
        self.block = Block("s", "whole", [Block("t", "first"), middle, Block("t", "last")])
        self.definition: Definition = parser.read(draw(self.block).xml())
        self.flags = random_flags(self.chance, self.block, 0)
        self.outcome: Outcome = runtime.start(self.definition, self.flags)
        self.reference = Reference(self.block, self.flags)
        self.steps = 0

    def moves(self) -> Iterator[None]:
        """Play to the end, one move at a time."""
        while self.outcome.open and self.steps < 150:
            self.steps += 1
            move = self.chance.random()
            if move < self.jumps:
                self.jump()
            elif self.outcome.timers and move < 0.25:
                self.fire()
            elif self.reference.messages() and move < 0.35:
                self.tell()
            else:
                self.complete()
            yield

    def jump(self) -> None:
        self.outcome = runtime.reseat(self.definition, self.outcome.state, ["first"])
        self.reference = Reference(self.block, self.flags)

    def fire(self) -> None:
        timer = self.chance.choice(self.outcome.timers)
        self.outcome = runtime.fire(self.definition, self.outcome.state, timer.key)
        self.reference.fire(timer.node)

    def tell(self) -> None:
        name = self.chance.choice(self.reference.messages())
        self.outcome = runtime.tell(self.definition, self.outcome.state, name, {}, kind="message")
        self.reference.fire(name)

    def complete(self) -> None:
        task = self.chance.choice(self.outcome.open)
        self.flags = random_flags(self.chance, self.block, self.steps)
        self.outcome = runtime.complete(self.definition, self.outcome.state, task.key, self.flags)
        self.reference.complete(task.node, self.flags)

    def agree(self) -> None:
        assert sorted(task.node for task in self.outcome.open) == self.reference.open()
        assert sorted(timer.node for timer in self.outcome.timers) == self.reference.timers()
        assert self.outcome.ended is not bool(self.reference.open())
        assert len({task.key for task in self.outcome.open}) == len(self.outcome.open)


CAMPAIGNS = {"pil": 4, "sxpil": 4, "pl": 4, "il": 4, "sxpi": 4, "pum": 4, "uul": 4, "sxpilumqw": 4}


@pytest.mark.parametrize("kinds", CAMPAIGNS)
def test_the_engine_and_the_book_agree_on_every_step(kinds: str) -> None:
    for seed in range(300 * TIMES):
        match = Match(seed, kinds, CAMPAIGNS.get(kinds, 4), jumps=0.0)
        for _ in match.moves():
            match.agree()


@pytest.mark.parametrize("kinds", ["pil", "sxpil", "pilumqw"])
def test_they_agree_when_the_case_is_put_back_at_random(kinds: str) -> None:
    for seed in range(1_000, 1_000 + 200 * TIMES):
        match = Match(seed, kinds, 4, jumps=0.06)
        for _ in match.moves():
            match.agree()


@pytest.mark.parametrize("join", [gateways.Inclusive, gateways.Parallel])
def test_the_book_catches_a_join_that_does_not_wait(join: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways.Inclusive, "_comes", lambda *_: False)
    monkeypatch.setattr(gateways.Parallel, "complete", lambda *_: True)
    with pytest.raises((AssertionError, ValueError, StopIteration)):
        test_the_engine_and_the_book_agree_on_every_step("p" if join is gateways.Parallel else "i")
