"""周末不打烊 (rulebook §1.1): what is received on a Saturday is received; the law counts from the next working day."""

from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import case_row, do, last_days
from tests.conftest import Watch
from tests.people import Staff

CATERING = "small_catering"


def test_accepted_on_saturday_it_is_due_like_one_of_friday_and_of_sunday(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-CNT-1: the first day that counts is Monday 2026-11-30."""
    found = set()
    for day in ("2026-11-27 16:00", "2026-11-28 15:30", "2026-11-29 11:00"):
        watch.set(day)
        no = builders.apply(office, staff, CATERING)
        do(office, staff["lin"], desk.accept, no)
        assert case_row(office, no).accepted_at == watch()
        found.add((last_days(office, no)["promised"], last_days(office, no)["legal"]))
    assert found == {("2026-12-11", "2026-12-25")}


def test_what_comes_in_after_hours_is_known_as_such(office: Office, staff: Staff, watch: Watch) -> None:
    """延时服务: weekday evenings and weekends; a worked Saturday (调休上班) is a working day like any other."""
    told = {}
    for at in ("2026-11-27 16:00", "2026-11-27 19:30", "2026-11-28 10:00", "2026-10-10 10:00"):
        watch.set(at)
        told[at] = case_row(office, builders.apply(office, staff, CATERING)).after_hours
    assert list(told.values()) == [False, True, True, False]
