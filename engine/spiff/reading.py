"""From a tree to a drawing: what BPMN says in elements and vendors say in words of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from lxml import etree

from engine.spiff import asking, dialect
from engine.spiff.drawing import SCOPES, Drawing, Element, Event, Flow, Loop, Process
from engine.spiff.intake import BPMN, line_of, text_of

#: The elements beside the processes, by id: messages, signals, errors, definitions of events.
Shared = Mapping[str, etree._Element]  # noqa: SLF001  (the only name lxml has for it)

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
#: Words of vendors' namespaces that have an engine run something outside the diagram.
RUNS = frozenset(
    {
        "calledDecision",
        "class",
        "connector",
        "decisionRef",
        "delegateExpression",
        "executionListener",
        "expression",
        "inputOutput",
        "ioMapping",
        "script",
        "skipExpression",
        "taskDefinition",
        "taskListener",
        "topic",
        "type",
        "variableMappingClass",
        "variableMappingDelegateExpression",
    }
)
#: Child elements of a node whose text matters to a run.
EXTRAS = frozenset({"activationCondition", "completionCondition", "script"})
TIMES = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}
REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef")


def of(root: etree._Element) -> Drawing:
    """Read the processes of a definitions element."""
    shared = {str(node.get("id")): node for node in root if node.get("id")}
    processes = tuple(_process(node, shared) for node in root if _tag(node) == "process")
    return Drawing(processes)


def _tag(node: etree._Element) -> str:
    space, local = dialect.split(str(node.tag))
    return local if space == BPMN else ""


def _process(node: etree._Element, shared: Shared) -> Process:
    papers = {
        str(data.get("id")): " ".join((data.get("name") or "").split())
        for data in node.iter(f"{{{BPMN}}}dataObjectReference", f"{{{BPMN}}}dataObject")
    }
    reader = _Reader(shared, papers)
    reader.scope(node, None)
    reader.associations(node)
    executable = _truth(node, "isExecutable")
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

    def __init__(self, shared: Shared, papers: Mapping[str, str]) -> None:
        self.shared = shared
        self.papers = papers
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
        asks = asking.question(node)
        element = Element(
            id=node.get("id") or f"{tag}.{line_of(node)}",
            kind=tag,
            name=" ".join((node.get("name") or "").split()),
            line=line_of(node),
            scope=scope,
            attributes={str(name): _attribute(str(name), str(value)) for name, value in node.attrib.items()},
            words=dialect.words(node),
            event=_event(node, self.shared),
            loop=_loop(node),
            help=_documentation(node),
            vendor=tuple(word for word in _vendor(node) if asks is None or word not in asking.WORDS),
            takes=tuple(_carried(node, "in")),
            gives=tuple(_carried(node, "out")),
            papers=tuple(self.handed(node)),
            extras={_tag(child): text_of(child) for child in node if _tag(child) in EXTRAS},
            asks=asks,
        )
        self.elements.setdefault(element.id, element)
        if tag in SCOPES:
            self.scope(node, element.id)

    def handed(self, node: etree._Element) -> Iterator[str]:
        """Iterate over the names of the data objects that flow into *node*."""
        for link in node:
            if _tag(link) == "dataInputAssociation":
                names = [self.papers.get(text_of(end), "") for end in link if _tag(end) == "sourceRef"]
                yield from filter(None, names)

    def associations(self, node: etree._Element) -> None:
        """A compensation event leads to its activity by an association, not by a flow."""
        for link in node.iter(f"{{{BPMN}}}association"):
            source = self.elements.get(link.get("sourceRef") or "")
            target = link.get("targetRef") or ""
            if source is not None and source.event is not None and source.event.kind == "compensate":
                host = self.elements.get(source.host or "")
                if host is not None and target in self.elements:
                    self.elements[host.id] = replace(host, undo=target)


#: XML writes a truth in two ways; these attributes are truths.
TRUTHS = {"1": "true", "0": "false"}
FLAGS = frozenset(
    {
        *("cancelActivity", "instantiate", "isExecutable", "isForCompensation", "isInterrupting"),
        *("isSequential", "parallelMultiple", "testBefore", "triggeredByEvent", "waitForCompletion"),
    }
)


def _attribute(name: str, value: str) -> str:
    return TRUTHS.get(value.strip(), value) if name in FLAGS else value


def _truth(node: etree._Element, name: str) -> str | None:
    """Return "true" or "false" as *node* says it, or None where it says nothing."""
    said = node.get(name)
    return None if said is None else _attribute(name, said)


def _flow(node: etree._Element) -> Flow:
    condition = _child(node, "conditionExpression")
    return Flow(
        id=node.get("id") or "",
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        line=line_of(node),
        condition=_text(node, "conditionExpression") if condition is not None else None,
        name=" ".join((node.get("name") or "").split()),
    )


def _child(node: etree._Element, tag: str) -> etree._Element | None:
    return next((child for child in node if _tag(child) == tag), None)


def _text(node: etree._Element, tag: str) -> str | None:
    child = _child(node, tag)
    return (text_of(child) or None) if child is not None else None


def _documentation(node: etree._Element) -> str | None:
    return _text(node, "documentation")


# --- events -------------------------------------------------------------------------------------


def _event(node: etree._Element, shared: Shared) -> Event | None:
    """The events of a node; a send or receive task is one for the message it names."""
    if _tag(node) in ("sendTask", "receiveTask"):
        return _told("message", node, node, shared) if node.get("messageRef") else None
    parts = tuple(_events(node, shared))
    if len(parts) < 2:
        return parts[0] if parts else None
    return Event("multiple", parts=parts, every=_truth(node, "parallelMultiple") == "true")


def _events(node: etree._Element, shared: Shared) -> Iterator[Event]:
    """A definition may stand outside and only be referred to."""
    for child in node:
        tag = _tag(child)
        if tag == "eventDefinitionRef":
            name = text_of(child).rpartition(":")[2]
            found = shared.get(name)
            yield Event("lost", lost=name) if found is None else _defined(found, node, shared)
        elif tag.endswith("EventDefinition"):
            yield _defined(child, node, shared)


def _defined(definition: etree._Element, node: etree._Element, shared: Shared) -> Event:
    kind = _tag(definition).removesuffix("EventDefinition")
    read = {"timer": _timer, "conditional": _conditional, "compensate": _compensate, "terminate": _terminate}
    return read[kind](definition) if kind in read else _told(kind, node, definition, shared)


def _told(kind: str, node: etree._Element, definition: etree._Element, shared: Shared) -> Event:
    """An event goes by what its reference is called, or by its own name; a reference may be lost."""
    for attribute in REFERENCES:
        reference = definition.get(attribute)
        if reference:
            found = shared.get(reference.rpartition(":")[2])
            if found is None:
                return Event(kind, reference, lost=reference)
            any_code = kind in ("error", "escalation") and _tag(node) in CATCHERS
            return Event(kind, _called(found) or ("" if any_code else str(found.get("id"))))
    named = definition.get("name") or node.get("name") or ""
    return Event(kind, named if kind in ("message", "signal", "link") else "")


#: What catches an error or an escalation; one without a code is caught whatever its code.
CATCHERS = frozenset({"boundaryEvent", "startEvent"})


def _called(node: etree._Element) -> str | None:
    """Errors and escalations go by their code, messages and signals by their name."""
    code = {"error": "errorCode", "escalation": "escalationCode"}.get(_tag(node), "name")
    return node.get(code)


def _timer(definition: etree._Element) -> Event:
    for child in definition:
        if _tag(child) in TIMES:
            return Event("timer", time=TIMES[_tag(child)], text=text_of(child))
    return Event("timer")


def _conditional(definition: etree._Element) -> Event:
    return Event("conditional", condition=_text(definition, "condition"))


def _compensate(definition: etree._Element) -> Event:
    waits = _truth(definition, "waitForCompletion") != "false"
    return Event("compensate", about=definition.get("activityRef"), waits=waits)


def _terminate(definition: etree._Element) -> Event:
    """Two vendors let a terminate event end more than its own scope."""
    said = {dialect.split(str(name))[1]: value for name, value in definition.attrib.items()}
    if said.get("terminateAll") == "true":
        return Event("terminate", reach="all")
    return Event("terminate", reach="many" if said.get("terminateMultiInstance") == "true" else "scope")


# --- repeated activities ------------------------------------------------------------------------


def _loop(node: etree._Element) -> Loop | None:
    for child in node:
        if _tag(child) == "multiInstanceLoopCharacteristics":
            return _many(child)
        if _tag(child) == "standardLoopCharacteristics":
            return Loop(
                many=False,
                until=_text(child, "loopCondition"),
                before=_truth(child, "testBefore") == "true",
                most=child.get("loopMaximum") or _text(child, "loopMaximum"),
            )
    return None


def _many(node: etree._Element) -> Loop:
    said = dict(_synonyms(node))
    item = _child(node, "inputDataItem")
    behaviour = node.get("behavior") or "All"
    return Loop(
        many=True,
        sequential=_truth(node, "isSequential") == "true",
        count=_text(node, "loopCardinality"),
        items=said.get("collection") or said.get("inputCollection") or _text(node, "loopDataInputRef"),
        item=said.get("elementVariable")
        or said.get("inputElement")
        or (item.get("name") or item.get("id") if item is not None else None),
        until=_text(node, "completionCondition") or said.get("completionCondition"),
        odd=behaviour if behaviour != "All" else said.get("outputCollection"),
    )


def _synonyms(node: etree._Element) -> Iterator[tuple[str, str]]:
    """What vendors say at a loop, in attributes or in an extension element."""
    for each in node.iter(etree.Element):
        for name, value in each.attrib.items():
            space, local = dialect.split(str(name))
            if space in dialect.SYNONYMS or (not space and dialect.split(str(each.tag))[0] == dialect.ZEEBE):
                yield local, str(value)


# --- what vendors let a diagram call ------------------------------------------------------------


def _carried(node: etree._Element, way: str) -> Iterator[tuple[str, str]]:
    """Iterate over what a call activity hands over: (source, target), ``*`` is all.

    A source is a variable, or an expression such as ``${days + 1}``.
    """
    holder = _child(node, "extensionElements")
    for each in holder if holder is not None else ():
        if dialect.split(str(each.tag))[1] == way:
            if each.get("variables") == "all":
                yield "*", "*"
            elif each.get("target") and (source := each.get("source") or each.get("sourceExpression")):
                yield str(source), str(each.get("target"))


def _vendor(node: etree._Element) -> Iterator[str]:
    """Iterate over the words at *node* that would have an engine run something outside the diagram."""
    for name in node.attrib:
        space, local = dialect.split(str(name))
        if space in dialect.SYNONYMS and local in RUNS:
            yield local
    holder = _child(node, "extensionElements")
    for each in holder.iter(etree.Element) if holder is not None else ():
        space, local = dialect.split(str(each.tag))
        if space in dialect.SYNONYMS and local in RUNS:
            yield local
