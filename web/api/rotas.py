"""The rota (排班, 2主1备轮值): the week of a post, and drawing, changing, removing and copying its shifts."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import rotas
from engine.services import foreman
from web import auth, shifts
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("rota", "排班（2主1备轮值）")

SHIFT = "/shifts/<number:shift_id>"


@room.get("/rota", takes=shifts.AskWeek, gives=shifts.WeekShown)
def week(given: dict[str, Any]) -> ResponseReturnValue:
    """The rota of a post in the week of a day, and who of it is there now."""
    with reading() as look:
        found = rotas.week(
            look.db, look.by, given["org"], given["role"], given["week"] or look.today, look.at, look.calendar
        )
    told: dict[str, Any] = plain(found)
    return told


@room.post("/shifts", takes=shifts.DrawShift, gives=shown.Made, status=201)
def draw(given: dict[str, Any]) -> ResponseReturnValue:
    """Draw a shift: two mains and a spare who hold the post."""
    with auth.act() as act:
        return answer(act, {"id": foreman.draw(act, **given)}), 201


@room.post(f"{SHIFT}/change", takes=shifts.ChangeShift, gives=shown.Made)
def change(given: dict[str, Any], shift_id: int) -> ResponseReturnValue:
    """Put others on a shift, or make it longer or shorter; it goes on under the id that is answered."""
    with auth.act() as act:
        return answer(act, {"id": foreman.change(act, shift_id, **given)})


@room.post(f"{SHIFT}/remove", gives=shown.Made)
def remove(_given: dict[str, Any], shift_id: int) -> ResponseReturnValue:
    """Take a shift off the rota."""
    with auth.act() as act:
        foreman.remove(act, shift_id)
        return answer(act, {"id": shift_id})


@room.post("/rota/copy", takes=shifts.CopyWeek, gives=shifts.Copied)
def copy(given: dict[str, Any]) -> ResponseReturnValue:
    """Draw the shifts of the week before again; times over or taken and people without the post are left out."""
    with auth.act() as act:
        return answer(act, {"copied": foreman.copy_week(act, **given)})
