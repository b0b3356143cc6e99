"""Where an applicant says who acts for him and how he gets his result, and his agent (代办人) acts by his code."""

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import NotFound
from engine.queries import counter, forms, guidebook, surroundings, tracking
from engine.services import agent, mailroom
from engine.services.act import Act
from web import applicant, applying, auth, page, schemas
from web.pace import Pace

bp = Blueprint("agency", __name__)


def _knock() -> None:
    found: Pace = current_app.extensions["pace"]
    found.knock()


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if name in request.form}
    return schemas.load(schema(), {**sent, **fields})


# -- the applicant, by his tracking code ----------------------------------------------------------------------


def _tracked(act: Act, code: str, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/t/{applicant.plain(code)}", done))


@bp.post("/t/<code>/handout")
@page.or_again(applicant.track_page)
def handout(code: str) -> ResponseReturnValue:
    """Choose where to pick the result up, or have it posted."""
    _knock()
    given = _given(schemas.Handout)
    with auth.act_as_applicant() as act:
        mailroom.choose(act, act.tracked(applicant.plain(code)), **given)
        return _tracked(act, code, "handout-chosen")


@bp.post("/t/<code>/mandate")
@page.or_again(applicant.track_page)
def authorise(code: str) -> ResponseReturnValue:
    """Let somebody act for oneself (网上授权)."""
    _knock()
    parts = ("name", "id_number", "phone")
    named = {part: request.form.get(f"agent.{part}", "").strip() for part in parts}
    matters = [key for key in request.form.getlist("matters") if key]
    given = schemas.load(
        schemas.Authorise(), {"agent": named, "matters": matters, "until": request.form.get("until") or None}
    )
    with auth.act_as_applicant() as act:
        agent.authorise(act, act.tracked(applicant.plain(code)), **given)
        return _tracked(act, code, "authorised")


@bp.post("/t/<code>/mandate/<number:mandate_id>/revoke")
@page.or_again(lambda code, **_: applicant.track_page(code))
def revoke(code: str, mandate_id: int) -> ResponseReturnValue:
    """Take a mandate back."""
    _knock()
    given = _given(schemas.Reason)
    with auth.act_as_applicant() as act:
        agent.revoke(act, mandate_id, given["reason"] or "本人网上撤销", act.tracked(applicant.plain(code)))
        return _tracked(act, code, "mandate-revoked")


# -- the agent, by the code of his mandate --------------------------------------------------------------------


@bp.get("/agent")
def lookup() -> ResponseReturnValue:
    """Ask for the code of a mandate (代办码), and open its page."""
    code = applicant.plain(request.args.get("code", ""))
    return redirect(f"/agent/{code}", code=303) if code else render_template("applicant/agent_lookup.html")


def _page(code: str) -> str:
    words = request.args.get("q", "").strip()
    with auth.look() as look:
        seen = surroundings.agency(look.db, applicant.plain(code), look.at)
        todos = [
            tracking.tracked(look.db, each.code, look.at, look.calendar) for each in seen.held.filed[:20]
        ]
        offered = guidebook.index(look.db, words)
    return render_template("applicant/agent.html", seen=seen, cases=todos, index=offered, words=words)


@bp.get("/agent/<code>")
def show(code: str) -> ResponseReturnValue:
    """What an agent may do, and what he filed."""
    _knock()
    try:
        return _page(code)
    except NotFound as refusal:
        return render_template("applicant/agent_lookup.html", missing=refusal.message, code=code), 404


def _form(code: str, key: str) -> str:
    with auth.look() as look:
        seen = surroundings.agency(look.db, applicant.plain(code), look.at)
        form, streets = forms.form(look.db, key), counter.streets(look.db)
    return applying.page(form, streets, f"/agent/{code}/apply/{key}", acting=seen.principal)


@bp.get("/agent/<code>/apply/<key>")
def form(code: str, key: str) -> ResponseReturnValue:
    """The online form, for the principal."""
    _knock()
    return _form(code, key)


@bp.post("/agent/<code>/apply/<key>")
@page.or_again(_form)
def apply(code: str, key: str) -> ResponseReturnValue:
    """Apply online for the principal."""
    _knock()
    if "refresh" in request.form:
        return _form(code, key)
    row = _mandate(code)
    with auth.act(by=agent.acting(row)) as act:
        offered = forms.form(act.db, key)
        agent.apply(act, row, applying.for_another(act, offered, agent.principal(act, row)))
        return page.go(act, page.done(f"/agent/{row.code}", "applied"))


@bp.post("/agent/<code>/cases/<no>/supplement")
@page.or_again(lambda code, **_: _page(code))
def supplement(code: str, no: str) -> ResponseReturnValue:
    """Bring what was asked for or promised, for the principal."""
    _knock()
    row = _mandate(code)
    with auth.act(by=agent.acting(row)) as act:
        case = act.case(no)
        agent.supplement(act, row, case, applying.brought(act, case.state))
        return page.go(act, page.done(f"/agent/{row.code}", "supplemented"))


@bp.post("/agent/<code>/cases/<no>/withdraw")
@page.or_again(lambda code, **_: _page(code))
def withdraw(code: str, no: str) -> ResponseReturnValue:
    """Take back what he filed for the principal."""
    _knock()
    given = _given(schemas.Reason)
    row = _mandate(code)
    with auth.act(by=agent.acting(row)) as act:
        agent.withdraw(act, row, act.case(no), given["reason"])
        return page.go(act, page.done(f"/agent/{row.code}", "withdrawn"))


def _mandate(code: str) -> Any:
    with auth.look() as look:
        return agent.mandate(look, applicant.plain(code))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
