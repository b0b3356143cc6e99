"""2主1备轮值 (rulebook §1.1): who is on duty takes the tasks; the spare steps in; nothing is left lying."""

from datetime import timedelta

import pytest

from engine.domain.case import Channel
from engine.domain.errors import NotNow
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.queries import inbox
from engine.queries.pools import Filter, View
from engine.services import approver, desk, manager
from engine.store import cases, people
from tests import builders, rota
from tests.builders import accepted, do, entry, step, steps
from tests.conftest import Watch
from tests.people import Staff
from tests.rota import arrive, now

FOOD = "food_operation_new"


def test_the_mains_take_it_and_who_is_off_duty_does_not(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff)
    task = step(office, accepted(office, staff, FOOD), "review").id
    arrive(office, three.main)
    for other in (three.spare, staff["scjg.approver"]):
        refused = builders.refused(office, now(office, other), approver.claim, task)
        assert (refused.code, "钱主岗、孙主岗当班" in refused.message) == ("duty.off", True)
        with pytest.raises(NotNow), office.act(now(office, other)) as act:
            approver.complete(act, task, "pass", "同意")
    with office.act(now(office, three.second)) as act:
        assert approver.claim(act, task).assignee_id == three.second.id


def test_the_spare_steps_in_while_no_main_is_online(office: Office, staff: Staff, watch: Watch) -> None:
    """主不在线→备; the journal says why it was he."""
    three = rota.drawn(office, staff)
    no = accepted(office, staff, FOOD)
    arrive(office, three.main, three.second)
    watch.time += timedelta(minutes=20)
    arrive(office, three.spare)
    builders.refused(
        office, now(office, staff["scjg.approver"]), approver.claim, step(office, no, "review").id
    )
    builders.complete_as(office, now(office, three.spare), step(office, no, "review"))
    assert steps(office, no) == ["inspect"]
    assert entry(office, no, "completed")["duty"] == "主岗不在线，备岗接办"


def test_while_nobody_of_the_three_is_there_the_post_is_everybodys(office: Office, staff: Staff) -> None:
    rota.drawn(office, staff)
    no = accepted(office, staff, FOOD)
    with office.act(now(office, staff["scjg.approver"])) as act:
        approver.claim(act, step(office, no, "review").id)
    assert "均不在线" in entry(office, no, "claimed")["duty"]


def test_the_deputy_of_a_main_is_a_main_in_his_place(office: Office, staff: Staff) -> None:
    """AB岗 beside the rota: while he who covers a main is there, the spare is not called."""
    three, deputy = rota.drawn(office, staff), staff["scjg.chief"]
    no = accepted(office, staff, FOOD)
    with office.act(CLOCK) as act:
        people.add_cover(act.db, three.main.id or 0, deputy.id or 0, act.at, act.at + timedelta(days=3))
    arrive(office, deputy, three.spare)
    task = step(office, no, "review").id
    assert builders.refused(office, now(office, three.spare), approver.claim, task).code == "duty.off"
    with office.act(now(office, deputy)) as act:
        approver.claim(act, task)


def test_what_was_taken_outlasts_the_shift_and_a_manager_may_give_to_anybody(
    office: Office, staff: Staff, watch: Watch
) -> None:
    own, other = (step(office, accepted(office, staff, FOOD), "review") for _ in range(2))
    with office.act(staff["scjg.approver"]) as act:
        approver.claim(act, own.id)
    three = rota.drawn(office, staff)
    arrive(office, three.main)
    builders.complete_as(office, now(office, staff["scjg.approver"]), own)
    with office.act(staff["manager"]) as act:
        manager.reassign(act, other.id, staff["scjg.approver"].id or 0)
    builders.complete_as(office, now(office, staff["scjg.approver"]), other)


def test_the_pool_shows_what_one_may_take_and_the_rest_is_one_step_away(office: Office, staff: Staff) -> None:
    three = rota.drawn(office, staff)
    no = accepted(office, staff, FOOD)
    arrive(office, three.main)

    def pool(login: str, *, whole: bool = False) -> list[tuple[str, bool]]:
        with office.look() as look:
            who = people.actor(look.db, dict(people.user_ids(look.db))[login], look.at)
            found = inbox.items(look.db, who, look.at, look.calendar, View.CLAIMABLE, Filter(whole=whole))
            assert found.counts[View.CLAIMABLE] == (login == "钱主岗")
        return [(item.case_no, item.off) for item in found.items]

    assert pool("钱主岗") == [(no, False)]
    assert pool("scjg.approver") == []
    assert pool("scjg.approver", whole=True) == [(no, True)]


def test_the_window_takes_in_whoever_comes_and_first_contact_goes_on(office: Office, staff: Staff) -> None:
    """首问负责 beside the rota: taking in is bound to no shift; what one met first is one's own to the end."""
    three = rota.drawn(office, staff, "HALL", "window")
    arrive(office, three.main)
    lin = now(office, staff["lin"])
    with office.act(lin) as act:
        own = builders.applicant.apply(act, builders.application(office, FOOD)).no
    online = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    assert builders.refusal(office, lin, desk.prereview, online, passed=True).code == "duty.off"
    do(office, lin, desk.accept, own)
    do(office, now(office, three.main), desk.prereview, online, passed=True)
    assert cases.State(builders.state(office, own)).name == "ACCEPTED"
