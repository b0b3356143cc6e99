"""跟、管、帮 / 无感审批+有感服务 (rulebook §1.2): a licence that ends reminds its holder; no case begins by it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine import worker
from engine.domain.errors import Refused
from engine.domain.identity import APPLICANT, CLOCK
from engine.domain.licence import State
from engine.domain.reminder import Said
from engine.office import Office
from engine.queries import integrity, reminders
from engine.services import applicant, attendant, custodian
from engine.store import catalog
from tests import builders
from tests.builders import acts, do
from tests.conftest import Watch
from tests.people import Staff

FOOD, RENEWAL = "food_operation_new", "food_operation_renewal"
ENDS = date(2027, 5, 23)
#: Ninety and fifteen working days before that Sunday (R-LIM-8), and ten before the latter.
OPENS, LAST, NEAR = "2027-01-07", "2027-04-29", "2027-04-15"


@pytest.fixture
def holder(office: Office, staff: Staff) -> str:
    """A food licence that is valid for half a year, and the case it came from."""
    with office.act(CLOCK) as act:
        row = catalog.current(act.db, FOOD)
        half = {**row.record["result"], "valid": {"value": 6, "unit": "month", "basis": "found"}}
        catalog.publish(act.db, "matter", {**row.record, "result": half}, row.definition_id, act.at)
    return builders.granted(office, staff, FOOD)


def live(office: Office, watch: Watch, day: str) -> None:
    watch.set(f"{day} 09:00")
    worker.tick(office)


def board(office: Office, staff: Staff, standing: str = "") -> reminders.Board:
    with office.look() as look:
        return reminders.board(look.db, staff["lin"], look.today, standing)


def renew(office: Office, staff: Staff, no: str, **more: Any) -> str:
    return builders.apply(office, staff, RENEWAL, licence_until=ENDS, licence=f"Z{no}", **more)


def test_once_when_it_opens_and_once_before_it_is_too_late(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    """R-LIM-8: from ninety to fifteen working days before the end; the reminder tells the last day."""
    before = builders.everything(office)["cases"]
    for day in ("2027-01-06", OPENS, OPENS, "2027-01-08", NEAR, NEAR, LAST, "2027-04-30"):
        live(office, watch, day)
    kinds = [e for e in acts(office, holder) if e == "renewal reminded"]
    (one,) = board(office, staff).items
    assert (len(kinds), one.kind, str(one.last), one.matter) == (2, "last", LAST, RENEWAL)
    assert (one.standing, len(builders.everything(office)["cases"])) == ("lapsed", len(before))


def test_who_renews_is_reminded_no_more_and_is_counted(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    live(office, watch, OPENS)
    no = renew(office, staff, holder)
    assert board(office, staff).items[0].standing == "applied"
    do(office, staff["lin"], builders.desk.accept, no)
    builders.work(office, staff, no)
    live(office, watch, NEAR)
    found = board(office, staff)
    assert (found.items[0].standing, found.items[0].applied) == ("renewed", no)
    assert (found.whole.reminded, found.whole.applied, found.to_call) == (1, 1, 0)
    assert acts(office, holder).count("renewal reminded") == 1
    with office.look() as look:
        assert list(integrity.faults(look.db)) == []


def test_the_hall_calls_and_what_he_says_can_be_undone(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    """有感服务: not reached he is called again, and who does not want it is left alone."""
    live(office, watch, OPENS)
    (one,) = board(office, staff, "call").items
    for said in (Said.UNREACHED, Said.UNWANTED):
        with office.act(staff["lin"]) as act:
            attendant.note(act, one.id, said, "不再经营")
        assert board(office, staff, "call").to_call == (said is Said.UNREACHED)
    live(office, watch, NEAR)
    assert acts(office, holder).count("renewal reminded") == 1
    with office.act(staff["lin"]) as act:
        attendant.take_back(act, one.id)
    assert board(office, staff, "call").to_call == 1
    assert acts(office, holder)[-1] == "reminder answer undone"


def test_who_declines_is_left_alone_until_he_asks_again(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    live(office, watch, OPENS)
    do(office, APPLICANT, attendant.decline, holder)
    live(office, watch, NEAR)
    assert (board(office, staff).items[0].standing, board(office, staff).to_call) == ("declined", 0)
    do(office, APPLICANT, attendant.resume, holder)
    live(office, watch, "2027-04-16")
    assert board(office, staff, "call").items[0].kind == "last"


@pytest.mark.parametrize(
    ("way", "ground"), [(State.REVOKED, "unqualified"), (State.CANCELLED, "surrendered")]
)
def test_what_ended_otherwise_is_reminded_of_no_more(
    office: Office, staff: Staff, watch: Watch, holder: str, way: State, ground: str
) -> None:
    live(office, watch, OPENS)
    with office.act(staff.of("leader", "SCJG")) as act:
        custodian.end(act, f"Z{holder}", way, ground, "已停业")
    live(office, watch, NEAR)
    assert (board(office, staff).items[0].standing, board(office, staff).to_call) == ("ended", 0)
    assert acts(office, holder).count("renewal reminded") == 1


def test_only_his_own_licence_is_renewed_and_only_in_its_days(
    office: Office, staff: Staff, watch: Watch, holder: str
) -> None:
    asked = builders.application(office, RENEWAL, licence_until=ENDS, licence=f"Z{holder}")
    codes = []
    for day, application in (
        ("2027-01-06", asked),
        (OPENS, replace(asked, applicant=builders.LI)),
        ("2027-04-30", asked),
    ):
        watch.set(f"{day} 09:00")
        with pytest.raises(Refused) as refused, office.act(staff["lin"]) as act:
            applicant.apply(act, application)
        codes.append(refused.value.code)
    assert codes == ["renewal.early", "renewal.licence", "renewal.late"]
