"""Credit (信用): what is recorded against an applicant, its repair; and the commitments (告知承诺) to be checked."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.errors import NotFound
from engine.queries import commitments, sight, trust
from engine.services import manager
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("credit", "信用与承诺")


@room.get("/cases/<key:no>/credit", gives=shown.ListShown)
def records(no: str) -> ResponseReturnValue:
    """Every record against the applicant of a case, repaired ones too."""
    with reading() as look:
        found = trust.of_case(look.db, sight.find(look.db, look.by, no), look.at)
    return {"items": plain(list(found)), "next": None}


@room.post("/credits/<number:credit_id>/repair", takes=schemas.Reason, gives=shown.CaseShown)
def repair(given: dict[str, Any], credit_id: int) -> ResponseReturnValue:
    """Repair a record (信用修复), with reason."""
    with auth.act() as act:
        return answer(act, brief(manager.repair_credit(act, credit_id, **given)))


@room.get("/commitments", gives=shown.ListShown)
def to_check() -> ResponseReturnValue:
    """Every commitment the caller may check or oversee that is still to be checked, the first due first."""
    with reading() as look:
        found = commitments.to_check(look.db, look.by, look.calendar, look.at)
    return {"items": plain(list(found)), "next": None}


@room.get("/cases/<key:no>/commitment", gives=shown.RecordShown)
def commitment(no: str) -> ResponseReturnValue:
    """The commitment a case stands on, and what the caller may say of it. 404 where there is none."""
    with reading() as look:
        case_id = sight.find(look.db, look.by, no)
        found = commitments.of_case(look.db, case_id, look.by, look.calendar, look.at)
    if found is None:
        raise NotFound("本件没有采用告知承诺，或承诺已经撤回。", code="commitment.none")
    answered: dict[str, Any] = plain(found)
    return answered
