"""What a manager does (督办): urging, reassigning, extending; and looking for a case."""

from urllib.parse import urlencode

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.domain.identity import Role, must_hold
from engine.queries import handover, listing, register
from engine.services import manager
from web import auth, fields, page

bp = Blueprint("manager", __name__)


@bp.post("/cases/<no>/urge")
def urge(no: str) -> ResponseReturnValue:
    """Urge whoever holds the case."""
    with auth.act() as act:
        manager.urge(
            act, act.take(register.id_of(act.db, no)), request.form.get("words", "").strip() or "请尽快办理。"
        )
        return page.go(act, page.done(_back(), "urged"))


@bp.get("/tasks/<number:task_id>/reassign")
def choose(task_id: int) -> str:
    """Who may have the task instead."""
    must_hold(auth.me(), Role.MANAGER)
    with auth.look() as look:
        task = handover.handover(look.db, task_id)
    return render_template("manager/reassign.html", task=task, next=_back())


@bp.post("/tasks/<number:task_id>/reassign")
@page.or_again(choose)
def reassign(task_id: int) -> ResponseReturnValue:
    """Give the task to somebody else who holds its post."""
    with auth.act() as act:
        manager.reassign(act, task_id, _number("user"))
        return page.go(act, page.done(_back(), "reassigned"))


@bp.get("/cases/<no>/extend")
def ask_extension(no: str) -> str:
    """Why the limit must be longer."""
    must_hold(auth.me(), Role.LEADER)
    with auth.look() as look:
        line = listing.one(look.db, look.calendar, look.at, auth.me(), no)
    return render_template("manager/extend.html", line=line, next=_back())


@bp.post("/cases/<no>/extend")
@page.or_again(ask_extension)
def extend(no: str) -> ResponseReturnValue:
    """Extend the limits once, with reason."""
    with auth.act() as act:
        manager.extend(act, act.take(register.id_of(act.db, no)), request.form.get("reason", ""))
        return page.go(act, page.done(_back(), "extended"))


@bp.post("/credits/<number:credit_id>/repair")
def repair(credit_id: int) -> ResponseReturnValue:
    """Repair an applicant's credit (信用修复), with reason."""
    with auth.act() as act:
        manager.repair_credit(act, credit_id, request.form.get("reason", ""))
        return page.go(act, page.done(_back(), "repaired"))


def _number(name: str) -> int:
    found: int | None = fields.read(fields.Whole("改派给谁"), name, request.form.get(name, ""))
    if found is None:
        raise Incomplete("请选择改派给谁。", code="user.missing", field=name)
    return found


def _back() -> str:
    """Where the form said it came from, else the page before, else the board."""
    told = page.inside(request.values.get("next", "") or page.back())
    return told if told != "/" else "/overdue"


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Go to the case of this number, or to the list of those that fit."""
    asked = request.args.get("q", "").strip()
    with auth.look() as look:
        found = listing.search(look.db, look.calendar, look.at, auth.me(), asked)
    if len(found) == 1 and found[0].no == asked:
        return redirect(found[0].href, code=303)
    return redirect(f"/cases?{urlencode({'q': asked})}", code=303)


@bp.get("/cases")
def cases() -> str:
    """Cases by number or by the applicant's name."""
    asked = request.args.get("q", "").strip()
    with auth.look() as look:
        found = listing.search(look.db, look.calendar, look.at, auth.me(), asked)
    return render_template("manager/cases.html", q=asked, found=found)


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
