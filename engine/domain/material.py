"""What a matter asks for (申请材料), what is there of it, and what is missing."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.domain.errors import Incomplete


class Standing(StrEnum):
    """How a required material stands on a case."""

    RECEIVED = "received"  # handed in (收到)
    SHARED = "shared"  # taken from a shared source, no paper asked (免提交)
    ISSUED = "issued"  # the result of a predecessor in the bundle (R-BUN-5)
    PROMISED = "promised"  # promised by a date (容缺, R-TOL-2)
    AWAITED = "awaited"  # a predecessor in the bundle will produce it (R-BUN-3)
    REJECTED = "rejected"  # looked at and found wanting (不符合)
    MISSING = "missing"  # not there


STANDING_NAMES = {
    Standing.RECEIVED: "收到",
    Standing.SHARED: "免提交",
    Standing.ISSUED: "前置结果",
    Standing.PROMISED: "容缺待补",
    Standing.AWAITED: "待前置办结",
    Standing.REJECTED: "不符合",
    Standing.MISSING: "缺少",
}

#: These stand in the way of nothing.
THERE = frozenset({Standing.RECEIVED, Standing.SHARED, Standing.ISSUED})
#: These may come after acceptance, but before the decision (R-TOL-3, R-BUN-3).
LATER = frozenset({Standing.PROMISED, Standing.AWAITED})


def holds(condition: str | None, flags: Mapping[str, Any]) -> bool:
    """Does a scenario *condition* hold? None always; ``flag`` when it is set; ``!flag`` when it is not."""
    if condition is None:
        return True
    if condition.startswith("!"):
        return not flags.get(condition[1:])
    return bool(flags.get(condition))


@dataclass(frozen=True, slots=True)
class Requirement:
    """One material of a matter. ``condition`` is a scenario flag, ``!flag`` its opposite."""

    code: str
    name: str
    secondary: bool
    source: str = "self"
    condition: str | None = None
    produced_by: str | None = None
    produced_at: str = "granted"
    trust: str = "C"
    tolerance: str | None = None

    def applies(self, flags: Mapping[str, Any]) -> bool:
        """Is it asked for under these scenario *flags*?"""
        return holds(self.condition, flags)


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement and how it stands."""

    requirement: Requirement
    standing: Standing
    file_id: int | None = None
    remark: str = ""

    @property
    def tolerable(self) -> bool:
        """May it come later against a promise (R-TOL-1: secondary only)?"""
        return self.requirement.secondary and self.standing in {Standing.MISSING, Standing.REJECTED}

    @property
    def blocks(self) -> bool:
        """Does it stand in the way of acceptance, promise or not?"""
        return not self.requirement.secondary and self.standing in {Standing.MISSING, Standing.REJECTED}


@dataclass(frozen=True, slots=True)
class Handed:
    """What the record says of one material code on a case, and where it was taken from if nobody brought it."""

    code: str
    standing: Standing
    file_id: int | None = None
    remark: str = ""
    holding_id: int | None = None
    licence_id: int | None = None


class Verdict(StrEnum):
    """The four ways out at the window (R-ACC-2), as far as materials decide them."""

    ACCEPT = "accept"
    TOLERATE = "tolerate"
    CORRECT = "correct"


def lines(
    requirements: Iterable[Requirement],
    flags: Mapping[str, Any],
    handed: Mapping[str, Handed],
    siblings: Mapping[str, str | None] = MappingProxyType({}),
) -> tuple[Line, ...]:
    """Lay the *handed* materials beside the *requirements* that apply.

    *siblings* are the matters of the same bundle that may still produce something, with the code of their
    result: what one of them produces is awaited, not missing (R-BUN-3, R-BUN-5).
    """
    return tuple(_line(r, handed.get(r.code), siblings) for r in requirements if r.applies(flags))


def _line(requirement: Requirement, handed: Handed | None, siblings: Mapping[str, str | None]) -> Line:
    if handed is not None and handed.standing is not Standing.MISSING:
        return Line(requirement, handed.standing, handed.file_id, handed.remark)
    if requirement.produced_by in siblings or requirement.code in siblings.values():
        return Line(requirement, Standing.AWAITED)
    return Line(requirement, Standing.MISSING)


def verdict(checked: Sequence[Line]) -> Verdict:
    """Say which way out the materials leave: accept, tolerate (R-TOL-1) or correct (R-ACC-1)."""
    if any(line.blocks for line in checked):
        return Verdict.CORRECT
    if any(line.tolerable for line in checked):
        return Verdict.TOLERATE
    return Verdict.ACCEPT


def defects(checked: Sequence[Line]) -> tuple[Line, ...]:
    """Everything a one-time notice (一次性告知) must name, all of it at once (R-ACC-1)."""
    return tuple(line for line in checked if line.blocks or line.tolerable)


def named(checked: Iterable[Line], codes: Container[str]) -> list[str]:
    """Return what the materials of *codes* are called."""
    return [line.requirement.name for line in checked if line.requirement.code in codes]


def rejected(checked: Iterable[Line], remarks: Mapping[str, str]) -> list[Handed]:
    """Return what was looked at and found wanting, each with its remark by code.

    Raises `Incomplete` for a code that is not asked for: only what the guide lists may be found wanting.
    """
    known = {line.requirement.code: line for line in checked}
    if unknown := sorted(set(remarks) - set(known)):
        raise Incomplete(
            f"清单内没有材料：{'、'.join(unknown)}；只能就清单内材料提出问题。",
            code="material.unknown",
            field="remarks",
        )
    return [
        Handed(code, Standing.REJECTED, known[code].file_id, remark or "不符合要求")
        for code, remark in remarks.items()
    ]


def outstanding(checked: Sequence[Line]) -> tuple[Line, ...]:
    """What must still come before a decision (R-TOL-3, R-BUN-3)."""
    return tuple(line for line in checked if line.standing not in THERE)
