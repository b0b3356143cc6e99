"""Random processes are redrawn while a case runs: what goes over plays to its end, what does not is named."""

import copy
import random
from collections.abc import Callable

import pytest

from engine.domain.errors import NotNow
from engine.spiff import parser, runtime
from tests.spiff.interpreter import MANY, Block, blocks, draw, random_flags
from tests.spiff.test_fuzz import TIMES, Match

#: Which kinds of blocks are mixed; the first is played in every "make check".
CAMPAIGNS = ["sxpilumqw", *(pytest.param(each, marks=pytest.mark.slow) for each in ("pil", "sxpil", "pum"))]

# --- how a diagram is redrawn: in place; what is called otherwise after it is returned


def renamed(chance: random.Random, whole: Block) -> dict[str, str]:
    """Call one step otherwise."""
    found = chance.choice([each for each in blocks(whole) if each.kind in "tu" + MANY])
    old, found.name = found.name, f"{found.name}z"
    return {old: found.name, f"{old}_late": f"{found.name}_late", f"{old}_timer": f"{found.name}_timer"}


def longer(chance: random.Random, whole: Block) -> dict[str, str]:
    """Put a step in before or after another."""
    found = chance.choice([each for each in blocks(whole) if each.parts and each.kind not in MANY])
    number = chance.randrange(len(found.parts))
    pair = [Block("t", f"n{chance.randrange(10**6)}"), found.parts[number]]
    chance.shuffle(pair)
    found.parts[number] = Block("s", f"s{chance.randrange(10**6)}", pair)
    return {}


def shorter(chance: random.Random, whole: Block) -> dict[str, str]:
    """Take a step out of a sequence."""
    found = [each for each in blocks(whole) if each.kind == "s" and len(each.parts) > 1]
    if found:
        parts = chance.choice(found).parts
        del parts[chance.randrange(len(parts))]
    return {}


def wider(chance: random.Random, whole: Block) -> dict[str, str]:
    """Give a block one more branch."""
    found = [each for each in blocks(whole) if each.kind in "xpi"]
    if found:
        chance.choice(found).parts.append(Block("t", f"n{chance.randrange(10**6)}"))
    return {}


def narrower(chance: random.Random, whole: Block) -> dict[str, str]:
    """Take a branch out of a block."""
    found = [each for each in blocks(whole) if each.kind in "xpi" and len(each.parts) > 2]
    if found:
        chance.choice(found).parts.pop()
    return {}


def timed(chance: random.Random, whole: Block) -> dict[str, str]:
    """Hang a timer on a step, or take it away."""
    found = chance.choice(
        [each for each in blocks(whole) if each.kind == "t" and each.name[0] == "t"] or [whole]
    )
    if found.kind == "t":
        found.timer, found.told = (chance.random() < 0.5 if found.timer is None else None), False
    return {}


REDRAWN: list[Callable[[random.Random, Block], dict[str, str]]] = [
    renamed, longer, shorter, wider, narrower, timed,
]  # fmt: skip


class Migrating(Match):
    """A process in play, which is redrawn now and then."""

    moved = refused = 0

    def __init__(self, seed: int, kinds: str) -> None:
        super().__init__(seed, kinds, 3, jumps=0.0)
        self.named: set[bool] = set()

    def redraw(self) -> None:
        block, names = copy.deepcopy(self.block), dict[str, str]()
        for _ in range(self.chance.randint(1, 2)):
            told = self.chance.choice(REDRAWN)(self.chance, block)
            names = {old: told.get(new, new) for old, new in names.items()} | told
        new = parser.read(draw(block).xml())
        known = {*new.nodes, *(flow.id for flow in new.graph.process.flows)}
        names = {old: to for old, to in names.items() if to in known}
        before = {task.key: names.get(task.node, task.node) for task in self.outcome.open}
        try:
            outcome = runtime.migrate(self.definition, self.outcome.state, new, names)
        except NotNow as refusal:
            self.named |= {bool(each.element and each.message) for each in refusal.findings}
            self.named.add(bool(refusal.findings))
            type(self).refused += 1
            return
        after = {task.key: task.node for task in outcome.open}
        self.named.add(all(after.get(key, "") == node for key, node in before.items()))
        self.outcome, self.block, self.definition = outcome, block, new
        type(self).moved += 1

    def play(self) -> bool:
        """Play to the end, redrawing on the way; claim that there is an end."""
        for step in range(300):
            if self.outcome.ended:
                return True
            self.flags = random_flags(self.chance, self.block, step)
            move = self.chance.random()
            if move < 0.2 and step < 40:
                self.redraw()
            elif move < 0.3 and self.outcome.timers:
                key = self.chance.choice(self.outcome.timers).key
                self.outcome = runtime.fire(self.definition, self.outcome.state, key)
            elif self.outcome.open:
                key = self.chance.choice(self.outcome.open).key
                self.outcome = runtime.complete(self.definition, self.outcome.state, key, self.flags)
        return False


@pytest.mark.parametrize("kinds", CAMPAIGNS)
def test_what_goes_over_keeps_its_keys_and_plays_to_its_end(kinds: str) -> None:
    Migrating.moved = Migrating.refused = 0
    for seed in range(6_000, 6_000 + 100 * TIMES):
        match = Migrating(seed, kinds)
        assert match.play(), seed
        assert False not in match.named, seed
    assert Migrating.moved > Migrating.refused > 10


class Renaming(Match):
    """A process in play, whose steps are called otherwise now and then; the book hears of it too."""

    def rename(self) -> None:
        block, reference = copy.deepcopy((self.block, self.reference))
        names = renamed(self.chance, block)
        new = parser.read(draw(block).xml())
        known = {old: to for old, to in names.items() if to in new.nodes}
        self.outcome = runtime.migrate(self.definition, self.outcome.state, new, known)
        reference.rename(names)
        self.block, self.reference, self.definition = block, reference, new
        self.flags = random_flags(self.chance, block, self.steps)


@pytest.mark.parametrize("kinds", CAMPAIGNS)
def test_a_case_whose_steps_are_called_otherwise_goes_on_by_the_book(kinds: str) -> None:
    for seed in range(7_000, 7_000 + 60 * TIMES):
        match = Renaming(seed, kinds, 3, jumps=0.0)
        for _ in match.moves():
            match.agree()
            if match.chance.random() < 0.2:
                match.rename()
                match.agree()
