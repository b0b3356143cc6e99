"""Passing on within one thing (一件事) what a member produced, or that it never will (R-BUN-3, R-BUN-5)."""

from collections.abc import Collection, Mapping, Sequence

from engine.domain.case import GRANTS, UNACCEPTED, UNDECIDED, State
from engine.domain.material import THERE, Handed, Standing
from engine.services.act import Act
from engine.services.library import Matter
from engine.store import cases, licences
from engine.store.cases import Case
from engine.store.db import Row


def _produced(member: Row, at: str) -> bool:
    """Has a member produced what its successors wait for (R-BUN-4)?"""
    granted = member.decision in GRANTS
    return {
        "accepted": granted or State(member.state) in UNDECIDED,
        "granted": granted,
        "delivered": granted and State(member.state) is State.DELIVERED,
    }[at]


def on(act: Act, bundle: Case, member: Row, matters: Mapping[int, Matter]) -> None:
    """Lay the member's result on the shared shelf for those who wait for it (R-BUN-3, R-BUN-5)."""
    key = member.matter_key
    codes = {
        requirement.code
        for version in matters.values()
        for requirement in version.requirements
        if requirement.produced_by == key and _produced(member, requirement.produced_at)
    }
    result = matters[member.id].result
    if result is not None and member.decision in GRANTS:
        codes.add(result)
    if codes:
        shelf = cases.handed(act.db, bundle.id)
        codes = {c for c in codes if c not in shelf or shelf[c].standing is not Standing.ISSUED}
    if codes:
        cases.put(act.db, bundle.id, _issued(act, member, codes), act.at)
        act.record("result passed on", bundle, member=key, codes=sorted(codes))
        for other in cases.waiting_for(act.db, bundle.id, codes):
            act.post(other, bundle, "supplied", codes=sorted(codes))


def bereave(
    act: Act, bundle: Case, member: Row, everyone: Sequence[Row], matters: Mapping[int, Matter]
) -> None:
    """The member will produce nothing: whoever waits for its result is told, and may bring the paper himself.

    What a matter asks for is its list of materials, not the way they come (行政许可法 art. 31, 32); the order
    within a bundle only says when to begin. So who waited goes on: his turn comes, what the predecessor would
    have made is missing like any other paper, is asked for once, and without it nothing is granted.
    """
    result = matters[member.id].result
    shelf = cases.handed(act.db, bundle.id)
    there = {code for code, laid in shelf.items() if laid.standing in THERE}
    for other in everyone:
        if other.id == member.id or State(other.state) not in UNACCEPTED | UNDECIDED:
            continue
        lost = [
            requirement
            for requirement in matters[other.id].requirements
            if (requirement.produced_by == member.matter_key or requirement.code == result)
            and requirement.code not in there
            and requirement.applies(other.flags)
        ]
        if lost:
            act.post(
                other.id, bundle, "bereft", member=matters[member.id].name, state=str(member.state),
                names=[requirement.name for requirement in lost],
            )  # fmt: skip


def _issued(act: Act, member: Row, codes: Collection[str]) -> list[Handed]:
    """What a member brought about, with the licence behind it where it ended in one."""
    row = licences.of_case(act.db, member.id)
    licence = licences.read(row) if row is not None else None
    behind = {licence.kind: (licence.provenance(), licence.id)} if licence else {}
    told = {code: behind.get(code, ("", None)) for code in sorted(codes)}
    return [
        Handed(code, Standing.ISSUED, remark=words, licence_id=behind_id)
        for code, (words, behind_id) in told.items()
    ]
