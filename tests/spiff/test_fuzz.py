"""Four thousand random processes, run by the engine and by the book, must never differ.

The state is kept as bytes and loaded again before every move, and holds living tokens only: reload
and trim at every step are how the engine works. FUZZ=20 runs twenty times as many; FUZZ_SEED begins elsewhere.
"""

import os
import random
from collections.abc import Callable, Iterator

import pytest

from engine.domain.errors import Refused
from engine.spiff import events, gateways, listening, parser, runtime, tokens
from engine.spiff.parser import Definition
from engine.spiff.runtime import Outcome
from tests.spiff.interpreter import Block, Reference, draw, random_block, random_flags

TIMES = int(os.environ.get("FUZZ", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "0"))


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
        while not self.outcome.ended and self.steps < 150:
            self.steps += 1
            move = self.chance.random()
            if move < self.jumps:
                self.jump()
            elif self.outcome.timers and (move < 0.25 or not self.outcome.open):
                self.fire()
            elif self.reference.messages() and (move < 0.35 or not self.outcome.open):
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
        self.reference.fire(timer.node, self.flags)

    def tell(self) -> None:
        name = self.chance.choice(self.reference.messages())
        self.outcome = runtime.tell(self.definition, self.outcome.state, name, {}, kind="message")
        self.reference.fire(name, self.flags)

    def complete(self) -> None:
        task = self.chance.choice(self.outcome.open)
        self.flags = random_flags(self.chance, self.block, self.steps)
        self.outcome = runtime.complete(self.definition, self.outcome.state, task.key, self.flags)
        self.reference.complete(task.node, self.flags)

    def agree(self) -> None:
        assert sorted(task.node for task in self.outcome.open) == self.reference.open()
        assert sorted(timer.node for timer in self.outcome.timers) == self.reference.timers()
        assert self.outcome.ended is self.reference.ended
        assert len({task.key for task in self.outcome.open}) == len(self.outcome.open)


#: Which kinds of blocks are mixed; the quick ones are played in every "make check".
QUICK = ("pil", "pum", "sxe", "pve", "ilrc", "sxpilumqwevrc")
THOROUGH = ("sxpil", "pl", "il", "sxpi", "uul", "sxpilumqw")
JUMPING = ("pil", "sxpil", "pilumqw", "piluevrc")


@pytest.mark.parametrize(
    "kinds", [*QUICK, *(pytest.param(each, marks=pytest.mark.slow) for each in THOROUGH)]
)
def test_the_engine_and_the_book_agree_on_every_step(kinds: str) -> None:
    for seed in range(SEED, SEED + 270 * TIMES):
        match = Match(seed, kinds, 4, jumps=0.0)
        match.agree()
        for _ in match.moves():
            match.agree()


@pytest.mark.slow
@pytest.mark.parametrize("kinds", JUMPING)
def test_they_agree_when_the_case_is_put_back_at_random(kinds: str) -> None:
    for seed in range(SEED + 1_000, SEED + 1_000 + 200 * TIMES):
        match = Match(seed, kinds, 4, jumps=0.06)
        for _ in match.moves():
            match.agree()


#: What the engine might do wrongly, and the campaign that finds out.
BROKEN: list[tuple[str, type, str, Callable[..., object]]] = [
    ("i", gateways.Inclusive, "_comes", lambda *_: False),
    ("p", gateways.Parallel, "complete", lambda *_: True),
    (
        "sxe",
        gateways.Waiting,
        "first",
        lambda _self, came: came.workflow.put(came.task_spec, came.parent.parent),
    ),
    ("pve", tokens.Case, "clear", lambda *_: None),
    ("pve", listening.Listening, "heard", lambda *_: []),
    ("ilrc", events.ErrorEnd, "_on_complete", events.End._on_complete),
    ("ilrc", events.Throw, "_run_hook", lambda *_: True),
    ("pum", listening.Listening, "rearm", lambda *_: None),
]


@pytest.mark.parametrize(
    ("kinds", "step", "does", "wrongly"), BROKEN, ids=lambda value: getattr(value, "__name__", value)
)
def test_the_book_catches_an_engine_that_is_wrong(
    kinds: str, step: type, does: str, wrongly: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, does, wrongly)
    with pytest.raises((AssertionError, ValueError, IndexError, StopIteration, Refused)):
        test_the_engine_and_the_book_agree_on_every_step(kinds)
