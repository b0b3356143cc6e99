"""Which days are working days (工作日): the State Council's notices, and after them the statutory rule.

A calendar is one version of the notices (放假通知), expanded once into sorted arrays. After that every
question is a look-up, and nothing in it changes, so threads may share it.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, time, timedelta
from typing import Any

from engine.domain.errors import Malformed

Hours = tuple[tuple[time, time], ...]

#: When the hall is open on a working day; working hours (工作小时) are counted inside.
HALL_HOURS: Hours = ((time(9), time(12)), (time(13), time(17)))

#: How many years past the last notice may still be foretold by the statutory rule.
FORETOLD_YEARS = 2

ONE_DAY = timedelta(days=1)

#: Lunar New Year (春节, 1-1), Dragon Boat (端午, 5-5) and Mid-Autumn (中秋, 8-15) as (month, day).
#: Computed from the lunar calendar of GB/T 33661 with the package lunardate; the years 2013-2026 agree with
#: the notices. After the last row nothing is foretold: add rows.
LUNAR: dict[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2013: ((2, 10), (6, 12), (9, 19)),
    2014: ((1, 31), (6, 2), (9, 8)),
    2015: ((2, 19), (6, 20), (9, 27)),
    2016: ((2, 8), (6, 9), (9, 15)),
    2017: ((1, 28), (5, 30), (10, 4)),
    2018: ((2, 16), (6, 18), (9, 24)),
    2019: ((2, 5), (6, 7), (9, 13)),
    2020: ((1, 25), (6, 25), (10, 1)),
    2021: ((2, 12), (6, 14), (9, 21)),
    2022: ((2, 1), (6, 3), (9, 10)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
}


@dataclass(frozen=True, slots=True)
class Day:
    """Whether work is done on a day, and the holiday it belongs to ("" for a plain day)."""

    working: bool
    name: str = ""


class Calendar:
    """One version of the working-day calendar.

    *days* tells every day from the first to the last one covered by a notice, without a gap. The days after
    the last one follow the statutory rule and are provisional (待国务院通知), up to ``horizon``.
    """

    __slots__ = ("_before", "_days", "_working", "first", "horizon", "hours", "last", "version")

    def __init__(self, version: str, days: Mapping[date, Day], hours: Hours = HALL_HOURS) -> None:
        _refuse_gaps(days)
        self.version = version
        self.hours = hours
        self.first = min(days)
        self.last = max(days)
        self._days = {**_foretold(self.last), **days}
        self.horizon = max(self._days)
        self._working = array("i", (day.toordinal() for day in sorted(self._days) if self._days[day].working))
        self._before = array("i", self._running_counts())

    @classmethod
    def from_holiday_cn(
        cls, documents: Iterable[Mapping[str, Any]], *, version: str, hours: Hours = HALL_HOURS
    ) -> "Calendar":
        """Build from documents in the holiday-cn format; of two that name the same day the later wins.

        Later means the later year, then the later in order: a year's notice may change the December before
        it (R-CNT-7). Documents without days are notices not yet out. Raises Malformed.
        """
        notices = sorted(filter(_has_days, documents), key=_year)
        if not notices:
            raise Malformed("没有任何放假通知，无法建立工作日历", code="calendar.empty")
        named = {day: entry for notice in notices for day, entry in _entries(notice)}
        covered = [day for year in {_year(notice) for notice in notices} for day in _days_of(year)]
        return cls(version, {day: named.get(day) or plain(day) for day in covered}, hours)

    def is_working(self, day: date) -> bool:
        return self._day(day).working

    def is_makeup(self, day: date) -> bool:
        """Tell a Saturday or Sunday that is worked in exchange for a holiday (调休上班)."""
        return self._day(day).working and is_weekend(day)

    def name(self, day: date) -> str:
        """Return the holiday that frees the day, or for which it is worked; "" for a plain day."""
        return self._day(day).name

    def covers(self, day: date) -> bool:
        """Tell whether a notice is out for the day."""
        return self.first <= day <= self.last

    def provisional(self, day: date) -> bool:
        """Tell whether the day is only foretold by the statutory rule (待国务院通知)."""
        return self.last < day <= self.horizon

    def add(self, start: date, n: int) -> date:
        """Return the *n*-th working day after *start*; the day itself is not counted (R-CNT-1).

        Zero is *start* itself, working or not. A negative *n* is the n-th working day before *start*.
        """
        if n == 0:
            return start
        index = self._index(start, after=n > 0) + (n - 1 if n > 0 else n)
        if not 0 <= index < len(self._working):
            raise self._out_of_range(f"{start} 起第 {n} 个工作日", start)
        return date.fromordinal(self._working[index])

    def count(self, start: date, end: date) -> int:
        """Count the working days in (start, end]; negative if *end* is before *start*."""
        return self._index(end, after=True) - self._index(start, after=True)

    def _index(self, day: date, *, after: bool) -> int:
        """Return how many working days the calendar holds before *day* (with the day itself if *after*)."""
        self._day(day)
        return self._before[day.toordinal() - self.first.toordinal() + after]

    def _running_counts(self) -> Iterator[int]:
        total = 0
        yield total
        for day in sorted(self._days):
            total += self._days[day].working
            yield total

    def _day(self, day: date) -> Day:
        known = self._days.get(day)
        if known is None:
            raise self._out_of_range(f"{day}", day)
        return known

    def _out_of_range(self, what: str, day: date) -> Malformed:
        return Malformed(
            f"{what}超出工作日历（版本 {self.version}，{self.first} 至 {self.horizon}），"
            "请先导入相应年份的放假通知",
            code="calendar.out-of-range",
            field=day.isoformat(),
        )


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def plain(day: date) -> Day:
    """Return what a day is that no notice names."""
    return Day(working=not is_weekend(day))


def statutory(year: int) -> dict[date, Day]:
    """Return the year's holidays by the State Council's regulation (2025): 13 days, nothing exchanged.

    One that falls on a weekend, or on another holiday, is made good on the next working day (逢周末补假).
    """
    off: dict[date, Day] = {}
    owed = []
    for day, name in _feasts(year):
        if day in off or is_weekend(day):
            owed.append((day, name))
        off[day] = Day(working=False, name=f"{off[day].name}、{name}" if day in off else name)
    for day, name in owed:
        free = (later for later in _days_from(day) if later not in off and not is_weekend(later))
        off[next(free)] = Day(working=False, name=name)
    return off


def _feasts(year: int) -> list[tuple[date, str]]:
    spring, dragon, moon = (date(year, month, day) for month, day in LUNAR[year])
    return [
        (date(year, 1, 1), "元旦"),
        *((spring + ONE_DAY * n, "春节") for n in (-1, 0, 1, 2)),
        (_clear_and_bright(year), "清明节"),
        (date(year, 5, 1), "劳动节"),
        (date(year, 5, 2), "劳动节"),
        (dragon, "端午节"),
        *((date(year, 10, n), "国庆节") for n in (1, 2, 3)),
        (moon, "中秋节"),
    ]


def _clear_and_bright(year: int) -> date:
    """Return 清明 by the usual arithmetic for the solar term, valid for 2000-2099."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


def _foretold(last: date) -> dict[date, Day]:
    """Return the days that follow *last*, as far as the rule and the lunar table reach."""
    days: dict[date, Day] = {}
    for year in range(last.year, last.year + FORETOLD_YEARS + 1):
        if year not in LUNAR:
            break
        holidays = statutory(year)
        days |= {day: holidays.get(day) or plain(day) for day in _days_of(year) if day > last}
    return days


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + ONE_DAY * n for n in range((date(year + 1, 1, 1) - first).days)]


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += ONE_DAY


def _refuse_gaps(days: Mapping[date, Day]) -> None:
    if not days:
        raise Malformed("工作日历没有任何一天", code="calendar.empty")
    if (max(days) - min(days)).days + 1 != len(days):
        raise Malformed(
            f"工作日历在 {min(days)} 与 {max(days)} 之间缺少日期，请补齐中间年份的放假通知",
            code="calendar.gap",
        )


def _has_days(notice: Mapping[str, Any]) -> bool:
    try:
        return bool(list(notice["days"]))
    except (KeyError, TypeError) as error:
        raise _unreadable() from error


def _year(notice: Mapping[str, Any]) -> int:
    year = notice.get("year")
    if not isinstance(year, int) or not MINYEAR <= year < MAXYEAR:
        raise _unreadable(f"year {year}")
    return year


def _entries(notice: Mapping[str, Any]) -> Iterator[tuple[date, Day]]:
    for entry in notice["days"]:
        try:
            day, off, name = date.fromisoformat(entry["date"]), entry["isOffDay"], str(entry["name"])
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(f"{entry}") from error
        if not isinstance(off, bool):
            raise _unreadable(f"{entry}")
        yield day, Day(working=not off, name=name)


def _unreadable(what: str = "year、days") -> Malformed:
    return Malformed(f"放假通知读不出来：{what[:80]}，应为 holiday-cn 格式", code="calendar.unreadable")
