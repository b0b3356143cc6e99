"""Messages (消息): what is told to a case from outside."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.services import herald
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief

room = Room("messages", "消息")


@room.post("/messages", takes=schemas.Message, gives=shown.CaseShown)
def tell(given: dict[str, Any]) -> ResponseReturnValue:
    """Tell a message to the case named, else to the one that waits for it; with an application it begins a case."""
    with auth.act() as act:
        told = herald.message(act, given["name"], given["case"], given["vars"], given["application"])
        return answer(act, brief(told))
