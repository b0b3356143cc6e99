"""What FEEL's signs mean (DMN 1.5 §10.3.2.6, §10.3.2.13–15): equality, order, sums, three-valued logic.

What cannot be compared or reckoned with is null, never an error.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException

from engine.spiff.feel import dates
from engine.spiff.feel.values import EXACT, Context, Items, Months, Range, Steps, Value, sized

Claim = Callable[[Value, Value], bool | None]
Reckon = Callable[[Value, Value], Value]

SCALAR: frozenset[type] = frozenset({bool, Decimal, str, date, time, datetime, timedelta, Months})
ORDERED: frozenset[type] = SCALAR - {bool}


def equal(left: Value, right: Value) -> bool | None:
    """Claim that both are the same; what is not alike is null, but nothing is alike null but null."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in SCALAR:
        return bool(left == right) if kind is not time else _same_time(left, right)
    return _deep(left, right, Steps())


def _same_time(left: time, right: time) -> bool:
    """A time in a region has no offset of its own: only the same region makes the same time."""
    regions = [dates.region(each) for each in (left, right)]
    return left == right and regions[0] == regions[1]


def _deep(left: Value, right: Value, steps: Steps) -> bool | None:
    steps.step()
    if left is right:
        return True
    if type(left) is not type(right):
        return False if left is None or right is None else None
    parts = PARTS.get(type(left))
    if parts is None:
        return bool(left == right)
    own, other = parts(left), parts(right)
    if len(own) != len(other):
        return False
    return all(_deep(one, another, steps) is True for one, another in zip(own, other, strict=True))


def _entries(context: Context) -> list[Value]:
    return [part for name in sorted(context) for part in (name, context[name])]


#: What a compound value is made of, in order.
PARTS: Mapping[type, Callable[[Value], list[Value]]] = {
    Items: list,
    Context: _entries,
    Range: lambda span: [span.low, span.high, span.low_closed, span.high_closed],
}


def unequal(left: Value, right: Value) -> bool | None:
    """Claim that both differ."""
    return negate(equal(left, right))


def negate(value: Value) -> bool | None:
    """Return the contrary of a boolean, null of anything else."""
    return not value if isinstance(value, bool) else None


def _order(claim: Claim) -> Claim:
    def ordered(left: Value, right: Value) -> bool | None:
        if type(left) is not type(right) or type(left) not in ORDERED:
            return None
        try:
            return claim(left, right)
        except TypeError:  # one has a zone, the other none
            return None

    return ordered


COMPARE: Mapping[str, Claim] = {
    "=": equal,
    "!=": unequal,
    "<": _order(operator.lt),
    "<=": _order(operator.le),
    ">": _order(operator.gt),
    ">=": _order(operator.ge),
}


def inside(value: Value, low: Value, high: Value, above: str, below: str) -> bool | None:
    """Claim that *value* is *above* the low and *below* the high end."""
    over, under = COMPARE[above](value, low), COMPARE[below](value, high)
    if over is False or under is False:
        return False
    return True if over and under else None


def within(value: Value, span: Range) -> bool | None:
    """Claim that *value* lies in *span*; an open end without a bound holds for anything comparable."""
    above, below = ">=" if span.low_closed else ">", "<=" if span.high_closed else "<"
    if span.low is None and not span.low_closed:
        return COMPARE[below](value, span.high)
    if span.high is None and not span.high_closed:
        return COMPARE[above](value, span.low)
    return inside(value, span.low, span.high, above, below)


def member(value: Value, among: Value) -> bool | None:
    """Claim that *value* passes a test that is a range, a list of values and ranges, or a value."""
    if type(among) is Range:
        return equal(value, among) if type(value) is Range else within(value, among)
    if type(among) is Items:
        return equal(value, among) is True or any(_passes(value, each) for each in among)
    return equal(value, among)


def _passes(value: Value, test: Value) -> bool:
    if type(test) is Range and type(value) is not Range:
        return within(value, test) is True
    return equal(value, test) is True


# --- reckoning ----------------------------------------------------------------------------------


def _scaled(span: timedelta, factor: Decimal) -> timedelta:
    micro = (span // timedelta(microseconds=1)) * factor
    return timedelta(microseconds=int(micro.to_integral_value()))


def _months(span: Months, factor: Decimal) -> Months:
    return Months(int(span.count * factor))


def _ratio(left: timedelta, right: timedelta) -> Decimal:
    one = timedelta(microseconds=1)
    return EXACT.divide(Decimal(left // one), Decimal(right // one))


def _day_plus(day: date, span: timedelta) -> date:
    return (dates.midnight(day) + span).date()


#: What can be added to what, and how; the rest is null (DMN 1.5, tables 54–57).
ADD: Mapping[tuple[type, type], Reckon] = {
    (Decimal, Decimal): EXACT.add,
    (str, str): lambda left, right: sized(left + right),
    (date, timedelta): _day_plus,
    (timedelta, date): lambda span, day: _day_plus(day, span),
    (datetime, timedelta): operator.add,
    (timedelta, datetime): operator.add,
    (time, timedelta): dates.turned,
    (timedelta, time): lambda span, at: dates.turned(at, span),
    (timedelta, timedelta): operator.add,
    (date, Months): lambda day, span: dates.later(day, span.count),
    (Months, date): lambda span, day: dates.later(day, span.count),
    (datetime, Months): lambda at, span: dates.later(at, span.count),
    (Months, datetime): lambda span, at: dates.later(at, span.count),
    (Months, Months): lambda left, right: Months(left.count + right.count),
}
SUBTRACT: Mapping[tuple[type, type], Reckon] = {
    (Decimal, Decimal): EXACT.subtract,
    (date, date): operator.sub,
    (datetime, datetime): operator.sub,
    (datetime, date): lambda at, day: at - dates.midnight(day, at),
    (date, datetime): lambda day, at: dates.midnight(day, at) - at,
    (time, time): lambda left, right: dates.between(right, left),
    (date, timedelta): lambda day, span: _day_plus(day, -span),
    (datetime, timedelta): operator.sub,
    (time, timedelta): lambda at, span: dates.turned(at, -span),
    (timedelta, timedelta): operator.sub,
    (date, Months): lambda day, span: dates.later(day, -span.count),
    (datetime, Months): lambda at, span: dates.later(at, -span.count),
    (Months, Months): lambda left, right: Months(left.count - right.count),
}
MULTIPLY: Mapping[tuple[type, type], Reckon] = {
    (Decimal, Decimal): EXACT.multiply,
    (timedelta, Decimal): _scaled,
    (Decimal, timedelta): lambda factor, span: _scaled(span, factor),
    (Months, Decimal): _months,
    (Decimal, Months): lambda factor, span: _months(span, factor),
}
DIVIDE: Mapping[tuple[type, type], Reckon] = {
    (Decimal, Decimal): EXACT.divide,
    (timedelta, Decimal): lambda span, part: _scaled(span, EXACT.divide(Decimal(1), part)),
    (timedelta, timedelta): _ratio,
    (Months, Decimal): lambda span, part: Months(int(EXACT.divide(Decimal(span.count), part))),
    (Months, Months): lambda left, right: EXACT.divide(Decimal(left.count), Decimal(right.count)),
}
POWER: Mapping[tuple[type, type], Reckon] = {(Decimal, Decimal): EXACT.power}

#: What reckoning may trip over; the answer is null then.
TRIPS = (DecimalException, OverflowError, ValueError, TypeError, ZeroDivisionError)


def _reckoner(table: Mapping[tuple[type, type], Reckon]) -> Reckon:
    def reckoned(left: Value, right: Value) -> Value:
        reckon = table.get((type(left), type(right)))
        if reckon is None:
            return None
        try:
            return reckon(left, right)
        except TRIPS:
            return None

    return reckoned


RECKON: Mapping[str, Reckon] = {
    "+": _reckoner(ADD),
    "-": _reckoner(SUBTRACT),
    "*": _reckoner(MULTIPLY),
    "/": _reckoner(DIVIDE),
    "**": _reckoner(POWER),
}


def minus(value: Value) -> Value:
    """Return the negative of a number or a duration."""
    if type(value) is Decimal:
        return EXACT.minus(value)
    if type(value) is Months:
        return Months(-value.count)
    return -value if type(value) is timedelta else None
