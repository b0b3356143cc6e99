"""Types (DMN 1.5 §10.3.2.8–10): what is an instance of what, and how a value is fitted to a type.

A value that does not fit becomes null; a list of one and its item stand for each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.spiff.feel import dates
from engine.spiff.feel.values import Context, Items, Months, Range, Value


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its kind, what it is made of, and which values it allows."""

    kind: str
    item: "Type | None" = None
    fields: tuple[tuple[str, "Type"], ...] = ()
    arity: int | None = None
    allows: Callable[[Value], bool] | None = None


ANY = Type("any")
#: What a type is called: in FEEL, and in DMN's attributes.
NAMES: Mapping[str, Type] = {
    "Any": ANY,
    "any": ANY,
    "Null": Type("null"),
    "null": Type("null"),
    "number": Type("number"),
    "string": Type("string"),
    "boolean": Type("boolean"),
    "date": Type("date"),
    "time": Type("time"),
    "date and time": Type("moment"),
    "dateTime": Type("moment"),
    "days and time duration": Type("days"),
    "dayTimeDuration": Type("days"),
    "day-time-duration": Type("days"),
    "years and months duration": Type("months"),
    "yearMonthDuration": Type("months"),
    "year-month-duration": Type("months"),
    "list": Type("list", ANY),
    "range": Type("range", ANY),
    "context": Type("context"),
    "function": Type("function"),
}
KINDS: Mapping[str, type] = {
    "number": Decimal, "string": str, "boolean": bool, "date": date, "time": time, "moment": datetime,
    "days": timedelta, "months": Months,
}  # fmt: skip


def conforms(value: Value, wanted: Type) -> bool:
    """Claim that *value*, which is not null, is of type *wanted*, and one that the type allows."""
    if value is None:
        return wanted.kind == "null"
    return _shaped(value, wanted) and (wanted.allows is None or wanted.allows(value))


def unbound(kind: Type) -> Type:
    """Return *kind* with every value allowed, as ``instance of`` asks for it."""
    item = None if kind.item is None else unbound(kind.item)
    fields = tuple((name, unbound(field)) for name, field in kind.fields)
    return replace(kind, item=item, fields=fields, allows=None)


def _shaped(value: Value, wanted: Type) -> bool:
    if wanted.kind == "any":
        return True
    if wanted.kind in KINDS:
        return type(value) is KINDS[wanted.kind]
    return SHAPES[wanted.kind](value, wanted)


def _is_list(value: Value, wanted: Type) -> bool:
    item = wanted.item or ANY
    return type(value) is Items and all(each is None or conforms(each, item) for each in value)


def _is_range(value: Value, wanted: Type) -> bool:
    item = wanted.item or ANY
    return type(value) is Range and all(end is None or conforms(end, item) for end in (value.low, value.high))


def _is_context(value: Value, wanted: Type) -> bool:
    return type(value) is Context and all(
        name in value and (value[name] is None or conforms(value[name], field))
        for name, field in wanted.fields
    )


def _is_function(value: Any, wanted: Type) -> bool:
    arity = len(getattr(value, "parameters", ()))
    return hasattr(value, "invoke") and wanted.arity in (None, arity)


SHAPES: Mapping[str, Callable[[Value, Type], bool]] = {
    "list": _is_list,
    "range": _is_range,
    "context": _is_context,
    "function": _is_function,
    "null": lambda value, _: value is None,
}


def fitted(value: Value, wanted: Type) -> Value:
    """Return *value* as *wanted*, or null if it does not fit."""
    if value is None or wanted.kind == "any" or conforms(value, wanted):
        return value if value is None or wanted.allows is None or wanted.allows(value) else None
    for fit in (_unwrapped, _wrapped, _dated):
        other = fit(value, wanted)
        if other is not None and conforms(other, wanted):
            return other
    return None


def told(value: Value, wanted: Type) -> Value:
    """Return what comes from outside as *wanted*: there dates, times and durations are written as text."""
    return fitted(_read(value, wanted), wanted)


#: How a text is read where one of these is wanted.
READ: Mapping[str, Callable[[str], Value]] = {
    "date": dates.a_date,
    "time": dates.a_time,
    "moment": dates.a_moment,
    "days": dates.a_duration,
    "months": dates.a_duration,
}


def _read(value: Value, wanted: Type) -> Value:
    if type(value) is str and wanted.kind in READ:
        return READ[wanted.kind](value)
    if type(value) is Items and wanted.kind == "list":
        return Items(_read(each, wanted.item or ANY) for each in value)
    if type(value) is Context and wanted.fields:
        return Context({**value, **{k: _read(value[k], field) for k, field in wanted.fields if k in value}})
    return value


def _unwrapped(value: Value, wanted: Type) -> Value:
    while wanted.kind != "list" and type(value) is Items and len(value) == 1:
        value = value[0]
    return value


def _wrapped(value: Value, wanted: Type) -> Value:
    return Items((value,)) if wanted.kind == "list" and type(value) is not Items else None


def _dated(value: Value, wanted: Type) -> Value:
    return dates.midnight(value) if wanted.kind == "moment" and type(value) is date else None


def listed(item: Type) -> Type:
    """Return the type of lists of *item*."""
    return Type("list", item)
