"""What is checked after a grant: the commitments (告知承诺) that wait for it, and what was found."""

from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.commitment import Result
from engine.queries import commitments, sight
from engine.services import approver
from web import auth, page, schemas

bp = Blueprint("checks", __name__)


@bp.get("/commitments")
def waiting() -> str:
    """List the commitments still to be checked, the one that is due first before the others."""
    with auth.look() as look:
        found = commitments.to_check(look.db, auth.me(), look.calendar, look.at)
    return render_template("approver/commitments.html", items=found)


@bp.get("/cases/<no>/commitment")
def one(no: str) -> str:
    """Show the commitment a case stands on, and what may be said of it."""
    actor = auth.me()
    with auth.look() as look:
        found = commitments.of_case(look.db, sight.find(look.db, actor, no), actor, look.calendar, look.at)
    return render_template("approver/commitment.html", no=no, found=found)


@bp.post("/cases/<no>/commitment")
@page.or_again(one)
def inspect(no: str) -> ResponseReturnValue:
    """Say what the check found, or what came of it."""
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in ("result", "words")}
    form = schemas.load(schemas.InspectCommitment(), typed)
    with auth.act() as act:
        case = act.take(sight.find(act.db, act.by, no))
        approver.inspect_commitment(act, case, Result(form["result"]), form["words"])
        return page.go(act, page.done(f"/cases/{no}/commitment", "checked"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
