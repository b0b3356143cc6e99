"""Hostile files: each is answered as expected, none runs code, reads a file, opens a connection or takes long."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.spiff import corpus

pytestmark = corpus.needed
#: Where the project lies; the watched process is started there.
HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The answer to every hostile file, from a watched process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    made = [sys.executable, str(corpus.ROOT / "gen_hostile.py"), str(folder)]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    watched = [sys.executable, "-m", "tests.spiff.watched", str(folder)]
    run = subprocess.run(watched, check=True, cwd=HOME, capture_output=True, timeout=120, text=True)
    told = {each["file"]: each for each in map(json.loads, run.stdout.splitlines())}
    for each in json.loads((folder / "manifest.json").read_text("utf-8")):
        told[each["file"]]["expect"] = each["expect"]
    return told


def wanted(expect: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Claim that a file was kept, turned away, or either, as it should be, and by the expected code."""
    if expect["deploy"] == "accept":
        return answer["code"] is None
    if expect["deploy"] == "reject":
        return bool(answer["code"] == expect["code"])
    return True


def test_each_is_answered_as_expected(answers: dict[str, dict[str, Any]]) -> None:
    assert len(answers) > 80
    assert {name: each["code"] for name, each in answers.items() if not wanted(each["expect"], each)} == {}


def test_none_touches_anything(answers: dict[str, dict[str, Any]]) -> None:
    assert {name: each["touched"] for name, each in answers.items() if each["touched"]} == {}


def test_none_takes_long_or_much(answers: dict[str, dict[str, Any]]) -> None:
    assert {name: each["seconds"] for name, each in answers.items() if each["seconds"] > 2} == {}
    assert max(each["memory"] for each in answers.values()) < 256


def test_a_refusal_names_its_line_where_there_is_one(answers: dict[str, dict[str, Any]]) -> None:
    lineless = {each["code"] for each in answers.values() if each["code"] and not each["line"]}
    assert lineless <= {"upload.empty", "upload.too-large", "package.bad-path"}


def test_none_left_a_mark() -> None:
    assert list(Path(os.sep, "tmp").glob("hostile_pwned*")) == []
