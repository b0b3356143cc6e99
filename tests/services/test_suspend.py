"""Stopping the clock by law (中止, R-LIM-5) and going on with what was left (R-CNT-5)."""

import pytest

from engine import worker
from engine.domain import special
from engine.domain.deadline import last_day
from engine.domain.identity import APPLICANT
from engine.office import Office
from engine.services import applicant, approver
from engine.store import cases, stops
from tests import builders
from tests.builders import case_row, clocks, do, entry, last_days, open_tasks, refusal, state, step
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
NOTICE, DAYS = "须送检，检验时间不计入办理时限。", "20 workday"


def _suspended(office: Office, staff: Staff, key: str = FOOD, by: str = "SCJG") -> str:
    no = builders.accepted(office, staff, key)
    do(office, staff.of("approver", by), approver.suspend, no, "检验", NOTICE, DAYS)
    return no


def test_the_clocks_stand_until_the_announced_end(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-6: the due day is known at once, provisionally; till the announced end no clock of the case passes."""
    no = _suspended(office, staff)
    assert last_days(office, no) == {
        "promised": "2027-01-05", "legal": "2027-01-12", "stage": "2026-12-28", "special": "2026-12-21",
    }  # fmt: skip
    watch.set("2026-12-21 23:59")
    assert worker.drain(office) == 0
    assert case_row(office, no).paused_at is not None
    assert all(task.paused_at is not None for task in open_tasks(office, no))


def test_due_moves_by_exactly_the_working_days_between(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5, R-CNT-6: from Monday to Friday is four, whatever was announced."""
    no = builders.accepted(office, staff, FOOD)
    before = last_days(office, no)
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", NOTICE, DAYS)
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    after = last_days(office, no)
    assert (before["promised"], after["promised"]) == ("2026-12-07", "2026-12-11")
    assert (before["legal"], after["legal"]) == ("2026-12-14", "2026-12-18")
    assert str(case_row(office, no).promised_due_at) == "2026-12-11 16:00:00+00:00"


def test_the_steps_limit_moves_along(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    before = step(office, no, "review").due_at
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", NOTICE, DAYS)
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    assert (step(office, no, "review").due_at - before).days == 6  # Thursday becomes Wednesday
    assert step(office, no, "review").paused_at is None


def test_a_step_without_a_limit_of_its_own_is_due_with_the_case(
    office: Office, staff: Staff, watch: Watch
) -> None:
    no = _suspended(office, staff, "outdoor_ad", "CGJ")
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "CGJ"), approver.resume, no)
    assert step(office, no, "handle").due_at == clocks(office, no)["promised"].due_at


def test_twice_adds_up(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5: the union of the pauses."""
    no = _suspended(office, staff)
    by = staff.of("approver", "SCJG")
    watch.set("2026-11-25 10:00")
    do(office, by, approver.resume, no)
    watch.set("2026-11-26 10:00")
    do(office, by, approver.suspend, no, "专家评审", NOTICE, DAYS)
    watch.set("2026-11-30 10:00")
    do(office, by, approver.resume, no)
    assert last_days(office, no)["promised"] == "2026-12-11"


def test_over_a_weekend_nothing_moves(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-11-27 16:00")
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", NOTICE, DAYS)
    watch.set("2026-11-29 10:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    assert last_days(office, no)["promised"] == "2026-12-07"


@pytest.mark.parametrize("ground", ["现场勘验", "技术审查", "领导出差", ""])
def test_the_grounds_are_closed(office: Office, staff: Staff, ground: str) -> None:
    """R-LIM-5: inspections count."""
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff.of("approver", "SCJG"), approver.suspend, no, ground, NOTICE, DAYS)
    assert refused.code == "suspend.ground"


@pytest.mark.parametrize("ground", special.LEGAL)
def test_every_ground_of_the_law_will_do(office: Office, staff: Staff, ground: str) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, ground, NOTICE, DAYS)
    assert entry(office, no, "suspended") == {
        "ground": ground, "notice": NOTICE, "document_no": "510703市监特告〔2026〕000001号", "planned": DAYS,
        "until": "2026-12-21",
    }  # fmt: skip


def test_without_a_written_notice_no_clock_stops(office: Office, staff: Staff) -> None:
    """R-LIM-5."""
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", " ", DAYS)
    assert refused.code == "suspend.notice"


@pytest.mark.parametrize("planned", ["", "很久", "当场"])
def test_the_notice_tells_the_time(office: Office, staff: Staff, planned: str) -> None:
    """R-LIM-5: 书面告知所需时间."""
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", NOTICE, planned)
    assert refused.code == {"很久": "limit.unreadable"}.get(planned, "suspend.planned")


def test_the_notice_is_a_paper_with_its_article(office: Office, staff: Staff) -> None:
    no = _suspended(office, staff)
    paper = builders.paper(office, no, "stop_notice")
    assert paper.no == "510703市监特告〔2026〕000001号"
    assert (paper.text, paper.articles) == (NOTICE, ["《行政许可法》第四十五条"])


def test_what_stands_is_not_worked_on(office: Office, staff: Staff) -> None:
    no = _suspended(office, staff)
    assert builders.task_refusal(office, staff, step(office, no, "review"), "pass").code == "case.paused"


def test_what_runs_does_not_go_on(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff.of("approver", "SCJG"), approver.resume, no).code == "case.not-paused"


def test_only_who_works_on_the_case_stops_its_clocks(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff["lin"], approver.suspend, no, "检验", NOTICE, DAYS).code == "post.missing"


def test_before_acceptance_there_is_nothing_to_stop(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert (
        refusal(office, staff["lin"], approver.suspend, no, "检验", NOTICE, DAYS).code == "case.wrong-state"
    )


def test_a_step_opened_after_the_pause_has_its_full_time(office: Office, staff: Staff, watch: Watch) -> None:
    no = _suspended(office, staff)
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    builders.work(office, staff, no, until="decide")
    assert str(step(office, no, "decide").due_at) == "2026-12-02 16:00:00+00:00"
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


# Several at once, and longer than announced


def _stops(office: Office, no: str) -> list[int]:
    with office.look() as look:
        return [stop.id for stop in stops.open_(look.db, cases.id_of(look.db, no))]


def test_stops_overlap_and_count_once(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5: 11-23 to 11-27 and 11-25 to 12-01 are six working days, not eight."""
    no, by = _suspended(office, staff), staff.of("approver", "SCJG")
    watch.set("2026-11-25 10:00")
    do(office, by, approver.suspend, no, "鉴定", NOTICE, DAYS)
    first, second = _stops(office, no)
    watch.set("2026-11-27 10:00")
    do(office, by, approver.resume, no, first)
    assert case_row(office, no).paused_at is not None
    watch.set("2026-12-01 10:00")
    do(office, by, approver.resume, no, second)
    assert (case_row(office, no).paused_at, last_days(office, no)["promised"]) == (None, "2026-12-15")


def test_of_two_open_stops_one_says_which_ends(office: Office, staff: Staff) -> None:
    no, by = _suspended(office, staff), staff.of("approver", "SCJG")
    do(office, by, approver.suspend, no, "鉴定", NOTICE, DAYS)
    assert refusal(office, by, approver.resume, no).code == "resume.which"
    do(office, by, approver.resume, no, _stops(office, no)[1], "鉴定合格")
    assert entry(office, no, "resumed")["ground"] == "鉴定"
    assert step(office, no, "review").paused_at is not None


def test_the_same_case_is_stopped_five_times(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5: five stops of one working day each, Mondays to Tuesdays."""
    no, by = builders.accepted(office, staff, FOOD), staff.of("approver", "SCJG")
    for monday in ("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"):
        watch.set(f"{monday} 10:00")
        do(office, by, approver.suspend, no, "检验", NOTICE, "3 workday")
        watch.pass_days(1)
        do(office, by, approver.resume, no)
    assert (
        last_days(office, no)["promised"] == "2026-12-10"
    )  # 12-07, and three of the five days lay before it
    told = [paper.kind for paper in builders.papers(office, no)]
    assert (told.count("stop_notice"), told.count("resumption")) == (5, 5)


def test_what_lasts_longer_no_longer_stops_the_clock(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-6: three days were announced; the fourth counts, the procedure is late by itself."""
    no, by = builders.accepted(office, staff, FOOD), staff.of("approver", "SCJG")
    do(office, by, approver.suspend, no, "检验", NOTICE, "3 workday")
    watch.set("2026-11-27 09:00")  # announced to Thursday the 26th
    assert worker.drain(office) == 1
    assert entry(office, no, "deadline passed")["clock"] == "special"
    assert (case_row(office, no).paused_at, last_days(office, no)["promised"]) == (None, "2026-12-10")
    watch.set("2026-12-04 09:00")
    do(office, by, approver.resume, no)
    assert last_days(office, no)["promised"] == "2026-12-10"
    assert "special" not in clocks(office, no)


def test_after_the_announced_time_the_case_is_worked_on(office: Office, staff: Staff, watch: Watch) -> None:
    no, by = builders.accepted(office, staff, FOOD), staff.of("approver", "SCJG")
    do(office, by, approver.suspend, no, "检验", NOTICE, "1 workday")
    watch.set("2026-11-25 09:00")
    worker.drain(office)
    builders.work(office, staff, no)
    assert state(office, no) == "granted"


def test_the_ledger_tells_what_was_known_when(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-7: half-open intervals without a gap; the clock's end closes the last."""
    no, by = builders.accepted(office, staff, FOOD), staff.of("approver", "SCJG")
    watch.set("2026-11-24 10:00")
    do(office, by, approver.suspend, no, "检验", NOTICE, "3 workday")
    watch.set("2026-11-26 10:00")
    do(office, by, approver.resume, no)
    known = [(d.cause, str(last_day(d.due_at))) for d in builders.known(office, no, "promised")]
    assert known == [("started", "2026-12-07"), ("stopped", "2026-12-10"), ("resumed", "2026-12-09")]
    told = builders.known(office, no, "promised")
    assert [d.until for d in told] == [told[1].since, told[2].since, None]


# Activities that stop the clocks themselves

SUBSIDY = "disability_subsidies"


def _publicised(office: Office, staff: Staff) -> str:
    no = builders.accepted(office, staff, SUBSIDY)
    builders.work(office, staff, no, until="publicise")
    return no


def test_an_activity_stops_the_clocks_when_it_opens(office: Office, staff: Staff) -> None:
    """公示 for seven days, from Monday to Monday: five working days that do not count."""
    no = builders.accepted(office, staff, SUBSIDY)
    before = last_days(office, no)["promised"]
    builders.work(office, staff, no, until="publicise")
    days = last_days(office, no)
    assert (before, days["promised"], days["special"]) == ("2026-12-21", "2026-12-28", "2026-11-30")
    assert "公示" in builders.paper(office, no, "stop_notice").text
    assert step(office, no, "publicise").paused_at is None


def test_it_lets_them_go_on_when_it_closes(office: Office, staff: Staff, watch: Watch) -> None:
    no = _publicised(office, staff)
    watch.set("2026-11-27 10:00")
    builders.complete(office, staff, step(office, no, "publicise"))
    assert (case_row(office, no).paused_at, last_days(office, no)["promised"]) == (None, "2026-12-25")
    assert "special" not in clocks(office, no)
    assert entry(office, no, "resumed")["ground"] == "公示"


def test_nobody_ends_it_by_hand(office: Office, staff: Staff) -> None:
    no = _publicised(office, staff)
    by = builders.holder(office, staff, step(office, no, "publicise"))
    assert refusal(office, by, approver.resume, no).code == "resume.by-task"


def test_it_is_late_by_itself(office: Office, staff: Staff, watch: Watch) -> None:
    no = _publicised(office, staff)
    watch.set("2026-12-01 00:00")
    worker.drain(office)
    assert entry(office, no, "deadline passed")["clock"] == "special"
    assert case_row(office, no).paused_at is None


def test_taking_the_application_back_ends_every_stop(office: Office, staff: Staff) -> None:
    no = _suspended(office, staff)
    do(office, APPLICANT, applicant.withdraw, no, "不办了")
    assert (_stops(office, no), case_row(office, no).paused_at, clocks(office, no)) == ([], None, {})


def test_taken_back_it_goes_on_as_if_it_had_not_ended(office: Office, staff: Staff, watch: Watch) -> None:
    no = _publicised(office, staff)
    publicise = step(office, no, "publicise")
    watch.set("2026-11-25 10:00")
    builders.complete(office, staff, publicise)
    with office.act(builders.holder(office, staff, publicise)) as act:
        approver.recall(act, publicise.id)
    assert (case_row(office, no).paused_at is None, last_days(office, no)["promised"]) == (
        False,
        "2026-12-28",
    )
    assert last_days(office, no)["special"] == "2026-11-30"
