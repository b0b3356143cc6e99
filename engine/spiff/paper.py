"""The whole file as it lies on the table: every BPMN element by its id and by its kind, with the flows between."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from lxml import etree

from engine.spiff.findings import Bar, Finding, error, warning
from engine.spiff.intake import BPMN, line_of, text_of

Node = etree._Element  # noqa: SLF001  the only name lxml has for it

GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"}
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
    }
)
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
ARTIFACTS = frozenset({"association", "textAnnotation", "group"})
DEFINITION = "EventDefinition"
PREFIX = f"{{{BPMN}}}"


def kind(node: Node) -> str:
    """Return what *node* is called in BPMN, or nothing if it is another's."""
    tag = str(node.tag)
    return tag[len(PREFIX) :] if tag.startswith(PREFIX) else ""


def children(node: Node, *kinds: str) -> list[Node]:
    """Return the children of these kinds."""
    return [child for child in node if kind(child) in kinds]


def texts(node: Node, *kinds: str) -> list[str]:
    """Return what the children of these kinds say."""
    return [text_of(child) for child in children(node, *kinds)]


def parent(node: Node) -> Node | None:
    """Return the element *node* lies in."""
    return node.getparent()


def within(node: Node | None, *kinds: str) -> bool:
    """Claim that *node* lies in an element of one of these kinds."""
    return node is not None and any(kind(above) in kinds for above in node.iterancestors())


def local(reference: str | None) -> str:
    """Return a reference without its prefix."""
    return (reference or "").rpartition(":")[2].strip()


class Paper:
    """A definitions element, read once and looked up often."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.ids: dict[str, Node] = {}
        self.kinds: dict[str, list[Node]] = {}
        for node in root.iter(f"{{{BPMN}}}*"):
            self.kinds.setdefault(kind(node), []).append(node)
            name = node.get("id")
            if name and node is not root:  # nothing refers to the file itself
                self.ids.setdefault(name, node)

    def of(self, *kinds: str) -> Iterator[Node]:
        """Iterate over the elements of these kinds, kind by kind."""
        return (node for each in kinds for node in self.kinds.get(each, ()))

    def get(self, reference: str | None) -> Node | None:
        """Return the element a reference means, with or without its prefix."""
        if not reference:
            return None
        found = self.ids.get(reference.strip())
        return found if found is not None else self.ids.get(local(reference))

    def foreign(self, node: Node, reference: str) -> bool:
        """Claim that *reference*, as said at *node*, means something in another file."""
        prefix, colon, _ = reference.strip().rpartition(":")
        own = self.root.get("targetNamespace")
        return bool(colon) and node.nsmap.get(prefix, own) != own

    @cached_property
    def out(self) -> dict[str, list[Node]]:
        """The sequence flows out of each element."""
        return self._grouped("sourceRef")

    @cached_property
    def into(self) -> dict[str, list[Node]]:
        """The sequence flows into each element."""
        return self._grouped("targetRef")

    def _grouped(self, end: str) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for flow in self.of("sequenceFlow"):
            found.setdefault(local(flow.get(end)), []).append(flow)
        return found

    def leaving(self, node: Node) -> Sequence[Node]:
        """Return the sequence flows out of *node*."""
        return self.out.get(node.get("id") or "", ())

    def entering(self, node: Node) -> Sequence[Node]:
        """Return the sequence flows into *node*."""
        return self.into.get(node.get("id") or "", ())

    @cached_property
    def attached(self) -> dict[str, list[Node]]:
        """The boundary events of each activity."""
        found: dict[str, list[Node]] = {}
        for event in self.of("boundaryEvent"):
            found.setdefault(local(event.get("attachedToRef")), []).append(event)
        return found

    def definitions(self, event: Node) -> list[Node]:
        """Return what an event listens for or says, followed where it is only referred to."""
        own = [child for child in event if kind(child).endswith(DEFINITION)]
        lent = [self.get(text) for text in texts(event, "eventDefinitionRef")]
        return own + [node for node in lent if node is not None]

    def says(self, event: Node) -> list[str]:
        """Return what an event listens for or says, as words: ``timer``, ``message`` …"""
        return [kind(node).removesuffix(DEFINITION) for node in self.definitions(event)]

    def executable(self, node: Node) -> bool:
        """Claim that *node* belongs to a process that says it can be executed."""
        process = node if kind(node) == "process" else next(node.iterancestors(f"{{{BPMN}}}process"), None)
        return process is not None and process.get("isExecutable") == "true"


#: Parts that nobody sees in a drawing: a finding about them goes by what they are part of.
PARTS = frozenset(
    {
        "activationCondition",
        "completionCondition",
        "condition",
        "conditionExpression",
        "ioSpecification",
        "loopCardinality",
        "loopCondition",
        "multiInstanceLoopCharacteristics",
        "participantMultiplicity",
        "script",
        "standardLoopCharacteristics",
        "timeCycle",
        "timeDate",
        "timeDuration",
    }
)


def named(node: Node) -> str | None:
    """Return the id a finding about *node* goes by: its own, or that of what it is part of."""
    if node.get("id") and _seen(node):
        return node.get("id")
    seen = [each for each in (node, *node.iterancestors()) if each.get("id")]
    whole = [each for each in seen if _seen(each)]
    return next((each.get("id") for each in (*whole, *seen) if kind(each) != "definitions"), None)


def _seen(node: Node) -> bool:
    return kind(node) not in PARTS and not kind(node).endswith(DEFINITION)


def called(node: Node) -> str:
    """Return what a clerk calls *node*."""
    return " ".join((node.get("name") or "").split()) or named(node) or kind(node)


def remark(node: Node, code: str, message: str) -> Finding:
    """Return a finding a designer should look at."""
    return warning(code, named(node), line_of(node), f"“{called(node)}”{message}")


def fault(node: Node, code: str, message: str) -> Finding:
    """Return a finding that forbids publishing."""
    return error(code, named(node), line_of(node), f"“{called(node)}”{message}")


def refusal(paper: Paper, node: Node, code: str, message: str) -> Finding:
    """Return a finding that forbids even keeping, where the process claims that it can be executed."""
    return fault(node, code, message).barring(Bar.KEEPING if paper.executable(node) else Bar.RUNNING)
