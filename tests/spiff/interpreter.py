"""The reference interpreter: random block-structured processes, run by the book in a hundred lines.

A block is a task, a sequence, a choice (x), a parallel (p) or inclusive (i) block, a loop (l), a
sub-process (u), or something done by many: a task at once (m) or one after another (q), a
sub-process at once (w). Tasks, sub-processes and what many do may carry a timer or hear a message:
interrupting (its handler takes the place of all inside) or not (its handler runs beside everything
and ends by itself; a message may come again).

Three kinds of sub-process have more to say: one holds an event sub-process (v), which takes the place
of all else or runs beside it; one may fail with an error (r) or only escalate (c), which is caught at
its edge. An event gateway (e) goes with the first of its events: a timer, or one of several messages.
The interpreter shares no code with the engine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.spiff.diagrams import Diagram, timed


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
    count = 1 if kind in "lu" + SPEAKING else chance.randint(2, 3)
    block = Block(
        kind, f"{kind}{name}", [random_block(chance, depth - 1, kinds, counter, timers) for _ in range(count)]
    )
    if kind == "v":
        block.timer, block.told = chance.random() < 0.5, chance.random() < 0.5
    return _event(chance, block, kinds, timers) if kind == "u" else block


def _event(chance: random.Random, block: Block, kinds: str, timers: float) -> Block:
    """Messages are heard only where there are sub-processes, so that older seeds mean what they meant."""
    block.timer = chance.random() < 0.5 if chance.random() < timers else None
    block.told = "u" in kinds and block.timer is not None and chance.random() < 0.5
    return block


#: Done by many: at once, one after another, each in a sub-process.
MANY = "mqw"
#: Sub-processes that hear, fail or escalate.
SPEAKING = "vrc"
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


def way(block: Block, name: str) -> list[Block]:
    """The blocks from *block* down to the one called *name*; none if it is not within."""
    if block.name == name:
        return [block]
    for part in block.parts:
        if found := way(part, name):
            return [block, *found]
    return []


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
    elif block.kind in "rc":
        flags[f"{block.name}_fails"] = chance.random() < 0.5
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
        for name, told in _events(each):
            if told:
                diagram.head(f'<bpmn:message id="{name}_message" name="{name}"/>')
        for kind in ("error", "escalation"):
            diagram.head(f'<bpmn:{kind} id="{each.name}_{kind}" {kind}Code="{each.name}"/>')
    return diagram


def _events(block: Block) -> Iterator[tuple[str, bool]]:
    """The events of a block that are waited for, and whether they are told: the others are timers."""
    if block.kind == "v":
        yield f"{block.name}_heard", block.told
    elif block.kind == "e":
        yield from ((f"{block.name}_c{number}", number > 0) for number in range(len(block.parts)))
    elif block.timer is not None:
        yield f"{block.name}_timer", block.told


def _event_xml(name: str, *, told: bool) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{name}_message"/>' if told else timed("P5D")


End = tuple[str, str | None, bool]


def _connect(diagram: Diagram, end: End, target: str) -> None:
    diagram.path(end[0], target, when=end[1], default=end[2])


def _draw(diagram: Diagram, block: Block, end: End) -> End:
    if block.kind in HOSTS:
        return _hosting(diagram, block, end)
    return DRAWN.get(block.kind, _fork)(diagram, block, end)


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
    words = {"attachedToRef": block.name, "cancelActivity": str(bool(block.timer)).lower()}
    for name, told in _events(block):
        diagram.element("boundaryEvent", name, _event_xml(name, told=told), **words)


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
    end = _draw(inner, block.parts[0], (f"{block.name}_begin", None, False))
    if block.kind in "rc":
        end = _failing(inner, block, end)
    _connect(inner, end, f"{block.name}_done")
    return _marked(inner, block.name) + (_beside(block) if block.kind == "v" else "")


def _marked(diagram: Diagram, mark: str) -> str:
    """The body of a diagram, its flows called otherwise than those around it."""
    return re.sub(r'="f(\d+)"', rf'="{mark}_\1"', diagram.body())


def _failing(inner: Diagram, block: Block, end: End) -> End:
    """After its part a sub-process fails or escalates, or it does not."""
    name = block.name
    inner.gate("exclusive", f"{name}_ok")
    _connect(inner, end, f"{name}_ok")
    if block.kind == "r":
        inner.end(f"{name}_up", f'<bpmn:errorEventDefinition errorRef="{name}_error"/>')
    else:
        up = f'<bpmn:escalationEventDefinition escalationRef="{name}_escalation"/>'
        inner.element("intermediateThrowEvent", f"{name}_up", up).end(f"{name}_over")
        inner.path(f"{name}_up", f"{name}_over")
    inner.path(f"{name}_ok", f"{name}_up", when=f"{name}_fails")
    return f"{name}_ok", None, True


def _beside(block: Block) -> str:
    """The event sub-process within a sub-process."""
    name = block.name
    inner = Diagram().user(f"{name}_answer").end(f"{name}_answered")
    words = {"isInterrupting": str(bool(block.timer)).lower()}
    inner.element("startEvent", f"{name}_heard", _event_xml(f"{name}_heard", told=block.told), **words)
    inside = _marked(inner.path(f"{name}_heard", f"{name}_answer", f"{name}_answered"), f"{name}v")
    return f'<bpmn:subProcess id="{name}_beside" triggeredByEvent="true">{inside}</bpmn:subProcess>'


def _speaking(diagram: Diagram, block: Block, end: End) -> End:
    """A sub-process that hears, fails or escalates, and what catches that at its edge."""
    name = block.name
    _connect(diagram, end, name)
    diagram.element("subProcess", name, _inside(block))
    if block.kind == "v":
        return name, None, False
    kind, handler = ("error", f"{name}_caught") if block.kind == "r" else ("escalation", f"{name}_told")
    event = f'<bpmn:{kind}EventDefinition {kind}Ref="{name}_{kind}"/>'
    words = {"attachedToRef": name, "cancelActivity": str(block.kind == "r").lower()}
    diagram.element("boundaryEvent", f"{name}_edge", event, **words)
    diagram.user(handler).path(f"{name}_edge", handler)
    if block.kind == "c":
        diagram.end(f"{name}_end").path(handler, f"{name}_end")
        return name, None, False
    diagram.gate("exclusive", f"{name}_met").path(handler, f"{name}_met").path(name, f"{name}_met")
    return f"{name}_met", None, False


def _choice(diagram: Diagram, block: Block, end: End) -> End:
    """An event gateway."""
    diagram.gate("eventBased", block.name).gate("exclusive", f"{block.name}_met")
    _connect(diagram, end, block.name)
    for part, (name, told) in zip(block.parts, _events(block), strict=True):
        diagram.element("intermediateCatchEvent", name, _event_xml(name, told=told))
        diagram.path(block.name, name)
        _connect(diagram, _draw(diagram, part, (name, None, False)), f"{block.name}_met")
    return f"{block.name}_met", None, False


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


DRAWN = {"s": _sequence, "l": _loop, "e": _choice, "v": _speaking, "r": _speaking, "c": _speaking}


# --- by the book --------------------------------------------------------------------------------

#: What a handler in the scope around is called.
Handlers = list[str]


class Running:
    """A block under way. What it does may leave handlers for the scope around it."""

    def __init__(self, block: Block, flags: Mapping[str, Any]) -> None:
        self.block = block
        self.done = False
        self.late = ""  # what took the place of all inside
        self.armed = block.timer is not None
        self.beside: Handlers = []
        self.passed = False  # an error or an escalation was looked for
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
        if self.block.kind == "e":
            return []
        return parts[:1] if self.block.kind in "sq" else parts

    @classmethod
    def at(cls, way: Sequence[Block], flags: Mapping[str, Any]) -> Running | None:
        """The first block of *way* with its one token on the last; None where a token alone cannot be."""
        running = cls(way[0], flags)
        if len(way) == 1:
            return running
        inside = cls.at(way[1:], flags)
        if inside is None or way[0].kind not in "sxle":
            return None
        done = way[0].parts.index(way[1]) if way[0].kind == "s" else 0
        running.kids = [cls(part, flags) for part in way[0].parts[:done]]
        for kid in running.kids:
            kid.done = True
        running.kids.append(inside)
        return running

    def open(self) -> list[str]:
        """The tasks open now."""
        if self.done:
            return []
        if self.late:
            return [self.late]
        if self.block.kind == "t":
            return [self.block.name]
        return [*(self._called(name) for kid in self.kids for name in kid.open()), *self.beside]

    def _called(self, name: str) -> str:
        """A task done by many goes by the name of the whole; one in a sub-process by its own."""
        return self.block.name if self.block.kind in "mq" else name

    def listens(self) -> Iterator[tuple[str, bool]]:
        """Iterate over the events waited for within, and whether they are told."""
        if self.done or self.late:
            return
        if self.armed or (self.block.kind == "e" and not self.kids):
            yield from _events(self.block)
        for kid in self.kids:
            yield from kid.listens()

    def complete(self, name: str, flags: Mapping[str, Any]) -> Handlers:
        """Complete the open task *name*."""
        if self.block.kind == "t" or self.late:
            self.done = True
            return []
        inner = self.block.parts[0].name if self.block.kind in "mq" else name
        left: Handlers = []
        if name in self.beside:
            self.beside.remove(name)
        else:
            left = next(kid for kid in self.kids if inner in kid.open()).complete(inner, flags)
        if self.block.kind in SCOPES:
            self.beside += left
            left = []
        return left + self._go_on(flags)

    def _go_on(self, flags: Mapping[str, Any]) -> Handlers:
        done = all(kid.done for kid in self.kids)
        if self.block.kind in MANY:
            self._count(flags)
        elif self.block.kind in "rc" and done and not self.passed:
            return self._fail(flags)
        elif done and not self.beside:
            self._finish(flags)
        return []

    def _fail(self, flags: Mapping[str, Any]) -> Handlers:
        self.passed = True
        fails = flags[f"{self.block.name}_fails"]
        if fails and self.block.kind == "r":
            self.late = f"{self.block.name}_caught"
            return []
        self.done = not self.beside
        return [f"{self.block.name}_told"] if fails else []

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

    def fire(self, name: str, flags: Mapping[str, Any]) -> Handlers:
        """Let a timer pass or a message come."""
        own = [event for event, _ in _events(self.block)]
        if name not in own:
            left = next(kid for kid in self.kids if name in dict(kid.listens())).fire(name, flags)
            if self.block.kind in SCOPES:
                self.beside += left
                return []
            return left
        if self.block.kind == "e":
            self.kids = [Running(self.block.parts[own.index(name)], flags)]
            return []
        handler = f"{self.block.name}_{'answer' if self.block.kind == 'v' else 'late'}"
        self.armed = self.block.told
        if self.block.timer:
            self.late = handler
            return []
        if self.block.kind == "v":
            self.beside.append(handler)
            return []
        return [handler]


#: Sub-processes: what runs beside something in them ends with them.
SCOPES = "u" + SPEAKING


class Reference:
    """A whole case by the book: the block, and the handlers that run beside it."""

    def __init__(self, block: Block, flags: Mapping[str, Any]) -> None:
        self.running = Running(block, flags)
        self.beside: Handlers = []

    @property
    def ended(self) -> bool:
        return self.running.done and not self.beside

    def open(self) -> list[str]:
        return sorted([*self.running.open(), *self.beside])

    def timers(self) -> list[str]:
        return sorted(name for name, told in self.running.listens() if not told)

    def messages(self) -> list[str]:
        return sorted(name for name, told in self.running.listens() if told)

    def complete(self, name: str, flags: Mapping[str, Any]) -> None:
        if name in self.beside:
            self.beside.remove(name)
        else:
            self.beside += self.running.complete(name, flags)

    def fire(self, name: str, flags: Mapping[str, Any]) -> None:
        self.beside += self.running.fire(name, flags)

    def rename(self, names: Mapping[str, str]) -> None:
        """Handlers that run beside go by the names of their blocks."""
        beside, todo = [self.beside], [self.running]
        while todo:
            running = todo.pop()
            beside.append(running.beside)
            running.late = names.get(running.late, running.late)
            todo += running.kids
        for handlers in beside:
            handlers[:] = [names.get(name, name) for name in handlers]

    # --- jumps

    def jump(self, whole: Block, of: str, to: str, flags: Mapping[str, Any]) -> bool:
        """Let the token of *of* go to *to*, with its whole branch; return whether that is sound."""
        host = of.removesuffix("_late")
        here, there = way(whole, host), way(whole, to)
        outside = host != of and here[-1].kind == "u"  # the handler of a sub-process runs around it
        shared = _shared(here[:-1] if outside else here, there)
        branch = next((n for n in range(len(shared) - 1, 0, -1) if shared[n - 1].kind in "piuw"), 0)
        seated = Running.at(there[branch:], flags)
        return seated is not None and self._replace(shared[: branch + 1], seated)

    def _replace(self, path: list[Block], seated: Running) -> bool:
        """Put *seated* where the last block of *path* runs, unless that was left already."""
        beside, running = self.beside, self.running
        for n, block in enumerate(path[1:], 1):
            if running.done:
                return False
            beside = running.beside if running.block.kind == "u" else beside
            kids = [k for k, kid in enumerate(running.kids) if kid.block is block]
            found = next((k for k in kids if not running.kids[k].done), kids[-1])
            if n == len(path) - 1:
                running.kids[found] = seated
            running = running.kids[found]
        if len(path) == 1:
            self.running = seated
        beside[:] = [name for name in beside if not _on_level(path[-1], name.removesuffix("_late"))]
        return True


def _shared(left: list[Block], right: list[Block]) -> list[Block]:
    return [one for one, other in zip(left, right, strict=False) if one is other]


def _on_level(block: Block, host: str) -> bool:
    """Claim that *host* is within *block* and in no sub-process within."""
    found = way(block, host)
    return bool(found) and all(each.kind not in "uw" for each in found[:-1])
