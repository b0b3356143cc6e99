"""How a built-in function is called: its ways, the parameters of each, and how arguments fit them.

A way is one row: the function's name, its parameters, what it does. Arguments fit by place or by name; a
list of one stands for its item and an item for a list of one; what fits no way is null.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.spiff.feel.operators import SCALAR, TRIPS
from engine.spiff.feel.values import Context, Items, Months, Range, Value, sized

Row = tuple[str, str, Callable[..., Value]]

#: What a parameter may be, by the word in its row; "any" takes all, null too.
KINDS: Mapping[str, frozenset[type]] = {
    "number": frozenset({Decimal}),
    "text": frozenset({str}),
    "flag": frozenset({bool}),
    "date": frozenset({date}),
    "day": frozenset({date, datetime}),
    "time": frozenset({time}),
    "moment": frozenset({datetime}),
    "days": frozenset({timedelta}),
    "span": frozenset({timedelta, Months}),
    "months": frozenset({Months}),
    "list": frozenset({Items}),
    "context": frozenset({Context}),
    "range": frozenset({Range}),
    "point": SCALAR,
}


class Misfit(Exception):
    """An argument does not fit its parameter."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name and kind, and whether it may be left out or said again and again."""

    name: str
    kind: str
    optional: bool
    repeated: bool

    def fit(self, value: Value) -> Value:
        """Return *value* as this parameter takes it, or raise Misfit."""
        kinds = KINDS.get(self.kind)
        if kinds is None or type(value) in kinds:
            return self._called(value)
        if value is None:
            if self.optional:
                return None
        elif self.kind == "list":
            return Items((value,))
        elif type(value) is Items and len(value) == 1 and type(value[0]) in kinds:
            return value[0]
        raise Misfit(self.name)

    def _called(self, value: Value) -> Value:
        if self.kind == "function" and not hasattr(value, "invoke"):
            raise Misfit(self.name)
        return value


@dataclass(frozen=True, slots=True)
class Way:
    """One way to call a function."""

    parameters: tuple[Parameter, ...]
    run: Callable[..., Value]

    def place(self, placed: Sequence[Value], named: Mapping[str, Value]) -> list[Value]:
        """Return the arguments in order, or raise Misfit."""
        if named:
            placed = self._ordered(named)
        last = self.parameters[-1] if self.parameters else None
        if last is not None and last.repeated:
            fixed = len(self.parameters) - 1
            if len(placed) < max(fixed, 1):  # of nothing at all there is nothing to say
                raise Misfit
            rest = Items(last.fit(value) for value in placed[fixed:])
            return [*self._fit(placed[:fixed]), rest]
        if len(placed) > len(self.parameters):
            raise Misfit
        return self._fit(placed)

    def _fit(self, placed: Sequence[Value]) -> list[Value]:
        if any(not each.optional and not each.repeated for each in self.parameters[len(placed) :]):
            raise Misfit
        return [each.fit(value) for each, value in zip(self.parameters, placed, strict=False)]

    def _ordered(self, named: Mapping[str, Value]) -> list[Value]:
        names = [each.name for each in self.parameters]
        if not named.keys() <= set(names):
            raise Misfit
        if any(each.name not in named and not each.optional for each in self.parameters):
            raise Misfit
        return [named.get(name) for name in names]


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of FEEL itself."""

    name: str
    ways: tuple[Way, ...]

    def invoke(self, placed: Sequence[Value], named: Mapping[str, Value]) -> Value:
        """Return the answer of the first way the arguments fit; null if they fit none."""
        for way in self.ways:
            try:
                arguments = way.place(placed, named)
            except Misfit:
                continue
            try:
                return sized(way.run(*arguments))
            except TRIPS:
                return None
        return None


def library(rows: Iterable[Row]) -> dict[str, Builtin]:
    """Return the functions that *rows* describe; rows of one name are its ways, in order."""
    ways: dict[str, list[Way]] = {}
    for name, signature, run in rows:
        ways.setdefault(name, []).append(Way(tuple(_parameters(signature)), run))
    return {name: Builtin(name, tuple(each)) for name, each in ways.items()}


def _parameters(signature: str) -> Iterable[Parameter]:
    for part in filter(None, signature.split(", ")):
        name, kind = part.split(":")
        yield Parameter(name, kind.rstrip("?*"), kind.endswith("?"), kind.endswith("*"))


def whole(number: Any) -> int:
    """Return *number* as an int; raise ValueError if it is not a whole one."""
    if number != number.to_integral_value():
        raise ValueError(number)
    return int(number)
