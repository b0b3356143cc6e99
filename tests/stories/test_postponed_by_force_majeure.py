"""不可抗力顺延 (R-TOL-4): a flood moves the promised day on, in writing; the new day binds as the old one did."""

from datetime import date

from engine import worker
from engine.office import Office
from engine.services import applicant, desk
from tests import builders
from tests.builders import do, last_days, papers, state
from tests.conftest import Watch
from tests.people import Staff

CATERING, HEALTH = "small_catering", "health-certificate"


def _flooded(office: Office, staff: Staff) -> str:
    no = builders.apply(office, staff, CATERING, lacking=(HEALTH,))
    do(office, staff["lin"], desk.tolerate, no, [HEALTH], date(2026, 11, 26), consent=True)
    do(office, staff["lin"], desk.postpone_promise, no, "洪水断路，卫生院停诊", date(2026, 12, 2))
    return no


def test_the_day_moves_and_what_comes_by_it_is_in_time(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-4: it counts when it reached the department, though entered the morning after."""
    no = _flooded(office, staff)
    assert (last_days(office, no)["tolerance"], papers(office, no)[-1].kind) == (
        "2026-12-02",
        "postponement_notice",
    )
    watch.set("2026-11-28 09:00")
    worker.drain(office)
    assert state(office, no) == "accepted_tolerant"
    watch.set("2026-12-02 23:00")
    handed = [builders.Handed(HEALTH, builders.Standing.RECEIVED)]
    do(office, staff["lin"], applicant.supplement, no, handed, reached=date(2026, 12, 2), place="卫生院")
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def test_the_new_day_binds_too(office: Office, staff: Staff, watch: Watch) -> None:
    no = _flooded(office, staff)
    watch.set("2026-12-03 00:00")
    worker.drain(office)
    assert state(office, no) == "withdrawn_deemed"
