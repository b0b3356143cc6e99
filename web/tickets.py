"""Tickets (工单): taken in at the window or by the hotline, passed on, answered, called back; and what gathers."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.card import LEVEL_NAMES
from engine.domain.identity import Role
from engine.domain.rating import LEVEL_NAMES as SATISFACTION
from engine.domain.ticket import KIND_NAMES, SOURCE_NAMES, STANDING_NAMES
from engine.queries import counter, filters, ticketbook
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.queries.ticketbook import Seen
from engine.services import ticketing
from engine.services.act import Act
from web import auth, feedback, page, schemas, workbook

bp = Blueprint("tickets", __name__)

#: What every page of tickets says.
_NAMES = {
    "kinds": KIND_NAMES,
    "sources": SOURCE_NAMES,
    "standings": STANDING_NAMES,
    "card_levels": LEVEL_NAMES,
    "satisfaction": SATISFACTION,
}


def _seen(look: Act) -> Seen:
    return Seen(auth.me(), look.at, look.calendar, look.library.rules())


def _list() -> str:
    actor = auth.me()
    asked = schemas.load(feedback.Tickets(), {k: v for k, v in request.args.items() if k in _ASKED})
    with auth.look() as look:
        found = ticketbook.page(look.db, _seen(look), asked["kind"], asked["standing"], asked["cursor"])
        orgs = counter.bodies(look.db)
    takes = any(actor.holds(role) for role in ticketing.TAKERS)
    return render_template(
        "tickets/list.html", found=found, asked=asked, orgs=orgs, takes=takes, forms=feedback, **_NAMES
    )


_ASKED = {"kind", "standing", "cursor"}


@bp.get("/tickets")
def listed() -> str:
    """The tickets one may see, the open ones by when they are due; and the form of a new one."""
    return _list()


def _given(schema: type[schemas.Form]) -> Any:
    sent = {name: request.form[name] for name in schema().fields if request.form.get(name)}
    return schemas.load(schema(), sent)


@bp.post("/tickets")
@page.or_again(_list)
def take(**_at: Any) -> ResponseReturnValue:
    """Take a ticket in."""
    with auth.act() as act:
        row = ticketing.take(act, _given(feedback.Take))
        return _on(act, row.id)


def _on(act: Act, ticket_id: int) -> ResponseReturnValue:
    return page.go(act, page.done(f"/tickets/{ticket_id}", "saved"))


def _one(ticket_id: int) -> str:
    actor = auth.me()
    with auth.look() as look:
        found = ticketbook.one(look.db, _seen(look), ticket_id)
        orgs = counter.bodies(look.db)
    return render_template(
        "tickets/one.html", ticket=found, orgs=orgs, causes=feedback.CAUSES,
        may_manage=actor.holds(Role.MANAGER), **_NAMES,
    )  # fmt: skip


@bp.get("/tickets/<number:ticket_id>")
def one(ticket_id: int) -> str:
    """One ticket, with what may be done about it."""
    return _one(ticket_id)


@bp.post("/tickets/<number:ticket_id>/transfer")
@page.or_again(_one)
def transfer(ticket_id: int) -> ResponseReturnValue:
    """Pass it on; the first contact stays (首问负责)."""
    with auth.act() as act:
        ticketing.transfer(act, ticket_id, **_given(feedback.PassOn))
        return page.go(act, page.done("/tickets", "saved"))


@bp.post("/tickets/<number:ticket_id>/give-back")
@page.or_again(_one)
def give_back(ticket_id: int) -> ResponseReturnValue:
    """Give a wrongly assigned one back (误派)."""
    with auth.act() as act:
        ticketing.give_back(act, ticket_id, **_given(feedback.Account))
        return page.go(act, page.done("/tickets", "saved"))


@bp.post("/tickets/<number:ticket_id>/extend")
@page.or_again(_one)
def extend(ticket_id: int) -> ResponseReturnValue:
    """Give it more time, once."""
    with auth.act() as act:
        ticketing.extend(act, ticket_id, **_given(feedback.Account))
        return _on(act, ticket_id)


@bp.post("/tickets/<number:ticket_id>/answer")
@page.or_again(_one)
def answer(ticket_id: int) -> ResponseReturnValue:
    """Answer it, with the cause."""
    with auth.act() as act:
        ticketing.answer(act, ticket_id, **_given(feedback.Answer))
        return _on(act, ticket_id)


@bp.post("/tickets/<number:ticket_id>/call-back")
@page.or_again(_one)
def call_back(ticket_id: int) -> ResponseReturnValue:
    """Write the call down; reached, it is closed."""
    with auth.act() as act:
        ticketing.call_back(act, ticket_id, **_given(feedback.CallBack))
        return _on(act, ticket_id)


@bp.post("/tickets/<number:ticket_id>/trace")
@page.or_again(_one)
def trace(ticket_id: int) -> ResponseReturnValue:
    """Say whose doing it was (责任倒查)."""
    with auth.act() as act:
        ticketing.trace(act, ticket_id, **_given(feedback.PassOn))
        return _on(act, ticket_id)


# -- figures ---------------------------------------------------------------------------------------------------

_NARROWED = ("month", "cause", "matter")


def address(path: str, **more: str) -> str:
    """Return *path* with the filters of this request; *more* adds to them."""
    asked = {name: request.args[name] for name in _NARROWED if request.args.get(name)}
    chosen = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{path}?{urlencode(chosen)}" if chosen else path


def _counting(look: Act) -> Counting:
    return Counting(look.db, look.calendar, look.at, Filters(month=request.args.get("month", "").strip()))


@bp.get("/tickets/figures")
def figures() -> str:
    """The three rates (三率), and the causes that gather (集中性问题)."""
    with auth.look() as look:
        counting, seen = _counting(look), _seen(look)
        counts, clusters = ticketbook.counts(counting, seen), ticketbook.clusters(counting, seen)
        months = filters.choices(look.db, look.at).months
    return render_template(
        "tickets/figures.html", counts=counts, rates=ticketbook.RATES, clusters=clusters, figures=ticketbook.FIGURES,
        months=months, causes=feedback.CAUSES, address=address,
    )  # fmt: skip


@bp.get("/tickets/figures/<key>")
def behind(key: str) -> str:
    """The tickets behind a figure or a cause."""
    cause, matter = request.args.get("cause", ""), request.args.get("matter", "")
    with auth.look() as look:
        found = ticketbook.behind(_counting(look), _seen(look), key, cause, matter)
    figure = next(each for each in ticketbook.FIGURES if each.key == key)
    return render_template(
        "tickets/behind.html", found=found, figure=figure, cause=feedback.CAUSES.get(cause, ""),
        address=address, **_NAMES,
    )  # fmt: skip


@bp.get("/tickets/figures/<key>.xlsx")
def sheet(key: str) -> Response:
    """The tickets behind a figure as a workbook, without those who came."""
    with auth.look() as look:
        found = ticketbook.behind(_counting(look), _seen(look), key)
    rows = (
        (t.number, KIND_NAMES[t.kind], SOURCE_NAMES[t.source], t.org, t.first_contact, t.matter, t.cause,
         STANDING_NAMES[t.standing], t.words) for t in found
    )  # fmt: skip
    headings = (
        ("工单", 22), ("类型", 12), ("来源", 10), ("承办机构", 22), ("首问", 14), ("事项", 28), ("原因", 20),
        ("状态", 14), ("问题", 60),
    )  # fmt: skip
    answer = Response(workbook.written((("工单", (), headings, rows),)), mimetype=workbook.MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="tickets-{key}.xlsx"'
    return answer


def install(app: Flask) -> None:
    """Add the room."""
    app.register_blueprint(bp)
