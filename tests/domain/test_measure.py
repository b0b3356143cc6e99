"""What a finished case took: by hand, and as minute-by-minute counting has it."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.calendar import Calendar, Day, plain
from engine.domain.deadline import due
from engine.domain.limit import Limit, Unit
from engine.domain.measure import allowed, measure, open_minutes, worked_days, worked_minutes
from engine.domain.pause import BEIJING, Pause

CALENDAR = Calendar(
    "test", {date(2026, 9, 1) + timedelta(days=n): plain(date(2026, 9, 1) + timedelta(days=n)) for n in range(90)}
    | {date(2026, 10, n): Day(working=False, name="国庆节") for n in range(1, 8)},
)  # fmt: skip
MOMENTS = st.integers(0, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 9, 2, tzinfo=BEIJING) + timedelta(minutes=minutes)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def counted(start: datetime, end: datetime, pauses: tuple[Pause, ...] = ()) -> int:
    """Minute by minute: the hall is open, and nothing is paused."""
    minutes = 0
    while start < end:
        openings = CALENDAR.openings(start.date()) if CALENDAR.is_working(start.date()) else ()
        is_open = any(opens <= start.time() < closes for opens, closes in openings)
        minutes += is_open and not any(pause.start <= start < (pause.end or end) for pause in pauses)
        start += timedelta(minutes=1)
    return minutes


@given(MOMENTS, st.integers(0, 6 * 24 * 60))
def test_open_minutes_are_those_counted_one_by_one(start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert open_minutes(start, end, CALENDAR) == counted(start, end)


@given(
    MOMENTS, st.integers(0, 3000), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 900)), max_size=3)
)
def test_a_pause_takes_away_what_it_covers_once(
    start: datetime, length: int, cut: list[tuple[int, int]]
) -> None:
    """R-CNT-5: pauses that overlap count as their union."""
    end = start + timedelta(minutes=length)
    begun = [start + timedelta(minutes=minutes) for minutes, _ in cut]
    pauses = tuple(Pause(b, b + timedelta(minutes=n), "鉴定") for b, (_, n) in zip(begun, cut, strict=True))
    assert worked_minutes(start, end, CALENDAR, pauses) == counted(start, end, pauses)


@given(MOMENTS, st.integers(1, 15), st.integers(0, 6000))
def test_a_case_done_on_its_due_day_took_what_it_was_allowed(
    start: datetime, days: int, stopped: int
) -> None:
    """R-CNT-1, R-CNT-5: measuring counts as the limits do."""
    limit = Limit(days, Unit.WORKDAY)
    pause = Pause(start, start + timedelta(minutes=stopped), "鉴定")
    end = due(limit, start, CALENDAR, (pause,)) - timedelta(minutes=1)
    assert worked_days(start, end, CALENDAR, (pause,)) == days
    assert allowed(limit, start, CALENDAR) == days


def test_the_national_holiday_is_no_work() -> None:
    took = measure(at("2026-09-30T16:00"), at("2026-10-08T09:30"), CALENDAR)
    assert (took.worked_days, took.worked_minutes, took.elapsed_minutes) == (1, 90, (7 * 24 + 17) * 60 + 30)


def test_on_the_spot_takes_no_day() -> None:
    assert measure(at("2026-09-30T10:00"), at("2026-09-30T11:00"), CALENDAR).worked_days == 0


def test_before_every_notice_only_plain_time_is_known() -> None:
    took = measure(at("2011-01-01T10:00"), at("2011-01-02T10:00"), CALENDAR)
    assert (took.worked_days, took.worked_minutes, took.elapsed_minutes) == (None, None, 1440)
