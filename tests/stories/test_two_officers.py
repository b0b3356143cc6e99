"""两名以上工作人员 (许可法 34 条三款、55 条; R-LIM-6): who looks is of the office, two or more, and nobody's friend."""

from collections.abc import Callable

import pytest

from engine import worker
from engine.office import Office
from engine.services import inspecting
from tests import builders, drawings
from tests.builders import do, refusal
from tests.conftest import Watch
from tests.people import Staff
from tests.stories.test_joint_inspection import FOOD, pair, visit


def _twice(office: Office, staff: Staff) -> list[int]:
    return [staff.of("inspector", "SCJG").id or 0] * 2


def _stranger(office: Office, staff: Staff) -> list[int]:
    return [staff.of("inspector", "SCJG").id or 0, staff.of("inspector", "XFJY").id or 0]


def _party(office: Office, staff: Staff) -> list[int]:
    return [
        staff.of("inspector", "SCJG").id or 0,
        builders.hired(office, builders.WANG.name, "SCJG", "inspector").id or 0,
    ]


def _alone(office: Office, staff: Staff) -> list[int]:
    return [staff.of("inspector", "SCJG").id or 0]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        (_alone, "inspection.officers"),
        (_twice, "inspection.officer-twice"),
        (_stranger, "inspection.officer-other"),
        (_party, "inspection.officer-party"),
    ],
)
def test_who_may_not_go_is_named(
    office: Office, staff: Staff, chosen: Callable[[Office, Staff], list[int]], code: str
) -> None:
    no = builders.accepted(office, staff, FOOD)
    teams = {no: chosen(office, staff)}
    refused = refusal(office, staff["lin"], inspecting.plan, no, visit(office), teams)
    assert (refused.code, refused.field) == (code, "officers")


def on_test(office: Office, staff: Staff) -> str:
    """An accepted case whose own procedure is a test."""
    drawn = drawings.matter().user(
        "test", "检测", role="inspector", stage="review", suspends="检测", limit="10 workday"
    )
    drawn.path("accept", "review", "test", "decide")
    builders.redraw(office, staff, FOOD, drawn.xml())
    return builders.accepted(office, staff, FOOD)


def test_who_tests_is_assigned_within_five_days(office: Office, staff: Staff) -> None:
    """R-LIM-6: five working days from the acceptance."""
    no, chief = on_test(office, staff), staff.of("chief", "SCJG")
    assert builders.last_days(office, no)["assign"] == "2026-11-30"
    assert refusal(office, chief, inspecting.assign, no, _alone(office, staff)).code == "inspection.officers"
    do(office, chief, inspecting.assign, no, pair(office, staff, "SCJG"))
    assert "assign" not in builders.clocks(office, no)


def test_who_assigns_late_has_his_card(office: Office, staff: Staff, watch: Watch) -> None:
    """R-LIM-6, §5: lateness moves nothing, and is seen."""
    no = on_test(office, staff)
    watch.set("2026-12-01 09:00")
    worker.drain(office)
    assert builders.entry(office, no, "deadline passed")["clock"] == "assign"
    assert {"clock": "assign", "level": "red"}.items() <= builders.entry(office, no, "card").items()
    do(office, staff.of("chief", "SCJG"), inspecting.assign, no, pair(office, staff, "SCJG"))
    assert "assign" not in builders.clocks(office, no)


def test_what_tests_nothing_assigns_nobody(office: Office, staff: Staff) -> None:
    assert "assign" not in builders.clocks(office, builders.accepted(office, staff, FOOD))
