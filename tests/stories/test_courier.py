"""快递送达 (rulebook §1.6, R-LIM-4): posted is not delivered; the clock runs until somebody has signed."""

from engine import worker
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import desk, mailroom
from tests import builders
from tests.builders import acts, clocks, do, entry, paper, papers, refusal, state
from tests.conftest import Watch
from tests.people import Staff

CATERING = "small_catering"
TO = ("王小满", "13800000001", "示范区和兴街 1 号")


def _posted(office: Office, staff: Staff) -> str:
    no = builders.granted(office, staff, CATERING)
    do(office, APPLICANT, mailroom.choose, no, "mail", "", *TO)
    do(office, staff["lin"], mailroom.post, no, "邮政快递", "EX123456789CN")
    return no


def test_the_ten_days_end_when_it_is_signed_for(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-4: 颁发、送达 within ten working days of the decision; the receipt is completed at signing."""
    no = _posted(office, staff)
    assert (state(office, no), "delivery" in clocks(office, no)) == ("granted", True)
    assert [p.kind for p in papers(office, no)].count("delivery_receipt") == 0
    watch.set("2026-11-27 15:00")
    do(office, staff["lin"], mailroom.sign, no, "王小满")
    assert (state(office, no), clocks(office, no)) == ("delivered", {})
    assert "EX123456789CN" in str(paper(office, no, "delivery_receipt").facts)


def test_what_comes_back_is_the_windows_again_and_still_late_in_time(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = _posted(office, staff)
    assert refusal(office, staff["lin"], desk.deliver, no, "window", "王小满").code == "shipment.under-way"
    do(office, staff["lin"], mailroom.come_back, no, "无人签收")
    watch.set("2026-12-08 09:00")
    worker.drain(office)
    assert clocks(office, no)["delivery"].fired_at is not None
    do(office, staff["lin"], desk.deliver, no, "window", "王小满")
    assert [act for act in acts(office, no) if act in {"posted", "mail returned", "delivered"}] == [
        *("posted", "mail returned", "delivered")
    ]


def test_the_journal_never_says_where_somebody_lives(office: Office, staff: Staff) -> None:
    no = _posted(office, staff)
    assert entry(office, no, "posted").keys() >= {"carrier", "waybill"}
    with office.look() as look:
        told = builders.journal.of_case(look.db, look.case(no).id)
    assert TO[2] not in "".join(str(each.data) for each in told)


def test_a_bundle_is_posted_in_one_parcel(office: Office, staff: Staff) -> None:
    """R-BUN-1."""
    no = builders.accepted(office, staff, "publication_shop")
    builders.work_all(office, staff, no)
    do(office, staff["lin"], mailroom.post, no, "邮政快递", "EX1", *TO)
    do(office, staff["lin"], mailroom.sign, no)
    assert {state(office, each) for each in builders.members(office, no).values()} == {"delivered"}
