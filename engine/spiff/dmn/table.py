"""Decision tables (DMN 1.5 §8): columns, rules, and what the hit policy makes of the rules that apply.

Which rules apply is one number per column, a bit for each rule; a column of plain words is looked up, not
tried row by row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from engine.domain.errors import Malformed, Refused
from engine.spiff.feel.build import Run
from engine.spiff.feel.compiler import Cell
from engine.spiff.feel.operators import ORDERED, RECKON, equal
from engine.spiff.feel.scope import Scope
from engine.spiff.feel.types import Type, fitted, told
from engine.spiff.feel.values import Context, Items, Value


class Undecided(Refused):
    """A decision gives no answer: its table contradicts itself, or asks for too much."""

    code = "dmn.undecided"


@dataclass(frozen=True, slots=True)
class Column:
    """One input: what it is called and reads, and which rules each of its cells belongs to."""

    title: str
    run: Run
    kind: Type | None
    free: int
    words: Mapping[str, int]
    cells: tuple[tuple[Cell, int], ...]

    def hits(self, scope: Scope) -> int:
        """Return the rules whose cell holds, as bits."""
        rules = 0
        try:
            value = self.run(scope)
            if self.kind is not None:
                value = told(value, self.kind)
            found = self.free | (self.words.get(value, 0) if type(value) is str else 0)
            inner = scope.within({"?": value})
            for cell, rules in self.cells:
                if cell.test(value, inner) is True:
                    found |= rules
        except Malformed as refused:
            raise _at(refused, (rules & -rules).bit_length(), self.title) from None
        return found


def _at(refused: Malformed, row: int, column: str) -> Undecided:
    """Return the refusal that names the cell; row 0 is the head of the column."""
    where = f"第 {row} 行“{column}”列" if row else f"输入列“{column}”"
    return Undecided(f"{where}：{refused.message}", code=refused.code)


@dataclass(frozen=True, slots=True)
class Output:
    """One output: its name, its type, the order of its values, and what it is if no rule applies."""

    name: str
    kind: Type | None
    ranked: Run | None
    default: Run | None

    def fit(self, value: Value) -> Value:
        """Return *value* as this output's type has it."""
        return value if self.kind is None else fitted(value, self.kind)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: its id, its number, and what it answers."""

    id: str | None
    number: int
    answers: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table, ready to be asked."""

    label: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str

    def __call__(self, scope: Scope) -> Value:
        """Return what the table answers; raise Undecided if it contradicts itself."""
        try:
            found = self._found(scope)
            scope.turn.step(1 + found.bit_count())
            applying = [rule for rule in self.rules if found >> rule.number & 1]
            return POLICIES[self.policy](self, applying, scope)
        except Undecided as refused:
            if refused.about.get("table"):
                raise
            message = f"{self.label}{refused.message}"
            raise Undecided(message, code=refused.code, element=refused.element, table=True) from None

    def _found(self, scope: Scope) -> int:
        """Return the rules that apply, as bits."""
        found = (1 << len(self.rules)) - 1
        for column in self.columns:
            found &= column.hits(scope)
            if not found:
                break
        return found

    def answer(self, rule: Rule, scope: Scope) -> Value:
        """Return what one rule answers: a value, or a context of several."""
        values = []
        for output, run in zip(self.outputs, rule.answers, strict=True):
            try:
                values.append(output.fit(run(scope)))
            except Malformed as refused:
                raise _at(refused, rule.number + 1, output.name) from None
        return self._named(values)

    def _named(self, values: Sequence[Value]) -> Value:
        if len(self.outputs) == 1:
            return values[0]
        return Context(zip((output.name for output in self.outputs), values, strict=True))

    def default(self, scope: Scope) -> Value:
        """Return what holds if no rule applies; null if nothing is said."""
        if all(output.default is None for output in self.outputs):
            return None
        return self._named(
            [None if output.default is None else output.fit(output.default(scope)) for output in self.outputs]
        )

    def rank(self, answer: Value, scope: Scope) -> tuple[int, ...]:
        """Return where an answer stands in the order of the output values; unlisted ones come last."""
        single = len(self.outputs) == 1
        return tuple(
            _rank(answer if single else answer[output.name], output.ranked(scope))
            for output in self.outputs
            if output.ranked is not None
        )


def _rank(value: Value, ranked: Sequence[Value]) -> int:
    return next((place for place, each in enumerate(ranked) if equal(value, each) is True), len(ranked))


# --- hit policies -------------------------------------------------------------------------------

Policy = Callable[[Table, list[Rule], Scope], Value]


def _contradiction(table: Table, rules: Sequence[Rule], code: str, why: str) -> Undecided:
    rows = "、".join(str(rule.number + 1) for rule in rules)
    said = f"{table.label}：第 {rows} 行同时成立{why}；请修改这些行的条件"
    return Undecided(said, code=code, element=rules[-1].id, rules=[rule.id for rule in rules], table=True)


def _unique(table: Table, rules: list[Rule], scope: Scope) -> Value:
    if len(rules) > 1:
        raise _contradiction(table, rules, "dmn.not-unique", "，但命中策略是“唯一”（U）")
    return table.answer(rules[0], scope) if rules else table.default(scope)


def _any(table: Table, rules: list[Rule], scope: Scope) -> Value:
    answers = [table.answer(rule, scope) for rule in rules]
    if any(equal(answers[0], each) is not True for each in answers[1:]):
        raise _contradiction(table, rules, "dmn.not-any", "而结果不同，但命中策略是“任一”（A）")
    return answers[0] if answers else table.default(scope)


def _first(table: Table, rules: list[Rule], scope: Scope) -> Value:
    return table.answer(rules[0], scope) if rules else table.default(scope)


def _priority(table: Table, rules: list[Rule], scope: Scope) -> Value:
    ranked = _ranked(table, rules, scope)
    return ranked[0] if ranked else table.default(scope)


def _ranked(table: Table, rules: list[Rule], scope: Scope) -> list[Value]:
    answers = [table.answer(rule, scope) for rule in rules]
    return sorted(answers, key=lambda answer: table.rank(answer, scope))


def _output_order(table: Table, rules: list[Rule], scope: Scope) -> Value:
    return Items(_ranked(table, rules, scope)) if rules else _none(table, scope)


def _rule_order(table: Table, rules: list[Rule], scope: Scope) -> Value:
    return Items(table.answer(rule, scope) for rule in rules) if rules else _none(table, scope)


def _none(table: Table, scope: Scope) -> Value:
    default = table.default(scope)
    return Items() if default is None else default


def _folded(fold: Callable[[list[Any]], Value]) -> Policy:
    def policy(table: Table, rules: list[Rule], scope: Scope) -> Value:
        if not rules:
            return table.default(scope)
        answers = [table.answer(rule, scope) for rule in rules]
        kinds = {type(each) for each in answers}
        return fold(answers) if len(kinds) == 1 and kinds <= ORDERED else None

    return policy


def _count(_: Table, rules: list[Rule], __: Scope) -> Value:
    return Decimal(len(rules))


#: By the word of the file, or its letter (DMN 1.5 §8.2.10–11).
POLICIES: Mapping[str, Policy] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _rule_order,
    "COLLECT SUM": _folded(lambda answers: reduce(RECKON["+"], answers)),
    "COLLECT MIN": _folded(min),
    "COLLECT MAX": _folded(max),
    "COLLECT COUNT": _count,
}
