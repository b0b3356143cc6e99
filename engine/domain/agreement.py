"""Whether a diagram and the catalogue agree: no step and no paper more than is listed, no promise too short."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain.limit import Limit, Unit

#: Steps of every matter's procedure, listed or not; only the others are steps of its own (环节).
PROCEDURAL = frozenset({"apply", "prereview", "accept", "correct", "deliver", "follow", "urge"})
#: Steps in which an applicant hands something in.
ASKING = frozenset({"apply", "correct"})
#: What the engine itself knows of every case.
GIVEN = frozenset({"channel", "in_bundle", "verify_only", "inform_commit"})
#: How long a unit is in working days, where only lengths are compared; hours are the hall's.
WORKDAYS = {
    Unit.WORKDAY: 1.0,
    Unit.DAY: 5 / 7,
    Unit.HOUR: 1 / 7,
    Unit.MINUTE: 1 / 420,
    Unit.MONTH: 21.75,
    Unit.YEAR: 261.0,
    Unit.ONSPOT: 0.0,
}


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


def length(limit: Limit) -> float:
    """Return how many working days *limit* comes to."""
    return limit.value * WORKDAYS[limit.unit]


def critical_path(bundle: Mapping[str, Any], promises: Mapping[str, Limit]) -> tuple[float, tuple[str, ...]]:
    """Return the longest chain of promises in a bundle, in working days, and the matters along it (R-BUN-9).

    A member that waits for another's acceptance only begins with it; one that is only verified takes no time.
    """
    members = {member["matter"]: member for member in bundle["members"]}
    known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def until(key: str, seen: frozenset[str]) -> tuple[float, tuple[str, ...]]:
        if key not in known:
            ways = [
                until(after["matter"], seen | {key})
                for after in members[key].get("after") or ()
                if after.get("on") != "accepted" and after["matter"] in members.keys() - seen - {key}
            ]
            before, path = max(ways, default=(0.0, ()))
            own = 0.0 if members[key].get("mode") == "verify_only" else length(promises[key])
            known[key] = before + own, (*path, key)
        return known[key]

    return max((until(key, frozenset()) for key in members), default=(0.0, ()))


def short_promise(bundle: Mapping[str, Any], promises: Mapping[str, Limit]) -> Iterator[Disagreement]:
    """A bundle promises no less than its longest chain takes, or says in words that it does (R-BUN-9)."""
    promised = bundle.get("promised_limit")
    if promised is None:
        return
    limit = Limit(int(promised["value"]), Unit(promised["unit"]))
    longest, path = critical_path(bundle, promises)
    if longest > length(limit):
        message = (
            f"“{bundle['name']}”承诺 {limit.words()}，而 {' → '.join(path)} 依次办完要 {longest:g} 个工作日；"
            "请延长承诺、缩短成员事项，或在 critical_path_note 里说明（R-BUN-9）"
        )
        yield Disagreement("bundle.short-promise", None, message, grave=not bundle.get("critical_path_note"))
