"""规范授权: who decides by a power that was given to him stays within it (rulebook §1.1 授权表)."""

from datetime import timedelta
from functools import partial

import pytest

from engine.domain.identity import Actor, Role
from engine.domain.power import Reach
from engine.office import Office
from engine.services import approver, authoriser, manager
from engine.store import people
from tests import builders
from tests.builders import refused, state
from tests.conftest import Watch
from tests.people import Staff

FOOD, CATERING = "food_operation_new", "small_catering"


@pytest.fixture
def tang(office: Office) -> str:
    builders.hired(office, "唐科长", role="chief")
    return "唐科长"


def given(office: Office, staff: Staff, to: str, matter: str = FOOD, reach: Reach = Reach.ALL) -> int:
    """The head of market regulation gives a month of deciding to Tang."""
    with office.act(staff.of("leader", "SCJG")) as act:
        until = act.at + timedelta(days=30)
        return authoriser.empower(act, to, Role.LEADER, "SCJG", matter, reach, until, "授权书1号")


def now(office: Office, login: str) -> Actor:
    with office.look() as look:
        return people.actor(look.db, dict(people.user_ids(look.db))[login], look.at)


def to_decide(office: Office, staff: Staff, key: str = FOOD) -> int:
    no = builders.accepted(office, staff, key)
    builders.work(office, staff, no, until="decide")
    return int(builders.step(office, no, "decide").id)


def test_within_his_power_he_decides(office: Office, staff: Staff, tang: str) -> None:
    given(office, staff, tang)
    task = to_decide(office, staff)
    with office.act(now(office, tang)) as act:
        case = approver.complete(act, task, "granted", "同意")
    assert state(office, case.no) == "granted"


@pytest.mark.parametrize(
    ("key", "outcome", "reach"), [(CATERING, "granted", Reach.ALL), (FOOD, "denied", Reach.GRANT)]
)
def test_beyond_it_he_does_not(
    office: Office, staff: Staff, tang: str, key: str, outcome: str, reach: Reach
) -> None:
    """越权办理拦截: another matter, another decision."""
    given(office, staff, tang, reach=reach)
    task = to_decide(office, staff, key)
    no = refused(office, now(office, tang), approver.complete, task, outcome, "理由")
    assert no.code == "power.beyond"


def test_when_its_day_is_over_the_post_is_gone(office: Office, staff: Staff, tang: str, watch: Watch) -> None:
    given(office, staff, tang)
    task, before = to_decide(office, staff), now(office, tang)
    watch.pass_days(31)
    assert refused(office, before, approver.complete, task, "granted", "同意").code == "power.beyond"
    assert (
        refused(office, now(office, tang), approver.complete, task, "granted", "同意").code == "post.missing"
    )


def test_taken_back_it_is_gone_at_once(office: Office, staff: Staff, tang: str) -> None:
    power = given(office, staff, tang)
    with office.act(staff.of("leader", "SCJG")) as act:
        authoriser.end_power(act, power)
    task = to_decide(office, staff)
    assert (
        refused(office, now(office, tang), approver.complete, task, "granted", "同意").code == "post.missing"
    )


def test_what_was_given_is_not_given_further(office: Office, staff: Staff, tang: str, watch: Watch) -> None:
    given(office, staff, tang)
    builders.hired(office, "吴科员")
    until = watch() + timedelta(days=9)
    on = partial(authoriser.empower, role=Role.LEADER, org="SCJG", matter="", reach=Reach.ALL, until=until)
    assert refused(office, now(office, tang), on, "吴科员").code == "power.not-own"


def test_an_extension_takes_a_whole_power(office: Office, staff: Staff, tang: str) -> None:
    """R-LIM-1: who may only grant does not extend."""
    given(office, staff, tang, reach=Reach.GRANT)
    no = builders.accepted(office, staff, FOOD)
    assert builders.refusal(office, now(office, tang), manager.extend, no, "案情复杂").code == "power.beyond"
