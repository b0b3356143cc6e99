"""What the window does for the person of a case begun unasked (免申即办): he declines, agrees, asks for a human."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from engine.queries import sight
from engine.services import applicant
from engine.services.act import Act
from web import auth, page

bp = Blueprint("offers", __name__)


def _said(no: str, say: Callable[[Act, Any], Any], word: str) -> ResponseReturnValue:
    with auth.act() as act:
        say(act, act.take(sight.find(act.db, act.by, no)))
        return page.go(act, page.done(f"/cases/{no}", word))


@bp.post("/cases/<no>/decline")
def decline(no: str) -> ResponseReturnValue:
    """He does not want it."""
    return _said(no, lambda act, case: applicant.decline(act, case, _reason()), "declined")


@bp.post("/cases/<no>/agree")
def agree(no: str) -> ResponseReturnValue:
    """He wants it."""
    return _said(no, applicant.agree, "agreed")


@bp.post("/cases/<no>/ask-human")
def ask_human(no: str) -> ResponseReturnValue:
    """He wants a person to decide."""
    return _said(no, lambda act, case: applicant.ask_human(act, case, _reason()), "human-asked")


def _reason() -> str:
    return request.form.get("reason", "")[:500]


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
