"""What is wrong with a diagram: one small function per rule, each finding at its element.

``check`` never raises, whatever the bytes. Rules of *structure* decide whether a diagram can run at
all (``parser.read`` refuses on their errors); rules of *office* decide whether it may be published.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from engine.domain.errors import Malformed
from engine.domain.limit import Limit
from engine.spiff import dialect, drawing, feel, intake, normalise
from engine.spiff.drawing import Drawing, Element, Flow, Process
from engine.spiff.findings import Finding, Level, error, info, warning
from engine.spiff.graph import Graph, reachable

#: What can be run: each kind of element, with the events it may carry ("" is none).
SUPPORTED = {
    "startEvent": {""},
    "endEvent": {"", "terminate"},
    "userTask": {""},
    "manualTask": {""},
    "task": {""},
    "callActivity": {""},
    "subProcess": {""},
    "exclusiveGateway": {""},
    "parallelGateway": {""},
    "inclusiveGateway": {""},
    "intermediateThrowEvent": {"", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "boundaryEvent": {"timer", "message", "signal"},
}
#: What the others are called, and what to draw instead.
INSTEAD = {
    "scriptTask": "脚本任务不执行任何代码；请改为人工任务或条件分支",
    "serviceTask": "服务任务尚不支持；请改为人工任务",
    "sendTask": "发送任务尚不支持；通知由系统自动发出，可删去",
    "receiveTask": "接收任务尚不支持；请改为中间捕获消息事件",
    "businessRuleTask": "业务规则任务尚不支持；请改为条件分支",
    "complexGateway": "复杂网关尚不支持；请改为并行、包容或排他网关",
    "eventBasedGateway": "事件网关尚不支持；请改为任务上的边界事件",
    "transaction": "事务子流程尚不支持；请改为普通子流程",
    "adHocSubProcess": "即席子流程尚不支持；请画出明确的先后关系",
}
PEOPLE = frozenset({"userTask", "manualTask", "task"})
CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class Sheet:
    """One process under examination."""

    process: Process

    @cached_property
    def graph(self) -> Graph:
        """Its shape."""
        return Graph(self.process)

    def elements(self, *kinds: str) -> Iterator[Element]:
        """Iterate over the elements, of these kinds only if any are named."""
        return (each for each in self.process.elements.values() if not kinds or each.kind in kinds)


Rule = Callable[[Sheet], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Examined:
    """A drawing as it will be run, with everything found in it."""

    drawing: Drawing
    findings: tuple[Finding, ...]
    stops: tuple[Finding, ...]


def check(source: bytes) -> tuple[Finding, ...]:
    """Return everything found in *source*, errors first; never raises."""
    try:
        return examine(source).findings
    except Malformed as refused:
        return tuple(refused.findings) or (error(refused.code, None, None, refused.message),)


def examine(source: bytes) -> Examined:
    """Read and examine *source*; raise Malformed only when there is no tree to examine."""
    drawn = drawing.of(intake.tree(source))
    read, changes = normalise.drawing(drawn)
    main = read.main
    if main is None:
        intake.refuse("process.none", "文件里没有流程；请画一个从开始事件到结束事件的流程")
    stops = [*_twice(read), *_circles(read), *_apply(STRUCTURE, main)]
    rest = [finding for process in read.processes for finding in _apply(OFFICE, process)]
    others = [
        _softened(found)
        for process in read.processes
        if process is not main
        for found in _apply(STRUCTURE, process)
    ]
    ranked = sorted([*stops, *rest, *others, *changes], key=lambda found: RANK[found.level])
    return Examined(read, tuple(ranked), tuple(found for found in stops if found.level is Level.ERROR))


RANK = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def _apply(rules: Iterable[Rule], process: Process) -> Iterator[Finding]:
    sheet = Sheet(process)
    return (finding for rule in rules for finding in rule(sheet))


def _softened(finding: Finding) -> Finding:
    """A second process of the file is not run by us: its errors are warnings."""
    return warning(
        finding.code, finding.element, finding.line, f"{finding.message}（此流程不是主流程，不会运行）"
    )


def _at(about: Element | Flow, code: str, message: str) -> Finding:
    return error(code, about.id, about.line, message)


# --- structure: can it run ------------------------------------------------------------------------


def _twice(drawn: Drawing) -> Iterator[Finding]:
    for name, line in drawn.twice:
        yield error("id.duplicate", name, line, f"标识“{name}”用了两次；请给其中一个换一个标识")


def _circles(drawn: Drawing) -> Iterator[Finding]:
    """A process of the file that calls itself, directly or not, would open cases for ever."""
    calls = {
        process.id: [called(each) or "" for each in process.elements.values() if each.kind == "callActivity"]
        for process in drawn.processes
    }
    for process in drawn.processes:
        for element in process.elements.values():
            target = called(element) if element.kind == "callActivity" else None
            if target in calls and process.id in reachable([target], calls):
                yield _at(
                    element,
                    "call.circle",
                    f"“{element.label}”调用的流程又会调用回来，永不结束；请断开其中一处",
                )


def no_start(sheet: Sheet) -> Iterator[Finding]:
    """A process and every sub-process begins at one start event."""
    for scope, about in _scopes(sheet):
        starts = [each for each in sheet.elements("startEvent") if each.scope == scope]
        if not starts:
            yield error("start.none", about.id, about.line, f"“{about.name}”没有开始事件；请补一个")
        for extra in starts[1:]:
            yield _at(extra, "start.many", f"“{about.name}”有不止一个开始事件；请只保留一个")


def no_end(sheet: Sheet) -> Iterator[Finding]:
    """A process and every sub-process has an end event."""
    for scope, about in _scopes(sheet):
        if not any(each.scope == scope for each in sheet.elements("endEvent")):
            yield error("end.none", about.id, about.line, f"“{about.name}”没有结束事件；请补一个")


def _scopes(sheet: Sheet) -> Iterator[tuple[str | None, Process | Element]]:
    yield None, sheet.process
    for element in sheet.elements("subProcess"):
        yield element.id, element


def unsupported(sheet: Sheet) -> Iterator[Finding]:
    """What cannot be run rightly is refused by name, never run wrongly."""
    for element in sheet.elements():
        reason = _unsupported(element)
        if reason:
            yield _at(element, "element.unsupported", f"“{element.label}”：{reason}")


def _unsupported(element: Element) -> str | None:
    events = SUPPORTED.get(element.kind)
    if events is None:
        return INSTEAD.get(element.kind, f"元素 {element.kind} 尚不支持；请删去或改画")
    if element.loop:
        return "多实例和循环标记尚不支持；请改用分支网关或退回连线"
    if element.attributes.get("triggeredByEvent") == "true":
        return "事件子流程尚不支持；请改为任务上的边界事件"
    if element.attributes.get("isForCompensation") == "true":
        return "补偿任务尚不支持；请画出明确的退回路径"
    event = element.event.kind if element.event else ""
    if event not in events:
        return (
            f"这里的 {event or '空'} 事件尚不支持；请改用定时、消息或信号事件"
            if event
            else "捕获事件须说明等什么；请设为定时、消息或信号"
        )
    return None


def dangling(sheet: Sheet) -> Iterator[Finding]:
    """Every flow begins and ends at an element, within one scope; every boundary event has a host."""
    elements = sheet.process.elements
    for flow in sheet.process.flows:
        missing = [end for end in (flow.source, flow.target) if end not in elements]
        if missing:
            yield _at(flow, "flow.dangling", f"连线“{flow.id}”的一端“{missing[0]}”不存在；请重新连接")
        elif elements[flow.source].scope != elements[flow.target].scope:
            yield _at(flow, "flow.crosses", f"连线“{flow.id}”穿过了子流程的边界；请连到子流程本身")
    for event in sheet.elements("boundaryEvent"):
        if event.host not in elements:
            yield _at(event, "event.no-host", f"边界事件“{event.label}”没有附着在任务上；请拖到任务边框上")


def lost(sheet: Sheet) -> Iterator[Finding]:
    """A message or signal an event refers to is in the file."""
    for element in sheet.elements():
        if element.event is not None and element.event.lost is not None:
            gone = element.event.lost
            yield _at(element, "event.lost", f"“{element.label}”引用的消息或信号“{gone}”不存在；请重新选择")


def entered_start(sheet: Sheet) -> Iterator[Finding]:
    """Nothing flows into a start or boundary event, nothing out of an end event."""
    for flow in sheet.process.flows:
        target, source = (sheet.process.elements.get(end) for end in (flow.target, flow.source))
        if target is not None and target.kind in ("startEvent", "boundaryEvent"):
            yield _at(flow, "flow.into-event", f"连线“{flow.id}”流入“{target.label}”；此类事件不能有流入连线")
        if source is not None and source.kind == "endEvent":
            yield _at(flow, "flow.after-end", f"连线“{flow.id}”从结束事件流出；请删去")


def no_condition(sheet: Sheet) -> Iterator[Finding]:
    """Where a gateway chooses, each way but the default says when."""
    for gate in sheet.elements(*CHOOSING):
        flows = sheet.process.leaving(gate.id)
        if len(flows) < 2:
            continue
        for flow in flows:
            if flow.condition is None and flow.id != gate.default:
                yield _at(
                    flow,
                    "flow.no-condition",
                    f"“{gate.label}”后的连线“{flow.name or flow.id}”没有条件；请填写条件，或设为默认分支",
                )


def unreadable(sheet: Sheet) -> Iterator[Finding]:
    """A condition compiles."""
    for flow in sheet.process.flows:
        if flow.condition is not None:
            try:
                feel.compile_(flow.condition)
            except Malformed as unread:
                yield _at(flow, unread.code, unread.message)


def untimely(sheet: Sheet) -> Iterator[Finding]:
    """The text of a timer is a duration, a date or a cycle."""
    for element in sheet.elements():
        event = element.event
        if event is None or event.kind != "timer":
            continue
        if not event.text:
            yield _at(element, "timer.none", f"“{element.label}”没有填时限；请填如 P5D 或 5个工作日")
        elif not dialect.is_time(event.time, event.text):
            yield _at(
                element,
                "timer.unreadable",
                f"“{element.label}”的时限“{event.text[:40]}”读不懂；请填如 P5D、PT4H 或 5个工作日",
            )


def uncalled(sheet: Sheet) -> Iterator[Finding]:
    """A call activity says what it calls."""
    for element in sheet.elements("callActivity"):
        if not called(element):
            yield _at(element, "call.nothing", f"“{element.label}”没有说明调用哪个事项；请填写事项代码")


def called(element: Element) -> str | None:
    """Return what a call activity calls."""
    return element.attributes.get("calledElement") or element.words.get("called")


# --- office: may it be published ------------------------------------------------------------------


def unreachable(sheet: Sheet) -> Iterator[Finding]:
    """Every element can be reached from the start."""
    if not sheet.graph.starts:
        return
    for element in sheet.elements():
        if element.id not in sheet.graph.reached and not element.inserted:
            yield _at(element, "element.unreachable", f"从开始事件走不到“{element.label}”；请连上，或删去")


def dead_ends(sheet: Sheet) -> Iterator[Finding]:
    """A path that stops without an end event is read as ended there."""
    leads = {flow.source for flow in sheet.process.flows}
    for element in sheet.elements():
        if element.kind not in ("endEvent", "textAnnotation") and element.id not in leads:
            yield warning(
                "element.dead-end",
                element.id,
                element.line,
                f"“{element.label}”之后没有连线；请连到下一步或结束事件",
            )


def no_default(sheet: Sheet) -> Iterator[Finding]:
    """Where no default is drawn, the conditions cover every answer."""
    for gate in sheet.elements(*CHOOSING):
        flows = sheet.process.leaving(gate.id)
        chooses = [flow for flow in flows if flow.condition]
        if len(chooses) == len(flows) > 0 and not _covers(sheet, chooses):
            yield warning(
                "flow.no-default", gate.id, gate.line,
                f"“{gate.label}”没有默认分支，条件可能都不成立；请设一条默认分支",
            )  # fmt: skip


def _covers(sheet: Sheet, flows: Sequence[Flow]) -> bool:
    asked = [_asked(flow) for flow in flows]
    if None in asked or len({ask[0] for ask in asked if ask}) != 1:
        return False
    asks = [ask for ask in asked if ask]
    said = frozenset[str]().union(*(words for _, words, positive in asks if positive))
    if any(not positive and words <= said for _, words, positive in asks):
        return True
    element = sheet.process.elements.get(asks[0][0])
    possible = dialect.outcomes(element.words.get("outcomes")) if element else {}
    return bool(possible) and said.issuperset(possible)


def _asked(flow: Flow) -> tuple[str, frozenset[str], bool] | None:
    try:
        return feel.compile_(flow.condition or "").asks
    except Malformed:
        return None


def unpaired(sheet: Sheet) -> Iterator[Finding]:
    """Branches that part in parallel meet in parallel; those that exclude each other do not."""
    for gate in sheet.elements("parallelGateway", "exclusiveGateway"):
        entries = [flow.id for flow in sheet.process.entering(gate.id) if flow.id in sheet.graph.reached]
        partings = [sheet.graph.parting(*pair) for pair in _pairs(sheet, entries)]
        bad = next((part for part in partings if _mismatch(sheet, gate, part)), None) if partings else None
        if gate.kind == "parallelGateway" and partings and (bad or None in partings):
            yield _at(
                gate,
                "gateway.unpaired",
                f"并行汇合“{gate.label}”等的分支不会都到，案件会卡住；请用并行网关分开这些分支，或改用排他网关汇合",
            )
        elif gate.kind == "exclusiveGateway" and bad:
            yield _at(
                gate,
                "gateway.unpaired",
                f"“{bad.label}”并行分出的分支在“{gate.label}”各自继续，后续会重复办理；请改用并行网关汇合",
            )


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
    return parted.kind == "parallelGateway" and not ends


def odd_ids(sheet: Sheet) -> Iterator[Finding]:
    """Ids are words: conditions, reports and addresses use them."""
    process = sheet.process
    named = [(process.id, process.line), *((each.id, each.line) for each in sheet.elements())]
    for name, line in named:
        if not re.fullmatch(r"[^\W\d][\w.-]{0,99}", name):
            yield error(
                "id.odd",
                name,
                line,
                f"标识“{name[:40]}”不合规；请以字母开头，用字母、数字或下划线",
            )


def uncounted(sheet: Sheet) -> Iterator[Finding]:
    """The office counts a duration of one unit; a date, a cycle or a mixture can only be played."""
    for element in sheet.elements():
        event = element.event
        if event is None or event.kind != "timer" or not dialect.is_time(event.time, event.text):
            continue
        if event.time != "duration" or not _counts(element, event.text):
            message = f"“{element.label}”的时限“{event.text}”还不能按日历计；请改为单一单位的时长，如 P5D"
            yield _at(element, "timer.uncounted", message)


def _counts(element: Element, text: str) -> bool:
    try:
        Limit.of_timer(text, dialect.calendar_of(text, element.words.get("calendar")))
    except Malformed:
        return False
    return True


def nobody(sheet: Sheet) -> Iterator[Finding]:
    """A task for people names one role."""
    for element in sheet.elements(*PEOPLE):
        groups = roles(element)
        if not groups:
            yield _at(
                element, "task.nobody", f"“{element.label}”没有填办理角色；请填一个，如 window（综合窗口）"
            )
        elif len(groups) > 1:
            yield _at(element, "task.many-groups", f"“{element.label}”填了多个办理角色；请只留一个")
        elif groups[0] not in dialect.ROLES:
            known = "、".join(dialect.ROLES)
            yield _at(
                element, "task.unknown-group", f"“{element.label}”的办理角色“{groups[0]}”不认识；可填 {known}"
            )


def roles(element: Element) -> list[str]:
    """Return the roles named at a task."""
    return [group.strip() for group in element.words.get("role", "").split(",") if group.strip()]


def waits_for_people(sheet: Sheet) -> Iterator[Finding]:
    """A plain or manual task passes through in other engines; here somebody completes it."""
    for element in sheet.elements("task", "manualTask"):
        yield info("task.waits", element.id, element.line, f"“{element.label}”会等人办理；如不需要，请删去")


def strange_words(sheet: Sheet) -> Iterator[Finding]:
    """Our words are known, stand where they may, and say what they may."""
    own = {*dialect.ATTRIBUTES.values(), *dialect.ZEEBE_ELEMENTS.values()}
    said = [(each.id, each.line, each.kind, each.label, each.words) for each in sheet.elements()]
    process = sheet.process
    said.append((process.id, process.line, "process", process.name, process.words))
    for name, line, kind, label, words in said:
        for word, value in words.items():
            trouble = None if word in own else _trouble(word, value, kind)
            if trouble:
                yield error(trouble[0], name, line, f"“{label}”：{trouble[1]}")


def _trouble(name: str, value: str, kind: str) -> tuple[str, str] | None:
    word = dialect.BY_NAME.get(name)
    if word is None:
        return "word.unknown", f"扩展属性 gov:{name} 不认识；请删去，或检查拼写"
    if kind not in word.applies:
        return "word.misplaced", f"gov:{name}（{word.label}）不能用在这里；请删去"
    if not word.reads(value):
        code = "limit.unreadable" if name in ("limit", "warn") else "word.unreadable"
        hint = word.hint or "、".join(word.choices or ())
        return code, f"{word.label}“{value[:40]}”读不懂；可填 {hint}"
    return None


#: Rules whose errors mean that the diagram cannot be run.
STRUCTURE: tuple[Rule, ...] = (
    no_start, no_end, unsupported, dangling, lost, entered_start, no_condition, unreadable, untimely, uncalled,
)  # fmt: skip
#: Rules whose errors mean that it must not be published.
OFFICE: tuple[Rule, ...] = (
    odd_ids, uncounted, unreachable, dead_ends, no_default, unpaired, nobody, waits_for_people, strange_words,
)  # fmt: skip
