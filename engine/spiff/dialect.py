"""Our words in a diagram: who acts, within what limit, on which form, with what results.

On disk a diagram speaks ``camunda:`` (measured: a private namespace is lost on copy and paste in
the desktop Modeler). The reader also accepts ``gov:``, ``flowable:``, ``activiti:`` and ``zeebe:``.
The tables below are the only source of the element templates: see ``templates``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.domain.vote import WRITTEN
from engine.spiff import promised

GOV = "urn:lianban:gov"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SYNONYMS = (CAMUNDA, "http://flowable.org/bpmn", "http://activiti.org/bpmn", ZEEBE)

#: Attributes that mean the same in every synonym's namespace: their name there -> our word.
ATTRIBUTES = {"candidateGroups": "role", "formKey": "form"}
#: Zeebe says in elements what the others say in attributes: (element, attribute) -> our word.
ZEEBE_ELEMENTS = {
    ("assignmentDefinition", "candidateGroups"): "role",
    ("formDefinition", "formKey"): "form",
    ("formDefinition", "formId"): "form",
    ("formDefinition", "externalReference"): "form",
    ("calledElement", "processId"): "called",
}

#: Who may act.
ROLES = {
    "window": "综合窗口",
    "approver": "审批人员",
    "inspector": "勘验人员",
    "chief": "科室负责人",
    "leader": "分管领导",
    "subdistrict": "街道（乡镇）",
    "applicant": "申请人",
    "manager": "效能管理",
}
STAGES = {
    "apply": "申请",
    "prereview": "预审",
    "accept": "受理",
    "correct": "补正",
    "supply": "补交容缺材料",
    "review": "审查",
    "inspect": "现场核查",
    "audit": "审核",
    "decide": "决定",
    "deliver": "送达",
    "follow": "后续监管",
    "urge": "督办",
}
UNITS = {
    "workday": "个工作日",
    "day": "日",
    "hour": "个工作小时",
    "clockhour": "小时",
    "minute": "分钟",
    "month": "个月",
    "year": "年",
    "onspot": "当场",
}
#: What a diagram may have the engine do of itself when a promise (容缺承诺) is broken (R-TOL-5).
ACTS = {
    "revoke_acceptance": "撤销受理",
    "deny": "不予许可",
    "withdraw_deemed": "视为撤回申请",
    "terminate": "终止办理",
    "suspend": "中止办理",
    "return": "退件",
}
RELEASES = {"accepted": "对方受理后", "granted": "对方办结后", "delivered": "对方送达后"}
CALENDARS = {"workday": "工作日", "natural": "自然日"}
FLAG = {"true": "是", "false": "否"}
#: The shapes in which a task may want a decision's answer, by Camunda's words.
SHAPES = {
    "singleEntry": "一个值",
    "singleResult": "一行",
    "collectEntries": "各行的值",
    "resultList": "所有行",
}

_TIMED = "|".join(unit for unit in UNITS if unit != "onspot")
LIMIT = rf"[1-9]\d{{0,3}}\s+(?:{_TIMED})|(?:1\s+)?onspot"
OUTCOMES = r"\s*[A-Za-z]\w*=[^;=<>]+(?:;\s*[A-Za-z]\w*=[^;=<>]+)*;?\s*"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of ours: where it may stand, what it may say, and under which heading it is shown."""

    name: str
    label: str
    applies: frozenset[str]
    group: str
    pattern: str | None = None
    choices: Mapping[str, str] | None = None
    hint: str = ""

    def reads(self, value: str) -> bool:
        """Claim that *value* is a thing this word may say."""
        if self.choices is not None:
            return value in self.choices
        return self.pattern is None or re.fullmatch(self.pattern, value) is not None


TASK = frozenset({"userTask", "manualTask", "task"})
CALL = frozenset({"callActivity"})
RULE = frozenset({"businessRuleTask"})
SERVICE = frozenset({"serviceTask"})
PROCESS = frozenset({"process"})
TIMER = frozenset({"boundaryEvent", "intermediateCatchEvent", "startEvent"})

#: Headings of the panel: id -> label.
GROUPS = {"rule": "决策", "who": "谁来办", "when": "办理时限", "form": "表单", "result": "结果"}

#: The shared processes that are shipped, as they are called.
SHARED = {"common/tolerate": "补交容缺材料"}
#: A call of one of them has none of our words.
PART: frozenset[str] = frozenset()

#: Every gov: word there is.
WORDS = (
    Word("stage", "环节类型", TASK, "who", choices=STAGES),
    Word("dept", "承办部门", TASK, "who", r"[A-Za-z][\w-]{0,31}", hint="部门代码；不填即事项的实施部门"),
    Word("officers", "最少办理人数", TASK, "who", r"[1-9]", hint="如现场核查须二人以上，填 2"),
    Word("bulk", "可批量办理", TASK, "who", choices=FLAG),
    Word("limit", "环节时限", TASK, "when", LIMIT, hint="如 3 workday（3 个工作日）、1 onspot（当场）"),
    Word("warn", "提前预警", TASK, "when", LIMIT, hint="如 1 workday（到期前 1 个工作日）"),
    Word("suspends", "不计入时限的事由", TASK, "when", r"[\w-]{1,40}", hint="行政许可法第四十五条所列事由"),
    Word("outcomes", "办理结果", TASK, "result", OUTCOMES, hint="如 pass=通过;return=退回"),
    Word("vote", "委员会表决", TASK, "result", WRITTEN, hint="如 quorum=2/3;agree>1/2;abstain=counts"),
    Word("releases", "何时放行后续事项", CALL, "result", choices=RELEASES),
    Word("act", "容缺逾期后果", SERVICE, "result", choices=ACTS, hint="由系统依法办理，出具文书并记入信用"),
    Word("calendar", "按哪种日子计", TIMER, "when", choices=CALENDARS),
    Word("matter", "事项代码", PROCESS, "who", r"[\w.-]{1,64}"),
)
BY_NAME = {word.name: word for word in WORDS}

_CLOCK = r"T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,8}(\.\d+)?S)?"
_ISO = rf"(?:P\d{{1,4}}W|P(?!$|/)(\d{{1,4}}Y)?(\d{{1,4}}M)?(\d{{1,5}}D)?({_CLOCK})?)"
#: A cycle of no length would never rest.
_SOME = rf"(?=[^/]*[1-9]){_ISO}"
_SPOKEN = r"\d{1,4}\s*(?:个?(?:工作日|小时|月)|日|自然日|年|分钟)"
_DATE = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?"
#: What the text of a timer may be, by its kind.
TIMES = {
    "duration": rf"{_ISO}|{_SPOKEN}|\d{{1,4}}\s+(?:{_TIMED})",
    "date": rf"{_DATE}|{promised.TEXT}",
    "cycle": rf"R\d{{0,4}}/(?:{_SOME}|{_DATE}/{_SOME}|{_SOME}/{_DATE})",
}


def is_time(kind: str, text: str) -> bool:
    """Claim that *text* is a duration, a date or a cycle that can be counted."""
    return re.fullmatch(TIMES[kind], text) is not None


def calendar_of(text: str, said: str | None) -> str:
    """Return the calendar a timer counts by: what it says, or what its text implies, or natural days."""
    return said or ("workday" if "工作日" in text or "workday" in text else "natural")


def outcomes(text: str | None) -> dict[str, str]:
    """Return ``{"pass": "通过"}`` of ``pass=通过;return=退回``."""
    pairs = (part.partition("=") for part in (text or "").split(";") if "=" in part)
    return {key.strip(): label.strip() for key, _, label in pairs}


def words(node: etree._Element) -> dict[str, str]:
    """Return all our words said at *node*, whatever synonym says them; unknown gov: words too."""
    said = {word: value.strip() for word, value in _said(node) if value is not None}
    return {word: value for word, value in said.items() if value}


def _said(node: etree._Element) -> Iterator[tuple[str, str | None]]:
    yield from _attributes(node)
    for holder in node:
        if _local(holder) == "extensionElements":
            for extension in holder.iter(etree.Element):
                yield from _extension(extension)


def _attributes(node: etree._Element) -> Iterator[tuple[str, str | None]]:
    gov = {GOV, node.nsmap.get("gov")}
    for name, value in node.attrib.items():
        space, local = split(str(name))
        if space in gov and space:
            yield local, str(value)
        elif space in SYNONYMS and local in ATTRIBUTES:
            yield ATTRIBUTES[local], str(value)


def _extension(node: etree._Element) -> Iterator[tuple[str, str | None]]:
    space, local = split(str(node.tag))
    if local == "property":
        name = node.get("name") or node.get("key") or ""
        if name.startswith("gov:"):
            yield name.removeprefix("gov:"), node.get("value")
    elif space == ZEEBE:
        for (element, attribute), word in ZEEBE_ELEMENTS.items():
            if local == element and node.get(attribute):
                yield word, node.get(attribute)


def split(tag: str) -> tuple[str, str]:
    """Return (namespace, name) of a tag."""
    space, _, local = tag.rpartition("}")
    return space.lstrip("{"), local


def _local(node: etree._Element) -> str:
    return split(str(node.tag))[1]


def templates() -> list[dict[str, Any]]:
    """Return the element templates that teach a modeler's panel our words."""
    return [
        _template("gov.task", "政务·办理环节", "带角色、时限、表单和结果的人工环节", ["bpmn:UserTask"], TASK),
        _template("gov.member", "一件事·联办事项", "由一件事发起的一个事项", ["bpmn:CallActivity"], CALL),
        _part(),
        _template(
            "gov.act", "政务·容缺逾期后果", "容缺材料逾期未补，由系统依法办理", ["bpmn:ServiceTask"], SERVICE
        ),
        _template("gov.rule", "政务·决策表", "按决策表核定，不由人工指定", ["bpmn:BusinessRuleTask"], RULE),
        _template("gov.matter", "政务·事项流程", "一个事项的办理流程", ["bpmn:Process"], PROCESS),
        _template(
            "gov.timer",
            "政务·时限事件",
            "按工作日或自然日计的时限",
            ["bpmn:BoundaryEvent", "bpmn:IntermediateCatchEvent"],
            TIMER,
        ),
    ]


def _part() -> dict[str, Any]:
    """A call of a shared process looks like one of a member, but what it may call is given."""
    sheet = _template(
        "gov.part", "政务·通用环节", "把通用流程画进本件，在同一件里办理", ["bpmn:CallActivity"], PART
    )
    field = {
        "label": "通用环节",
        "group": "who",
        "type": "Dropdown",
        "choices": _choices(SHARED),
        "constraints": {"notEmpty": True},
        "binding": {"type": "property", "name": "calledElement"},
    }
    return {**sheet, "groups": [{"id": "who", "label": GROUPS["who"]}], "properties": [field]}


def _template(
    key: str, name: str, about: str, applies_to: list[str], kinds: frozenset[str]
) -> dict[str, Any]:
    properties = [*_own(kinds), *(_field(word) for word in WORDS if word.applies & kinds)]
    headings = {field["group"] for field in properties}
    return {
        "$schema": "https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json",
        "name": name,
        "id": key,
        "version": 1,
        "description": about,
        "appliesTo": applies_to,
        "groups": [{"id": group, "label": label} for group, label in GROUPS.items() if group in headings],
        "properties": sorted(properties, key=lambda field: list(GROUPS).index(field["group"])),
    }


def _own(kinds: frozenset[str]) -> list[dict[str, Any]]:
    """The fields that BPMN and camunda have words for already."""
    if kinds == TASK:
        return [
            {
                "label": "办理角色",
                "group": "who",
                "type": "Dropdown",
                "choices": _choices(ROLES),
                "constraints": {"notEmpty": True},
                "binding": {"type": "property", "name": "camunda:candidateGroups"},
            },
            {
                "label": "表单",
                "group": "form",
                "type": "String",
                "binding": {"type": "property", "name": "camunda:formKey"},
            },
        ]
    if kinds == CALL:
        return [
            {
                "label": "事项代码",
                "group": "who",
                "type": "String",
                "constraints": {"notEmpty": True},
                "binding": {"type": "property", "name": "calledElement"},
            }
        ]
    if kinds == RULE:
        return [
            _rule("决策标识", "camunda:decisionRef", "决策文件（.dmn）中决策的 id"),
            _rule("结果写入", "camunda:resultVariable", "标志名，后面的条件用它，如 tier"),
            {
                "label": "结果形式",
                "group": "rule",
                "type": "Dropdown",
                "value": "singleEntry",
                "choices": _choices(SHAPES),
                "binding": {"type": "property", "name": "camunda:mapDecisionResult"},
            },
        ]
    return []


def _rule(label: str, name: str, hint: str) -> dict[str, Any]:
    return {
        "label": label,
        "description": hint,
        "group": "rule",
        "type": "String",
        "constraints": {"notEmpty": True},
        "binding": {"type": "property", "name": name},
    }


def _field(word: Word) -> dict[str, Any]:
    field: dict[str, Any] = {
        "label": word.label,
        "group": word.group,
        "type": "String" if word.choices is None else "Dropdown",
        "optional": True,
        "binding": {"type": "camunda:property", "name": f"gov:{word.name}"},
    }
    if word.hint:
        field["description"] = word.hint
    if word.choices is not None:
        field["choices"] = _choices(word.choices)
    elif word.pattern is not None:
        message = f"{word.label}写法不对。{word.hint}"
        field["constraints"] = {"pattern": {"value": f"^(?:{word.pattern})$", "message": message}}
    return field


def _choices(choices: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": label, "value": value} for value, label in choices.items()]
