"""A clock nobody waits for: when a timer of a diagram passes, counted from a given moment.

Days of the calendar are counted as they are; working days are Monday to Friday, for where a diagram
is played there is no notice of the State Council at hand. The office counts by its calendar.
"""

import re
from datetime import UTC, datetime, timedelta
from itertools import islice

from engine.spiff import promised

_PART = r"(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
_ISO = re.compile(f"P{_PART}")
_SPOKEN = re.compile(r"(\d+)\s*个?\s*([a-z]+|[\u4e00-\u9fff]+)")
#: What a unit of a spoken limit is in an ISO duration of days; working days are told apart by the calendar.
_UNITS = {
    "workday": "P{}D", "工作日": "P{}D", "day": "P{}D", "日": "P{}D", "天": "P{}D", "自然日": "P{}D",
    "hour": "PT{}H", "小时": "PT{}H", "工作小时": "PT{}H", "minute": "PT{}M", "分钟": "PT{}M",
    "month": "P{}M", "月": "P{}M", "year": "P{}Y", "年": "P{}Y",
}  # fmt: skip
SATURDAY = 5
#: Where nobody promised anything, a promise is played as one of so many working days.
PROMISED = 5
#: Where the calendar of the machine ends, wherever on earth one looks at it from.
END = datetime(9999, 12, 30, tzinfo=UTC)


def due(kind: str, text: str, calendar: str, now: datetime) -> datetime:
    """Return when a timer armed at *now* passes next; what lies beyond the calendar passes at its end."""
    try:
        return _due(kind, text, calendar, now)
    except OverflowError:
        return END


def _due(kind: str, text: str, calendar: str, now: datetime) -> datetime:
    before = promised.lead(text)
    if before is not None:
        return workdays(now, max(0, PROMISED - before))
    if kind == "date":
        return _moment(text)
    if kind == "duration":
        return after(text, calendar, now)
    first, *others = text.partition("/")[2].split("/")
    if not first.startswith("P"):
        start = _moment(first)
        return start if start > now or not others else after(others[0], calendar, now)
    return after(first, calendar, now)


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def after(text: str, calendar: str, start: datetime) -> datetime:
    """Return the moment a duration after *start*."""
    iso = _ISO.fullmatch(_as_iso(text))
    if iso is None:
        return start
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in iso.groups()[:6])
    moment = _months(start, 12 * years + months)
    days += 7 * weeks
    moment = workdays(moment, days) if calendar == "workday" else moment + timedelta(days=days)
    return moment + timedelta(hours=hours, minutes=minutes, seconds=float(iso[7] or 0))


def _as_iso(text: str) -> str:
    spoken = _SPOKEN.fullmatch(text.strip())
    return _UNITS.get(spoken[2], "").format(spoken[1]) if spoken else text


def _months(start: datetime, count: int) -> datetime:
    """The same day some months on, or the last day of that month."""
    if not count:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if year > END.year:
        raise OverflowError(year)
    for day in (start.day, 30, 29, 28):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start


def workdays(start: datetime, count: int) -> datetime:
    """Return the same time of day *count* working days on."""
    days = (start + timedelta(days=number) for number in range(1, 3 * count + 3))
    working = (day for day in days if day.weekday() < SATURDAY)
    return next(islice(working, count - 1, None)) if count > 0 else start
