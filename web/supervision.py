"""The supervising department's page (审管联动): what it was told of grants, its answers, penalties, and reviews."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.linkage import FINDING_NAMES, REVIEW_NAMES
from engine.queries import linked
from engine.services import supervisor
from web import auth, page, schemas

bp = Blueprint("supervision", __name__)


def _page(**_: int) -> str:
    given = schemas.load(schemas.Pushes(), request.args.to_dict())
    with auth.look() as look:
        found = linked.page(look.db, linked.reach(auth.me()), look.at, given["standing"], given["cursor"])
    return render_template(
        "supervisor/supervision.html",
        found=found,
        standing=given["standing"],
        standings=linked.STANDINGS,
        findings=FINDING_NAMES,
        reviews=REVIEW_NAMES,
    )


@bp.get("/supervision")
def supervision() -> str:
    """What one's department was told, or granted."""
    return _page()


@bp.post("/pushes/<number:push_id>/acknowledge")
@page.or_again(_page)
def acknowledge(push_id: int) -> ResponseReturnValue:
    """Acknowledge a push."""
    with auth.act() as act:
        supervisor.acknowledge(act, push_id)
        return page.go(act, page.done(_back(), "acknowledged"))


@bp.post("/pushes/<number:push_id>/feedback")
@page.or_again(_page)
def feed_back(push_id: int) -> ResponseReturnValue:
    """Say what supervision found."""
    given = schemas.load(schemas.FeedBack(), _typed())
    with auth.act() as act:
        supervisor.feed_back(act, push_id, **given)
        return page.go(act, page.done(_back(), "fed-back"))


@bp.post("/pushes/<number:push_id>/penalty")
@page.or_again(_page)
def penalise(push_id: int) -> ResponseReturnValue:
    """Tell a penalty back."""
    given = schemas.load(schemas.Penalise(), _typed())
    with auth.act() as act:
        supervisor.penalise(act, push_id, **given)
        return page.go(act, page.done(_back(), "penalised"))


@bp.post("/penalties/<number:penalty_id>/review")
@page.or_again(_page)
def review(penalty_id: int) -> ResponseReturnValue:
    """Review what was granted after a penalty."""
    given = schemas.load(schemas.ReviewLicence(), _typed())
    with auth.act() as act:
        supervisor.review(act, penalty_id, **given)
        return page.go(act, page.done(_back(), "reviewed"))


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != "_key"}


def _back() -> str:
    back = page.back()
    return back if back.startswith(("/supervision", "/cases/")) else "/supervision"


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
