"""分批领取 or 统一出件: the applicant's choice, until it is handed out; who is waited for goes first (R-BUN-1, 4)."""

from engine import worker
from engine.domain.bundle import Pickup
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import clocks, do, entry, last_days, member, refusal, state, steps, work
from tests.conftest import Watch
from tests.people import Staff

SHOP, FOOD = "publication_shop", "food_operation_new"
APART = {"flags": {"sells_food": True}, "pickup": Pickup.APART}
AT = ("窗口领取", "王小满")


def test_what_is_decided_is_fetched_at_once_and_the_rest_together(office: Office, staff: Staff) -> None:
    """R-LIM-4: each result has its own ten days; what is left goes out as one."""
    no = builders.accepted(office, staff, SHOP, **APART)
    food, retail = member(office, no, FOOD), member(office, no, "publication_retail")
    work(office, staff, food)
    assert (steps(office, food), last_days(office, food)["delivery"]) == (["deliver"], "2026-12-07")
    do(office, staff["lin"], desk.deliver, food, *AT)
    assert (state(office, food), state(office, no)) == ("delivered", "accepted")
    builders.work_all(office, staff, no)
    do(office, staff["lin"], desk.deliver, no, *AT)
    assert state(office, retail) == "delivered"
    given = builders.paper(office, no, "delivery_receipt").facts
    assert entry(office, food, "decided")["document_no"] not in str(given)


def test_when_the_last_is_fetched_the_whole_is_closed(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP, **APART)
    builders.work_all(office, staff, no)
    for number in builders.members(office, no).values():
        do(office, staff["lin"], desk.deliver, number, *AT)
    assert (state(office, no), entry(office, no, "delivered")["method"]) == ("delivered", "分批领取")


def test_together_the_ten_days_begin_when_all_can_be_handed_out(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-LIM-4: nobody is late with what he must not hand out yet."""
    no = builders.accepted(office, staff, SHOP, flags={"sells_food": True})
    food = member(office, no, FOOD)
    work(office, staff, food)
    assert clocks(office, food) == {}
    assert refusal(office, staff["lin"], desk.deliver, food, *AT).code == "bundle.deliver-together"
    watch.set("2026-12-21 09:00")
    worker.drain(office)
    assert "deadline passed" not in builders.acts(office, food)
    builders.work_all(office, staff, no)
    assert last_days(office, no)["delivery"] == "2027-01-05"


def test_wang_changes_his_mind_and_changes_it_back(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, SHOP, flags={"sells_food": True})
    food = member(office, no, FOOD)
    work(office, staff, food)
    watch.pass_days(1)
    do(office, APPLICANT, applicant.choose_pickup, no, Pickup.APART)
    assert (steps(office, food), last_days(office, food)["delivery"]) == (["deliver"], "2026-12-08")
    do(office, APPLICANT, applicant.choose_pickup, no, Pickup.TOGETHER)
    assert clocks(office, food) == {}
    assert refusal(office, staff["lin"], desk.deliver, food, *AT).code == "bundle.deliver-together"


def test_nobody_chooses_for_a_member_or_after_the_end(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, SHOP)
    retail = member(office, no, "publication_retail")
    assert (
        refusal(office, APPLICANT, applicant.choose_pickup, retail, Pickup.APART).code == "pickup.not-bundle"
    )
    do(office, APPLICANT, applicant.withdraw, no, "不办了")
    assert refusal(office, APPLICANT, applicant.choose_pickup, no, Pickup.APART).code == "case.wrong-state"


def test_whose_delivery_is_waited_for_is_handed_out_first(office: Office, staff: Staff) -> None:
    """R-BUN-4: delivered is no deadlock: the business licence goes ahead, and the seal begins."""
    builders.rearrange(office, "start_enterprise", seal_engraving={"company_setup": "delivered"})
    no = builders.accepted(office, staff, "start_enterprise")
    company, seal = member(office, no, "company_setup"), member(office, no, "seal_engraving")
    work(office, staff, company)
    assert (state(office, company), steps(office, company), state(office, seal)) == (
        "granted",
        ["deliver"],
        "received",
    )
    do(office, staff["lin"], desk.deliver, company, *AT)
    assert state(office, seal) == "accepted"
    builders.work_all(office, staff, no)
    assert (state(office, seal), state(office, no)) == ("granted", "granted")


def test_a_denial_that_was_handed_out_produces_nothing(office: Office, staff: Staff) -> None:
    """R-BUN-3: who waits for it does not wait for ever: the licence is missing, and may be brought."""
    builders.rearrange(office, "start_enterprise", seal_engraving={"company_setup": "delivered"})
    no = builders.accepted(office, staff, "start_enterprise")
    company, seal = member(office, no, "company_setup"), member(office, no, "seal_engraving")
    work(office, staff, company, decide="denied")
    do(office, staff["lin"], desk.deliver, company, *AT)
    builders.bring(office, seal, "business-licence")
    do(office, staff["lin"], desk.accept, seal)
    work(office, staff, seal)
    assert state(office, seal) == "granted"
