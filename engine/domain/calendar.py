"""Which days are working days (工作日): the State Council's notices, and after them the statutory rule.

A calendar is one version of the notices (放假通知), expanded once into sorted arrays. After that every
question is a look-up, and nothing in it changes, so threads may share it.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, date
from typing import Any

from engine.domain.day import Day, days_of, foretold, is_weekend, plain
from engine.domain.errors import Malformed
from engine.domain.hours import STANDARD, Hours, Kind, OfficeHours


class Calendar:
    """One version of the working-day calendar.

    *days* tells every day from the first to the last one covered by a notice, without a gap. The days after
    the last one follow the statutory rule and are provisional (待国务院通知), up to ``horizon``. *over* are the
    days on which a region or a hall differs; they cover nothing by themselves.
    """

    __slots__ = ("_before", "_days", "_working", "first", "horizon", "hours", "last", "version")

    def __init__(
        self,
        version: str,
        days: Mapping[date, Day],
        hours: OfficeHours = STANDARD,
        over: Mapping[date, Day] | None = None,
    ) -> None:
        _refuse_gaps(days)
        self.version = version
        self.hours = hours
        self.first = min(days)
        self.last = max(days)
        self._days = {**foretold(self.last), **days}
        self.horizon = max(self._days)
        for day in over or ():
            self._day(day)
        self._days |= over or {}
        self._working = array("i", (day.toordinal() for day in sorted(self._days) if self._days[day].working))
        self._before = array("i", self._running_counts())

    @classmethod
    def from_holiday_cn(
        cls, documents: Iterable[Mapping[str, Any]], *, version: str, hours: OfficeHours = STANDARD
    ) -> "Calendar":
        """Build from documents in the holiday-cn format; of two that name the same day the later wins.

        Later means the later year, then the later in order: a year's notice may change the December before
        it (R-CNT-7). Documents without days are notices not yet out. Raises Malformed.
        """
        notices = sorted(filter(_has_days, documents), key=year_of)
        if not notices:
            raise Malformed("没有任何放假通知，无法建立工作日历", code="calendar.empty")
        named = {day: entry for notice in notices for day, entry in entries(notice)}
        covered = [day for year in {year_of(notice) for notice in notices} for day in days_of(year)]
        return cls(version, {day: named.get(day) or plain(day) for day in covered}, hours)

    def overlaid(
        self, version: str, over: Mapping[date, Day], hours: OfficeHours | None = None
    ) -> "Calendar":
        """Return the calendar of a region or hall: this one, but for the days *over* and its own *hours*."""
        covered = {day: self._days[day] for day in self.days()}
        beyond = {day: self._days[day] for day in self._days if day > self.last}
        return Calendar(version, covered, hours or self.hours, {**beyond, **over})

    def days(self) -> Iterator[date]:
        """Yield every day covered by a notice, in order."""
        return (date.fromordinal(n) for n in range(self.first.toordinal(), self.last.toordinal() + 1))

    def day(self, day: date) -> Day:
        """Return what a day is. Raises Malformed for one out of range."""
        return self._day(day)

    def openings(self, day: date) -> Hours:
        """Return when the hall is open on a day; a Saturday it opens is no working day for that."""
        return self.hours.on(day, self.kind(day))

    def kind(self, day: date) -> Kind:
        """Return which of its openings a hall keeps on a day."""
        found = self._day(day)
        if found.working:
            return Kind.WORKDAY
        if found.name or not is_weekend(day):
            return Kind.HOLIDAY
        return Kind.SUNDAY if day.weekday() == 6 else Kind.SATURDAY

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
        raise unreadable() from error


def year_of(notice: Mapping[str, Any]) -> int:
    """Return which year a notice arranges. Raises Malformed."""
    year = notice.get("year")
    if not isinstance(year, int) or not MINYEAR <= year < MAXYEAR:
        raise unreadable(f"year {year}")
    return year


def entries(notice: Mapping[str, Any]) -> Iterator[tuple[date, Day]]:
    """Yield the days a notice names. Raises Malformed."""
    for entry in notice["days"]:
        try:
            day, off, name = date.fromisoformat(entry["date"]), entry["isOffDay"], str(entry["name"])
        except (KeyError, TypeError, ValueError) as error:
            raise unreadable(f"{entry}") from error
        if not isinstance(off, bool):
            raise unreadable(f"{entry}")
        yield day, Day(working=not off, name=name)


def unreadable(what: str = "year、days") -> Malformed:
    """Return the refusal of what is no notice."""
    return Malformed(f"放假通知读不出来：{what[:80]}，应为 holiday-cn 格式", code="calendar.unreadable")
