"""Functions of dates, times and durations, and of ranges of anything (DMN 1.5 §10.3.4.1, §10.3.4.6–7)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.spiff.feel import dates
from engine.spiff.feel.functions import Row, whole
from engine.spiff.feel.operators import COMPARE, equal
from engine.spiff.feel.values import Range, Value


def _date_of(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def _dated(year: Decimal, month: Decimal, day: Decimal) -> date | None:
    return dates.made_date(whole(year), whole(month), whole(day))


def _timed(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time:
    micro = int((second % 1) * 1_000_000)
    zone = None if offset is None else dates.zone_at(offset)
    return time(whole(hour), whole(minute), int(second), micro, zone)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(_date_of(day), at)


def _moment_of(*parts: Decimal) -> datetime | None:
    day, (hour, minute, second) = _dated(*parts[:3]), parts[3:]
    return None if day is None else datetime.combine(day, _timed(hour, minute, second))


def _moment_in(*parts: Value) -> datetime | None:
    """The last part is an offset, or the name of a region."""
    plain = _moment_of(*parts[:6])
    where = parts[6]
    if plain is None or where is None:
        return plain
    zone = dates.zone_at(where) if type(where) is timedelta else dates.a_zone(_marked(where))
    return plain.replace(tzinfo=zone)


def _marked(zone: str) -> str:
    return zone if zone == "Z" or zone[:1] in "+-@" else f"@{zone}"


def _span(text: str) -> Value:
    return dates.a_duration(text)


def _is(left: Value, right: Value) -> bool:
    if type(left) is not type(right):
        return False
    zones = [each.utcoffset() for each in (left, right) if isinstance(each, time | datetime)]
    return len(set(zones)) < 2 and equal(left, right) is True


SIX = "year:number, month:number, day:number, hour:number, minute:number, second:number"
DATES: tuple[Row, ...] = (
    ("date", "from:text", dates.a_date),
    ("date", "from:day", _date_of),
    ("date", "year:number, month:number, day:number", _dated),
    ("time", "from:text", dates.a_time),
    ("time", "from:time", lambda at: at),
    ("time", "from:moment", lambda at: at.timetz()),
    ("time", "from:date", lambda _: dates.a_time("00:00:00Z")),
    ("time", "hour:number, minute:number, second:number, offset:days?", _timed),
    ("date and time", "from:text", dates.a_moment),
    ("date and time", "from:moment", lambda at: at),
    ("date and time", "from:date", dates.midnight),
    ("date and time", "date:day, time:time", _moment),
    ("date and time", SIX, _moment_of),
    ("date and time", f"{SIX}, offset:days?", _moment_in),
    ("date and time", f"{SIX}, timezone:text", _moment_in),
    ("duration", "from:text", _span),
    ("duration", "from:span", lambda span: span),
    ("years and months duration", "from:day, to:day", dates.months_between),
    ("day of year", "date:day", lambda day: Decimal(day.timetuple().tm_yday)),
    ("day of week", "date:day", lambda day: dates.WEEKDAYS[day.weekday()]),
    ("month of year", "date:day", lambda day: dates.MONTHS[day.month - 1]),
    ("week of year", "date:day", lambda day: Decimal(day.isocalendar().week)),
    ("is", "value1:any, value2:any", _is),
)


# --- ranges -------------------------------------------------------------------------------------

Claim = Callable[[Value, Value], bool]


def _less(left: Value, right: Value) -> bool:
    return COMPARE["<"](left, right) is True


def _same(left: Value, right: Value) -> bool:
    return COMPARE["<="](left, right) is True and COMPARE[">="](left, right) is True


def _before(left: Range, right: Range) -> bool:
    apart = not (left.high_closed and right.low_closed)
    return _less(left.high, right.low) or (apart and _same(left.high, right.low))


def _meets(left: Range, right: Range) -> bool:
    return left.high_closed and right.low_closed and _same(left.high, right.low)


def _reaches(left: Range, right: Range) -> bool:
    return _less(right.low, left.high) or _meets(left, right)


def _overlaps(left: Range, right: Range) -> bool:
    return _reaches(left, right) and _reaches(right, left)


def _begins_before(left: Range, right: Range) -> bool:
    earlier = left.low_closed and not right.low_closed
    return _less(left.low, right.low) or (earlier and _same(left.low, right.low))


def _ends_by(left: Range, right: Range) -> bool:
    later = left.high_closed and not right.high_closed
    return _less(left.high, right.high) or (not later and _same(left.high, right.high))


def _overlaps_before(left: Range, right: Range) -> bool:
    return _begins_before(left, right) and _reaches(left, right) and _ends_by(left, right)


def _finishes(left: Range, right: Range) -> bool:
    ends = left.high_closed == right.high_closed and _same(left.high, right.high)
    return ends and not _begins_before(left, right)


def _starts(left: Range, right: Range) -> bool:
    begins = left.low_closed == right.low_closed and _same(left.low, right.low)
    return begins and _ends_by(left, right)


def _includes(left: Range, right: Range) -> bool:
    return not _begins_before(right, left) and _ends_by(right, left)


def _coincides(left: Range, right: Range) -> bool:
    return _starts(left, right) and _finishes(left, right)


def _swapped(claim: Claim) -> Claim:
    return lambda left, right: claim(right, left)


def _spans(claim: Claim) -> Callable[[Value, Value], bool | None]:
    """A claim about two ranges or points; null where their ends cannot be compared."""

    def claimed(left: Value, right: Value) -> bool | None:
        one, other = _as_range(left), _as_range(right)
        ends = (one.low, one.high, other.low, other.high)
        if any(COMPARE["<"](end, ends[0]) is None for end in ends if end is not None):
            return None
        return claim(one, other)

    return claimed


def _as_range(value: Value) -> Range:
    return value if type(value) is Range else Range(value, value)


#: What can be claimed about two ranges, about a point and a range (p), a range and a point (r), two points (2).
CLAIMS: tuple[tuple[str, Claim, str], ...] = (
    ("before", _before, "pr2"),
    ("after", _swapped(_before), "pr2"),
    ("meets", _meets, ""),
    ("met by", _swapped(_meets), ""),
    ("overlaps", _overlaps, ""),
    ("overlaps before", _overlaps_before, ""),
    ("overlaps after", _swapped(_overlaps_before), ""),
    ("finishes", _finishes, "p"),
    ("finished by", _swapped(_finishes), "r"),
    ("includes", _includes, "r"),
    ("during", _swapped(_includes), "p"),
    ("starts", _starts, "p"),
    ("started by", _swapped(_starts), "r"),
    ("coincides", _coincides, "2"),
)
SIGNATURES = {
    "p": "point:point, range:range",
    "r": "range:range, point:point",
    "2": "point1:point, point2:point",
}


def _range_rows() -> list[Row]:
    rows: list[Row] = []
    for name, claim, also in CLAIMS:
        rows.append((name, "range1:range, range2:range", _spans(claim)))
        rows += [(name, SIGNATURES[way], _spans(claim)) for way in also]
    return rows


ROWS: tuple[Row, ...] = (*DATES, *_range_rows())
