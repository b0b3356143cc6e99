"""委托受理、委托实施、下放 (许可法 24 条, rulebook §1.1): who acts, in whose name, and nobody further."""

from datetime import timedelta
from functools import partial

import pytest

from engine.domain.entrustment import Scope
from engine.domain.errors import Incomplete, NotNow
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import applicant, authoriser, desk, receiving
from tests import builders
from tests.builders import do, org_code, refused, state, work
from tests.conftest import Watch
from tests.people import Staff
from tests.places import found

FOOD = "small_catering"


@pytest.fixture
def street(office: Office, staff: Staff) -> Actor:
    return found(office, staff, "HX", "HX01")["HX"]


def entrust(office: Office, staff: Staff, scope: Scope = Scope.ACCEPT, **more: object) -> int:
    """Market regulation gives the street something of 小餐饮经营许可."""
    with office.act(staff["registrar"]) as act:
        return authoriser.entrust(act, "SCJG", "HX", FOOD, scope, "区市监公告〔2026〕3号", **more)


def taken_in(office: Office, street: Actor) -> str:
    with office.act(street) as act:
        return applicant.apply(act, builders.application(office, FOOD, hall="HX")).no


def test_the_street_accepts_in_the_name_of_who_entrusted_it(
    office: Office, staff: Staff, street: Actor
) -> None:
    """委托受理以委托机关名义出具凭证; the steps of the review stay where they were."""
    entrust(office, staff)
    no = taken_in(office, street)
    do(office, street, desk.accept, no)
    notice = builders.paper(office, no, "acceptance")
    assert ("市监" in notice.no, notice.authority) == (True, "市场监督管理局")
    assert {org_code(office, task.org_id) for task in builders.open_tasks(office, no)} == {"SCJG"}


def test_what_was_entrusted_whole_is_worked_below_and_signed_above(
    office: Office, staff: Staff, street: Actor
) -> None:
    """委托实施: the street decides, the paper is the principal's."""
    entrust(office, staff, Scope.IMPLEMENT)
    no = taken_in(office, street)
    do(office, street, desk.accept, no)
    work(office, staff, no)
    granted = builders.paper(office, no, "grant")
    assert (state(office, no), granted.authority) == ("granted", "市场监督管理局")
    assert {builders.entry(office, no, "decided")["outcome"], granted.by_id} == {"granted", street.id}


def test_what_was_devolved_is_in_its_own_name(office: Office, staff: Staff, street: Actor) -> None:
    """直接下放."""
    entrust(office, staff, Scope.DEVOLVED)
    no = taken_in(office, street)
    do(office, street, desk.accept, no)
    assert "和兴" in builders.paper(office, no, "acceptance").no
    assert builders.authority(office, no) == "HX"


def test_who_was_entrusted_entrusts_nobody(office: Office, staff: Staff, street: Actor) -> None:
    """许可法 24 条三款."""
    entrust(office, staff)
    further = partial(authoriser.entrust, scope=Scope.ACCEPT, notice_no="公告1号")
    no = refused(office, staff["registrar"], further, "HX", "HX01", FOOD)
    assert (type(no), no.code, no.field) == (NotNow, "entrust.further", "principal")


def test_nobody_gives_what_is_not_his(office: Office, staff: Staff, street: Actor) -> None:
    give = partial(authoriser.entrust, scope=Scope.ACCEPT, notice_no="公告1号")
    assert refused(office, staff["registrar"], give, "WJW", "HX", FOOD).code == "entrust.not-own"
    assert refused(office, staff["registrar"], give, "SCJG", "HX01", FOOD).code == "entrust.not-organ"
    assert refused(office, staff["lin"], give, "SCJG", "HX", FOOD).code == "post.missing"


def test_the_public_is_told(office: Office, staff: Staff, street: Actor) -> None:
    """许可法 24 条二款: what, to whom."""
    silent = partial(authoriser.entrust, scope=Scope.ACCEPT, notice_no=" ")
    no = refused(office, staff["registrar"], silent, "SCJG", "HX", FOOD)
    assert (type(no), no.field) == (Incomplete, "notice_no")


def test_what_ended_takes_nothing_more_in_and_finishes_what_it_began(
    office: Office, staff: Staff, street: Actor
) -> None:
    entrustment = entrust(office, staff)
    begun = taken_in(office, street)
    with office.act(staff["registrar"]) as act:
        authoriser.end_entrustment(act, entrustment, "委托期满不再续")
    asked = builders.application(office, FOOD, hall="HX")
    assert refused(office, street, applicant.apply, asked).code == "capability.help-only"
    do(office, street, desk.accept, begun)
    assert state(office, begun) == "accepted"


def test_an_entrustment_ends_with_its_day(office: Office, staff: Staff, street: Actor, watch: Watch) -> None:
    entrust(office, staff, until=watch() + timedelta(days=30))
    assert taken_in(office, street)
    watch.pass_days(31)
    asked = builders.application(office, FOOD, hall="HX")
    assert refusal_of(office, street, asked) == "capability.help-only"


def refusal_of(office: Office, by: Actor, asked: receiving.Application) -> str:
    return refused(office, by, applicant.apply, asked).code


def test_entrusting_again_waits_for_the_end_of_the_first(office: Office, staff: Staff, street: Actor) -> None:
    entrust(office, staff)
    again = partial(authoriser.entrust, scope=Scope.DEVOLVED, notice_no="公告2号")
    assert refused(office, staff["registrar"], again, "SCJG", "HX", FOOD).code == "entrust.already"
