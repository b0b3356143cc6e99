"""The editor's own library reads every shipped diagram without a word of complaint."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.diagrams import shelf

HERE = Path(__file__).parent / "moddle"
#: Installed once, outside what is kept in the repository.
ROOM = shelf.BPMN.parent / "var" / "moddle"

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def room() -> Path:
    """A directory with the pinned libraries and our reader in it."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node.js with npm is not installed here")
    ROOM.mkdir(parents=True, exist_ok=True)
    fresh = (HERE / "package.json").read_bytes()
    kept = ROOM / "package.json"
    stale = not (ROOM / "node_modules").is_dir() or not kept.exists() or kept.read_bytes() != fresh
    kept.write_bytes(fresh)
    shutil.copy(HERE / "read.mjs", ROOM / "read.mjs")
    if stale:
        install()
    return ROOM


def install() -> None:
    """Install the pinned libraries, or skip where no registry can be reached."""
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    done = subprocess.run(command, cwd=ROOM, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        (ROOM / "package.json").unlink()
        pytest.skip("npm could not install bpmn-moddle (no registry?)")


@pytest.fixture(scope="module")
def readings(room: Path) -> list[dict[str, Any]]:
    """What the library says of each diagram."""
    command = ["node", "read.mjs", *map(str, shelf.drawings())]
    done = subprocess.run(command, cwd=room, capture_output=True, text=True, timeout=120, check=True)
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told


def test_the_editor_reads_every_diagram_without_a_warning(readings: list[dict[str, Any]]) -> None:
    assert len(readings) == len(shelf.drawings())
    assert [reading for reading in readings if reading["warnings"]] == []


def test_everything_drawn_has_bounds_and_stands_for_something(readings: list[dict[str, Any]]) -> None:
    assert all(reading["drawn"] > 10 for reading in readings)
    assert [reading["path"] for reading in readings if reading["unbounded"] or reading["strangers"]] == []
