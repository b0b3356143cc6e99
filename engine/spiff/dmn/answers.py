"""What a task that asks a decision needs: from a case's flags, through the decision, to flags again.

The decision is found by its id, the flags are its inputs, and what it answers comes back as plain words,
numbers, lists and contexts. With a flag named, the answer goes there, in the shape the task wants it;
without one, each column of a table is a flag of its own, and any other answer stands under the decision's
id. Undecided, a refusal that names the cell or the rows, is what stops the case.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.spiff.dmn.model import Decision, Model
from engine.spiff.dmn.table import Undecided
from engine.spiff.feel.scope import Turn
from engine.spiff.feel.strings import written
from engine.spiff.feel.values import MAX_DEPTH, Context, Items, Months, Range, Steps, Value, over

Flags = Mapping[str, Any]
Row = dict[str, Any]


def answers(
    model: Model, ref: str, flags: Flags, flag: str | None = None, shape: str = "", turn: Turn | None = None
) -> Row:
    """Return the flags that the decision *ref* sets; raise Undecided if it cannot say."""
    part = model.part(ref)
    value = plain(model.decide(ref, flags, turn=turn))
    columns = part.columns if isinstance(part, Decision) else ()
    if flag:
        return {flag: _shaped(shape, value, part.name, columns) if shape else value}
    if isinstance(value, dict):
        return value
    if not columns or isinstance(value, list):
        return {ref: value}
    return dict.fromkeys(columns, value)  # one column, or nothing said in all of them


# --- the shapes Camunda knows -------------------------------------------------------------------


def _shaped(shape: str, value: Any, name: str, columns: tuple[str, ...]) -> Any:
    return SHAPES[shape](_rows(value, columns or (name,), table=bool(columns)), name)


def _rows(value: Any, columns: tuple[str, ...], *, table: bool) -> list[Row]:
    """Return an answer as the rows that applied, each with its columns; what is no table has one row."""
    if not table:
        return [{columns[0]: value}]
    if isinstance(value, list):
        return [each if isinstance(each, dict) else {columns[0]: each} for each in value]
    if value is None:
        return []
    return [value] if isinstance(value, dict) else [{columns[0]: value}]


def _entry(row: Row, name: str) -> Any:
    if len(row) > 1:
        raise _too_many(name, f"一行有 {len(row)} 列", "单列")
    return next(iter(row.values()), None)


def _only(rows: list[Row], name: str) -> Row | None:
    if len(rows) > 1:
        raise _too_many(name, f"有 {len(rows)} 行成立", "单行")
    return rows[0] if rows else None


def _too_many(name: str, said: str, wanted: str) -> Undecided:
    message = f"决策“{name}”：{said}，而任务只要{wanted}结果；请改用其他的 mapDecisionResult，或修改决策表"
    return Undecided(message, code="dmn.shape")


def _single_entry(rows: list[Row], name: str) -> Any:
    row = _only(rows, name)
    return None if row is None else _entry(row, name)


#: What becomes of the rows, by Camunda's ``mapDecisionResult``.
SHAPES: Mapping[str, Callable[[list[Row], str], Any]] = {
    "singleEntry": _single_entry,
    "singleResult": _only,
    "collectEntries": lambda rows, name: [_entry(row, name) for row in rows],
    "resultList": lambda rows, _: rows,
}

# --- plain --------------------------------------------------------------------------------------


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
