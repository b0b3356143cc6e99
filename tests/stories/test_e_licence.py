"""电子证照 (§1.6, §8, R-DEC-2): a grant ends in one, later cases rest on it, and once revoked nobody does."""

from dataclasses import replace
from typing import Any

from engine import worker
from engine.domain.identity import CLOCK
from engine.domain.licence import State
from engine.domain.material import Handed, Standing
from engine.office import Office
from engine.queries import integrity
from engine.services import applicant, custodian
from engine.store import cases, licences
from tests import builders
from tests.builders import case_row, entry, paper, refused, state
from tests.conftest import Watch
from tests.people import Staff

BUSINESS, FOOD, SIGN = "individual_business", "food_operation_new", "shop_sign_filing"
CATERING: dict[str, Any] = {"flags": {"catering": True}, "lacking": ("food-licence",)}


def shelf(office: Office, no: str, code: str) -> Handed:
    with office.look() as look:
        row = case_row(office, no)
        return cases.handed(look.db, row.parent_id or row.id)[code]


def licence(office: Office, no: str) -> Any:
    with office.look() as look:
        return licences.of_case(look.db, case_row(office, no).id)


def end(office: Office, staff: Staff, number: str, state: State, ground: str) -> None:
    with office.act(staff.of("leader", "SCJG")) as act:
        custodian.end(act, number, state, ground, "经查提交虚假材料")


def test_a_grant_ends_in_a_licence_that_later_cases_rest_on(office: Office, staff: Staff) -> None:
    """§8 A: five years by the corresponding day; the shop sign asks for nothing the house itself issued."""
    food = builders.granted(office, staff, FOOD)
    issued = licence(office, food)
    assert (issued.number, issued.kind, str(issued.valid_until)) == (f"Z{food}", "food-licence", "2031-11-23")
    sign = builders.accepted(office, staff, SIGN, **CATERING)
    laid = shelf(office, sign, "food-licence")
    assert (laid.standing, laid.licence_id) == (Standing.SHARED, issued.id)
    assert laid.remark == f"电子证照 Z{food}（食品经营许可证），有效期至 2031-11-23"
    assert state(office, sign) == "accepted"


def test_nobody_rests_on_a_licence_of_somebody_else(office: Office, staff: Staff) -> None:
    builders.granted(office, staff, FOOD)
    sign = builders.apply(office, staff, SIGN, applicant=builders.LI, **CATERING)
    with office.look() as look:
        assert "food-licence" not in cases.handed(look.db, case_row(office, sign).id)


def test_a_revoked_one_is_taken_from_whoever_rests_on_it(office: Office, staff: Staff) -> None:
    """R-DEC-2 撤销(69): in writing; an undecided case is told and must have another, a new one says why."""
    food = builders.granted(office, staff, FOOD)
    sign = builders.accepted(office, staff, SIGN, **CATERING)
    end(office, staff, f"Z{food}", State.REVOKED, "unqualified")
    assert paper(office, food, "grant_revocation").no == licence(office, food).document_no
    lost = shelf(office, sign, "food-licence")
    assert (lost.standing, "已撤销" in lost.remark) == (Standing.REJECTED, True)
    assert entry(office, sign, "licence lost")["codes"] == ["food-licence"]
    shown = Handed("food-licence", Standing.SHARED)
    asked = builders.application(office, SIGN, **CATERING)
    with office.act(staff["lin"]) as act:
        third = applicant.apply(act, replace(asked, materials=(*asked.materials, shown))).no
    assert "已撤销，核验不通过" in shelf(office, third, "food-licence").remark


def test_one_got_by_fraud_may_not_be_applied_for_again_for_three_years(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-8 (许可法 79)."""
    food = builders.granted(office, staff, FOOD)
    end(office, staff, f"Z{food}", State.REVOKED, "fraud")
    refusal = refused(office, staff["lin"], applicant.apply, builders.application(office, FOOD))
    assert (refusal.code, "至 2029-11-23 不得" in refusal.message) == ("applicant.barred", True)
    builders.apply(office, staff, SIGN)


def test_an_expired_or_cancelled_one_is_worth_nothing(office: Office, staff: Staff, watch: Watch) -> None:
    """R-DEC-2 注销(70): expiry needs nobody's hand; cancelling is written down all the same."""
    food = builders.granted(office, staff, FOOD)
    with office.look() as look:
        row = licences.read(licences.get(look.db, f"Z{food}"))
    assert row.valid_until is not None
    assert [row.state(day) for day in (row.valid_until, row.valid_until.replace(day=24))] == [
        "valid",
        "expired",
    ]
    end(office, staff, f"Z{food}", State.CANCELLED, "surrendered")
    assert paper(office, food, "licence_cancellation").no.endswith("号")
    sign = builders.apply(office, staff, SIGN, **CATERING)
    with office.look() as look:
        assert "food-licence" not in cases.handed(look.db, case_row(office, sign).id)


def test_a_result_that_flows_on_in_a_bundle_has_its_licence_behind_it(office: Office, staff: Staff) -> None:
    """R-BUN-5: 产出证照自动成为后件材料."""
    no = builders.accepted(office, staff, "open_restaurant")
    business = builders.member(office, no, BUSINESS)
    builders.work(office, staff, business)
    worker.drain(office)
    laid = shelf(office, no, "business-licence")
    assert (laid.standing, laid.licence_id) == (Standing.ISSUED, licence(office, business).id)
    with office.look(CLOCK) as look:
        assert list(integrity.faults(look.db)) == []
