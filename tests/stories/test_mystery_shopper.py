"""改革体验官 (000、002、003): a case marked at intake runs like any other, and is in no figure, card or export."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from engine import worker
from engine.domain.identity import APPLICANT
from engine.domain.mystery import Capacity
from engine.domain.rating import Level
from engine.office import Office
from engine.queries import anomalies, figures, lateness, listing, reports, satisfaction, statistics, waiting
from engine.queries.counting import Counting
from engine.queries.filters import Filters
from engine.services import applicant, appraising, probing
from engine.services.appraising import Said
from engine.services.probing import Visit
from engine.store import cards, cases, credit_records, licences, offers, pushes, ratings
from tests import builders
from tests.builders import do
from tests.conftest import Watch
from tests.people import Staff
from tests.web.machines import Machine
from tests.web.visitor import Visitor

FOOD = "food_operation_new"
SHOPPER = Visit(Capacity.EXPERIENCER, "人大代表 周", "陪群众走流程")


def visited(office: Office, staff: Staff, key: str = FOOD) -> str:
    """A case marked by the manager before the window accepts it."""
    no = builders.apply(office, staff, key)
    do(office, staff["manager"], probing.mark, no, SHOPPER)
    do(office, staff["lin"], builders.desk.accept, no)
    return no


def test_only_a_manager_marks_one_and_only_before_acceptance(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert builders.refusal(office, staff["lin"], probing.mark, no, SHOPPER).code == "post.missing"
    later = builders.accepted(office, staff, FOOD)
    assert builders.refusal(office, staff["manager"], probing.mark, later, SHOPPER).code == "visit.too-late"


def test_it_may_be_marked_as_it_is_handed_in(office: Office, staff: Staff) -> None:
    asked = replace(builders.application(office, FOOD), channel=builders.Channel.ONLINE, visit=SHOPPER)
    with office.act(staff["manager"]) as act:
        no = applicant.apply(act, asked).no
    assert builders.case_row(office, no).mystery
    assert builders.refused(office, APPLICANT, applicant.apply, asked).code == "post.missing"


def test_a_late_one_earns_no_card_and_stands_on_no_board(office: Office, staff: Staff, watch: Watch) -> None:
    no = visited(office, staff)
    watch.set("2026-12-22 09:00")
    worker.drain(office)
    with office.look() as look:
        board = reports.overdue(look.db, look.calendar, look.at, Filters())
        late = lateness.late(look.db, look.calendar, look.at, look.at, precision="date", within=5)
        given = cards.of_case(look.db, cases.id_of(look.db, no))
    assert (given, [tile.count for tile in board.tiles], late.count, late.open) == ([], [0] * 5, 0, 0)
    assert all(not (day.accepted or day.decided or day.lapsed) for day in board.trend)
    back = Machine(office).get("/reports/overdue?as_of=2026-12-20", "manager").json
    assert (back["count"], back["open"]) == (0, 0)


def test_a_finished_one_is_in_no_statistic_list_or_export(office: Office, staff: Staff) -> None:
    """Figures, averages, waiting, ratings, anomalies: one condition, in one place."""
    no = visited(office, staff)
    builders.work(office, staff, no)
    worker.drain(office)
    do(office, APPLICANT, appraising.rate, no, Said(Level.VERY_BAD))
    with office.look() as look:
        counting = Counting(look.db, look.calendar, look.at)
        counts = {each.key: figures.count(counting, each.key) for each in figures.FIGURES}
        lines = listing.listing(look.db, look.calendar, look.at, Filters(), "decided").lines
        whole = statistics.total(counting), statistics.table(counting, "department"), waiting.steps(counting)
        rated, unusual = satisfaction.total(counting), anomalies.found(counting)
    assert set(counts.values()) == {0}
    assert (lines, whole[0].sums.decided, whole[1:], unusual) == ((), 0, ((), ()), ())
    assert set(rated.counts.values()) == {0}
    book = ZipFile(BytesIO(Visitor(office, "manager").get("/overdue.xlsx?tile=decided").data))
    assert no not in "".join(book.read(n).decode() for n in book.namelist() if n.endswith(".xml"))


def test_whoever_works_on_it_is_not_told(office: Office, staff: Staff) -> None:
    no = visited(office, staff)
    for who in ("lin", "scjg.leader", "registrar"):
        told = Visitor(office, who).text(f"/cases/{no}")
        assert "体验办件" not in told
    assert "mystery" not in Machine(office).get(f"/cases/{no}", "scjg.leader").text
    assert "体验办件" in Visitor(office, "manager").text(f"/cases/{no}")
    assert Visitor(office, "lin").get("/visits").status_code == 403


@pytest.mark.parametrize("key", ["food_workshop", "pension_retirement"])
def test_what_it_ends_in_goes_nowhere(office: Office, staff: Staff, key: str) -> None:
    """No licence to show, no department told of it, nothing begun after it."""
    no = visited(office, staff, key)
    builders.work(office, staff, no)
    worker.drain(office)
    with office.look() as look:
        case_id = cases.id_of(look.db, no)
        assert licences.of_case(look.db, case_id) is None
        assert look.db.execute(sa.select(pushes.pushes).where(pushes.pushes.c.case_id == case_id)).all() == []
        assert offers.begun(look.db, case_id) == []
    assert "delivery" in builders.clocks(office, no)


def test_a_promise_broken_to_try_the_house_out_is_held_against_nobody(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-TOL-6."""
    no = builders.apply(office, staff, FOOD, lacking=("food-safety-rules",))
    do(office, staff["manager"], probing.mark, no, SHOPPER)
    do(office, staff["lin"], builders.desk.tolerate, no, ["food-safety-rules"], None, consent=True)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    with office.look() as look:
        assert not credit_records.of_applicant(look.db, look.case(no).applicant_id)


def test_its_bad_rating_sets_nobody_to_work(office: Office, staff: Staff) -> None:
    no = visited(office, staff)
    builders.work(office, staff, no)
    rating_id = do(office, APPLICANT, appraising.rate, no, Said(Level.BAD)).id
    with office.look() as look:
        assert ratings.rectification(look.db, rating_id) is None


def test_the_members_of_a_bundle_are_marked_with_it(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "open_restaurant")
    do(office, staff["manager"], probing.mark, no, SHOPPER)
    parts = builders.members(office, no)
    assert parts
    assert all(builders.case_row(office, each).mystery for each in parts.values())


def test_at_its_end_the_visitor_hands_in_his_sheet(office: Office, staff: Staff) -> None:
    """意见单."""
    no = visited(office, staff)
    early = builders.refusal(office, staff["manager"], probing.opine, no, {}, "材料多要了")
    assert early.code == "visit.running"
    builders.work(office, staff, no)
    manager = Visitor(office, "manager")
    manager.send(f"/visits/{no}", **{"score.notice": "2", "opinion": "告知两次才说清"})
    page = manager.text(f"/visits/{no}")
    assert "告知两次才说清" in page
    again = builders.refusal(office, staff["manager"], probing.opine, no, {}, "再写")
    assert again.code == "visit.given"
