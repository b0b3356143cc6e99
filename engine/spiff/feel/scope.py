"""Where an expression looks names up, and how much one turn of evaluation may spend."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from engine.spiff.feel.values import Value, over

#: What one turn may spend: steps of loops and calls, seconds, calls within calls.
STEPS = 50_000
SECONDS = 1.0
CALLS = 40


class Turn:
    """One evaluation from the outside: its budget, and the moment it takes place at, if it may know."""

    __slots__ = ("at", "calls", "steps", "until")

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at
        self.steps = STEPS
        self.calls = 0
        self.until = monotonic() + SECONDS

    def step(self, count: int = 1) -> None:
        """Spend *count* steps."""
        self.steps -= count
        if self.steps < 0 or (not self.steps & 63 and monotonic() > self.until):
            over("循环太多")

    def enter(self) -> None:
        """Go one call deeper."""
        self.step()
        self.calls += 1
        if self.calls > CALLS:
            over("调用层数太多")

    def leave(self) -> None:
        """Come back from a call."""
        self.calls -= 1


class Scope:
    """Names on top of names: what is not here is looked up outside."""

    __slots__ = ("outer", "own", "turn")

    def __init__(self, own: dict[str, Value], outer: "Scope | Mapping[str, Any] | None", turn: Turn) -> None:
        self.own = own
        self.outer = outer
        self.turn = turn

    def get(self, name: str) -> Value:
        """Return what *name* means here; unknown is null."""
        if name in self.own:
            return self.own[name]
        return self.outer.get(name) if self.outer is not None else None

    def within(self, own: dict[str, Value]) -> "Scope":
        """Return a scope inside this one."""
        return Scope(own, self, self.turn)
