"""What FEEL computes with (DMN 1.5 §10.3.2.2–3): the kinds of values, and the way in and out of Python.

null is None, a number a Decimal of 34 digits; a list is an Items, a context a Context, so that a value
that came from outside can be told from one that is FEEL's own. Nothing else ever enters an expression.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, DivisionByZero, InvalidOperation, Overflow
from decimal import Context as Precision
from types import NoneType
from typing import Any, NoReturn

from engine.domain.errors import Malformed

Value = Any  #: one of PLAIN's kinds

#: How exact a number is: decimal128, as DMN has it.
EXACT = Precision(
    prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)  # fmt: skip
#: How large a text or a list may grow, and how many parts a value may have.
MAX_SIZE = 100_000
MAX_DEPTH = 100
MAX_WHOLE = 10**34


class Items(tuple[Value, ...]):
    """A list."""

    __slots__ = ()


class Context(dict[str, Value]):
    """A context: names and their values."""


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration of years and months."""

    count: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None and open stands at infinity."""

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True)
class Function:
    """A function written in FEEL: its parameters, and what it does with as many arguments."""

    parameters: tuple[str, ...]
    run: Callable[[Sequence[Value]], Value]

    def invoke(self, placed: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """Return the answer; too many, too few or strange arguments make null."""
        if named:
            if named.keys() != set(self.parameters):
                return None
            placed = [named[name] for name in self.parameters]
        return self.run(placed) if len(placed) == len(self.parameters) else None


#: The kinds a value may be of.
PLAIN: frozenset[type] = frozenset(
    {NoneType, bool, Decimal, str, date, time, datetime, timedelta, Months, Range, Items, Context, Function}
)


def over(what: str) -> NoReturn:
    """Refuse to go on: the expression asks for more than it may."""
    raise Malformed(f"表达式计算超出限度（{what}）；请简化", code="feel.over-budget")


def of(raw: object, depth: int = 0) -> Value:
    """Return *raw* as FEEL sees it; what FEEL does not know is null."""
    if type(raw) in PLAIN:
        return raw
    if depth > MAX_DEPTH:
        over("嵌套太深")
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, int | float):
        return _number(raw)
    if isinstance(raw, list | tuple):
        return Items(of(item, depth + 1) for item in raw)
    if isinstance(raw, Mapping):
        return Context((str(name), of(item, depth + 1)) for name, item in raw.items())
    return raw if hasattr(raw, "invoke") else None


def _number(raw: float) -> Decimal | None:
    if type(raw) is int and -MAX_WHOLE < raw < MAX_WHOLE:
        return Decimal(raw)
    try:
        return EXACT.create_decimal(repr(raw))
    except InvalidOperation:
        return None


class Steps:
    """Counts the parts of a value that is walked, and refuses too many."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_SIZE) -> None:
        self.left = left

    def step(self, count: int = 1) -> None:
        """Spend *count*."""
        self.left -= count
        if self.left < 0:
            over("数据太多")


def sized(value: Value) -> Value:
    """Return *value* unless it has grown too large."""
    if type(value) in (str, Items) and len(value) > MAX_SIZE:
        over("文字或列表太长")
    return value


def items(value: Value) -> Items:
    """Return a list as it is, and anything else as a list of one."""
    return value if type(value) is Items else Items((value,))
