"""One Definition, many threads: running never changes what is shared."""

import random
from concurrent.futures import ThreadPoolExecutor

from engine.spiff import parser, runtime
from engine.spiff.parser import Definition
from engine.spiff.runtime import Outcome
from tests.spiff.diagrams import matter


def walk(definition: Definition, seed: int) -> tuple[str, ...]:
    """Play a whole case; return all that was walked."""
    chance = random.Random(seed)
    outcome: Outcome = runtime.start(
        definition, {"fire": chance.random() < 0.5, "water": chance.random() < 0.5}
    )
    walked = list(outcome.walked)
    while not outcome.ended:
        task = chance.choice(outcome.open)
        word = chance.choice(["correct", "accepted", "return", "granted"])
        outcome = runtime.complete(definition, outcome.state, task.key, {task.node: word})
        walked += outcome.walked
    return tuple(walked)


def shape(definition: Definition) -> list[str]:
    """Everything of the compiled specs that a run could change."""
    words = [
        (name, key, value)
        for name, spec in definition.plan.task_specs.items()
        for key, value in vars(spec).items()
        if not key.endswith("_event")
    ]
    return [f"{name}.{key} = {value!r}" for name, key, value in words]


def test_eight_threads_play_cases_of_one_definition_at_the_same_time() -> None:
    definition = parser.read(matter().xml())
    before = shape(definition)
    alone = [walk(definition, seed) for seed in range(160)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: walk(definition, seed), range(160)))
    assert together == alone
    assert shape(definition) == before
