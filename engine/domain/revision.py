"""What changes from one version of the catalogue to another: 减事项、减材料 (rulebook §1.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.bundle import length
from engine.domain.limit import Limit
from engine.domain.material import Requirement
from engine.domain.matter import requirements, terms

#: The records of a catalogue, by key; every one of the same kind.
Records = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Revision:
    """What became of one matter: *before* or *after* is None where it is new or gone; materials by name."""

    key: str
    name: str
    fewer: tuple[str, ...]
    more: tuple[str, ...]
    promised: tuple[Limit | None, Limit | None]
    is_new: bool = False
    is_gone: bool = False

    @property
    def is_faster(self) -> bool:
        """Is less time promised than before?"""
        before, after = self.promised
        return before is not None and after is not None and length(after) < length(before)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many matters there are, how many materials they ask for, and how many of these the applicant brings."""

    matters: int
    materials: int
    brought: int


def totals(records: Records) -> Totals:
    """Count what a catalogue asks for."""
    asked = [each for record in records.values() for each in requirements(record)]
    return Totals(len(records), len(asked), sum(_is_brought(each) for each in asked))


def revisions(before: Records, after: Records) -> tuple[Revision, ...]:
    """Return what became of each matter that changed in what it asks or promises, by key."""
    found = (_revision(key, before.get(key), after.get(key)) for key in sorted({*before, *after}))
    return tuple(each for each in found if each is not None)


def _revision(key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Revision | None:
    had, has = _brought(old), _brought(new)
    promised = (_promised(old), _promised(new))
    changed = Revision(
        key,
        (new or old or {})["name"],
        fewer=tuple(name for code, name in had.items() if code not in has),
        more=tuple(name for code, name in has.items() if code not in had),
        promised=promised,
        is_new=old is None,
        is_gone=new is None,
    )
    same = not (changed.fewer or changed.more or changed.is_new or changed.is_gone)
    return None if same and promised[0] == promised[1] else changed


def _promised(record: Mapping[str, Any] | None) -> Limit | None:
    return None if record is None else terms(record).promised


def _brought(record: Mapping[str, Any] | None) -> dict[str, str]:
    """The materials the applicant himself brings, by code; what comes to be shared counts as one fewer."""
    return {each.code: each.name for each in requirements(record or {}) if _is_brought(each)}


def _is_brought(requirement: Requirement) -> bool:
    return requirement.source == "self"
