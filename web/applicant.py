"""The applicant's room, no sign-in: guides, an online application, and the page a tracking code opens."""

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.availability import AVAILABILITY_NAMES
from engine.domain.bundle import Pickup
from engine.domain.case import Channel
from engine.domain.deadline import ONE_SECOND, day_of, end_of
from engine.domain.errors import Malformed, NotFound
from engine.domain.identity import APPLICANT
from engine.domain.tolerance import OnOverdue
from engine.queries import changes, counter, forms, guide, guidebook, tracking
from engine.services import applicant
from engine.services.act import Act
from web import applying, auth, page, schemas
from web.pace import Pace

bp = Blueprint("applicant", __name__)

#: Where a figure of a guide comes from, as the public is told.
BASIS = {
    "found": "公开办事指南",
    "law": "法律法规",
    "law-known": "法律法规（上线前核对原文）",
    "typical": "常见值",
    "derived": "推算",
}
#: What the address of the comparison may say.
CHANGES = ("since", "until")
OVERDUE = {
    OnOverdue.REVOKE_ACCEPTANCE: "撤销受理",
    OnOverdue.DENY: "不予许可",
    OnOverdue.WITHDRAW_DEEMED: "视为撤回申请",
}


def _pace() -> Pace:
    found: Pace = current_app.extensions["pace"]
    return found


# -- guides ------------------------------------------------------------------------------------------------------


@bp.get("/guide")
def guides() -> ResponseReturnValue:
    """All guides (办事指南), or those that fit a word."""
    words = request.args.get("q", "").strip()
    with auth.look() as look:
        found = guidebook.index(look.db, words)
    return render_template("guide/index.html", index=found, words=words, AVAILABILITY=AVAILABILITY_NAMES)


@bp.get("/guide/changes")
def what_changed() -> ResponseReturnValue:
    """What the catalogue asks for less, or more, than it did on an earlier day."""
    asked = schemas.load(schemas.Changes(), {k: v for k, v in request.args.items() if k in CHANGES and v})
    with auth.look() as look:
        begun = changes.first(look.db) or look.at
        since = asked["since"] or day_of(begun)
        until = min(asked["until"] or look.today, look.today)
        found = changes.changes(look.db, end_of(since) - ONE_SECOND, end_of(until) - ONE_SECOND)
    return render_template("guide/changes.html", found=found, since=since, until=until)


@bp.get("/guide/<key>")
def one_guide(key: str) -> ResponseReturnValue:
    """One guide, whole, from the version in force."""
    with auth.look() as look:
        shown, form = guide.guide(look.db, key), forms.form(look.db, key)
    rows = forms.needed(form, {}, ())
    return render_template(
        "guide/guide.html",
        guide=shown,
        rows=rows,
        BASIS=BASIS,
        OVERDUE=OVERDUE,
        AVAILABILITY=AVAILABILITY_NAMES,
    )


# -- applying ----------------------------------------------------------------------------------------------------


@bp.get("/apply")
def choose() -> ResponseReturnValue:
    """Choose what to apply for."""
    words = request.args.get("q", "").strip()
    with auth.look() as look:
        found = guidebook.index(look.db, words)
    return render_template("applicant/choose.html", index=found, words=words)


def _form_page(key: str) -> str:
    with auth.look() as look:
        form = forms.form(look.db, key)
        streets = counter.streets(look.db)
    return applying.page(form, streets, f"/apply/{key}")


@bp.get("/apply/<key>")
def form(key: str) -> ResponseReturnValue:
    """Show the online form."""
    return _form_page(key)


@bp.post("/apply/<key>")
@page.or_again(_form_page)
def apply(key: str) -> ResponseReturnValue:
    """Apply online; the answer is the page of the tracking code."""
    _pace().knock()
    if "refresh" in request.form:
        return _form_page(key)
    with auth.act(by=APPLICANT) as act:
        offered = forms.form(act.db, key)
        case = applicant.apply(act, applying.read(act, offered, Channel.ONLINE))
        return _on(act, case.code, "applied")


# -- tracking ----------------------------------------------------------------------------------------------------


def _on(act: Act, code: str, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/t/{code}", done))


def _plain(code: str) -> str:
    """A code as it is stored, however it was copied from paper."""
    return "".join(c for c in code.upper() if c.isalnum())


@bp.get("/t")
def lookup() -> ResponseReturnValue:
    """Ask for a tracking code, and open its page."""
    code = _plain(request.args.get("code", ""))
    if code:
        return redirect(f"/t/{code}", code=303)
    return render_template("applicant/lookup.html")


def _track_page(code: str) -> str:
    with auth.look() as look:
        shown = tracking.tracked(look.db, _plain(code), look.at, look.calendar)
    address = f"{request.url_root}t/{shown.code}"
    return render_template(
        "applicant/track.html",
        case=shown,
        qr=applying.qr(address),
        address=address,
        methods=schemas.METHODS,
        pickups=schemas.PICKUPS,
    )


@bp.get("/t/<code>")
def track(code: str) -> ResponseReturnValue:
    """The page of a tracking code: what to do now, when it will be done, how far it is."""
    _pace().knock()
    try:
        return _track_page(code)
    except NotFound as refusal:
        return render_template("applicant/lookup.html", missing=refusal.message, code=code), 404


@bp.post("/t/<code>/supplement")
@page.or_again(_track_page)
def supplement(code: str) -> ResponseReturnValue:
    """Bring what was asked for or promised; a form of one member names it."""
    _pace().knock()
    with auth.act_as_applicant() as act:
        no = request.form.get("no", "")
        tracking.belongs(act.db, _plain(code), no)
        case = act.case(no)
        applicant.supplement(act, case, applying.brought(act, case.state))
        return _on(act, _plain(code), "supplemented")


@bp.post("/t/<code>/withdraw")
@page.or_again(_track_page)
def withdraw(code: str) -> ResponseReturnValue:
    """Take the application back, once it is confirmed."""
    _pace().knock()
    sent = {name: request.form[name] for name in ("reason", "followers") if name in request.form}
    given, no = schemas.load(schemas.Withdraw(), sent), request.form.get("no", "")
    if request.form.get("sure") != "yes":
        raise Malformed("请先勾选“确认撤回”。", code="withdraw.unsure", field="sure")
    with auth.act_as_applicant() as act:
        if no:
            tracking.belongs(act.db, _plain(code), no)
        case = act.case(no) if no else act.tracked(_plain(code))
        applicant.withdraw(act, case, given["reason"] or "申请人撤回", followers=given["followers"])
        return _on(act, _plain(code), "withdrawn")


@bp.post("/t/<code>/pickup")
@page.or_again(_track_page)
def choose_pickup(code: str) -> ResponseReturnValue:
    """Choose how the results of a bundle are handed out."""
    _pace().knock()
    given = schemas.load(schemas.ChoosePickup(), {"pickup": request.form.get("pickup", "")})
    with auth.act_as_applicant() as act:
        applicant.choose_pickup(act, act.tracked(_plain(code)), Pickup(given["pickup"]))
        return _on(act, _plain(code), "pickup-chosen")


def install(app: Flask) -> None:
    """Add the room."""
    app.extensions["pace"] = Pace()
    app.register_blueprint(bp)
