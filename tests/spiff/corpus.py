"""The public files with expected results, where they lie beside the project; their tests skip elsewhere."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3] / "shared" / "corpora"

needed = pytest.mark.skipif(not ROOT.exists(), reason="the public corpora are not here")


@cache
def _all() -> list[dict[str, Any]]:
    return json.loads((ROOT / "cases.json").read_text("utf-8")) if ROOT.exists() else []


def cases(kind: str) -> list[dict[str, Any]]:
    """The cases of *kind*."""
    return [case for case in _all() if case["kind"] == kind]


def source(case: dict[str, Any]) -> bytes:
    """The bytes of a case's file."""
    return ROOT.joinpath(case["files"][0]).read_bytes()


def title(case: dict[str, Any]) -> str:
    """What a case is called in a test report."""
    return str(case["id"]).partition("/")[2][-60:]


def every(kind: str) -> pytest.MarkDecorator:
    """Run a test for every case of *kind*."""
    return pytest.mark.parametrize("case", cases(kind), ids=title)
