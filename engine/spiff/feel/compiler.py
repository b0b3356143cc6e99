"""From text to an Expression: words, tree, closure, each within its budget. Nothing is ever executed as code."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Tree
from lark.common import LexerConf
from lark.exceptions import LarkError
from lark.lexer import Lexer

from engine.domain.errors import Malformed
from engine.spiff.feel import words
from engine.spiff.feel.asks import Ask, asked
from engine.spiff.feel.build import Builder, Run, Test, unquoted
from engine.spiff.feel.library import FUNCTIONS
from engine.spiff.feel.scope import Scope, Turn
from engine.spiff.feel.types import Type
from engine.spiff.feel.values import Value, over

#: How long a condition may be, in letters and in words; how long an expression of a decision.
MAX_LENGTH, MAX_WORDS = 2_000, 300
MAX_TEXT_LENGTH, MAX_TEXT_WORDS = 20_000, 4_000
MAX_DEPTH = 100

Flags = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text, the names it reads, and what it asks if it asks one name only."""

    text: str
    names: frozenset[str]
    closure: Run
    spends: bool = False
    asks: Ask | None = None

    def run(self, flags: Flags, turn: Turn | None = None) -> Value:
        """Return what the expression says of *flags*; what loops spends from *turn*, or from one of its own."""
        return in_turn(self.closure, Scope({}, flags, turn or Turn())) if self.spends else self.closure(flags)

    def holds(self, flags: Flags, turn: Turn | None = None) -> bool:
        """Claim that the expression is true; null is not true."""
        return self.run(flags, turn) is True


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known where a text stands: names beside the plain ones, types, and how long it may be."""

    names: frozenset[str] = frozenset()
    types: Mapping[str, Type] = None  # type: ignore[assignment]  # see __post_init__
    length: int = MAX_TEXT_LENGTH
    words: int = MAX_TEXT_WORDS

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", self.types or {})


CONDITION = Surroundings(length=MAX_LENGTH, words=MAX_WORDS)


def compile_(text: str, names: Iterable[str] = ()) -> Expression:
    """Return the condition, deadline or assignment *text*; raise Malformed ``feel.unreadable``.

    *names* are those with spaces or signs in them, and functions the flags bring along.
    """
    around = Surroundings(frozenset(names), length=MAX_LENGTH, words=MAX_WORDS) if names else CONDITION
    if text.lstrip()[:2] in ("${", "#{"):
        raise Malformed(_untranslated(text), code="juel.refused")
    tree = _tree(text, _words(text, around), "start")
    builder = Builder(around.names, around.types)
    run = _run(builder, text, tree)
    reads = frozenset(builder.reads - builder.introduced)
    return Expression(text, reads, run, builder.spends, asked(tree))


def closure(text: str, around: Surroundings) -> Run:
    """Return *text* as a closure over a Scope, for an expression inside a larger model."""
    tree = _tree(text, _words(text, around), "start")
    return _run(Builder(around.names, around.types), text, tree)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a decision table: the claim it makes, and the words it lists if it does no more."""

    test: Test
    words: frozenset[str] | None


def cell(text: str, around: Surroundings) -> Cell | None:
    """Return the unary tests *text* (DMN 1.5 §10.3.1.2, rules 7–17) as one claim; None for ``-``."""
    stripped = text.strip()
    if stripped in ("-", ""):
        return None
    read = _words(stripped, around)
    negative = _is_negated(read)
    tree = _tree(stripped, read[2:-1] if negative else read, "tests")
    builder = Builder(around.names | {"?"}, around.types)
    try:
        tests = [builder.cell(part) for part in tree.children if isinstance(part, Tree)]
    except Malformed as unread:
        raise Malformed(f"“{text[:60]}”：{unread.message}", code=unread.code) from None
    listed = None if negative else _listed(tree)
    return Cell(_claim(tests, negative=negative), listed)


def _listed(tree: "Tree[Token]") -> frozenset[str] | None:
    """Return the words a cell lists, if it holds nothing but words."""
    parts = [part for part in tree.children if isinstance(part, Tree) and part.data == "text"]
    if len(parts) < len(tree.children):
        return None
    return frozenset(unquoted(str(part.children[0])) for part in parts)


def _claim(tests: list[Test], *, negative: bool) -> Test:
    if len(tests) == 1 and not negative:
        return tests[0]

    def claim(value: Value, scope: Any) -> bool | None:
        answers = [test(value, scope) for test in tests]
        answer = True if True in answers else None if None in answers else False
        return (None if answer is None else not answer) if negative else answer

    return claim


def _is_negated(read: list[Token]) -> bool:
    """Claim that the words are ``not( … )`` as a whole."""
    if len(read) < 4 or read[0] != "not" or read[1].type != "_LPAR":
        return False
    depth = 0
    for place, word in enumerate(read):
        depth += (word.type == "_LPAR") - (word.type == "_RPAR")
        if depth == 0 and place > 0:
            return place == len(read) - 1
    return False


def in_turn(run: Run, scope: Scope) -> Value:
    """Run the closure; refuse what goes too deep for this machine."""
    try:
        return run(scope)
    except RecursionError:
        over("嵌套太深")


def scope(flags: Flags, at: datetime | None = None) -> Scope:
    """Return the outermost scope of a turn at the moment *at*."""
    return Scope({}, flags, Turn(at))


# --- text, words, tree --------------------------------------------------------------------------


def _words(text: str, around: Surroundings) -> list[Token]:
    if len(text) > around.length:
        raise Malformed(f"条件超过 {around.length} 个字；请拆成几个分支", code="feel.too-long")
    try:
        read = words.of(text, words.compound(around.names), FUNCTIONS)
    except words.Unreadable as unread:
        raise Malformed(_explain(text, unread.column), code="feel.unreadable") from None
    if len(read) > around.words:
        raise Malformed(f"条件超过 {around.words} 个词；请拆成几个分支", code="feel.too-long")
    return read


def _tree(text: str, read: list[Token], start: str) -> "Tree[Token]":
    try:
        tree: Tree[Token] = _grammar().parse(read, start=start)
    except LarkError as unread:
        raise Malformed(_explain(text, getattr(unread, "column", None)), code="feel.unreadable") from None
    if _deep(tree):
        raise Malformed(f"条件嵌套超过 {MAX_DEPTH} 层；请拆成几个分支", code="feel.too-long")
    return tree


def _deep(tree: "Tree[Token]") -> bool:
    level: list[Tree[Token]] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.children if isinstance(child, Tree)]
        if not level:
            return False
    return True


class _Passing(Lexer):
    """The words come ready-made."""

    def __init__(self, _: LexerConf) -> None:
        pass

    def lex(self, read: Any) -> Iterator[Token]:  # type: ignore[override]  # the simple form of Lark's interface
        return iter(read)


@cache
def _grammar() -> Lark:
    text = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer=_Passing, start=["start", "tests"], maybe_placeholders=False)


def _run(builder: Builder, text: str, tree: "Tree[Token]") -> Run:
    try:
        return builder.build(tree)
    except Malformed as unread:
        raise Malformed(f"“{text[:60]}”：{unread.message}", code=unread.code) from None


def _explain(text: str, column: object) -> str:
    where = f"第 {column} 个字处" if isinstance(column, int) and column > 0 else "结尾处"
    hint = '比较相等用一个等号，如 accept = "pass"' if "==" in text or "'" in text else '如 accept = "pass"'
    return f"条件“{text[:60]}”在{where}读不懂；请按 FEEL 书写，{hint}"


def _untranslated(text: str) -> str:
    return f"条件“{text[:60]}”是 JUEL，且调用了方法或用了 FEEL 没有的写法；这里不执行代码，请改写为 FEEL 条件"
