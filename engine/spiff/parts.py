"""Shared processes (通用环节): a call to ``common/…`` is the called process drawn into the case that calls it.

A call of anything else begins a member of a bundle, which is a case of its own. What is shared lies beside the
caller as a version of its own; its steps keep their names, and the flags of the case are theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from engine.spiff import intake, reading
from engine.spiff.drawing import Drawing, Element, Process
from engine.spiff.findings import Bar, Finding, error, warning
from engine.spiff.lint_sheet import called

#: What a call of a shared process begins with.
PREFIX = "common/"
#: The shared processes at hand, by what they are called.
Parts = Mapping[str, Process]
NONE: Parts = MappingProxyType({})


def gathered(sources: Iterable[bytes]) -> Parts:
    """Return the main process of each of *sources*, by what it is called. Raises `Malformed` for what is no diagram."""
    mains = (reading.of(intake.tree(source)).main for source in sources)
    return {f"{PREFIX}{main.id}": main for main in mains if main is not None}


def key_of(name: str) -> str:
    """Return the key under which a shared process is kept."""
    return name.removeprefix(PREFIX)


def wanted(drawing: Drawing) -> frozenset[str]:
    """Return the shared processes that *drawing* calls."""
    return frozenset(name for process in drawing.processes for _, name in _calls(process))


def _calls(process: Process) -> Iterator[tuple[Element, str]]:
    for element in process.elements.values():
        name = called(element) if element.kind == "callActivity" else None
        if name and name.startswith(PREFIX):
            yield element, name


def expanded(drawing: Drawing, known: Parts) -> Drawing:
    """Return *drawing* with every call of a process *known* drawn out as a sub-process."""
    return Drawing(tuple(_expanded(process, known) for process in drawing.processes))


def _expanded(process: Process, known: Parts) -> Process:
    elements, flows, lanes = dict(process.elements), list(process.flows), dict(process.lanes)
    for call, name in _calls(process):
        part = known.get(name)
        if part is None or _clash(elements, part):
            continue
        part = _renamed(part, call.id, {*elements, *(flow.id for flow in flows)})
        elements[call.id] = replace(call, kind="subProcess", attributes=_plain(call))
        elements |= {
            each.id: each if each.scope else replace(each, scope=call.id) for each in part.elements.values()
        }
        flows += part.flows
        lanes |= part.lanes
    return replace(
        process,
        elements=MappingProxyType(elements),
        flows=tuple(flows),
        lanes=MappingProxyType(lanes),
    )


def _plain(call: Element) -> Mapping[str, str]:
    return {name: value for name, value in call.attributes.items() if name != "calledElement"}


def _clash(elements: Mapping[str, Element], part: Process) -> list[str]:
    return sorted(set(elements) & set(part.elements))


def _renamed(part: Process, call: str, taken: Set[str]) -> Process:
    """Flows are nobody's flags: one whose name is taken is called otherwise."""
    names = {flow.id: f"{call}.{flow.id}" for flow in part.flows if flow.id in taken}
    flows = tuple(replace(flow, id=names.get(flow.id, flow.id)) for flow in part.flows)
    elements = {
        each.id: replace(each, attributes={**each.attributes, "default": names[each.default]})
        if each.default in names
        else each
        for each in part.elements.values()
    }
    return replace(part, flows=flows, elements=elements)


def homes(source: bytes, sources: Iterable[bytes]) -> Mapping[str, str]:
    """Return in which call of the diagram *source* each step of what it calls is drawn; *sources* are what it calls."""
    main = reading.of(intake.tree(source)).main
    if main is None:
        return {}
    inside = _expanded(main, gathered(sources)).elements
    return {name: _home(inside, each) for name, each in inside.items() if name not in main.elements}


def _home(elements: Mapping[str, Element], element: Element) -> str:
    """The outermost scope around *element*: the call it was drawn into, for a call lies in no scope we expand."""
    while element.scope is not None:
        element = elements[element.scope]
    return element.id


def missing(drawing: Drawing, known: Parts) -> Iterator[Finding]:
    """Iterate over findings on the calls of *drawing* that could not be drawn out with what is *known*."""
    for process in drawing.processes:
        seen: set[str] = set()
        for call, name in _calls(process):
            part = known.get(name)
            if part is None:
                yield warning(
                    "call.unknown-part",
                    call.id,
                    call.line,
                    f"“{call.label}”调用的通用环节“{name}”不在；请一并给出或先发布它的流程图",
                ).barring(Bar.RUNNING)
                continue
            if call.takes or call.gives:
                yield error(
                    "call.carries",
                    call.id,
                    call.line,
                    f"“{call.label}”调用的通用环节与本流程共用变量，不能另写传入传出；请删去",
                ).barring(Bar.RUNNING)
            if name in seen or (same := _clash(process.elements, part)):
                told = "它在本流程里已经调用过" if name in seen else f"与它重名：{'、'.join(same[:5])}"
                yield error(
                    "call.clash",
                    call.id,
                    call.line,
                    f"“{call.label}”调用的通用环节“{name}”画不进来，{told}；请改名，或只调用一次",
                ).barring(Bar.RUNNING)
            seen.add(name)
