"""Who may know whom: the contracts of setup.cfg hold, and they bite when somebody forgets them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

LINT = (
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as lint; lint()",
    "--no-logo",
    "--no-cache",
)

#: A wrong import for each wall of the house: where it is planted, and what it reaches for.
PLANTS = (
    ("engine.services.approver", "sqlalchemy"),
    ("engine.services.desk", "SpiffWorkflow"),
    ("engine.services.approver", "engine.services.clock"),
    ("engine.services.advance", "engine.services.desk"),
    ("engine.domain.deadline", "lxml"),
    ("engine.domain.calendar", "engine.store.db"),
    ("engine.store.cases", "engine.spiff.runtime"),
    ("engine.store.people", "flask"),
    ("engine.queries.inbox", "engine.services.approver"),
    ("engine.office", "engine.worker"),
    ("engine.office", "apscheduler"),
    ("engine.config", "web.app"),
    ("web.approver", "engine.store.cases"),
    ("web.desk", "sqlalchemy"),
    ("web.applicant", "web.manager"),
    ("web.designer", "lxml"),
    ("engine.services.issuing", "typst"),
    ("web.printing", "fontTools"),
)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house one may break."""
    for folder in ("engine", "web"):
        sources = shutil.ignore_patterns("__pycache__", "static", "templates", "translations")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=sources)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def test_the_contracts_hold(house):
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_every_wrong_import_is_caught(house):
    for importer, imported in PLANTS:
        plant(house, importer, imported)
    done = lint(house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [pair for pair in PLANTS if f"{pair[0]} -> {pair[1]} " not in done.stdout] == []


def test_no_file_goes_without_a_floor(house):
    (house / "engine" / "misc.py").write_text('"""Everything."""\n')
    done = lint(house)
    assert done.returncode == 1
    assert "misc" in done.stdout


def test_neighbours_do_not_go_round_in_circles(house):
    plant(house, "engine.store.one", "engine.store.another")
    plant(house, "engine.store.another", "engine.store.one")
    done = lint(house)
    assert done.returncode == 1
    assert "No knots BROKEN" in done.stdout


def plant(house: Path, importer: str, imported: str) -> None:
    """Add the import to its file; either file is made when the house does not have it."""
    file(house, importer)
    if imported.startswith(("engine.", "web.")):
        file(house, imported)
    with file(house, importer).open("a", encoding="utf-8") as source:
        source.write(f"\nimport {imported}\n")


def file(house: Path, module: str) -> Path:
    path = (house / module.replace(".", "/")).with_suffix(".py")
    if not path.exists():
        path.write_text('"""Planted."""\n', encoding="utf-8")
    return path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"COLUMNS": "400", "NO_COLOR": "1", "PYTHONPATH": str(house)}
    return subprocess.run(LINT, cwd=house, env=environment, capture_output=True, text=True, check=False)
