"""Handing out (送达, 统一出件): by the window, to somebody named, once (R-LIM-4, R-BUN-1)."""

import sqlalchemy as sa

from engine import worker
from engine.office import Office
from engine.services import desk
from engine.store import cases
from tests import builders
from tests.builders import case_row, clocks, do, entry, member, members, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def test_lin_hands_it_out_and_the_case_is_closed(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.granted(office, staff, FOOD)
    watch.pass_days(1)
    do(office, staff["lin"], desk.deliver, no, "窗口领取", " 王小满 ")
    assert (state(office, no), steps(office, no), clocks(office, no)) == ("delivered", [], {})
    assert case_row(office, no).closed_at == watch()
    assert entry(office, no, "delivered")["receiver"] == "王小满"


def test_by_post_the_waybill_is_kept(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    do(office, staff["lin"], desk.deliver, no, "免费邮寄", "王小满", "EX123456789CN")
    with office.look() as look:
        row = look.db.execute(sa.select(cases.deliveries)).one()
    assert (row.method, row.waybill, row.by_id) == ("免费邮寄", "EX123456789CN", staff["lin"].id)


def test_somebody_must_have_received_it(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.deliver, no, "窗口领取", " ").code == "receiver.missing"


def test_before_a_decision_there_is_nothing_to_hand_out(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满").code == "case.wrong-state"


def test_it_is_handed_out_once(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert refusal(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满").code == "case.wrong-state"


def test_only_the_window_hands_out(office: Office, staff: Staff) -> None:
    no = builders.granted(office, staff, FOOD)
    by = staff.of("leader", "SCJG")
    assert refusal(office, by, desk.deliver, no, "窗口领取", "王小满").code == "post.missing"


def test_a_member_is_handed_out_with_its_bundle(office: Office, staff: Staff) -> None:
    """R-BUN-1: one delivery."""
    no = builders.accepted(office, staff, "publication_shop")
    builders.work_all(office, staff, no)
    shop = member(office, no, "publication_retail")
    refused = refusal(office, staff["lin"], desk.deliver, shop, "窗口领取", "王小满")
    assert refused.code == "bundle.deliver-together"
    do(office, staff["lin"], desk.deliver, no, "窗口领取", "王小满")
    assert {state(office, m) for m in members(office, no).values()} == {"delivered"}


def test_a_late_delivery_is_told(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-4."""
    no = builders.granted(office, staff, FOOD)
    watch.set("2026-12-08 00:00")
    worker.drain(office)
    assert clocks(office, no)["delivery"].fired_at is not None


def test_a_members_share_of_the_delivery_is_never_late_by_itself(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """Nobody can do a held step, so nobody is late with it."""
    flags = {"sells_food": True}
    no = builders.accepted(office, staff, "publication_shop", flags=flags)
    food = member(office, no, FOOD)
    builders.work(office, staff, food)
    watch.pass_days(30)
    worker.drain(office)
    assert "stage" not in clocks(office, food)
