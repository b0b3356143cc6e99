"""Import rules: a drawing other editors accept becomes one that runs; each change is reported.

The stored source is never touched; what is changed here is only the reading of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from engine.spiff import feel, idioms
from engine.spiff.drawing import SCOPES, Drawing, Element, Event, Flow, Process
from engine.spiff.findings import Finding, info
from engine.spiff.runnable import ACTIVITIES

EVENTS = frozenset({"startEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"})
#: What an end event may say before it ends.
SAYS = frozenset({"signal", "message", "escalation", "compensate", "multiple"})
#: What forks without a gateway when several flows leave it.
FORKS = ACTIVITIES | EVENTS
#: What runs once for each token when several flows enter it.
MERGES = ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent"}


def drawing(drawn: Drawing) -> tuple[Drawing, tuple[Finding, ...]]:
    """Return *drawn* as it will be run, and what was changed in the reading."""
    works = [_Work(process) for process in drawn.processes]
    read = tuple(work.done() for work in works)
    return replace(drawn, processes=read), tuple(finding for work in works for finding in work.findings)


class _Work:
    """One process on the bench: its elements and flows, changed rule by rule."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.elements = dict(process.elements)
        self.flows = dict(enumerate(process.flows))
        self.taken = {*process.elements, *(flow.id for flow in process.flows)}
        self.findings: list[Finding] = []

    def done(self) -> Process:
        for rule in RULES:
            rule(self)
        elements: Mapping[str, Element] = MappingProxyType(self.elements)
        return replace(self.process, elements=elements, flows=tuple(self.flows.values()))

    def say(self, code: str, element: str | None, line: int | None, message: str) -> None:
        self.findings.append(info(code, element, line, message))

    def fresh(self, wanted: str) -> str:
        name = next(name for name in _numbered(wanted) if name not in self.taken)
        self.taken.add(name)
        return name

    def gateway(self, kind: str, beside: Element, wanted: str) -> Element:
        gate = Element(self.fresh(wanted), kind, beside.name, beside.line, scope=beside.scope, inserted=True)
        self.elements[gate.id] = gate
        return gate

    def connect(self, source: str, target: str, line: int | None) -> None:
        name = self.fresh(f"{source}.{target}")
        self.flows[len(self.flows)] = Flow(name, source, target, line, inserted=True)

    def change(self, number: int, **changes: object) -> None:
        self.flows[number] = replace(self.flows[number], **changes)  # type: ignore[arg-type]  # by name

    def by(self, end: str) -> dict[str, list[int]]:
        grouped: dict[str, list[int]] = defaultdict(list)
        for number, flow in self.flows.items():
            grouped[getattr(flow, end)].append(number)
        return grouped


def _numbered(wanted: str) -> Iterable[str]:
    yield wanted
    number = 2
    while True:
        yield f"{wanted}.{number}"
        number += 1


def executable(work: _Work) -> None:
    """``isExecutable`` false or absent is what drawing tools write; it is run all the same."""
    if not work.process.executable:
        process = work.process
        work.say("bpmn.not-executable", process.id, process.line, "流程未标为可执行，已按可执行读入")


def nameless_flows(work: _Work) -> None:
    """A sequence flow without an id is legal; it gets one."""
    for number, flow in list(work.flows.items()):
        if not flow.id:
            name = work.fresh(f"{flow.source}.{flow.target}")
            work.change(number, id=name, inserted=True)
            work.say("flow.no-id", name, flow.line, f"连线没有标识，已按“{name}”读入")


def links(work: _Work) -> None:
    """A pair of link events is a flow that was not drawn through."""
    catches = {name: element for element, name in _linked(work, "intermediateCatchEvent")}
    for element, name in _linked(work, "intermediateThrowEvent"):
        if name in catches:
            work.connect(element.id, catches[name].id, element.line)
            work.elements[element.id] = replace(element, event=None)
            work.say("event.link", element.id, element.line, f"链接事件“{element.label}”已按直接连线读入")
    thrown = {flow.target for flow in work.flows.values()}
    for element in catches.values():
        if element.id in thrown:
            work.elements[element.id] = replace(element, kind="intermediateThrowEvent", event=None)


def _linked(work: _Work, kind: str) -> list[tuple[Element, str]]:
    return [
        (element, element.event.name)
        for element in work.elements.values()
        if element.kind == kind and element.event is not None and element.event.kind == "link"
    ]


def conditions(work: _Work) -> None:
    """``${a == 'b'}`` and ``= a`` are read as FEEL."""
    for number, flow in list(work.flows.items()):
        if flow.condition is None:
            continue
        condition = idioms.plain(flow.condition)
        if condition != flow.condition:
            work.change(number, condition=condition)
            work.say("feel.translated", flow.id, flow.line, f"条件“{flow.condition}”已按“{condition}”读入")


def timers(work: _Work) -> None:
    """A timer written as a quoted text or with a leading ``=`` means the text."""
    for element in list(work.elements.values()):
        for event in element.event.all if element.event is not None else ():
            text = _unquoted(event).text
            if text != event.text:
                work.say("timer.quoted", element.id, element.line, f"时限“{event.text}”已按“{text}”读入")
        if element.event is not None:
            parts = tuple(map(_unquoted, element.event.parts))
            work.elements[element.id] = replace(element, event=replace(_unquoted(element.event), parts=parts))


def _unquoted(event: Event) -> Event:
    if event.kind != "timer":
        return event
    return replace(event, text=feel.translated(event.text).strip("\"'").strip())


def unnamed(work: _Work) -> None:
    """A receive task that names no message waits for one called as it is."""
    for element in list(work.elements.values()):
        if element.kind == "receiveTask" and element.event is None:
            work.elements[element.id] = replace(element, event=Event("message", element.label))
            said = f"“{element.label}”没有说明等哪个消息，已按等待名为“{element.label}”的消息读入"
            work.say("task.no-message", element.id, element.line, said)


def splits(work: _Work) -> None:
    """Several flows out of an activity fork; conditions on them choose."""
    for source, numbers in work.by("source").items():
        element = work.elements.get(source)
        chooses = any(work.flows[number].condition for number in numbers)
        if element is None or element.kind not in FORKS or not (len(numbers) > 1 or chooses):
            continue
        kind = "inclusiveGateway" if chooses else "parallelGateway"
        gate = work.gateway(kind, element, f"{source}.split")
        if element.default is not None:
            work.elements[gate.id] = replace(gate, attributes={"default": element.default})
        for number in numbers:
            work.change(number, source=gate.id)
        work.connect(source, gate.id, element.line)
        work.say(
            "flow.implicit-split", source, element.line, f"“{element.label}”直接分出多条线，已补一个分支网关"
        )


def merges(work: _Work) -> None:
    """Several flows into an activity, a loop back onto itself among them, meet before it."""
    for target, numbers in work.by("target").items():
        element = work.elements.get(target)
        if element is None or element.kind not in MERGES or len(numbers) < 2:
            continue
        gate = work.gateway("exclusiveGateway", element, f"{target}.merge")
        for number in numbers:
            work.change(number, target=gate.id)
        work.connect(gate.id, target, element.line)
        work.say(
            "flow.implicit-merge", target, element.line, f"“{element.label}”前有多条线汇入，已补一个汇合网关"
        )


def speaking_ends(work: _Work) -> None:
    """An end event that says something says it and ends."""
    for element in list(work.elements.values()):
        if element.kind == "endEvent" and element.event is not None and element.event.kind in SAYS:
            work.elements[element.id] = replace(element, kind="intermediateThrowEvent")
            end = Element(
                work.fresh(f"{element.id}.end"), "endEvent", element.name, element.line,
                scope=element.scope, inserted=True,
            )  # fmt: skip
            work.elements[end.id] = end
            work.connect(element.id, end.id, element.line)


def starts(work: _Work) -> None:
    """A scope without a start event begins at whatever nothing leads to."""
    entered = {flow.target for flow in work.flows.values()}
    for scope in [None, *(each.id for each in work.process.elements.values() if each.kind in SCOPES)]:
        within = [each for each in work.process.elements.values() if each.scope == scope]
        if any(each.kind == "startEvent" or each.begins for each in within):
            continue
        first = [each for each in within if each.id not in entered and each.host is None and not each.aside]
        home = work.process.elements.get(scope or "")
        if not first or (home is not None and (home.kind == "adHocSubProcess" or home.aside)):
            continue
        start = Element(
            work.fresh(f"{scope or work.process.id}.start"), "startEvent", "", first[0].line,
            scope=scope, inserted=True,
        )  # fmt: skip
        work.elements[start.id] = start
        for each in first:
            work.connect(start.id, each.id, each.line)


def quantities(work: _Work) -> None:
    """An activity that starts with several tokens waits for them before it."""
    for target, numbers in work.by("target").items():
        element = work.elements.get(target)
        count = element.attributes.get("startQuantity", "1") if element is not None else "1"
        if element is not None and element.kind in ACTIVITIES and count.isdecimal() and int(count) > 1:
            gate = work.gateway("quantityGateway", element, f"{target}.tokens")
            work.elements[gate.id] = replace(gate, attributes={"startQuantity": count})
            for number in numbers:
                work.change(number, target=gate.id)
            work.connect(gate.id, target, element.line)


#: The rules, in the order they are applied.
RULES = (
    executable, nameless_flows, links, speaking_ends, starts, conditions, timers, unnamed, splits, quantities, merges,
)  # fmt: skip
