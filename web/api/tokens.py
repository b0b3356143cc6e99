"""Tokens for machines, given for a name and a password."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from engine.domain.errors import NotYours
from engine.domain.identity import Actor
from engine.services import sessions
from web import auth, schemas
from web.api import shown
from web.api.door import Room

room = Room("tokens", "接口令牌", open_=True)

#: Who signs the journal while nobody is recognised yet.
DOOR = Actor(id=None, name="接口登录")


@room.post("/tokens", takes=schemas.SignIn, gives=shown.TokenShown, status=201)
def sign_in(given: dict[str, Any]) -> ResponseReturnValue:
    """Give a bearer token for a name and a password; it is shown once.

    Neither password nor token is written down, so this is the one call that an idempotency key does not cover.
    """
    token = ""
    with auth.office().act(DOOR) as act:
        session, why = sessions.sign_in(act, given["login"], given["password"])
        if session is not None:
            token = sessions.token(act, given["login"], f"API {flask.request.user_agent.string}"[:100])
            sessions.sign_out(act, session)
    if not token:
        raise NotYours(why, code="sign-in.wrong", field="login")
    return {"token": token}, 201
