"""An application form: which documents it asks for as it is filled in, and the application it makes."""

from collections.abc import Sequence
from typing import Any

import segno
from flask import render_template, request
from werkzeug.datastructures import FileStorage

from engine.domain.bundle import Pickup
from engine.domain.case import Channel, State
from engine.domain.errors import Incomplete
from engine.domain.material import Handed, Standing
from engine.queries.counter import Hall
from engine.queries.forms import Form, FormRow, needed, taken
from engine.services import applicant
from engine.services.act import Act
from engine.services.applicant import Application
from web import schemas

#: The keys a clerk presses for a row of the materials table.
KEYS: tuple[tuple[str, str, str], ...] = (
    ("1", Standing.RECEIVED, "收到"),
    ("2", Standing.SHARED, "电子证照"),
    ("3", Standing.MISSING, "缺少"),
)
_PERSON = ("kind", "name", "id_number", "phone")


def flags(form: Form) -> dict[str, bool]:
    """The answers to the scenario questions, as far as they are given."""
    return {q.key: request.values.get(f"flag.{q.key}") == "yes" for q in form.questions}


def wanted() -> list[str]:
    """The optional members that are ticked."""
    return request.values.getlist("members")


def rows(form: Form) -> tuple[FormRow, ...]:
    """The documents to bring, as the form is filled in."""
    return needed(form, flags(form), wanted())


def chosen(form: Form) -> tuple[str, ...]:
    """The matters applied for, as the form is filled in."""
    return taken(form, flags(form), wanted())


def script(form: Form) -> dict[str, Any]:
    """What the page's script needs to follow the answers: the conditions of members and of documents."""
    verified = {m.key for m in form.members if m.verify_only}
    return {
        "bundle": form.kind == "bundle",
        "answers": dict(form.answers),
        "members": {m.key: {"optional": m.optional, "condition": m.condition} for m in form.members},
        "verified": sorted(verified),
        "rows": {
            row.code: [{"matter": n.matter, "condition": n.condition, "by": n.brought_by} for n in row.needs]
            for row in form.rows
        },
    }


def page(form: Form, streets: Sequence[Hall], action: str, halls: Sequence[Hall] = ()) -> str:
    """The page of an application form; where no hall takes it in, it is filled in online."""
    return render_template(
        "desk/apply.html",
        form=form,
        rows={row.code: row for row in rows(form)},
        chosen=chosen(form),
        script=script(form),
        keys=KEYS,
        halls=halls,
        streets=streets,
        online=not halls,
        action=action,
    )


def read(act: Act, form: Form, channel: Channel, hall: str | None = None) -> Application:
    """Return the application that was filled in; its files are kept. Raises `Malformed` naming every field."""
    agent = _person("agent")
    if agent and channel is Channel.WINDOW:
        channel = Channel.AGENT
    given: dict[str, Any] = {
        "matter": form.key,
        "channel": channel.value,
        "applicant": _person("applicant") or {"kind": request.form.get("applicant.kind", "person")},
        "agent": agent,
        "members": [key for key in wanted() if key in {m.key for m in form.members}],
        "flags": flags(form),
        "street": request.form.get("street") or None,
        "licence_until": request.form.get("licence_until") or None,
        "pickup": request.form.get("pickup") or Pickup.TOGETHER.value,
    }
    if hall is not None:
        given["hall"] = hall
    schemas.load(schemas.ApplicationSchema(), given)  # say what is wrong before any file is kept
    given["materials"] = _materials(act, rows(form))
    application: Application = schemas.load(schemas.ApplicationSchema(), given)
    return application


def _person(who: str) -> dict[str, str] | None:
    """What was typed of somebody; None when nothing was."""
    typed = {part: request.form.get(f"{who}.{part}", "").strip() for part in _PERSON}
    if not any(typed[part] for part in ("name", "id_number", "phone")):
        return None
    return {**typed, "kind": typed["kind"] or "person"}


def _materials(act: Act, asked: Sequence[FormRow]) -> list[dict[str, Any]]:
    found = []
    for row in asked:
        file_id = keep(act, f"file.{row.code}")
        standing = Standing.RECEIVED.value if file_id else request.form.get(f"material.{row.code}", "")
        if standing in schemas.HANDED_IN:
            found.append({"code": row.code, "standing": standing, "file_id": file_id})
    return found


def keep(act: Act, field: str) -> int | None:
    """Keep the file of a field, if one was chosen, and return its id."""
    sent: FileStorage | None = request.files.get(field)
    if sent is None or not sent.filename:
        return None
    return applicant.keep_file(act, sent.filename[:200], sent.mimetype, sent.read())


def brought(act: Act, state: State) -> list[Handed]:
    """Return what was brought of the materials a form lists: its files, and the rows ticked as received.

    A correction may be confirmed empty-handed, where another member's documents have answered it.
    """
    ticked = set(request.form.getlist("received"))
    found = []
    for code in request.form.getlist("code"):
        file_id = keep(act, f"file.{code}")
        if file_id or code in ticked:
            found.append(Handed(code, Standing.RECEIVED, file_id))
    if not found and state is not State.CORRECTION:
        raise Incomplete("请选择文件，或勾选收到的材料。", code="supplement.empty", field="received")
    return found


def qr(address: str) -> str:
    """A QR code as inline SVG, dark on light in either colour scheme."""
    return segno.make(address, error="m").svg_inline(scale=3, border=2, light="#ffffff", dark="#101010")
