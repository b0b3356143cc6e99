"""The reference interpreter: random block-structured processes, run by the book in sixty lines.

A block is a task, a sequence, a choice (x), a parallel (p) or inclusive (i) block, or a loop (l). A
task may carry a timer: interrupting (its handler takes the task's place) or not (its handler runs
beside everything and ends by itself). The interpreter shares no code with the engine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.spiff.diagrams import Diagram


@dataclass
class Block:
    """A block of a process."""

    kind: str
    name: str
    parts: list[Block] = field(default_factory=list)
    timer: bool | None = None  # None: none; True: interrupting


def random_block(chance: random.Random, depth: int, kinds: str, counter: list[int], timers: float) -> Block:
    """Return a random block."""
    counter[0] += 1
    name = str(counter[0])
    if depth == 0 or chance.random() < 0.25:
        return Block("t", f"t{name}", timer=chance.random() < 0.5 if chance.random() < timers else None)
    kind = chance.choice(kinds)
    count = 1 if kind == "l" else chance.randint(2, 3)
    return Block(
        kind, f"{kind}{name}", [random_block(chance, depth - 1, kinds, counter, timers) for _ in range(count)]
    )


def tasks(block: Block) -> Iterator[Block]:
    """Iterate over the tasks within."""
    if block.kind == "t":
        yield block
    for part in block.parts:
        yield from tasks(part)


def random_flags(chance: random.Random, block: Block, step: int) -> dict[str, Any]:
    """Return new answers for every gateway."""
    flags: dict[str, Any] = {}
    if block.kind == "x":
        flags[block.name] = chance.randrange(len(block.parts))
    elif block.kind == "i":
        flags.update({f"{block.name}_{n}": chance.random() < 0.5 for n in range(len(block.parts))})
    elif block.kind == "l":
        flags[block.name] = chance.random() < 0.45 and step < 60
    for part in block.parts:
        flags.update(random_flags(chance, part, step))
    return flags


# --- as a diagram -------------------------------------------------------------------------------


def draw(block: Block) -> Diagram:
    """Return *block* as a diagram."""
    diagram = Diagram("fuzz").start().end()
    last = _draw(diagram, block, ("begin", None, False))
    _connect(diagram, last, "done")
    return diagram


End = tuple[str, str | None, bool]


def _connect(diagram: Diagram, end: End, target: str) -> None:
    diagram.path(end[0], target, when=end[1], default=end[2])


def _draw(diagram: Diagram, block: Block, end: End) -> End:
    return {"t": _task, "s": _sequence, "l": _loop}.get(block.kind, _fork)(diagram, block, end)


def _task(diagram: Diagram, block: Block, end: End) -> End:
    name = block.name
    _connect(diagram, end, name)
    diagram.user(name)
    if block.timer is None:
        return name, None, False
    diagram.timer(f"{name}_timer", name, interrupting=block.timer).user(f"{name}_late")
    diagram.path(f"{name}_timer", f"{name}_late")
    if block.timer:
        diagram.gate("exclusive", f"{name}_met").path(f"{name}_late", f"{name}_met").path(name, f"{name}_met")
        return f"{name}_met", None, False
    diagram.end(f"{name}_end").path(f"{name}_late", f"{name}_end")
    return name, None, False


def _sequence(diagram: Diagram, block: Block, end: End) -> End:
    for part in block.parts:
        end = _draw(diagram, part, end)
    return end


def _loop(diagram: Diagram, block: Block, end: End) -> End:
    enter, leave = f"{block.name}_in", f"{block.name}_out"
    diagram.gate("exclusive", enter, leave)
    _connect(diagram, end, enter)
    _connect(diagram, _draw(diagram, block.parts[0], (enter, None, False)), leave)
    diagram.path(leave, enter, when=block.name)
    return leave, None, True


def _fork(diagram: Diagram, block: Block, end: End) -> End:
    kind = {"x": "exclusive", "p": "parallel", "i": "inclusive"}[block.kind]
    fork, join = f"{block.name}_fork", f"{block.name}_join"
    diagram.gate(kind, fork, join)
    _connect(diagram, end, fork)
    for number, part in enumerate(block.parts):
        when = {"x": f"{block.name} = {number}", "i": f"{block.name}_{number}"}.get(block.kind)
        default = block.kind in "xi" and number == 0
        branch: End = (fork, None if default else when, default)
        _connect(diagram, _draw(diagram, part, branch), join)
    return join, None, False


# --- by the book --------------------------------------------------------------------------------


class Running:
    """A block under way."""

    def __init__(self, block: Block, flags: Mapping[str, Any]) -> None:
        self.block = block
        self.done = False
        self.late = False
        self.armed = block.timer is not None
        chosen = {"s": block.parts[:1], "t": []}.get(block.kind)
        self.kids = [Running(part, flags) for part in (self._chosen(flags) if chosen is None else chosen)]

    def _chosen(self, flags: Mapping[str, Any]) -> list[Block]:
        parts, name = self.block.parts, self.block.name
        if self.block.kind == "x":
            return [parts[flags[name]]]
        if self.block.kind == "i":
            others = [part for number, part in enumerate(parts) if number and flags[f"{name}_{number}"]]
            return others or parts[:1]
        return parts

    def open(self) -> list[str]:
        """The tasks open now."""
        if self.done:
            return []
        if self.block.kind == "t":
            return [f"{self.block.name}_late" if self.late else self.block.name]
        return [name for kid in self.kids for name in kid.open()]

    def timers(self) -> list[str]:
        """The timers armed now."""
        if self.done:
            return []
        if self.block.kind == "t":
            return [f"{self.block.name}_timer"] if self.armed else []
        return [name for kid in self.kids for name in kid.timers()]

    def complete(self, name: str, flags: Mapping[str, Any]) -> bool:
        """Complete the open task *name*."""
        if self.done or name not in self.open():
            return False
        if self.block.kind == "t":
            self.done = True
            return True
        next(kid for kid in self.kids if name in kid.open()).complete(name, flags)
        if all(kid.done for kid in self.kids):
            self._finish(flags)
        return True

    def _finish(self, flags: Mapping[str, Any]) -> None:
        if self.block.kind == "l" and flags[self.block.name]:
            self.kids = [Running(self.block.parts[0], flags)]
        elif self.block.kind == "s" and len(self.kids) < len(self.block.parts):
            self.kids.append(Running(self.block.parts[len(self.kids)], flags))
        else:
            self.done = True

    def fire(self, name: str) -> bool:
        """Let a timer pass; return whether its handler runs beside (is not interrupting)."""
        if self.block.kind == "t":
            self.armed = False
            self.late = bool(self.block.timer)
            return not self.block.timer
        return next(kid for kid in self.kids if name in kid.timers()).fire(name)


class Reference:
    """A whole case by the book: the block, and the handlers that run beside it."""

    def __init__(self, block: Block, flags: Mapping[str, Any]) -> None:
        self.running = Running(block, flags)
        self.beside: list[str] = []

    def open(self) -> list[str]:
        return sorted([*self.running.open(), *self.beside])

    def timers(self) -> list[str]:
        return sorted(self.running.timers())

    def complete(self, name: str, flags: Mapping[str, Any]) -> None:
        if not self.running.complete(name, flags):
            self.beside.remove(name)

    def fire(self, name: str) -> None:
        if self.running.fire(name):
            self.beside.append(name.replace("_timer", "_late"))
