"""听证 (rulebook §1.4, R-LIM-7): told, asked for within five days, held within twenty, by who did not examine."""

from datetime import datetime
from typing import Any

import pytest

from engine import worker
from engine.domain.identity import APPLICANT
from engine.domain.upload import Upload
from engine.office import Office
from engine.services import hearing, keeping
from tests import builders
from tests.builders import acts, do, refusal, step
from tests.conftest import BEIJING, Watch
from tests.people import Staff

FOOD, PLACE = "food_operation_new", "政务大厅三楼听证室"
WHY = "拟准予许可，直接涉及邻铺的重大利益。"


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 09:30").replace(tzinfo=BEIJING)


@pytest.fixture
def told(office: Office, staff: Staff) -> str:
    """A case that waits for its decision, its applicant told that he may be heard."""
    no = builders.accepted(office, staff, FOOD)
    builders.work(office, staff, no, until="decide")
    do(office, staff.of("approver", "SCJG"), hearing.announce, no, WHY)
    return no


@pytest.fixture
def asked(office: Office, told: str) -> str:
    do(office, APPLICANT, hearing.ask, told, "气味扰民")
    return told


def decided(office: Office, staff: Staff, no: str) -> Any:
    return builders.task_refusal(office, staff, step(office, no, "decide"), "granted").code


def test_from_the_asking_to_the_holding_the_clocks_stand_still(
    office: Office, staff: Staff, watch: Watch, asked: str
) -> None:
    """R-LIM-5, R-LIM-7: by written notice; twenty days to hold it; then the decision rests on its record."""
    assert builders.last_days(office, asked)["hearing"] == "2026-12-21"
    assert "听证" in builders.paper(office, asked, "stop_notice").text
    assert decided(office, staff, asked) == "case.paused"
    chair = staff.of("chief", "SCJG")
    do(office, staff.of("approver", "SCJG"), hearing.schedule, asked, at("2026-12-02"), PLACE, chair.id or 0)
    watch.set("2026-12-02 09:30")
    with office.act(chair) as act:
        record = keeping.keep(act, Upload("笔录.pdf", "application/pdf", b"%PDF-1.4 record"))
        hearing.hold(act, act.case(asked), "邻铺同意加装净化设施。", record)
    assert (
        builders.last_days(office, asked)["promised"] == "2026-12-16"
    )  # 12-07, and the seven days stood still
    builders.work(office, staff, asked)
    assert builders.state(office, asked) == "granted"


def test_nobody_decides_before_the_right_has_run_out(
    office: Office, staff: Staff, watch: Watch, told: str
) -> None:
    assert decided(office, staff, told) == "hearing.open"
    watch.set("2026-12-01 09:00")  # told on the 23rd; five working days end on the 30th
    assert refusal(office, APPLICANT, hearing.ask, told).code == "hearing.too-late"
    builders.work(office, staff, told)
    assert builders.state(office, told) == "granted"


def test_who_gives_the_right_up_is_not_waited_for(office: Office, staff: Staff, told: str) -> None:
    do(office, APPLICANT, hearing.waive, told)
    builders.work(office, staff, told)
    assert builders.state(office, told) == "granted"


@pytest.mark.parametrize(
    ("day", "role", "code"),
    [
        ("2026-12-01", "chief", "hearing.notice"),
        ("2026-12-22", "chief", "hearing.late"),
        ("2026-12-02", "approver", "hearing.chair"),
    ],
    ids=["six days' notice", "the twenty-first day", "who examined it"],
)
def test_when_it_is_held_and_who_may_not_sit_in_the_chair(
    office: Office, staff: Staff, asked: str, day: str, role: str, code: str
) -> None:
    chair = staff.of(role, "SCJG").id or 0
    by = staff.of("approver", "SCJG")
    assert refusal(office, by, hearing.schedule, asked, at(day), PLACE, chair).code == code


def test_one_held_too_late_is_seen_and_still_comes_first(
    office: Office, staff: Staff, watch: Watch, asked: str
) -> None:
    """R-CNT-6: after twenty days the clocks go on, and the decision waits all the same."""
    watch.set("2026-12-22 09:00")
    worker.drain(office)
    assert acts(office, asked).count("deadline passed") >= 2
    assert builders.case_row(office, asked).paused_at is None
    assert decided(office, staff, asked) == "hearing.first"
