"""False papers (虚假材料认定): written down on a case, listed, taken back by another."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import bars, sight
from engine.services import barring as acts
from engine.services.act import Act
from web import auth, barring, schemas
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("bars", "虚假材料认定")


@room.get("/bars", takes=barring.Findings, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """List the findings one may see, newest first."""
    with reading() as look:
        found = bars.page(
            look.db, look.by, look.today, given["q"], given["standing"], given["cursor"], given["limit"]
        )
    return {"items": plain(found.items), "next": None if found.next is None else str(found.next)}


@room.post("/cases/<key:no>/false-papers", takes=barring.Finding, gives=shown.RecordShown, status=201)
def find(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Write down that facts were hidden or false papers shown (行政许可法 art. 78)."""
    with auth.act() as act:
        case_id = sight.find(act.db, act.by, no)
        bar_id = acts.find(act, act.take(case_id), **given)
        return answer(act, _one(act, case_id, bar_id)), 201


@room.post("/bars/<number:bar_id>/cancel", takes=schemas.Reason, gives=shown.RecordShown)
def cancel(given: dict[str, Any], bar_id: int) -> ResponseReturnValue:
    """Take a finding back that was a mistake; another does it than who made it."""
    with auth.act() as act:
        return answer(act, _one(act, acts.cancel(act, bar_id, **given).case_id, bar_id))


def _one(act: Act, case_id: int, bar_id: int) -> dict[str, Any]:
    found = bars.of_case(act.db, act.by, case_id, act.today)
    told: dict[str, Any] = plain(next(each for each in found if each.id == bar_id))
    return told
