"""A finding: what the checker saw, at which element, and the way out."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is: an error must not be published."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a diagram; *message* is Chinese and names the way out."""

    level: Level
    code: str
    element: str | None
    line: int | None
    message: str


def error(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a finding that forbids publishing."""
    return Finding(Level.ERROR, code, element, line, message)


def warning(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a finding a designer should look at."""
    return Finding(Level.WARNING, code, element, line, message)


def info(code: str, element: str | None, line: int | None, message: str) -> Finding:
    """Return a remark on what was read differently from how it was drawn."""
    return Finding(Level.INFO, code, element, line, message)
