"""E-licences (电子证照): anybody may ask how one stands; the staff list them and end them."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from engine.domain.licence import STATE_NAMES, State
from engine.queries import licences
from engine.services import custodian
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading
from web.pace import Pace

room = Room("licences", "电子证照")
public = Room("licence-check", "证照核验", open_=True)


@public.get("/licences/<key:number>", gives=shown.LicenceStateShown)
def check(number: str) -> ResponseReturnValue:
    """Say how the licence of a number stands, and nothing more; no sign-in, at a walking pace."""
    pace: Pace = flask.current_app.extensions["pace"]
    pace.knock()
    with auth.look() as look:
        state = licences.verified(look.db, number, look.today)
    return {"number": number, "state": state.value, "name": STATE_NAMES[state]}


@room.get("/licences", takes=schemas.Licences, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """List the licences one may see, newest first."""
    with reading() as look:
        found = licences.page(
            look.db, look.by, look.today, given["q"], given["state"], given["cursor"], given["limit"]
        )
    return {"items": plain(found.items), "next": None if found.next is None else str(found.next)}


@room.get("/licences/<key:number>/record", gives=shown.RecordShown)
def show(number: str) -> ResponseReturnValue:
    """Show one licence whole."""
    with reading() as look:
        return dict(plain(licences.one(look.db, look.by, look.today, number)))


@room.post("/licences/<key:number>/revoke", takes=schemas.EndLicence, gives=shown.LicenceStateShown)
def revoke(given: dict[str, Any], number: str) -> ResponseReturnValue:
    """Revoke it (撤销, art. 69)."""
    return _end(number, State.REVOKED, given)


@room.post("/licences/<key:number>/cancel", takes=schemas.EndLicence, gives=shown.LicenceStateShown)
def cancel(given: dict[str, Any], number: str) -> ResponseReturnValue:
    """Cancel it (注销, art. 70)."""
    return _end(number, State.CANCELLED, given)


def _end(number: str, state: State, given: dict[str, Any]) -> ResponseReturnValue:
    with auth.act() as act:
        row = custodian.end(act, number, state, **given)
        return answer(act, {"number": row.number, "state": row.state, "name": STATE_NAMES[State(row.state)]})
