"""What one thing (一件事) saves: what its members need together once, and the count of forms, papers and visits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain import matter as rules
from engine.domain.material import Requirement
from engine.queries.catalogue import Name
from engine.queries.forms import form_of, needed
from engine.store.db import Row


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


def shared(bundle: Row, versions: Mapping[str, Row]) -> Iterable[Shared]:
    """Return the documents that several members of *bundle* need; *versions* are those in force, by key."""
    by_code: dict[str, list[tuple[Requirement, Name]]] = {}
    common = {s["code"]: s["name"] for s in bundle.record.get("shared_materials") or ()}
    for member in rules.members(bundle.record) if "members" in bundle.record else ():
        for requirement in rules.requirements(versions[member.matter].record):
            by_code.setdefault(requirement.code, []).append((requirement, _name(versions[member.matter])))
    for needs in by_code.values():
        if len(needs) > 1:
            code, first = needs[0][0].code, needs[0][0].name
            yield Shared(Name(common.get(code, first), ""), tuple(name for _, name in needs))


def tally(bundle: Row, versions: Mapping[str, Row]) -> Tally:
    """Count what the compulsory members ask one by one, and what is left of it together."""
    taken = rules.chosen(bundle.record, {}, ())
    records = [versions[member.matter].record for member in taken]
    alone = [r for record in records for r in rules.requirements(record) if r.applies({})]
    offered = form_of(bundle, versions)
    left = needed(offered, {}, ())
    common = sum(1 for row in left if row.source == "shared")
    distinct = len({r.code for r in alone})
    return Tally(
        forms=(len(taken), 1),
        papers=(len(alone), len(left) - common),
        visits=(sum(_count(record.get("onsite_visits")) for record in records), 1),
        repeated=len(alone) - distinct,
        produced=max(0, distinct - len(left)),
        shared=common,
    )


def _name(row: Row) -> Name:
    return Name(row.name, row.name_en)


def _count(figure: Mapping[str, Any] | None) -> int:
    return int(figure["value"]) if figure else 0
