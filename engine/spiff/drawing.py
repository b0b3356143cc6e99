"""What a diagram says, as plain values: elements and flows with their lines, nothing compiled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from engine.spiff import dialect
from engine.spiff.intake import BPMN, line_of, text_of

T = TypeVar("T")

#: Elements of a process that carry no token and change nothing in a run.
DECORATION = frozenset(
    {
        "association",
        "auditing",
        "category",
        "correlationSubscription",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "incoming",
        "ioSpecification",
        "laneSet",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "performer",
        "potentialOwner",
        "property",
        "resourceRole",
        "standardLoopCharacteristics",
        "supportedInterfaceRef",
        "textAnnotation",
        "supports",
        "dataInputAssociation",
        "dataOutputAssociation",
    }
)
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
TIMES = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}


@dataclass(frozen=True, slots=True)
class Event:
    """What an event listens for, says or does: ``timer``, ``message``, ``signal``, ``terminate`` …"""

    kind: str
    name: str = ""
    time: str = "duration"
    text: str = ""
    lost: str | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node as drawn."""

    id: str
    kind: str
    name: str
    line: int | None
    scope: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    event: Event | None = None
    loop: bool = False
    help: str | None = None
    inserted: bool = False

    @property
    def default(self) -> str | None:
        """The id of the flow taken when no condition holds."""
        return self.attributes.get("default")

    @property
    def host(self) -> str | None:
        """The activity a boundary event hangs on."""
        return self.attributes.get("attachedToRef")

    @property
    def interrupts(self) -> bool:
        """Claim that this boundary event ends its activity."""
        return self.attributes.get("cancelActivity", "true") != "false"

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow as drawn."""

    id: str
    source: str
    target: str
    line: int | None
    condition: str | None = None
    name: str = ""
    inserted: bool = False


@dataclass(frozen=True)
class Process:
    """One process: its elements by id, in document order, sub-processes unfolded."""

    id: str
    name: str
    line: int | None
    executable: bool | None
    elements: Mapping[str, Element]
    flows: tuple[Flow, ...]
    lanes: Mapping[str, str]
    words: Mapping[str, str]

    def leaving(self, element: str) -> Sequence[Flow]:
        """Return the flows out of *element* in document order."""
        return self._out.get(element, ())

    def entering(self, element: str) -> Sequence[Flow]:
        """Return the flows into *element* in document order."""
        return self._in.get(element, ())

    def attached(self, element: str) -> Sequence[str]:
        """Return the boundary events on *element* in document order."""
        return self._hosted.get(element, ())

    @cached_property
    def _out(self) -> dict[str, list[Flow]]:
        return _grouped((flow.source, flow) for flow in self.flows)

    @cached_property
    def _in(self) -> dict[str, list[Flow]]:
        return _grouped((flow.target, flow) for flow in self.flows)

    @cached_property
    def _hosted(self) -> dict[str, list[str]]:
        return _grouped((each.host, each.id) for each in self.elements.values() if each.host is not None)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole file: its processes, and every id that was used twice, with the line of the second use."""

    processes: tuple[Process, ...]
    twice: tuple[tuple[str, int | None], ...]

    @property
    def main(self) -> Process | None:
        """The one executable process, or the first."""
        executable = [process for process in self.processes if process.executable]
        return next(iter(executable or self.processes), None)


def of(root: etree._Element) -> Drawing:
    """Read the processes of a definitions element."""
    names = {str(node.get("id")): node.get("name") or "" for node in root if node.get("id")}
    processes = tuple(_process(node, names) for node in root if _tag(node) == "process")
    return Drawing(processes, tuple(_twice(root)))


def _tag(node: etree._Element) -> str:
    space, local = dialect.split(str(node.tag))
    return local if space == BPMN else ""


def _twice(root: etree._Element) -> Iterator[tuple[str, int | None]]:
    seen: set[str] = set()
    for node in root.iter(f"{{{BPMN}}}*"):
        name = node.get("id")
        if name is not None and name in seen:
            yield name, line_of(node)
        if name is not None:
            seen.add(name)


def _process(node: etree._Element, names: Mapping[str, str]) -> Process:
    reader = _Reader(names)
    reader.scope(node, None)
    executable = node.get("isExecutable")
    return Process(
        id=node.get("id") or f"process.{line_of(node)}",
        name=node.get("name") or node.get("id") or "",
        line=line_of(node),
        executable=None if executable is None else executable == "true",
        elements=MappingProxyType(reader.elements),
        flows=tuple(reader.flows),
        lanes=MappingProxyType(dict(_lanes(node))),
        words=dialect.words(node),
    )


def _lanes(process: etree._Element) -> Iterator[tuple[str, str]]:
    """Outer lanes come first, so that the innermost name wins."""
    for lane in process.iter(f"{{{BPMN}}}lane"):
        for reference in lane:
            if _tag(reference) == "flowNodeRef" and reference.text:
                yield reference.text.strip(), lane.get("name") or lane.get("id") or ""


class _Reader:
    """Gathers the elements and flows of one process."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.elements: dict[str, Element] = {}
        self.flows: list[Flow] = []

    def scope(self, node: etree._Element, scope: str | None) -> None:
        for child in node:
            tag = _tag(child)
            if tag == "sequenceFlow":
                self.flows.append(_flow(child))
            elif tag and tag not in DECORATION:
                self.element(child, tag, scope)

    def element(self, node: etree._Element, tag: str, scope: str | None) -> None:
        element = Element(
            id=node.get("id") or f"{tag}.{line_of(node)}",
            kind=tag,
            name=" ".join((node.get("name") or "").split()),
            line=line_of(node),
            scope=scope,
            attributes={str(name): str(value) for name, value in node.attrib.items()},
            words=dialect.words(node),
            event=_event(node, self.names),
            loop=any(_tag(child) in LOOPS for child in node),
            help=_documentation(node),
        )
        self.elements.setdefault(element.id, element)
        if tag in SCOPES:
            self.scope(node, element.id)


def _flow(node: etree._Element) -> Flow:
    condition = next((child for child in node if _tag(child) == "conditionExpression"), None)
    text = None if condition is None else text_of(condition)
    return Flow(
        id=node.get("id") or "",
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        line=line_of(node),
        condition=text or None,
        name=" ".join((node.get("name") or "").split()),
    )


def _documentation(node: etree._Element) -> str | None:
    for child in node:
        if _tag(child) == "documentation":
            return text_of(child) or None
    return None


def _event(node: etree._Element, names: Mapping[str, str]) -> Event | None:
    definitions = [child for child in node if _tag(child).endswith(("EventDefinition", "EventDefinitionRef"))]
    if not definitions:
        return None
    if len(definitions) > 1 or _tag(definitions[0]) == "eventDefinitionRef":
        return Event("multiple")
    kind = _tag(definitions[0]).removesuffix("EventDefinition")
    return _timer(definitions[0]) if kind == "timer" else _told(kind, node, definitions[0], names)


def _told(kind: str, node: etree._Element, definition: etree._Element, names: Mapping[str, str]) -> Event:
    """An event goes by what its reference is called, or by its own name; a reference may be lost."""
    for attribute in ("messageRef", "signalRef", "errorRef", "escalationRef"):
        reference = definition.get(attribute)
        if reference:
            local = reference.rpartition(":")[2]
            lost = None if local in names else reference
            return Event(kind, names.get(local) or reference, lost=lost)
    return Event(kind, definition.get("name") or node.get("name") or "")


def _timer(definition: etree._Element) -> Event:
    for child in definition:
        if _tag(child) in TIMES:
            return Event("timer", time=TIMES[_tag(child)], text=text_of(child))
    return Event("timer")
