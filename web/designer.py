"""The designer's room (流程设计): diagrams and decisions and their versions, what is wrong with them, publishing."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.errors import Incomplete
from engine.domain.identity import Role, must_hold
from engine.queries import diagrams, studio
from engine.services import designer
from engine.spiff.parser import Definition
from web import auth, fields, migrating, page

#: How many cases the page of a migration lists; those that cannot move come first.
MOST_LINES = 200

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


@bp.get("/studio/<number:definition_id>")
def sheet(definition_id: int) -> str:
    """One version: its drawing or tables, its findings, its other versions."""
    must_hold(auth.me(), Role.DESIGNER)
    with auth.look() as look:
        found = studio.sheet(look.db, definition_id)
    return render_template("designer/sheet.html", sheet=found)


@bp.post("/studio/<number:definition_id>/publish")
@page.or_again(sheet)
def publish(definition_id: int) -> ResponseReturnValue:
    """Publish a draft."""
    to = page.done(f"/studio/{definition_id}", "published")
    with auth.act() as act:
        designer.publish(act, definition_id)
        return page.go(act, to)


@bp.get("/studio/<number:definition_id>/migrate")
def migration(definition_id: int) -> str:
    """What would come of moving running cases to this version, and the form to say which step is which."""
    must_hold(auth.me(), Role.DESIGNER)
    given = request.form if request.method == "POST" else request.args
    source, names = _asked(given)
    with auth.look() as look:
        found = studio.sheet(look.db, definition_id)
        drawn = look.library.definition(look.db, definition_id)
    told = {} if page.refusal() else names
    result = migrating.migrate(auth.office(), auth.me(), definition_id, told, source, apply=False)
    return render_template(
        "designer/migrate.html", sheet=found, result=result, source=source, names=names, most=MOST_LINES,
        sources=_sources(found), likes=_likes(drawn), wants=migrating.asks(result, drawn),
        at_once=migrating.AT_ONCE,
    )  # fmt: skip


def _asked(given: Mapping[str, str]) -> tuple[int | None, dict[str, str]]:
    """The version and the map as they stand in the address or the form."""
    source = given.get("from", "")
    named = {key.removeprefix("map."): new for key, new in given.items() if key.startswith("map.") and new}
    return fields.read(fields.Whole("原版本"), "from", source), named


def _sources(found: studio.Sheet) -> list[studio.Version]:
    return [each for each in found.family.versions if each.id != found.diagram.id and each.running]


def _likes(drawn: Definition) -> list[tuple[str, str]]:
    return [
        (node.id, f"{node.name}（{node.id}）")
        for node in drawn.nodes.values()
        if node.kind in migrating.STEPS
    ]


@bp.post("/studio/<number:definition_id>/migrate")
@page.or_again(migration)
def migrate(definition_id: int) -> ResponseReturnValue:
    """Move as many cases as one request may; the page that follows says what is left."""
    source, names = _asked(request.form)
    done = migrating.migrate(auth.office(), auth.me(), definition_id, names, source, apply=True)
    asked = {"from": source or "", **{f"map.{old}": new for old, new in names.items()}}
    to = f"/studio/{definition_id}/migrate?{urlencode(asked)}"
    return redirect(page.done(to, "migrated", n=done.moved), code=303)


@bp.get("/studio/<number:definition_id>/source")
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
