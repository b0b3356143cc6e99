"""Dates, times and durations (DMN 1.5 §10.3.2.3.4–7): read, written, shifted, taken apart.

A text that is no date is null. Years run from 1 to 9999, seconds to the microsecond.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.spiff.feel.values import Months, Range, Value

DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
TIME = re.compile(r"(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d(?::\d\d)?|@[A-Za-z][\w/+-]*)?", re.ASCII)
YEARS = re.compile(r"(-?)P(?=\d)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
DAYS = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,9})D)?"
    r"(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15}(?:\.\d{0,9})?)S)?)?",
    re.ASCII,
)
OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?")
DAY = timedelta(days=1)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


# --- read ---------------------------------------------------------------------------------------


def a_date(text: str) -> date | None:
    """Return the date *text* says, or None."""
    read = DATE.fullmatch(text)
    return made_date(*map(int, read.groups())) if read else None


def made_date(year: int, month: int, day: int) -> date | None:
    """Return that day, or None if there is none such."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def a_time(text: str) -> time | None:
    """Return the time of day *text* says, or None."""
    read = TIME.fullmatch(text)
    if read is None:
        return None
    hour, minute, second, fraction, zone = read.groups()
    try:
        known = a_zone(zone) if zone else None
        return time(int(hour), int(minute), int(second), _micro(fraction), known)
    except (ValueError, OverflowError):
        return None


def _micro(fraction: str | None) -> int:
    return int((fraction or ".0")[1:7].ljust(6, "0"))


def a_zone(text: str) -> tzinfo:
    """Return the zone written as Z, an offset or @Region/City; raise ValueError for any other."""
    if text == "Z":
        return UTC
    if text[0] == "@":
        try:
            return ZoneInfo(text[1:])
        except (LookupError, OSError) as unknown:
            raise ValueError(text) from unknown
    read = OFFSET.fullmatch(text)
    assert read is not None
    sign, hours, minutes, seconds = read.groups()
    if int(hours) > 18 or int(minutes) > 59 or int(seconds or 0) > 59:
        raise ValueError(text)
    away = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return zone_at(-away if sign == "-" else away)


def zone_at(away: timedelta) -> tzinfo:
    """Return the zone that far from Greenwich."""
    return timezone(away) if away else UTC


def a_moment(text: str) -> datetime | None:
    """Return the date and time *text* says; a date alone means its midnight."""
    day, parted, rest = text.partition("T")
    known, at = a_date(day), a_time(rest) if parted else time()
    return datetime.combine(known, at) if known is not None and at is not None else None


def a_duration(text: str) -> Months | timedelta | None:
    """Return the duration *text* says: of years and months, or of days and time."""
    read = YEARS.fullmatch(text)
    if read:
        count = int(read[2] or 0) * 12 + int(read[3] or 0)
        return Months(-count if read[1] else count)
    read = DAYS.fullmatch(text)
    return _days(read) if read else None


def _days(read: re.Match[str]) -> timedelta | None:
    sign, days, hours, minutes, seconds = read.groups()
    micro = int(Decimal(seconds or 0) * 1_000_000)
    try:
        span = timedelta(int(days or 0), 0, micro, 0, int(minutes or 0), int(hours or 0))
    except OverflowError:
        return None
    return -span if sign else span


def a_literal(text: str) -> Value:
    """Return what ``@"…"`` means: a date, a time, both, or a duration; None for none of them."""
    for read in (a_date, a_time, a_moment, a_duration):
        value = read(text)
        if value is not None:
            return value
    return None


# --- write --------------------------------------------------------------------------------------


def written_time(at: time | datetime) -> str:
    """Return a time as FEEL writes it."""
    fraction = f".{at.microsecond:06}".rstrip("0") if at.microsecond else ""
    return f"{at.hour:02}:{at.minute:02}:{at.second:02}{fraction}{_zone(at.tzinfo)}"


def _zone(zone: tzinfo | None) -> str:
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    if zone is None:
        return ""
    seconds = int((zone.utcoffset(None) or timedelta()).total_seconds())
    if not seconds:
        return "Z"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds_left = divmod(rest, 60)
    tail = f":{seconds_left:02}" if seconds_left else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{minutes:02}{tail}"


def written_moment(at: datetime) -> str:
    """Return a date and time as FEEL writes it."""
    return f"{at.date().isoformat()}T{written_time(at)}"


def written_months(span: Months) -> str:
    """Return years and months as ISO 8601 writes them."""
    years, months = divmod(abs(span.count), 12)
    said = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if span.count < 0 else "") + "P" + (said or "0M")


def written_days(span: timedelta) -> str:
    """Return days and time as ISO 8601 writes them."""
    size = abs(span)
    hours, rest = divmod(size.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    exact = f"{seconds}.{size.microseconds:06}".rstrip("0").rstrip(".") if size.microseconds else f"{seconds}"
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{exact}S" if exact != "0" else ""
    said = (f"{size.days}D" if size.days else "") + (f"T{clock}" if clock else "")
    return ("-" if span < timedelta() else "") + "P" + (said or "T0S")


# --- shift --------------------------------------------------------------------------------------


def later(day: date, months: int) -> date:
    """Return *day* so many months on; a month too short ends on its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def turned(at: time, span: timedelta) -> time:
    """Return the time of day that long after *at*, round the clock."""
    moved = datetime.combine(date(2000, 1, 3), at.replace(tzinfo=None)) + span % DAY
    return moved.time().replace(tzinfo=at.tzinfo)


def between(first: time, second: time) -> timedelta:
    """Return how long it is from *first* to *second* on one day."""
    if (first.utcoffset() is None) != (second.utcoffset() is None):
        raise TypeError("one of two times has no zone")
    return _since_midnight(second) - _since_midnight(first)


def _since_midnight(at: time) -> timedelta:
    wall = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
    return wall - (at.utcoffset() or timedelta())


def midnight(day: date, like: datetime | None = None) -> datetime:
    """Return the beginning of *day*; in Greenwich if *like* has a zone."""
    return datetime.combine(day, time(tzinfo=UTC if like is None or like.tzinfo else None))


def months_between(start: date, end: date) -> Months:
    """Return the whole months from *start* to *end*."""
    count = (end.year - start.year) * 12 + end.month - start.month
    if count > 0 and _rest(end) < _rest(start):
        count -= 1
    elif count < 0 and _rest(end) > _rest(start):
        count += 1
    return Months(count)


def _rest(day: date) -> tuple[int, time]:
    return day.day, day.time() if isinstance(day, datetime) else time()


# --- take apart ---------------------------------------------------------------------------------


def _part(span: timedelta, unit: int, of: int | None) -> Decimal:
    whole = int(abs(span) // timedelta(seconds=1)) // unit
    size = whole % of if of else whole
    return Decimal(-size if span < timedelta() else size)


def _years(span: Months) -> Decimal:
    return Decimal(int(span.count / 12))


def _offset(at: time | datetime) -> timedelta | None:
    return at.utcoffset()


def region(at: time | datetime) -> str | None:
    """Return the region whose clocks *at* is read from; None for an offset, or none at all."""
    return at.tzinfo.key if isinstance(at.tzinfo, ZoneInfo) else None


Properties = Mapping[str, Callable[[Value], Value]]
_DAY: Properties = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_CLOCK: Properties = {
    "hour": lambda at: Decimal(at.hour),
    "minute": lambda at: Decimal(at.minute),
    "second": lambda at: Decimal(at.second),
    "time offset": _offset,
    "timezone": region,
}
#: What can be asked of a value by a path (DMN 1.5, table 66).
PROPERTIES: Mapping[type, Properties] = {
    date: _DAY,
    time: _CLOCK,
    datetime: {**_DAY, **_CLOCK},
    timedelta: {
        "days": lambda span: _part(span, 86_400, None),
        "hours": lambda span: _part(span, 3_600, 24),
        "minutes": lambda span: _part(span, 60, 60),
        "seconds": lambda span: _part(span, 1, 60),
    },
    Months: {"years": _years, "months": lambda span: Decimal(span.count) - _years(span) * 12},
    Range: {
        "start": lambda span: span.low,
        "end": lambda span: span.high,
        "start included": lambda span: span.low_closed,
        "end included": lambda span: span.high_closed,
    },
}
