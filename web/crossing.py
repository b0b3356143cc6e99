"""The cross-region window (跨区通办专窗): send what is for another place, receive, send back, return results."""

from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.queries import counter, crossings, sight
from engine.services import liaison
from web import auth, page, schemas

bp = Blueprint("crossing", __name__)


@bp.get("/crossing")
def index() -> str:
    """What lies between two places, by what is to be done."""
    me = auth.me()
    with auth.look() as look:
        where = counter.halls(look.db, me)
        board = crossings.board(look.db, look.at, look.calendar, where)
    return render_template("desk/crossings.html", board=board, halls=where)


def _page(no: str) -> str:
    with auth.look() as look:
        sight.find(look.db, auth.me(), no)
        found = crossings.crossing(look.db, no, look.at, look.calendar)
    return render_template("desk/crossing.html", found=found, case=found.between, ways=schemas.WAYS)


@bp.get("/crossing/<no>")
def one(no: str) -> str:
    """One case between two places."""
    return _page(no)


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if name in request.form}
    return schemas.load(schema(), {**sent, **fields})


@bp.post("/crossing/<no>/hand-over")
@page.or_again(_page)
def hand_over(no: str) -> ResponseReturnValue:
    """Send what was taken in to its home."""
    given = _given(schemas.HandOver)
    with auth.act() as act:
        liaison.hand_over(act, act.take(sight.find(act.db, act.by, no)), **given)
        return page.go(act, page.done("/crossing", "handed-over"))


@bp.post("/crossing/<no>/receive")
@page.or_again(_page)
def receive(no: str) -> ResponseReturnValue:
    """Confirm that the materials arrived."""
    with auth.act() as act:
        liaison.receive(act, act.take(sight.find(act.db, act.by, no)))
        return page.go(act, page.done(f"/desk/cases/{no}", "received"))


@bp.post("/crossing/<no>/send-back")
@page.or_again(_page)
def send_back(no: str) -> ResponseReturnValue:
    """Return what arrived, with reasons."""
    remarks = {code: request.form.get(f"remark.{code}", "").strip() for code in request.form.getlist("wrong")}
    given = _given(schemas.SendBack, remarks=remarks)
    with auth.act() as act:
        liaison.send_back(act, act.take(sight.find(act.db, act.by, no)), **given)
        return page.go(act, page.done("/crossing", "sent-back"))


@bp.post("/crossing/<no>/send-result")
@page.or_again(_page)
def send_result(no: str) -> ResponseReturnValue:
    """Send the result back to the place of intake."""
    given = _given(schemas.SendResult)
    with auth.act() as act:
        liaison.send_result(act, act.take(sight.find(act.db, act.by, no)), **given)
        return page.go(act, page.done("/crossing", "result-sent"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
