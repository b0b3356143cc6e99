"""村站帮办代办事项清单, 统一收件→部门受理: what each place does about a matter (rulebook §1.1)."""

from functools import partial

import pytest

from engine.domain.capability import Level
from engine.domain.entrustment import Scope
from engine.domain.identity import Actor
from engine.office import Office
from engine.services import applicant, authoriser, desk, liaison, receiving
from tests import builders
from tests.builders import do, refused, state
from tests.people import Staff
from tests.places import SUBSIDY, found

SOCIAL = "social_card"


@pytest.fixture
def community(office: Office, staff: Staff) -> Actor:
    return found(office, staff, "HX01")["HX01"]


def lay_down(office: Office, staff: Staff, level: Level, place: str = "HX01") -> None:
    with office.act(staff["registrar"]) as act:
        authoriser.lay_down(act, place, [SOCIAL], level)


def ask(office: Office, place: str = "HX01", key: str = SOCIAL) -> receiving.Application:
    return builders.application(office, key, hall=place)


def test_a_community_helps_and_says_where_to_go(office: Office, staff: Staff, community: Actor) -> None:
    """帮办: it takes nothing in; R-ACC-2 with the way out."""
    no = refused(office, community, applicant.apply, ask(office))
    assert (no.code, no.field) == ("capability.help-only", "hall")
    assert "请帮助申请人网上申请，或指引其到区政务服务中心综合窗口" in no.message


def test_what_it_forwards_goes_to_the_hall(office: Office, staff: Staff, community: Actor) -> None:
    """代办: taken in at the community, accepted at the hall, with the clock of the way."""
    lay_down(office, staff, Level.FORWARD)
    with office.act(community) as act:
        no = applicant.apply(act, ask(office)).no
    assert (state(office, no), builders.last_days(office, no)) == ("collected", {"transfer": "2026-11-26"})
    do(office, community, liaison.hand_over, no, "electronic", identified=True)
    do(office, staff["lin"], liaison.receive, no)
    do(office, staff["lin"], desk.accept, no)
    assert state(office, no) == "accepted"


def test_what_is_not_done_there_is_refused(office: Office, staff: Staff, community: Actor) -> None:
    lay_down(office, staff, Level.NONE)
    assert refused(office, community, applicant.apply, ask(office)).code == "capability.none"


def test_a_street_accepts_what_the_catalogue_says_it_accepts(office: Office, staff: Staff) -> None:
    """R-BUN-8: either level may accept; whoever does first sends it on, and nobody brings anything twice."""
    street = found(office, staff, "HX")["HX"]
    with office.act(street) as act:
        no = applicant.apply(act, ask(office, "HX", SUBSIDY)).no
    do(office, street, desk.accept, no)
    assert (state(office, no), builders.authority(office, no)) == ("accepted", "MZJ")


def test_a_bundle_is_accepted_wherever_all_of_it_is_and_sent_on_from_there(
    office: Office, staff: Staff
) -> None:
    """R-BUN-8: 两级权限任一受理均可，由首受理者推送; what one matter of it is not given, the whole is not."""
    street, matters = found(office, staff, "HX")["HX"], ("pension_retirement", "medical_active_to_retired")
    for matter, given in zip(matters, ("RSJ", "YBJ"), strict=True):
        no = refused(office, street, applicant.apply, ask(office, "HX", "retirement"))
        assert (no.code, builders.name_of(office, matter) in no.message) == ("capability.help-only", True)
        with office.act(staff["registrar"]) as act:
            authoriser.entrust(act, given, "HX", matter, Scope.ACCEPT, "公告〔2026〕5号")
    with office.act(street) as act:
        whole = applicant.apply(act, ask(office, "HX", "retirement")).no
    do(office, street, desk.accept, whole)
    members = builders.members(office, whole)
    assert [builders.authority(office, members[key]) for key in matters] == ["RSJ", "YBJ"]
    assert (
        state(office, members[matters[0]]),
        "under entrustment" in builders.acts(office, members[matters[0]]),
    ) == (
        "accepted",
        True,
    )


def test_nobody_is_listed_as_accepting_what_was_not_entrusted(
    office: Office, staff: Staff, community: Actor
) -> None:
    claim = partial(authoriser.lay_down, level=Level.ACCEPT)
    no = refused(office, staff["registrar"], claim, "HX01", [SOCIAL])
    assert (no.code, no.field) == ("capability.not-entrusted", "level")


def test_the_hall_takes_everything_in_without_being_listed(office: Office, staff: Staff) -> None:
    """无差别受理."""
    assert state(office, builders.accepted(office, staff, SOCIAL)) == "accepted"
