"""What one thing (一件事) saves its applicant: forms, fields, materials, visits, days and doors, before and after."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.domain import bundle as graphs
from engine.domain import matter as rules
from engine.domain.bundle import Graph
from engine.domain.material import Requirement, holds
from engine.domain.matter import Member

#: What every form asks of its applicant, by its field codes; together it is asked once.
IDENTITY = ("applicant.kind", "applicant.name", "applicant.id_number", "applicant.phone")


@dataclass(frozen=True, slots=True)
class Saving:
    """What is asked one by one, and what together; *repeated*, *produced* and *shared* say where materials went."""

    forms: tuple[int, int]
    fields: tuple[int, int]
    papers: tuple[int, int]
    visits: tuple[int, int]
    days: tuple[float, float]
    doors: tuple[int, int]
    repeated: int
    produced: int
    shared: int
    asked: tuple[str, ...]


def bringers(material: Mapping[str, Any], matter: str, results: Mapping[str, str | None]) -> tuple[str, ...]:
    """Return the members that bring a *material* of *matter*; *results* are the codes they issue (R-BUN-5)."""
    brought = {key for key, code in results.items() if code == material["code"]} | {
        material.get("produced_by")
    }
    return tuple(sorted(key for key in brought if key and key != matter and key in results))


def called_for(
    matter: str,
    condition: str | None,
    brought_by: Collection[str],
    flags: Mapping[str, Any],
    chosen: Collection[str],
    verified: Collection[str],
) -> bool:
    """Must the applicant bring what *matter* needs? Not what one of those *chosen* brings itself (R-BUN-5)."""
    known = {
        **flags,
        "verify_only": matter in verified,
        "in_bundle": matter in chosen and len(chosen) > 1,
    }
    return matter in chosen and holds(condition, known) and not set(chosen) & set(brought_by)


def saving(
    bundle: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
    flags: Mapping[str, Any],
    wanted: Iterable[str],
) -> Saving:
    """Count for an application with these *flags* and *wanted* members; *records* are its matters by key."""
    taken = rules.chosen(bundle, flags, wanted)
    told = {**(bundle.get("answers") or {}), **flags}
    parts = {member.matter: records[member.matter] for member in taken}
    alone = [each for record in parts.values() for each in rules.requirements(record) if each.applies(told)]
    together = _together(bundle, taken, records, told)
    distinct = {each.code for each in alone}
    free = {code for code, source in together.items() if source == "shared"}
    visits = sum(int((record.get("onsite_visits") or {}).get("value", 0)) for record in parts.values())
    return Saving(
        forms=(len(parts), min(1, len(parts))),
        fields=(
            sum(len(IDENTITY) + len(rules.questions(record)) for record in parts.values()),
            len(fields(bundle, records)),
        ),
        papers=(len(alone), len(together) - len(free)),
        visits=(visits, min(1, visits)),
        days=_days(bundle, parts, records, told),
        doors=(len({record["authority"] for record in parts.values()}), min(1, len(parts))),
        repeated=len(alone) - len(distinct),
        produced=max(0, len(distinct) - len(together)),
        shared=len(free),
        asked=tuple(code for code in together if code not in free),
    )


def fields(bundle: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the fields of the one form: each standard code once, none whose answer the bundle settles (R-BUN-5)."""
    members = [records[member.matter] for member in rules.members(bundle)]
    asked = dict.fromkeys(key for record in (bundle, *members) for key in rules.questions(record))
    return (*IDENTITY, *(key for key in asked if key not in (bundle.get("answers") or {})))


def _together(
    bundle: Mapping[str, Any],
    taken: Iterable[Member],
    records: Mapping[str, Mapping[str, Any]],
    flags: Mapping[str, Any],
) -> dict[str, str]:
    """What is left to bring, by standard code, and where it comes from: whoever lists it first says so."""
    listed = [each for m in rules.members(bundle) for each in records[m.matter].get("materials") or ()]
    sources = {each["code"]: each.get("source") or "self" for each in reversed(listed)}
    taken = tuple(taken)
    chosen = {member.matter for member in taken}
    verified = {member.matter for member in taken if member.mode == "verify_only"}
    results = {key: (records[key].get("result") or {}).get("code") for key in chosen}
    found: dict[str, str] = {}
    for key in (member.matter for member in taken):
        for material in records[key].get("materials") or ():
            by = bringers(material, key, results)
            if called_for(key, material.get("condition"), by, flags, chosen, verified):
                found[material["code"]] = sources[material["code"]]
    return found


def _days(
    bundle: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Any]],
    records: Mapping[str, Mapping[str, Any]],
    flags: Mapping[str, Any],
) -> tuple[float, float]:
    """One after the other, and along the longest chain."""
    terms = {member.matter: rules.terms(records[member.matter]) for member in rules.members(bundle)}
    promises = graphs.promises(terms, committed=bool(flags.get("inform_commit")))
    longest = Graph.read(bundle).longest(promises, parts)
    return sum(graphs.length(promises[key]) for key in parts), longest.days


def common(
    bundle: Mapping[str, Any], records: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, tuple[Requirement, tuple[str, ...]]]:
    """Return the documents that several members need, by code, and who needs them (R-BUN-5)."""
    needs: dict[str, list[tuple[Requirement, str]]] = {}
    for member in rules.members(bundle):
        for requirement in rules.requirements(records[member.matter]):
            needs.setdefault(requirement.code, []).append((requirement, member.matter))
    return {
        code: (found[0][0], tuple(key for _, key in found)) for code, found in needs.items() if len(found) > 1
    }
