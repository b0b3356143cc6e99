"""Around a case: right of way, help, mandates, guidance before filing, courier; appointments and their figures."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.domain.deadline import day_of
from engine.queries import bookings, ending, filters, service, sight
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import agent, booking, mailroom, tutor, usher
from engine.services.act import Act
from engine.services.booking import Wish
from web import auth, schemas
from web.api import shown
from web.api.door import Room, answer, brief, plain, reading

room = Room("around", "办件周边")

CASE = "/cases/<key:no>"


def _case(act: Act, no: str) -> Any:
    return act.take(sight.find(act.db, act.by, no))


@room.post(f"{CASE}/priority", takes=schemas.Prefer, gives=shown.CaseShown)
def prefer(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Let an application go first (绿色通道) for who its applicant is; no group takes it away."""
    with auth.act() as act:
        return answer(act, brief(usher.prefer(act, _case(act, no), **given)))


@room.post(f"{CASE}/assist", takes=schemas.Words, gives=shown.CaseShown)
def assist(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Write down what an applicant was helped with (帮办)."""
    with auth.act() as act:
        return answer(act, brief(usher.assist(act, _case(act, no), **given)))


@room.post(f"{CASE}/handout", takes=schemas.Handout, gives=shown.CaseShown)
def handout(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say at which window the result is picked up, or where it is posted (通办通取)."""
    with auth.act() as act:
        return answer(act, brief(mailroom.choose(act, _case(act, no), **given)))


@room.post(f"{CASE}/post", takes=schemas.Post, gives=shown.CaseShown)
def post(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Post the result (快递送达); the delivery limit runs until it is signed for."""
    with auth.act() as act:
        return answer(act, brief(mailroom.post(act, _case(act, no), **given)))


@room.post(f"{CASE}/sign", takes=schemas.Sign, gives=shown.CaseShown)
def sign(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say that what was posted was signed for (签收)."""
    with auth.act() as act:
        return answer(act, brief(mailroom.sign(act, _case(act, no), **given)))


@room.post(f"{CASE}/mail-returned", takes=schemas.Reason, gives=shown.CaseShown)
def mail_returned(given: dict[str, Any], no: str) -> ResponseReturnValue:
    """Say that the courier brought it back (退回)."""
    with auth.act() as act:
        return answer(act, brief(mailroom.come_back(act, _case(act, no), **given)))


# -- mandates ------------------------------------------------------------------------------------------------


@room.post("/mandates", takes=schemas.MandateGiven, gives=shown.MandateShown, status=201)
def present(given: dict[str, Any]) -> ResponseReturnValue:
    """Keep a letter of authority (授权书) that was shown at a window."""
    with auth.act() as act:
        row = agent.present(act, given["principal"], given["agent"], given["mandate"], given["hall"])
        return answer(act, _mandate(row)), 201


@room.post("/mandates/<number:mandate_id>/revoke", takes=schemas.Reason, gives=shown.MandateShown)
def revoke(given: dict[str, Any], mandate_id: int) -> ResponseReturnValue:
    """Take a mandate back; what was filed under it goes on."""
    with auth.act() as act:
        return answer(act, _mandate(agent.revoke(act, mandate_id, **given)))


@room.get("/mandates/ending", gives=shown.ListShown)
def ending_mandates() -> ResponseReturnValue:
    """List the running applications of one's windows, or first met by oneself, whose mandate ends soon or has."""
    with reading() as look:
        return {"items": plain(ending.ending(look.db, look.by, look.at)), "next": None}


def _mandate(row: Any) -> dict[str, Any]:
    named = ("id", "code", "matters", "since", "until", "basis", "revoked_at")
    return dict(plain({name: getattr(row, name) for name in named}))


# -- guidance before filing ----------------------------------------------------------------------------------


@room.post("/guidance", takes=schemas.Guidance, gives=shown.GuidanceShown, status=201)
def advise(given: dict[str, Any]) -> ResponseReturnValue:
    """Keep guidance before filing (申报辅导): no clock starts."""
    with auth.act() as act:
        return answer(act, {"id": tutor.advise(act, **given)}), 201


@room.post("/guidance/<number:guidance_id>/file", gives=shown.CaseShown)
def file(_given: dict[str, Any], guidance_id: int) -> ResponseReturnValue:
    """File what was prepared as a formal application."""
    with auth.act() as act:
        return answer(act, brief(tutor.file(act, guidance_id)))


# -- appointments --------------------------------------------------------------------------------------------


@room.get("/appointments", takes=schemas.DayOf, gives=shown.ListShown)
def agenda(given: dict[str, Any]) -> ResponseReturnValue:
    """List who comes to a hall on a day; for its window alone."""
    with reading() as look:
        hall = bookings.of_window(look.db, look.by, given["hall"])
        found = bookings.agenda(look.db, hall, given["day"] or day_of(look.at))
    return {"items": plain(found.visitors), "next": None}


@room.post("/appointments", takes=schemas.Booking, gives=shown.AppointmentShown, status=201)
def book(given: Wish) -> ResponseReturnValue:
    """Book an appointment (预约) for somebody."""
    with auth.act() as act:
        return answer(act, _appointment(booking.book(act, given))), 201


@room.post("/appointments/<key:code>/move", takes=schemas.Rebook, gives=shown.AppointmentShown)
def move(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """Move an appointment, with its phone or as the window of its hall."""
    with auth.act() as act:
        return answer(act, _appointment(booking.move(act, code, given["phone"], given["at"])))


@room.post("/appointments/<key:code>/cancel", takes=schemas.Phone, gives=shown.AppointmentShown)
def cancel(given: dict[str, Any], code: str) -> ResponseReturnValue:
    """Cancel an appointment, with its phone or as the window of its hall."""
    with auth.act() as act:
        return answer(act, _appointment(booking.cancel(act, code, given["phone"])))


@room.post("/appointments/<number:appointment_id>/arrive", gives=shown.AppointmentShown)
def arrive(_given: dict[str, Any], appointment_id: int) -> ResponseReturnValue:
    """Say that somebody came."""
    with auth.act() as act:
        return answer(act, _appointment(booking.arrive(act, appointment_id)))


@room.post("/appointments/<number:appointment_id>/miss", gives=shown.AppointmentShown)
def miss(_given: dict[str, Any], appointment_id: int) -> ResponseReturnValue:
    """Say that somebody did not come."""
    with auth.act() as act:
        return answer(act, _appointment(booking.miss(act, appointment_id)))


@room.post("/appointments/<number:appointment_id>/send", takes=schemas.Officer, gives=shown.AppointmentShown)
def send(given: dict[str, Any], appointment_id: int) -> ResponseReturnValue:
    """Name the officer who calls on somebody at home (上门服务)."""
    with auth.act() as act:
        return answer(act, _appointment(booking.send(act, appointment_id, given["user"])))


def _appointment(row: Any) -> dict[str, Any]:
    named = ("id", "code", "hall_code", "kind", "at", "until", "state", "officer")
    return dict(plain({name: getattr(row, name) for name in named}))


# -- figures --------------------------------------------------------------------------------------------------


@room.get("/reports/service", takes=schemas.Month, gives=shown.ServiceShown)
def figures(given: dict[str, Any]) -> ResponseReturnValue:
    """Tell how people were served in a month: waiting, help, appointments, first contacts, visits."""
    with reading() as look:
        asked = Filters(reach=filters.reach(look.by), month=given["month"])
        found = service.service(Counting(look.db, look.calendar, look.at, asked, look.at))
    return dict(plain(found))
