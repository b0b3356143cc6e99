"""办事指南: what a matter or bundle asks, how long it takes, what it comes to; and the form one applies with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.domain import matter as rules
from engine.domain.limit import Limit, Unit
from engine.domain.material import Requirement, holds
from engine.store import catalog
from engine.store.db import Connection, Row
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in both languages; without an English name the Chinese one stands for both."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Say it in one language."""
        return self.en if language == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the catalogue with where it comes from (``basis``) and what was noted of it."""

    value: str
    unit: str
    basis: str
    note: str

    @property
    def limit(self) -> Limit:
        """The figure as an allowance of time."""
        return Limit(int(self.value), Unit(self.unit))


@dataclass(frozen=True, slots=True)
class Condition:
    """When something applies: the answer *yes* (or no) to a question."""

    question: Name
    yes: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """One material a guide asks for."""

    code: str
    name: Name
    secondary: bool
    source: str
    source_note: str
    form: str
    copies: int
    condition: Condition | None
    produced_by: Name | None
    produced_key: str
    produced_at: str
    basis: str
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of handling."""

    name: str
    role: str
    department: Name | None
    limit: Figure | None
    clock: str
    officers: int
    condition: Condition | None
    note: str


@dataclass(frozen=True, slots=True)
class Result:
    """What the applicant gets."""

    name: str
    valid: Figure | None
    electronic: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A matter inside a bundle, as its guide tells it."""

    key: str
    name: Name
    department: Name
    promised: Figure | None
    uncommitted: Figure | None
    optional: bool
    condition: Condition | None
    verify_only: bool
    after: tuple[tuple[Name, str], ...]
    papers: int
    note: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A document that several members need and that is handed in once (R-BUN-5)."""

    name: Name
    members: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one thing (一件事) saves: done one by one, and done together."""

    forms: tuple[int, int]
    papers: tuple[int, int]
    visits: tuple[int, int]
    repeated: int
    produced: int
    shared: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the guides' index."""

    key: str
    name: Name
    department: Name
    promised: Figure | None
    item: str
    papers: int
    members: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A department's matters."""

    department: Name
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """All guides: bundles first, then matters by department."""

    bundles: tuple[Entry, ...]
    shelves: tuple[Shelf, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything the record of a version tells an applicant."""

    key: str
    kind: str
    name: Name
    version: int
    sort: str
    item: str
    level: str
    basic_code: str
    department: Name
    promised: Figure | None
    uncommitted: Figure | None
    legal: Figure | None
    extension: Figure | None
    notice: Figure | None
    answer: Figure | None
    tolerance: Figure | None
    on_overdue: str
    delivered_within: Figure | None
    delivery: tuple[str, ...]
    channels: tuple[str, ...]
    conditions: tuple[str, ...]
    questions: tuple[Name, ...]
    papers: tuple[Paper, ...]
    steps: tuple[Step, ...]
    result: Result | None
    fee: Figure | None
    visits: Figure | None
    inform_commit: bool
    members: tuple[Member, ...]
    shared: tuple[Shared, ...]
    tally: Tally | None
    joint_inspection: tuple[Name, ...]
    duty: Figure | None
    in_bundles: tuple[Entry, ...]


# -- the index -------------------------------------------------------------------------------------------------


def index(db: Connection, words: str = "") -> Index:
    """Return the guides whose Chinese or English name, key or department contains *words*."""
    departments = _departments(db)
    found = [
        (row.kind, row.authority, entry)
        for row in catalog.everything(db)
        if _fits(entry := _entry(row, departments), words)
    ]
    matters: dict[str, list[Entry]] = {}
    for kind, authority, entry in found:
        if kind == "matter":
            matters.setdefault(authority, []).append(entry)
    return Index(
        bundles=tuple(entry for kind, _, entry in found if kind == "bundle"),
        shelves=tuple(
            Shelf(department, tuple(matters[code])) for code, department in departments.items() if code in matters
        ),
    )


def _departments(db: Connection) -> dict[str, Name]:
    rows = db.execute(sa.select(orgs.c.code, orgs.c.name, orgs.c.name_en).order_by(orgs.c.id))
    return {row.code: Name(row.name, row.name_en) for row in rows}


def _entry(row: Row, departments: Mapping[str, Name]) -> Entry:
    record = row.record
    return Entry(
        key=row.key,
        name=Name(row.name, row.name_en),
        department=departments.get(row.authority, Name(row.authority, "")),
        promised=_figure(record.get("promised_limit")),
        item=record.get("kind") or "",
        papers=len(record.get("materials") or ()),
        members=len(record.get("members") or ()),
    )


def _fits(entry: Entry, words: str) -> bool:
    said = " ".join((entry.key, entry.name.zh, entry.name.en, entry.department.zh, entry.department.en)).lower()
    return all(word in said for word in words.lower().split())


# -- one guide -------------------------------------------------------------------------------------------------


def guide(db: Connection, key: str) -> Guide:
    """Return the guide of the version of *key* in force. Raises `NotFound`."""
    row = catalog.current(db, key)
    return _Reader(db, row).guide()


def _figure(given: Mapping[str, Any] | None) -> Figure | None:
    if not given:
        return None
    return Figure(str(given["value"]), given["unit"], given.get("basis") or "", given.get("note") or "")


#: What a condition asks that no question of a guide does: the engine or the bundle knows the answer.
KNOWN: dict[str, Name] = {
    "verify_only": Name("在“一件事”中只核验已有证照", "Only an existing licence is verified, inside a bundle"),
    "in_bundle": Name("在“一件事”中办理", "Handled inside a bundle"),
}


class _Reader:
    """Reads one version's record into its guide; knows the other versions in force by key."""

    def __init__(self, db: Connection, row: Row) -> None:
        self.row = row
        self.record: Mapping[str, Any] = row.record
        self.versions = {each.key: each for each in catalog.everything(db)}
        self.departments = _departments(db)
        asked = [*(self.record.get("questions") or ()), *self._members_questions()]
        self.questions = {q["key"]: Name(q["text"], q.get("en") or "") for q in asked}

    def _members_questions(self) -> list[Mapping[str, Any]]:
        members = (self.versions[m["matter"]].record for m in self.record.get("members") or ())
        return [q for record in members for q in record.get("questions") or ()]

    def guide(self) -> Guide:
        record, correction = self.record, self.record.get("correction") or {}
        return Guide(
            key=self.row.key,
            kind=self.row.kind,
            name=Name(self.row.name, self.row.name_en),
            version=self.row.version,
            sort=record.get("type") or "",
            item=record.get("kind") or "",
            level=record.get("level") or "",
            basic_code=(record.get("basic_code") or {}).get("value", ""),
            department=self._department(self.row.authority),
            promised=_figure(record.get("promised_limit")),
            uncommitted=_figure(record.get("promised_limit_without_commitment")),
            legal=_figure(record.get("legal_limit") or record.get("legal_cap")),
            extension=_figure(record.get("extension")),
            notice=_figure(correction.get("notice")),
            answer=_figure(correction.get("answer")),
            tolerance=_figure((record.get("tolerance") or {}).get("max")),
            on_overdue=(record.get("tolerance") or {}).get("on_overdue", ""),
            delivered_within=_figure(record.get("delivery_limit")),
            delivery=tuple(record.get("delivery") or ()),
            channels=tuple(record.get("channels") or ()),
            conditions=tuple(record.get("conditions") or ()),
            questions=tuple(
                text for key, text in self.questions.items() if key not in (record.get("answers") or {})
            ),
            papers=tuple(self._paper(m) for m in record.get("materials") or ()),
            steps=tuple(self._step(s) for s in record.get("stages") or ()),
            result=_result(record.get("result")),
            fee=_figure(record.get("fee")),
            visits=_figure(record.get("onsite_visits")),
            inform_commit=bool(record.get("inform_commit")),
            members=tuple(self._member(m) for m in record.get("members") or ()),
            shared=tuple(self._shared()),
            tally=self._tally() if self.row.kind == "bundle" else None,
            joint_inspection=tuple(
                self._name(key) for key in (record.get("joint_inspection") or {}).get("members") or ()
            ),
            duty=_figure(record.get("applicant_duty")),
            in_bundles=tuple(self._in_bundles()),
        )

    def _department(self, code: str) -> Name:
        return self.departments.get(code, Name(code, ""))

    def _name(self, key: str) -> Name:
        row = self.versions.get(key)
        return Name(row.name, row.name_en) if row is not None else Name(key, "")

    def _condition(self, words: str | None) -> Condition | None:
        if words is None:
            return None
        key = words.removeprefix("!")
        question = self.questions.get(key) or KNOWN.get(key) or self._asked_elsewhere(key)
        return Condition(question, not words.startswith("!"))

    def _asked_elsewhere(self, key: str) -> Name:
        """A bundle's settled answer is a question of some member or other bundle."""
        for row in self.versions.values():
            for question in row.record.get("questions") or ():
                if question["key"] == key:
                    return Name(question["text"], question.get("en") or "")
        return Name(key, "")

    def _paper(self, material: Mapping[str, Any]) -> Paper:
        producer = material.get("produced_by")
        return Paper(
            code=material["code"],
            name=Name(material["name"], material.get("en") or ""),
            secondary=bool(material.get("secondary")),
            source=material.get("source") or "self",
            source_note=material.get("source_note") or "",
            form=material.get("form") or "",
            copies=int(material.get("copies") or 1),
            condition=self._condition(material.get("condition")),
            produced_by=self._name(producer) if producer else None,
            produced_key=producer or "",
            produced_at=material.get("produced_at") or "",
            basis=material.get("basis") or "",
            note=material.get("note") or "",
        )

    def _step(self, stage: Mapping[str, Any]) -> Step:
        return Step(
            name=stage["name"],
            role=stage["role"],
            department=self._department(stage["dept"]) if stage.get("dept") else None,
            limit=_figure(stage.get("limit")),
            clock=stage.get("clock") or "counted",
            officers=int(stage.get("officers") or 1),
            condition=self._condition(stage.get("condition")),
            note=stage.get("note") or "",
        )

    def _member(self, member: Mapping[str, Any]) -> Member:
        row = self.versions[member["matter"]]
        return Member(
            key=row.key,
            name=self._name(row.key),
            department=self._department(row.authority),
            promised=_figure(row.record.get("promised_limit")),
            uncommitted=_figure(row.record.get("promised_limit_without_commitment")),
            optional=bool(member.get("optional")),
            condition=self._condition(member.get("condition")),
            verify_only=member.get("mode") == "verify_only",
            after=tuple((self._name(a["matter"]), a.get("on") or "granted") for a in member.get("after") or ()),
            papers=len(row.record.get("materials") or ()),
            note=member.get("note") or "",
        )

    def _shared(self) -> Iterable[Shared]:
        by_code: dict[str, list[tuple[Requirement, Name]]] = {}
        common = {s["code"]: s["name"] for s in self.record.get("shared_materials") or ()}
        for member in rules.members(self.record) if "members" in self.record else ():
            for requirement in rules.requirements(self.versions[member.matter].record):
                by_code.setdefault(requirement.code, []).append((requirement, self._name(member.matter)))
        for needs in by_code.values():
            if len(needs) > 1:
                code, first = needs[0][0].code, needs[0][0].name
                yield Shared(Name(common.get(code, first), ""), tuple(name for _, name in needs))

    def _tally(self) -> Tally:
        """Count what the compulsory members ask one by one, and what is left of it together."""
        taken = rules.chosen(self.record, {}, ())
        versions = [self.versions[member.matter].record for member in taken]
        alone = [r for record in versions for r in rules.requirements(record) if r.applies({})]
        offered = form_of(self.row, self.versions)
        left = needed(offered, {}, ())
        shared = sum(1 for row in left if row.source == "shared")
        distinct = len({r.code for r in alone})
        return Tally(
            forms=(len(taken), 1),
            papers=(len(alone), len(left) - shared),
            visits=(sum(_count(record.get("onsite_visits")) for record in versions), 1),
            repeated=len(alone) - distinct,
            produced=max(0, distinct - len(left)),
            shared=shared,
        )

    def _in_bundles(self) -> Iterable[Entry]:
        for row in self.versions.values():
            if any(m["matter"] == self.row.key for m in row.record.get("members") or ()):
                yield _entry(row, self.departments)


def _count(figure: Mapping[str, Any] | None) -> int:
    return int(figure["value"]) if figure else 0


def _result(given: Mapping[str, Any] | None) -> Result | None:
    if not given:
        return None
    return Result(given["name"], _figure(given.get("valid")), bool(given.get("e_licence")))


# -- the form one applies with ---------------------------------------------------------------------------------


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


def form(db: Connection, key: str) -> Form:
    """Return the form of the version of *key* in force. Raises `NotFound`."""
    row = catalog.current(db, key)
    return form_of(row, {each.key: each for each in catalog.everything(db, "matter")}, _departments(db))


def form_of(row: Row, versions: Mapping[str, Row], departments: Mapping[str, Name] | None = None) -> Form:
    """Return the form of a version; *versions* are the matters in force."""
    record = row.record
    members = rules.members(record) if row.kind == "bundle" else ()
    parts = [versions[m.matter] for m in members] or [row]
    known = departments or {}
    return Form(
        key=row.key,
        kind=row.kind,
        name=Name(row.name, row.name_en),
        item=record.get("kind") or "",
        department=known.get(row.authority, Name(row.authority, "")),
        promised=_figure(record.get("promised_limit")),
        answers={**(record.get("answers") or {})},
        questions=tuple(_questions(record, parts)),
        members=tuple(_choice(m, versions[m.matter], known) for m in members),
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


def _choice(member: rules.Member, row: Row, departments: Mapping[str, Name]) -> Choice:
    return Choice(
        key=row.key,
        name=Name(row.name, row.name_en),
        department=departments.get(row.authority, Name(row.authority, "")).zh,
        optional=member.optional,
        condition=member.condition,
        verify_only=member.mode == "verify_only",
    )


def _rows(parts: Sequence[Row], common: Mapping[str, str]) -> tuple[FormRow, ...]:
    results = {p.key: (p.record.get("result") or {}).get("code") for p in parts}
    merged: dict[str, tuple[Mapping[str, Any], list[Need]]] = {}
    for part in parts:
        for material in part.record.get("materials") or ():
            brought = {key for key, code in results.items() if code == material["code"]} | {material["produced_by"]}
            need = Need(
                matter=part.key,
                name=Name(part.name, part.name_en),
                condition=material.get("condition"),
                secondary=bool(material.get("secondary")),
                brought_by=tuple(sorted(key for key in brought if key and key != part.key and key in results)),
            )
            merged.setdefault(material["code"], (material, []))[1].append(need)
    return tuple(
        FormRow(
            code=code,
            name=Name(common.get(code, material["name"]), material.get("en") or ""),
            form=material.get("form") or "",
            copies=int(material.get("copies") or 1),
            source=material.get("source") or "self",
            needs=tuple(needs),
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
        needs = tuple(need for need in row.needs if _called_for(need, {**offered.answers, **flags}, chosen, verified))
        if needs:
            found.append(FormRow(row.code, row.name, row.form, row.copies, row.source, needs))
    return tuple(found)


def _called_for(need: Need, flags: Mapping[str, Any], chosen: set[str], verified: set[str]) -> bool:
    known = {**flags, "verify_only": need.matter in verified, "in_bundle": need.matter in chosen and len(chosen) > 1}
    return need.matter in chosen and holds(need.condition, known) and not chosen & set(need.brought_by)
