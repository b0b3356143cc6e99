"""全程网办: the home accepts what comes in online; where the applicant is, nobody has a task (rulebook §1.2)."""

from engine.domain.case import Channel
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import do, last_days, state, work
from tests.people import Staff
from tests.places import SUBSIDY, found


def online(office: Office, **more: object) -> str:
    asked = builders.application(office, SUBSIDY, channel=Channel.ONLINE, **more)
    with office.act(APPLICANT) as act:
        return applicant.apply(act, asked).no


def test_the_home_accepts_and_nobody_else_has_a_task(office: Office, staff: Staff) -> None:
    """§1.2 属地直接受理，收件地无任务."""
    found(office, staff, "GZ.HALL")
    no = online(office, hall="GZ.HALL")
    row = builders.case_row(office, no)
    assert (row.crossing, builders.org_code(office, row.hall_id), row.acceptor_id) == ("online", "HALL", None)
    do(office, staff["lin"], desk.accept, no)
    work(office, staff, no)
    assert {builders.org_code(office, task.org_id) for task in builders.open_tasks(office, no)} == {"HALL"}


def test_its_clocks_are_those_of_any_other(office: Office, staff: Staff) -> None:
    found(office, staff, "GZ.HALL")
    here, there = online(office), online(office, hall="GZ.HALL")
    assert last_days(office, here) == last_days(office, there)
    assert "transfer" not in last_days(office, there)


def test_what_another_authority_decides_goes_straight_to_its_desk(office: Office, staff: Staff) -> None:
    """业务属地 is elsewhere: accepted, decided and told there, by its own people and in its own name."""
    home = found(office, staff, "GZ.MZJ")["GZ.MZJ"]
    no = online(office, homes=("GZ.MZJ",))
    do(office, home, desk.accept, no)
    for task in iter(lambda: next(iter(builders.open_tasks(office, no))), None):
        if task.stage == "deliver":
            break
        assert builders.org_code(office, task.org_id) == "GZ.MZJ"
        builders.complete_as(office, home, task)
    assert (state(office, no), builders.authority(office, no)) == ("granted", "GZ.MZJ")
    assert "黔民" in builders.paper(office, no, "acceptance").no
