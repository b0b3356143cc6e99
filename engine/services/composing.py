"""Composing one thing (一件事) of matters: its record made whole, its diagram drawn, and what is to be said of both.

It needs no database: what it stands on are the records of the matters, from a folder or from the catalogue in force.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.domain import agreement, bundle, matter, outline, saving
from engine.domain.agreement import Disagreement
from engine.domain.bundle import Chain, Graph
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
    record = notation.read(text, code="bundle.unreadable")
    outline.must_be_in_form(record)
    told: Record = record
    return told


def compose(
    record: Record, catalogue: Catalogue, flags: Mapping[str, Any] | None = None, wanted: Collection[str] = ()
) -> Composed:
    """Compose a bundle; its savings are counted for an application with *flags* and the *wanted* optional members.

    Raises `Malformed` for what cannot be drawn: a field that is missing, a matter nobody knows, a circle.
    """
    outline.must_be_in_form(record)
    outline.must_be_known(record, catalogue.matters, catalogue.departments)
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
        question = outline.asked(record, list(records.values())).get(flag, flag)
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
