"""Somebody who completes whatever is open, with the answers he was told, until the case has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.spiff import runtime
from engine.spiff.parser import Definition, Node

#: No shipped diagram needs more steps than this, whichever way is taken.
STEPS = 60

#: The answers of an office where nothing goes wrong; elsewhere the first outcome of a task is the good one.
Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Walk:
    """How a case went."""

    done: tuple[str, ...]
    walked: frozenset[str]
    flags: Mapping[str, Any]
    ended: bool


def walk(
    definition: Definition,
    flags: Mapping[str, Any],
    answers: Answers | None = None,
    *,
    last_first: bool = False,
) -> Walk:
    """Run a case; *answers* says what a task answers each time it comes, the good outcome when used up."""
    left = {node: list(said) for node, said in (answers or {}).items()}
    outcome = runtime.start(definition, flags)
    done: list[str] = []
    walked = set(outcome.walked)
    while (waiting := [*outcome.open, *outcome.calls]) and len(done) < STEPS:
        chosen = waiting[-1 if last_first else 0]
        said = _answer(definition.nodes[chosen.node], left)
        outcome = runtime.complete(definition, outcome.state, chosen.key, said)
        done.append(chosen.node)
        walked.update(outcome.walked)
    return Walk(tuple(done), frozenset(walked), outcome.flags, outcome.ended)


def _answer(node: Node, left: dict[str, list[str]]) -> dict[str, str]:
    if left.get(node.id):
        return {node.id: left[node.id].pop(0)}
    return {node.id: next(iter(node.outcomes))} if node.outcomes else {}
