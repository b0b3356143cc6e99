"""Rules of events: what may stand where, what hangs on what, and links that lead somewhere."""

from collections.abc import Callable, Iterator

from engine.spiff.findings import Finding
from engine.spiff.paper import (
    DEFINITION,
    Node,
    Paper,
    children,
    fault,
    kind,
    local,
    parent,
    refusal,
    remark,
    texts,
    within,
)

#: What an event may listen for or say, by where it stands.
ALLOWED = {
    "start": {"message", "timer", "conditional", "signal"},
    "inner start": set(),
    "aside start": {"message", "timer", "escalation", "error", "compensate", "conditional", "signal"},
    "aside start, not interrupting": {"message", "timer", "escalation", "conditional", "signal"},
    "end": {"message", "escalation", "error", "cancel", "compensate", "signal", "terminate"},
    "throw": {"message", "escalation", "compensate", "link", "signal"},
    "catch": {"message", "timer", "conditional", "link", "signal"},
    "boundary": {"message", "timer", "escalation", "error", "cancel", "compensate", "conditional", "signal"},
    "boundary, not interrupting": {"message", "timer", "escalation", "conditional", "signal"},
}
WORDS = {
    "message": "消息",
    "timer": "定时",
    "escalation": "升级",
    "error": "错误",
    "cancel": "取消",
    "compensate": "补偿",
    "conditional": "条件",
    "link": "链接",
    "signal": "信号",
    "terminate": "终止",
}
#: Places whose event must listen for something.
LISTENING = frozenset(
    {"aside start", "aside start, not interrupting", "boundary", "boundary, not interrupting"}
)
EVENTS = ("startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent")


def place(event: Node) -> str:
    """Return where *event* stands, as a key of ALLOWED."""
    tag = kind(event)
    if tag == "startEvent":
        above = parent(event)
        if above is None or kind(above) in ("process", "choreography"):
            return "start"
        if above.get("triggeredByEvent") != "true":
            return "inner start"
        return "aside start" if event.get("isInterrupting") != "false" else "aside start, not interrupting"
    if tag == "boundaryEvent":
        return "boundary" if event.get("cancelActivity") != "false" else "boundary, not interrupting"
    return {"endEvent": "end", "intermediateThrowEvent": "throw", "intermediateCatchEvent": "catch"}[tag]


def misplaced(paper: Paper) -> Iterator[Finding]:
    """An event listens for, or says, only what it can where it stands."""
    for event in paper.of(*EVENTS):
        where = place(event)
        said = paper.says(event)
        for word in said:
            if word in WORDS and word not in ALLOWED[where]:
                yield fault(event, "event.misplaced", f"不能是{WORDS[word]}事件；请换一种事件，或移到别处")
        if not said and where in LISTENING:
            yield fault(event, "event.nothing", "没有说明等什么；请设为定时、消息等事件")


def cancels(paper: Paper) -> Iterator[Finding]:
    """A cancel event belongs to a transaction."""
    for event in paper.of("endEvent", "boundaryEvent"):
        if "cancel" in paper.says(event):
            host = paper.get(event.get("attachedToRef"))
            held = (
                within(event, "transaction") if kind(event) == "endEvent" else kind_of(host) == "transaction"
            )
            if not held:
                yield fault(event, "event.cancel", "是取消事件，只能用于事务子流程；请改用错误事件")


def kind_of(node: Node | None) -> str:
    """Return the kind of *node*, if there is one."""
    return kind(node) if node is not None else ""


def boundary_flows(paper: Paper) -> Iterator[Finding]:
    """A boundary event leads on by a flow; a compensation event by an association only."""
    for event in paper.of("boundaryEvent"):
        leads, undoes = paper.leaving(event), "compensate" in paper.says(event)
        if undoes and leads:
            yield fault(
                event, "event.compensation-flow", "是补偿事件，不能有流出的连线；请用关联线连到补偿任务"
            )
        elif not undoes and not leads:
            yield remark(event, "event.no-flow", "之后没有连线；请连到下一步")


def compensations(paper: Paper) -> Iterator[Finding]:
    """A compensation event is associated with one activity that says it compensates."""
    handlers: dict[str, list[str]] = {}
    for link in paper.of("association"):
        handlers.setdefault(local(link.get("sourceRef")), []).append(local(link.get("targetRef")))
    for event in paper.of("boundaryEvent"):
        if "compensate" not in paper.says(event) or paper.leaving(event):
            continue
        targets = [paper.get(name) for name in handlers.get(event.get("id") or "", ())]
        if not targets:
            yield remark(event, "event.no-compensation", "没有关联补偿任务；请用关联线连上")
        for target in targets:
            if target is not None and target.get("isForCompensation") != "true":
                yield remark(target, "event.not-compensation", "是补偿任务，却未标明；请勾选“用于补偿”")


def between(paper: Paper) -> Iterator[Finding]:
    """An intermediate event lies between two flows; a link event ends or begins one."""
    for event in paper.of("intermediateThrowEvent", "intermediateCatchEvent"):
        linked = "link" in paper.says(event)
        throws = kind(event) == "intermediateThrowEvent"
        if linked and (paper.leaving(event) if throws else paper.entering(event)):
            yield fault(event, "link.through", "是链接事件，不能同时有流入和流出的连线；请删去一条")
        if not paper.entering(event) and (throws or not linked) and not within(event, "adHocSubProcess"):
            yield remark(event, "event.no-entry", "之前没有连线；请从上一步连过来")
        if not paper.leaving(event) and (not throws or not linked):
            yield remark(event, "event.no-exit", "之后没有连线；请连到下一步")


def links(paper: Paper) -> Iterator[Finding]:
    """A thrown link has one catching link of its name, or its target, on its own level."""
    throws = [pair for event in paper.of("intermediateThrowEvent") for pair in _linked(event)]
    catches = [pair for event in paper.of("intermediateCatchEvent") for pair in _linked(event)]
    for event, link in throws:
        if not any(_meet(link, other) for _, other in catches):
            yield refusal(
                paper, event, "bpmn.dangling-ref", "是链接，却没有接收它的同名链接；请补画，或改用连线"
            )
        elif not any(_meet(link, other) and parent(event) is parent(it) for it, other in catches):
            yield fault(event, "link.level", "链接到了另一层流程；请改用连线或消息")
        for target in texts(link, "target"):
            other_link = paper.get(target)
            if other_link is None or not _names_back(other_link, link):
                yield fault(event, "link.one-sided", f"指向的链接“{target}”没有指回来；请重新配对")
    for event, link in catches:
        if not any(_meet(other, link) for _, other in throws):
            yield remark(event, "link.unused", "是链接，却没有指向它的链接；请补画，或删去")


def _linked(event: Node) -> list[tuple[Node, Node]]:
    return [(event, link) for link in children(event, "linkEventDefinition")]


def _meet(thrown: Node, caught: Node) -> bool:
    if thrown.get("name") and thrown.get("name") == caught.get("name"):
        return True
    return caught.get("id") in texts(thrown, "target") or thrown.get("id") in texts(caught, "source")


def _names_back(other: Node, link: Node) -> bool:
    sources = texts(other, "source")
    return kind(other) == "linkEventDefinition" and (not sources or link.get("id") in sources)


def event_subprocesses(paper: Paper) -> Iterator[Finding]:
    """An event sub-process has one start event and no flows."""
    for node in paper.of("subProcess"):
        if node.get("triggeredByEvent") == "true":
            if paper.leaving(node) or paper.entering(node):
                yield fault(node, "aside.flows", "是事件子流程，不能有连线；请删去连线")
            if len(children(node, "startEvent")) != 1:
                yield fault(node, "aside.start", "是事件子流程，须有且只有一个开始事件；请补画或删去多余的")


def ends_and_starts(paper: Paper) -> Iterator[Finding]:
    """Where an end is drawn a start is too, and the other way round; each has its flow."""
    for level in paper.of("process", "subProcess", "transaction"):
        starts, ends = children(level, "startEvent"), children(level, "endEvent")
        if ends and not starts and not _instantiates(level):
            yield remark(level, "bpmn.no-start", "有结束事件而没有开始事件；请补画开始事件")
        if starts and not ends:
            yield remark(level, "end.none", "有开始事件而没有结束事件；请补画结束事件")
        yield from (
            remark(each, "start.no-flow", "之后没有连线；请连到第一步")
            for each in starts
            if not paper.leaving(each)
        )
        yield from (
            remark(each, "end.no-flow", "之前没有连线；请连上，或删去")
            for each in ends
            if not paper.entering(each)
        )


def _instantiates(level: Node) -> bool:
    return any(
        each.get("instantiate") == "true" for each in children(level, "receiveTask", "eventBasedGateway")
    )


def messages(paper: Paper) -> Iterator[Finding]:
    """In a process that can be executed a message event names its message, an escalation its code."""
    for definition in paper.of("messageEventDefinition"):
        if paper.executable(definition) and not definition.get("messageRef"):
            yield remark(definition, "event.no-message", "没有说明是哪个消息；请选择消息")
    for definition in paper.of("escalationEventDefinition"):
        above = parent(definition)
        if paper.executable(definition) and kind_of(above) in ("endEvent", "intermediateThrowEvent"):
            escalation = paper.get(definition.get("escalationRef"))
            if escalation is None or not escalation.get("escalationCode"):
                yield remark(definition, "event.no-code", "抛出的升级没有代码；请填写升级代码")


def conditionals(paper: Paper) -> Iterator[Finding]:
    """A conditional event says its condition."""
    for definition in paper.of("conditionalEventDefinition"):
        if paper.executable(definition) and not any(texts(definition, "condition")):
            yield remark(definition, "event.no-condition", "没有填条件；请填写")


def lent(paper: Paper) -> Iterator[Finding]:
    """What one event says is not lent to another; only definitions beside the processes are."""
    for reference in paper.of("eventDefinitionRef"):
        found = paper.get(reference.text)
        if found is not None and kind_of(parent(found)) in ("endEvent", "intermediateThrowEvent"):
            yield remark(reference, "event.lent", "借用了另一事件的定义；请单独定义")
        elif found is not None and not kind(found).endswith(DEFINITION):
            yield remark(reference, "event.lent", "引用的不是事件定义；请重新选择")


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    misplaced, cancels, boundary_flows, compensations, between, links, event_subprocesses, ends_and_starts,
    messages, conditionals, lent,
)  # fmt: skip
