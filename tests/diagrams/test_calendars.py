"""The calendars in the box: every year from 2012 to 2026, unchanged, with the notices they rest on."""

import json
from datetime import date
from typing import Any

import pytest

from tests.diagrams.shelf import BPMN

YEARS = range(2012, 2027)

every_year = pytest.mark.parametrize("year", YEARS)


def read(year: int) -> Any:
    return json.loads((BPMN / "calendars" / f"{year}.json").read_text(encoding="utf-8"))


def test_no_year_is_missing() -> None:
    assert sorted(path.stem for path in BPMN.glob("calendars/*.json")) == [str(year) for year in YEARS]


@every_year
def test_a_year_names_its_notices(year: int) -> None:
    told = read(year)
    assert told["year"] == year
    assert told["papers"]
    assert all("gov.cn" in paper for paper in told["papers"])


@every_year
def test_a_day_stands_once_with_a_name(year: int) -> None:
    days = read(year)["days"]
    assert len({day["date"] for day in days}) == len(days)
    assert all(day["name"] and isinstance(day["isOffDay"], bool) for day in days)
    # A notice may reach back into the December before (2018-12-29).
    assert all(date(year - 1, 12, 1) <= date.fromisoformat(day["date"]) <= date(year, 12, 31) for day in days)


def test_the_source_is_named() -> None:
    notice = (BPMN / "calendars" / "NOTICE").read_text(encoding="utf-8")
    assert "holiday-cn" in notice
    assert "MIT License" in notice
