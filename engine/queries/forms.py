"""The form one applies with: its questions, its members, and each document once, whoever needs it (R-BUN-5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain import matter as rules
from engine.domain import renewal, saving
from engine.domain.material import holds
from engine.queries.catalogue import Figure, Name, departments, figure
from engine.store import catalog
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Question:
    """A scenario question (情形) and its flag."""

    key: str
    text: Name


@dataclass(frozen=True, slots=True)
class Choice:
    """A member one may apply for; ``condition`` is a flag that decides instead of a wish."""

    key: str
    name: Name
    department: str
    optional: bool
    condition: str | None
    verify_only: bool


@dataclass(frozen=True, slots=True)
class Need:
    """Which matter needs a document, when, and which members would bring it themselves."""

    matter: str
    name: Name
    condition: str | None
    secondary: bool
    brought_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One document, whoever needs it: asked once (R-BUN-5)."""

    code: str
    name: Name
    form: str
    copies: int
    source: str
    needs: tuple[Need, ...]
    trusts: tuple[str, ...] = ()

    @property
    def secondary(self) -> bool:
        """May it come later for everybody who needs it?"""
        return all(need.secondary for need in self.needs)


@dataclass(frozen=True, slots=True)
class Form:
    """What an application for a matter or bundle asks."""

    key: str
    kind: str
    name: Name
    item: str
    department: Name
    promised: Figure | None
    answers: Mapping[str, Any]
    questions: tuple[Question, ...]
    members: tuple[Choice, ...]
    rows: tuple[FormRow, ...]
    renews: renewal.Span | None = None


def form(db: Connection, key: str) -> Form:
    """Return the form of the version of *key* in force. Raises `NotFound`."""
    row = catalog.current(db, key)
    return form_of(row, {each.key: each for each in catalog.everything(db, "matter")}, departments(db))


def form_of(row: Row, versions: Mapping[str, Row], named: Mapping[str, Name] | None = None) -> Form:
    """Return the form of a version; *versions* are the matters in force."""
    record = row.record
    members = rules.members(record) if row.kind == "bundle" else ()
    parts = [versions[m.matter] for m in members] or [row]
    known = named or {}
    return Form(
        key=row.key,
        kind=row.kind,
        name=Name(row.name, row.name_en),
        item=record.get("kind") or "",
        department=known.get(row.authority, Name(row.authority, "")),
        promised=figure(record.get("promised_limit")),
        answers={**(record.get("answers") or {})},
        questions=tuple(_questions(record, parts)),
        members=tuple(_choice(m, versions[m.matter], known) for m in members),
        renews=renewal.span(record),
        rows=_rows(parts, {s["code"]: s["name"] for s in record.get("shared_materials") or ()}),
    )


def _questions(record: Mapping[str, Any], parts: Sequence[Row]) -> Iterable[Question]:
    settled = record.get("answers") or {}
    asked = [*(record.get("questions") or ()), *(q for p in parts for q in p.record.get("questions") or ())]
    seen: set[str] = set(settled)
    for question in asked:
        if question["key"] not in seen:
            seen.add(question["key"])
            yield Question(question["key"], Name(question["text"], question.get("en") or ""))


def _choice(member: rules.Member, row: Row, named: Mapping[str, Name]) -> Choice:
    return Choice(
        key=row.key,
        name=Name(row.name, row.name_en),
        department=named.get(row.authority, Name(row.authority, "")).zh,
        optional=member.optional,
        condition=member.condition,
        verify_only=member.mode == "verify_only",
    )


def _rows(parts: Sequence[Row], common: Mapping[str, str]) -> tuple[FormRow, ...]:
    results = {p.key: (p.record.get("result") or {}).get("code") for p in parts}
    merged: dict[str, tuple[Mapping[str, Any], list[Need]]] = {}
    trusts: dict[str, set[str]] = {}
    for part in parts:
        for material in part.record.get("materials") or ():
            need = Need(
                matter=part.key,
                name=Name(part.name, part.name_en),
                condition=material.get("condition"),
                secondary=bool(material.get("secondary")),
                brought_by=saving.bringers(material, part.key, results),
            )
            merged.setdefault(material["code"], (material, []))[1].append(need)
            trusts.setdefault(material["code"], set()).add(material.get("trust") or "C")
    return tuple(
        FormRow(
            code=code,
            name=Name(common.get(code, material["name"]), material.get("en") or ""),
            form=material.get("form") or "",
            copies=int(material.get("copies") or 1),
            source=material.get("source") or "self",
            needs=tuple(needs),
            trusts=tuple(trusts[code]),
        )
        for code, (material, needs) in merged.items()
    )


def taken(offered: Form, flags: Mapping[str, Any], wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the matters an application with these answers and wishes is for."""
    if offered.kind != "bundle":
        return (offered.key,)
    wish = set(wanted)
    return tuple(
        m.key
        for m in offered.members
        if (holds(m.condition, flags) if m.condition is not None else not m.optional or m.key in wish)
    )


def needed(offered: Form, flags: Mapping[str, Any], wanted: Iterable[str]) -> tuple[FormRow, ...]:
    """Return the documents to hand in for these answers and wishes, each with only those who need it."""
    chosen = set(taken(offered, flags, wanted))
    verified = {m.key for m in offered.members if m.verify_only}
    found = []
    for row in offered.rows:
        needs = tuple(
            need for need in row.needs if _called_for(need, {**offered.answers, **flags}, chosen, verified)
        )
        if needs:
            found.append(replace(row, needs=needs))
    return tuple(found)


def _called_for(need: Need, flags: Mapping[str, Any], chosen: set[str], verified: set[str]) -> bool:
    return saving.called_for(need.matter, need.condition, need.brought_by, flags, chosen, verified)
