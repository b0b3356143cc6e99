"""What only managers may know: visits of people who try the house out, and what was out of the ordinary."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.identity import Role, must_hold
from engine.queries import anomalies, mysteries
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import probing
from engine.services.probing import Visit
from web import auth, feedback, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("oversight", "体验与提示核实")


@room.get("/visits", gives=shown.ListShown)
def listed() -> ResponseReturnValue:
    """List the visits and their opinion sheets."""
    with reading() as look:
        return {"items": plain(mysteries.all_(look.db, look.by)), "next": None}


@room.post("/cases/<key:no>/mystery", takes=schemas.VisitSchema, gives=shown.CaseShown)
def mark(given: Visit, no: str) -> ResponseReturnValue:
    """Mark a case as a visit (体验办件) before it is accepted; no figure will count it."""
    with auth.act() as act:
        return answer(act, brief(probing.mark(act, act.case(no), given)))


@room.post("/cases/<key:no>/opinion", takes=feedback.Opinion, gives=shown.CaseShown)
def opine(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Hand in the opinion sheet (意见单) of a visit."""
    with auth.act() as act:
        return answer(act, brief(probing.opine(act, act.case(no), **given)))


@room.get("/reports/anomalies", takes=feedback.SatisfactionMonth, gives=shown.ListShown)
def unusual(given: dict[str, Any]) -> ResponseReturnValue:
    """List what was out of the ordinary in a month, each with its rule; it judges nobody."""
    with reading() as look:
        must_hold(look.by, Role.MANAGER)
        found = anomalies.found(Counting(look.db, look.calendar, look.at, Filters(month=given["month"])))
    return {"items": plain(found), "next": None}
