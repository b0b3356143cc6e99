"""预约、上门、取号 (rulebook §1.1): booked with a phone and a code, no sign-in; window hours are not working days."""

from datetime import datetime

import pytest

from engine.domain.appointment import Kind
from engine.domain.errors import NotFound
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.queries import bookings, service
from engine.queries.counting import Counting
from engine.services import booking, usher
from engine.services.booking import Wish
from engine.store.db import Row
from tests.builders import refused
from tests.conftest import BEIJING, Watch
from tests.people import Staff

PHONE = "13800000001"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def _booked(office: Office, at: str, **more: object) -> Row:
    with office.act(APPLICANT) as act:
        return booking.book(act, Wish("HALL", _at(at), "王小满", PHONE, **more))  # type: ignore[arg-type]  # words of a Wish


def _left(office: Office, at: str) -> int:
    with office.look() as look:
        hall = bookings.hall(look.db, "HALL")
        offer = bookings.offer(look.db, look.at, look.calendar_at(hall.id), hall, _at(at).date())
        return next(slot.left for slot in offer.slots if slot.at == _at(at))


def test_wang_books_a_saturday_and_moves_it_with_his_phone(office: Office, staff: Staff) -> None:
    mine = _booked(office, "2026-11-28 10:00")
    with pytest.raises(NotFound), office.act(APPLICANT) as act:
        booking.move(act, mine.code, "13999999999", _at("2026-11-29 09:00"))
    with office.act(APPLICANT) as act:
        booking.move(act, mine.code, PHONE, _at("2026-11-29 09:00"))
    assert (_left(office, "2026-11-28 10:00"), _left(office, "2026-11-29 09:00")) == (4, 3)
    with office.act(APPLICANT) as act:
        booking.cancel(act, mine.code, PHONE)
    assert _left(office, "2026-11-29 09:00") == 4


@pytest.mark.parametrize("at", ["2026-11-24 19:30", "2026-11-28 15:30", "2026-11-29 11:30"])
def test_the_windows_keep_their_own_hours(office: Office, staff: Staff, at: str) -> None:
    """Weekdays 9-20, Saturday 9-16, Sunday 9-12."""
    assert _booked(office, at).state == "booked"
    late = Wish("HALL", _at(at).replace(hour=_at(at).hour + 1), "王小满", PHONE)
    assert refused(office, APPLICANT, booking.book, late).code == "appointment.closed"


def test_a_full_slot_keeps_one_place_for_who_goes_first(office: Office, staff: Staff) -> None:
    for _ in range(4):
        _booked(office, "2026-11-24 09:00")
    wish = Wish("HALL", _at("2026-11-24 09:00"), "赵", PHONE)
    assert refused(office, APPLICANT, booking.book, wish).code == "appointment.full"
    assert _booked(office, "2026-11-24 09:00", first=True).first


def test_who_comes_is_called_first_and_who_does_not_is_noted(
    office: Office, staff: Staff, watch: Watch
) -> None:
    mine, other = (_booked(office, "2026-11-24 09:00") for _ in range(2))
    watch.set("2026-11-24 08:50")
    hall = mine.org_id
    with office.act(staff["lin"]) as act:
        plain = usher.draw(act, hall)
        booking.arrive(act, mine.id)
    assert refused(office, staff["lin"], booking.miss, other.id).code == "appointment.early"
    watch.set("2026-11-24 09:31")
    with office.act(staff["lin"]) as act:
        booking.miss(act, other.id)
        assert [usher.call(act, hall).no for _ in range(2)] == ["Y002", plain]
    with office.look(staff["manager"]) as look:
        told = service.service(Counting(look.db, look.calendar, look.at))
    assert (told.called, told.waited, told.missed_share) == (2, 41, 0.5)


def test_at_home_an_officer_is_named(office: Office, staff: Staff, watch: Watch) -> None:
    """上门服务: somebody of the window, by name; a department's reviewer is not sent."""
    mine = _booked(office, "2026-11-25 14:00", kind=Kind.HOME, address="和兴街 1 号")
    assert (
        refused(office, staff["lin"], booking.send, mine.id, staff["scjg.approver"].id).code == "post.missing"
    )
    with office.act(staff["lin"]) as act:
        booking.send(act, mine.id, staff["he"].id or 0)
    with office.look() as look:
        assert bookings.booked(look.db, mine.code).officer == "何主任"
        hall = bookings.hall(look.db, "HALL")
        [listed] = bookings.agenda(look.db, hall, _at("2026-11-25 14:00").date()).visitors
    assert (listed.address, listed.officer) == ("和兴街 1 号", "何主任")
