"""Tickets (工单): consultations, complaints, what cannot be got done, follow-ups; and the three rates."""

from typing import Any

from flask.typing import ResponseReturnValue

from engine.queries import ticketbook
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.queries.ticketbook import Seen
from engine.services import ticketing
from engine.services.act import Act
from engine.services.ticketing import Told
from web import auth, feedback
from web.api import shown
from web.api.door import Room, answer, plain, reading

room = Room("tickets", "工单")

TICKET = "/tickets/<number:ticket_id>"


def _seen(look: Act) -> Seen:
    return Seen(look.by, look.at, look.calendar, look.library.rules())


_BRIEF = ("id", "kind", "source", "standing", "due_at", "closed_at", "cause")


def _brief(row: Any) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in _BRIEF}


@room.post("/tickets", takes=feedback.Take, gives=shown.TicketShown, status=201)
def take(given: Told) -> ResponseReturnValue:
    """Take a ticket in; it has a limit of its own and starts no clock of a case."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.take(act, given))), 201


@room.get("/tickets", takes=feedback.Tickets, gives=shown.ListShown)
def listed(given: dict[str, Any]) -> ResponseReturnValue:
    """Page through the tickets that lie with one's organisation, or of which one is the first contact."""
    with reading() as look:
        page = ticketbook.page(look.db, _seen(look), given["kind"], given["standing"], given["cursor"])
    following = None if page.next is None else str(page.next)
    return {"items": plain(page.lines), "counts": dict(page.counts), "next": following}


@room.get(TICKET, gives=shown.RecordShown)
def one(ticket_id: int) -> ResponseReturnValue:
    """Show a ticket whole, with everything that was done to it."""
    with reading() as look:
        return dict(plain(ticketbook.one(look.db, _seen(look), ticket_id)))


@room.post(f"{TICKET}/transfer", takes=feedback.PassOn, gives=shown.TicketShown)
def transfer(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Pass it on (转办); the first contact stays."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.transfer(act, ticket_id, **given)))


@room.post(f"{TICKET}/give-back", takes=feedback.Account, gives=shown.TicketShown)
def give_back(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Give a wrongly assigned one back within 24 hours (误派)."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.give_back(act, ticket_id, **given)))


@room.post(f"{TICKET}/extend", takes=feedback.Account, gives=shown.TicketShown)
def extend(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Give it more time, once (延期)."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.extend(act, ticket_id, **given)))


@room.post(f"{TICKET}/answer", takes=feedback.Answer, gives=shown.TicketShown)
def answer_ticket(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Answer it, with the cause; a consultation is closed with that."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.answer(act, ticket_id, **given)))


@room.post(f"{TICKET}/call-back", takes=feedback.CallBack, gives=shown.TicketShown)
def call_back(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Write the call down (回访); reached, it is closed."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.call_back(act, ticket_id, **given)))


@room.post(f"{TICKET}/trace", takes=feedback.PassOn, gives=shown.TicketShown)
def trace(given: dict[str, Any], ticket_id: int) -> ResponseReturnValue:
    """Say whose doing it was and what is changed for it (责任倒查)."""
    with auth.act() as act:
        return answer(act, _brief(ticketing.trace(act, ticket_id, **given)))


@room.get("/reports/tickets", takes=feedback.SatisfactionMonth, gives=shown.FiguresShown)
def figures(given: dict[str, Any]) -> ResponseReturnValue:
    """Count the tickets of a month: 接通率、办结率、回访率, and the causes that gather (集中性问题)."""
    with reading() as look:
        counting = Counting(look.db, look.calendar, look.at, Filters(month=given["month"]))
        counts = ticketbook.counts(counting, _seen(look))
        clusters = ticketbook.clusters(counting, _seen(look))
    rates = {rate.key: rate.of(counts) for rate in ticketbook.RATES}
    return {"total": {"key": "", "name": "", "counts": counts, "rates": rates}, "groups": plain(clusters)}
