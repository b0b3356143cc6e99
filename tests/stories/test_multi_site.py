"""多地联办: one application, one set of materials, a case at each home (rulebook §1.2)."""

from engine.domain.identity import Actor
from engine.office import Office
from engine.services import applicant, desk, liaison
from engine.store import cases, crossings
from tests import builders
from tests.builders import do, refused, state
from tests.people import Staff
from tests.places import SUBSIDY, brought, found

HOMES = ("HALL", "YB.MZJ")


def at_two_homes(office: Office, by: Actor, **more: object) -> tuple[str, str]:
    """One application at the hall, for here and for the next district."""
    with office.act(by) as act:
        asked = builders.application(office, SUBSIDY, homes=HOMES, **more)
        lead = applicant.apply(act, asked)
        (other,) = crossings.siblings(act.db, lead.id)
        return lead.no, act.take(other).no


def test_one_application_makes_a_case_at_each_home(office: Office, staff: Staff) -> None:
    """一次申请、多个属地子件: ours is received at once, the other is on its way."""
    found(office, staff, "YB.MZJ")
    here, there = at_two_homes(office, staff["lin"])
    assert (state(office, here), state(office, there)) == ("received", "collected")
    assert (builders.authority(office, here), builders.authority(office, there)) == ("MZJ", "YB.MZJ")


def test_each_home_has_its_own_limits_and_its_own_result(office: Office, staff: Staff) -> None:
    home = found(office, staff, "YB.MZJ")["YB.MZJ"]
    here, there = at_two_homes(office, staff["lin"])
    do(office, staff["lin"], desk.accept, here)
    builders.work(office, staff, here)
    do(office, staff["lin"], liaison.hand_over, there, "electronic", identified=True)
    do(office, home, liaison.receive, there)
    assert (state(office, here), state(office, there)) == ("granted", "received")


def test_what_is_brought_to_one_is_there_for_the_other(office: Office, staff: Staff) -> None:
    """R-BUN-5: nobody is asked twice for the same material."""
    found(office, staff, "YB.MZJ")
    form = "subsidy-application"
    here, there = at_two_homes(office, staff["lin"], lacking=(form,))
    do(office, staff["lin"], applicant.supplement, here, brought(form))
    with office.look() as look:
        assert form in cases.handed(look.db, cases.id_of(look.db, there))


def test_a_matter_that_stays_in_its_county_is_not_spread(office: Office, staff: Staff) -> None:
    """通办范围: the food licence is taken in for its own district only."""
    found(office, staff, "YB.MZJ")
    asked = builders.application(office, "food_operation_new", homes=HOMES)
    assert refused(office, staff["lin"], applicant.apply, asked).code == "crossing.scope"


def test_a_bundle_does_not_cross(office: Office, staff: Staff) -> None:
    found(office, staff, "YB.MZJ")
    asked = builders.application(office, "open_restaurant", homes=HOMES)
    assert refused(office, staff["lin"], applicant.apply, asked).code == "crossing.bundle"
