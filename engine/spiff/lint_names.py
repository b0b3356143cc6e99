"""Rules of names: ids that are words, said once, and references that find what they mean."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from engine.spiff.findings import Bar, Finding, error, warning
from engine.spiff.intake import line_of
from engine.spiff.paper import FLOW_NODES, Node, Paper, called, fault, kind, refusal, remark

WORD = re.compile(r"[^\W\d][\w.-]*")
MAX_ID = 100
#: Attributes that mean another element, by the element that says them ("" is any), and whether nothing
#: can run rightly without it.
REFERENCES = (
    ("sequenceFlow", "sourceRef", True),
    ("sequenceFlow", "targetRef", True),
    ("boundaryEvent", "attachedToRef", True),
    ("messageEventDefinition", "messageRef", True),
    ("signalEventDefinition", "signalRef", False),
    ("sendTask", "messageRef", True),
    ("receiveTask", "messageRef", True),
    ("errorEventDefinition", "errorRef", False),
    ("escalationEventDefinition", "escalationRef", False),
    ("compensateEventDefinition", "activityRef", False),
    ("participant", "processRef", False),
    ("messageFlow", "sourceRef", False),
    ("messageFlow", "targetRef", False),
    ("association", "sourceRef", False),
    ("association", "targetRef", False),
    ("dataObjectReference", "dataObjectRef", False),
    ("dataStoreReference", "dataStoreRef", False),
    ("serviceTask", "operationRef", False),
)
#: What a reference must find, where anything else is a mistake.
WANTED = {
    "messageRef": "message",
    "signalRef": "signal",
    "errorRef": "error",
    "escalationRef": "escalation",
    "processRef": "process",
    "dataObjectRef": "dataObject",
    "operationRef": "operation",
}
#: What an expression means by itself, or a loop sees.
RESERVED = frozenset(
    {
        *("and", "between", "else", "every", "external", "false", "for", "function", "if", "in", "instance"),
        *("not", "null", "of", "or", "return", "satisfies", "some", "then", "true", "item", "partial"),
        *("activationCount", "loopCounter", "nrOfActiveInstances", "nrOfCompletedInstances", "nrOfInstances"),
    }
)
#: Letters of other alphabets that look like Latin ones.
TWINS = str.maketrans(
    "аеорсухіјѕԁһӏɡАВЕКМНОРСТХІЈЅοανιρτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsdhlgABEKMHOPCTXIJSoavipTuABEZHIKMNOPTYX"
)


def twice(paper: Paper) -> Iterator[Finding]:
    """An id is said once."""
    for nodes in paper.kinds.values():
        for node in nodes:
            name = node.get("id")
            if name and paper.ids.get(name, node) is not node:
                message = f"标识“{name[:40]}”用了两次；请给其中一个换一个标识"
                runs = kind(node) in FLOW_NODES or kind(node) in ("process", "sequenceFlow")
                bar = Bar.RUNNING if runs else Bar.PUBLISHING
                bar = Bar.KEEPING if runs and paper.executable(node) else bar
                yield error("bpmn.duplicate-id", name, line_of(node), message).barring(bar)


def odd(paper: Paper) -> Iterator[Finding]:
    """Ids are words: conditions, reports and addresses use them."""
    for node in paper.of("process", *FLOW_NODES):
        name = node.get("id") or ""
        if name and (len(name) > MAX_ID or not WORD.fullmatch(name)):
            message = f"标识“{name[:40]}”不合规；请以字母开头，用字母、数字或下划线，不超过 {MAX_ID} 个字"
            # A process is filed under its id: one that looks like a path is not even kept.
            leads_out = kind(node) == "process" and not {"/", "\\"}.isdisjoint(name)
            grave, bar = (error, Bar.KEEPING) if leads_out else (warning, Bar.PUBLISHING)
            yield grave("bpmn.bad-id", name[:MAX_ID], line_of(node), message).barring(bar)


def reserved(paper: Paper) -> Iterator[Finding]:
    """No task goes by a word of expressions, or by what a loop counts: no condition could ask for its result."""
    for node in paper.of(*FLOW_NODES):
        name = node.get("id") or ""
        if name in RESERVED:
            message = f"标识“{name}”在条件里另有含义，办理结果无法引用；请换一个标识"
            yield warning("bpmn.reserved-id", name, line_of(node), message).barring(Bar.PUBLISHING)


def confusable(paper: Paper) -> Iterator[Finding]:
    """No two ids look the same."""
    seen: dict[str, str] = {}
    for node in paper.of("process", *FLOW_NODES):
        name = node.get("id") or ""
        looks = unicodedata.normalize("NFKC", name).translate(TWINS)
        other = seen.setdefault(looks, name)
        if other != name:
            message = f"标识“{name[:40]}”与“{other[:40]}”看上去一样，其实不同；请换一个标识"
            yield warning("bpmn.confusable-id", name, line_of(node), message)


def dangling(paper: Paper) -> Iterator[Finding]:
    """What is referred to is in the file, and is what it should be."""
    for tag, attribute, needed in REFERENCES:
        for node in paper.of(tag):
            said = node.get(attribute)
            if said is None and needed and tag in ("sequenceFlow", "boundaryEvent"):
                yield refusal(paper, node, "bpmn.dangling-ref", f"没有 {attribute}；请重新连接")
            elif said and not paper.foreign(node, said):
                yield from _referred(paper, node, attribute, said, needed=needed)


def _referred(paper: Paper, node: Node, attribute: str, said: str, *, needed: bool) -> Iterator[Finding]:
    found = paper.get(said)
    if found is None and needed:
        yield refusal(paper, node, "bpmn.dangling-ref", f"引用的“{said[:40]}”不存在；请重新连接或选择")
    elif found is None:
        yield remark(node, "reference.lost", f"的 {attribute} 引用的“{said[:40]}”不在文件里；请重新选择")
    elif WANTED.get(attribute, kind(found)) != kind(found):
        yield remark(node, "reference.kind", f"的 {attribute} 引用的“{said[:40]}”是另一类元素；请重新选择")


def members(paper: Paper) -> Iterator[Finding]:
    """Lanes hold elements there are."""
    for reference in paper.of("flowNodeRef"):
        said = (reference.text or "").strip()
        lane = reference.getparent()
        if said and lane is not None and paper.get(said) is None:
            yield remark(lane, "reference.lost", f"里的“{said[:40]}”不存在；请删去")


def hosts(paper: Paper) -> Iterator[Finding]:
    """A boundary event hangs on an activity of its own level."""
    for event in paper.of("boundaryEvent"):
        host = paper.get(event.get("attachedToRef"))
        if host is not None and host.getparent() is not event.getparent():
            yield fault(event, "bpmn.scope-violation", "附着在另一层的任务上；请移到同一层")


def flows(paper: Paper) -> Iterator[Finding]:
    """Nothing flows into a start or boundary event, nothing out of an end event; no flow touches a flow."""
    for flow in paper.of("sequenceFlow"):
        source, target = paper.get(flow.get("sourceRef")), paper.get(flow.get("targetRef"))
        if target is not None and kind(target) in ("startEvent", "boundaryEvent"):
            yield fault(flow, "flow.into-event", f"流入“{called(target)}”；此类事件不能有流入连线").barring(
                Bar.RUNNING
            )
        if source is not None and kind(source) == "endEvent":
            yield fault(flow, "flow.after-end", "从结束事件流出；请删去").barring(Bar.RUNNING)


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    twice, odd, reserved, confusable, dangling, members, hosts, flows,
)  # fmt: skip
