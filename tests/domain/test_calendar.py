"""The working-day calendar: the State Council's notices, read as they were published, and what lies beyond."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.calendar import Calendar
from engine.domain.day import Day, statutory
from engine.domain.errors import Malformed

NOTICES = Path(__file__).parents[2] / "bpmn" / "calendars"
DAYS_OFF_BY_LAW = 13


@cache
def notices(last: int = 2026) -> tuple[dict[str, Any], ...]:
    found = (json.loads(path.read_text("utf-8")) for path in sorted(NOTICES.glob("[0-9]*.json")))
    return tuple(notice for notice in found if notice["year"] <= last)


@cache
def calendar(last: int = 2026) -> Calendar:
    return Calendar.from_holiday_cn(notices(last), version=f"up to {last}")


def day(text: str) -> date:
    return date.fromisoformat(text)


known_days = st.dates(date(2012, 1, 1), date(2026, 9, 30))


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-28", 10, "2026-10-16"),  # Saturday 10-10 is worked
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-14", 1, "2026-02-24"),  # a Saturday that is worked, then 春节
        ("2026-10-03", 10, "2026-10-20"),  # handed in online within 国庆
        ("2025-09-26", 3, "2025-09-30"),  # Sunday 09-28 is worked
        ("2026-05-06", 20, "2026-06-02"),
    ],
)
def test_working_days_are_counted_as_the_notices_say(start: str, n: int, due: str) -> None:
    assert calendar().add(day(start), n) == day(due)


def test_a_notice_may_change_the_december_before_it() -> None:
    assert calendar(2018).add(day("2018-12-20"), 7) == day("2018-12-31")
    assert calendar(2019).add(day("2018-12-20"), 7) == day("2018-12-29")


def test_the_order_of_the_documents_does_not_matter() -> None:
    backwards = Calendar.from_holiday_cn(reversed(notices(2019)), version="backwards")
    assert backwards.add(day("2018-12-20"), 7) == day("2018-12-29")


def test_a_second_notice_for_the_same_year_wins() -> None:
    extended = {"year": 2026, "days": [{"name": "春节", "date": "2026-02-24", "isOffDay": True}]}
    amended = Calendar.from_holiday_cn([*notices(), extended], version="2026b")
    assert amended.add(day("2026-02-14"), 1) == day("2026-02-25")


def test_the_days_of_a_makeup_and_a_holiday_carry_its_name() -> None:
    assert calendar().is_makeup(day("2026-10-10"))
    assert calendar().name(day("2026-10-10")) == calendar().name(day("2026-10-01")) == "国庆节"
    assert calendar().name(day("2026-11-21")) == ""


@given(known_days, st.integers(1, 250))
@settings(max_examples=200, deadline=None)
def test_adding_and_counting_agree(start: date, n: int) -> None:
    end = calendar().add(start, n)
    assert calendar().is_working(end)
    assert calendar().count(start, end) == n
    assert calendar().count(end, start) == -n


@given(known_days, st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_adding_twice_is_adding_the_sum(start: date, n: int, more: int) -> None:
    assert calendar().add(calendar().add(start, n), more) == calendar().add(start, n + more)


@given(known_days.filter(lambda start: start.year > 2012), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_going_back_counts_the_working_days_before(start: date, n: int) -> None:
    eve = timedelta(days=1)
    back = calendar().add(start, -n)
    assert calendar().is_working(back)
    assert calendar().count(back - eve, start - eve) == n


def test_zero_days_is_the_same_day_even_a_sunday() -> None:
    assert calendar().add(day("2026-11-22"), 0) == day("2026-11-22")


def test_a_friday_a_saturday_and_a_sunday_lead_to_the_same_day() -> None:
    weekend = [day("2026-11-20"), day("2026-11-21"), day("2026-11-22")]
    assert {calendar().add(start, 5) for start in weekend} == {day("2026-11-27")}


def test_the_years_after_the_last_notice_are_provisional() -> None:
    assert calendar().covers(day("2026-12-31"))
    assert not calendar().provisional(day("2026-12-31"))
    assert not calendar().covers(day("2027-01-01"))
    assert calendar().provisional(day("2028-12-31"))
    assert calendar().add(day("2026-12-31"), 1) == day("2027-01-04")


@pytest.mark.parametrize("year", range(2025, 2101))
def test_every_foretold_year_frees_thirteen_working_days(year: int) -> None:
    weekdays_off = [off for off in statutory(year) if off.weekday() < 5]
    assert len(weekdays_off) == DAYS_OFF_BY_LAW


def test_a_feast_on_a_weekend_is_made_good_on_the_next_working_day() -> None:
    assert statutory(2027)[day("2027-05-03")] == Day(working=False, name="劳动节")
    assert {day("2027-10-04"), day("2027-10-05")} <= set(statutory(2027))


def test_mid_autumn_within_the_national_days_is_made_good_too() -> None:
    assert statutory(2028)[day("2028-10-03")].name == "国庆节、中秋节"
    assert statutory(2028)[day("2028-10-05")].name == "中秋节"


def test_the_lunar_feasts_agree_with_an_independent_almanac() -> None:
    lunar = pytest.importorskip("lunardate").LunarDate
    for year in range(2012, 2100):  # the almanac ends before 2100
        for month, lunar_day, name in ((1, 1, "春节"), (5, 5, "端午节"), (8, 15, "中秋节")):
            assert name in statutory(year)[lunar(year, month, lunar_day).to_solar_date()].name


@pytest.mark.parametrize("year", range(2013, 2027))
def test_the_notices_free_every_feast_the_rule_foretells(year: int) -> None:
    feasts = [
        off for off, entry in statutory(year).items() if entry.name[:2] in ("清明", "端午", "中秋", "国庆")
    ]
    first_of_each = {statutory(year)[off].name: off for off in reversed(feasts)}
    assert not any(calendar().is_working(off) for off in first_of_each.values())


@pytest.mark.parametrize("out", ["2011-12-31", "2101-01-01", "1970-01-01"])
def test_a_day_out_of_range_is_refused_by_name(out: str) -> None:
    with pytest.raises(Malformed, match="工作日历") as refused:
        calendar().is_working(day(out))
    assert (refused.value.code, refused.value.field) == ("calendar.out-of-range", out)


def test_counting_beyond_the_horizon_is_refused() -> None:
    for n in (20_000, -5000):
        with pytest.raises(Malformed) as refused:
            calendar().add(day("2026-11-23"), n)
        assert refused.value.code == "calendar.out-of-range"


def test_a_notice_not_yet_out_covers_nothing() -> None:
    awaited = Calendar.from_holiday_cn([*notices(), {"year": 2027, "papers": [], "days": []}], version="x")
    assert awaited.last == day("2026-12-31")


def test_a_missing_year_between_two_notices_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        Calendar.from_holiday_cn([n for n in notices() if n["year"] != 2020], version="x")
    assert refused.value.code == "calendar.gap"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"year": 2026},
        {"year": "2026", "days": [1]},
        {"year": 2026, "days": [{"name": "元旦", "date": "2026-13-01", "isOffDay": True}]},
        {"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": "yes"}]},
        {"year": 2026, "days": [{"name": "元旦"}]},
        {"year": 2026, "days": 7},
        {"year": 0, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}]},
        {"year": 99999, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}]},
        7,
    ],
)
def test_an_unreadable_notice_is_refused(broken: Any) -> None:
    with pytest.raises(Malformed) as refused:
        Calendar.from_holiday_cn([broken], version="x")
    assert refused.value.code == "calendar.unreadable"


def test_no_notice_at_all_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        Calendar.from_holiday_cn([], version="x")
    assert refused.value.code == "calendar.empty"


def test_a_calendar_cannot_be_built_from_no_days() -> None:
    with pytest.raises(Malformed) as refused:
        Calendar("x", {})
    assert refused.value.code == "calendar.empty"


def test_where_the_lunar_table_ends_nothing_is_foretold() -> None:
    assert calendar().horizon == day("2100-12-31")
    late = {"year": 2104, "days": [{"name": "元旦", "date": "2104-01-01", "isOffDay": True}]}
    built = Calendar.from_holiday_cn([late], version="x")
    assert built.horizon == built.last == day("2104-12-31")
