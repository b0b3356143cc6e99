"""What was begun unasked (免申即办): why, and what its person says to it."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.errors import NotFound
from engine.queries import offered, sight
from engine.services import applicant
from engine.services.act import Act
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("offers", "免申即办")

CASE = "/cases/<key:no>"


def _case(act: Act, no: str) -> Any:
    """Take the case of number *no* into the act, if its actor may see it."""
    return act.take(sight.find(act.db, act.by, no))


@room.get(f"{CASE}/offer", gives=shown.OfferShown)
def offer(no: str) -> ResponseReturnValue:
    """Why a case was begun unasked: the rule as it stood, what it was asked, and whose data were used."""
    with reading() as look:
        found = offered.of_number(look.db, sight.find(look.db, look.by, no))
    if found is None:
        raise NotFound("本件是申请人自己申请的。", code="offer.none")
    return dict(plain(found))


@room.post(f"{CASE}/decline", takes=schemas.Reason, gives=shown.CaseShown)
def decline(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Decline what was begun unasked (放弃)."""
    with auth.act() as act:
        return answer(act, brief(applicant.decline(act, _case(act, no), **given)))


@room.post(f"{CASE}/agree", gives=shown.CaseShown)
def agree(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say yes to what was begun unasked (确认)."""
    with auth.act() as act:
        return answer(act, brief(applicant.agree(act, _case(act, no))))


@room.post(f"{CASE}/ask-human", takes=schemas.AskHuman, gives=shown.CaseShown)
def ask_human(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Ask for a human where a rule alone would decide (人工复核)."""
    with auth.act() as act:
        return answer(act, brief(applicant.ask_human(act, _case(act, no), **given)))
