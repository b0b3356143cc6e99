"""docs/mechanisms.md keeps its word: every story it names is there, and no mechanism of the rulebook is left out."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
TABLE = HOUSE / "docs" / "mechanisms.md"
RULEBOOK = HOUSE.parent / "shared" / "domain" / "rulebook.md"
_STORY = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> dict[str, str]:
    """What the table says: each mechanism with its cell of stories."""
    lines = [
        line.split("|") for line in TABLE.read_text(encoding="utf8").splitlines() if line.startswith("|")
    ]
    cells = [(line[1].strip(), line[2].strip()) for line in lines if len(line) == 4]
    return {name: story for name, story in cells if name not in {"mechanism", "---"}}


def stories() -> list[tuple[str, str]]:
    """Every story the table names: its file and its name."""
    return sorted({(path, name) for cell in rows().values() for path, name in _STORY.findall(cell)})


@pytest.mark.parametrize("path", sorted({path for path, _ in stories()}))
def test_every_story_is_there(path: str) -> None:
    found = {
        node.name
        for node in ast.walk(ast.parse((HOUSE / path).read_bytes()))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name for file, name in stories() if file == path} <= found


def test_what_has_no_story_says_why() -> None:
    """A dash, and a reason."""
    bare = {name: cell for name, cell in rows().items() if not _STORY.search(cell)}
    assert [name for name, cell in bare.items() if not re.match(r"— .{20,}", cell)] == []
    assert len(bare) <= 1


@pytest.mark.skipif(not RULEBOOK.exists(), reason="the rulebook does not lie beside this checkout")
def test_no_mechanism_of_the_rulebook_is_left_out() -> None:
    text = RULEBOOK.read_text(encoding="utf8").split("## 1. ")[1].split("\n## 2. ")[0]
    listed = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    names = {re.sub(r" \([ -~]+\)$", "", name) for name in listed} - {"机制"}
    assert names - set(rows()) == set()
