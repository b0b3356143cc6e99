"""A process as read becomes a plan: one step for each element, two for one that is repeated."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff import (
    activities,
    dialect,
    events,
    gateways,
    idioms,
    loops,
    nodes,
    occasions,
    scripts,
    tokens,
)
from engine.spiff.deciding import NONE, Decisions
from engine.spiff.drawing import Element, Event, Flow, Process
from engine.spiff.feel import Expression
from engine.spiff.nodes import Path, Step

#: The name of the step of one member of a repeated activity; no id in XML ends like this.
EACH = "\x01each"
#: Elements of which a person is not asked when plain tasks are passed.
PLAIN = frozenset({"task", "manualTask"})


def plan_of(process: Process, decisions: Decisions = NONE, *, auto: bool = False) -> tokens.Plan:
    """Return the plan of *process*, which asks *decisions*; with *auto* its plain tasks are passed."""
    plan = tokens.Plan(process.id)
    asked = {element.asks.decision for element in process.elements.values() if element.asks is not None}
    plan.decisions = {name: model for name, model in decisions.items() if name in asked}
    plan.start = nodes.Root(plan, tokens.ROOT)
    for element in process.elements.values():
        _build(plan, process, element, auto=auto)
    for name, element in process.elements.items():
        _connect(plan, process, plan.task_specs[name], element)
    for element in process.elements.values():
        _place(plan, process, element)
    _reaches(plan, process)
    _starts(plan, process)
    _features(plan, process)
    return plan


def _build(plan: tokens.Plan, process: Process, element: Element, *, auto: bool) -> None:
    words: dict[str, Any] = {"shown": not element.inserted, "bpmn_name": element.label}
    build: Build = activities.Pass if auto and element.kind in PLAIN else _kind(process, element)
    if element.loop is None:
        build(plan, element.id, **words)
        return
    build(plan, element.id + EACH, **{**words, "shown": False, "node": element.id})
    _repeated(plan, element, each=element.id + EACH, **words)


def _connect(plan: tokens.Plan, process: Process, step: Step, element: Element) -> None:
    flows = process.leaving(element.id)
    step.leads([_path(flow, element) for flow in flows for _ in range(_quantity(element))])
    step.entries = frozenset(flow.id for flow in process.entering(element.id))
    step.attached = tuple(
        name for name in process.attached(element.id) if not _is(process.elements[name], "compensate")
    )
    doing = plan.task_specs[element.id + EACH] if element.loop else step
    doing.undo = element.undo


def _quantity(element: Element) -> int:
    return int(element.attributes.get("completionQuantity", "1"))


def _path(flow: Flow, source: Element) -> Path:
    condition = idioms.compile_(flow.condition) if flow.condition else None
    return Path(flow.id, flow.target, condition, flow.id == source.default, not flow.inserted)


def _is(element: Element, kind: str) -> bool:
    return element.event is not None and element.event.kind == kind


# --- where a scope begins, and what listens in it -----------------------------------------------


def _holder(plan: tokens.Plan, process: Process, scope: str | None) -> Any:
    """Return what holds the tokens of *scope*: the plan itself, or the step of the sub-process."""
    if scope is None:
        return plan
    return plan.task_specs[scope + EACH if process.elements[scope].loop else scope]


def _place(plan: tokens.Plan, process: Process, element: Element) -> None:
    if element.kind != "startEvent" or element.scope is None:
        return
    home = process.elements[element.scope]
    around = _holder(plan, process, home.scope)
    if isinstance(plan.task_specs[element.id], events.EventStart):
        around.listeners = (*around.listeners, element.id)
        return
    if home.aside and isinstance(around, Step):
        around.undo = home.id
    inside = _holder(plan, process, element.scope)
    inside.inner = (*inside.inner, element.id)


def _starts(plan: tokens.Plan, process: Process) -> None:
    """A process begins at its plain start, or where it is told to; else it waits there from the start."""
    outer = [each for each in process.elements.values() if each.scope is None]
    drawn = [each for each in outer if each.kind == "startEvent"]
    told = [each for each in drawn if each.event is not None]
    born = [each for each in outer if each.begins]
    plain = [each for each in drawn if each.event is None]
    begins = plain or told[:1] or born[:1]
    plan.starts = tuple(plan.task_specs[each.id] for each in begins)
    plan.triggers = tuple(
        tokens.Trigger(part.kind, part.name, each.id)
        for each in [*told, *_catchers(process, born)]
        if each.event is not None
        for part in each.event.all
        if part.kind in ("message", "signal")
    )


def _catchers(process: Process, born: Iterable[Element]) -> Iterable[Element]:
    """A receive task that begins a case, or the events after a gateway that does."""
    for element in born:
        if element.kind == "eventBasedGateway":
            yield from (process.elements[flow.target] for flow in process.leaving(element.id))
        else:
            yield element


def _reaches(plan: tokens.Plan, process: Process) -> None:
    before: dict[str, list[str]] = {}
    for flow in process.flows:
        before.setdefault(flow.target, []).append(flow.source)
    for element in process.elements.values():
        if element.host is not None:
            before.setdefault(element.id, []).append(element.host)
    for element in process.elements.values():
        gate = plan.task_specs[element.id]
        if isinstance(gate, gateways.Reaching):
            inputs = [(flow.id, flow.source) for flow in process.entering(element.id)]
            gate.reach = gateways.reach(inputs, before, element.id)
            plan.inclusive = plan.inclusive or len(inputs) > 1


def _features(plan: tokens.Plan, process: Process) -> None:
    kinds = {part.kind for each in process.elements.values() if each.event for part in each.event.all}
    plan.conditional = "conditional" in kinds
    plan.compensates = bool(kinds & {"compensate", "cancel"})
    plan.layered = any(each.loop for each in process.elements.values())


# --- kinds --------------------------------------------------------------------------------------

Build = Callable[..., Any]


def _kind(process: Process, element: Element) -> Build:
    if element.kind == "startEvent":
        return _start(process, element)
    make = KINDS[element.kind]
    return make(element) if make in MADE else make


def _start(process: Process, element: Element) -> Build:
    home = process.elements.get(element.scope or "")
    if element.event is None or _is(element, "compensate"):
        return events.Start
    if home is not None and home.aside:
        interrupts = element.attributes.get("isInterrupting", "true") != "false" or _is(element, "error")
        listens = partial(events.EventStart, event_definition=_definition(element))
        return partial(listens, home=home.id, interrupts=interrupts)
    return _catch(element) if _is(element, "timer") else events.Start


def _throw(element: Element) -> Build:
    if _is(element, "compensate"):
        assert element.event is not None
        return partial(activities.Compensate, about=element.event.about)
    return partial(events.Throw, event_definition=_definition(element))


def _catch(element: Element) -> Build:
    return partial(events.Catch, event_definition=_definition(element))


def _boundary(element: Element) -> Build:
    if _is(element, "compensate"):
        return Step
    ends = element.interrupts or _is(element, "error")
    return partial(events.Boundary, event_definition=_definition(element), cancel_activity=ends)


def _end(element: Element) -> Build:
    event = element.event
    if event is None:
        return events.End
    ends: dict[str, Build] = {
        "terminate": partial(events.Terminate, reach=event.reach),
        "error": partial(events.ErrorEnd, code=event.name),
        "cancel": partial(activities.Cancel, about=None),
    }
    return ends[event.kind]


def _complex(element: Element) -> Build:
    return partial(gateways.Complex, when=_optional(element.extras.get("activationCondition")))


def _script(element: Element) -> Build:
    return partial(activities.Assign, sets=scripts.assignments(element))


def _deciding(element: Element) -> Build:
    assert element.asks is not None
    return partial(activities.Decide, question=element.asks)


def _serving(element: Element) -> Build:
    return activities.External if element.asks is None else _deciding(element)


def _gathering(element: Element) -> Build:
    return partial(gateways.Quantity, count=int(element.attributes["startQuantity"]))


def _definition(element: Element) -> EventDefinition:
    if element.event is None:
        return occasions.Nothing(element.id)
    parts = tuple(_part(element, event) for event in element.event.all)
    return parts[0] if len(parts) == 1 else occasions.Several(element.id, parts, every=element.event.every)


def _part(element: Element, event: Event) -> EventDefinition:
    if event.kind == "timer":
        calendar = dialect.calendar_of(event.text, element.words.get("calendar"))
        return occasions.Deadline(element.id, event.time, event.text, calendar)
    if event.kind == "conditional":
        return occasions.When(element.id, idioms.compile_(event.condition or ""))
    return occasions.Told(event.kind, event.name, idioms.pieces(event.name))


def _optional(text: str | None) -> Expression | None:
    return idioms.compile_(text) if text else None


def _repeated(plan: tokens.Plan, element: Element, **words: Any) -> Step:
    loop = element.loop
    assert loop is not None
    if not loop.many:
        most = int(loop.most) if loop.most else None
        holds = _optional(loop.until)
        return loops.Again(plan, element.id, holds=holds, before=loop.before, most=most, **words)
    many = loops.Many(
        sequential=loop.sequential,
        count=_optional(loop.count),
        items=_optional(loop.items),
        item=loop.item,
        until=_optional(loop.until),
        outcomes=tuple(dialect.outcomes(element.words.get("outcomes"))),
    )
    return loops.Multiple(plan, element.id, loop=many, **words)


#: How each kind of element is compiled.
KINDS: dict[str, Build] = {
    "endEvent": _end,
    "userTask": activities.Person,
    "manualTask": activities.Person,
    "task": activities.Person,
    "callActivity": activities.External,
    "subProcess": activities.Scope,
    "transaction": activities.Transaction,
    "scriptTask": _script,
    "businessRuleTask": _deciding,
    "serviceTask": _serving,
    "sendTask": _throw,
    "receiveTask": _catch,
    "exclusiveGateway": gateways.Exclusive,
    "parallelGateway": gateways.Parallel,
    "inclusiveGateway": gateways.Inclusive,
    "complexGateway": _complex,
    "eventBasedGateway": gateways.Waiting,
    "quantityGateway": _gathering,
    "intermediateThrowEvent": _throw,
    "intermediateCatchEvent": _catch,
    "boundaryEvent": _boundary,
}
#: Those that first look at the element.
MADE = frozenset({_end, _script, _deciding, _serving, _throw, _catch, _complex, _gathering, _boundary})
