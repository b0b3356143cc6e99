"""前台综合受理、后台分类审批、统一窗口出件: one window takes in, the department decides, the window hands out."""

import pytest

from engine.domain.errors import NotYours
from engine.office import Office
from engine.services import desk
from engine.store import journal
from tests import builders
from tests.builders import case_row, org_code, refusal, state, steps, work
from tests.conftest import Watch
from tests.people import Staff

#: Matters of four departments.
ANYTHING = ("food_operation_new", "seal_engraving", "shop_sign_filing", "tobacco_retail")


@pytest.mark.parametrize("key", ANYTHING)
def test_one_window_takes_any_departments_matter(office: Office, staff: Staff, key: str) -> None:
    """§1.1 一窗受理、统一收件→部门受理: taken in at the hall, it belongs to its department."""
    no = builders.accepted(office, staff, key)
    case = case_row(office, no)
    with office.look() as look:
        authority = look.library.matter(look.db, case.matter_id).authority
    assert (org_code(office, case.hall_id), org_code(office, case.authority_id)) == ("HALL", authority)
    assert authority != "HALL"


def test_who_takes_it_in_does_not_decide_and_who_decides_does_not_hand_out(
    office: Office, staff: Staff
) -> None:
    """§1.1 受审分离: three hands at least, each in the journal by name."""
    no = builders.accepted(office, staff, "food_operation_new")
    work(office, staff, no)
    decider = staff.of("leader", "SCJG")
    assert isinstance(refusal(office, decider, desk.deliver, no, "窗口领取", "王小满"), NotYours)
    builders.do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    with office.look() as look:
        hands = {entry.by_name for entry in journal.of_case(look.db, case_row(office, no).id)}
    assert len({"林窗口", decider.name} & hands) == 2
    assert len(hands) >= 3


def test_decided_is_not_handed_out(office: Office, staff: Staff) -> None:
    """§1.1 办结≠送达: handing out is a step of its own, with a clock of its own (R-LIM-4)."""
    no = builders.granted(office, staff, "food_operation_new")
    assert (state(office, no), steps(office, no)) == ("granted", ["deliver"])
    assert builders.last_days(office, no)["delivery"] == "2026-12-07"


def test_on_the_spot_is_over_the_same_day(office: Office, staff: Staff, watch: Watch) -> None:
    """§1.1 即来即办: a matter decided on the spot is late when its day is over."""
    no = builders.accepted(office, staff, "individual_business")
    assert builders.last_days(office, no)["promised"] == "2026-11-23"
    work(office, staff, no)
    assert state(office, no) == "granted"
