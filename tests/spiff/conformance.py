"""Public conformance cases, driven as they say: passed, refused by element, wrong, or stuck.

The cases and their files belong to other projects and lie outside this one, in ``../shared/corpora``.
A driver completes every open task in document order at once, lets half a second pass, and again; what
counts is the multiset of names completed. Engine tests are little programs of steps and claims.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.domain.errors import Refused
from engine.spiff.play import Play

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
BEGIN = datetime(2026, 1, 5, 1, tzinfo=UTC)
STEP = 500

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What became of a case."""

    case: str
    group: str
    said: str
    about: str = ""


def cases(kind: str) -> list[Case]:
    path = CORPORA / "cases.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [case for case in found if case["kind"] == kind]


def judge(case: Case) -> Verdict:
    """Run one case."""
    try:
        play = Play.of([(CORPORA / name).read_bytes() for name in case["files"]], BEGIN)
    except Refused as refused:
        said = "refused" if refused.element else "refused without an element"
        return Verdict(case["id"], case["group"], said, f"{refused.element}: {refused.message}")
    run = betsy if case["driver"] == "betsy-ut" else Steps(play).run
    trouble = run(play, case) if run is betsy else run(case)
    return Verdict(
        case["id"], case["group"], "pass" if not trouble else trouble[0], (trouble and trouble[1]) or ""
    )


# --- betsy: complete all, wait, complete all ----------------------------------------------------


def betsy(play: Play, case: Case) -> tuple[str, str] | None:
    asked = case["case"]
    done: Counter[str] = Counter()
    for process in filter(None, (asked["start_first"], asked["process"])):
        play.start(process, asked["variables"])
    passed = 0
    while True:
        _complete_all(play, done)
        if passed >= asked["advance_clock_ms"]:
            break
        play.advance(STEP)
        passed += STEP
    return _compare(play, done, asked)


def _complete_all(play: Play, done: Counter[str]) -> None:
    for _ in range(200):
        tasks = play.tasks()
        if not tasks:
            return
        for task in tasks:
            flags = {}
            if task["name"] in ("add", "increment"):
                seen = next(each for each in play.state() if each["id"] == task["instance"])["vars"]
                flags = {"integerVariable": seen.get("integerVariable", 0) + 1}
            try:
                play.complete(task["id"], flags)
            except Refused:
                continue
            if task["name"] != "log":
                done[task["name"]] += 1


def _compare(play: Play, done: Counter[str], asked: Case) -> tuple[str, str] | None:
    wanted = Counter(asked["expect_trace"])
    state = play.state()
    errors = [error for each in state for error in each["errors"]]
    incidents = [incident for each in state for incident in each["incidents"]]
    told = f"{dict(done)} instead of {dict(wanted)}; errors {errors}; incidents {incidents}"
    if done != wanted:
        return ("stuck" if done < wanted else "wrong"), told
    if asked["expect_error"] and not errors and not incidents:
        return "wrong", f"no error; {told}"
    return None


# --- engine tests: steps and claims -------------------------------------------------------------


class Steps:
    """One engine test: what its steps name, and how each kind of step is taken."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.named: dict[str, Any] = {}

    def run(self, case: Case) -> tuple[str, str] | None:
        for number, step in enumerate(case["steps"]):
            take: Callable[[Case], bool | None] = getattr(self, step["op"])
            try:
                if take(step) is False:
                    return "wrong", f"step {number}: {step}; open {[t['name'] for t in self.play.tasks()]}"
            except (Refused, IndexError, TypeError) as trouble:
                return "wrong", f"step {number}: {step}: {trouble!r}"
        return None

    def tasks(self, asked: Case) -> list[Any]:
        found = [
            task
            for task in self.play.tasks()
            if asked.get("name") in (None, task["name"]) and asked.get("key") in (None, task["node"])
        ]
        return sorted(found, key=lambda task: task["name"]) if asked.get("order") == "name" else found

    def of(self, step: Case) -> Any:
        name, index = step["ref"]
        return self.named[name] if index is None else self.named[name][index]

    def start(self, step: Case) -> None:
        self.play.start(step["key"], step["vars"])

    def query(self, step: Case) -> bool | None:
        found = self.tasks(step["filter"])
        if step["mode"] == "list":
            self.named[step["var"]] = found
            return None
        self.named[step["var"]] = found[0] if found else None
        return len(found) <= 1

    def alias(self, step: Case) -> None:
        self.named[step["var"]] = self.of(step)

    def complete(self, step: Case) -> None:
        self.play.complete(self.of(step)["id"], step["vars"])

    def setvar(self, step: Case) -> None:
        self.play.set({step["name"]: step["value"]})

    def signal(self, step: Case) -> None:
        self.play.signal(step["name"])

    def message(self, step: Case) -> None:
        self.play.message(step["name"])

    def assert_name(self, step: Case) -> bool:
        return bool(self.of(step)["name"] == step["value"])

    def assert_key(self, step: Case) -> bool:
        return bool(self.of(step)["node"] == step["value"])

    def assert_count(self, step: Case) -> bool:
        return len(self.tasks(step["filter"])) == step["value"]

    def assert_size(self, step: Case) -> bool:
        return len(self.of(step)) == step["value"]

    def assert_set(self, step: Case) -> bool:
        return sorted(task[step["by"]] for task in self.of(step)) == sorted(step["value"])

    def assert_null(self, step: Case) -> bool:
        return self.of(step) is None

    def assert_notnull(self, step: Case) -> bool:
        return self.of(step) is not None

    def assert_ended(self, step: Case) -> bool:
        return sum(not each["ended"] for each in self.play.state()) == step["value"]
