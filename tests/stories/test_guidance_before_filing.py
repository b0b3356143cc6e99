"""申报辅导 (rulebook §1.2): what is advised before filing starts no clock and is filed on one click."""

from engine.domain.case import Channel
from engine.office import Office
from engine.services import tutor
from engine.services.receiving import Application
from engine.store import cases
from tests import builders
from tests.builders import case_row, clocks, entry, everything, refused
from tests.conftest import Watch
from tests.people import Staff

CATERING = "small_catering"


def _advised(office: Office, staff: Staff) -> tuple[int, Application]:
    asked = builders.application(
        office, CATERING, lacking=("floor-plan",), answers={"premises": "和兴街 1 号"}
    )
    with office.act(staff["lin"]) as act:
        return tutor.advise(act, asked, "布局图须标明水池位置，补好再来。"), asked


def test_it_starts_no_clock_and_is_no_case(office: Office, staff: Staff) -> None:
    before = everything(office)
    _advised(office, staff)
    after = everything(office)
    assert [after[name] for name in ("cases", "deadlines")] == [
        before[name] for name in ("cases", "deadlines")
    ]


def test_one_click_carries_everything_into_the_application(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-1: the five days run from the formal application, not from the advice."""
    guidance, asked = _advised(office, staff)
    watch.set("2026-11-30 10:00")
    with office.act(staff["he"]) as act:
        no = tutor.file(act, guidance).no
    row = case_row(office, no)
    assert (row.received_at, row.channel, row.answers) == (
        watch(),
        Channel.WINDOW,
        {"premises": "和兴街 1 号"},
    )
    with office.look() as look:
        assert set(cases.handed(look.db, row.id)) == {each.code for each in asked.materials}
    assert builders.last_days(office, no)["notice"] == "2026-12-07"
    assert (row.first_contact_id, entry(office, no, "filed after guidance")["words"]) == (
        staff["lin"].id,
        "布局图须标明水池位置，补好再来。",
    )
    assert "notice" in clocks(office, no)


def test_it_is_filed_once(office: Office, staff: Staff) -> None:
    guidance, _ = _advised(office, staff)
    with office.act(staff["lin"]) as act:
        tutor.file(act, guidance)
    assert refused(office, staff["lin"], tutor.file, guidance).code == "guidance.over"
    assert refused(office, staff["manager"], tutor.file, guidance).code == "post.missing"
