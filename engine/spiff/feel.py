"""Conditions in FEEL: read by a grammar, compiled to closures, three-valued, never executed as code.

An unknown name is null. ``=`` and ``!=`` know null; an order or a sum with null is null; a condition
holds only when it is true. What is compared must be alike: ``"1" = 1`` is null.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import cache
from operator import add, ge, gt, le, lt, mul, sub, truediv
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from engine.domain.errors import Malformed

MAX_LENGTH = 2_000
MAX_WORDS = 300

Value = Any  #: None, bool, Decimal, str, or a tuple of these
Flags = Mapping[str, Any]
Run = Callable[[Flags], Value]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled condition: its text, the names it reads, and what it asks if it asks one name only."""

    text: str
    names: frozenset[str]
    run: Run
    asks: tuple[str, frozenset[str], bool] | None = None

    def holds(self, flags: Flags) -> bool:
        """Claim that the condition is true; null is not true."""
        return self.run(flags) is True


def compile_(text: str) -> Expression:
    """Return *text* as an Expression, or raise Malformed ``feel.unreadable``."""
    if len(text) > MAX_LENGTH:
        raise Malformed(f"条件超过 {MAX_LENGTH} 个字；请拆成几个分支", code="feel.too-long")
    try:
        words = list(_grammar("basic").lex(text))
        if len(words) > MAX_WORDS:
            raise Malformed(f"条件超过 {MAX_WORDS} 个词；请拆成几个分支", code="feel.too-long")
        tree = _grammar("contextual").parse(text)
    except LarkError as unread:
        raise Malformed(_explain(text, unread), code="feel.unreadable") from None
    names = frozenset(str(token) for token in words if token.type == "NAME")
    return Expression(text, names, _compile(tree), _asks(tree))


@cache
def _grammar(lexer: str) -> Lark:
    text = Path(__file__).with_name("feel.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=lexer, maybe_placeholders=False)


def _explain(text: str, unread: LarkError) -> str:
    column = getattr(unread, "column", None)
    where = f"第 {column} 个字处" if isinstance(column, int) and column > 0 else "结尾处"
    hint = '比较相等用一个等号，如 accept = "pass"' if "==" in text or "'" in text else '如 accept = "pass"'
    return f"条件“{text[:60]}”在{where}读不懂；请按 FEEL 书写，{hint}"


# --- values -------------------------------------------------------------------------------------


def _value(raw: object) -> Value:
    """A flag as FEEL sees it: every number is a Decimal."""
    if raw is None or isinstance(raw, bool | str | Decimal):
        return raw
    if isinstance(raw, int | float):
        return Decimal(str(raw))
    if isinstance(raw, list | tuple):
        return tuple(_value(item) for item in raw)
    return None


def _alike(left: Value, right: Value) -> bool:
    return type(left) is type(right)


def _equal(left: Value, right: Value) -> bool | None:
    if left is None or right is None:
        return left is right
    return bool(left == right) if _alike(left, right) else None


def _unequal(left: Value, right: Value) -> bool | None:
    return _not(_equal(left, right))


def _not(value: Value) -> bool | None:
    return not value if isinstance(value, bool) else None


def _order(claim: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool | None]:
    def ordered(left: Value, right: Value) -> bool | None:
        comparable = _alike(left, right) and isinstance(left, Decimal | str)
        return claim(left, right) if comparable else None

    return ordered


COMPARE: dict[str, Callable[[Value, Value], bool | None]] = {
    "=": _equal,
    "!=": _unequal,
    "<": _order(lt),
    "<=": _order(le),
    ">": _order(gt),
    ">=": _order(ge),
}


def _number(calculate: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def calculated(left: Value, right: Value) -> Value:
        if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
            return None
        try:
            return calculate(left, right)
        except DecimalException:
            return None

    return calculated


_plus = _number(add)


def _join(left: Value, right: Value) -> Value:
    """``+`` also joins two short texts."""
    if isinstance(left, str) and isinstance(right, str):
        return (left + right)[:MAX_LENGTH]
    return _plus(left, right)


CALCULATE: dict[str, Callable[[Value, Value], Value]] = {
    "+": _join,
    "-": _number(sub),
    "*": _number(mul),
    "/": _number(truediv),
}


# --- from tree to closure -----------------------------------------------------------------------


def _compile(node: "Tree[Token]") -> Run:
    return BUILD[node.data](node.children)


def _part(node: "Tree[Token] | Token") -> Run:
    assert isinstance(node, Tree)
    return _compile(node)


Parts = Sequence[Any]


def _constant(value: Value) -> Run:
    return lambda _: value


def _name(parts: Parts) -> Run:
    name = str(parts[0])
    return lambda flags: _value(flags.get(name))


def _text(parts: Parts) -> Run:
    return _constant(_unquote(str(parts[0])))


def _unquote(literal: str) -> str:
    return re.sub(r"\\(.)", lambda escape: {"n": "\n", "t": "\t"}.get(escape[1], escape[1]), literal[1:-1])


def _either(parts: Parts) -> Run:
    runs = [_part(part) for part in parts]

    def either(flags: Flags) -> bool | None:
        answer: bool | None = False
        for run in runs:
            value = run(flags)
            if value is True:
                return True
            if value is not False:
                answer = None
        return answer

    return either


def _both(parts: Parts) -> Run:
    runs = [_part(part) for part in parts]

    def both(flags: Flags) -> bool | None:
        answer: bool | None = True
        for run in runs:
            value = run(flags)
            if value is False:
                return False
            if value is not True:
                answer = None
        return answer

    return both


def _negation(parts: Parts) -> Run:
    run = _part(parts[0])
    return lambda flags: _not(run(flags))


def _negative(parts: Parts) -> Run:
    run, minus = _part(parts[0]), CALCULATE["-"]
    return lambda flags: minus(Decimal(0), run(flags))


def _choose(parts: Parts) -> Run:
    test, then, otherwise = map(_part, parts)
    return lambda flags: then(flags) if test(flags) is True else otherwise(flags)


def _compare(parts: Parts) -> Run:
    left, claim, right = _part(parts[0]), COMPARE[parts[1]], _part(parts[2])
    return lambda flags: claim(left(flags), right(flags))


def _chain(parts: Parts) -> Run:
    run = _part(parts[0])
    for sign, part in zip(parts[1::2], parts[2::2], strict=True):
        run = _calculated(run, CALCULATE[sign], _part(part))
    return run


def _calculated(left: Run, calculate: Callable[[Value, Value], Value], right: Run) -> Run:
    return lambda flags: calculate(left(flags), right(flags))


def _list(parts: Parts) -> Run:
    runs = [_part(part) for part in parts[1:-1]]
    return lambda flags: tuple(run(flags) for run in runs)


def _between(parts: Parts) -> Run:
    value, low, high = map(_part, parts)
    return lambda flags: _inside(value(flags), low(flags), high(flags), ">=", "<=")


def _inside(value: Value, low: Value, high: Value, above: str, below: str) -> bool | None:
    over, under = COMPARE[above](value, low), COMPARE[below](value, high)
    if over is False or under is False:
        return False
    return True if over and under else None


Test = Callable[[Value, Flags], bool | None]


def _within(parts: Parts) -> Run:
    value, tests = _part(parts[0]), [_test(test) for test in parts[1].children]

    def within(flags: Flags) -> bool | None:
        answers = [test(value(flags), flags) for test in tests]
        return True if True in answers else None if None in answers else False

    return within


#: The ends of an interval, by how it is written: above what, below what.
ENDS = {
    "interval": (">=", "<="),
    "interval_after": (">", "<="),
    "interval_before": (">=", "<"),
    "interval_between": (">", "<"),
}


def _test(node: "Tree[Token]") -> Test:
    if node.data in ENDS:
        above, below = ENDS[node.data]
        low, high = (_part(part) for part in node.children if isinstance(part, Tree))
        return lambda value, flags: _inside(value, low(flags), high(flags), above, below)
    if node.data == "bounded":
        claim, bound = COMPARE[str(node.children[0])], _part(node.children[1])
        return lambda value, flags: claim(value, bound(flags))
    run = _compile(node)
    return lambda value, flags: _member(value, run(flags))


def _member(value: Value, among: Value) -> bool | None:
    if isinstance(among, tuple) and not isinstance(value, tuple):
        return any(_equal(value, item) for item in among)
    return _equal(value, among)


BUILD: dict[str, Callable[[Parts], Run]] = {
    "choose": _choose,
    "either": _either,
    "both": _both,
    "compare": _compare,
    "between": _between,
    "within": _within,
    "sum": _chain,
    "product": _chain,
    "negative": _negative,
    "negation": _negation,
    "number": lambda parts: _constant(Decimal(str(parts[0]))),
    "text": _text,
    "true": lambda _: _constant(True),  # noqa: FBT003  (a FEEL literal)
    "false": lambda _: _constant(False),  # noqa: FBT003  (a FEEL literal)
    "null": lambda _: _constant(None),
    "name": _name,
    "list": _list,
}


# --- what a condition asks, for the checker ------------------------------------------------------


def _asks(tree: "Tree[Token]") -> tuple[str, frozenset[str], bool] | None:
    """Return (name, words, positive) if *tree* only asks whether one name is one of some words."""
    if tree.data == "name":
        return str(tree.children[0]), frozenset({"true"}), True
    if tree.data == "negation":
        inner = _asks(_tree(tree.children[0]))
        return inner and (inner[0], inner[1], not inner[2])
    if tree.data == "compare":
        return _asks_one(tree)
    return _asks_any(tree) if tree.data == "either" else None


def _asks_one(tree: "Tree[Token]") -> tuple[str, frozenset[str], bool] | None:
    left, sign, right = _tree(tree.children[0]), str(tree.children[1]), _tree(tree.children[2])
    if left.data != "name" or sign not in ("=", "!="):
        return None
    if right.data not in ("text", "true", "false"):
        return None
    word = _unquote(str(right.children[0])) if right.data == "text" else str(right.data)
    return str(left.children[0]), frozenset({word}), sign == "="


def _asks_any(tree: "Tree[Token]") -> tuple[str, frozenset[str], bool] | None:
    parts = [_asks(_tree(part)) for part in tree.children]
    known = [part for part in parts if part is not None and part[2]]
    if len(known) < len(parts) or len({part[0] for part in known}) > 1:
        return None
    return known[0][0], frozenset[str]().union(*(part[1] for part in known)), True


def _tree(node: "Tree[Token] | Token") -> "Tree[Token]":
    assert isinstance(node, Tree)
    return node


# --- JUEL ---------------------------------------------------------------------------------------

#: What JUEL writes and FEEL means.
JUEL = {
    "==": "=", "eq": "=", "ne": "!=", "&&": "and", "||": "or",
    "gt": ">", "lt": "<", "ge": ">=", "le": "<=",
}  # fmt: skip
_JUEL = re.compile(
    r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|==|&&|\|\||!=|!\s*(?=\()|!\s*[^\W\d]\w*|\b[^\W\d]\w*\b"""
)


def translated(text: str) -> str:
    """Return *text* in FEEL: without a leading ``=``, and out of ``${…}`` or ``#{…}``."""
    text = text.strip()
    if text[:2] in ("${", "#{") and text.endswith("}"):
        return _JUEL.sub(lambda match: _from_juel(match[0]), text[2:-1]).strip()
    return text[1:].strip() if text.startswith("=") and not text.startswith("==") else text


def _from_juel(word: str) -> str:
    if word[0] == "'":
        return '"' + word[1:-1].replace('"', '\\"') + '"'
    if word[0] == "!" and word != "!=":
        name = word[1:].strip()
        return f"not({name})" if name else "not"
    return JUEL.get(word, word)
