"""Credit (信用): what is recorded against a case's applicant, and its repair."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import sight, trust
from engine.services import manager
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("credit", "信用")


@room.get("/cases/<key:no>/credit", gives=shown.ListShown)
def records(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Every record against the applicant of a case, repaired ones too."""
    with reading() as look:
        found = trust.of_case(look.db, sight.find(look.db, look.by, no), look.at)
    return {"items": plain(list(found)), "next": None}


@room.post("/credits/<number:credit_id>/repair", takes=schemas.Reason, gives=shown.CaseShown)
def repair(given: dict[str, Any], credit_id: int) -> ResponseReturnValue:
    """Repair a record (信用修复), with reason."""
    with auth.act() as act:
        return answer(act, brief(manager.repair_credit(act, credit_id, **given)))
