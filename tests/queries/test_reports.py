"""The manager's figures: each equals its list, and its yellow is the rules' yellow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import Calendar
from engine.domain.case import Channel
from engine.domain.day import Day, plain
from engine.domain.deadline import BEIJING, Clock, Light, due, light
from engine.domain.errors import Malformed, NotFound, NotYours
from engine.domain.identity import Actor, Post
from engine.domain.limit import Limit, Unit
from engine.office import Office
from engine.queries import figures, filters, handover, listing, reports
from engine.queries.counting import Counting, near_until
from engine.queries.figures import FIGURES
from engine.queries.filters import Filters
from engine.services import approver, manager
from engine.store import cases, deadlines
from tests import builders
from tests.conftest import Watch
from tests.people import Staff

EVERYTHING = Filters()
CALENDAR = Calendar(
    "test", {date(2026, 1, 1) + timedelta(days=n): plain(date(2026, 1, 1) + timedelta(days=n)) for n in range(365)}
    | {date(2026, 10, n): Day(working=False, name="国庆节") for n in range(1, 8)},
)  # fmt: skip


def keys(office: Office, asked: Filters = EVERYTHING) -> dict[str, int]:
    with office.look() as look:
        counted = Counting(look.db, look.calendar, look.at, asked)
        return {figure.key: figures.count(counted, figure.key) for figure in FIGURES}


def numbers(office: Office, key: str, asked: Filters = EVERYTHING) -> list[str]:
    with office.look() as look:
        found = listing.listing(look.db, look.calendar, look.at, asked, key, most=listing.MOST)
    return [line.no for line in found.lines]


@pytest.fixture
def district(office: Office, staff: Staff, watch: Watch) -> dict[str, str]:
    """Cases in every light: late, past the legal limit, near, green, paused, decided in time and too late."""
    found: dict[str, str] = {}
    for name, day in _BEGAN.items():
        watch.set(f"{day} 10:00")
        found[name] = builders.accepted(office, staff, "small_catering")
    watch.set("2026-11-19 10:00")
    for name in ("in time", "too late"):
        builders.work(office, staff, found[name])
    with office.act(staff.of("chief", "SCJG")) as act:
        approver.suspend(act, act.take(cases.id_of(act.db, found["paused"])), "鉴定", "须鉴定", "30 workday")
    watch.set("2026-11-23 10:00")
    return found


#: Promised ten working days, legal twenty; today is Monday 2026-11-23.
_BEGAN = {
    "unlawful": "2026-10-22",
    "too late": "2026-10-23",
    "late": "2026-11-05",
    "near": "2026-11-10",
    "in time": "2026-11-12",
    "paused": "2026-11-13",
    "green": "2026-11-20",
}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_every_figure_is_as_long_as_its_list(
    office: Office, district: dict[str, str], figure: figures.Figure
) -> None:
    for asked in (
        EVERYTHING,
        Filters(department="SCJG"),
        Filters(month="2026-10"),
        Filters(day=date(2026, 11, 19)),
    ):
        assert keys(office, asked)[figure.key] == len(numbers(office, figure.key, asked))


def test_cases_stand_under_the_light_the_law_gives_them(office: Office, district: dict[str, str]) -> None:
    assert numbers(office, "red") == [district["unlawful"], district["late"]]
    assert numbers(office, "legal") == [district["unlawful"]]
    assert numbers(office, "yellow") == [district["near"]]
    assert numbers(office, "paused") == [district["paused"]]
    assert numbers(office, "in-time") == [district["in time"]]
    assert numbers(office, "too-late") == [district["too late"]]
    assert len(numbers(office, "open")) == 5


def test_the_board_adds_up_to_its_parts(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        board = reports.overdue(look.db, look.calendar, look.at, EVERYTHING)
    counts = {tile.key: tile.count for tile in board.tiles}
    for bars in (board.departments, board.matters, board.steps):
        assert sum(bar.red for bar in bars) == counts["red"]
        assert sum(bar.yellow for bar in bars) == counts["yellow"]
    assert board.share == 0.5
    assert board.decided == board.in_time + board.too_late


def test_a_step_and_a_day_lead_to_their_own_cases(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        board = reports.overdue(look.db, look.calendar, look.at, EVERYTHING)
    for bar in board.steps:
        assert len(numbers(office, "red", Filters(step=bar.key))) == bar.red
    for one in board.trend:
        asked = Filters(day=one.day)
        assert (one.accepted, one.decided, one.lapsed) == tuple(
            len(numbers(office, key, asked)) for key in ("accepted", "decided", "lapsed")
        )
    for coming in board.outlook:
        assert len(numbers(office, "due", Filters(day=coming.day))) == coming.due


def test_filters_leave_out_what_they_do_not_name(office: Office, district: dict[str, str]) -> None:
    assert keys(office, Filters(department="WJW"))["open"] == 0
    assert keys(office, Filters(matter="small_catering"))["open"] == 5
    assert keys(office, Filters(channel=Channel.ONLINE))["open"] == 0
    assert keys(office, Filters(reach=frozenset({-1})))["open"] == 0


def test_an_extended_case_is_green_again(office: Office, staff: Staff, district: dict[str, str]) -> None:
    with office.act(staff.of("leader", "SCJG")) as act:
        manager.extend(act, act.take(cases.id_of(act.db, district["late"])), "现场复杂")
    assert district["late"] not in numbers(office, "red") + numbers(office, "yellow")


def test_a_list_is_read_page_by_page(office: Office, district: dict[str, str]) -> None:
    def pages() -> Iterator[str]:
        after = ""
        while True:
            with office.look() as look:
                page = listing.listing(look.db, look.calendar, look.at, EVERYTHING, "open", after, most=2)
            yield from (line.no for line in page.lines)
            if not (after := page.after):
                return

    assert list(pages()) == numbers(office, "open")


def test_every_line_shows_the_light_of_its_tile(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        for key, shown in (("red", Light.RED), ("yellow", Light.YELLOW)):
            found = listing.listing(look.db, look.calendar, look.at, EVERYTHING, key)
            assert {line.light for line in found.lines} == {shown}


def test_yellow_in_sql_is_the_light_of_every_running_clock(
    office: Office, watch: Watch, district: dict[str, str]
) -> None:
    for day in range(24, 31):
        watch.set(f"2026-11-{day} 10:00")
        with office.look() as look:
            shown = {
                no: light(row.due_at, look.at, look.calendar, Limit.parse(row.limit_text))
                for no in (district["green"], district["near"], district["late"])
                for row in deadlines.running(look.db, cases.id_of(look.db, no))
                if row.clock == Clock.PROMISED
            }
        yellow = {no for no, lamp in shown.items() if lamp is Light.YELLOW}
        assert set(numbers(office, "yellow")) & set(shown) == yellow


LIMITS = st.builds(
    Limit, st.integers(1, 20), st.sampled_from([Unit.WORKDAY, Unit.DAY, Unit.MONTH, Unit.HOUR, Unit.MINUTE])
) | st.just(Limit(0, Unit.ONSPOT))
MOMENTS = st.datetimes(datetime(2026, 1, 5), datetime(2026, 9, 1)).map(lambda m: m.replace(tzinfo=BEIJING))  # noqa: DTZ001  the zone is put on at once


@given(limit=LIMITS, start=MOMENTS, hours=st.integers(0, 24 * 90))
def test_near_until_is_the_light_asked_the_other_way_round(limit: Limit, start: datetime, hours: int) -> None:
    due_at = due(limit, start, CALENDAR)
    at = start + timedelta(hours=hours)
    if at < due_at:
        near = due_at <= near_until(limit, at, CALENDAR)
        assert near == (light(due_at, at, CALENDAR, limit) is Light.YELLOW)


def test_who_oversees_what(staff: Staff) -> None:
    assert filters.reach(staff["manager"]) is None
    assert filters.reach(Actor(1, "核", frozenset({Post("chief", 7), Post("approver", 8)}))) == {7}
    with pytest.raises(NotYours):
        filters.reach(staff["lin"])


def test_what_cannot_be_read_is_refused(office: Office) -> None:
    with office.look() as look:
        ask = (look.db, look.calendar, look.at)
        with pytest.raises(NotFound, match="指标"):
            listing.listing(*ask, EVERYTHING, "nonsense")
        with pytest.raises(Malformed, match="翻页"):
            listing.listing(*ask, EVERYTHING, "open", after="x_y")
        with pytest.raises(Malformed, match="月份"):
            listing.listing(*ask, replace(EVERYTHING, month="2026-13"), "decided")


def test_a_task_may_go_to_whoever_holds_its_post(
    office: Office, staff: Staff, district: dict[str, str]
) -> None:
    task = builders.open_tasks(office, district["late"])[0]
    with office.look() as look:
        found = handover.handover(look.db, task.id)
    assert (found.no, found.step) == (district["late"], task.name)
    assert staff.of(task.role, "SCJG").id in [id_ for id_, _, _ in found.holders]


def test_searching_finds_only_what_one_may_see(
    office: Office, staff: Staff, district: dict[str, str]
) -> None:
    def found(login: str, words: str) -> list[str]:
        with office.look() as look:
            lines = listing.search(look.db, look.calendar, look.at, staff[login], words)
        return [line.no for line in lines]

    assert found("lin", district["late"]) == [district["late"]]
    assert len(found("scjg.leader", "小满")) == len(district)
    assert found("wjw.leader", "小满") == []
    assert found("manager", "100%") == []
    assert found("manager", " ") == []
