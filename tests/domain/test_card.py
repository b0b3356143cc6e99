"""Red and yellow cards: two readings of the colours, and the boundary cases of a real supervision system."""

import json
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.config import BPMN
from engine.domain import card
from engine.domain.calendar import Calendar
from engine.domain.card import Kind, Level, Rules, Watched
from engine.domain.deadline import BEIJING, Pause
from engine.domain.errors import Malformed
from engine.domain.limit import Limit

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "domain" / "cards_oracle.json"
#: The words of the oracle that are not ours.
OURS = {"warn": "notice", "cert": "certificate"}
CASES = json.loads(ORACLE.read_text(encoding="utf8")) if ORACLE.exists() else []
MONDAY = datetime(2026, 3, 2, 10, tzinfo=BEIJING)


@cache
def calendar() -> Calendar:
    notices = sorted((BPMN / "calendars").glob("[0-9]*.json"))
    return Calendar.from_holiday_cn((json.loads(path.read_text("utf-8")) for path in notices), version="2026")


def rules(name: str) -> Rules:
    return Rules.read(name, yaml.safe_load((BPMN / "cards" / f"{name}.yaml").read_text(encoding="utf8")))


def days(n: int | None) -> Limit | None:
    return Limit.parse(f"{n} workday") if n else None


def case(promised: int, legal: int | None = None, *pauses: Pause, kind: Kind = Kind.CASE) -> Watched:
    return Watched(kind, MONDAY, Limit.parse(f"{promised} workday"), days(legal), pauses)


@pytest.mark.skipif(not CASES, reason="the public boundary cases are not beside the project")
@pytest.mark.parametrize("told", CASES, ids=lambda told: f"{told['kind']}-{told['elapsed']}")
def test_the_thresholds_of_hunan_agree_to_the_second(told: dict[str, Any]):
    watched = Watched(
        Kind(OURS.get(told["kind"], told["kind"])),
        datetime.fromisoformat(told["accepted"]).replace(tzinfo=BEIJING),
        Limit.parse(f"{told['limit']} workday"),
        days(told["legal"]),
    )
    at = datetime.fromisoformat(told["at"]).replace(tzinfo=BEIJING)
    found = card.level(card.moments(rules("hunan-2018"), watched, calendar()), at)
    assert found == OURS.get(told["expected"], told["expected"])


def test_the_house_warns_then_shows_yellow_beyond_the_promise_and_red_beyond_the_law():
    reached = card.moments(rules("lianban-2026"), case(10, 20), calendar())
    assert [level for _, level in reached] == [Level.NOTICE, Level.YELLOW, Level.RED]
    assert [f"{moment.astimezone(BEIJING):%m-%d %H:%M}" for moment, _ in reached] == [
        "03-12 00:00",  # two of ten working days are left once the seventh (03-11) is over
        "03-17 00:00",  # the tenth day is 03-16
        "03-31 00:00",  # the twentieth is 03-30
    ]


def test_without_a_legal_limit_beyond_the_promise_late_is_red_at_once():
    reached = card.moments(rules("lianban-2026"), case(5, 5), calendar())
    assert card.level(reached, reached[-1][0]) is Level.RED


def test_a_limit_of_two_days_is_not_near_on_its_first():
    """R-CNT-1: on the day it begins two working days are left, and one from the next day on."""
    reached = card.moments(rules("lianban-2026"), case(2, 20), calendar())
    assert f"{reached[0][0].astimezone(BEIJING):%m-%d %H:%M}" == "03-03 00:00"


def test_the_lamp_turns_yellow_before_the_day_and_red_after_it():
    reached = card.moments(rules("lamp-2026"), case(5, 20), calendar())
    at = datetime(2026, 3, 6, 9, tzinfo=BEIJING)  # one of five working days is left
    assert card.level(reached, at) is Level.YELLOW
    assert card.level(reached, at + timedelta(days=3, hours=15)) is Level.RED  # 03-09 is the fifth


def test_a_pause_moves_every_level():
    stopped = Pause(datetime(2026, 3, 3, 9, tzinfo=BEIJING), datetime(2026, 3, 6, 9, tzinfo=BEIJING), "检测")
    plain = card.moments(rules("lianban-2026"), case(10, 20), calendar())
    moved = card.moments(rules("lianban-2026"), case(10, 20, stopped), calendar())
    assert [calendar().count(a.date(), b.date()) for (a, _), (b, _) in zip(plain, moved, strict=True)] == [
        3
    ] * 3


@given(promised=st.integers(1, 60), more=st.integers(0, 60), hours=st.integers(0, 4000))
def test_a_level_never_falls_while_nobody_touches_the_clock(promised: int, more: int, hours: int):
    reached = card.moments(rules("hunan-2018"), case(promised, promised + more), calendar())
    at = MONDAY + timedelta(hours=hours)
    order = list(Level)
    assert order.index(card.level(reached, at)) <= order.index(card.level(reached, at + timedelta(hours=7)))


@pytest.mark.parametrize("broken", [{}, {"title": "x", "precision": "date", "kinds": {"moon": []}}, []])
def test_rules_that_cannot_be_read_are_refused(broken: Any):
    with pytest.raises(Malformed) as refused:
        Rules.read("broken", broken)
    assert refused.value.code == "cards.unreadable"
