"""Incidents (异常): what went wrong, tried again or settled."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.identity import Role, must_hold
from engine.queries import incidents
from engine.services import registrar
from engine.services.act import Act
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("incidents", "异常")

INCIDENT = "/incidents/<number:incident_id>"


@room.get("/incidents", takes=schemas.Incidents, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through incidents, the open ones first."""
    with reading() as look:
        must_hold(look.by, Role.REGISTRAR)
        found = incidents.page(
            look.db, given["state"], given["source"], given["q"], given["cursor"], given["limit"]
        )
    return {"items": plain(found.items), "next": found.next}


@room.get(INCIDENT, gives=shown.IncidentShown)
def show(incident_id: int) -> ResponseReturnValue:
    """Show one incident."""
    with reading() as look:
        must_hold(look.by, Role.REGISTRAR)
        return _told(look, incident_id)


@room.post(f"{INCIDENT}/retry", gives=shown.IncidentShown)
def retry(_given: dict[str, Any], incident_id: int) -> ResponseReturnValue:
    """Try a letter or deadline again at once (重试): ask for the incident again to see what came of it."""
    with auth.act() as act:
        registrar.retry(act, incident_id)
        return answer(act, _told(act, incident_id))


@room.post(f"{INCIDENT}/settle", takes=schemas.Reason, gives=shown.IncidentShown)
def settle(given: dict[str, Any], incident_id: int) -> ResponseReturnValue:
    """Settle an incident that nobody will repeat, with a reason (结案)."""
    with auth.act() as act:
        registrar.settle(act, incident_id, **given)
        return answer(act, _told(act, incident_id))


def _told(act: Act, incident_id: int) -> dict[str, Any]:
    told: dict[str, Any] = plain(incidents.one(act.db, incident_id))
    return told
