"""Appointments (预约): booked, moved and cancelled without a sign-in; the window's list of the day and its numbers."""

from datetime import date
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.domain.appointment import KIND_NAMES, STATE_NAMES
from engine.domain.deadline import day_of
from engine.domain.errors import NotFound
from engine.domain.hours import KIND_NAMES as DAY_NAMES
from engine.domain.hours import words
from engine.domain.identity import APPLICANT
from engine.queries import bookings, counter, guidebook
from engine.queries.counter import Hall
from engine.services import booking, usher
from web import auth, fields, page, schemas
from web.pace import Pace

bp = Blueprint("booking", __name__)

#: How often one address may ask for an appointment, to move or to cancel one, a minute.
MOST = 10


def _knock() -> None:
    found: Pace = current_app.extensions["booking-pace"]
    found.knock()


def _given(schema: type[schemas.Form], **fields: Any) -> Any:
    sent = {name: request.form[name] for name in schema().fields if request.form.get(name)}
    return schemas.load(schema(), {**sent, **fields})


def _day(text: str) -> date | None:
    found: date | None = fields.read(fields.Day("日期"), "day", text, "filter.day")
    return found


def _offer() -> dict[str, Any]:
    """What one may choose from: the halls, the days of one, its times; and what one may come for."""
    asked = request.values
    with auth.look() as look:
        where = bookings.everywhere(look.db)
        hall = bookings.hall(look.db, asked.get("hall", ""))
        calendar = look.calendar_at(hall.id)
        first = asked.get("first") == "yes"
        offer = bookings.offer(look.db, look.at, calendar, hall, _day(asked.get("day", "")), first=first)
        index = guidebook.index(look.db, "")
    return {
        "halls": where,
        "offer": offer,
        "index": index,
        "hours": words(offer.hours),
        "day_names": DAY_NAMES,
    }


# -- the applicant --------------------------------------------------------------------------------------------


def _form_page() -> str:
    return render_template("applicant/book.html", kinds=KIND_NAMES, **_offer())


@bp.get("/book")
def form() -> ResponseReturnValue:
    """Choose a hall, a day and a time; or open an appointment by its code."""
    code = "".join(c for c in request.args.get("code", "").upper() if c.isalnum())
    return redirect(f"/book/{code}", code=303) if code else _form_page()


@bp.post("/book")
@page.or_again(_form_page)
def book() -> ResponseReturnValue:
    """Book an appointment; the answer is its page."""
    _knock()
    if "refresh" in request.form:
        return _form_page()
    wish = _given(schemas.Booking)
    with auth.act(by=auth.who() or APPLICANT) as act:
        row = booking.book(act, wish)
        return page.go(act, page.done(f"/book/{row.code}", "booked"))


def _own_page(code: str) -> str:
    with auth.look() as look:
        mine = bookings.booked(look.db, code.upper())
        hall = bookings.hall(look.db, mine.hall_code)
        calendar = look.calendar_at(hall.id)
        wanted = _day(request.values.get("day", "")) or day_of(mine.at)
        offer = bookings.offer(look.db, look.at, calendar, hall, wanted, first=mine.first)
    return render_template(
        "applicant/booked.html",
        mine=mine,
        offer=offer,
        kinds=KIND_NAMES,
        states=STATE_NAMES,
        day_names=DAY_NAMES,
    )


@bp.get("/book/<code>")
def own(code: str) -> ResponseReturnValue:
    """One's own appointment: when and where, nothing personal."""
    _knock()
    try:
        return _own_page(code)
    except NotFound as refusal:
        return render_template(
            "applicant/book.html", kinds=KIND_NAMES, missing=refusal.message, **_offer()
        ), 404


@bp.post("/book/<code>/move")
@page.or_again(_own_page)
def move(code: str) -> ResponseReturnValue:
    """Move it, with the phone it was made with."""
    _knock()
    given = _given(schemas.Rebook)
    with auth.act(by=auth.who() or APPLICANT) as act:
        row = booking.move(act, code.upper(), given["phone"], given["at"])
        return page.go(act, page.done(f"/book/{row.code}", "rebooked"))


@bp.post("/book/<code>/cancel")
@page.or_again(_own_page)
def cancel(code: str) -> ResponseReturnValue:
    """Cancel it, with the phone it was made with."""
    _knock()
    given = _given(schemas.Phone)
    with auth.act(by=auth.who() or APPLICANT) as act:
        row = booking.cancel(act, code.upper(), given["phone"])
        return page.go(act, page.done(f"/book/{row.code}", "unbooked"))


# -- the window -----------------------------------------------------------------------------------------------


def _agenda_page(**_at: Any) -> str:
    me = auth.me()
    with auth.look() as look:
        mine = counter.halls(look.db, me)
        hall = next((each for each in mine if each.code == request.values.get("hall")), mine[0])
        today = day_of(look.at)
        found = bookings.agenda(look.db, hall, _day(request.values.get("day", "")) or today)
        now = look.at
    return render_template(
        "desk/appointments.html",
        agenda=found,
        halls=mine,
        today=today,
        now=now,
        kinds=KIND_NAMES,
        states=STATE_NAMES,
    )


@bp.get("/desk/appointments")
def agenda() -> ResponseReturnValue:
    """The list of the day: who comes when, ready to print; and who waits with a number."""
    return _agenda_page()


def _back(done: str, **more: Any) -> str:
    hall, day = request.form.get("hall", ""), request.form.get("day", "")
    return page.done(f"/desk/appointments?hall={hall}&day={day}", done, **more)


@bp.post("/desk/appointments/<number:appointment_id>/arrive")
@page.or_again(_agenda_page)
def arrive(appointment_id: int) -> ResponseReturnValue:
    """Somebody came."""
    with auth.act() as act:
        booking.arrive(act, appointment_id)
        return page.go(act, _back("arrived"))


@bp.post("/desk/appointments/<number:appointment_id>/miss")
@page.or_again(_agenda_page)
def miss(appointment_id: int) -> ResponseReturnValue:
    """Somebody did not come."""
    with auth.act() as act:
        booking.miss(act, appointment_id)
        return page.go(act, _back("missed"))


@bp.post("/desk/appointments/<number:appointment_id>/send")
@page.or_again(_agenda_page)
def send(appointment_id: int) -> ResponseReturnValue:
    """Name the officer who calls on somebody at home."""
    given = _given(schemas.Officer)
    with auth.act() as act:
        booking.send(act, appointment_id, given["user"])
        return page.go(act, _back("sent"))


def _my_hall() -> Hall:
    with auth.look() as look:
        mine = counter.halls(look.db, auth.me())
    return next((each for each in mine if each.code == request.form.get("hall")), mine[0])


@bp.post("/desk/numbers")
@page.or_again(_agenda_page)
def draw() -> ResponseReturnValue:
    """Hand out a number (取号)."""
    hall = _my_hall()
    with auth.act() as act:
        no = usher.draw(act, hall.id, first=request.form.get("first") == "yes")
        return page.go(act, _back("drawn", n=no))


@bp.post("/desk/numbers/call")
@page.or_again(_agenda_page)
def call() -> ResponseReturnValue:
    """Call who is next (叫号)."""
    hall = _my_hall()
    with auth.act() as act:
        return page.go(act, _back("called", n=usher.call(act, hall.id).no))


def install(app: Flask) -> None:
    """Add the room."""
    app.extensions["booking-pace"] = Pace(MOST)
    app.register_blueprint(bp)
