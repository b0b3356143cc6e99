"""The designer's room (流程设计): diagrams and decisions and their versions, what is wrong with them, publishing."""

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.domain.identity import Role, must_hold
from engine.queries import diagrams, studio
from engine.services import designer
from web import auth, page

bp = Blueprint("designer", __name__)


@bp.get("/studio")
def shelf() -> str:
    """All diagrams and decisions, and the form to hand one in."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        families = studio.families(look.db)
    return render_template("designer/studio.html", families=families)


@bp.post("/studio")
@page.or_again(shelf)
def hand_in() -> ResponseReturnValue:
    """Keep an uploaded diagram or decision as a draft and show what was found in it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Incomplete("请选择流程图（.bpmn）或决策（.dmn）文件。", code="file.missing", field="file")
    source = sent.stream.read()
    with auth.act() as act:
        row = designer.hand_in(act, source, request.form.get("key", "").strip() or None)
        to = page.done(f"/studio/{row.id}", "saved")
        return page.go(act, to)


@bp.get("/studio/<int:definition_id>")
def sheet(definition_id: int) -> str:
    """One version: its drawing or tables, its findings, its other versions."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        found = studio.sheet(look.db, definition_id)
    return render_template("designer/sheet.html", sheet=found)


@bp.post("/studio/<int:definition_id>/publish")
@page.or_again(sheet)
def publish(definition_id: int) -> ResponseReturnValue:
    """Publish a draft."""
    to = page.done(f"/studio/{definition_id}", "published")
    with auth.act() as act:
        designer.publish(act, definition_id)
        return page.go(act, to)


@bp.get("/studio/<int:definition_id>/source")
def source(definition_id: int) -> Response:
    """The file, byte for byte."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        found = diagrams.one(look.db, definition_id)
    answer = Response(found.source, mimetype="application/xml")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{found.key}-v{found.version}{found.suffix}"'
    )
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
