"""What a business rule task needs: from a case's flags, through a decision, to flags again.

``answers(model, ref, flags, variable)`` is all of it: the decision is found by id or name, the flags are its
inputs, and what it answers comes back as plain words, numbers and booleans that a case may keep. With a
*variable* (the task's result variable) the answer stands under that name; without one, a context gives its
entries, and any other answer stands under the decision's id. Undecided, a refusal with the rows in its
message, is an incident of the case.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.spiff.dmn.model import Model
from engine.spiff.feel.strings import written
from engine.spiff.feel.values import MAX_DEPTH, Context, Items, Months, Range, Steps, Value, over

Flags = Mapping[str, Any]


def answers(
    model: Model, ref: str, flags: Flags, variable: str | None = None, at: datetime | None = None
) -> dict[str, Any]:
    """Return the flags that the decision *ref* sets; raise Undecided if it cannot say."""
    value = plain(model.decide(ref, flags, at))
    if variable:
        return {variable: value}
    return value if isinstance(value, dict) else {ref: value}


def plain(value: Value) -> Any:
    """Return a value of FEEL as JSON knows it: dates and durations as text, whole numbers as int."""
    return _plain(value, Steps(), 0)


def _plain(value: Value, steps: Steps, depth: int) -> Any:
    steps.step()
    if depth > MAX_DEPTH:
        over("嵌套太深")
    if type(value) is Items:
        return [_plain(each, steps, depth + 1) for each in value]
    if type(value) is Context:
        return {name: _plain(each, steps, depth + 1) for name, each in value.items()}
    return PLAIN[type(value)](value) if type(value) in PLAIN else value if _known(value) else None


def _known(value: Value) -> bool:
    return value is None or type(value) in (bool, str)


def _number(number: Decimal) -> float:
    return int(number) if number == number.to_integral_value() else float(number)


PLAIN: Mapping[type, Callable[[Any], Any]] = {
    Decimal: _number,
    **dict.fromkeys((date, time, datetime, timedelta, Months, Range), written),
}
