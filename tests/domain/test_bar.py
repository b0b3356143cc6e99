"""Who may not apply for the same again (R-ACC-8, 行政许可法 78、79): one year, three years, or only warned."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import bar
from engine.domain.bar import Bar, Ground, Standing
from engine.domain.errors import NotNow
from tests.dates import calendar

FOOD = {"type": "行政许可", "safety": {"of": "人身健康"}}
AD = {"type": "行政许可"}
CALENDAR = calendar(2026)
DAYS = st.dates(date(2012, 1, 1), date(2026, 12, 31))


def made(until: date | None, since: date | None = date(2026, 11, 23), **more: object) -> Bar:
    return Bar(1, "food", "食品经营许可", Ground.CONCEALED, "N1", since, until, **more)  # type: ignore[arg-type]


@given(st.sampled_from(Ground), DAYS)
def test_only_what_concerns_safety_bars_and_until_the_same_day(ground: Ground, since: date) -> None:
    """R-ACC-8, R-CNT-4: 对应日."""
    assert bar.until(ground, AD, since, CALENDAR) is None
    until = bar.until(ground, FOOD, since, CALENDAR)
    assert until is not None
    assert until.year - since.year == bar.FOR[ground].value
    assert (until.month, until.day) == (since.month, since.day) or (until.month, until.day) == (2, 28)


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (made(None, None), Standing.FOUND),
        (made(None), Standing.WARNED),
        (made(date(2027, 11, 23)), Standing.RUNNING),
        (made(date(2027, 11, 22)), Standing.OVER),
        (made(date(2028, 1, 1), cancelled_at=datetime(2027, 1, 1, tzinfo=UTC)), Standing.CANCELLED),
    ],
)
def test_it_bars_to_the_end_of_its_last_day_and_nothing_else_does(found: Bar, standing: Standing) -> None:
    today = date(2027, 11, 23)
    assert found.standing(today) is standing
    assert bool(bar.running([found], {"food"}, today)) is (standing is Standing.RUNNING)
    assert bar.running([found], {"tobacco"}, today) == ()


def test_the_refusal_says_why_until_when_and_what_then() -> None:
    with pytest.raises(NotNow) as refusal:
        bar.must_not_be([made(date(2027, 11, 23))])
    said = refusal.value
    assert (said.code, said.field) == ("applicant.barred", "applicant")
    assert all(word in said.message for word in ("至 2027-11-23 不得", "第七十八条", "期满可以重新申请"))
    bar.must_not_be([])


@pytest.mark.parametrize("record", [{"type": "行政给付"}, {"members": []}])
def test_the_articles_are_about_licences(record: dict[str, object]) -> None:
    with pytest.raises(NotNow, match="只适用于行政许可"):
        bar.must_be_licence(record)


def test_whoever_found_it_does_not_take_it_back() -> None:
    with pytest.raises(NotNow, match="另一人"):
        bar.must_be_another(3, 3)
    bar.must_be_another(3, 4)
    bar.must_be_another(None, 4)
