"""What a day is: worked or not, by nature or by the regulation on holidays (全国年节及纪念日放假办法)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

ONE_DAY = timedelta(days=1)

#: Lunar New Year (春节, 1-1), Dragon Boat (端午, 5-5) and Mid-Autumn (中秋, 8-15) as month and day, year by year.
#: Computed from the lunar calendar of GB/T 33661; the years 2012-2026 agree with the notices. After the last
#: year nothing is foretold: add rows.
_LUNAR = """
    2012 0123 0623 0930  2013 0210 0612 0919  2014 0131 0602 0908  2015 0219 0620 0927  2016 0208 0609 0915
    2017 0128 0530 1004  2018 0216 0618 0924  2019 0205 0607 0913  2020 0125 0625 1001  2021 0212 0614 0921
    2022 0201 0603 0910  2023 0122 0622 0929  2024 0210 0610 0917  2025 0129 0531 1006  2026 0217 0619 0925
    2027 0206 0609 0915  2028 0126 0528 1003  2029 0213 0616 0922  2030 0203 0605 0912  2031 0123 0624 1001
    2032 0211 0612 0919  2033 0131 0601 0908  2034 0219 0620 0927  2035 0208 0610 0916  2036 0128 0530 1004
    2037 0215 0618 0924  2038 0204 0607 0913  2039 0124 0527 1002  2040 0212 0614 0920  2041 0201 0603 0910
    2042 0122 0622 0928  2043 0210 0611 0917  2044 0130 0531 1005  2045 0217 0619 0925  2046 0206 0608 0915
    2047 0126 0529 1004  2048 0214 0615 0922  2049 0202 0604 0911  2050 0123 0623 0930  2051 0211 0613 0919
    2052 0201 0601 0907  2053 0219 0620 0926  2054 0208 0610 0916  2055 0128 0530 1005  2056 0215 0617 0924
    2057 0204 0606 0913  2058 0124 0625 1002  2059 0212 0614 0921  2060 0202 0603 0909  2061 0121 0622 0928
    2062 0209 0611 0917  2063 0129 0601 1006  2064 0217 0619 0925  2065 0205 0608 0915  2066 0126 0528 1003
    2067 0214 0616 0923  2068 0203 0604 0911  2069 0123 0623 0929  2070 0211 0613 0919  2071 0131 0602 0908
    2072 0219 0620 0926  2073 0207 0610 0916  2074 0127 0530 1005  2075 0215 0617 0924  2076 0205 0606 0912
    2077 0124 0624 1001  2078 0212 0614 0920  2079 0202 0604 0910  2080 0122 0622 0928  2081 0209 0611 0917
    2082 0129 0601 1006  2083 0217 0619 0926  2084 0206 0607 0914  2085 0126 0527 1003  2086 0214 0615 0922
    2087 0203 0605 0911  2088 0124 0623 0929  2089 0210 0613 0918  2090 0130 0602 0908  2091 0218 0621 0927
    2092 0207 0609 0916  2093 0127 0529 1005  2094 0215 0617 0924  2095 0205 0606 0913  2096 0125 0624 0930
    2097 0212 0614 0920  2098 0201 0604 0909  2099 0121 0623 0929  2100 0209 0612 0918
"""
LUNAR: dict[int, tuple[tuple[int, int], ...]] = {
    int(year): tuple((int(day[:2]), int(day[2:])) for day in feasts)
    for year, *feasts in (row.split() for row in _LUNAR.strip().replace("  ", "\n").splitlines() if row)
}


@dataclass(frozen=True, slots=True)
class Day:
    """Whether work is done on a day, and the holiday it belongs to ("" for a plain day)."""

    working: bool
    name: str = ""


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def plain(day: date) -> Day:
    """Return what a day is that no notice names."""
    return Day(working=not is_weekend(day))


def days_of(year: int) -> list[date]:
    """Return every day of a year."""
    first = date(year, 1, 1)
    return [first + ONE_DAY * n for n in range((date(year + 1, 1, 1) - first).days)]


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


def foretold(last: date) -> dict[date, Day]:
    """Return the days after *last*, as far as the rule and the lunar table reach."""
    days: dict[date, Day] = {}
    for year in range(last.year, max(LUNAR) + 1):
        days |= _year(year) if year > last.year else {d: day for d, day in _year(year).items() if d > last}
    return days


@cache
def _year(year: int) -> Mapping[date, Day]:
    holidays = statutory(year)
    return MappingProxyType({day: holidays.get(day) or plain(day) for day in days_of(year)})


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
    """Return 清明 by the usual arithmetic for the solar term, valid for 2000-2100."""
    since = year - 2000
    leap_days = since // 4 - since // 100  # 2100 has none
    return date(year, 4, int(since * 0.2422 + 4.81) - leap_days)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += ONE_DAY
