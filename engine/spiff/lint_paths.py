"""Rules of the way through one process: where it begins, how it parts and meets, what it asks, where it ends."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from engine.domain.errors import Malformed
from engine.spiff import dialect, idioms, runnable
from engine.spiff.drawing import Element, Flow, Process
from engine.spiff.findings import Bar, Finding, warning
from engine.spiff.graph import reachable
from engine.spiff.lint_sheet import CHOOSING, Rule, Sheet, called, fault, halt, hold

#: Elements a token rests at, or at which flags may change.
WAITING = frozenset(
    {
        *("userTask", "manualTask", "task", "callActivity", "receiveTask", "intermediateCatchEvent"),
        *(
            "eventBasedGateway",
            "scriptTask",
            "businessRuleTask",
            "subProcess",
            "transaction",
            "adHocSubProcess",
        ),
    }
)

# --- can it run -----------------------------------------------------------------------------------


def many_starts(sheet: Sheet) -> Iterator[Finding]:
    """A process and every sub-process begins at one plain start event."""
    for scope, about in _scopes(sheet):
        starts = [each for each in sheet.elements("startEvent") if each.scope == scope and each.event is None]
        for extra in starts[1:]:
            yield halt(extra, "start.many", f"“{about.name}”有不止一个开始事件；请只保留一个")


def _scopes(sheet: Sheet) -> Iterator[tuple[str | None, Process | Element]]:
    yield None, sheet.process
    for element in sheet.elements("subProcess", "transaction"):
        yield element.id, element


def unsupported(sheet: Sheet) -> Iterator[Finding]:
    """What cannot be run rightly is refused by name, never run wrongly."""
    for element in sheet.elements():
        reason = runnable.why_not(sheet.process, element)
        if reason:
            yield halt(element, "bpmn.unsupported", f"“{element.label}”：{reason}")


def dangling(sheet: Sheet) -> Iterator[Finding]:
    """Every flow begins and ends at an element of this process; every boundary event has a host."""
    elements = sheet.process.elements
    for flow in sheet.process.flows:
        missing = [end for end in (flow.source, flow.target) if end not in elements]
        if missing:
            yield fault(flow, "bpmn.dangling-ref", f"连线“{flow.id}”的一端“{missing[0]}”不存在；请重新连接")
        elif elements[flow.source].scope != elements[flow.target].scope:
            yield fault(flow, "bpmn.scope-violation", f"连线“{flow.id}”穿过了子流程的边界；请连到子流程本身")
    for event in sheet.elements("boundaryEvent"):
        if event.host not in elements:
            message = f"边界事件“{event.label}”没有附着在任务上；请拖到任务边框上"
            yield fault(event, "bpmn.dangling-ref", message)


def no_condition(sheet: Sheet) -> Iterator[Finding]:
    """Where a gateway chooses, each way but the default says when; what can be told all the same is played."""
    for gate in sheet.elements(*CHOOSING):
        flows = sheet.process.leaving(gate.id)
        bare = [flow for flow in flows if flow.condition is None and flow.id != gate.default]
        if len(flows) < 2 or not bare or gate.inserted:
            continue
        bars = hold if _told(gate, flows, bare) else halt
        message = f"“{gate.label}”后有 {len(bare)} 条连线没有条件，不知走哪条；请填写条件，或设一条默认分支"
        yield bars(gate, "bpmn.gateway-condition", message)
        for flow in bare:
            message = f"“{gate.label}”后的连线“{flow.name or flow.id}”没有条件；请填写条件，或设为默认分支"
            yield bars(flow, "flow.no-condition", message)


def _told(gate: Element, flows: Sequence[Flow], bare: Sequence[Flow]) -> bool:
    """Claim that all engines would go the same way: the last is taken else, or what asks nothing always."""
    if gate.default is not None:
        return False
    return gate.kind == "inclusiveGateway" or (len(bare) == 1 and bare[0] is flows[-1])


def unreadable(sheet: Sheet) -> Iterator[Finding]:
    """A condition compiles."""
    for flow in sheet.process.flows:
        read = sheet.compiled(flow.condition) if flow.condition else None
        if isinstance(read, Malformed):
            yield halt(flow, read.code, read.message)


def uncalled(sheet: Sheet) -> Iterator[Finding]:
    """A call activity says what it calls."""
    for element in sheet.elements("callActivity"):
        if not called(element):
            message = f"“{element.label}”没有说明调用哪个事项；请填写事项代码"
            yield halt(element, "call.nothing", message)


def uncertain_calls(sheet: Sheet) -> Iterator[Finding]:
    """What is called is known when the diagram is published, not only when it is run."""
    for element in sheet.elements("callActivity"):
        if idioms.PIECES.search(called(element) or ""):
            message = f"“{element.label}”调用哪个事项由表达式决定，只能试运行；请填写事项代码"
            yield hold(element, "call.uncertain", message)


def untimely(sheet: Sheet) -> Iterator[Finding]:
    """A timer, as it is read, can be counted."""
    for element in sheet.elements():
        for event in element.event.all if element.event else ():
            if event.kind == "timer" and not dialect.is_time(event.time, event.text):
                said = f"的时限“{event.text[:40]}”读不懂" if event.text else "没有填时限"
                message = f"“{element.label}”{said}；请填如 P5D、PT4H 或 5个工作日"
                yield halt(element, "timer.invalid", message)


# --- may it be published --------------------------------------------------------------------------


def no_start(sheet: Sheet) -> Iterator[Finding]:
    """A process and every sub-process has a start event; without one it can only be played."""
    for scope, about in _scopes(sheet):
        if not any(each.scope == scope and not each.inserted for each in sheet.elements("startEvent")):
            yield hold(about, "bpmn.no-start", f"“{about.name}”没有开始事件；请补一个")


def no_end(sheet: Sheet) -> Iterator[Finding]:
    """A process and every sub-process has an end event; without one it can only be played."""
    for scope, about in _scopes(sheet):
        if not any(each.scope == scope for each in sheet.elements("endEvent")):
            yield hold(about, "end.none", f"“{about.name}”没有结束事件；请补一个")


def unreachable(sheet: Sheet) -> Iterator[Finding]:
    """Every element can be reached from the start."""
    for element in sheet.elements():
        if element.id not in sheet.graph.reached and not element.inserted:
            message = f"从开始事件走不到“{element.label}”；请连上，或删去"
            yield hold(element, "bpmn.unreachable", message)


def dead_ends(sheet: Sheet) -> Iterator[Finding]:
    """A path that stops without an end event is read as ended there."""
    leads = {flow.source for flow in sheet.process.flows}
    for element in sheet.elements():
        if (
            element.kind != "endEvent"
            and element.id not in leads
            and not element.aside
            and not _undoes(element)
        ):
            message = f"“{element.label}”之后没有连线；请连到下一步或结束事件"
            yield warning("element.dead-end", element.id, element.line, message)


def _undoes(element: Element) -> bool:
    return element.host is not None and element.event is not None and element.event.kind == "compensate"


def no_default(sheet: Sheet) -> Iterator[Finding]:
    """Where no default is drawn, the conditions cover every answer."""
    for gate in sheet.elements(*CHOOSING):
        flows = sheet.process.leaving(gate.id)
        chooses = [flow for flow in flows if flow.condition]
        if len(chooses) == len(flows) > 0 and not _covers(sheet, chooses):
            message = f"“{gate.label}”没有默认分支，条件可能都不成立；请设一条默认分支"
            yield warning("flow.no-default", gate.id, gate.line, message)


def _covers(sheet: Sheet, flows: Sequence[Flow]) -> bool:
    asked = [_asked(sheet, flow) for flow in flows]
    if None in asked or len({ask[0] for ask in asked if ask}) != 1:
        return False
    asks = [ask for ask in asked if ask]
    said = frozenset[str]().union(*(words for _, words, positive in asks if positive))
    if any(not positive and words <= said for _, words, positive in asks):
        return True
    possible = _outcomes(sheet, asks[0][0])
    return bool(possible) and said.issuperset(possible)


def _asked(sheet: Sheet, flow: Flow) -> tuple[str, frozenset[str], bool] | None:
    read = sheet.compiled(flow.condition or "")
    return None if isinstance(read, Malformed) else read.asks


def _outcomes(sheet: Sheet, name: str) -> dict[str, str]:
    element = sheet.process.elements.get(name)
    return dialect.outcomes(element.words.get("outcomes")) if element else {}


def unknown_answers(sheet: Sheet) -> Iterator[Finding]:
    """A condition on a task's result asks for results the task has."""
    for flow in sheet.process.flows:
        asked = _asked(sheet, flow) if flow.condition else None
        possible = _outcomes(sheet, asked[0]) if asked else {}
        strange = sorted(asked[1] - set(possible)) if asked and possible else []
        if asked and strange:
            message = f"条件问到“{asked[0]}”的结果“{strange[0]}”，而它只有 {'、'.join(possible)}；请改正"
            yield fault(flow, "expr.unknown-answer", message).barring(Bar.PUBLISHING)


def endless(sheet: Sheet) -> Iterator[Finding]:
    """On every way round something is waited for; else nothing changes, and the machine runs in circles."""
    waits = {each.id for each in sheet.elements() if each.kind in WAITING or each.loop is not None}
    ways = {
        name: [to for to in after if to not in waits]
        for name, after in sheet.graph.after.items()
        if name not in waits
    }
    for gate in sheet.elements():
        if gate.id in ways and gate.id in reachable(ways[gate.id], ways):
            message = f"经过“{gate.label}”的循环里没有人办理，也不等什么，会一直空转；请放进一个环节，或断开"
            yield hold(_drawn(sheet, gate), "flow.endless", message)
            return


# --- do its branches meet -------------------------------------------------------------------------


def unpaired(sheet: Sheet) -> Iterator[Finding]:
    """Branches that part in parallel meet in parallel; those that exclude each other do not."""
    for gate in sheet.elements("parallelGateway", "exclusiveGateway"):
        entries = [flow.id for flow in sheet.process.entering(gate.id) if flow.id in sheet.graph.reached]
        partings = [sheet.graph.parting(*pair) for pair in _pairs(sheet, entries)]
        bad = next((part for part in partings if _mismatch(sheet, gate, part)), None)
        if gate.kind == "parallelGateway" and (bad or None in partings):
            message = (
                f"并行汇合“{gate.label}”等的分支不会都到，案件会卡住；请用并行网关分开，或改用排他网关汇合"
            )
            yield hold(_drawn(sheet, gate), "bpmn.deadlock", message)
        elif gate.kind == "exclusiveGateway" and bad:
            message = (
                f"“{bad.label}”同时分出的分支在“{gate.label}”各自继续，后续会重复办理；请改用同类网关汇合"
            )
            yield hold(_drawn(sheet, gate), "bpmn.lack-of-synchronisation", message)


def _drawn(sheet: Sheet, gate: Element) -> Element:
    """Return *gate*, or what stands in the drawing behind a gateway that was inserted."""
    after = sheet.process.leaving(gate.id)
    return sheet.process.elements.get(after[0].target, gate) if gate.inserted and after else gate


def _pairs(sheet: Sheet, entries: list[str]) -> Iterable[tuple[str, str]]:
    """All pairs of entries; neighbours only where there are very many."""
    few = len(sheet.process.elements) <= 500 and len(entries) <= 20
    return combinations(entries, 2) if few else pairwise(entries)


def _mismatch(sheet: Sheet, gate: Element, parted: Element | None) -> bool:
    if parted is None:
        return False
    if gate.kind == "parallelGateway":
        return parted.kind != "parallelGateway"
    ends = all(
        sheet.process.elements[flow.target].kind == "endEvent"
        for flow in sheet.process.leaving(gate.id)
        if flow.target in sheet.process.elements
    )
    return parted.kind in ("parallelGateway", "inclusiveGateway") and not ends


#: Rules that say whether the diagram can be run.
STRUCTURE: tuple[Rule, ...] = (
    many_starts, unsupported, dangling, no_condition, unreadable, untimely, uncalled,
)  # fmt: skip
#: Rules that say whether it may be published.
OFFICE: tuple[Rule, ...] = (
    uncertain_calls, endless, no_start, no_end, unreachable, dead_ends, no_default, unknown_answers, unpaired,
)  # fmt: skip
