"""办事指南: what a matter or bundle asks, how long it takes, and what it comes to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain import availability, special
from engine.domain.saving import Saving
from engine.domain.special import Listed
from engine.queries import guidebook, savings
from engine.queries.catalogue import Figure, Name, departments, figure
from engine.store import catalog
from engine.store.db import Connection, Row


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
    specials: tuple[Listed, ...]
    result: Result | None
    fee: Figure | None
    visits: Figure | None
    inform_commit: bool
    members: tuple[Member, ...]
    shared: tuple[savings.Shared, ...]
    tally: Saving | None
    joint_inspection: tuple[Name, ...]
    duty: Figure | None
    in_bundles: tuple[guidebook.Entry, ...]
    availability: availability.Availability
    unavailable: str


def guide(db: Connection, key: str) -> Guide:
    """Return the guide of the version of *key* in force. Raises `NotFound`."""
    row = catalog.current(db, key)
    return _Reader(db, row).guide()


#: What a condition asks that no question of a guide does: the engine or the bundle knows the answer.
KNOWN: dict[str, Name] = {
    "verify_only": Name(
        "在“一件事”中只核验已有证照", "Only an existing licence is verified, inside a bundle"
    ),
    "in_bundle": Name("在“一件事”中办理", "Handled inside a bundle"),
}


class _Reader:
    """Reads one version's record into its guide; knows the other versions in force by key."""

    def __init__(self, db: Connection, row: Row) -> None:
        self.row = row
        self.record: Mapping[str, Any] = row.record
        self.versions = {each.key: each for each in catalog.everything(db)}
        self.departments = departments(db)
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
            promised=figure(record.get("promised_limit")),
            uncommitted=figure(record.get("promised_limit_without_commitment")),
            legal=figure(record.get("legal_limit") or record.get("legal_cap")),
            extension=figure(record.get("extension")),
            notice=figure(correction.get("notice")),
            answer=figure(correction.get("answer")),
            tolerance=figure((record.get("tolerance") or {}).get("max")),
            on_overdue=(record.get("tolerance") or {}).get("on_overdue", ""),
            delivered_within=figure(record.get("delivery_limit")),
            delivery=tuple(record.get("delivery") or ()),
            channels=tuple(record.get("channels") or ()),
            conditions=tuple(record.get("conditions") or ()),
            questions=tuple(
                text for key, text in self.questions.items() if key not in (record.get("answers") or {})
            ),
            papers=tuple(self._paper(m) for m in record.get("materials") or ()),
            steps=tuple(self._step(s) for s in record.get("stages") or ()),
            specials=special.listed(record),
            result=_result(record.get("result")),
            fee=figure(record.get("fee")),
            visits=figure(record.get("onsite_visits")),
            inform_commit=bool(record.get("inform_commit")),
            members=tuple(self._member(m) for m in record.get("members") or ()),
            shared=tuple(savings.shared(self.row, self.versions)),
            tally=savings.tally(self.row, self.versions) if self.row.kind == "bundle" else None,
            joint_inspection=tuple(
                self._name(key) for key in (record.get("joint_inspection") or {}).get("members") or ()
            ),
            duty=figure(record.get("applicant_duty")),
            in_bundles=tuple(self._in_bundles()),
            availability=availability.availability(record),
            unavailable=availability.reason(record),
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
            limit=figure(stage.get("limit")),
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
            promised=figure(row.record.get("promised_limit")),
            uncommitted=figure(row.record.get("promised_limit_without_commitment")),
            optional=bool(member.get("optional")),
            condition=self._condition(member.get("condition")),
            verify_only=member.get("mode") == "verify_only",
            after=tuple(
                (self._name(a["matter"]), a.get("on") or "granted") for a in member.get("after") or ()
            ),
            papers=len(row.record.get("materials") or ()),
            note=member.get("note") or "",
        )

    def _in_bundles(self) -> Iterable[guidebook.Entry]:
        for row in self.versions.values():
            if any(m["matter"] == self.row.key for m in row.record.get("members") or ()):
                yield guidebook.entry(row, self.departments)


def _result(given: Mapping[str, Any] | None) -> Result | None:
    if not given:
        return None
    return Result(given["name"], figure(given.get("valid")), bool(given.get("e_licence")))
