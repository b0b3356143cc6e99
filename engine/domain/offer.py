"""What is begun for somebody unasked (免申即办, 免申即享): after which matter, with which data, by which rule (§1.3).

A rule (决策) says whether it is begun and who goes on with it; what it cannot tell goes to a person, never to
nobody (R-DEC-4, 个人信息保护法 art. 24).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.domain.agreement import Disagreement
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.material import Handed, Requirement, Standing

#: Where the catalogue says it: after another matter's result, or for a list of people.
AFTER, LISTED = "application_free", "benefit"
#: The flag of a case whose steps wait for nobody: the rule alone decides it.
AUTOMATIC = "automatic"
#: What the rule answers: how it goes on, and why, in words the person is told.
PUSH, WHY = "push", "why"
#: The flag by which a diagram knows that nobody applied and the person is asked first.
ASKED_FIRST = "exempt_application"


class On(StrEnum):
    """What of the predecessor is waited for."""

    GRANTED = "granted"
    DELIVERED = "delivered"


class Way(StrEnum):
    """How what is begun goes on."""

    AUTOMATIC = "automatic"
    HANDLED = "handled"
    CONFIRM = "confirm"
    NONE = "none"


WAY_NAMES = {
    Way.AUTOMATIC: "放弃期满后按规则自动办理",
    Way.HANDLED: "由工作人员办理",
    Way.CONFIRM: "等本人确认后办理",
    Way.NONE: "不建件",
}


class From(StrEnum):
    """Where a material that nobody is asked for comes from, besides the predecessor's own materials by code."""

    RESULT = "result"
    FORM = "form"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Free:
    """What is begun unasked: ``after`` which matter (none for a list), and how.

    ``answers`` and ``flags`` name what of the predecessor each of its own is taken from, ``materials`` where each
    comes from, ``automatic`` the steps and what they end with where the rule alone decides, ``confirm`` the step in
    which the person says yes.
    """

    after: str
    on: On
    rule: str
    term: Limit
    answers: Mapping[str, str]
    flags: Mapping[str, str]
    materials: Mapping[str, str]
    automatic: Mapping[str, str]
    confirm: str
    publicity: Limit | None = None

    def way(self, answer: Any) -> Way:
        """Return how it goes on by what the rule answered; what cannot be done so goes to a person."""
        asked = Way(answer) if answer in set(Way) else Way.HANDLED
        undrawn = {Way.AUTOMATIC: not self.automatic, Way.CONFIRM: not self.confirm}
        return Way.HANDLED if undrawn.get(asked) else asked

    @property
    def unruled(self) -> Way:
        """How it goes on where no rule is asked."""
        return self.way(Way.CONFIRM if self.confirm else Way.AUTOMATIC)

    def carried(self, known: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return its answers and flags, taken from what is *known* of the predecessor; the rest is left out."""
        answers, flags = (
            {own: known[name] for own, name in mapped.items() if name in known}
            for mapped in (self.answers, self.flags)
        )
        return answers, {own: bool(value) for own, value in flags.items()}

    def laid(self, requirements: Iterable[Requirement], flags: Mapping[str, Any]) -> tuple[Handed, ...]:
        """Return what lies on its shelf from the start: nobody brings it."""
        return tuple(
            Handed(each.code, _stands(self.materials[each.code]))
            for each in requirements
            if each.applies(flags) and each.code in self.materials
        )


def _stands(source: str) -> Standing:
    return Standing.ISSUED if source == From.RESULT else Standing.SHARED


def read(record: Mapping[str, Any], where: str = AFTER) -> Free | None:
    """Return what a matter's *record* says of it; None where it must be applied for. Raises `Malformed`."""
    given = record.get(where)
    if given is None:
        return None
    try:
        return Free(
            after=str(given.get("after", "")),
            on=On(given.get("on", On.GRANTED)),
            rule=str(given.get("rule") or ""),
            term=_limit(given["term"]),
            answers=dict(given.get("answers") or {}),
            flags=dict(given.get("flags") or {}),
            materials=dict(given.get("materials") or {}),
            automatic=dict(given.get("automatic") or {}),
            confirm=str(given.get("confirm") or ""),
            publicity=_limit(given["publicity"]) if given.get("publicity") else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError, Malformed) as error:
        raise Malformed(
            f"“{record.get('name')}”的 {where} 读不出来（{error}）；请写明 after、term 和 materials。",
            code="application-free.unreadable",
            element=where,
        ) from error


def _limit(figure: Mapping[str, Any]) -> Limit:
    return Limit(int(figure["value"]), Unit(figure["unit"]))


def followed_by(records: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Return by matter what is begun after it, as it is written out in its record when it is published."""
    found: dict[str, list[dict[str, str]]] = {}
    for record in records:
        given = record.get(AFTER) or {}
        if given.get("after"):
            follows = {"matter": record["key"], "on": str(given.get("on", On.GRANTED))}
            found.setdefault(str(given["after"]), []).append(follows)
    return {key: sorted(each, key=lambda one: one["matter"]) for key, each in found.items()}


def in_turn(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the keys of *records*, each after what it follows; those in a circle come as they were."""
    done: list[str] = []
    for key in records:
        chain = [key]
        while (after := str((records[chain[-1]].get(AFTER) or {}).get("after") or "")) in records:
            if after in chain:
                break
            chain.append(after)
        done += [each for each in reversed(chain) if each not in done]
    return done


# --- what is wrong with it ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Around:
    """What a record stands among: the others by key, its diagram's steps with their stage and outcomes, the rules."""

    records: Mapping[str, Mapping[str, Any]]
    steps: Mapping[str, tuple[str, frozenset[str]]]
    rules: frozenset[str]


def faults(
    record: Mapping[str, Any], requirements: Iterable[Requirement], around: Around
) -> Iterator[Disagreement]:
    """Iterate over what forbids beginning it unasked, each at its material, step or field."""
    for where in (AFTER, LISTED):
        try:
            free = read(record, where)
        except Malformed as refused:
            yield Disagreement(refused.code, where, refused.message)
            continue
        if free is not None:
            before = around.records.get(free.after) if free.after != record["key"] else record
            if where == AFTER:
                yield from _predecessor(record, free, before, around)
            yield from _materials(record, free, before or {}, requirements)
            yield from _flow(record, free, around)


def _said(code: str, element: str | None, record: Mapping[str, Any], words: str) -> Disagreement:
    return Disagreement(f"application-free.{code}", element, f"“{record['name']}”{words}")


def _predecessor(
    record: Mapping[str, Any], free: Free, before: Mapping[str, Any] | None, around: Around
) -> Iterator[Disagreement]:
    if before is None:
        words = f"免申即办的前置事项“{free.after}”不在事项目录里；请改正 after，或先发布该事项"
        yield _said("unknown-predecessor", "after", record, words)
    seen, at = {str(record["key"])}, free.after
    while at:
        if at in seen:
            words = "与前置事项互相触发，会没完没了地建件；请断开其中一处 after"
            yield _said("circle", "after", record, words)
            return
        seen.add(at)
        at = str((around.records.get(at, {}).get(AFTER) or {}).get("after") or "")


def _materials(
    record: Mapping[str, Any], free: Free, before: Mapping[str, Any], requirements: Iterable[Requirement]
) -> Iterator[Disagreement]:
    asked = {each.code: each for each in requirements}
    for code in free.materials.keys() - asked.keys():
        yield _said("unknown-material", code, record, f"的材料清单里没有“{code}”；请改正 materials")
    for code, requirement in asked.items():
        source = free.materials.get(code)
        if source is None and not requirement.secondary:
            words = f"要“{requirement.name}”，而免申即办没有写明它从哪里来；请在 materials 里补上"
            yield _said("unmapped", code, record, words)
        elif source is not None and not _can_give(before, requirement, source):
            words = f"要的“{requirement.name}”，前置事项给不出（{source}）；请改正 materials，或不作免申即办"
            yield _said("cannot-give", code, record, words)


def _can_give(before: Mapping[str, Any], requirement: Requirement, source: str) -> bool:
    if source == From.SHARED:
        return requirement.source == "shared"
    if source == From.FORM:  # only what the person would fill in himself can be filled in from what is known
        return requirement.source == "self"
    result = before.get("result") or {}
    if source == From.RESULT:
        return requirement.produced_by == before.get("key") or result.get("code") == requirement.code
    return source in {material["code"] for material in before.get("materials") or ()}


def _flow(record: Mapping[str, Any], free: Free, around: Around) -> Iterator[Disagreement]:
    """The rule is in force, the steps it takes are drawn, and there is time to decline before it is late."""
    if free.rule and free.rule not in around.rules:
        yield _said("unknown-rule", free.rule, record, f"要问的决策“{free.rule}”没有发布；请先发布决策文件")
    asked = {question["key"] for question in record.get("questions") or ()}
    for flag in sorted(free.flags.keys() - asked):
        yield _said("unknown-flag", flag, record, f"没有情形问题“{flag}”；请改正 flags")
    for step, outcome in {**free.automatic, **({free.confirm: "confirm"} if free.confirm else {})}.items():
        stage, outcomes = around.steps.get(step, ("", frozenset()))
        wanted = (
            {"granted"} & outcomes if stage == "decide" else outcomes
        )  # no rule denies anything by itself
        if outcome not in wanted:
            words = f"的流程没有环节“{step}”的结论“{outcome}”，或不能由规则作出；请改正 automatic 或 confirm"
            yield _said("step", step, record, words)
    promised = record.get("promised_limit")
    if promised and not free.confirm and not _is_shorter(free.term, _limit(promised)):
        words = f"给本人 {free.term.words()}考虑，不短于承诺时限，必然超期；请缩短 term"
        yield _said("term", "term", record, words)


def _is_shorter(term: Limit, promised: Limit) -> bool:
    """Is there still time left after the term? What is told in other units cannot be compared, and is let be."""
    if term.unit is Unit.ONSPOT:
        return promised.unit is not Unit.ONSPOT
    return term.unit is not promised.unit or term.value < promised.value
