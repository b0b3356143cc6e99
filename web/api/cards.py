"""Cards (红黄牌) and orders to hurry (督办单)."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.limit import Limit
from engine.queries import filters, register, watchlist
from engine.services import answering, manager
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("cards", "红黄牌与督办")

CARD = "/cards/<number:card_id>"
ORDER = "/supervisions/<number:supervision_id>"


@room.get("/cards", takes=schemas.Cards, gives=shown.ListShown)
def cards(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through the cards given in the departments one oversees, newest first."""
    with reading() as look:
        reach = filters.reach(look.by)
        page = watchlist.page(look.db, reach, given["standing"], given["level"], given["cursor"])
    following = None if page.next is None else str(page.next)
    return {"items": plain(page.cards), "counts": page.counts, "next": following}


@room.post(f"{CARD}/appeal", takes=schemas.Reason, gives=shown.CaseShown)
def appeal(given: dict[str, Any], card_id: int) -> ResponseReturnValue:
    """Say why a card should not have been given (申诉)."""
    with auth.act() as act:
        return answer(act, brief(answering.appeal(act, card_id, **given)))


@room.post(f"{CARD}/confirm", gives=shown.CaseShown)
def confirm(_given: dict[str, Any], card_id: int) -> ResponseReturnValue:
    """Let a card stand (确认)."""
    with auth.act() as act:
        return answer(act, brief(manager.confirm_card(act, card_id)))


@room.post(f"{CARD}/revoke", takes=schemas.Reason, gives=shown.CaseShown)
def revoke(given: dict[str, Any], card_id: int) -> ResponseReturnValue:
    """Take a card back, with reason (撤销); it is not deleted."""
    with auth.act() as act:
        return answer(act, brief(manager.revoke_card(act, card_id, **given)))


@room.post("/cases/<key:no>/supervise", takes=schemas.Supervise, gives=shown.CaseShown)
def supervise(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Order whoever handles the case to hurry and to answer in writing (督办单)."""
    limit = Limit.parse(given["limit"]) if given["limit"] else manager.ANSWER
    with auth.act() as act:
        case = act.take(register.id_of(act.db, no))
        return answer(act, brief(manager.supervise(act, case, given["words"], limit)))


@room.post(f"{ORDER}/answer", takes=schemas.Urge, gives=shown.CaseShown)
def answer_order(given: dict[str, Any], supervision_id: int) -> ResponseReturnValue:
    """Answer an order to hurry; its clock ends with it."""
    with auth.act() as act:
        return answer(act, brief(answering.answer(act, supervision_id, **given)))


@room.post(f"{ORDER}/close", gives=shown.CaseShown)
def close(_given: dict[str, Any], supervision_id: int) -> ResponseReturnValue:
    """Be done with an order to hurry that was answered."""
    with auth.act() as act:
        return answer(act, brief(manager.close_supervision(act, supervision_id)))
