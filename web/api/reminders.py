"""Licences that end (到期提醒): whom to call and how many went on; what a holder said, and that he wants no more."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import reminders, sight
from engine.services import attendant
from engine.services.act import Act
from web import attending, auth
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("reminders", "到期提醒")


@room.get("/reminders", takes=attending.Reminders, gives=shown.RemindersShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """List the licences that end whose holders one may call, with the figures by month."""
    with reading() as look:
        found = reminders.board(look.db, look.by, look.today, given["state"], given["month"])
    figures = [{**plain(each), "rate": each.rate} for each in (found.whole, *found.figures)]
    return {"items": plain(list(found.items)), "counts": plain(found.counts), "figures": figures}


@room.post("/reminders/<number:reminder_id>/answer", takes=attending.Answered, gives=shown.RecordShown)
def note(given: dict[str, Any], reminder_id: int) -> ResponseReturnValue:
    """Write down what came of calling a holder (已告知、不办、无法联系)."""
    with auth.act() as act:
        attendant.note(act, reminder_id, **given)
        return _told(act, reminder_id)


@room.post("/reminders/<number:reminder_id>/undo", gives=shown.RecordShown)
def undo(_given: dict[str, Any], reminder_id: int) -> ResponseReturnValue:
    """Take back what was written down of a call."""
    with auth.act() as act:
        attendant.take_back(act, reminder_id)
        return _told(act, reminder_id)


def _told(act: Act, reminder_id: int) -> dict[str, Any]:
    return answer(act, plain(reminders.one(act.db, reminder_id, act.today)))


@room.post("/cases/<key:no>/reminders/decline", gives=shown.CaseShown)
def decline(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Remind the holder of the licence a case ended in no more, at his wish."""
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        return answer(act, brief(attendant.decline(act, case)))


@room.post("/cases/<key:no>/reminders/resume", gives=shown.CaseShown)
def resume(_given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Remind him again."""
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        return answer(act, brief(attendant.resume(act, case)))
