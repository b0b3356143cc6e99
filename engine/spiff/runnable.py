"""What can be run rightly, element by element; for all else the reason, and what to draw instead.

Whatever is not in the table, or says something the engine cannot keep, is refused by name before a
case begins: never run wrongly, never left standing.
"""

from collections.abc import Callable, Iterator

from engine.domain.errors import Malformed
from engine.spiff import asking, dialect, idioms, occasions, scripts
from engine.spiff.drawing import Element, Event, Loop, Process
from engine.spiff.loops import MAX_MEMBERS

CATCHES = frozenset({"timer", "message", "signal", "conditional"})
BOUNDS = CATCHES | {"error", "escalation"}
#: What can be run: each kind of element, with the events it may carry ("" is none).
SUPPORTED: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"", "message", "signal", "timer"}),
    "endEvent": frozenset({"", "terminate", "error", "cancel"}),
    "userTask": frozenset({""}),
    "manualTask": frozenset({""}),
    "task": frozenset({""}),
    "scriptTask": frozenset({""}),
    "businessRuleTask": frozenset({""}),
    "serviceTask": frozenset({""}),
    "sendTask": frozenset({"message"}),
    "receiveTask": frozenset({"message"}),
    "callActivity": frozenset({""}),
    "subProcess": frozenset({""}),
    "transaction": frozenset({""}),
    "exclusiveGateway": frozenset({""}),
    "parallelGateway": frozenset({""}),
    "inclusiveGateway": frozenset({""}),
    "complexGateway": frozenset({""}),
    "eventBasedGateway": frozenset({""}),
    "quantityGateway": frozenset({""}),
    "intermediateThrowEvent": frozenset({"", "signal", "message", "escalation", "compensate"}),
    "intermediateCatchEvent": CATCHES,
    "boundaryEvent": BOUNDS | {"compensate", "cancel"},
}
#: What the others are called, and what to draw instead.
INSTEAD = {
    "scriptTask": "脚本任务不执行任何代码，只能逐行给标志赋值；请改写，或改为人工任务",
    "serviceTask": "服务任务没有可调用的服务；请改为人工任务，或写明要问的决策或容缺逾期的后果",
    "sendTask": "发送任务没有说明发送哪个消息；请选择消息，或删去（通知由系统自动发出）",
    "businessRuleTask": "业务规则任务没有写明问哪个决策；请填写 decisionRef，或改为条件分支",
    "adHocSubProcess": "即席子流程没有确定的先后和结束；请画出明确的先后关系",
}
ACTIVITIES = frozenset(
    {
        "adHocSubProcess", "businessRuleTask", "callActivity", "manualTask", "receiveTask", "scriptTask",
        "sendTask", "serviceTask", "subProcess", "task", "transaction", "userTask",
    }
)  # fmt: skip


def why_not(process: Process, element: Element) -> str | None:
    """Return why *element* cannot be run rightly, or None if it can."""
    return next((reason for rule in RULES for reason in rule(process, element)), None)


def _kind(_process: Process, element: Element) -> Iterator[str]:
    if element.kind == "serviceTask" and element.words.get("act") in dialect.ACTS:
        return
    if element.kind in asking.ASKING:
        yield from asking.why_not(element) if element.asks else [INSTEAD[element.kind]]
    elif element.kind not in SUPPORTED:
        yield INSTEAD.get(element.kind, f"元素 {element.kind} 尚不支持；请删去或改画")


def _vendor(_process: Process, element: Element) -> Iterator[str]:
    """What a vendor's engine would call from here, and we never do."""
    if element.vendor:
        yield f"这里的 {'、'.join(element.vendor)} 要调用外部程序，本系统不执行；请删去，或改为人工任务"


def _event(process: Process, element: Element) -> Iterator[str]:
    allowed = SUPPORTED[element.kind]
    if element.kind == "startEvent" and _listens(process, element):
        allowed = BOUNDS | {"compensate"}
    if element.event is None:
        if "" not in allowed:
            yield INSTEAD.get(element.kind, "事件须说明等什么；请设为定时、消息或信号")
        return
    for event in element.event.all:
        if event.kind not in allowed:
            yield f"这里的 {event.kind} 事件尚不支持；请改用定时、消息或信号事件"
        yield from _detail(process, element, event)
    if element.event.parts:
        yield from _several(element, element.event)


def _several(element: Element, event: Event) -> Iterator[str]:
    kinds = {part.kind for part in event.parts}
    if event.every and element.kind == "startEvent" and element.scope is None:
        yield "流程的开始事件不能要等齐几个事件；请由其中一个启动，再用中间事件等其余的"
    if sum(bool(idioms.PIECES.search(part.name)) for part in event.parts) > 1:
        yield "一个图形里只能有一个事件的名称含表达式；请分开画"
    if kinds - {"message", "signal", "timer", "conditional"} or len(event.parts) != len(set(event.parts)):
        yield "这几种事件不能合在一个图形里；请分开画"
    if any(part.kind == "timer" and not dialect.is_time(part.time, part.text) for part in event.parts):
        yield "时限没有填，或读不懂；请填如 P5D、PT4H 或 5个工作日"
    if sum(part.kind == "timer" for part in event.parts) > 1:
        yield "一个图形里只能有一个定时；请分开画"


def _detail(process: Process, element: Element, event: Event) -> Iterator[str]:
    """What one kind of event asks of where it stands."""
    if event.kind == "conditional" and not event.condition:
        yield "条件事件没有写条件；请填写条件"
    if (
        event.kind == "escalation"
        and element.kind == "boundaryEvent"
        and "cancelActivity" not in element.attributes
    ):
        yield "升级边界事件没有写明是否中断，各家引擎做法不同；请写明 cancelActivity"
    if event.kind in ("message", "signal") and not event.name and element.kind not in THROWS:
        yield "事件没有说明等哪个消息或信号；请选择"
    if event.kind == "timer" and element.kind == "intermediateCatchEvent" and _comes_again(event):
        yield "中间事件上的定时不止一次，各家引擎做法不同；请改为单次时限，或画成循环"
    if event.kind == "error" and element.kind == "boundaryEvent" and not element.interrupts:
        yield "错误边界事件总是中断的；请改为中断"
    if event.kind == "terminate" and event.reach == "many" and not _repeated(process, element.scope):
        yield "这里不在多实例里，结束的是调用方的哪些实例说不清；请去掉 terminateMultiInstance"
    if event.kind == "escalation" and element.kind == "intermediateThrowEvent":
        yield from _escalation(process, element, event)
    if event.kind == "compensate":
        yield from _compensation(process, element, event)
    if event.kind == "cancel":
        yield from _cancel(process, element)


def _escalation(process: Process, element: Element, event: Event) -> Iterator[str]:
    """Who ends with an escalation that only a caller could catch is gone before the caller hears of it."""
    ends = [process.elements.get(flow.target) for flow in process.leaving(element.id)]
    last = all(end is not None and end.inserted and end.kind == "endEvent" for end in ends)
    caught = any(
        part.kind == "escalation" and part.name in ("", event.name)
        for each in process.elements.values()
        if each.kind == "startEvent" and each.event is not None
        for part in each.event.all
    )
    if element.scope is None and ends and last and not caught:
        yield "流程最外层的升级结束事件没有人接住；请改为中间抛出事件，或在流程里画升级事件子流程"


def _comes_again(event: Event) -> bool:
    return (
        event.time == "cycle" and dialect.is_time("cycle", event.text) and occasions.repeats(event.text) != 1
    )


def _repeated(process: Process, scope: str | None) -> bool:
    """Claim that something around *scope* is repeated."""
    while scope is not None:
        if process.elements[scope].loop is not None:
            return True
        scope = process.elements[scope].scope
    return False


THROWS = frozenset({"intermediateThrowEvent", "endEvent"})


def _compensation(process: Process, element: Element, event: Event) -> Iterator[str]:
    if element.kind == "boundaryEvent":
        host = process.elements.get(element.host or "")
        if host is not None and host.undo is None:
            yield "补偿事件没有用关联线连到补偿任务；请连上"
    elif not event.waits:
        yield "不等补偿完成就继续的补偿尚不支持；请去掉 waitForCompletion=false"
    elif element.kind == "startEvent":
        home = process.elements[element.scope or ""]
        if home.scope is None:
            yield "流程本身的补偿不会发生；请放到子流程里"
    elif event.about is not None:
        about = process.elements.get(event.about)
        if about is None or about.scope != element.scope:
            yield f"要补偿的“{event.about}”不在同一层；请不指定，或移到同一层"


def _cancel(process: Process, element: Element) -> Iterator[str]:
    """A cancel event belongs to a transaction that says where cancelling leads."""
    if element.kind == "boundaryEvent":
        host = process.elements.get(element.host or "")
        if host is None or host.kind != "transaction":
            yield "取消事件只能附着在事务上；请改用错误事件"
        elif host.loop is not None:
            yield "重复的事务不能取消；请去掉重复标记"
        return
    around = process.elements.get(element.scope or "")
    caught = around is not None and any(
        each.event is not None and each.event.kind == "cancel"
        for each in map(process.elements.__getitem__, process.attached(around.id))
    )
    if around is None or around.kind != "transaction" or not caught:
        yield "取消结束事件须直接在事务里，且事务上有取消边界事件；请改画"


def _listens(process: Process, element: Element) -> bool:
    home = process.elements.get(element.scope or "")
    return home is not None and home.attributes.get("triggeredByEvent") == "true"


def _hosted(process: Process, element: Element) -> Iterator[str]:
    """A boundary event hangs on an activity."""
    host = process.elements.get(element.host or "")
    if host is not None and host.kind not in ACTIVITIES:
        yield f"边界事件附着在“{host.label}”上，而它不是任务；请拖到任务或子流程的边框上"


def _scope(process: Process, element: Element) -> Iterator[str]:
    """An event sub-process listens; any other sub-process begins by itself; both take no part in loops."""
    inner = element.kind == "startEvent" and element.scope is not None
    if inner and _listens(process, element) != (element.event is not None):
        yield "事件子流程的开始事件要有事件，普通子流程的不能有；请改正"
    if element.attributes.get("triggeredByEvent") == "true":
        starts = [
            each
            for each in process.elements.values()
            if each.scope == element.id and each.kind == "startEvent"
        ]
        if len(starts) != 1 or starts[0].event is None:
            yield "事件子流程须有且只有一个带事件的开始事件；请改正"
        if element.loop is not None or process.attached(element.id):
            yield "事件子流程不能重复，也不能附着边界事件；请改画"
        if process.entering(element.id) or process.leaving(element.id):
            yield "事件子流程不能有流入或流出的连线；请删去"


def _undoing(process: Process, element: Element) -> Iterator[str]:
    if element.attributes.get("isForCompensation") != "true" or element.kind not in ACTIVITIES:
        return
    if element.attributes.get("triggeredByEvent") == "true":
        return
    if not any(each.undo == element.id for each in process.elements.values()):
        yield "补偿任务没有用关联线连到补偿事件；请连上，或去掉补偿标记"
    if process.entering(element.id) or process.leaving(element.id):
        yield "补偿任务不能有流入或流出的连线；请删去"


def _gateway(process: Process, element: Element) -> Iterator[str]:
    asks = element.extras.get("activationCondition")
    if element.kind == "complexGateway" and len(process.entering(element.id)) > 1 and not asks:
        yield "复杂网关汇合多条线，却没有写激活条件；请填写，如 activationCount >= 1"
    if element.kind == "eventBasedGateway":
        yield from _event_gateway(process, element)


def _event_gateway(process: Process, element: Element) -> Iterator[str]:
    if element.attributes.get("eventGatewayType") == "Parallel":
        yield "并行事件网关尚不支持；请改用并行网关和捕获事件"
    flows = process.leaving(element.id)
    if not flows:
        yield "事件网关之后没有事件；请连上"
    for flow in flows:
        target = process.elements.get(flow.target)
        if target is None or target.kind not in ("intermediateCatchEvent", "receiveTask"):
            yield "事件网关之后只能是捕获事件或接收任务；请改画"
        elif len(process.entering(target.id)) > 1 or process.attached(target.id):
            yield "事件网关之后的事件只能由它进入，也不能附着边界事件；请改画"


def _quantity(_process: Process, element: Element) -> Iterator[str]:
    for word in ("startQuantity", "completionQuantity"):
        said = element.attributes.get(word, "1")
        if not (said.isdecimal() and 1 <= int(said) <= 100):
            yield f"{word}“{said}”不是 1 到 100 的整数；请改正"
    if element.loop is not None and element.attributes.get("startQuantity", "1") != "1":
        yield "重复的任务不能再等多个令牌；请去掉 startQuantity"


def _loop(_process: Process, element: Element) -> Iterator[str]:
    loop = element.loop
    if loop is None:
        return
    if element.kind not in ACTIVITIES or element.kind in ("receiveTask", "sendTask"):
        yield "这里不能用多实例或循环标记；请去掉"
    yield from _many(loop) if loop.many else _again(loop)


def _many(loop: Loop) -> Iterator[str]:
    if loop.odd:
        yield f"多实例的“{loop.odd[:40]}”尚不支持；请只用完成条件"
    if loop.count is None and loop.items is None:
        yield "多实例没有写个数，也没有写名单；请填写个数"
    if loop.count and loop.count.strip().isdecimal() and int(loop.count.strip()[:9]) > MAX_MEMBERS:
        yield f"多实例的个数超过 {MAX_MEMBERS}；请减少"
    if loop.count and loop.count.strip().startswith("-"):
        yield f"多实例的个数“{loop.count[:20]}”是负的；请改正"


def _again(loop: Loop) -> Iterator[str]:
    if loop.until is None and loop.most is None:
        yield "循环没有写条件，也没有写最多几次，永不结束；请填写"
    if loop.most is not None and not (loop.most.isdecimal() and 1 <= int(loop.most) <= 1000):
        yield f"循环的最多次数“{loop.most[:20]}”不是 1 到 1000 的整数；请改正"


def _expressions(_process: Process, element: Element) -> Iterator[str]:
    """Whatever is to be evaluated compiles."""
    texts = [element.extras.get("activationCondition"), *(_said(element.loop) if element.loop else ())]
    for event in element.event.all if element.event else ():
        texts.append(event.condition)
    texts += [source for source, _ in (*element.takes, *element.gives) if idioms.PIECES.search(source)]
    try:
        for text in texts:
            if text:
                idioms.compile_(text)
        for event in element.event.all if element.event else ():
            idioms.pieces(event.name)
        idioms.pieces(element.attributes.get("calledElement", ""))
        if element.kind == "scriptTask":
            scripts.assignments(element)
    except Malformed as refused:
        yield refused.message


def _said(loop: Loop) -> tuple[str | None, ...]:
    return loop.count, loop.items, loop.until


RULES: tuple[Callable[[Process, Element], Iterator[str]], ...] = (
    _kind, _vendor, _hosted, _event, _scope, _undoing, _gateway, _quantity, _loop, _expressions,
)  # fmt: skip
