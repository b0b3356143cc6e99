"""Benefits without application (免申即享): lists of people, matched, shown in public, and made into cases."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import listed
from engine.services import almoner
from web import auth, rostering, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("benefits", "免申即享")

LIST = "/benefits/<number:roster_id>"


@room.get("/benefits", gives=shown.ListShown)
def benefits() -> ResponseReturnValue:
    """The lists of one's department, newest first, with how far each is."""
    with reading() as look:
        found = listed.everything(look.db, listed.reach(look.by), look.at)
    return {"items": plain(found), "next": None}


@room.get(f"{LIST}/entries", takes=schemas.After, gives=shown.ListShown)
def entries(given: dict[str, Any], roster_id: int) -> ResponseReturnValue:
    """Page through the lines of a list: whether and why, and the case of each."""
    with reading() as look:
        listed.one(look.db, listed.reach(look.by), roster_id, look.at)
        page = listed.lines(look.db, roster_id, given["after"] or 0)
    return {"items": plain(page.lines), "next": None if page.next is None else str(page.next)}


@room.post("/benefits/match", takes=schemas.ListOfPeople, gives=shown.ListShown)
def match(given: dict[str, Any]) -> ResponseReturnValue:
    """Say of everybody whether the benefit is for him (政策匹配到人); nothing is kept, no case is made."""
    with reading() as look:
        matched = almoner.match(look, given["matter"], given["entries"])
    told = [{"line": m.entry.line, "way": str(m.ruled.way), "why": m.ruled.why} for m in matched]
    return {"items": told, "next": None}


@room.post("/benefits", takes=schemas.ListOfPeople, gives=shown.RosterShown, status=201)
def keep(given: dict[str, Any]) -> ResponseReturnValue:
    """Keep a list as the rule matched it."""
    with auth.act() as act:
        roster_id = almoner.keep(act, given["matter"], given["title"], given["policy"], given["entries"])
        return answer(act, {"id": roster_id}), 201


@room.post(f"{LIST}/publish", gives=shown.RosterShown)
def publish(_given: dict[str, Any], roster_id: int) -> ResponseReturnValue:
    """Show a list in public (公示)."""
    with auth.act() as act:
        return answer(act, {"id": roster_id, "until": almoner.publish(act, roster_id).until})


@room.post(f"{LIST}/withdraw", takes=schemas.Reason, gives=shown.RosterShown)
def withdraw_list(given: dict[str, Any], roster_id: int) -> ResponseReturnValue:
    """Give a list up."""
    with auth.act() as act:
        almoner.withdraw(act, roster_id, **given)
        return answer(act, {"id": roster_id})


@room.post("/benefits/entries/<number:entry_id>/strike", takes=schemas.Strike, gives=shown.RosterShown)
def strike(given: dict[str, Any], entry_id: int) -> ResponseReturnValue:
    """Take a line off a list, for an objection that holds."""
    with auth.act() as act:
        almoner.strike(act, entry_id, **given)
        return answer(act, {"id": entry_id})


@room.post(f"{LIST}/make", gives=shown.MadeShown)
def make(_given: dict[str, Any], roster_id: int) -> ResponseReturnValue:
    """Make the next cases of a list, each in an act of its own; asking again goes on and makes no doubles."""
    came = rostering.make(auth.office(), auth.me(), roster_id)
    refused = [{"entry": entry, "code": why.code, "message": why.message} for entry, why in came.refused]
    return {"made": came.made, "left": came.left, "refused": refused}
