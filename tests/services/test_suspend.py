"""Stopping the clock by law (中止, R-LIM-5) and going on with what was left (R-CNT-5)."""

import pytest

from engine import worker
from engine.office import Office
from engine.services import approver
from tests import builders
from tests.builders import case_row, clocks, do, entry, last_days, open_tasks, refusal, state, step
from tests.conftest import Watch
from tests.people import Staff

FOOD = "food_operation_new"
NOTICE = "特告〔2026〕1号，约需 5 个工作日"


def _suspended(office: Office, staff: Staff, key: str = FOOD, by: str = "SCJG") -> str:
    no = builders.accepted(office, staff, key)
    do(office, staff.of("approver", by), approver.suspend, no, "检验", NOTICE)
    return no


def test_the_clocks_stand_and_nothing_passes(office: Office, staff: Staff, watch: Watch) -> None:
    no = _suspended(office, staff)
    assert {row.armed for row in clocks(office, no).values()} == {False}
    watch.pass_days(60)
    assert worker.drain(office) == 0
    assert case_row(office, no).paused_at is not None
    assert all(task.paused_at is not None for task in open_tasks(office, no))


def test_due_moves_by_exactly_the_working_days_between(office: Office, staff: Staff, watch: Watch) -> None:
    """R-CNT-5, R-CNT-6: from Monday to Friday is four, whatever was announced."""
    no = _suspended(office, staff)
    before = last_days(office, no)
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    after = last_days(office, no)
    assert (before["promised"], after["promised"]) == ("2026-12-07", "2026-12-11")
    assert (before["legal"], after["legal"]) == ("2026-12-14", "2026-12-18")
    assert str(case_row(office, no).promised_due_at) == "2026-12-11 16:00:00+00:00"


def test_the_steps_limit_moves_along(office: Office, staff: Staff, watch: Watch) -> None:
    no = _suspended(office, staff)
    before = step(office, no, "review").due_at
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
    do(office, by, approver.suspend, no, "专家评审", "特告〔2026〕2号")
    watch.set("2026-11-30 10:00")
    do(office, by, approver.resume, no)
    assert last_days(office, no)["promised"] == "2026-12-11"


def test_over_a_weekend_nothing_moves(office: Office, staff: Staff, watch: Watch) -> None:
    no = builders.accepted(office, staff, FOOD)
    watch.set("2026-11-27 16:00")
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", NOTICE)
    watch.set("2026-11-29 10:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    assert last_days(office, no)["promised"] == "2026-12-07"


@pytest.mark.parametrize("ground", ["现场勘验", "技术审查", "领导出差", ""])
def test_the_grounds_are_closed(office: Office, staff: Staff, ground: str) -> None:
    """R-LIM-5: inspections count."""
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff.of("approver", "SCJG"), approver.suspend, no, ground, NOTICE)
    assert refused.code == "suspend.ground"


@pytest.mark.parametrize("ground", approver.GROUNDS)
def test_every_ground_of_the_law_will_do(office: Office, staff: Staff, ground: str) -> None:
    no = builders.accepted(office, staff, FOOD)
    do(office, staff.of("approver", "SCJG"), approver.suspend, no, ground, NOTICE)
    assert entry(office, no, "suspended") == {"ground": ground, "notice": NOTICE}


def test_without_a_written_notice_no_clock_stops(office: Office, staff: Staff) -> None:
    """R-LIM-5."""
    no = builders.accepted(office, staff, FOOD)
    refused = refusal(office, staff.of("approver", "SCJG"), approver.suspend, no, "检验", " ")
    assert refused.code == "suspend.notice"


def test_what_stands_is_not_stopped_again_nor_worked_on(office: Office, staff: Staff) -> None:
    no = _suspended(office, staff)
    by = staff.of("approver", "SCJG")
    assert refusal(office, by, approver.suspend, no, "检验", NOTICE).code == "case.paused"
    assert builders.task_refusal(office, staff, step(office, no, "review"), "pass").code == "case.paused"


def test_what_runs_does_not_go_on(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff.of("approver", "SCJG"), approver.resume, no).code == "case.not-paused"


def test_only_who_works_on_the_case_stops_its_clocks(office: Office, staff: Staff) -> None:
    no = builders.accepted(office, staff, FOOD)
    assert refusal(office, staff["lin"], approver.suspend, no, "检验", NOTICE).code == "post.missing"


def test_before_acceptance_there_is_nothing_to_stop(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, FOOD)
    assert refusal(office, staff["lin"], approver.suspend, no, "检验", NOTICE).code == "case.wrong-state"


def test_a_step_opened_after_the_pause_has_its_full_time(office: Office, staff: Staff, watch: Watch) -> None:
    no = _suspended(office, staff)
    watch.set("2026-11-27 15:00")
    do(office, staff.of("approver", "SCJG"), approver.resume, no)
    builders.work(office, staff, no, until="decide")
    assert str(step(office, no, "decide").due_at) == "2026-12-02 16:00:00+00:00"
    builders.work(office, staff, no)
    assert state(office, no) == "granted"
