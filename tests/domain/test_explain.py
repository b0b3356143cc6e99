"""How a due date came about: the squares, the sentence, the articles of law."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain import deadline
from engine.domain.calendar import Calendar
from engine.domain.clock import Party
from engine.domain.deadline import BEIJING, Allowance, Clock, Pause
from engine.domain.explain import Explanation, Square, explain
from engine.domain.limit import Limit, Unit

NOTICES = Path(__file__).parents[2] / "bpmn" / "calendars"


@cache
def calendar() -> Calendar:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(NOTICES.glob("[0-9]*.json"))]
    return Calendar.from_holiday_cn((n for n in found if n["year"] <= 2026), version="2026")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def told(
    limit: str,
    start: str,
    *pauses: tuple[str, str | None, str],
    clock: Clock = Clock.PROMISED,
    at: str = "2026-11-23 10:00",
    lang: str = "zh",
) -> Explanation:
    stops = [Pause(moment(first), moment(end) if end else None, ground) for first, end, ground in pauses]
    return explain(clock, Limit.parse(limit), moment(start), calendar(), stops, moment(at), lang)


def square(explanation: Explanation, day: str) -> Square:
    return next(each for each in explanation.squares if each.day == date.fromisoformat(day))


CORRECTED = told("8 workday", "2026-11-16 10:00", ("2026-11-17 10:00", "2026-11-19 10:00", "补正"))


def test_a_corrected_case_is_told_in_one_sentence() -> None:
    assert CORRECTED.sentence == (
        "11月16日受理，次日起算；承诺 8 个工作日；补正中止 2 个工作日（11-18～11-19）不计；周末不计。"
        "到期 11月30日。依据：《行政许可法》第四十二条、第四十五条、第八十二条。"
    )
    assert CORRECTED.due == moment("2026-12-01 00:00")
    assert CORRECTED.calendar == "2026"
    assert {"R-LIM-1", "R-LIM-5", "R-CNT-1", "R-CNT-5"} <= set(CORRECTED.rules)


def test_the_same_sentence_in_english() -> None:
    english = told(
        "8 workday", "2026-11-16 10:00", ("2026-11-17 10:00", "2026-11-19 10:00", "补正"), lang="en"
    )
    assert english.sentence == (
        "Accepted on 2026-11-16, counted from the next day; promised: 8 working days; "
        "stopped for 补正, 2 working days (11-18 to 11-19) not counted; weekend not counted. "
        "Due 2026-11-30. Basis: Administrative Licensing Law Art. 42, 45, 82."
    )


def test_every_day_has_its_square() -> None:
    assert [(each.kind, each.number) for each in CORRECTED.squares] == [
        ("start", None),
        ("counted", 1),
        ("paused", None),
        ("paused", None),
        ("counted", 2),
        ("rest", None),
        ("rest", None),
        ("counted", 3),
        ("counted", 4),
        ("counted", 5),
        ("counted", 6),
        ("counted", 7),
        ("rest", None),
        ("rest", None),
        ("due", 8),
    ]
    assert square(CORRECTED, "2026-11-18").label == "补正"
    assert square(CORRECTED, "2026-11-21").label == "周末"
    assert [each.day for each in CORRECTED.squares if each.today] == [date(2026, 11, 23)]


def test_a_holiday_and_its_makeup_are_called_by_name() -> None:
    national = told("10 workday", "2026-09-28 10:00", clock=Clock.LEGAL, at="2026-10-09 10:00")
    assert "法定 10 个工作日" in national.sentence
    assert "周末及国庆节（10-01～10-07）不计" in national.sentence
    assert "10-10（周六）因国庆节调休上班，计入" in national.sentence
    makeup = square(national, "2026-10-10")
    assert (makeup.kind, makeup.number, makeup.label) == ("makeup", 5, "国庆节调休上班")


def test_two_grounds_at_once_are_told_once() -> None:
    stops = (
        ("2026-11-17 10:00", "2026-11-19 10:00", "鉴定"),
        ("2026-11-18 10:00", "2026-11-20 10:00", "听证"),
    )
    assert (
        "鉴定、听证中止 3 个工作日（11-18～11-20）不计"
        in told("8 workday", "2026-11-16 10:00", *stops).sentence
    )


def test_a_pause_within_a_day_or_after_the_due_day_is_not_told() -> None:
    stops = (
        ("2026-11-17 09:00", "2026-11-17 17:00", "鉴定"),
        ("2026-11-19 09:00", "2026-11-20 09:00", "听证"),
    )
    brief = told("2 workday", "2026-11-16 10:00", *stops)
    assert "中止" not in brief.sentence
    assert "R-CNT-5" not in brief.rules


def test_an_open_pause_says_that_the_date_still_moves() -> None:
    stopped = told("8 workday", "2026-11-16 10:00", ("2026-11-17 10:00", None, "鉴定"))
    assert "鉴定中止 4 个工作日（11-18～11-23）不计" in stopped.sentence
    assert "中止尚未结束，到期日随之顺延" in stopped.sentence
    assert square(stopped, "2026-11-23").kind == "paused"


def test_a_date_without_a_notice_is_provisional() -> None:
    far = told("20 workday", "2026-12-28 10:00", at="2026-12-28 11:00")
    assert far.provisional
    assert "到期 2027年1月26日。2027年放假安排待国务院通知，到期日为暂定。" in far.sentence
    assert not CORRECTED.provisional


def test_a_rest_day_at_the_end_gives_way() -> None:
    rolled = told("30 day", "2026-09-04 10:00", clock=Clock.LEGAL)
    assert "末日10月4日为国庆节，顺延至下一工作日。到期 10月8日" in rolled.sentence
    assert "《民法典》第二百零一条、第二百零三条" in rolled.sentence
    assert "R-CNT-3" in rolled.rules
    assert [square(rolled, f"2026-10-0{n}").kind for n in (4, 5, 7, 8)] == ["counted", "rest", "rest", "due"]
    assert square(rolled, "2026-10-04").number == 30


def test_the_days_past_due_are_marked_until_today() -> None:
    late = told("2 workday", "2026-11-16 10:00", at="2026-11-20 10:00")
    assert [each.kind for each in late.squares] == ["start", "counted", "due", "skipped", "skipped"]
    assert late.squares[-1].today


def test_on_the_spot_is_one_square() -> None:
    spot = told("onspot", "2026-11-16 10:00", at="2026-11-16 10:05")
    assert [each.kind for each in spot.squares] == ["due"]
    assert (
        spot.sentence
        == "11月16日受理；承诺当场办结。到期 11月16日。依据：《行政许可法》第三十四条、第四十二条。"
    )


def test_hours_are_told_to_the_minute() -> None:
    stop = ("2026-11-23 10:00", "2026-11-24 11:00", "鉴定")
    hours = told("4 hour", "2026-11-20 16:00", stop, at="2026-11-24 11:30")
    assert hours.sentence.startswith("11月20日 16:00 受理，即时起算；承诺 4 个工作小时；")
    assert "鉴定中止（11-23 10:00～11-24 11:00）不计；非工作时间不计；周末不计" in hours.sentence
    assert "到期 11月24日 14:00。" in hours.sentence


@pytest.mark.parametrize(
    ("clock", "start", "law", "rule"),
    [
        (Clock.NOTICE, "收到申请材料", "《行政许可法》第三十二条、第八十二条", "R-ACC-1"),
        (Clock.LEGAL, "受理", "《行政许可法》第四十二条、第八十二条", "R-LIM-1"),
        (Clock.STAGE, "进入本环节", "《行政许可法》第四十二条、第八十二条", "R-LIM-10"),
        (Clock.CORRECTION, "告知补正", "《行政许可法》第三十二条、第八十二条", "R-ACC-5"),
        (Clock.TOLERANCE, "容缺受理", "容缺受理承诺书", "R-TOL-4"),
        (Clock.DELIVERY, "作出决定", "《行政许可法》第四十四条、第八十二条", "R-LIM-4"),
    ],
)
def test_each_clock_cites_its_own_law(clock: Clock, start: str, law: str, rule: str) -> None:
    explanation = told("5 workday", "2026-11-16 10:00", clock=clock)
    assert explanation.sentence.startswith(f"11月16日{start}，")
    assert f"依据：{law}" in explanation.sentence
    assert rule in explanation.rules


@pytest.mark.parametrize(("clock", "unit", "lang"), list(product(Clock, Unit, ("zh", "en"))))
def test_every_clock_in_every_unit_can_be_told(clock: Clock, unit: Unit, lang: str) -> None:
    stop = ("2026-09-29 10:00", "2026-10-12 10:00", "鉴定")
    limit = "onspot" if unit is Unit.ONSPOT else f"1 {unit}"
    explanation = told(limit, "2026-09-29 09:30", stop, clock=clock, lang=lang)
    assert "{" not in explanation.sentence
    assert explanation.sentence.endswith("。" if lang == "zh" else ".")


@given(
    st.datetimes(datetime(2013, 1, 1), datetime(2026, 6, 1), timezones=st.just(BEIJING)),  # noqa: DTZ001 - zoned by hypothesis
    st.integers(1, 30),
    st.sampled_from([Unit.WORKDAY, Unit.DAY]),
    st.lists(st.tuples(st.integers(1, 600), st.integers(0, 200)), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_the_squares_agree_with_the_due_date(
    start: datetime, n: int, unit: Unit, stretches: list[tuple[int, int]]
) -> None:
    hours = [(start + timedelta(hours=a), timedelta(hours=b)) for a, b in stretches]
    pauses = [Pause(first, first + long, "鉴定") for first, long in hours]
    explanation = explain(Clock.LEGAL, Limit(n, unit), start, calendar(), pauses, start)
    assert explanation.due == deadline.due(Limit(n, unit), start, calendar(), pauses)
    assert [each.number for each in explanation.squares if each.number] == list(range(1, n + 1))
    assert explanation.squares[-1].kind == "due"
    assert explanation.squares[-1].day == deadline.last_day(explanation.due)


# Extensions, announced ends, and how finely it ends


def allowed(
    limit: str, more: str = "", precision: str = "date", *pauses: Pause, at: str = "2026-11-24 10:00"
) -> Explanation:
    granted = Allowance.read(limit, more, precision, "510703延告〔2026〕000001号")
    return explain(Clock.LEGAL, granted, moment("2026-11-23 10:30"), calendar(), pauses, moment(at))


def test_an_extension_is_told_with_its_paper_and_its_days() -> None:
    """R-LIM-1."""
    told_ = allowed("3 workday", "2 workday")
    assert "经批准延期 2 个工作日（510703延告〔2026〕000001号）" in told_.sentence
    assert [(s.number, s.label) for s in told_.squares if s.number in {3, 4, 5}] == [
        (3, ""),
        (4, "延期"),
        (5, "到期"),
    ]
    assert (str(told_.extension), told_.document) == ("2 workday", "510703延告〔2026〕000001号")


def test_an_extension_in_working_days_follows_a_limit_in_days() -> None:
    """R-LIM-11: thirty days end on a Saturday and give way to Monday; then ten working days."""
    told_ = explain(
        Clock.LEGAL,
        Allowance.read("30 day", "10 workday"),
        moment("2026-11-26 09:00"),
        calendar(),
        (),
        moment("2026-11-27 09:00"),
    )
    assert "按自然日计，含休息日；末日12月26日为周末，顺延至下一工作日；周末" in told_.sentence
    assert max(s.number or 0 for s in told_.squares) == 40
    assert {"第二百零三条", "第八十二条"} <= set(re.findall("第[^第]*?条", told_.sentence))


def test_an_open_stop_is_told_with_its_announced_end() -> None:
    """R-CNT-6."""
    stop = Pause(moment("2026-11-24 09:00"), None, "检验", moment("2026-11-28 00:00"))
    told_ = allowed("10 workday", "", "date", stop)
    assert "检验尚未结束，按告知的时间（至11月27日）暂计" in told_.sentence
    (halt,) = told_.halts
    assert (halt.ground, halt.days, str(halt.announced), halt.overrun) == ("检验", 3, "2026-11-27", False)
    assert "R-CNT-6" in told_.rules


def test_a_stop_that_lasts_longer_is_told() -> None:
    """R-CNT-6."""
    stop = Pause(moment("2026-11-24 09:00"), None, "检验", moment("2026-11-28 00:00"))
    told_ = allowed("10 workday", "", "date", stop, at="2026-12-01 09:00")
    assert "检验超过告知的时间（至11月27日），超出部分照计" in told_.sentence
    assert told_.halts[0].overrun


@pytest.mark.parametrize(
    ("precision", "ends"),
    [("date", "到期 11月26日。"), ("close", "到期 11月26日 17:00。"), ("instant", "到期 11月26日 10:30。")],
)
def test_it_says_how_finely_it_ends(precision: str, ends: str) -> None:
    """R-CNT-2."""
    assert ends in allowed("3 workday", "", precision).sentence


def test_one_second_after_the_same_time_is_late() -> None:
    """R-CNT-2: 超过1秒钟也算超期."""
    assert allowed("3 workday", "", "instant").due == moment("2026-11-26 10:30:01")


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_clock_is_told_with_who_owes_it(clock: Clock, lang: str) -> None:
    told_ = explain(
        clock,
        Limit(3, Unit.WORKDAY),
        moment("2026-11-23 09:00"),
        calendar(),
        (),
        moment("2026-11-23 09:00"),
        lang,
    )
    assert told_.party in set(Party)
    assert told_.consequence
    assert told_.sentence
