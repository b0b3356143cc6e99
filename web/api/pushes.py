"""Approval linked with supervision (审管联动): what a department was told, its answers, penalties and reviews."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import linked
from engine.services import supervisor
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("pushes", "审管联动（双告知双反馈）")

PUSH = "/pushes/<number:push_id>"


@room.get("/pushes", takes=schemas.Pushes, gives=shown.ListShown)
def pushes(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through what one's department was told of grants, or granted, newest first."""
    with reading() as look:
        page = linked.page(look.db, linked.reach(look.by), look.at, given["standing"], given["cursor"])
    following = None if page.next is None else str(page.next)
    return {"items": plain(page.pushes), "counts": page.counts, "next": following}


@room.post(f"{PUSH}/acknowledge", gives=shown.CaseShown)
def acknowledge(_given: dict[str, Any], push_id: int) -> ResponseReturnValue:
    """Acknowledge a push (签收); its clock ends."""
    with auth.act() as act:
        return answer(act, brief(supervisor.acknowledge(act, push_id)))


@room.post(f"{PUSH}/feedback", takes=schemas.FeedBack, gives=shown.CaseShown)
def feed_back(given: dict[str, Any], push_id: int) -> ResponseReturnValue:
    """Say what supervision found (监管反馈)."""
    with auth.act() as act:
        return answer(act, brief(supervisor.feed_back(act, push_id, **given)))


@room.post(f"{PUSH}/penalty", takes=schemas.Penalise, gives=shown.CaseShown)
def penalise(given: dict[str, Any], push_id: int) -> ResponseReturnValue:
    """Tell a penalty back (处罚信息回传); the licence is to be reviewed."""
    with auth.act() as act:
        return answer(act, brief(supervisor.penalise(act, push_id, **given)))


@room.post("/penalties/<number:penalty_id>/review", takes=schemas.ReviewLicence, gives=shown.CaseShown)
def review_licence(given: dict[str, Any], penalty_id: int) -> ResponseReturnValue:
    """Review what was granted after a penalty (许可复核); revoking it is a procedure of its own."""
    with auth.act() as act:
        return answer(act, brief(supervisor.review(act, penalty_id, **given)))
