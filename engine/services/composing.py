"""Composing one thing (一件事) of matters: its record made whole, its diagram drawn, and what is to be said of both.

It needs no database: what it stands on are the records of the matters, from a folder or from the catalogue in force.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.domain import agreement, bundle, matter, outline, saving
from engine.domain.agreement import Disagreement
from engine.domain.bundle import Chain, Graph
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.saving import Saving
from engine.services import notation
from engine.spiff import composing
from engine.spiff.composing import Choice, Part

Record = Mapping[str, Any]

#: What the engine itself knows decides a member; nobody is asked.
_UNASKED = "是否需要办理？"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a bundle may be composed of: matters by key, and the names of departments by code."""

    matters: Mapping[str, Record]
    departments: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path) -> "Catalogue":
        """Read what lies in *folder*, as shipped in ``bpmn/``."""
        pages = sorted(folder.glob("matters/*/matter.yaml"))
        departments = notation.read((folder / "departments.yaml").read_bytes())
        return cls(
            {path.parent.name: notation.read(path.read_bytes()) for path in pages},
            {code: each["name"] for code, each in departments.items()},
        )


@dataclass(frozen=True, slots=True)
class Variant:
    """The longest chain for an applicant with these wishes; *words* say which."""

    words: str
    longest: Chain


@dataclass(frozen=True, slots=True)
class Composed:
    """A bundle composed: its whole record, its diagram, its longest chains, what to mind, and what it saves."""

    record: Record
    names: Mapping[str, str]
    source: bytes
    order: tuple[str, ...]
    variants: tuple[Variant, ...]
    warnings: tuple[Disagreement, ...]
    saving: Saving


def read(text: bytes) -> Record:
    """Read the record of a bundle. Raises `Malformed` where it is none."""
    try:
        record = notation.read(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", None)
        where = f"第 {line + 1} 行" if line is not None else "文件"
        raise Malformed(f"{where}不是能读的 YAML，请检查缩进和引号", code="bundle.unreadable") from None
    return record if isinstance(record, dict) else {}


def compose(
    record: Record, catalogue: Catalogue, flags: Mapping[str, Any] | None = None, wanted: Collection[str] = ()
) -> Composed:
    """Compose a bundle; its savings are counted for an application with *flags* and the *wanted* optional members.

    Raises `Malformed` for what cannot be drawn: a field that is missing, a matter nobody knows, a circle.
    """
    _must_be_whole(record)
    _must_be_known(record, catalogue)
    names = {each["matter"]: catalogue.matters[each["matter"]]["name"] for each in record["members"]}
    graph = Graph.read(record, names)
    whole = _whole(record, graph, catalogue)
    records = {key: catalogue.matters[key] for key in graph.waits}
    parts = tuple(_part(member, whole, records) for member in whole["members"])
    sketch = composing.Bundle(
        whole["key"], whole["name"], parts, graph, catalogue.departments, _help(graph, names)
    )
    return Composed(
        record=whole,
        names=names,
        source=composing.compose(sketch),
        order=graph.order,
        variants=tuple(_variants(whole, graph, records)),
        warnings=tuple(_warnings(whole, records)),
        saving=saving.saving(whole, records, flags or {}, wanted),
    )


# --- what must be there ---------------------------------------------------------------------------------------


def _must_be_whole(record: Record) -> None:
    """Raise `Malformed`, naming the field, where the record is not in the form of a bundle."""
    for field in ("key", "name"):
        if not isinstance(record.get(field), str) or not record[field].strip():
            raise Malformed(
                f"缺少 {field}；请写明“一件事”的代码（key）和名称（name）", code="bundle.field", field=field
            )
    if not record["key"].isidentifier() or not record["key"].isascii():
        raise Malformed("代码只用字母、数字和下划线，以字母开头", code="bundle.field", field="key")
    members = record.get("members")
    if not isinstance(members, list) or not members or not all(_is_member(each) for each in members):
        raise Malformed(
            "请在 members 中列出成员事项，每项写明 matter；after 写作 [{matter: …, 'on': granted}]",
            code="bundle.field",
            field="members",
        )
    questions = record.get("questions") or []
    if not isinstance(questions, list) or not all(_says(each, "key", "text") for each in questions):
        raise Malformed("questions 中每一问要写明 key 和 text", code="bundle.field", field="questions")
    outline.must_be_in_form(record)
    _must_promise(record)


def _is_member(value: Any) -> bool:
    after = value.get("after") or [] if _says(value, "matter") else None
    return isinstance(after, list) and all(_says(each, "matter") for each in after)


def _says(value: Any, *fields: str) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(field), str) for field in fields)


def _must_promise(record: Record) -> None:
    promised = record.get("promised_limit")
    try:
        if promised is not None:
            if not isinstance(promised["value"], int):
                raise TypeError
            Limit(promised["value"], Unit(promised["unit"]))
    except (TypeError, KeyError, ValueError):
        raise Malformed(
            "promised_limit 应写作 {value: 10, unit: workday}", code="bundle.field", field="promised_limit"
        ) from None


def _must_be_known(record: Record, catalogue: Catalogue) -> None:
    """Raise `Malformed` for a member that is no matter, and for a condition nobody asks about."""
    unknown = [each["matter"] for each in record["members"] if each["matter"] not in catalogue.matters]
    if unknown:
        raise Malformed(
            f"事项目录里没有：{'、'.join(unknown)}；请检查代码，或先登记事项",
            code="bundle.member",
            field="members",
        )
    if record.get("lead") is not None and record["lead"] not in catalogue.departments:
        raise Malformed(
            f"没有代码为“{record['lead']}”的部门，请写牵头部门的代码", code="bundle.field", field="lead"
        )
    asked = _questions(record, [catalogue.matters[each["matter"]] for each in record["members"]])
    for member in record["members"]:
        condition = (member.get("condition") or "").removeprefix("!")
        if condition and condition not in asked and condition not in agreement.GIVEN:
            raise Malformed(
                f"“{catalogue.matters[member['matter']]['name']}”的条件“{condition}”没有对应的情形问题；"
                "请在 questions 中列出",
                code="bundle.condition",
                field="questions",
            )


def _questions(record: Record, members: Sequence[Record]) -> dict[str, str]:
    """What the applicant is asked, in words, by flag; a settled answer counts as asked."""
    told = {key: key for key in record.get("answers") or {}}
    asked = [question for each in (*members, record) for question in each.get("questions") or ()]
    return {**told, **{question["key"]: question["text"] for question in asked}}


# --- what it becomes ------------------------------------------------------------------------------------------


def _whole(record: Record, graph: Graph, catalogue: Catalogue) -> dict[str, Any]:
    """Write out what a record may leave unsaid: who leads (R-BUN-1), who starts when (R-BUN-2)."""
    members = [
        {
            "optional": False,
            "condition": None,
            "prereview": False,
            **member,
            "after": [{"matter": w.matter, "on": str(w.on)} for w in graph.waits[member["matter"]]],
            "start": member.get("start") or str(graph.starts(member["matter"])),
        }
        for member in record["members"]
    ]
    return {
        **record,
        "lead": record.get("lead") or catalogue.matters[members[0]["matter"]]["authority"],
        "members": members,
        "questions": record.get("questions") or [],
        "answers": record.get("answers") or {},
    }


def _part(member: Record, record: Record, records: Mapping[str, Record]) -> Part:
    told = records[member["matter"]]
    return Part(member["matter"], told["name"], told["authority"], _choice(member, record, records))


def _choice(member: Record, record: Record, records: Mapping[str, Record]) -> Choice | None:
    """What decides whether a member takes part: an answer, or the applicant's wish (R-BUN-6)."""
    condition = member.get("condition")
    if condition:
        flag = condition.removeprefix("!")
        question = _questions(record, list(records.values())).get(flag, flag)
        answers = ("否", "是") if condition.startswith("!") else ("是", "否")
        return Choice(_UNASKED if question == flag else question, *answers)
    return Choice("申请人是否选办？", "选办", "不办") if member.get("optional") else None


def _help(graph: Graph, names: Mapping[str, str]) -> str:
    """Who waits for whom, in words, for the diagram's own documentation."""
    told = [
        f"“{names[key]}”等{'、'.join(f'“{names[wait.matter]}”{agreement.WAITED[wait.on]}' for wait in waits)}"
        for key, waits in graph.waits.items()
        if waits
    ]
    return f"{'；'.join(told)}。" if told else "各成员事项同时受理、同时办理。"


def _variants(record: Record, graph: Graph, records: Mapping[str, Record]) -> Iterator[Variant]:
    """The longest chain of all members, and where it differs: of the compulsory only, without commitment (R-BUN-9)."""
    terms = {key: matter.terms(each) for key, each in records.items()}
    committed, plain = (bundle.promises(terms, committed=each) for each in (True, False))
    fewest = [each["matter"] for each in record["members"] if not each["optional"] and not each["condition"]]
    found = {
        "全部成员": graph.longest(committed),
        "只办必办成员": graph.longest(committed, fewest),
        "不采用告知承诺": graph.longest(plain),
    }
    first, *others = found.items()
    yield Variant(*first)
    yield from (Variant(words, chain) for words, chain in others if chain != first[1])


def _warnings(record: Record, records: Mapping[str, Record]) -> Iterator[Disagreement]:
    terms = {key: matter.terms(each) for key, each in records.items()}
    yield from agreement.short_promise(record, bundle.promises(terms, committed=True))
    yield from agreement.waiting(record, records)
    yield from agreement.policy(record)
