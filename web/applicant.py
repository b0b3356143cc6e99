"""The applicant's room, no sign-in: guides, an online application, and the page a tracking code opens."""

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.availability import AVAILABILITY_NAMES
from engine.domain.bundle import Pickup
from engine.domain.case import Channel
from engine.domain.deadline import ONE_SECOND, day_of, end_of
from engine.domain.errors import Malformed, NotFound
from engine.domain.identity import APPLICANT
from engine.domain.paper import OVERDUE
from engine.domain.rating import ABOUT_NAMES, LEVEL_NAMES, Occasion
from engine.queries import (
    appraisals,
    changes,
    counter,
    forms,
    guide,
    guidebook,
    proceedings,
    reminders,
    surroundings,
    tracking,
    visits,
)
from engine.services import applicant, engaging, hearing, inspecting
from engine.services.act import Act
from web import applying, auth, page, schemas
from web.pace import Pace
from web.proceedings import ChooseAgency

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


def knock() -> None:
    """Keep whoever asks to a walking pace."""
    pace: Pace = current_app.extensions["pace"]
    pace.knock()


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
        ready = applying.offers(look, form, online=True)
    return applying.page(form, streets, f"/apply/{key}", ready=ready)


@bp.get("/apply/<key>")
def form(key: str) -> ResponseReturnValue:
    """Show the online form."""
    return _form_page(key)


@bp.post("/apply/<key>")
@page.or_again(_form_page)
def apply(key: str) -> ResponseReturnValue:
    """Apply online; the answer is the page of the tracking code."""
    knock()
    if "refresh" in request.form:
        return _form_page(key)
    applying.examined()
    with auth.act(by=APPLICANT) as act:
        offered = forms.form(act.db, key)
        case = applicant.apply(act, applying.read(act, offered, Channel.ONLINE))
        return _on(act, case.code, "applied")


# -- tracking ----------------------------------------------------------------------------------------------------


def _on(act: Act, code: str, done: str) -> ResponseReturnValue:
    return page.go(act, page.done(f"/t/{code}", done))


def plain(code: str) -> str:
    """A code as it is stored, however it was copied from paper."""
    return "".join(c for c in code.upper() if c.isalnum())


@bp.get("/t")
def lookup() -> ResponseReturnValue:
    """Ask for a tracking code, and open its page."""
    code = plain(request.args.get("code", ""))
    if code:
        return redirect(f"/t/{code}", code=303)
    return render_template("applicant/lookup.html")


def track_page(code: str) -> str:
    with auth.look() as look:
        shown = tracking.tracked(look.db, plain(code), look.at, look.calendar)
        beside = proceedings.beside(look.db, shown.code, look.at)
        owner = surroundings.owner(look.db, tracking.opens(look.db, shown.code), look.at)
        ending = reminders.of_cases(look.db, [one.case_no for one in shown.licences], look.today)
        asked = [appraisals.invitation(look.db, shown.code, Occasion.MATTER)]
    address = f"{request.url_root}t/{shown.code}"
    return render_template(
        "applicant/track.html",
        case=shown,
        ending={each.number: each for each in ending},
        beside=beside,
        owner=owner,
        qr=applying.qr(address),
        address=address,
        methods=schemas.METHODS,
        invitations=[each for each in asked if each.invited],
        levels=LEVEL_NAMES,
        abouts=ABOUT_NAMES,
        pickups=schemas.PICKUPS,
    )


@bp.get("/t/<code>")
def track(code: str) -> ResponseReturnValue:
    """The page of a tracking code: what to do now, when it will be done, how far it is."""
    knock()
    try:
        return track_page(code)
    except NotFound as refusal:
        return render_template("applicant/lookup.html", missing=refusal.message, code=code), 404


@bp.post("/t/<code>/supplement")
@page.or_again(track_page)
def supplement(code: str) -> ResponseReturnValue:
    """Bring what was asked for or promised; a form of one member names it."""
    knock()
    applying.examined()
    with auth.act_as_applicant() as act:
        case = _own(act, code)
        applicant.supplement(act, case, applying.brought(act, case.state), consent=applying.consents())
        return _on(act, plain(code), "supplemented")


@bp.post("/t/<code>/withdraw")
@page.or_again(track_page)
def withdraw(code: str) -> ResponseReturnValue:
    """Take the application back, once it is confirmed."""
    knock()
    sent = {name: request.form[name] for name in ("reason", "followers") if name in request.form}
    given = schemas.load(schemas.Withdraw(), sent)
    if request.form.get("sure") != "yes":
        raise Malformed("请先勾选“确认撤回”。", code="withdraw.unsure", field="sure")
    with auth.act_as_applicant() as act:
        case = _own(act, code) if request.form.get("no") else act.tracked(plain(code))
        applicant.withdraw(act, case, given["reason"] or "申请人撤回", followers=given["followers"])
        return _on(act, plain(code), "withdrawn")


@bp.post("/t/<code>/library/<number:holding_id>/<wish>")
@page.or_again(track_page)
def library(code: str, **wish: Any) -> ResponseReturnValue:
    """Let a material of his be used again, or not any more."""
    knock()
    with auth.act_as_applicant() as act:
        return _on(act, plain(code), applying.wished(act, act.tracked(plain(code)), **wish))


# -- what the applicant does beside it ---------------------------------------------------------------------------


@bp.post("/t/<code>/inspections/<number:inspection_id>/confirm")
@page.or_again(track_page)
def confirm_inspection(code: str, inspection_id: int) -> ResponseReturnValue:
    """Stand by what was seen from afar (远程勘验双方确认)."""
    knock()
    with auth.act_as_applicant() as act:
        case = act.take(visits.of_code(act.db, plain(code), inspection_id))
        inspecting.confirm(act, case, inspection_id)
        return _on(act, plain(code), "inspection-confirmed")


@bp.post("/t/<code>/hearing")
@page.or_again(track_page)
def be_heard(code: str) -> ResponseReturnValue:
    """Ask to be heard (听证), or give the right up."""
    knock()
    given = schemas.load(schemas.Reason(), {"reason": request.form.get("reason", "")})
    with auth.act_as_applicant() as act:
        case = _own(act, code)
        if "waive" in request.form:
            hearing.waive(act, case)
            return _on(act, plain(code), "hearing-waived")
        hearing.ask(act, case, given["reason"])
        return _on(act, plain(code), "hearing-asked")


@bp.post("/t/<code>/agency")
@page.or_again(track_page)
def choose_agency(code: str) -> ResponseReturnValue:
    """Choose an agency oneself (中介服务)."""
    knock()
    typed = {name: request.form.get(name, "") for name in ("service", "agency")}
    form = schemas.load(ChooseAgency(), typed)
    with auth.act_as_applicant() as act:
        engaging.choose(act, _own(act, code), **form)
        return _on(act, plain(code), "agency-chosen")


def _own(act: Act, code: str) -> Any:
    """The case a form names, which must be of this tracking code."""
    no = request.form.get("no", "")
    tracking.belongs(act.db, plain(code), no)
    return act.case(no)


@bp.post("/t/<code>/decline")
@page.or_again(track_page)
def decline(code: str) -> ResponseReturnValue:
    """Decline what was begun without an application, once it is confirmed."""
    knock()
    given = schemas.load(schemas.Reason(), {"reason": request.form.get("reason", "")})
    if request.form.get("sure") != "yes":
        raise Malformed("请先勾选“确认放弃”。", code="withdraw.unsure", field="sure")
    with auth.act_as_applicant() as act:
        applicant.decline(act, act.tracked(plain(code)), given["reason"])
        return _on(act, plain(code), "declined")


@bp.post("/t/<code>/agree")
@page.or_again(track_page)
def agree(code: str) -> ResponseReturnValue:
    """Say yes to what was begun without an application."""
    knock()
    with auth.act_as_applicant() as act:
        applicant.agree(act, act.tracked(plain(code)))
        return _on(act, plain(code), "agreed")


@bp.post("/t/<code>/ask-human")
@page.or_again(track_page)
def ask_human(code: str) -> ResponseReturnValue:
    """Ask for a human where a rule alone would decide."""
    knock()
    given = schemas.load(schemas.AskHuman(), {"reason": request.form.get("words", "")})
    with auth.act_as_applicant() as act:
        applicant.ask_human(act, act.tracked(plain(code)), **given)
        return _on(act, plain(code), "human-asked")


@bp.post("/t/<code>/pickup")
@page.or_again(track_page)
def choose_pickup(code: str) -> ResponseReturnValue:
    """Choose how the results of a bundle are handed out."""
    knock()
    given = schemas.load(schemas.ChoosePickup(), {"pickup": request.form.get("pickup", "")})
    with auth.act_as_applicant() as act:
        applicant.choose_pickup(act, act.tracked(plain(code)), Pickup(given["pickup"]))
        return _on(act, plain(code), "pickup-chosen")


def install(app: Flask) -> None:
    """Add the room."""
    app.extensions["pace"] = Pace()
    app.register_blueprint(bp)
