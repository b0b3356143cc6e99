"""Keeping e-licences (电子证照): a grant ends in one; revoked or cancelled it is worth nothing to anybody (R-DEC-2)."""

from engine.domain import licence
from engine.domain.case import GRANTS
from engine.domain.case import State as Life
from engine.domain.licence import Ground, State
from engine.domain.matter import validity
from engine.services import barring
from engine.services.act import Act
from engine.store import licences
from engine.store.cases import Case

#: What the journal says was done.
_ENDED = {State.REVOKED: "licence revoked", State.CANCELLED: "licence cancelled"}


def grant(act: Act, case: Case, state: Life, document_no: str) -> None:
    """Issue the e-licence a grant ends in, where the matter's result is one; trying the house out ends in none."""
    result = act.matter(case).record.get("result") or {}
    if state not in GRANTS or case.mystery or not (result.get("e_licence") and result.get("code")):
        return
    valid = validity(act.matter(case).record)
    licences.issue(
        act.db,
        number=licence.number(case.no),
        kind=result["code"],
        name=result["name"],
        applicant_id=case.applicant_id,
        case_id=case.id,
        matter_key=case.matter_key,
        authority_id=case.authority_id,
        grant_no=document_no,
        issued_at=act.at,
        valid_from=act.today,
        valid_until=licence.ends(valid, act.today, act.calendar_of(case)) if valid else None,
    )


def end(act: Act, case: Case, state: State, ground: Ground, reason: str, document_no: str) -> None:
    """End the licence of a case, if it has one, and tell the undecided applications that rely on it."""
    row = licences.of_case(act.db, case.id)
    if row is None:
        return
    licences.end(
        act.db, row.id, act.at, state=state, ground=ground, reason=reason[:500], document_no=document_no,
        ended_by=act.by.id,
    )  # fmt: skip
    act.record(
        _ENDED[state], case, number=row.number, ground=str(ground), reason=reason, document_no=document_no
    )
    if ground is Ground.FRAUD:
        barring.got_by_fraud(act, case, reason, document_no)
    said = licence.Licence.obstacle(licences.read(licences.get(act.db, row.number)), act.today)
    for case_id in licences.relying(act.db, row.id):
        act.post(case_id, case, "unlicensed", licence=row.id, reason=said)
