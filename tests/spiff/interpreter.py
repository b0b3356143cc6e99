"""The reference interpreter: random block-structured processes, run by the book in a hundred lines.

A block is a task, a sequence, a choice (x), a parallel (p) or inclusive (i) block, a loop (l), a
sub-process (u), or something done by many: a task at once (m) or one after another (q), a
sub-process at once (w). Tasks, sub-processes and what many do may carry a timer or hear a message:
interrupting (its handler takes the place of all inside) or not (its handler runs beside everything
and ends by itself; a message may come again). The interpreter shares no code with the engine.
"""

from __future__ import annotations

import random
import re
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
    told: bool = False  # hears a message in place of the timer


def random_block(chance: random.Random, depth: int, kinds: str, counter: list[int], timers: float) -> Block:
    """Return a random block."""
    counter[0] += 1
    name = str(counter[0])
    if depth == 0 or chance.random() < 0.25:
        return _event(chance, Block("t", f"t{name}"), kinds, timers)
    kind = chance.choice(kinds)
    if kind in MANY:
        return _event(chance, Block(kind, f"{kind}{name}", [Block("t", f"t{name}")]), kinds, timers)
    count = 1 if kind in "lu" else chance.randint(2, 3)
    block = Block(
        kind, f"{kind}{name}", [random_block(chance, depth - 1, kinds, counter, timers) for _ in range(count)]
    )
    return _event(chance, block, kinds, timers) if kind == "u" else block


def _event(chance: random.Random, block: Block, kinds: str, timers: float) -> Block:
    """Messages are heard only where there are sub-processes, so that older seeds mean what they meant."""
    block.timer = chance.random() < 0.5 if chance.random() < timers else None
    block.told = "u" in kinds and block.timer is not None and chance.random() < 0.5
    return block


#: Done by many: at once, one after another, each in a sub-process.
MANY = "mqw"
#: What a timer may hang on.
HOSTS = "tu" + MANY


def tasks(block: Block) -> Iterator[Block]:
    """Iterate over the tasks within."""
    if block.kind == "t":
        yield block
    for part in block.parts:
        yield from tasks(part)


def blocks(block: Block) -> Iterator[Block]:
    """Iterate over all blocks within."""
    yield block
    for part in block.parts:
        yield from blocks(part)


def random_flags(chance: random.Random, block: Block, step: int) -> dict[str, Any]:
    """Return new answers for every gateway."""
    flags: dict[str, Any] = {}
    if block.kind == "x":
        flags[block.name] = chance.randrange(len(block.parts))
    elif block.kind == "i":
        flags.update({f"{block.name}_{n}": chance.random() < 0.5 for n in range(len(block.parts))})
    elif block.kind == "l":
        flags[block.name] = chance.random() < 0.45 and step < 60
    elif block.kind in MANY:
        flags[block.name] = chance.randint(1, 3)
        flags[f"{block.name}_any"] = chance.random() < 0.2
    for part in block.parts:
        flags.update(random_flags(chance, part, step))
    return flags


# --- as a diagram -------------------------------------------------------------------------------


def draw(block: Block) -> Diagram:
    """Return *block* as a diagram."""
    diagram = Diagram("fuzz").start().end()
    last = _draw(diagram, block, ("begin", None, False))
    _connect(diagram, last, "done")
    for each in blocks(block):
        if each.told:
            diagram.head(f'<bpmn:message id="{each.name}_message" name="{each.name}_timer"/>')
    return diagram


End = tuple[str, str | None, bool]


def _connect(diagram: Diagram, end: End, target: str) -> None:
    diagram.path(end[0], target, when=end[1], default=end[2])


def _draw(diagram: Diagram, block: Block, end: End) -> End:
    if block.kind in HOSTS:
        return _hosting(diagram, block, end)
    return {"s": _sequence, "l": _loop}.get(block.kind, _fork)(diagram, block, end)


def _hosting(diagram: Diagram, block: Block, end: End) -> End:
    name = block.name
    _connect(diagram, end, name)
    tag = "subProcess" if block.kind in "uw" else "userTask"
    diagram.element(
        tag, name, (_many(block) if block.kind in MANY else "") + (_inside(block) if tag[0] == "s" else "")
    )
    if block.timer is None:
        return name, None, False
    _bound(diagram, block)
    diagram.user(f"{name}_late").path(f"{name}_timer", f"{name}_late")
    if block.timer:
        diagram.gate("exclusive", f"{name}_met").path(f"{name}_late", f"{name}_met").path(name, f"{name}_met")
        return f"{name}_met", None, False
    diagram.end(f"{name}_end").path(f"{name}_late", f"{name}_end")
    return name, None, False


def _bound(diagram: Diagram, block: Block) -> None:
    name = block.name
    if not block.told:
        diagram.timer(f"{name}_timer", name, interrupting=bool(block.timer))
        return
    event = f'<bpmn:messageEventDefinition messageRef="{name}_message"/>'
    words = {"attachedToRef": name, "cancelActivity": str(bool(block.timer)).lower()}
    diagram.element("boundaryEvent", f"{name}_timer", event, **words)


def _many(block: Block) -> str:
    sequential = str(block.kind == "q").lower()
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<bpmn:loopCardinality>{block.name}</bpmn:loopCardinality>"
        f"<bpmn:completionCondition>{block.name}_any</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def _inside(block: Block) -> str:
    inner = Diagram().start(f"{block.name}_begin").end(f"{block.name}_done")
    _connect(inner, _draw(inner, block.parts[0], (f"{block.name}_begin", None, False)), f"{block.name}_done")
    return re.sub(r'="f(\d+)"', rf'="{block.name}_\1"', inner.body())


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
        self.beside: list[str] = []
        self.size = flags[block.name] if block.kind in MANY else 0
        self.kids = [Running(part, flags) for part in self._first(flags)]

    def _first(self, flags: Mapping[str, Any]) -> list[Block]:
        parts, name = self.block.parts, self.block.name
        if self.block.kind == "x":
            return [parts[flags[name]]]
        if self.block.kind == "i":
            others = [part for number, part in enumerate(parts) if number and flags[f"{name}_{number}"]]
            return others or parts[:1]
        if self.block.kind in "mw":
            return parts * self.size
        return parts[:1] if self.block.kind in "sq" else parts

    def open(self) -> list[str]:
        """The tasks open now."""
        if self.done:
            return []
        if self.late:
            return [f"{self.block.name}_late"]
        if self.block.kind == "t":
            return [self.block.name]
        return [*(self._called(name) for kid in self.kids for name in kid.open()), *self.beside]

    def _called(self, name: str) -> str:
        """A task done by many goes by the name of the whole; one in a sub-process by its own."""
        return self.block.name if self.block.kind in "mq" else name

    def armed_here(self) -> Iterator[Running]:
        """Iterate over the blocks within whose timer or message is waited for."""
        if self.done or self.late:
            return
        if self.armed:
            yield self
        for kid in self.kids:
            yield from kid.armed_here()

    def armed_names(self) -> list[str]:
        """The events waited for within."""
        return [f"{each.block.name}_timer" for each in self.armed_here()]

    def complete(self, name: str, flags: Mapping[str, Any]) -> bool:
        """Complete the open task *name*."""
        if self.done or name not in self.open():
            return False
        if self.block.kind == "t" or self.late:
            self.done = True
            return True
        inner = self.block.parts[0].name if self.block.kind in "mq" else name
        if name in self.beside:
            self.beside.remove(name)
        else:
            next(kid for kid in self.kids if inner in kid.open()).complete(inner, flags)
        if self.block.kind in MANY:
            self._count(flags)
        elif all(kid.done for kid in self.kids) and not self.beside:
            self._finish(flags)
        return True

    def _count(self, flags: Mapping[str, Any]) -> None:
        if flags[f"{self.block.name}_any"] or sum(kid.done for kid in self.kids) == self.size:
            self.done = True
        elif self.block.kind == "q":
            self.kids.append(Running(self.block.parts[0], flags))

    def _finish(self, flags: Mapping[str, Any]) -> None:
        if self.block.kind == "l" and flags[self.block.name]:
            self.kids = [Running(self.block.parts[0], flags)]
        elif self.block.kind == "s" and len(self.kids) < len(self.block.parts):
            self.kids.append(Running(self.block.parts[len(self.kids)], flags))
        else:
            self.done = True

    def fire(self, name: str) -> bool:
        """Let a timer pass or a message come; return whether its handler is to run in the scope around."""
        if self.armed and name == f"{self.block.name}_timer":
            self.armed = self.block.told
            self.late = bool(self.block.timer)
            return not self.block.timer
        kid = next(kid for kid in self.kids if name in kid.armed_names())
        if kid.fire(name):
            if self.block.kind != "u":
                return True
            self.beside.append(name.replace("_timer", "_late"))
        return False


class Reference:
    """A whole case by the book: the block, and the handlers that run beside it."""

    def __init__(self, block: Block, flags: Mapping[str, Any]) -> None:
        self.running = Running(block, flags)
        self.beside: list[str] = []

    def open(self) -> list[str]:
        return sorted([*self.running.open(), *self.beside])

    def timers(self) -> list[str]:
        return sorted(f"{each.block.name}_timer" for each in self.running.armed_here() if not each.block.told)

    def messages(self) -> list[str]:
        return sorted(f"{each.block.name}_timer" for each in self.running.armed_here() if each.block.told)

    def complete(self, name: str, flags: Mapping[str, Any]) -> None:
        if not self.running.complete(name, flags):
            self.beside.remove(name)

    def fire(self, name: str) -> None:
        if self.running.fire(name):
            self.beside.append(name.replace("_timer", "_late"))
