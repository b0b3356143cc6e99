"""Cards (红黄牌, rulebook §5): given at their moment and once, answered, taken back, never deleted; orders to hurry."""

from typing import Any

from engine import worker
from engine.domain.card import Level
from engine.domain.deadline import BEIJING
from engine.office import Office
from engine.services import answering, approver, desk, manager
from engine.store import cards, cases
from tests import builders
from tests.builders import acts, clocks, do, step
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def given(office: Office, no: str) -> list[Any]:
    with office.look() as look:
        return list(cards.of_case(look.db, cases.id_of(look.db, no)))


def levels(office: Office, no: str) -> list[str]:
    return [f"{card.level} {card.at.astimezone(BEIJING):%m-%d %H:%M}" for card in given(office, no)]


def tick(office: Office, watch: Watch, when: str) -> None:
    watch.set(when)
    worker.drain(office)


def test_a_notice_a_yellow_and_a_red_card_come_at_their_moments(office: Office, staff: Staff, watch: Watch):
    no = builders.accepted(office, staff, FOOD)  # ten working days promised, fifteen by law
    tick(office, watch, "2026-12-02 23:59")
    assert levels(office, no) == []
    tick(office, watch, "2026-12-03 00:00")
    assert levels(office, no) == ["notice 12-03 00:00"]
    tick(office, watch, "2026-12-08 00:01")
    assert levels(office, no)[1:] == ["yellow 12-08 00:00"]
    tick(office, watch, "2026-12-15 08:00")
    assert levels(office, no)[2:] == ["red 12-15 00:00"]


def test_a_worker_that_comes_late_gives_every_card_with_the_moment_it_was_earned(
    office: Office, staff: Staff, watch: Watch
):
    no = builders.accepted(office, staff, FOOD)
    tick(office, watch, "2026-12-20 09:00")
    worker.drain(office)
    assert levels(office, no) == ["notice 12-03 00:00", "yellow 12-08 00:00", "red 12-15 00:00"]
    assert {card.issued_at for card in given(office, no)} == {watch()}
    assert acts(office, no).count("card") == 3


def test_a_late_decision_has_earned_its_card_even_if_no_worker_ran(
    office: Office, staff: Staff, watch: Watch
):
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-12-09 10:00")
    builders.work(office, staff, no)
    assert [card.level for card in given(office, no)] == [Level.NOTICE, Level.YELLOW]


def test_what_is_decided_in_time_earns_nothing_afterwards(office: Office, staff: Staff, watch: Watch):
    no = builders.granted(office, staff, FOOD)
    with office.act(staff["lin"]) as act:
        desk.deliver(act, act.case(no), "window", "王小满")
    tick(office, watch, "2026-12-20 09:00")
    assert given(office, no) == []


def test_an_extension_lets_the_same_colour_come_again_later(office: Office, staff: Staff, watch: Watch):
    """R-LIM-1: what was given stays given; what lies ahead is given anew."""
    no = builders.accepted(office, staff, FOOD)
    tick(office, watch, "2026-12-08 09:00")
    do(office, staff.of("leader", "SCJG"), manager.extend, no, "需专家论证")
    tick(office, watch, "2026-12-22 09:00")
    assert levels(office, no) == [
        "notice 12-03 00:00",
        "yellow 12-08 00:00",
        "notice 12-15 00:00",
        "yellow 12-22 00:00",
    ]


def test_a_stopped_clock_earns_no_card_until_it_runs_again(office: Office, staff: Staff, watch: Watch):
    no = builders.accepted(office, staff, FOOD)
    inspector = builders.holder(office, staff, step(office, no, "inspect"))
    watch.set("2026-11-24 10:00")
    do(office, inspector, approver.suspend, no, "检测", "须检测。", "30 workday")
    tick(office, watch, "2026-12-18 09:00")
    assert [card for card in given(office, no) if card.kind == "case"] == []
    do(office, inspector, approver.resume, no)
    assert clocks(office, no)["promised"].card_at is not None


def test_a_procedure_that_lasts_longer_than_announced_gets_its_own_card(
    office: Office, staff: Staff, watch: Watch
):
    """R-CNT-6: what comes on top of three days no longer stops the clock, and is watched by itself."""
    no = builders.accepted(office, staff, FOOD)
    inspector = builders.holder(office, staff, step(office, no, "inspect"))
    do(office, inspector, approver.suspend, no, "检测", "须检测。", "3 workday")
    tick(office, watch, "2026-12-02 09:00")
    assert "special" in {card.kind for card in given(office, no)}


def test_a_card_is_appealed_against_once_and_taken_back_with_a_reason(
    office: Office, staff: Staff, watch: Watch
):
    no = builders.accepted(office, staff, FOOD)
    tick(office, watch, "2026-12-08 09:00")
    yellow = given(office, no)[-1].id
    with office.act(staff.of("leader", "SCJG")) as act:
        answering.appeal(act, yellow, "系统停机两日")
    with office.act(staff["manager"]) as act:
        manager.revoke_card(act, yellow, "申诉成立")
    card = given(office, no)[-1]
    assert (card.revoked_at, card.appeal, card.answer) == (watch(), "系统停机两日", "申诉成立")
    assert acts(office, no)[-2:] == ["card appealed", "card revoked"]


def test_only_a_manager_takes_a_card_back_and_never_without_a_reason(
    office: Office, staff: Staff, watch: Watch
):
    no = builders.accepted(office, staff, FOOD)
    tick(office, watch, "2026-12-08 09:00")
    yellow = given(office, no)[-1].id
    for who, reason, code in (("lin", "误发", "post.missing"), ("manager", " ", "reason.missing")):
        assert builders.refused(office, staff[who], manager.revoke_card, yellow, reason).code == code


def test_an_order_to_hurry_has_its_own_clock_that_an_answer_ends(office: Office, staff: Staff, watch: Watch):
    no = builders.accepted(office, staff, FOOD)
    do(office, staff["manager"], manager.supervise, no, "请说明现场核查为何未办")
    assert str(builders.last_days(office, no)["supervision"]) == "2026-11-26"
    watch.set("2026-11-27 09:00")
    with office.look() as look:
        order = cards.supervised(look.db, cases.id_of(look.db, no))[0]
    with office.act(staff.of("leader", "SCJG")) as act:
        answering.answer(act, order.id, "已安排明日核查")
    assert "supervision" not in clocks(office, no)
    assert [card.kind for card in given(office, no)] == ["complaint", "complaint"]  # a notice, then late
    with office.act(staff["manager"]) as act:
        manager.close_supervision(act, order.id)
    assert acts(office, no)[-2:] == ["supervision answered", "supervision closed"]
