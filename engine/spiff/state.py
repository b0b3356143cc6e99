"""A running case as compact bytes, and back: the tokens that are alive and the flags, no specs.

``[version, counter, {flag: value}, [[key, node, state, parent, notes], …]]`` with the parent left
out for tokens of the process itself, and a fifth part if the process itself has notes. Nodes are
named, so a state outlives an order of elements.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from engine.domain.errors import Malformed
from engine.spiff.tokens import Case, Plan, Token

VERSION = 1


def dump(case: Case) -> bytes:
    """Return *case* as bytes."""
    rows = [_row(case, token) for token in case.tokens()]
    notes = case.task_tree.internal_data
    return orjson.dumps([VERSION, case.counter, case.data, rows, *([notes] if notes else [])])


def _row(case: Case, token: Token) -> list[Any]:
    parent = 0 if token.parent is case.task_tree else int(token.parent.id)
    row = [int(token.key), token.task_spec.name, token.mark, parent, token.internal_data]
    while not row[-1]:
        row.pop()
    return row


def load(plan: Plan, state: bytes) -> Case:
    """Return the case that *state* tells of, or raise Malformed ``state.unreadable``."""
    try:
        version, counter, flags, rows, *notes = orjson.loads(state)
        if version != VERSION:
            raise ValueError(version)
        case = Case(plan, flags, counter)
        case.task_tree.internal_data.update(*notes)
        for row in rows:
            _token(case, *row)
    except (ValueError, TypeError, KeyError) as broken:
        raise Malformed(
            "案件的流程状态与流程图不相符；请由管理人员迁移到当前版本", code="state.unreadable"
        ) from broken
    return case


def _token(
    case: Case, key: int, name: str, state: int, parent: int = 0, notes: dict[str, Any] | None = None
) -> None:
    scope = case.tasks[str(parent)] if parent else case.task_tree
    token = Token(case, case.spec.task_specs[name], scope, state=state, id=str(key))
    token.internal_data = notes or {}


def fit(flags: Mapping[Any, Any]) -> dict[str, Any]:
    """Return *flags* if they are ids, booleans, numbers and short words; else raise Malformed."""
    bad = next(_unfit(flags), None)
    if bad is not None:
        raise Malformed(
            f"流程标志“{str(bad)[:40]}”只能是词、数或是否", code="flag.unfit", field=str(bad)[:40]
        )
    return dict(flags)


def _unfit(flags: Mapping[Any, Any]) -> Iterator[object]:
    for name, value in flags.items():
        if not isinstance(name, str) or len(name) > 100 or not _fits(value):
            yield name


def _fits(value: object) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) < 2**53
    return isinstance(value, str) and len(value) <= 200
