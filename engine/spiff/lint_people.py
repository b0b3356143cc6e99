"""Rules of the office: who does a task, by when it counts, and whether our words say what they may."""

import re
from collections.abc import Iterator

from engine.domain.errors import Malformed
from engine.domain.limit import Limit
from engine.domain.special import LEGAL
from engine.domain.vote import Rules
from engine.spiff import dialect, promised
from engine.spiff.drawing import Element, Event, Process
from engine.spiff.findings import Finding, error, info, warning
from engine.spiff.graph import reachable
from engine.spiff.lint_sheet import PEOPLE, Rule, Sheet, hold, roles


def nobody(sheet: Sheet) -> Iterator[Finding]:
    """A task for people names one role."""
    for element in sheet.elements(*PEOPLE):
        groups = roles(element)
        if not groups:
            message = f"“{element.label}”没有填办理角色；请填一个，如 window（综合窗口）"
            yield hold(element, "task.nobody", message)
        elif len(groups) > 1:
            yield hold(element, "task.many-groups", f"“{element.label}”填了多个办理角色；请只留一个")
        elif groups[0] not in dialect.ROLES:
            known = "、".join(dialect.ROLES)
            message = f"“{element.label}”的办理角色“{groups[0]}”不认识；可填 {known}"
            yield hold(element, "task.unknown-group", message)


def waits_for_people(sheet: Sheet) -> Iterator[Finding]:
    """A plain or manual task passes through in other engines; here somebody completes it."""
    for element in sheet.elements("task", "manualTask"):
        yield info("task.waits", element.id, element.line, f"“{element.label}”会等人办理；如不需要，请删去")


def uncounted(sheet: Sheet) -> Iterator[Finding]:
    """The office counts a duration of one unit; a date, a cycle or a mixture can only be played."""
    for element in sheet.elements():
        for event in element.event.all if element.event else ():
            if event.kind != "timer" or not dialect.is_time(event.time, event.text):
                continue
            if promised.lead(event.text) is not None:
                continue  # the promise has a clock of its own
            if event.time != "duration" or not _counts(element, event.text):
                message = f"“{element.label}”的时限“{event.text}”还不能按日历计；请改为单一单位的时长，如 P5D"
                yield hold(element, "timer.uncounted", message)


def _counts(element: Element, text: str) -> bool:
    try:
        Limit.of_timer(text, dialect.calendar_of(text, element.words.get("calendar")))
    except Malformed:
        return False
    return True


#: How the head of an authority is spoken of; a deputy (副) is not meant.
PRINCIPAL = re.compile(r"一把手|主要负责人|主要领导|行政首长|(?<!副)[局厅]长|\b(?:principal|head)\b")
#: What may begin a case: a message, which somebody tells it with an application.
BEGINS = frozenset({"message"})
#: What is raised upwards, and ends in nothing where nobody catches it.
THROWN = frozenset({"error", "escalation"})


def unheard(sheet: Sheet) -> Iterator[Finding]:
    """No case begins by itself; and what a process raises and does not catch, only a bundle may.

    Messages and signals are carried between cases, and told from outside.
    """
    for element in sheet.elements():
        events = element.event.all if element.event else ()
        kinds = {event.kind for event in events}
        if element.kind == "startEvent" and element.scope is None and kinds - BEGINS:
            message = f"“{element.label}”不会自己开始一个办件，只能试运行；请改画成普通开始或消息开始事件"
            yield hold(element, "event.unheard", message)
        lost = [e for e in events if e.kind in THROWN and not _caught(sheet.process, element, e)]
        if lost and element.kind in ("endEvent", "intermediateThrowEvent"):
            message = f"“{element.label}”抛出的错误或升级在本流程里没有环节接住；请补画，或由一件事流程的边界事件接住"
            yield warning("event.unheard", element.id, element.line, message)


def _caught(process: Process, thrower: Element, event: Event) -> bool:
    """Does an event sub-process or a boundary event of a scope around *thrower* catch what it throws?"""
    inside, scope = thrower.id, thrower.scope
    while True:
        for each in process.elements.values():
            home = process.elements.get(each.scope or "")
            beside = each.kind == "startEvent" and home is not None and home.aside and home.scope == scope
            listens = (beside and home is not None and home.id != inside) or (scope and each.host == scope)
            if listens and _catches(each, event):
                return True
        if scope is None:
            return False
        inside, scope = scope, process.elements[scope].scope


def _catches(listener: Element, thrown: Event) -> bool:
    events = listener.event.all if listener.event else ()
    return any(event.kind == thrown.kind and event.name in ("", thrown.name) for event in events)


def warned(sheet: Sheet) -> Iterator[Finding]:
    """A branch that only warns holds the case open while a person has work on it.

    A task that says of itself that it urges (``gov:stage`` is ``urge``, 督办) is meant so.
    """
    for event in sheet.elements("boundaryEvent"):
        if event.interrupts or event.event is None or event.event.kind != "timer":
            continue
        for name in reachable([event.id], sheet.graph.after):
            task = sheet.process.elements.get(name)
            if task is not None and task.kind == "userTask" and task.words.get("stage") != "urge":
                message = f"“{task.label}”在预警分支上，不办完案件就不能办结；督办任务请把环节类型设为督办"
                yield warning("task.on-warning", task.id, task.line, message)
                break


def stops_by_law(sheet: Sheet) -> Iterator[Finding]:
    """An activity stops the clocks only on a ground of the law or of the region, and for a time it names (R-LIM-5)."""
    for element in sheet.elements(*PEOPLE):
        ground = element.words.get("suspends")
        if ground is None:
            continue
        known = [*LEGAL, *sorted(sheet.grounds - set(LEGAL))]
        if ground not in known:
            listed = "、".join(known)
            message = f"“{element.label}”的“{ground}”不是停止计时的法定事由；请改为 {listed}，或不停止计时"
            yield hold(element, "suspends.ground", message)
        if not element.words.get("limit"):
            message = f"“{element.label}”停止计时，但没有写所需时间；请填环节时限，如 10 workday"
            yield hold(element, "suspends.unlimited", message)


def voted(sheet: Sheet) -> Iterator[Finding]:
    """A committee's vote is one step with two ends, adopted first, by rules that can be kept (决策委员会)."""
    for element in sheet.elements(*PEOPLE):
        rules = element.words.get("vote")
        if rules is None or not dialect.BY_NAME["vote"].reads(rules):
            continue  # what cannot be read is told by strange_words
        try:
            Rules.parse(rules)
        except Malformed as refusal:
            yield hold(element, "vote.rules", f"“{element.label}”：{refusal.message}")
        if len(dialect.outcomes(element.words.get("outcomes"))) != 2 or element.loop is not None:
            message = f"“{element.label}”由委员会表决，须有且只有两个结果，先写通过、后写不通过，且不设多实例"
            yield hold(element, "vote.outcomes", message)


def principals(sheet: Sheet) -> Iterator[Finding]:
    """The head of an authority decides no ordinary case (一把手不审定, rulebook §1.1)."""
    bounds = {each.id for each in sheet.elements("boundaryEvent")}
    ways = {name: [to for to in after if to not in bounds] for name, after in sheet.graph.after.items()}
    for name in sorted(reachable(sheet.graph.starts, ways) & sheet.process.elements.keys()):
        task = sheet.process.elements[name]
        said = f"{task.name} {sheet.process.lanes.get(name, '')} {task.words.get('role', '')}"
        if task.kind in PEOPLE and PRINCIPAL.search(said):
            message = f"“{task.label}”要单位主要负责人审定；普通件请授权分管领导或审批人员办理"
            yield warning("task.principal", task.id, task.line, message)


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


RULES: tuple[Rule, ...] = (
    nobody,
    waits_for_people,
    uncounted,
    unheard,
    warned,
    stops_by_law,
    voted,
    principals,
    strange_words,
)
