"""The page of cards and orders to hurry (红黄牌、督办单): to see, to answer and appeal, to confirm and take back."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.identity import Role
from engine.domain.limit import Limit
from engine.queries import filters, register, watchlist
from engine.services import answering, manager
from web import auth, fields, page

bp = Blueprint("cards", __name__)


@bp.get("/cards")
def cards() -> str:
    """The cards given in the departments one oversees."""
    actor = auth.me()
    asked = {name: request.args.get(name, "") for name in ("standing", "level")}
    after = fields.read(fields.Whole("翻页位置"), "after", request.args.get("after", ""), "filter.after")
    with auth.look() as look:
        found = watchlist.page(look.db, filters.reach(actor), **asked, after=after)
    return render_template(
        "manager/cards.html",
        found=found,
        asked=asked,
        standings=watchlist.STANDINGS,
        may_manage=actor.holds(Role.MANAGER),
    )


@bp.post("/cards/<number:card_id>/appeal")
def appeal(card_id: int) -> ResponseReturnValue:
    """Say why a card should not have been given."""
    with auth.act() as act:
        answering.appeal(act, card_id, request.form.get("reason", ""))
        return page.go(act, page.done(page.back(), "appealed"))


@bp.post("/cards/<number:card_id>/confirm")
def confirm(card_id: int) -> ResponseReturnValue:
    """Let a card stand."""
    with auth.act() as act:
        manager.confirm_card(act, card_id)
        return page.go(act, page.done(page.back(), "card-confirmed"))


@bp.post("/cards/<number:card_id>/revoke")
def revoke(card_id: int) -> ResponseReturnValue:
    """Take a card back."""
    with auth.act() as act:
        manager.revoke_card(act, card_id, request.form.get("reason", ""))
        return page.go(act, page.done(page.back(), "card-revoked"))


@bp.post("/cases/<no>/supervise")
def supervise(no: str) -> ResponseReturnValue:
    """Order whoever handles the case to hurry and to answer."""
    limit = Limit.parse(request.form.get("limit", "") or str(manager.ANSWER))
    with auth.act() as act:
        manager.supervise(act, act.take(register.id_of(act.db, no)), request.form.get("words", ""), limit)
        return page.go(act, page.done(page.back(), "supervised"))


@bp.post("/supervisions/<number:supervision_id>/answer")
def answer(supervision_id: int) -> ResponseReturnValue:
    """Answer an order to hurry."""
    with auth.act() as act:
        answering.answer(act, supervision_id, request.form.get("words", ""))
        return page.go(act, page.done(page.back(), "answered"))


@bp.post("/supervisions/<number:supervision_id>/close")
def close(supervision_id: int) -> ResponseReturnValue:
    """Be done with an order to hurry."""
    with auth.act() as act:
        manager.close_supervision(act, supervision_id)
        return page.go(act, page.done(page.back(), "supervision-closed"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
