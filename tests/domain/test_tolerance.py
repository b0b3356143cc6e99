"""What may come later, and by when (容缺受理)."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import Calendar
from engine.domain.deadline import BEIJING, end_of
from engine.domain.errors import Incomplete, Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.material import Line, Requirement, Standing
from engine.domain.tolerance import Commitment, OnOverdue, latest_due, tolerate

NOTICE = json.loads(
    (Path(__file__).parents[2] / "bpmn" / "calendars" / "2026.json").read_text(encoding="utf8")
)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
#: An ordinary autumn: Monday to Friday.
PLAIN = Calendar.from_holiday_cn([NOTICE], version="2026")
DAYS = Limit(5, Unit.WORKDAY)

RULES = Line(Requirement("rules", "管理制度", secondary=True), Standing.MISSING)
PHOTO = Line(Requirement("photo", "照片", secondary=True), Standing.REJECTED)
FORM = Line(Requirement("form", "申请书", secondary=False), Standing.MISSING)


def _tolerate(
    checked: Sequence[Line], codes: Sequence[str], by: date | None = None, **more: Any
) -> Commitment:
    terms: dict[str, Any] = {
        "at": MONDAY,
        "most": DAYS,
        "promised": Limit(10, Unit.WORKDAY),
        "on_overdue": OnOverdue.DENY,
        "calendar": PLAIN,
    }
    return tolerate(checked, codes, by, **(terms | more))


def test_secondary_materials_may_be_promised_by_the_latest_day() -> None:
    """R-TOL-1, R-TOL-2: what, by when, and what follows."""
    assert _tolerate([RULES, PHOTO], ["rules"]) == Commitment(
        ("rules",), end_of(date(2026, 11, 30)), OnOverdue.DENY
    )


def test_nothing_is_tolerated_while_a_primary_material_is_missing() -> None:
    """R-TOL-1."""
    with pytest.raises(Incomplete, match="申请书") as refused:
        _tolerate([RULES, FORM], ["rules"])
    assert refused.value.code == "tolerance.primary-missing"


@pytest.mark.parametrize("codes", [[], ["form"], ["rules", "form"], ["unheard-of"]])
def test_only_what_is_missing_and_secondary_can_be_promised(codes: list[str]) -> None:
    """R-TOL-1: what the guide does not list is not tolerated."""
    with pytest.raises(Malformed) as refused:
        _tolerate([RULES], codes)
    assert refused.value.code == "tolerance.not-tolerable"


def test_what_lies_on_the_shelf_is_not_promised() -> None:
    there = Line(RULES.requirement, Standing.RECEIVED)
    with pytest.raises(Malformed):
        _tolerate([there, PHOTO], ["rules"])


@pytest.mark.parametrize("by", [date(2026, 11, 22), date(2026, 12, 1)])
def test_the_day_lies_between_today_and_the_latest(by: date) -> None:
    """R-TOL-4."""
    with pytest.raises(Malformed, match="2026-11-23 至 2026-11-30") as refused:
        _tolerate([RULES], ["rules"], by)
    assert refused.value.code == "tolerance.date"


@pytest.mark.parametrize("by", [date(2026, 11, 23), date(2026, 11, 30)])
def test_both_ends_are_allowed(by: date) -> None:
    assert _tolerate([RULES], ["rules"], by).due_at == end_of(by)


def test_the_promised_limit_binds_where_it_is_shorter() -> None:
    """R-TOL-4: not longer than the matter itself may take."""
    assert _tolerate([RULES], ["rules"], promised=Limit(2, Unit.WORKDAY)).due_at == end_of(date(2026, 11, 25))


@pytest.mark.parametrize("promised", [Limit(0, Unit.ONSPOT), Limit(4, Unit.HOUR), Limit(30, Unit.MINUTE)])
def test_a_matter_of_hours_has_no_days_to_stay_within(promised: Limit) -> None:
    assert latest_due(MONDAY, DAYS, promised, PLAIN) == end_of(date(2026, 11, 30))


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 200))
def test_the_latest_day_is_the_shorter_of_the_two(most: int, promised: int, later: int) -> None:
    at = MONDAY + timedelta(hours=later)
    found = latest_due(at, Limit(most, Unit.WORKDAY), Limit(promised, Unit.WORKDAY), PLAIN)
    assert found == latest_due(at, Limit(min(most, promised), Unit.WORKDAY), Limit(99, Unit.WORKDAY), PLAIN)
