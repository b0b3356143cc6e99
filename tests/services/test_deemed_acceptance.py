"""Deemed acceptance (视为受理, R-ACC-1): who is not told within five working days is accepted as of receipt."""

from engine import worker
from engine.domain.case import Channel
from engine.office import Office
from engine.services import desk
from tests import builders
from tests.builders import acts, bring, case_row, do, entry, last_days, member, members, refusal, state, steps
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"


def test_on_the_fifth_day_the_window_still_has_time(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-2: a day ends at midnight."""
    no = builders.apply(office, staff, FOOD)
    watch.set("2026-11-30 23:59:59")
    worker.drain(office)
    assert state(office, no) == "received"


def test_after_the_fifth_day_the_case_is_accepted_as_of_receipt(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(office, staff, FOOD)
    watch.set("2026-12-01 00:00")
    assert worker.drain(office) >= 1
    case = case_row(office, no)
    assert (case.state, case.accepted_at) == ("accepted_deemed", case.received_at)
    assert steps(office, no) == ["review", "inspect"]


def test_the_promised_clock_has_already_run_five_days(office: Office, staff: Staff, watch: Watch) -> None:
    """Rulebook §0-7."""
    no = builders.apply(office, staff, FOOD)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    assert last_days(office, no)["promised"] == "2026-12-07"


def test_it_is_told_in_writing(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, FOOD)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    (paper,) = builders.papers(office, no)
    assert (paper.kind, paper.articles) == ("deemed_acceptance", ["《行政许可法》第三十二条第一款第四项"])
    assert "2026年11月23日" in paper.text
    assert entry(office, no, "accepted")["document_no"] == paper.no


def test_the_clock_is_the_author(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, FOOD)
    watch.pass_days(9)
    worker.drain(office)
    assert acts(office, no) == ["applied", "deadline passed", "deadline passed", "accepted"]
    assert entry(office, no, "deadline passed")["clock"] == "notice"


def test_even_what_lacks_a_material_is_accepted_but_not_granted(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """The authority's silence does not complete the file: the gate before the decision stays (R-TOL-3)."""
    no = builders.apply(office, staff, "shop_sign_filing", lacking=("sign-rendering",))
    watch.pass_days(9)
    worker.drain(office)
    assert state(office, no) == "accepted_deemed"
    builders.work(office, staff, no, until="decide")
    task = builders.step(office, no, "decide")
    assert builders.task_refusal(office, staff, task, "granted").code == "decision.gate"


def test_an_online_case_nobody_prereviewed_is_accepted_too_and_goes_on(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(office, staff, FOOD, channel=Channel.ONLINE)
    watch.pass_days(9)
    worker.drain(office)
    assert (state(office, no), steps(office, no)) == ("accepted_deemed", ["review", "inspect"])


def test_a_bundle_is_accepted_with_the_members_that_begin_with_it(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-BUN-2: as of receipt."""
    no = builders.apply(office, staff, "publication_shop", flags={"sells_food": True})
    watch.pass_days(9)
    worker.drain(office)
    assert state(office, no) == "accepted_deemed"
    for number in members(office, no).values():
        assert state(office, number) == "accepted"
        assert case_row(office, number).accepted_at == case_row(office, no).received_at


def test_a_member_that_lacks_something_is_deemed_accepted_with_its_bundle(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = builders.apply(office, staff, "publication_shop", lacking=("publication-application",))
    watch.pass_days(9)
    worker.drain(office)
    shop = member(office, no, "publication_retail")
    assert state(office, shop) == "accepted_deemed"
    assert case_row(office, shop).accepted_at == case_row(office, no).received_at


def test_while_the_applicant_corrects_the_clock_stands_still(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """R-ACC-4."""
    no = builders.apply(office, staff, FOOD, lacking=("floor-plan",))
    do(office, staff["lin"], desk.correct, no, {})
    watch.pass_days(14)
    worker.drain(office)
    assert state(office, no) == "correction"


def test_after_the_correction_the_rest_of_the_five_days_runs(
    office: Office, staff: Staff, watch: Watch
) -> None:
    """Two of five were used before the notice: three are left, and acceptance is as of the completed file."""
    no = builders.apply(office, staff, FOOD, lacking=("floor-plan",))
    watch.set("2026-11-25 09:00")
    do(office, staff["lin"], desk.correct, no, {})
    watch.set("2026-12-02 10:00")
    bring(office, no, "floor-plan")
    assert last_days(office, no)["notice"] == "2026-12-07"
    watch.set("2026-12-08 00:00")
    worker.drain(office)
    assert state(office, no) == "accepted_deemed"
    assert str(case_row(office, no).accepted_at) == "2026-12-02 02:00:00+00:00"


def test_the_windows_task_is_due_when_the_notice_clock_is(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.apply(office, staff, "tobacco_retail", lacking=("tobacco-application",))
    watch.set("2026-11-25 09:00")
    do(office, staff["lin"], desk.correct, no, {})
    watch.set("2026-12-02 10:00")
    bring(office, no, "tobacco-application")
    assert builders.step(office, no, "accept").due_at == builders.clocks(office, no)["notice"].due_at


def test_what_was_accepted_in_time_is_not_deemed(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.pass_days(9)
    worker.drain(office)
    assert state(office, no) == "accepted"
    assert refusal(office, staff["lin"], desk.accept, no).code == "case.wrong-state"
