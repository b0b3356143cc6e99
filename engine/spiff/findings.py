"""A finding: what the checker saw, at which element, what it bars, and the way out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is: an error is a wrong drawing, a warning one that deserves a look."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Bar(StrEnum):
    """What a finding forbids; each forbids what comes after it too."""

    KEEPING = "keeping"
    RUNNING = "running"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a diagram; *message* is Chinese and names the way out.

    A rightly drawn diagram may still be barred: it may need what we do not run, or name nobody for a
    task. So what a finding *bars* is told beside how grave it is.
    """

    level: Level
    code: str
    element: str | None
    line: int | None
    message: str
    bars: Bar | None = None

    def barring(self, bar: Bar) -> "Finding":
        """Return the same finding as one that forbids *bar*."""
        return replace(self, bars=bar)


def error(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a finding that forbids publishing."""
    return Finding(Level.ERROR, code, element, line, message, Bar.PUBLISHING)


def warning(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a finding a designer should look at."""
    return Finding(Level.WARNING, code, element, line, message)


def info(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a remark on what was read differently from how it was drawn."""
    return Finding(Level.INFO, code, element, line, message)


def barred(findings: Iterable[Finding], *bars: Bar) -> tuple[Finding, ...]:
    """Return the findings that forbid one of *bars*; all that forbid anything where none is named."""
    return tuple(finding for finding in findings if finding.bars and (not bars or finding.bars in bars))
