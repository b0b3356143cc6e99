"""What the window does around a case: right of way, help, courier, mandates; and guidance before filing (申报辅导)."""

from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.queries import counter, surroundings
from engine.services import agent, mailroom, tutor, usher
from engine.services.act import Act
from web import auth, desk, page, schemas

bp = Blueprint("around", __name__)

CASE = "/desk/cases/<no>"


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if name in request.form}
    return schemas.load(schema(), {**sent, **fields})


def _on(act: Act, no: str, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/desk/cases/{no}", done))


@bp.post(f"{CASE}/priority")
@page.or_again(desk.case_page)
def prefer(no: str) -> ResponseReturnValue:
    """Let an application go first (绿色通道), or no longer."""
    given = _given(schemas.Prefer, groups=request.form.getlist("groups"))
    with auth.act() as act:
        usher.prefer(act, act.case(no), given["groups"])
        return _on(act, no, "preferred" if given["groups"] else "unpreferred")


@bp.post(f"{CASE}/assist")
@page.or_again(desk.case_page)
def assist(no: str) -> ResponseReturnValue:
    """Write down what an applicant was helped with (帮办)."""
    given = _given(schemas.Words)
    with auth.act() as act:
        usher.assist(act, act.case(no), given["words"])
        return _on(act, no, "assisted")


@bp.post(f"{CASE}/handout")
@page.or_again(desk.case_page)
def handout(no: str) -> ResponseReturnValue:
    """Write down how the applicant wants his result (通办通取)."""
    given = _given(schemas.Handout)
    with auth.act() as act:
        mailroom.choose(act, act.case(no), **given)
        return _on(act, no, "handout-chosen")


@bp.post(f"{CASE}/post")
@page.or_again(desk.case_page)
def post(no: str) -> ResponseReturnValue:
    """Post the result (快递送达)."""
    given = _given(schemas.Post)
    with auth.act() as act:
        mailroom.post(act, act.case(no), **given)
        return _on(act, no, "posted")


@bp.post(f"{CASE}/sign")
@page.or_again(desk.case_page)
def sign(no: str) -> ResponseReturnValue:
    """Write down that it was signed for (签收)."""
    given = _given(schemas.Sign)
    with auth.act() as act:
        mailroom.sign(act, act.case(no), given["receiver"])
        return _on(act, no, "delivered")


@bp.post(f"{CASE}/mail-returned")
@page.or_again(desk.case_page)
def mail_returned(no: str) -> ResponseReturnValue:
    """Write down that the courier brought it back (退回)."""
    given = _given(schemas.Reason)
    with auth.act() as act:
        mailroom.come_back(act, act.case(no), given["reason"])
        return _on(act, no, "mail-returned")


@bp.post(f"{CASE}/mandate/<number:mandate_id>/revoke")
@page.or_again(lambda no, **_: desk.case_page(no))
def revoke(no: str, mandate_id: int) -> ResponseReturnValue:
    """Take a mandate back at the window, at the principal's wish (撤销授权)."""
    given = _given(schemas.Reason)
    with auth.act() as act:
        agent.revoke(act, mandate_id, given["reason"], act.case(no))
        return _on(act, no, "mandate-revoked")


# -- guidance before filing -----------------------------------------------------------------------------------


@bp.get("/desk/guidance")
def guidance() -> ResponseReturnValue:
    """What was advised and has not been filed."""
    return _guidance()


def _guidance(**_at: int) -> str:
    me = auth.me()
    with auth.look() as look:
        where = counter.halls(look.db, me)
        found = surroundings.guidances(look.db, [hall.id for hall in where])
    return render_template("desk/guidance.html", found=found, halls=where)


@bp.post("/desk/guidance/<number:guidance_id>/file")
@page.or_again(_guidance)
def file(guidance_id: int) -> ResponseReturnValue:
    """File what was prepared as a formal application."""
    with auth.act() as act:
        case = tutor.file(act, guidance_id)
        return _on(act, case.no, "applied")


@bp.post("/desk/guidance/<number:guidance_id>/close")
@page.or_again(_guidance)
def close(guidance_id: int) -> ResponseReturnValue:
    """Lay it aside."""
    with auth.act() as act:
        tutor.close(act, guidance_id)
        return page.go(act, page.done("/desk/guidance", "guidance-closed"))


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
