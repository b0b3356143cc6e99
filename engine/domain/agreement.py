"""Whether a diagram and the catalogue agree: no step and no paper more than is listed, no promise too short."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain import outcome
from engine.domain.bundle import Graph, On, length
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.outcome import Policy

#: Steps of every matter's procedure, listed or not; only the others are steps of its own (环节).
PROCEDURAL = frozenset({"apply", "prereview", "accept", "correct", "supply", "deliver", "follow", "urge"})
#: Steps in which an applicant hands something in.
ASKING = frozenset({"apply", "correct", "supply"})
#: What of a predecessor is waited for, as it is said.
WAITED = {On.ACCEPTED: "受理", On.GRANTED: "办结", On.DELIVERED: "送达", On.DATA: "数据"}
#: What the engine itself knows of every case.
GIVEN = frozenset(
    {
        *("channel", "in_bundle", "verify_only", "inform_commit", "on_overdue"),
        *("pickup_apart", "handed_out_first"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a person does in a diagram: its stage, and the papers that flow into it."""

    id: str
    name: str
    stage: str
    papers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where the two part; what is *grave* is not published."""

    code: str
    element: str | None
    message: str
    grave: bool = True


def extra_steps(record: Mapping[str, Any], steps: Iterable[Step]) -> Iterator[Disagreement]:
    """A diagram adds no step to those the catalogue lists (不得额外增加办理环节, §1.1)."""
    listed = {stage.get("task") for stage in record.get("stages") or ()}
    for step in steps:
        if listed and step.id not in listed and step.stage not in PROCEDURAL:
            message = (
                f"“{step.name}”不在事项“{record['name']}”的环节清单里，不得额外增加；请删去，或先修改清单"
            )
            yield Disagreement("matter.extra-step", step.id, message)


def extra_papers(record: Mapping[str, Any], steps: Iterable[Step]) -> Iterator[Disagreement]:
    """A diagram asks for no paper the catalogue does not list (不得额外增加申请材料, §1.1)."""
    listed = {word for paper in record.get("materials") or () for word in (paper["code"], paper["name"])}
    for step in steps:
        for paper in step.papers if listed and step.stage in ASKING else ():
            if paper not in listed:
                message = f"“{step.name}”要交的“{paper}”不在事项“{record['name']}”的材料清单里；请删去"
                yield Disagreement("matter.extra-paper", step.id, message)


def unknown_fields(fields: Mapping[str, frozenset[str]], known: frozenset[str]) -> Iterator[Disagreement]:
    """A condition asks for what the diagram, the catalogue or the engine knows; *fields* are by flow."""
    for flow, names in fields.items():
        for name in sorted(names - known - GIVEN):
            if not name.startswith("with_"):  # whether a member takes part in the bundle
                message = f"条件用到的“{name}”，流程和事项目录里都没有，会一直为空；请检查拼写"
                yield Disagreement("expr.unknown-field", flow, message, grave=False)


def short_promise(bundle: Mapping[str, Any], promises: Mapping[str, Limit]) -> Iterator[Disagreement]:
    """A bundle promises no less than its longest chain takes, or says in words that it does (R-BUN-9)."""
    promised = bundle.get("promised_limit")
    if promised is None:
        return
    limit = Limit(int(promised["value"]), Unit(promised["unit"]))
    longest = Graph.read(bundle).longest(promises)
    if longest.days > length(limit):
        message = (
            f"“{bundle['name']}”承诺 {limit.words()}，而 {' → '.join(longest.path)} 依次办完要 "
            f"{longest.days:g} 个工作日；请延长承诺、缩短成员事项，或在 critical_path_note 里说明（R-BUN-9）"
        )
        yield Disagreement("bundle.short-promise", None, message, grave=not bundle.get("critical_path_note"))


def policy(bundle: Mapping[str, Any]) -> Iterator[Disagreement]:
    """A bundle can come to a grant by the policy it names, and names milestones only where they count (R-BUN-7)."""
    try:
        named = outcome.policy(bundle)
    except Malformed as refused:
        yield Disagreement(refused.code, bundle["key"], refused.message)
        return
    marked = [member for member in bundle["members"] if member.get("milestone")]
    if named is Policy.ANY and not marked:
        message = (
            f"“{bundle['name']}”的办结策略是任一里程碑办结，却没有里程碑，永远达不到；"
            "请给成员事项标上 milestone: true，或改用其他策略（R-BUN-7）"
        )
        yield Disagreement("bundle.no-milestone", bundle["key"], message)
    if named is Policy.ANY and marked and all(_may_be_left_out(member) for member in marked):
        message = "里程碑都可以不办；一个也不办时按全部成员办结计算（R-BUN-7）"
        yield Disagreement("bundle.milestone-left-out", marked[0]["matter"], message, grave=False)
    if named is Policy.REQUIRED and not outcome.required(bundle):
        message = (
            f"“{bundle['name']}”的办结策略是必办成员办结，却没有必办成员，永远达不到；"
            "请把成员事项改为必办（optional: false），或改用其他策略（R-BUN-7）"
        )
        yield Disagreement("bundle.no-required", bundle["key"], message)
    for member in marked if named is not Policy.ANY else ():
        message = f"标了里程碑，而办结策略不是 {Policy.ANY}，里程碑不起作用；请改策略或去掉标记（R-BUN-7）"
        yield Disagreement("bundle.milestone-idle", member["matter"], message, grave=False)


def _may_be_left_out(member: Mapping[str, Any]) -> bool:
    return bool(member.get("optional") or member.get("condition"))


def waiting(bundle: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> Iterator[Disagreement]:
    """What members wait for comes, and no later than they ask (R-BUN-3, R-BUN-4)."""
    graph = Graph.read(bundle)
    name = {key: record["name"] for key, record in records.items()}
    for wait in graph.held_up():
        message = (
            f"“{name[wait.matter]}”一处放行所有后续事项，按其中最迟的一项放行；"
            f"只等它“{WAITED[wait.on]}”的后续事项也要等到“{WAITED[graph.releases(wait.matter)]}”（R-BUN-4）"
        )
        yield Disagreement("bundle.held-up", wait.matter, message, grave=False)
    for key, waits in graph.waits.items():
        for wait in waits:
            if wait.on is On.DATA and wait.matter not in _producers(records[key], records):
                message = (
                    f"“{name[key]}”只等“{name[wait.matter]}”的数据，材料清单里却没有由它产生的材料，决定不会等它；"
                    "请补列材料，或改为办结后开始（R-BUN-4）"
                )
                yield Disagreement("bundle.no-data", key, message, grave=False)


def _producers(record: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The matters whose results a matter asks for as materials."""
    results = {(each.get("result") or {}).get("code"): key for key, each in records.items()}
    materials = record.get("materials") or ()
    return {material.get("produced_by") or results.get(material["code"], "") for material in materials}
