"""Bytes become a Definition: examined, normalised, compiled once, then shared read-only."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from engine.domain.errors import Malformed
from engine.spiff import compiling, deciding, dialect, lint, parts, scripts, tokens
from engine.spiff.deciding import NONE, Decisions
from engine.spiff.drawing import Element, Process
from engine.spiff.findings import Finding
from engine.spiff.graph import Graph
from engine.spiff.parts import Parts


@dataclass(frozen=True, slots=True)
class Node:
    """What a diagram says of one of its nodes."""

    id: str
    name: str
    kind: str
    lane: str | None = None
    role: str | None = None
    dept: str | None = None
    stage: str | None = None
    limit: str | None = None
    warn: str | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None
    suspends: str | None = None
    officers: int = 1
    bulk: bool = False
    called: str | None = None
    takes: tuple[tuple[str, str], ...] = ()
    gives: tuple[tuple[str, str], ...] = ()
    releases: str = "granted"
    papers: tuple[str, ...] = ()
    asks: str | None = None
    act: str | None = None
    help: str | None = None
    vote: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A diagram that can be run: what it is called and made of, which flags it sets, and its compiled plan."""

    process: str
    name: str
    processes: tuple[tuple[str, str], ...]
    nodes: Mapping[str, Node]
    sets: frozenset[str]
    findings: tuple[Finding, ...]
    source: str
    graph: Graph = field(repr=False, compare=False)
    plan: tokens.Plan = field(repr=False, compare=False)

    def asks(self, flag: str) -> bool:
        """Does the way the process goes depend on *flag*?"""
        named = re.compile(rf"\b{re.escape(flag)}\b")
        return any(flow.condition and named.search(flow.condition) for flow in self.graph.process.flows)


def read(
    source: bytes, decisions: Decisions = NONE, grounds: Collection[str] = (), shared: Parts = parts.NONE
) -> Definition:
    """Return the Definition of *source*, or raise Malformed with findings that name the elements.

    *decisions* are those its tasks may ask; a task whose decision is not among them is refused. *grounds* are
    told to the lint. *shared* are the processes it may call in its own case.
    """
    examined = lint.examine(source, decisions, grounds, shared)
    _refuse(examined.stops, examined)
    main = examined.drawing.main
    assert main is not None
    return _definition(source, examined, main, decisions)


def read_all(
    source: bytes, decisions: Decisions = NONE, shared: Parts = parts.NONE, *, auto: bool = False
) -> tuple[Definition, ...]:
    """Return a Definition of each process of *source* that is meant to run, the main one first.

    With *auto* plain tasks are passed. A pool with nothing in it is nobody to play with; raises
    Malformed if a process that is meant to run cannot.
    """
    examined = lint.examine(source, decisions, shared=shared)
    _refuse(examined.stops, examined)
    main = examined.drawing.main
    others = [each for each in examined.drawing.processes if each is not main and each.elements]
    for process in others:
        if process.executable is not False:
            _refuse(lint.stops(process), examined)
    played = [each for each in others if not lint.stops(each)]
    assert main is not None
    return tuple(_definition(source, examined, each, decisions, auto=auto) for each in (main, *played))


def _refuse(stops: Sequence[Finding], examined: lint.Examined) -> None:
    if stops:
        first = stops[0]
        raise Malformed(first.message, code=first.code, element=first.element, findings=examined.findings)


def _definition(
    source: bytes, examined: lint.Examined, process: Process, decisions: Decisions, *, auto: bool = False
) -> Definition:
    return Definition(
        process=process.id,
        name=process.name,
        processes=tuple((each.id, each.name) for each in examined.drawing.processes),
        nodes=MappingProxyType(
            {each.id: _node(process, each) for each in process.elements.values() if not each.inserted}
        ),
        sets=frozenset(_sets(process)) | frozenset(deciding.sets(process, decisions)),
        findings=examined.findings,
        source=sha256(source).hexdigest(),
        graph=Graph(process),
        plan=compiling.plan_of(process, decisions, auto=auto),
    )


def _sets(process: Process) -> Iterator[str]:
    """Iterate over the flags that this process itself may set, results of its tasks before all."""
    for element in process.elements.values():
        yield element.id
        yield from (f"{element.id}_{outcome}" for outcome in dialect.outcomes(element.words.get("outcomes")))
        yield from (target for _, target in element.gives)
        if element.kind == "scriptTask":
            yield from (name for name, _ in scripts.assignments(element))
        if element.loop is not None:
            yield from COUNTED if element.loop.item is None else (*COUNTED, element.loop.item)


#: What the members of a loop, and its conditions, see beside the flags.
COUNTED = ("loopCounter", "nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances")


def _node(process: Process, element: Element) -> Node:
    said = element.words
    roles = lint.roles(element)
    return Node(
        id=element.id,
        name=element.label,
        kind=element.event.kind if element.event else element.kind,
        lane=process.lanes.get(element.id),
        role=roles[0] if roles else None,
        dept=said.get("dept"),
        stage=said.get("stage"),
        limit=said.get("limit"),
        warn=said.get("warn"),
        outcomes=MappingProxyType(dialect.outcomes(said.get("outcomes"))),
        form=said.get("form"),
        suspends=said.get("suspends"),
        officers=int(officers) if (officers := said.get("officers", "")).isdecimal() else 1,
        bulk=said.get("bulk") == "true",
        called=lint.called(element) if element.kind == "callActivity" else None,
        takes=element.takes,
        gives=element.gives,
        releases=said.get("releases", "granted"),
        papers=element.papers,
        asks=element.asks.decision if element.asks else None,
        act=said.get("act"),
        help=element.help,
        vote=said.get("vote"),
    )
