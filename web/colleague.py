"""What colleagues do among one another from a task's page: give it over, entrust, remind, copy, sign together."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from engine.queries import register, sight
from engine.services import approver, colleague
from web import auth, page, schemas
from web.approver import case as case_page
from web.approver import task as task_page

bp = Blueprint("colleague", __name__)

TASK = "/tasks/<number:task_id>"


def _form(schema: ma.Schema, **more: Any) -> Mapping[str, Any]:
    """What was typed into the fields the schema has; an empty one is left out."""
    typed = {name: request.form[name] for name in schema.fields if request.form.get(name)}
    read: Mapping[str, Any] = schemas.load(schema, {**typed, **more})
    return read


@bp.post(f"{TASK}/transfer")
@page.or_again(task_page)
def transfer(task_id: int) -> ResponseReturnValue:
    """Give the task over (转办)."""
    form = _form(schemas.Transfer())
    with auth.act() as act:
        colleague.transfer(act, task_id, form["user"], form["reason"])
        return page.go(act, page.done("/inbox", "transferred"))


@bp.post(f"{TASK}/delegate")
@page.or_again(task_page)
def delegate(task_id: int) -> ResponseReturnValue:
    """Entrust the task to somebody (委派)."""
    form = _form(schemas.Delegate())
    with auth.act() as act:
        colleague.delegate(act, task_id, form["user"], form["words"])
        return page.go(act, page.done("/inbox", "delegated"))


@bp.post(f"{TASK}/remind")
@page.or_again(task_page)
def remind(task_id: int) -> ResponseReturnValue:
    """Remind whoever holds the task (催办)."""
    form = _form(schemas.Remind())
    with auth.act() as act:
        sight.must_see(act.db, act.by, register.task(act.db, task_id).case_id)
        colleague.remind(act, task_id, form["words"] or "请尽快办理。")
        return page.go(act, page.done(f"/tasks/{task_id}", "urged"))


@bp.post(f"{TASK}/copy")
@page.or_again(task_page)
def copy(task_id: int) -> ResponseReturnValue:
    """Show the case to others for information (抄送)."""
    form = _form(schemas.Copy(), users=request.form.getlist("users"))
    with auth.act() as act:
        colleague.copy(act, task_id, form["users"], form["words"])
        return page.go(act, page.done(f"/tasks/{task_id}", "copied"))


@bp.post(f"{TASK}/add-signer")
@page.or_again(task_page)
def add_signer(task_id: int) -> ResponseReturnValue:
    """Let one more person sign (加签)."""
    form = _form(schemas.AddSigner())
    with auth.act() as act:
        approver.add_signer(act, task_id, form["user"], form["reason"])
        return page.go(act, page.done(f"/tasks/{task_id}", "signer-added"))


@bp.post(f"{TASK}/remove-signer")
@page.or_again(task_page)
def remove_signer(task_id: int) -> ResponseReturnValue:
    """Let somebody sign no more (减签)."""
    form = _form(schemas.RemoveSigner())
    with auth.act() as act:
        case = approver.remove_signer(act, task_id, form["user"], form["reason"])
        return page.go(act, page.done(f"/cases/{case.no}", "signer-removed"))


@bp.post("/bundles/<no>/hurry")
def hurry(no: str) -> ResponseReturnValue:
    """Hurry a member of a bundle, for a department that waits for it (部门催办)."""
    form = _form(schemas.Urge())
    with auth.act() as act:
        case = colleague.hurry(act, act.take(sight.find(act.db, act.by, no)), form["words"])
        return page.go(act, page.done(f"/bundles/{case.no}", "urged"))


@bp.post("/cases/<no>/read")
@page.or_again(case_page)
def read(no: str) -> ResponseReturnValue:
    """Say that one has read what one was shown (已阅)."""
    with auth.act() as act:
        colleague.read(act, act.take(sight.find(act.db, act.by, no)))
        return page.go(act, page.done("/inbox?view=copied", "read"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
