"""Bytes become a Definition: examined, normalised, compiled once, then shared read-only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.domain.errors import Malformed
from engine.spiff import dialect, feel, lint, nodes, tokens
from engine.spiff.drawing import Element, Flow, Process
from engine.spiff.findings import Finding
from engine.spiff.graph import Graph


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
    releases: str = "granted"
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A diagram that can be run: what it is called, what it is made of, and its compiled plan."""

    process: str
    name: str
    processes: tuple[tuple[str, str], ...]
    nodes: Mapping[str, Node]
    findings: tuple[Finding, ...]
    source: str
    graph: Graph = field(repr=False, compare=False)
    plan: tokens.Plan = field(repr=False, compare=False)


def read(source: bytes) -> Definition:
    """Return the Definition of *source*, or raise Malformed with findings that name the elements."""
    examined = lint.examine(source)
    if examined.stops:
        first = examined.stops[0]
        raise Malformed(first.message, code=first.code, element=first.element, findings=examined.findings)
    main = examined.drawing.main
    assert main is not None
    return Definition(
        process=main.id,
        name=main.name,
        processes=tuple((process.id, process.name) for process in examined.drawing.processes),
        nodes=MappingProxyType(
            {each.id: _node(main, each) for each in main.elements.values() if not each.inserted}
        ),
        findings=examined.findings,
        source=sha256(source).hexdigest(),
        graph=Graph(main),
        plan=_plan(main),
    )


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
        releases=said.get("releases", "granted"),
        help=element.help,
    )


# --- compiling ----------------------------------------------------------------------------------


def _plan(process: Process) -> tokens.Plan:
    plan = tokens.Plan(process.id)
    plan.start = nodes.Root(plan, tokens.ROOT)
    for element in process.elements.values():
        KINDS[element.kind](plan, element)
    for name, element in process.elements.items():
        spec = plan.task_specs[name]
        spec.leads([_path(flow, element) for flow in process.leaving(name)])
        spec.entries = frozenset(flow.id for flow in process.entering(name))
        spec.attached = tuple(process.attached(name))
    _starts(plan, process)
    _reaches(plan, process)
    return plan


def _path(flow: Flow, source: Element) -> nodes.Path:
    condition = feel.compile_(flow.condition) if flow.condition else None
    return nodes.Path(flow.id, flow.target, condition, flow.id == source.default, not flow.inserted)


def _starts(plan: tokens.Plan, process: Process) -> None:
    for element in process.elements.values():
        if element.kind == "startEvent" and element.scope is not None:
            scope = plan.task_specs[element.scope]
            scope.inner = (*scope.inner, element.id)
        elif element.kind == "startEvent":
            plan.starts = (*plan.starts, plan.task_specs[element.id])


def _reaches(plan: tokens.Plan, process: Process) -> None:
    before: dict[str, list[str]] = {}
    for flow in process.flows:
        before.setdefault(flow.target, []).append(flow.source)
    for element in process.elements.values():
        if element.kind == "inclusiveGateway":
            inputs = [(flow.id, flow.source) for flow in process.entering(element.id)]
            plan.task_specs[element.id].reach = nodes.reach(inputs, before, element.id)
            plan.inclusive = plan.inclusive or len(inputs) > 1


Build = Callable[[tokens.Plan, Element], Any]


def _simple(spec: Callable[..., nodes.Step]) -> Build:
    return lambda plan, element: spec(plan, element.id, shown=not element.inserted, bpmn_name=element.label)


def _event(spec: Callable[..., nodes.Step]) -> Build:
    def build(plan: tokens.Plan, element: Element) -> nodes.Step:
        return spec(
            plan, element.id, shown=not element.inserted, bpmn_name=element.label,
            event_definition=_definition(element),
        )  # fmt: skip

    return build


def _boundary(plan: tokens.Plan, element: Element) -> nodes.Step:
    return nodes.Boundary(
        plan, element.id, bpmn_name=element.label,
        event_definition=_definition(element), cancel_activity=element.interrupts,
    )  # fmt: skip


def _definition(element: Element) -> EventDefinition:
    event = element.event
    if event is None:
        return nodes.Nothing()
    if event.kind == "timer":
        calendar = dialect.calendar_of(event.text, element.words.get("calendar"))
        return nodes.Deadline(element.id, event.time, event.text, calendar)
    return nodes.Told(event.name)


def _end(plan: tokens.Plan, element: Element) -> nodes.Step:
    spec = nodes.Terminate if element.event else nodes.End
    return spec(plan, element.id, shown=not element.inserted, bpmn_name=element.label)


#: How each kind of element is compiled.
KINDS: dict[str, Build] = {
    "startEvent": _simple(nodes.Start),
    "endEvent": _end,
    "userTask": _simple(nodes.Person),
    "manualTask": _simple(nodes.Person),
    "task": _simple(nodes.Person),
    "callActivity": _simple(nodes.External),
    "subProcess": _simple(nodes.Scope),
    "exclusiveGateway": _simple(nodes.Exclusive),
    "parallelGateway": _simple(nodes.Parallel),
    "inclusiveGateway": _simple(nodes.Inclusive),
    "intermediateThrowEvent": _event(nodes.Throw),
    "intermediateCatchEvent": _event(nodes.Catch),
    "boundaryEvent": _boundary,
}
