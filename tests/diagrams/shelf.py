"""What stands in bpmn/: matters, bundles, departments, sources, materials, diagrams."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.config import DEFAULT_REGION
from engine.services import registrar
from engine.spiff import deciding, dmn, parser, parts
from engine.spiff.deciding import Decisions
from engine.spiff.parts import Parts

BPMN = Path(__file__).parents[2] / "bpmn"


@cache
def matters() -> Mapping[str, Mapping[str, Any]]:
    """All matters (事项) by key."""
    return {path.parent.name: page(path) for path in sorted(BPMN.glob("matters/*/matter.yaml"))}


@cache
def bundles() -> Mapping[str, Mapping[str, Any]]:
    """All bundles (一件事) by key."""
    return {path.parent.name: page(path) for path in sorted(BPMN.glob("bundles/*/bundle.yaml"))}


@cache
def records() -> Mapping[str, Mapping[str, Any]]:
    """Matters and bundles together."""
    return {**matters(), **bundles()}


@cache
def named(sheet: str) -> Mapping[str, Any]:
    """One of the sheets beside them: departments, sources, materials."""
    told: Mapping[str, Any] = page(BPMN / f"{sheet}.yaml")
    return told


def grounds() -> frozenset[str]:
    """The grounds added to those of the law where these diagrams are at home."""
    return registrar.local_grounds(BPMN, DEFAULT_REGION)


def page(path: Path) -> Any:
    """Return what a YAML file says."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def drawings() -> list[Path]:
    """Every shipped diagram."""
    return sorted(BPMN.rglob("*.bpmn"))


def drawing(key: str) -> Path:
    """The diagram of that name."""
    (path,) = [path for path in drawings() if title(path) == key]
    return path


def title(path: Path) -> str:
    """What the tests call a diagram: its key."""
    return path.parent.name if path.name == "process.bpmn" else path.stem


@cache
def definition(key: str) -> parser.Definition:
    """Return the diagram of that name, read."""
    return read(drawing(key))


def read(path: Path) -> parser.Definition:
    """Return a shipped diagram, read with the decisions shipped beside it."""
    return parser.read(path.read_bytes(), decisions(), grounds(), shared())


@cache
def decisions() -> Decisions:
    """Every shipped decision by its id."""
    return deciding.gathered(dmn.read(path.read_bytes()) for path in rules())


@cache
def shared() -> Parts:
    """Every shipped process that others call in their own case, by what it is called."""
    return parts.gathered(path.read_bytes() for path in called())


def called() -> list[Path]:
    """The diagrams of shared processes: those beside the standard one."""
    return [path for path in sorted(BPMN.glob("common/*.bpmn")) if path.stem != "standard"]


def rules() -> list[Path]:
    """Every shipped decision file."""
    return sorted(BPMN.glob("rules/*.dmn"))


def process_of(matter: str) -> str:
    """The key of the diagram a matter runs: its own, or the standard one."""
    return str(matters()[matter]["process"])


def figures(record: Any, where: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every figure in a record, and where it stands."""
    if isinstance(record, dict):
        if "value" in record:
            yield where, record
        for key, inner in record.items():
            yield from figures(inner, f"{where}.{key}")
    elif isinstance(record, list):
        for number, inner in enumerate(record):
            yield from figures(inner, f"{where}[{number}]")
