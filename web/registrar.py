"""The registrar's rooms (管理): the house as it stands, and the incidents he takes care of."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.availability import AVAILABILITY_NAMES, Availability
from engine.domain.identity import Role, must_hold
from engine.domain.incident import SOURCE_NAMES
from engine.queries import guidebook, house, incidents
from engine.services import registrar
from web import auth, page, schemas

bp = Blueprint("registrar", __name__)

#: Which incidents are looked at.
STATES = {"all": "全部", "open": "未结案", "settled": "已结案"}
#: What the address may narrow the list by.
ASKED = ("state", "source", "q", "cursor")


@bp.get("/admin")
def admin() -> str:
    """How the house stands."""
    must_hold(auth.me(), Role.REGISTRAR)
    with auth.look() as look:
        found = house.house(look.db, look.calendar, look.at)
    office = auth.office()
    return render_template(
        "registrar/admin.html", house=found, tally=office.tally, ticks=office.settings.role != "web"
    )


@bp.get("/admin/incidents")
def troubles() -> str:
    """What went wrong, the open first."""
    return _troubles()


def _troubles(**_at: int) -> str:
    must_hold(auth.me(), Role.REGISTRAR)
    asked = schemas.load(schemas.Incidents(), {k: v for k, v in request.args.items() if k in ASKED})
    with auth.look() as look:
        found = incidents.page(
            look.db, asked["state"], asked["source"], asked["q"], asked["cursor"], asked["limit"]
        )
    return render_template(
        "registrar/incidents.html", found=found, asked=asked, sources=SOURCE_NAMES, states=STATES
    )


@bp.post("/admin/incidents/<number:incident_id>/retry")
@page.or_again(_troubles)
def retry(incident_id: int) -> ResponseReturnValue:
    """Try a letter or deadline again."""
    with auth.act() as act:
        registrar.retry(act, incident_id)
        return page.go(act, page.done("/admin/incidents", "retried"))


@bp.post("/admin/incidents/<number:incident_id>/settle")
@page.or_again(_troubles)
def settle(incident_id: int) -> ResponseReturnValue:
    """Settle an incident with a reason."""
    form = schemas.load(schemas.Reason(), {"reason": request.form.get("reason", "")})
    with auth.act() as act:
        registrar.settle(act, incident_id, form["reason"])
        return page.go(act, page.done("/admin/incidents", "settled"))


@bp.get("/admin/matters")
def matters() -> str:
    """What is offered, paused or ended."""
    return _matters()


def _matters(**_at: str) -> str:
    must_hold(auth.me(), Role.REGISTRAR)
    words = request.args.get("q", "").strip()
    with auth.look() as look:
        found = guidebook.index(look.db, words)
    return render_template(
        "registrar/matters.html", index=found, words=words, AVAILABILITY=AVAILABILITY_NAMES
    )


@bp.post("/admin/matters/<key>/availability")
@page.or_again(_matters)
def availability(key: str) -> ResponseReturnValue:
    """Pause a matter, end it, or offer it again."""
    form = schemas.load(
        schemas.Available(), {name: request.form.get(name, "") for name in ("state", "reason")}
    )
    with auth.act() as act:
        registrar.make_available(act, key, Availability(form["state"]), form["reason"])
        return page.go(act, page.done("/admin/matters", "availability"))


def install(app: Flask) -> None:
    """Add the rooms."""
    app.register_blueprint(bp)
