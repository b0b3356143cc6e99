"""The committee's room (决策委员会): what one is to vote on, a vote with its ballots, convened and closed."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.domain.vote import CHOICE_NAMES, OUTCOME_NAMES
from engine.queries import proceedings as beside
from engine.services import voting
from engine.services.act import Act
from web import applying, auth, page, proceedings, schemas

bp = Blueprint("committee", __name__)

WORDS: dict[str, Mapping[Any, str]] = {"choices": CHOICE_NAMES, "outcomes": OUTCOME_NAMES}


@bp.get("/votes")
def mine() -> str:
    """List the votes one is a member of."""
    actor = auth.me()
    with auth.look() as look:
        listed = beside.my_votes(look.db, actor)
    return render_template("committee/votes.html", votes=listed, **WORDS)


@bp.get("/tasks/<number:task_id>/vote")
def show(task_id: int) -> str:
    """Show a vote: the question, the rules, who has voted."""
    actor = auth.me()
    with auth.look() as look:
        found = beside.vote_of(look.db, look.library.definition, actor, task_id, look.at)
        soonest = look.calendar.add(look.today, 1)
    return render_template("committee/vote.html", vote=found, soonest=soonest, **WORDS)


def _form(schema: ma.Schema, **more: Any) -> Mapping[str, Any]:
    typed = {name: request.form[name] for name in schema.fields if request.form.get(name)}
    read: Mapping[str, Any] = schemas.load(schema, {**typed, **more})
    return read


def _on(act: Act, task_id: int, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/tasks/{task_id}/vote", done))


@bp.post("/tasks/<number:task_id>/vote/convene")
@page.or_again(show)
def convene(task_id: int) -> ResponseReturnValue:
    """Put the question to the committee, or the end of the vote off."""
    day = request.form.get("day", "")
    if not day:
        raise Incomplete("请填写表决期限。", code="at.missing", field="until")
    form = _form(
        proceedings.Convene(), members=request.form.getlist("members"),
        until=f"{day}T{request.form.get('time') or '18:00'}",
    )  # fmt: skip
    with auth.act() as act:
        voting.convene(act, task_id, **form)
        return _on(act, task_id, "vote-convened")


@bp.post("/tasks/<number:task_id>/vote/cast")
@page.or_again(show)
def cast(task_id: int) -> ResponseReturnValue:
    """Vote."""
    form = _form(proceedings.Cast())
    with auth.act() as act:
        voting.cast(act, task_id, **form)
        return _on(act, task_id, "vote-cast")


@bp.post("/tasks/<number:task_id>/vote/recuse")
@page.or_again(show)
def recuse(task_id: int) -> ResponseReturnValue:
    """Let a member take no part."""
    typed = {"member": request.form.get("member") or None, "reason": request.form.get("why", "")}
    form = schemas.load(proceedings.Recuse(), typed)
    with auth.act() as act:
        voting.recuse(act, task_id, **form)
        return _on(act, task_id, "vote-recused")


@bp.post("/tasks/<number:task_id>/vote/close")
@page.or_again(show)
def close(task_id: int) -> ResponseReturnValue:
    """End the vote with its minutes."""
    with auth.act() as act:
        form = _form(proceedings.CloseVote(), minutes=applying.keep(act, "file"))
        voting.close(act, task_id, **form)
        return _on(act, task_id, "vote-closed")


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
