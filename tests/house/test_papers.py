"""What lies beside the code: the papers name the rooms, the packages are declared, nothing of ours leaks."""

import configparser
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from tests.house.source import HOUSE, ROOT

READMES = ("README.md", "README.zh-CN.md")

#: Where this was written and where packages were fetched concern nobody else.
LEAKS = (
    "/wor" + "k/",
    "/roo" + "t/",
    "/opt/" + "wheels",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "pypi" + ".org",
)


def test_no_tracked_file_names_our_machines():
    assert [found for path in _tracked() for found in _leaks(path)] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_every_room(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert [room for room in _rooms() if f"`{room}`" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_every_make_target(readme):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / readme).read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert [target for target in targets if f"`make {target}`" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_every_setting(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    config = (ROOT / "engine" / "config.py").read_text(encoding="utf-8")
    assert [
        name for name in sorted(set(re.findall(r"LIANBAN_[A-Z_]+[A-Z]", config))) if name not in text
    ] == []


def test_the_changelog_speaks_of_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## Unreleased" in text
    assert f"## {_setup()['metadata']['version']}" in text


def test_every_decision_has_its_number_and_a_title():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    assert [path.name for path in decisions if not path.read_text(encoding="utf-8").startswith("# ")] == []


def test_runtime_packages_are_pinned_and_few():
    wanted = _setup()["options"]["install_requires"].split()
    assert [line for line in wanted if "==" not in line] == []
    assert len(wanted) <= 25


def test_what_is_imported_is_declared():
    declared = {
        _normal(re.split(r"[=\[]", line)[0]) for line in _setup()["options"]["install_requires"].split()
    }
    reachable = declared | {part for name in declared for part in _parts(name)}
    owners = metadata.packages_distributions()
    stray = {
        f"{module.path}: {top}"
        for module in HOUSE
        for top in {name.split(".")[0] for name, _ in module.imports()}
        if top not in sys.stdlib_module_names and top not in {"engine", "web"}
        if not {_normal(owner) for owner in owners.get(top, [])} & reachable
    }
    assert sorted(stray) == []


def _tracked() -> list[Path]:
    """Return what git keeps or would keep; a checkout may belong to somebody else than who runs the tests."""
    words = ("git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _leaks(path: Path) -> list[str]:
    text = path.read_bytes().decode(errors="ignore")
    return [f"{path.relative_to(ROOT)}: {leak}" for leak in LEAKS if leak in text]


def _rooms() -> list[str]:
    """Return the folders a newcomer meets: those at the top, and the packages of the engine."""
    top = {path.relative_to(ROOT).parts[0] for path in _tracked() if len(path.relative_to(ROOT).parts) > 1}
    inner = {path.parent.name for path in (ROOT / "engine").glob("*/__init__.py")}
    return sorted({f"{name}/" for name in top if not name.startswith(".")} | {f"{name}/" for name in inner})


def _setup() -> configparser.ConfigParser:
    setup = configparser.ConfigParser(interpolation=None)
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    return setup


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _parts(name: str) -> set[str]:
    """Return what a package brings along on any machine: its requirements that name no extra."""
    required = metadata.requires(name) or []
    return {_normal(re.split(r"[^\w.-]", line)[0]) for line in required if "extra ==" not in line}
