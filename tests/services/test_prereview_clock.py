"""The clock of a first look (预审): two working days for what came in online, or as the region rules."""

from engine import worker
from engine.domain.case import Channel
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import clocks, do, entry, last_days, state, step
from tests.conftest import Watch
from tests.people import Staff

ADVERT = "outdoor_ad"  # its diagram draws a pre-review


def _online(office: Office, staff: Staff, **more: object) -> str:
    return builders.apply(office, staff, ADVERT, channel=Channel.ONLINE, **more)


def test_it_starts_with_an_online_application(office: Office, staff: Staff) -> None:
    """R-ACC-1: Monday's is due on Wednesday; the step of the diagram with it."""
    no = _online(office, staff)
    assert (last_days(office, no)["prereview"], last_days(office, no)["notice"]) == (
        "2026-11-25",
        "2026-11-30",
    )
    assert step(office, no, "prereview").due_at == clocks(office, no)["prereview"].due_at


def test_at_the_window_there_is_none(office: Office, staff: Staff) -> None:
    assert "prereview" not in clocks(office, builders.apply(office, staff, ADVERT))


def test_the_look_ends_it_and_the_notice_clock_runs_on(office: Office, staff: Staff) -> None:
    no = _online(office, staff)
    do(office, staff["lin"], desk.prereview, no, passed=True)
    assert "prereview" not in clocks(office, no)
    assert clocks(office, no)["notice"].armed


def test_asking_for_a_correction_is_a_look_too(office: Office, staff: Staff) -> None:
    no = _online(office, staff, lacking=("outdoor-ad-application",))
    do(office, staff["lin"], desk.correct, no, {})
    assert set(clocks(office, no)) == {"notice", "correction"}


def test_too_late_it_only_leaves_its_mark(office: Office, staff: Staff, watch: Watch) -> None:
    no = _online(office, staff)
    watch.set("2026-11-26 00:00")
    worker.drain(office)
    assert (state(office, no), entry(office, no, "deadline passed")["clock"]) == ("submitted", "prereview")
