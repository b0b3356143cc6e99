"""The window's room (综合窗口): take an application in, accept it, ask to correct, tolerate, refuse, hand out."""

from typing import Any

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.bundle import Pickup
from engine.domain.case import Channel
from engine.queries import (
    application,
    belongings,
    bundles,
    counter,
    ending,
    forms,
    guidebook,
    joint,
    papers,
    premises,
    sight,
    surroundings,
    visits,
)
from engine.services import applicant, custodian, desk, tutor
from engine.services.act import Act
from web import applying, auth, page, schemas
from web.gantt import gantt
from web.i18n import language

bp = Blueprint("desk", __name__)


# -- the desk ----------------------------------------------------------------------------------------------------


@bp.get("/desk")
def index() -> ResponseReturnValue:
    """Who, then what: the guides to apply by, and who waits at this hall's desk."""
    me = auth.me()
    words, sought = request.args.get("q", "").strip(), request.args.get("matter", "").strip()
    with auth.look() as look:
        where = counter.halls(look.db, me)
        queue = counter.queue(look.db, look.at, look.calendar, where, words)
        offered = guidebook.index(look.db, sought)
        over = ending.ending(look.db, me, look.at)
    return render_template(
        "desk/index.html", halls=where, queue=queue, index=offered, words=words, sought=sought, ending=over
    )


def _form_page(key: str) -> str:
    me = auth.me()
    with auth.look() as look:
        where = counter.halls(look.db, me)
        form = forms.form(look.db, key)
        ready = applying.offers(look, form, online=False)
        streets, homes = counter.streets(look.db), premises.homes(look.db)
    return applying.page(form, streets, f"/desk/apply/{key}", where, ready, homes=homes)


@bp.get("/desk/apply/<key>")
def form(key: str) -> ResponseReturnValue:
    """Show the form of a matter or bundle."""
    return _form_page(key)


@bp.post("/desk/apply/<key>")
@page.or_again(_form_page)
def apply(key: str) -> ResponseReturnValue:
    """Take the application in; without a script, the list of documents is first brought up to date."""
    me = auth.me()
    if "refresh" in request.form:
        return _form_page(key)
    applying.examined()
    with auth.act() as act:
        where = counter.halls(act.db, me)
        hall = next((h.code for h in where if h.code == request.form.get("hall")), where[0].code)
        offered = forms.form(act.db, key)
        asked = applying.read(act, offered, Channel.WINDOW, hall)
        if "guide" in request.form:
            tutor.advise(act, asked, request.form.get("words", ""))
            return page.go(act, page.done("/desk/guidance", "advised"))
        case = applicant.apply(act, asked)
        return _on(act, case.no, "applied")


# -- one application -----------------------------------------------------------------------------------------


def _on(act: Act, no: str, done: str) -> ResponseReturnValue:
    """Go on to the desk page; a form sent twice goes there too."""
    return page.go(act, page.done(f"/desk/cases/{no}", done))


def case_page(no: str) -> str:
    """The desk page of an application; a member is shown within its bundle."""
    actor = auth.me()
    with auth.look() as look:
        shown = application.desk(look.db, no, look.at, look.calendar, language())
        sight.must_see(look.db, actor, shown.id)
        today, written = look.today, papers.of_application(look.db, shown.id)
        kept = belongings.of_case(look.db, shown.id, today)
        near = surroundings.around(look.db, shown.id, look.at)
    return render_template(
        "desk/case.html",
        case=shown,
        at=no,
        today=today,
        methods=schemas.METHODS,
        around=near,
        at_intake=any(actor.holds("window", hall) for hall in (near.hall_id, near.handout_id)),
        groups=schemas.GROUPS,
        pickups=schemas.PICKUPS,
        issued=written,
        kept=kept,
        may_repair=any(actor.holds(role) for role in sight.OVERSEERS),
    )


@bp.get("/desk/cases/<no>")
def case(no: str) -> ResponseReturnValue:
    """One application at the desk, with the way out its materials leave."""
    return case_page(no)


@bp.get("/desk/cases/<no>/receipt")
def receipt(no: str) -> ResponseReturnValue:
    """The paper to hand over: what was received, what follows, and the tracking code."""
    actor = auth.me()
    with auth.look() as look:
        shown = application.desk(look.db, no, look.at, look.calendar, language())
        sight.must_see(look.db, actor, shown.id)
        agent_code = surroundings.around(look.db, shown.id, look.at).agent_code
    # an agent proves himself by his own code: it ends with his mandate
    address = f"{request.url_root}agent/{agent_code}" if agent_code else f"{request.url_root}t/{shown.code}"
    return render_template(
        "desk/receipt.html",
        case=shown,
        address=address,
        qr=applying.qr(address),
        by=actor,
        agent_code=agent_code,
    )


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if name in request.form}
    return schemas.load(schema(), {**sent, **fields})


@bp.post("/desk/cases/<no>/accept")
@page.or_again(case_page)
def accept(no: str) -> ResponseReturnValue:
    """Accept: the case, or all members of a bundle at once."""
    with auth.act() as act:
        desk.accept(act, act.case(no))
        return _on(act, no, "accepted")


@bp.post("/desk/cases/<no>/tolerate")
@page.or_again(case_page)
def tolerate(no: str) -> ResponseReturnValue:
    """Accept with some materials promised by a day (容缺受理)."""
    given = _given(schemas.Tolerate, codes=request.form.getlist("codes"), by=request.form.get("by") or None)
    with auth.act() as act:
        desk.tolerate(act, act.case(no), **given)
        return _on(act, no, "tolerated")


@bp.post("/desk/cases/<no>/promise-after-grant")
@page.or_again(case_page)
def promise_after_grant(no: str) -> ResponseReturnValue:
    """Take the promise to bring what is missing after the grant (容缺办结)."""
    given = _given(schemas.PromiseAfterGrant, codes=request.form.getlist("codes"))
    with auth.act() as act:
        desk.promise_after_grant(act, act.case(no), **given)
        return _on(act, no, "promised")


@bp.post("/desk/cases/<no>/withdraw-commitment")
@page.or_again(case_page)
def withdraw_commitment(no: str) -> ResponseReturnValue:
    """Take an informed commitment (告知承诺) back at the applicant's wish."""
    with auth.act() as act:
        applicant.withdraw_commitment(act, act.case(no))
        return _on(act, no, "commitment-withdrawn")


@bp.post("/desk/cases/<no>/postpone-promise")
@page.or_again(case_page)
def postpone_promise(no: str) -> ResponseReturnValue:
    """Move a promise on for an act of God (不可抗力)."""
    given = _given(schemas.PostponePromise)
    with auth.act() as act:
        desk.postpone_promise(act, act.case(no), **given)
        return _on(act, no, "postponed")


@bp.post("/desk/cases/<no>/correct")
@page.or_again(case_page)
def correct(no: str) -> ResponseReturnValue:
    """Ask once for all that is missing or wrong (一次性告知)."""
    wrong = request.form.getlist("wrong")
    remarks = {code: request.form.get(f"remark.{code}", "").strip() for code in wrong}
    given = _given(schemas.Correct, remarks=remarks)
    with auth.act() as act:
        desk.correct(act, act.case(no), given["remarks"], given["override"])
        return _on(act, no, "corrected")


@bp.post("/desk/cases/<no>/refuse")
@page.or_again(case_page)
def refuse(no: str) -> ResponseReturnValue:
    """Refuse to accept: 不予受理, or 不受理 because no permission is needed."""
    given = _given(schemas.Refuse)
    with auth.act() as act:
        desk.refuse(act, act.case(no), given["state"], given["reason"])
        return _on(act, no, "refused")


@bp.post("/desk/cases/<no>/prereview")
@page.or_again(case_page)
def prereview(no: str) -> ResponseReturnValue:
    """Pre-review an online application (预审)."""
    given = _given(schemas.Prereview)
    with auth.act() as act:
        desk.prereview(act, act.case(no), passed=given["passed"], reason=given["reason"])
        return _on(act, no, "prereviewed")


@bp.post("/desk/cases/<no>/supplement")
@page.or_again(case_page)
def supplement(no: str) -> ResponseReturnValue:
    """Take in what the applicant brings to the window (补正, 容缺补齐)."""
    auth.me()
    applying.examined()
    with auth.act() as act:
        case = act.case(no)
        applicant.must_face(act, case)
        given = {name: request.form.get(name) or None for name in ("reached", "place")}
        reached = schemas.load(schemas.Reached(), {k: v for k, v in given.items() if v})
        applicant.supplement(
            act, case, applying.brought(act, case.state), **reached, consent=applying.consents()
        )
        return _on(act, no, "supplemented")


@bp.post("/desk/cases/<no>/verify")
@page.or_again(case_page)
def verify(no: str) -> ResponseReturnValue:
    """Compare uploaded materials with their originals (核验原件)."""
    given = _given(
        schemas.Verify,
        codes=request.form.getlist("codes"),
        valid_until=request.form.get("valid_until") or None,
    )
    with auth.act() as act:
        custodian.verify(act, act.case(no), **given)
        return _on(act, no, "verified")


@bp.post("/desk/cases/<no>/library/<number:holding_id>/<wish>")
@page.or_again(case_page)
def library(no: str, **wish: Any) -> ResponseReturnValue:
    """Let a file of the applicant's be used again, or not any more, at his wish."""
    with auth.act() as act:
        return _on(act, no, applying.wished(act, act.case(no), **wish))


@bp.post("/desk/cases/<no>/deliver")
@page.or_again(case_page)
def deliver(no: str) -> ResponseReturnValue:
    """Hand the result out (送达); for a bundle everything at once (统一出件)."""
    given = _given(schemas.Deliver)
    with auth.act() as act:
        desk.deliver(act, act.case(no), given["method"], given["receiver"], given["waybill"])
        return _on(act, no, "delivered")


@bp.post("/desk/cases/<no>/withdraw")
@page.or_again(case_page)
def withdraw(no: str) -> ResponseReturnValue:
    """Take the application back at the applicant's wish."""
    given = _given(schemas.Withdraw)
    with auth.act() as act:
        reason = given["reason"] or "申请人在窗口提出撤回"
        applicant.withdraw(act, act.case(no), reason, followers=given["followers"])
        return _on(act, no, "withdrawn")


@bp.post("/desk/cases/<no>/pickup")
@page.or_again(case_page)
def choose_pickup(no: str) -> ResponseReturnValue:
    """Change how the results of a bundle are handed out, at the applicant's wish (统一出件, 分批领取)."""
    given = _given(schemas.ChoosePickup)
    with auth.act() as act:
        applicant.choose_pickup(act, act.case(no), Pickup(given["pickup"]))
        return _on(act, no, "pickup-chosen")


# -- a bundle, for all staff -----------------------------------------------------------------------------------


@bp.get("/bundles/<no>")
def bundle(no: str) -> ResponseReturnValue:
    """A bundle in time: lanes, plan and truth, who waits for whom, what is shared."""
    actor = auth.me()
    with auth.look() as look:
        shown = bundles.bundle(look.db, no, look.at, look.calendar)
        sight.must_see(look.db, actor, shown.id)
        planned, due = visits.of_case(look.db, shown.id), visits.to_plan(look.db, shown.id)
        shared = joint.joint(look.db, shown.id, actor)
    drawing = gantt(shown, language())
    return render_template(
        "bundle/bundle.html",
        bundle=shown,
        joint=shared,
        drawing=drawing,
        may_urge=actor.holds("manager"),
        pickups=schemas.PICKUPS,
        visits=planned,
        may_plan=bool(due),
    )


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
