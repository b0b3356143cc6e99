"""Whatever is cut out of a diagram, turned round or renamed: it is refused or it runs, and nothing breaks."""

import random
from contextlib import suppress

import pytest
from lxml import etree

from engine.domain.errors import Refused
from engine.spiff.play import Play
from tests.spiff.conformance import BEGIN, CORPORA, Case, cases
from tests.spiff.diagrams import matter, review

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CASES = cases("execute")
VALUES = ["", "true", "false", "-1", "2", "1e9", "nobody"]


def mutated(source: bytes, chance: random.Random) -> bytes:
    root = etree.fromstring(source)
    for _ in range(chance.randint(1, 4)):
        within = [each for process in root.iter(f"{BPMN}process") for each in process.iter(f"{BPMN}*")]
        inner = [each for each in within if each.tag != f"{BPMN}process"]
        if not inner:
            break
        one, other, what = chance.choice(inner), chance.choice(inner), chance.random()
        parent, name = one.getparent(), chance.choice([*one.keys(), "id"])
        if what < 0.3 and parent is not None:
            parent.remove(one)
        elif what < 0.6:
            one.attrib.pop(name, None)
        elif what < 0.8:
            one.set(name, chance.choice([*VALUES, other.get("id") or ""]))
        else:
            one.tag, other.tag = other.tag, one.tag
    return etree.tostring(root)


def played(sources: list[bytes], chance: random.Random) -> None:
    game = Play.of(sources, BEGIN, auto=chance.random() < 0.3)
    for process in game.processes()[:3]:
        game.start(process["id"], {"test": chance.choice(["a", "ab", "c"]), "integerVariable": 0})
    for _ in range(30):
        if not game.tasks():
            game.advance(3_600_000)
        if not game.tasks():
            break
        game.complete(chance.choice(game.tasks())["id"], {"integerVariable": chance.randint(0, 5)})
    assert all(each["incidents"] == [] or each["incidents"][0]["element"] for each in game.state())


@pytest.mark.parametrize("seed", range(10))
def test_a_mutant_of_ours_is_refused_or_runs(seed: int) -> None:
    for number in range(12):
        chance = random.Random(seed * 1_000 + number)
        with suppress(Refused):
            played([mutated(chance.choice([matter, review])().xml(), chance)], chance)


@pytest.mark.skipif(not CASES, reason="the public cases lie outside the project")
@pytest.mark.parametrize("seed", range(10))
def test_a_mutant_of_the_public_cases_is_refused_or_runs(seed: int) -> None:
    for number in range(30):
        chance = random.Random(seed * 1_000 + number)
        case: Case = chance.choice(CASES)
        with suppress(Refused):
            played([mutated((CORPORA / name).read_bytes(), chance) for name in case["files"]], chance)
