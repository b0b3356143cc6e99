"""未办成事回访 (002): whoever's application came to nothing is called, and asked why."""

import pytest

from engine.domain.case import State
from engine.domain.identity import APPLICANT
from engine.domain.ticket import Cause, Kind, Standing
from engine.office import Office
from engine.services import applicant, desk, ticketing
from engine.store import cases, tickets
from engine.store.db import Row
from tests import builders
from tests.builders import do
from tests.people import Staff
from tests.web.visitor import Visitor

FOOD = "food_operation_new"


def followed(office: Office, no: str) -> list[Row]:
    with office.look() as look:
        return list(tickets.of_case(look.db, cases.id_of(look.db, no), Kind.FOLLOW_UP))


def refused(office: Office, staff: Staff) -> str:
    no = builders.apply(office, staff, FOOD)
    do(office, staff["lin"], desk.refuse, no, State.NOT_ACCEPTED, "不属本机关职权")
    return no


def denied(office: Office, staff: Staff) -> str:
    no = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, no, decide="denied")
    return no


def withdrawn(office: Office, staff: Staff) -> str:
    no = builders.accepted(office, staff, FOOD)
    do(office, APPLICANT, applicant.withdraw, no, "不办了")
    return no


@pytest.mark.parametrize("end", [refused, denied, withdrawn])
def test_every_failed_end_makes_a_ticket_with_its_reason(office: Office, staff: Staff, end) -> None:  # type: ignore[no-untyped-def]  # one of the three above
    (row,) = followed(office, end(office, staff))
    assert (row.source, row.standing, builders.org_code(office, row.org_id)) == ("house", "open", "HALL")
    assert row.words
    assert str(row.due_at.date()) == "2026-11-30"  # the end of the fifth working day, in UTC


def test_what_succeeds_is_not_asked_about(office: Office, staff: Staff) -> None:
    assert followed(office, builders.granted(office, staff, FOOD)) == []


def test_a_bundle_withdrawn_is_asked_about_once(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    do(office, APPLICANT, applicant.withdraw, no, "不开店了")
    assert len(followed(office, no)) == 1
    assert [followed(office, each) for each in builders.members(office, no).values()] == [
        [] for _ in builders.members(office, no)
    ]


def test_the_window_sees_whom_to_call_and_writes_down_why(office: Office, staff: Staff) -> None:
    no = denied(office, staff)
    (row,) = followed(office, no)
    lin = Visitor(office, "lin")
    assert no in lin.text("/tickets?kind=follow_up")
    assert builders.WANG.phone in lin.text(f"/tickets/{row.id}")
    lin.send(f"/tickets/{row.id}/answer", words="已说明不符合的条件", cause=Cause.CONDITIONS.value)
    lin.send(f"/tickets/{row.id}/call-back", words="本人理解", connected="yes", satisfaction="4")
    (row,) = followed(office, no)
    assert (row.standing, row.cause, row.satisfaction) == (Standing.CLOSED, "conditions", 4)


def test_a_new_calendar_moves_a_ticket_too(office: Office, staff: Staff) -> None:
    """R-CNT-7: its due moment is reckoned anew by the worker."""
    from engine import worker  # noqa: PLC0415  only here

    no = denied(office, staff)
    with office.act(staff["registrar"]) as act:
        tickets.change(act.db, followed(office, no)[0].id, calendar="CN-old", due_at=act.at)
    worker.tick(office)
    (row,) = followed(office, no)
    assert str(row.due_at.date()) == "2026-11-30"


def test_an_answer_to_one_that_is_closed_is_refused(office: Office, staff: Staff) -> None:
    (row,) = followed(office, withdrawn(office, staff))
    refusal = builders.refused(
        office, staff["lin"], ticketing.call_back, row.id, "回访", connected=True, satisfaction=5
    )
    assert refusal.code == "ticket.standing"
