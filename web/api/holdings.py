"""The library of a case's applicant (材料库): what lies there, verified by the window, consented to, withdrawn."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import belongings, sight
from engine.services import custodian
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("holdings", "材料库")

#: Where an applicant's library is looked at from.
CASE = "/cases/<key:no>"


@room.get(f"{CASE}/holdings", gives=shown.ListShown)
def listed(no: str) -> ResponseReturnValue:
    """List what the applicant of a case keeps with us, with why it is not used again where it is not."""
    with reading() as look:
        found = belongings.of_case(look.db, sight.find(look.db, look.by, no), look.today)
    return {"items": plain(found), "next": None}


@room.post(f"{CASE}/verify", takes=schemas.Verify, gives=shown.CaseShown)
def verify(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Compare uploaded materials with their originals (核验原件): trust C or D becomes B."""
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        return answer(act, brief(custodian.verify(act, case, **given)))


@room.post(f"{CASE}/holdings/<number:holding_id>/consent", gives=shown.CaseShown)
def consent(_given: dict[str, Any], no: str, holding_id: int) -> ResponseReturnValue:
    """Let a file be used again, at the applicant's wish."""
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        return answer(act, brief(custodian.consent(act, case, holding_id)))


@room.post(f"{CASE}/holdings/<number:holding_id>/withdraw", gives=shown.CaseShown)
def withdraw(_given: dict[str, Any], no: str, holding_id: int) -> ResponseReturnValue:
    """Let a file not be used again; cases that have it keep it."""
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        return answer(act, brief(custodian.withdraw(act, case, holding_id)))
