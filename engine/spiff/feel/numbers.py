"""Functions of numbers and of booleans (DMN 1.5 §10.3.4.5, §10.3.4.2)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.spiff.feel.functions import Row
from engine.spiff.feel.operators import negate
from engine.spiff.feel.values import EXACT, Months, Value

MAX_SCALE = 6176


def _rounded(rounding: str, number: Decimal, scale: Decimal | None) -> Decimal | None:
    places = int(scale or 0)
    if not -MAX_SCALE < places < MAX_SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    return number.quantize(Decimal(1).scaleb(-places, EXACT), rounding=rounding, context=EXACT)


def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    rest = EXACT.remainder(dividend, divisor)
    return EXACT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _absolute(value: Value) -> Value:
    return Months(abs(value.count)) if type(value) is Months else abs(value)


def _logarithm(number: Decimal) -> Decimal | None:
    return EXACT.ln(number) if number > 0 else None


def _odd(number: Decimal) -> bool:
    return EXACT.remainder(abs(number), Decimal(2)) == 1


def _even(number: Decimal) -> bool:
    return EXACT.remainder(number, Decimal(2)) == 0


ROWS: tuple[Row, ...] = (
    ("decimal", "n:number, scale:number", lambda n, scale: _rounded(ROUND_HALF_EVEN, n, scale)),
    ("floor", "n:number, scale:number?", lambda n, scale=None: _rounded(ROUND_FLOOR, n, scale)),
    ("ceiling", "n:number, scale:number?", lambda n, scale=None: _rounded(ROUND_CEILING, n, scale)),
    ("round up", "n:number, scale:number", lambda n, scale: _rounded(ROUND_UP, n, scale)),
    ("round down", "n:number, scale:number", lambda n, scale: _rounded(ROUND_DOWN, n, scale)),
    ("round half up", "n:number, scale:number", lambda n, scale: _rounded(ROUND_HALF_UP, n, scale)),
    ("round half down", "n:number, scale:number", lambda n, scale: _rounded(ROUND_HALF_DOWN, n, scale)),
    ("abs", "n:number", _absolute),
    ("abs", "n:span", _absolute),
    ("modulo", "dividend:number, divisor:number", _modulo),
    ("sqrt", "number:number", EXACT.sqrt),
    ("log", "number:number", _logarithm),
    ("exp", "number:number", EXACT.exp),
    ("odd", "number:number", _odd),
    ("even", "number:number", _even),
    ("not", "negand:any", negate),
)
