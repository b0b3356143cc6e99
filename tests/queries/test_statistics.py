"""Statistics: each number equals its list, in any group and as of any moment; a look back knows only what was known."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine import worker
from engine.domain.forecast import expected_late
from engine.office import Office
from engine.queries import figures, lateness, listing, reports, statistics, waiting
from engine.queries.counting import Counting
from engine.queries.figures import FIGURES
from engine.queries.filters import Filters
from engine.services import approver, manager
from engine.services.act import Act
from engine.store import cases
from engine.store.measures import measures
from tests import builders
from tests.conftest import BEIJING, Watch
from tests.people import Staff

#: Promised ten working days, legal twenty; today is Monday 2026-11-23.
BEGAN = {
    "slow": "2026-10-23",
    "late": "2026-11-05",
    "near": "2026-11-10",
    "quick": "2026-11-12",
    "green": "2026-11-20",
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.fixture
def district(office: Office, staff: Staff, watch: Watch) -> dict[str, str]:
    """Two decided cases, one of them late; a late one, a near one, a green one; all measured."""
    found: dict[str, str] = {}
    for name, day in BEGAN.items():
        watch.set(f"{day} 10:00")
        found[name] = builders.accepted(office, staff, "small_catering")
    watch.set("2026-11-19 10:00")
    for name in ("quick", "slow"):
        builders.work(office, staff, found[name])
    watch.set("2026-11-23 10:00")
    worker.drain(office)
    return found


def counting(look: Act, asked: Filters | None = None, at: datetime | None = None) -> Counting:
    return Counting(look.db, look.calendar, at or look.at, asked or Filters(), look.at)


def listed(look: Act, key: str, asked: Filters, at: datetime | None = None) -> list[str]:
    found = listing.listing(look.db, look.calendar, at or look.at, asked, key, most=listing.MOST, now=look.at)
    return [line.no for line in found.lines]


@pytest.mark.parametrize("by", [*statistics.GROUPS])
def test_every_cell_of_a_table_is_as_long_as_its_list(
    office: Office, district: dict[str, str], by: str
) -> None:
    with office.look() as look:
        lines = statistics.table(counting(look), by)
        assert lines
        for line in filter(lambda line: line.key, lines):  # what nobody has claimed has no list of its own
            asked = Filters(**{by: line.key})
            assert line.sums.decided == len(listed(look, "decided", asked))
            assert line.sums.in_time == len(listed(look, "in-time", asked))
            for key, count in zip(statistics.OPEN, line.open or (), strict=True):
                assert count == len(listed(look, key, asked))


def test_a_table_by_month_tells_each_month(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        lines = statistics.table(counting(look), "month")
        assert [line.key for line in lines][:2] == ["2026-11", "2026-10"]
        assert [line.sums.decided for line in lines][:2] == [2, 0]
        assert statistics.compared(counting(look))[0] == ("2026-11", lines[0].sums)


def test_averages_are_those_of_the_days_counted_by_hand(office: Office, district: dict[str, str]) -> None:
    """From 11-12 to 11-19 five working days; from 10-23 to 11-19 nineteen. Promised 10, legal 20."""
    with office.look() as look:
        sums = statistics.total(counting(look)).sums
    told = {measure.key: measure.of(sums) for measure in statistics.MEASURES}
    assert (sums.days, sums.days_of) == (5 + 19, 2)
    assert told["days"] == 12
    assert told["hours"] == 12 * 7
    assert told["elapsed"] == (7 + 27) * 24 / 2
    assert told["on-time"] == 0.5
    assert told["compression"] == 0.5
    assert told["speed-up"] == pytest.approx((40 - 24) / 40)
    assert told["visits"] is None


def test_what_a_pause_stopped_is_not_in_the_average(office: Office, staff: Staff, watch: Watch) -> None:
    watch.set("2026-11-09 10:00")
    no = builders.accepted(office, staff, "small_catering")
    suspend(office, staff, no, "2026-11-10 10:00")
    watch.set("2026-11-13 10:00")
    with office.act(staff.of("chief", "SCJG")) as act:
        approver.resume(act, act.case(no))
    watch.set("2026-11-16 10:00")
    builders.work(office, staff, no)
    worker.drain(office)
    with office.look() as look:
        row = look.db.execute(sa.select(measures)).one()
    assert (row.worked_days, row.worked_minutes, row.elapsed_minutes) == (2, 2 * 420, 7 * 24 * 60)


def suspend(office: Office, staff: Staff, no: str, at: str) -> None:
    office._clock.set(at)  # type: ignore[union-attr]  # the tests' watch
    with office.act(staff.of("chief", "SCJG")) as act:
        approver.suspend(act, act.case(no), "鉴定", "须鉴定。", "30 workday")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
@pytest.mark.parametrize("at", ["2026-11-10 18:00", "2026-11-19 09:59", "2026-11-22 12:00"])
def test_a_look_back_is_as_long_as_its_list(
    office: Office, district: dict[str, str], figure: figures.Figure, at: str
) -> None:
    with office.look() as look:
        for asked in (Filters(), Filters(day=date(2026, 11, 19)), Filters(department="SCJG")):
            count = figures.count(counting(look, asked, moment(at)), figure.key)
            assert count == len(listed(look, figure.key, asked, moment(at)))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_look_back_at_the_last_instant_sees_the_present(
    office: Office, district: dict[str, str], watch: Watch, figure: figures.Figure
) -> None:
    with office.look() as look:
        now = listed(look, figure.key, Filters())
        watch.set("2026-11-23 10:01")
        later = listing.listing(
            look.db,
            look.calendar,
            moment("2026-11-23 10:00"),
            Filters(),
            figure.key,
            now=watch(),
            most=listing.MOST,
        )
    assert [line.no for line in later.lines] == now


def test_a_look_back_sees_what_was_late_then(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        assert listed(look, "red", Filters(), moment("2026-11-10 18:00")) == [district["slow"]]
        assert listed(look, "red", Filters(), moment("2026-11-19 09:59")) == [district["slow"]]
        assert listed(look, "red", Filters(), moment("2026-11-20 12:00")) == [district["late"]]


def test_an_extension_does_not_change_what_was_late_before_it(
    office: Office, staff: Staff, district: dict[str, str]
) -> None:
    """R-CNT-7: the past is judged by the due moment known then."""
    before = moment("2026-11-21 12:00")
    with office.act(staff.of("leader", "SCJG")) as act:
        manager.extend(act, act.case(district["late"]), "现场复杂")
    with office.look() as look:
        assert listed(look, "red", Filters()) == []
        assert listed(look, "red", Filters(), before) == [district["late"]]
        ask = (look.db, look.calendar)
        assert lateness.late(*ask, before, look.at).count == 1
        assert lateness.late(*ask, look.at, look.at).count == 0


def test_a_stop_does_not_hide_what_was_late_before_it(
    office: Office, staff: Staff, watch: Watch, district: dict[str, str]
) -> None:
    suspend(office, staff, district["late"], "2026-11-23 10:00")
    watch.set("2026-11-24 10:00")
    with office.look() as look:
        assert district["late"] not in listed(look, "red", Filters())
        assert district["late"] in listed(look, "paused", Filters())
        assert district["late"] in listed(look, "red", Filters(), moment("2026-11-23 09:00"))
        assert district["late"] not in listed(look, "paused", Filters(), moment("2026-11-23 09:00"))


@pytest.mark.parametrize("at", ["2026-11-10 18:00", "2026-11-20 12:00"])
def test_the_board_of_a_past_day_leads_to_its_own_cases(
    office: Office, district: dict[str, str], at: str
) -> None:
    back = moment(at)
    with office.look() as look:
        board = reports.overdue(look.db, look.calendar, back, Filters(), look.at)
        assert any(day.lapsed for day in board.trend)
        for day in board.trend:
            asked = Filters(day=day.day)
            told = tuple(len(listed(look, key, asked, back)) for key in ("accepted", "decided", "lapsed"))
            assert (day.accepted, day.decided, day.lapsed) == told
        for coming in board.outlook:
            assert coming.due == len(listed(look, "due", Filters(day=coming.day), back))
        for bar in board.steps:
            assert bar.red == len(listed(look, "red", Filters(step=bar.key), back))


def test_bundles_and_members_can_be_told_apart(office: Office, staff: Staff) -> None:
    builders.accepted(office, staff, "open_restaurant")
    with office.look() as look:
        whole, parts = (len(listed(look, "open", Filters(kind=kind))) for kind in ("bundle", "matter"))
        assert whole == 1
        assert parts + whole == len(listed(look, "open", Filters()))


def test_the_time_of_a_step_is_waiting_then_working(office: Office, staff: Staff, watch: Watch) -> None:
    """Opened Monday at ten, claimed at two (three open hours: noon is closed), closed on Tuesday at nine thirty."""
    watch.set("2026-11-16 10:00")
    no = builders.accepted(office, staff, "small_catering")
    task = builders.open_tasks(office, no)[0]
    watch.set("2026-11-16 14:00")
    with office.act(builders.holder(office, staff, task)) as act:
        approver.claim(act, task.id)
    watch.set("2026-11-17 09:30")
    builders.complete(office, staff, builders.open_tasks(office, no)[0])
    with office.look() as look:
        looked = counting(look, Filters(matter="small_catering"))
        found = waiting.steps(looked)
        step = next(each for each in found if each.node == task.node)
        assert (step.waited, step.worked, step.stood) == (3, 3.5, 0)
        heat = waiting.heat(looked, found)
    assert heat is not None
    assert 'class="task future heat' in heat.svg
    assert f"{task.name}：3.0 h" in heat.svg


@given(st.integers(0, 50), st.lists(st.integers(0, 50), max_size=7), st.floats(0, 40))
def test_no_more_is_expected_late_than_falls_due(backlog: int, due: list[int], pace: float) -> None:
    late = expected_late(backlog, due, pace)
    assert all(0 <= n <= count for n, count in zip(late, due, strict=True))
    if pace * len(due) >= backlog + sum(due) and pace >= backlog + max(due, default=0):
        assert not any(late[:1])


def test_the_forecast_by_hand() -> None:
    """Four late already, three a day: of two due today both wait, of three tomorrow three, of none none."""
    assert expected_late(4, [2, 3, 0, 1], 3) == (2, 3, 0, 0)


def test_the_board_foretells_by_the_pace_of_ten_days(office: Office, district: dict[str, str]) -> None:
    with office.look() as look:
        board = reports.overdue(look.db, look.calendar, look.at, Filters(), look.at)
    assert board.pace == 0.2
    assert [coming.due for coming in board.outlook] == [0, 1, 0, 0, 0]
    assert [coming.late for coming in board.outlook] == [0, 1, 0, 0, 0]


def test_a_measure_is_written_once_and_agrees_with_the_rows(office: Office, district: dict[str, str]) -> None:
    worker.drain(office)
    with office.look() as look:
        ids = look.db.execute(sa.select(measures.c.case_id).order_by(measures.c.case_id)).scalars().all()
        assert [*ids] == sorted(cases.id_of(look.db, district[name]) for name in ("slow", "quick"))
