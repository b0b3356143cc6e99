"""Rules between processes: pools, message flows, conversations and choreographies, and who calls whom."""

from collections.abc import Callable, Iterator

from engine.spiff.findings import Finding
from engine.spiff.lint_events import kind_of
from engine.spiff.paper import (
    ARTIFACTS,
    EVENTS,
    Node,
    Paper,
    children,
    fault,
    kind,
    refusal,
    remark,
    texts,
    within,
)

CONVERSATION = frozenset(
    {
        "conversation",
        "subConversation",
        "callConversation",
        "participantAssociation",
        "messageFlowAssociation",
        "conversationAssociation",
        *ARTIFACTS,
    }
)


def multiplicities(paper: Paper) -> Iterator[Finding]:
    """A participant takes part at least once, and at most as often as it may."""
    for said in paper.of("participantMultiplicity"):
        low, high = _number(said.get("minimum"), 0), _number(said.get("maximum"), 1)
        least = low if said.get("minimum") is not None else 0
        if low is None or high is None or low < 0 or high < 1 or (least is not None and high < least):
            yield fault(
                said, "pool.multiplicity", "的参与次数不合理；最少不小于 0，最多不小于 1 且不小于最少"
            )


def _number(said: str | None, absent: int) -> int | None:
    if said is None:
        return absent
    return int(said[:9]) if said.removeprefix("-").isdecimal() else None


def message_flows(paper: Paper) -> Iterator[Finding]:
    """A message flow leads from one pool to another, from what can send to what can receive."""
    pools = _pools(paper)
    for flow in paper.of("messageFlow"):
        source, target = paper.get(flow.get("sourceRef")), paper.get(flow.get("targetRef"))
        if source is None or target is None:
            continue
        if source is target or (pools(source) is not None and pools(source) is pools(target)):
            yield fault(flow, "message.same-pool", "的两端在同一个泳池里；池内请用顺序流")
        for end in (source, target):
            if kind(end) in ARTIFACTS:
                yield fault(flow, "message.artifact", "连到了注释上；请改用关联线")
        yield from _sends(paper, flow, source)
        yield from _receives(paper, flow, target)


def _pools(paper: Paper) -> Callable[[Node], Node | None]:
    """How to find the process an end of a message flow belongs to."""

    def pool(node: Node) -> Node | None:
        if kind(node) == "participant":
            return paper.get(node.get("processRef"))
        return next((above for above in node.iterancestors() if kind(above) == "process"), None)

    return pool


def _sends(paper: Paper, flow: Node, source: Node) -> Iterator[Finding]:
    tag, said = kind(source), paper.says(source) if kind(source) in EVENTS else []
    if tag in ("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        yield fault(flow, "message.source", f"从“{source.get('id')}”发出，而它只能接收；请改连发送的一端")
    elif tag in ("endEvent", "intermediateThrowEvent") and not {"message", "multiple"} & set(said):
        yield fault(source, "message.not-message", "发出消息流，却不是消息事件；请设为消息事件")


def _receives(paper: Paper, flow: Node, target: Node) -> Iterator[Finding]:
    tag, said = kind(target), paper.says(target) if kind(target) in EVENTS else []
    if tag in ("endEvent", "intermediateThrowEvent"):
        yield fault(flow, "message.target", f"连到“{target.get('id')}”，而它只能发送；请改连接收的一端")
    elif tag in ("startEvent", "intermediateCatchEvent", "boundaryEvent") and "message" not in said:
        yield fault(target, "message.not-message", "接收消息流，却不是消息事件；请设为消息事件")


def conversations(paper: Paper) -> Iterator[Finding]:
    """A global conversation only names its participants; neither it nor a choreography refers to one."""
    for node in paper.of("globalConversation"):
        for extra in children(node, *CONVERSATION):
            yield fault(extra, "conversation.content", "不能画在全局会话里；请删去")
    for node in paper.of("globalConversation", "choreography"):
        if children(node, "choreographyRef"):
            yield fault(node, "conversation.reference", "不能再引用编排；请删去引用")


def closed(paper: Paper) -> Iterator[Finding]:
    """A collaboration is as closed as the choreography it follows."""
    for node in paper.of("collaboration"):
        for name in texts(node, "choreographyRef"):
            other = paper.get(name)
            if other is not None and other.get("isClosed", "false") != node.get("isClosed", "false"):
                yield remark(node, "pool.closed", "与所引用编排的 isClosed 不同；请改为一致")


def plain_start(paper: Paper) -> Iterator[Finding]:
    """A process that is called has a start event that waits for nothing."""
    for call in paper.of("callActivity"):
        process = paper.get(call.get("calledElement"))
        if kind_of(process) == "process" and process is not None:
            starts = children(process, "startEvent")
            if starts and all(paper.says(start) for start in starts):
                yield remark(process, "call.no-start", "会被调用，却没有普通的开始事件；请补画一个")


def borders(paper: Paper) -> Iterator[Finding]:
    """A sequence flow stays in its pool and on its level."""
    for flow in paper.of("sequenceFlow"):
        source, target = paper.get(flow.get("sourceRef")), paper.get(flow.get("targetRef"))
        if source is None or target is None or within(flow, "choreography", "subChoreography"):
            continue
        if source.getparent() is not target.getparent():
            yield refusal(
                paper,
                flow,
                "bpmn.scope-violation",
                "穿过了子流程或泳池的边界；请连到子流程本身，或改用消息流",
            )


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    multiplicities, message_flows, conversations, closed, plain_start, borders,
)  # fmt: skip
