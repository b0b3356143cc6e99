"""Rules of gateways, activities and flows as they are drawn, whatever they will do."""

from collections.abc import Callable, Iterator

from engine.spiff.findings import Finding
from engine.spiff.paper import (
    ACTIVITIES,
    ARTIFACTS,
    CHOREOGRAPHY,
    GATEWAYS,
    Node,
    Paper,
    children,
    fault,
    kind,
    local,
    refusal,
    remark,
)

#: What an event gateway may lead to, beside receive tasks.
AWAITED = frozenset({"message", "signal", "timer", "conditional"})


def directions(paper: Paper) -> Iterator[Finding]:
    """A gateway goes the way it says: converging, diverging or mixed."""
    for gate in paper.of(*GATEWAYS):
        way, ins, outs = gate.get("gatewayDirection"), len(paper.entering(gate)), len(paper.leaving(gate))
        if way == "Converging" and outs > 1:
            yield remark(gate, "gateway.direction", "标为汇合，却分出多条线；请改标，或拆成两个网关")
        elif way == "Diverging" and ins > 1:
            yield remark(gate, "gateway.direction", "标为分支，却有多条线汇入；请改标，或拆成两个网关")
        elif way == "Mixed" and (ins < 2 or outs < 2):
            yield remark(gate, "gateway.direction", "标为混合，却没有多条流入和流出的线；请改标")


def idle(paper: Paper) -> Iterator[Finding]:
    """A gateway parts or joins."""
    for gate in paper.of(*(GATEWAYS - {"eventBasedGateway"})):
        if len(paper.entering(gate)) < 2 and len(paper.leaving(gate)) < 2:
            yield remark(gate, "gateway.idle", "既不分支也不汇合；请删去")


def event_gateways(paper: Paper) -> Iterator[Finding]:
    """An event gateway waits for two or more events, each of which it alone leads to."""
    for gate in paper.of("eventBasedGateway"):
        flows = paper.leaving(gate)
        if len(flows) < 2:
            yield remark(gate, "choice.single", "须分出两条以上的线；请补画")
        if gate.get("instantiate") == "true" and paper.entering(gate):
            yield fault(gate, "choice.instantiates", "由它启动流程，不能有流入的连线；请删去连线")
        for flow in flows:
            if children(flow, "conditionExpression"):
                yield fault(flow, "choice.condition", "是事件网关后的连线，不能有条件；请删去条件")
        yield from _awaited(paper, [paper.get(flow.get("targetRef")) for flow in flows])


def _awaited(paper: Paper, targets: list[Node | None]) -> Iterator[Finding]:
    found = [target for target in targets if target is not None]
    receives = [target for target in found if kind(target) == "receiveTask"]
    for target in found:
        said = set(paper.says(target)) if kind(target) == "intermediateCatchEvent" else set()
        if target not in receives and (not said or not said <= AWAITED):
            yield fault(target, "choice.target", "不能接在事件网关之后；请改为消息、信号、定时或条件捕获事件")
        elif receives and "message" in said:
            yield fault(target, "choice.mixed", "与接收任务同在一个事件网关之后；请统一用一种")
        if len(paper.entering(target)) > 1:
            yield fault(target, "choice.shared", "接在事件网关之后，不能再有别的流入连线；请分开画")
    for target in receives:
        if paper.attached.get(target.get("id") or ""):
            yield fault(target, "choice.boundary", "接在事件网关之后，不能有边界事件；请删去边界事件")


def ad_hoc(paper: Paper) -> Iterator[Finding]:
    """An ad-hoc sub-process holds activities, and neither start nor end."""
    for node in paper.of("adHocSubProcess"):
        if not children(node, *ACTIVITIES):
            yield remark(node, "adhoc.empty", "是即席子流程，却没有任务；请补画")
        for extra in children(node, "startEvent", "endEvent", *CHOREOGRAPHY):
            yield fault(extra, "adhoc.event", "不能画在即席子流程里；请删去")


def choreography(paper: Paper) -> Iterator[Finding]:
    """Choreography is not drawn within a process."""
    for level in paper.of("process", "subProcess", "transaction"):
        for task in children(level, *CHOREOGRAPHY):
            yield fault(task, "process.choreography", "是编排任务，不能画在流程里；请改为任务")


def quantities(paper: Paper) -> Iterator[Finding]:
    """An activity takes and gives at least one token."""
    for node in paper.of(*ACTIVITIES):
        for name in ("startQuantity", "completionQuantity"):
            said = node.get(name)
            if said is not None and not (said.isdecimal() and int(said[:9]) >= 1):
                yield fault(node, "task.quantity", f"的 {name} 须为不小于 1 的整数；请改正或删去")


def ends_of_flows(paper: Paper) -> Iterator[Finding]:
    """A sequence flow does not touch notes and data."""
    for flow in paper.of("sequenceFlow"):
        for end in ("sourceRef", "targetRef"):
            node = paper.get(flow.get(end))
            if node is not None and (kind(node) in ARTIFACTS or kind(node).startswith("data")):
                yield refusal(paper, flow, "flow.artifact", "连到了注释或数据上；请改用关联线")


def listed(paper: Paper) -> Iterator[Finding]:
    """Where elements list their flows, every flow is listed at both ends."""
    known = {
        side: {(named.getparent(), local(named.text)) for named in paper.of(side)}
        for side in ("incoming", "outgoing")
    }
    if not any(known.values()):
        return
    for flow in paper.of("sequenceFlow"):
        for end, side in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            node = paper.get(flow.get(end))
            if node is not None and flow.get("id") and (node, flow.get("id")) not in known[side]:
                yield remark(
                    flow, "flow.unlisted", f"没有列在“{node.get('id')}”的 {side} 里；请重新连接后保存"
                )


def defaults(paper: Paper) -> Iterator[Finding]:
    """A default flow leaves the element that names it."""
    for node in paper.of(*GATEWAYS, *ACTIVITIES):
        said = node.get("default")
        if said and said not in {flow.get("id") for flow in paper.leaving(node)}:
            yield refusal(
                paper, node, "bpmn.dangling-ref", f"的默认分支“{said}”不是由它流出的连线；请重新设定"
            )


def lone_conditions(paper: Paper) -> Iterator[Finding]:
    """The only flow out of an activity is not conditional: where it does not hold, nothing goes on."""
    for node in paper.of(*ACTIVITIES):
        flows = paper.leaving(node)
        if len(flows) == 1 and children(flows[0], "conditionExpression"):
            yield remark(
                flows[0], "flow.lone-condition", "是唯一的出路，却有条件；请删去条件，或补画默认分支"
            )


def immediate(paper: Paper) -> Iterator[Finding]:
    """A process that can be executed goes on at once."""
    for flow in paper.of("sequenceFlow"):
        if flow.get("isImmediate") == "false" and paper.executable(flow):
            yield remark(
                flow, "flow.not-immediate", "标为不立即继续，可执行的流程不能如此；请去掉 isImmediate"
            )


def public(paper: Paper) -> Iterator[Finding]:
    """A public process shows what others see; it is not executed."""
    for process in paper.of("process"):
        if process.get("processType") == "Public" and process.get("isExecutable") == "true":
            yield remark(process, "process.public", "是对外公开的流程，不能标为可执行；请改其一")


def instantiating(paper: Paper) -> Iterator[Finding]:
    """A receive task that starts a process comes first."""
    for task in paper.of("receiveTask"):
        if task.get("instantiate") == "true" and paper.entering(task):
            yield fault(task, "task.instantiates", "由它启动流程，不能有流入的连线；请删去连线")


def scripts(paper: Paper) -> Iterator[Finding]:
    """A script says in which language it is."""
    for task in paper.of("scriptTask"):
        if children(task, "script") and not task.get("scriptFormat"):
            yield remark(task, "task.script-format", "没有说明脚本语言；请填写，或改为人工任务")


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    directions, idle, event_gateways, ad_hoc, choreography, quantities, ends_of_flows, listed, defaults,
    lone_conditions, immediate, public, instantiating, scripts,
)  # fmt: skip
