"""What is done with what people keep with us: files (材料库) verified, consented to, withdrawn; licences ended."""

from collections.abc import Sequence
from datetime import date

from engine.domain import case as life
from engine.domain import holding, licence
from engine.domain.case import UNACCEPTED, UNDECIDED
from engine.domain.errors import Malformed, NotFound, NotYours
from engine.domain.holding import Holding
from engine.domain.identity import Role, must_hold
from engine.domain.licence import GROUND_NAMES, State
from engine.domain.paper import Kind as Paper
from engine.services import issuing, licensing
from engine.services.act import Act
from engine.store import cases, holdings, licences
from engine.store.cases import Case
from engine.store.db import Row

#: The paper that tells the holder how his licence ended.
_TOLD = {State.REVOKED: Paper.GRANT_REVOKED, State.CANCELLED: Paper.LICENCE_CANCELLED}


def verify(act: Act, case: Case, codes: Sequence[str], valid_until: date | None = None) -> Case:
    """Compare uploaded materials of a case with their originals (C, D → B, §8); each bears a watermark then.

    Raises `Malformed` for a code without a file, or for an original that has expired.
    """
    must_hold(act.by, Role.WINDOW, case.hall_id)
    life.must_be(case.state, UNACCEPTED | UNDECIDED, "核验原件")
    shelf = cases.handed(act.db, case.shelf)
    filed = {code: shelf[code].file_id for code in codes if code in shelf}
    known = {code: file_id for code, file_id in filed.items() if file_id is not None}
    if not codes or set(codes) - known.keys():
        raise Malformed(
            "请选择要核验的材料；没有附件的材料当场看原件即可，无须登记核验。",
            code="verify.nothing",
            field="codes",
        )
    if valid_until is not None and valid_until < act.today:
        raise Malformed(
            f"原件已于 {valid_until} 过期，不能核验通过；请告知申请人换新。",
            code="holding.expired",
            field="valid_until",
        )
    said = holding.mark(act.today, act.by.name)
    holdings.verify(act.db, case.applicant_id, known, act.by.id, act.at, said, valid_until)
    act.record(
        "verified", case, codes=sorted(known),
        **({"valid_until": valid_until.isoformat()} if valid_until else {}),
    )  # fmt: skip
    return case


def consent(act: Act, case: Case, holding_id: int) -> Case:
    """Let a file of his be used again, at the applicant's wish."""
    held = _his(act, case, holding_id)
    holdings.consent(act.db, held.id, act.at)
    act.record("consented", case, code=held.code, name=held.name)
    return case


def withdraw(act: Act, case: Case, holding_id: int) -> Case:
    """Let a file of his not be used again; the cases that have it keep it, by the law of archives (§9)."""
    held = _his(act, case, holding_id)
    holdings.withdraw(act.db, held.id, act.at)
    act.record("consent withdrawn", case, code=held.code, name=held.name)
    return case


def _his(act: Act, case: Case, holding_id: int) -> Holding:
    """A tracking code opens what came with its application, the window all that the applicant has."""
    if act.by.id is not None:
        must_hold(act.by, Role.WINDOW, case.hall_id)
        return holdings.get(act.db, case.applicant_id, holding_id)
    for each in holdings.of_shelf(act.db, case.shelf):
        if each.id == holding_id:
            return each
    raise NotFound("这次申请里没有这份材料。", code="holding.unknown")


def end(act: Act, number: str, state: State, ground: str, reason: str) -> Row:
    """Revoke (撤销, art. 69) or cancel (注销, art. 70) a licence, in writing; the leader of its authority does it.

    Raises `NotFound`, `NotYours`, `NotNow` where it has ended so already, `Malformed` for a ground the law does
    not know, `Incomplete` without facts.
    """
    case = act.take(licences.get(act.db, number).case_id)
    row = licences.get(act.db, number)
    if not act.by.holds(Role.LEADER, row.authority_id):
        raise NotYours(
            "撤销、注销证照由作出许可决定的机关决定；请由该机关的决定岗办理。",
            code="post.missing",
            role=Role.LEADER,
        )
    found = licence.must_follow(licences.read(row).state(act.today), state, ground, reason)
    name = f"{row.name}（{row.number}）"
    said = f"{name}因{GROUND_NAMES[found]}：{reason.strip()}。现予{licence.STATE_NAMES[state][1:]}。"
    no = issuing.tell(act, case, _TOLD[state], said)
    licensing.end(act, case, state, found, reason.strip(), no)
    return licences.get(act.db, number)
