"""Cases: apply, look one up, page through the register."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import casefile, register, sight
from engine.services import applicant
from engine.services.act import Act
from engine.services.receiving import Application
from web import auth, schemas
from web.api import shown
from web.api.deadlines import told
from web.api.door import Room, answer, brief, plain, reading

room = Room("cases", "办件")


@room.post("/cases", takes=schemas.ApplicationSchema, gives=shown.Receipt, status=201)
def apply(given: Application) -> ResponseReturnValue:
    """Take an application for a matter or a bundle in; the answer carries the applicant's tracking code."""
    with auth.act() as act:
        case = applicant.apply(act, given)
        receipt = {**brief(case), "code": case.code, "members": register.members(act.db, case.id)}
        return answer(act, receipt), 201


@room.get("/cases", takes=schemas.Register, gives=shown.RegisterShown)
def find(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through the cases one may see, newest first, by state, number or name of the matter."""
    with reading() as look:
        page = register.page(
            look.db, look.by, given["limit"], after=given["cursor"], state=given["state"], words=given["q"]
        )
    return {"items": plain(page.items), "next": None if page.next is None else str(page.next)}


@room.get("/cases/<key:no>", gives=shown.RecordShown)
def show(no: str) -> ResponseReturnValue:
    """Show a case whole: state, clocks, materials, steps, members."""
    with reading() as look:
        found = _file(look, no)
        clocks = register.clocks(look.db, found.id, look.calendar, look.at)
    briefly = [
        {name: value for name, value in told(each).items() if name != "explanation"} for each in clocks
    ]
    return {
        **{name: value for name, value in plain(found).items() if name not in _ELSEWHERE},
        "deadlines": briefly,
    }


@room.get("/cases/<key:no>/timeline", gives=shown.ListShown)
def timeline(no: str) -> ResponseReturnValue:
    """Tell what was done to a case, by whom and when."""
    with reading() as look:
        return {"items": plain(_file(look, no).timeline)}


#: What of a case file is had at an address of its own, or is only for a page.
_ELSEWHERE = {"id", "code", "authority_id", "clocks", "timeline", "track", "mystery"}


def _file(look: Act, no: str) -> casefile.Casefile:
    case_id = sight.find(look.db, look.by, no)
    return casefile.show(look.db, look.calendar, look.library.definition, case_id, look.at)
