"""Laying materials on a case's shelf: brought, taken from the applicant's library, or shown by a licence (§1.6, §8)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine.domain import holding, licence
from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.licence import Licence
from engine.domain.material import Handed, Requirement, Standing
from engine.services.act import Act
from engine.services.library import Matter
from engine.store import cases, holdings, licences
from engine.store.cases import Case

#: A matter of an application, and the scenario flags it is asked under.
Part = tuple[Matter, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came with an application: *reuse* is taken from the library, *unverified* could not be verified as shared.

    *consent* lets what is brought be used again; *code* tracks an earlier case, by which somebody who applies
    online proves that the library is his own.
    """

    materials: Sequence[Handed]
    reuse: Collection[str] = ()
    unverified: Collection[str] = ()
    consent: bool = False
    code: str = ""


def shelve(act: Act, case: Case, parts: Sequence[Part], brought: Brought, *, online: bool) -> None:
    """Lay on its shelf what came with a new application, and what need not come at all.

    Raises `Malformed` for a copy of what is shared (R: 不得要求证照复印件) and for what is not asked for, `NotYours`
    for a library that is not the applicant's own, `NotNow` where nothing there may be used.
    """
    asked = _asked(parts)
    _must_not_be_shared(asked, brought)
    own = licences.of_applicant(act.db, case.applicant_id)
    laid = {item.code: item for item in brought.materials}
    laid |= _taken(act, case, asked, brought, online=online)
    laid |= _licensed(own, asked, laid, _made(parts), act)
    cases.put(act.db, case.id, laid.values(), act.at)
    keep(act, case, asked, brought.materials, consent=brought.consent)
    free = [item.code for item in laid.values() if item.holding_id or item.licence_id]
    if free:
        act.record("reused", case, codes=sorted(free))


def _asked(parts: Sequence[Part]) -> dict[str, list[Requirement]]:
    """Who asks for each material, by its standard code (R-BUN-5)."""
    found: dict[str, list[Requirement]] = {}
    for matter, flags in parts:
        for requirement in matter.requirements:
            if requirement.applies(flags):
                found.setdefault(requirement.code, []).append(requirement)
    return found


def _must_not_be_shared(asked: Mapping[str, Sequence[Requirement]], brought: Brought) -> None:
    copies = [
        item.code
        for item in brought.materials
        if item.standing is Standing.RECEIVED and item.code in asked and item.code not in brought.unverified
    ]
    shared = [asked[code][0].name for code in copies if all(r.source == "shared" for r in asked[code])]
    if shared:
        raise Malformed(
            f"“{'、'.join(shared)}”可以共享核验，不得要求提交；请选“电子证照”，核验失败的再收自备件。",
            code="material.shared",
            field="materials",
        )


def _made(parts: Sequence[Part]) -> set[str]:
    """What the application itself brings about: nobody shows the licence he is applying for."""
    keys = {matter.key for matter, _ in parts}
    results = {matter.result for matter, flags in parts if matter.result and not flags.get("verify_only")}
    awaited = {r.code for matter, _ in parts for r in matter.requirements if r.produced_by in keys}
    return results | (awaited if len(parts) > 1 else set())


def _licensed(
    own: Sequence[Licence],
    asked: Mapping[str, Sequence[Requirement]],
    laid: Mapping[str, Handed],
    made: Collection[str],
    act: Act,
) -> dict[str, Handed]:
    """What licences of his stand for; one that is shown but not valid any more is refused with the reason."""
    found: dict[str, Handed] = {}
    for code in {each.kind for each in own} & asked.keys() - made:
        kinds = [each for each in own if each.kind == code]
        shown, best = laid.get(code), licence.best(kinds, act.today)
        if shown is not None and shown.standing is not Standing.SHARED:
            continue
        if best is not None:
            found[code] = Handed(code, Standing.SHARED, remark=best.provenance(), licence_id=best.id)
        elif shown is not None:
            found[code] = Handed(code, Standing.REJECTED, remark=kinds[-1].obstacle(act.today))
    return found


def _taken(
    act: Act, case: Case, asked: Mapping[str, Sequence[Requirement]], brought: Brought, *, online: bool
) -> dict[str, Handed]:
    """What is taken from the applicant's library instead of being brought."""
    if not brought.reuse:
        return {}
    if unknown := set(brought.reuse) - asked.keys():
        raise Malformed(
            f"办事指南没有要求“{'、'.join(sorted(unknown))}”，不能从材料库带入。",
            code="material.unknown",
            field="reuse",
        )
    if online:
        _must_be_his(act, case, brought.code)
    kept = holdings.of_applicant(act.db, case.applicant_id, brought.reuse)
    return {code: _one(act, kept, code, asked[code]) for code in brought.reuse}


def _must_be_his(act: Act, case: Case, code: str) -> None:
    """Raise `NotYours` unless *code* tracks a case he brought himself: an agent's slip opens nobody's library."""
    if not code or not cases.is_own(act.db, code, case.applicant_id):
        raise NotYours(
            "网上使用材料库，请填写您本人以前办件的查询码（受理单上有）；也可以到窗口办理，或直接上传。",
            code="reuse.not-yours",
            field="code",
        )


def _one(act: Act, kept: Sequence[holding.Holding], code: str, asked: Sequence[Requirement]) -> Handed:
    mine, wanted = [each for each in kept if each.code == code], [r.trust for r in asked]
    best = holding.best(mine, wanted, act.today)
    if best is None:
        why = holding.obstacle(mine[-1], wanted, act.today) if mine else "里面没有这份材料"
        raise NotNow(
            f"材料库里的“{asked[0].name}”不能使用：{why}；请重新提交。",
            code="reuse.unavailable",
            field="reuse",
        )
    return Handed(code, Standing.RECEIVED, best.file_id, best.provenance()[:500], holding_id=best.id)


def keep(
    act: Act,
    case: Case,
    asked: Mapping[str, Sequence[Requirement]],
    handed: Sequence[Handed],
    *,
    consent: bool,
) -> None:
    """Keep the files handed in as the applicant's own (一次提交、永久保存); they are used again only if he consents."""
    filed = [item for item in handed if item.file_id is not None and item.code in asked]
    holdings.keep(
        act.db,
        [
            {
                "applicant_id": case.applicant_id,
                "code": item.code,
                "name": asked[item.code][0].name[:200],
                "file_id": item.file_id,
                "trust": holding.graded(r.trust for r in asked[item.code]),
                "consent_at": act.at if consent else None,
                "origin_case_id": case.shelf,
                "at": act.at,
            }
            for item in filed
        ],
    )


def keep_brought(act: Act, case: Case, handed: Sequence[Handed], *, consent: bool) -> None:
    """Keep what was brought later, to a case of one matter."""
    keep(act, case, _asked([(act.matter(case), case.flags)]), handed, consent=consent)


def lose(act: Act, case: Case, licence_id: int, reason: str) -> list[str]:
    """Take a licence that ended from the shelf; return the codes it stood for."""
    lost = [item for item in cases.handed(act.db, case.shelf).values() if item.licence_id == licence_id]
    gone = [replace(item, standing=Standing.REJECTED, remark=reason[:500], licence_id=None) for item in lost]
    cases.put(act.db, case.shelf, gone, act.at)
    return [item.code for item in gone]
