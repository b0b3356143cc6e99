"""审管联动: who supervises is told of a grant and acknowledges; what he finds and fines comes back (rulebook §1.4)."""

from typing import Any

import pytest

from engine import worker
from engine.domain.linkage import Finding, Review
from engine.office import Office
from engine.services import desk, supervisor
from engine.store import cards, cases, pushes
from tests import builders
from tests.builders import do, refused
from tests.conftest import Watch
from tests.people import Staff

#: Approved by the approval bureau, supervised by market regulation.
SHOP = "food_workshop"


def pushed(office: Office, no: str) -> list[Any]:
    """What departments were told of a case."""
    with office.look() as look:
        query = pushes.pushes.select().where(pushes.pushes.c.case_id == cases.id_of(look.db, no))
        return list(look.db.execute(query.order_by(pushes.pushes.c.id)))


@pytest.fixture
def shop(office: Office, staff: Staff) -> str:
    return builders.granted(office, staff, SHOP)


def test_a_grant_is_told_to_who_supervises_and_he_acknowledges(
    office: Office, staff: Staff, shop: str
) -> None:
    """§1.4 双告知双反馈: the licence is pushed, and five working days begin."""
    (push,) = pushed(office, shop)
    assert push.data["document_no"] == builders.entry(office, shop, "decided")["document_no"]
    assert builders.last_days(office, shop)["acknowledge"] == "2026-11-30"
    with office.act(staff["scjg.inspector"]) as act:
        supervisor.acknowledge(act, push.id)
    assert "acknowledge" not in builders.clocks(office, shop)
    with office.act(staff["scjg.inspector"]) as act:
        supervisor.feed_back(act, push.id, Finding.TAKEN_ON, "")
    assert pushed(office, shop)[0].finding == "taken_on"
    assert refused(office, staff["scjg.chief"], supervisor.acknowledge, push.id).code == "push.acknowledged"
    assert refused(office, staff["cgj.chief"], supervisor.penalise, push.id, "1", "x").code == "post.missing"


def test_who_is_late_to_acknowledge_is_reminded_and_earns_a_card(
    office: Office, staff: Staff, shop: str, watch: Watch
) -> None:
    """§1.4, R-CNT-4: counted in working days, also after the case itself is over; the rules of the card hold."""
    do(office, staff["lin"], desk.deliver, shop, "窗口领取", "王小满")
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    (push,) = pushed(office, shop)
    assert (push.reminded, push.acknowledged_at) == (1, None)
    assert "acknowledgement late" in builders.acts(office, shop)
    with office.look() as look:
        earned = cards.of_case(look.db, cases.id_of(look.db, shop))
    assert [(card.kind, card.level) for card in earned] == [("consult", "notice"), ("consult", "red")]


def test_a_penalty_comes_back_once_and_opens_the_review_of_the_licence(
    office: Office, staff: Staff, shop: str
) -> None:
    """§1.4: 监管处罚信息回传, 触发复核; revoking is a procedure of its own (R-DEC-2)."""
    (push,) = pushed(office, shop)
    told = ("川市监罚〔2026〕8号", "使用过期原料，罚款五千元")
    with office.act(staff["scjg.chief"]) as act:
        supervisor.penalise(act, push.id, *told)
    assert refused(office, staff["scjg.chief"], supervisor.penalise, push.id, *told).code == "penalty.told"
    keep = (1, Review.KEEP, "已改正，不影响许可条件")
    assert refused(office, staff["scjg.leader"], supervisor.review, *keep).code == "post.missing"
    with office.act(staff["xzsp.leader"]) as act:
        supervisor.review(act, *keep)
    assert builders.state(office, shop) == "granted"
    assert builders.entry(office, shop, "licence reviewed")["review"] == "keep"


def test_who_registers_is_told_what_else_he_needs(office: Office, staff: Staff) -> None:
    """§1.4 双告知: the holder too is told, in writing, of the permits that come after (后置审批)."""
    no = builders.granted(office, staff, "individual_business")
    assert "食品经营许可" in builders.paper(office, no, "later_permits").text
    assert [push.key for push in pushed(office, no)] == ["acknowledge SW"]


def test_a_denial_is_told_to_nobody(office: Office, staff: Staff) -> None:
    """§1.4: what is pushed is a licence."""
    no = builders.accepted(office, staff, SHOP)
    builders.work(office, staff, no, until="decide")
    builders.complete(office, staff, builders.step(office, no, "decide"), "denied")
    assert (builders.state(office, no), pushed(office, no)) == ("denied", [])
