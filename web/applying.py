"""An application form: which documents it asks for as it is filled in, and the application it makes."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import segno
from flask import g, render_template, request
from werkzeug.datastructures import FileStorage

from engine.domain.bundle import Pickup
from engine.domain.case import Channel, State
from engine.domain.errors import Incomplete, NotFound, Refused
from engine.domain.material import Handed, Standing
from engine.domain.upload import MOST_BYTES, Upload
from engine.queries import belongings
from engine.queries.belongings import Offer
from engine.queries.counter import Hall
from engine.queries.forms import Form, FormRow, needed, taken
from engine.services import custodian, keeping
from engine.services.act import Act
from engine.services.receiving import Application, Person
from web import auth, schemas

#: The keys a clerk presses for a row of the materials table. What is tolerated is missing until it is promised.
KEYS: tuple[tuple[str, str, str], ...] = (
    ("1", Standing.RECEIVED, "收到"),
    ("2", Standing.SHARED, "电子证照"),
    ("3", Standing.PROMISED, "容缺"),
    ("4", Standing.MISSING, "缺少"),
)
#: The key and mark of what is taken from the applicant's library, and the words of a row of what is shared.
HELD = "held"
HELD_KEY = ("5", HELD, "材料库")
SHARED_KEYS: tuple[tuple[str, str, str], ...] = (
    ("1", Standing.RECEIVED, "核验失败，自备"),
    ("2", Standing.SHARED, "电子证照"),
    ("4", Standing.MISSING, "缺少"),
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


def offers(look: Act, form: Form, *, online: bool) -> Mapping[str, Offer]:
    """What stands ready for the documents of a form, once a number is typed: never asked for in an address.

    Online the library is shown to whoever also has a tracking code of his own.
    """
    typed = request.form.get("applicant.id_number", "").strip()
    code = code_typed() if online else None
    if request.method != "POST" or not typed or code == "":
        return {}
    return belongings.offers(look.db, typed, {row.code: row.trusts for row in form.rows}, look.today, code)


def code_typed() -> str:
    """The tracking code of an earlier case, as it is stored, however it was copied from paper."""
    return "".join(c for c in request.form.get("code", "").upper() if c.isalnum())[:30]


def page(
    form: Form,
    streets: Sequence[Hall],
    action: str,
    halls: Sequence[Hall] = (),
    ready: Mapping[str, Offer] = MappingProxyType({}),
    acting: str = "",
    homes: Sequence[Any] = (),
) -> str:
    """The page of an application form; without a hall it is filled in online, by an agent *acting* or not.

    What is *ready* need not be brought; *homes* are the places elsewhere it may be for.
    """
    return render_template(
        "desk/apply.html",
        form=form,
        rows={row.code: row for row in rows(form)},
        chosen=chosen(form),
        script=script(form),
        keys=KEYS,
        shared_keys=SHARED_KEYS,
        held_key=HELD_KEY,
        promised=Standing.PROMISED,
        halls=halls,
        homes=homes,
        streets=streets,
        online=not halls,
        ready=ready,
        action=action,
        acting=acting,
    )


def read(act: Act, form: Form, channel: Channel, hall: str | None = None) -> Application:
    """Return the application that was filled in; its files are kept. Raises `Malformed` naming every field."""
    agent = _person("agent")
    if agent and channel is Channel.WINDOW:
        channel = Channel.AGENT
    until = request.form.get("mandate.until") if agent and channel is Channel.AGENT else None
    given: dict[str, Any] = {
        "matter": form.key,
        "channel": channel.value,
        "applicant": _person("applicant") or {"kind": request.form.get("applicant.kind", "person")},
        "agent": agent,
        "mandate": {"until": until} if until else None,
        "members": [key for key in wanted() if key in {m.key for m in form.members}],
        "flags": flags(form),
        "street": request.form.get("street") or None,
        "licence_until": request.form.get("licence_until") or None,
        "licence": _licence(),
        "consent": request.form.get("library-consent") == "yes",
        "code": code_typed(),
        "homes": request.form.getlist("homes"),
        "pickup": request.form.get("pickup") or Pickup.TOGETHER.value,
    }
    if hall is not None:
        given["hall"] = hall
    schemas.load(schemas.ApplicationSchema(), given)  # say what is wrong before any file is kept
    given |= _materials(act, rows(form))
    if until:
        given["mandate"] = {"until": until, "file_id": keep(act, "mandate.file")}
    application: Application = schemas.load(schemas.ApplicationSchema(), given)
    return application


def for_another(act: Act, form: Form, principal: Person) -> Application:
    """Return the application an agent filled in online for his principal, who is known already."""
    renewing = {"licence_until": request.form.get("licence_until") or None, "licence": _licence()}
    told = schemas.load(schemas.Renewing(), renewing)
    brought = _materials(act, rows(form))
    return Application(
        matter=form.key,
        applicant=principal,
        members=tuple(key for key in wanted() if key in {m.key for m in form.members}),
        flags=flags(form),
        materials=tuple(
            Handed(each["code"], Standing(each["standing"]), each["file_id"]) for each in brought["materials"]
        ),
        unverified=tuple(brought["unverified"]),
        street=request.form.get("street") or None,
        licence_until=told["licence_until"],
        licence=told["licence"],
    )


def _licence() -> str:
    return request.form.get("licence", "").strip()


def _person(who: str) -> dict[str, str] | None:
    """What was typed of somebody; None when nothing was."""
    typed = {part: request.form.get(f"{who}.{part}", "").strip() for part in _PERSON}
    if not any(typed[part] for part in ("name", "id_number", "phone")):
        return None
    return {**typed, "kind": typed["kind"] or "person"}


def _materials(act: Act, asked: Sequence[FormRow]) -> dict[str, Any]:
    """What is brought, what is taken from the library, and what could not be verified though it is shared."""
    found, marked = [], {row.code: request.form.get(f"material.{row.code}", "") for row in asked}
    for row in asked:
        file_id = keep(act, f"file.{row.code}")
        standing = Standing.RECEIVED.value if file_id else marked[row.code]
        if standing in schemas.HANDED_IN:
            found.append({"code": row.code, "standing": standing, "file_id": file_id})
    named = {each["code"] for each in found}
    return {
        "materials": found,
        "reuse": [code for code, mark in marked.items() if mark == HELD and code not in named],
        "unverified": [
            row.code for row in asked if row.source == "shared" and marked[row.code] == Standing.RECEIVED
        ],
    }


def keep(act: Act, field: str) -> int | None:
    """Keep the file of a field, if one was chosen, and return its id."""
    found = examined().get(field)
    return keeping.keep(act, found) if found else None


def examined() -> Mapping[str, Upload]:
    """The files that were sent, by field, each looked through once; best before the act, while nobody waits for it.

    Raises `Malformed` or `NotNow` naming the field of the one that may not be kept.
    """
    if "uploads" not in g:
        sent = {field: file for field, file in request.files.items() if file.filename}
        g.uploads = {field: _examined(field, file) for field, file in sent.items()}
    found: Mapping[str, Upload] = g.uploads
    return found


def _examined(field: str, sent: FileStorage) -> Upload:
    try:
        return auth.office().examine(sent.filename or "", sent.mimetype, sent.read(MOST_BYTES + 1))
    except Refused as refusal:
        refusal.field = field
        raise


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


def consents() -> bool:
    """Does the applicant let what he brings be used again?"""
    return request.form.get("library-consent") == "yes"


#: What may be wished of a file in the library, and the word said once it is done.
WISHES: Mapping[str, tuple[Callable[[Act, Any, int], Any], str]] = {
    "consent": (custodian.consent, "consented"),
    "withdraw": (custodian.withdraw, "consent-withdrawn"),
}


def wished(act: Act, case: Any, holding_id: int, wish: str) -> str:
    """Do what is wished of a file in the library; return the word for it. Raises `NotFound` for another wish."""
    if wish not in WISHES:
        raise NotFound("没有这个操作。", code="wish.unknown")
    do, word = WISHES[wish]
    do(act, case, holding_id)
    return word


def qr(address: str) -> str:
    """A QR code as inline SVG, dark on light in either colour scheme."""
    return segno.make(address, error="m").svg_inline(scale=3, border=2, light="#ffffff", dark="#101010")
