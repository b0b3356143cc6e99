"""无需办理: who is left out by an answer or by nobody's wish leaves a trace (R-BUN-6)."""

from engine.office import Office
from engine.queries import joint
from tests import builders
from tests.builders import entry, members
from tests.people import Staff
from tests.web.visitor import Visitor


def test_what_need_not_be_done_is_kept_in_the_journal_with_why_on_the_page(
    office: Office, staff: Staff
) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    assert set(members(office, no)) == {"individual_business", "food_operation_new", "shop_sign_filing"}
    assert entry(office, no, "left out")["codes"] == ["fire_check", "tobacco_retail"]
    with office.look() as look:
        fire, tobacco = joint.joint(look.db, look.case(no).id, staff["lin"]).left_out
    assert fire.question is not None
    assert (fire.question.zh, tobacco.question) == ("是否属于公众聚集场所？", None)


def test_it_is_grey_on_the_page_of_the_bundle(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    shown = Visitor(office, "lin").text(f"/bundles/{no}")
    assert "按申请人对“是否属于公众聚集场所？”的回答" in shown
    assert "申请人没有选办" in shown
