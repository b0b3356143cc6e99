"""The versions in use (diagrams, decisions, matters) read once and shared: they never change, so none is stale."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from engine.domain import matter
from engine.domain.card import Rules
from engine.domain.errors import NotFound
from engine.domain.material import Requirement
from engine.domain.matter import Terms
from engine.domain.special import Region
from engine.services import notation
from engine.spiff import deciding, dmn, parser, parts
from engine.spiff.parser import Definition
from engine.store import catalog, definitions, people
from engine.store.db import Connection, Row
from engine.store.definitions import Kind


@dataclass(frozen=True, slots=True)
class Matter:
    """One version of a matter or bundle, understood."""

    id: int
    key: str
    kind: str
    name: str
    authority: str
    definition_id: int
    record: Mapping[str, Any]
    terms: Terms
    requirements: tuple[Requirement, ...]
    result: str | None


class Library:
    """Diagrams and matters by version id, and rules of cards by name, read once per process."""

    def __init__(self, cards: Path, card_rules: str) -> None:
        self._lock = Lock()
        self._cards, self._card_rules = cards, card_rules
        self._rules: dict[str, Rules] = {}
        self._definitions: dict[int, Definition] = {}
        self._models: dict[int, dmn.Model] = {}
        self._matters: dict[int, Matter] = {}
        self._orgs: dict[str, int] = {}
        self._practices: dict[str, Mapping[str, Any]] = {}
        self._places: dict[int, Row] = {}

    def definition(self, db: Connection, definition_id: int) -> Definition:
        """Return the parsed diagram of a version, with the decisions and shared processes it is pinned to."""
        known = self._definitions.get(definition_id)
        if known is None:
            models = [self._model(db, each) for each in definitions.pinned(db, definition_id)]
            called = definitions.pinned(db, definition_id, Kind.DIAGRAM)
            shared = [definitions.get(db, each).source for each in called]
            read = parser.read(
                definitions.get(db, definition_id).source,
                deciding.gathered(models),
                shared=parts.gathered(shared),
            )
            with self._lock:
                known = self._definitions.setdefault(definition_id, read)
        return known

    def _model(self, db: Connection, definition_id: int) -> dmn.Model:
        known = self._models.get(definition_id)
        if known is None:
            known = self._models.setdefault(
                definition_id, dmn.read(definitions.get(db, definition_id).source)
            )
        return known

    def decision(self, db: Connection, name: str) -> tuple[int, dmn.Model] | None:
        """Return the version in force of the file that decides *name*, with what it says; None where none does."""
        for row in definitions.in_force(db, definitions.Kind.DECISION):
            model = self._model(db, row.id)
            if name in set(deciding.asked_for(model)):
                return row.id, model
        return None

    def matter(self, db: Connection, matter_id: int) -> Matter:
        """Return the matter of a version."""
        known = self._matters.get(matter_id)
        if known is None:
            known = self._matters.setdefault(matter_id, _understood(catalog.get(db, matter_id)))
        return known

    def current(self, db: Connection, key: str) -> Matter:
        """Return the version of *key* in force. Raises `NotFound`."""
        return self.matter(db, catalog.current(db, key).id)

    def rules(self, name: str = "") -> Rules:
        """Return the rules of cards called *name*, or the house's own. Raises `NotFound`, `Malformed`."""
        wanted = name or self._card_rules
        if wanted not in self._rules:
            self._rules[wanted] = card_rules(self._cards, wanted)
        return self._rules[wanted]

    def practice(self, region: str) -> Mapping[str, Any]:
        """Return what the division *region* rules (地方规定); the nearer region has the last word."""
        if region not in self._practices:
            found: dict[str, Any] = {}
            for each in sorted(regions(self._cards.parent), key=lambda known: len(known.code)):
                found |= each.rules if each.covers(region) else {}
            self._practices[region] = found
        return self._practices[region]

    def org(self, db: Connection, code: str) -> int:
        """Return the id of the organisation *code*. Raises `NotFound`."""
        if code not in self._orgs:
            self._orgs[code] = people.org(db, code).id
        return self._orgs[code]

    def place(self, db: Connection, org_id: int) -> Row:
        """Return an organisation as it stands: its kind, name and region."""
        if org_id not in self._places:
            self._places[org_id] = people.org_by_id(db, org_id)
        return self._places[org_id]


def regions(bpmn: Path) -> tuple[Region, ...]:
    """Return what the regions rule otherwise, as it lies in *bpmn*."""
    sheet = notation.read((bpmn / "regions.yaml").read_bytes())
    return tuple(Region(each["code"], each["name"], each) for each in sheet)


def card_rules(folder: Path, name: str) -> Rules:
    """Read a set of rules for cards from its sheet. Raises `NotFound` naming those there are, `Malformed`."""
    known = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if name not in known:
        raise NotFound(
            f"没有红黄牌规则“{name}”；可用：{'、'.join(known)}。", code="cards.unknown", field="rules"
        )
    return Rules.read(name, notation.read(known[name].read_bytes()))


def _understood(row: Row) -> Matter:
    return Matter(
        id=row.id,
        key=row.key,
        kind=row.kind,
        name=row.name,
        authority=row.authority,
        definition_id=row.definition_id,
        record=row.record,
        terms=matter.terms(row.record, joint=row.kind == "bundle"),
        requirements=matter.requirements(row.record),
        result=(row.record.get("result") or {}).get("code"),
    )
