"""A holiday notice as it comes in: what is read, what is refused and why, what it changes."""

import json
from datetime import date
from typing import Any

import pytest

from engine.domain import notice as rules
from engine.domain.calendar import Calendar
from engine.domain.day import Day
from engine.domain.errors import Malformed
from tests.domain.test_calendar import calendar, day, notices

WHOLE = next(notice for notice in notices() if notice["year"] == 2026)


def said(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def code(source: bytes) -> str:
    with pytest.raises(Malformed) as refused:
        rules.arranged(calendar(), rules.read(source))
    return refused.value.code


def after(source: bytes, now: Calendar | None = None) -> dict[date, Day]:
    """The days that a notice changes."""
    now = now or calendar()
    new = rules.arranged(now, rules.read(source))
    return {d: entry for d, entry in new.items() if d > now.last or now.day(d) != entry}


def next_year(**more: Any) -> dict[str, Any]:
    """A whole arrangement of 2027, of feasts that fall on any day."""
    days = [
        {"name": e["name"], "date": e["date"].replace("2026", "2027"), "isOffDay": e["isOffDay"]}
        for e in WHOLE["days"]
    ]
    return {"year": 2027, "papers": ["https://www.gov.cn/2027"], "days": days, **more}


def test_json_and_a_table_say_the_same() -> None:
    table = "日期,放假,名称\n2026-11-30,true,停办\n2026/12/5,false,调休\n2026年12月6日,班,调休\n".encode()
    assert rules.read(table).days == {
        day("2026-11-30"): Day(working=False, name="停办"),
        day("2026-12-05"): Day(working=True, name="调休"),
        day("2026-12-06"): Day(working=True, name="调休"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_any_chinese_spreadsheet_is_read(encoding: str) -> None:
    found = rules.read("date\toff\tname\n2026-11-30\t休\t停办".encode(encoding))
    assert found.days[day("2026-11-30")] == Day(working=False, name="停办")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", "calendar.empty"),
        (b"{", "calendar.unreadable"),
        (b"[]", "calendar.unreadable"),
        (b"\xff\xfe\x00", "calendar.unreadable"),
        (b'{"year":2026,"days":[]}', "calendar.empty"),
        (said({"year": 2026, "days": [{"date": "2026-13-01", "name": "x", "isOffDay": True}]}), "calendar.unreadable"),
        (said({"year": 2026, "days": [{"date": "2027-01-01", "name": "x", "isOffDay": True}]}), "calendar.year"),
        (said({"year": 2026, "days": [{"date": "2025-11-30", "name": "x", "isOffDay": True}]}), "calendar.year"),
        (b"2026-11-31,true,x", "calendar.unreadable"),
        (b"2026-11-30,perhaps,x", "calendar.unreadable"),
        (b"2026-11-30,true,x\n2026-11-30,false,x", "calendar.twice"),
        (b"2026-11-30,,", "calendar.above"),
        (b"2099-11-30,true,x", "calendar.gap"),
        (b"1999-11-30,true,x", "calendar.gap"),
        (said({**next_year(), "year": 2028, "days": [
            {**e, "date": e["date"].replace("2027", "2028")} for e in next_year()["days"]
        ]}), "calendar.gap"),
        (said(next_year(days=next_year()["days"][:3])), "calendar.incomplete"),
        (b"2027-01-01,true,x", "calendar.incomplete"),
        (b"2" * (rules.MOST_BYTES + 1), "calendar.too-large"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name(source: bytes, expected: str) -> None:
    assert code(source) == expected


def test_an_amendment_changes_the_days_it_names_and_no_others() -> None:
    part = {"year": 2026, "days": [{"name": "春节", "date": "2026-02-24", "isOffDay": True}]}
    assert after(said(part)) == {day("2026-02-24"): Day(working=False, name="春节")}


def test_a_whole_arrangement_takes_back_what_it_no_longer_names() -> None:
    corrected = {**WHOLE, "days": [e for e in WHOLE["days"] if e["date"] != "2026-10-10"]}
    assert after(said(corrected)) == {day("2026-10-10"): Day(working=False)}


def test_a_whole_arrangement_leaves_its_own_december_to_the_next_year() -> None:
    """R-CNT-7: 2018 handed in again does not undo what the notice for 2019 said of 2018-12-29."""
    again = next(notice for notice in notices() if notice["year"] == 2018)
    assert after(said(again), calendar(2019)) == {}


def test_a_new_year_covers_all_its_days_and_may_change_the_december_before() -> None:
    early = next_year()
    early["days"] = [*early["days"], {"name": "元旦", "date": "2026-12-27", "isOffDay": False}]
    changed = after(said(early))
    assert changed[day("2026-12-27")] == Day(working=True, name="元旦")
    assert {d.year for d in changed if d != day("2026-12-27")} == {2027}
    assert len(changed) == 366


def test_what_was_foretold_and_what_is_past_is_said() -> None:
    new = Calendar("new", rules.arranged(calendar(), rules.read(said(next_year()))))
    found = rules.changes(calendar(), new, today=day("2027-02-01"))
    assert all(change.foretold for change in found)
    assert {change.past for change in found if change.day < day("2027-02-01")} == {True}
    assert not any(change.past for change in found if change.day >= day("2027-02-01"))


def test_a_region_adds_days_and_gives_them_back() -> None:
    one = rules.overlaid({}, rules.read("2026-04-19,true,三月三\n2026-04-20,true,三月三".encode()))
    two = rules.overlaid(one, rules.read(b"2026-04-20,,"))
    assert two == {day("2026-04-19"): Day(working=False, name="三月三")}


def test_an_overlay_differs_only_on_its_own_days() -> None:
    over = calendar().overlaid("x", {day("2027-04-19"): Day(working=False, name="三月三")})
    assert [change.day for change in rules.changes(calendar(), over, day("2026-11-23"))] == [
        day("2027-04-19")
    ]
    assert over.last == calendar().last
    assert over.provisional(day("2027-04-19"))
    assert over.add(day("2027-04-18"), 1) == day("2027-04-20")
