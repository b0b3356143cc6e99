"""A tree becomes a closure (DMN 1.5 §10.3.2.13): each rule of grammar.lark has its method here.

A closure takes the scope and gives a value. What loops or calls spends from the scope's turn. Whatever is
the same at every turn (a date, a range, a list of words) is reckoned once, here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from lark import Token, Tree

from engine.domain.errors import Malformed
from engine.spiff.feel import dates
from engine.spiff.feel.library import BUILTINS, CLOCK
from engine.spiff.feel.operators import COMPARE, RECKON, equal, inside, member, minus, negate
from engine.spiff.feel.scope import Scope, Turn
from engine.spiff.feel.types import NAMES, Type, conforms, fitted, listed, unbound
from engine.spiff.feel.values import EXACT, PLAIN, Context, Function, Items, Range, Steps, Value, items, of


class Names(Protocol):
    """Anything a name can be looked up in."""

    def get(self, name: str, /) -> Any:
        """Return what *name* means."""


Run = Callable[[Any], Value]
Test = Callable[[Value, Any], bool | None]
Parts = Sequence[Any]

#: The ends of an interval, by how it is written: is the low, is the high one part of it.
CLOSED = {
    "interval": (True, True),
    "interval_after": (False, True),
    "interval_before": (True, False),
    "interval_between": (False, False),
}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(?:U([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def unquoted(literal: str) -> str:
    """Return the text a string literal means."""
    plain = _ESCAPE.sub(_escaped, literal[1:-1])
    if re.search("[\ud800-\udfff]", plain):  # two halves, each escaped
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


def _escaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"
    return ESCAPES.get(escape[3], escape[3] if escape[3] in "\"'\\" else escape[0])


class Builder:
    """Builds the closures of one text; *names* are those its surroundings know."""

    def __init__(self, names: frozenset[str], types: Mapping[str, Type]) -> None:
        self.names = set(names)
        self.types = types
        self.fixed: dict[Run, Value] = {}
        #: Which names are read, and which of them the text itself introduces.
        self.reads: set[str] = set()
        self.introduced: set[str] = set()
        #: Whether the closure needs a Scope with a turn, or can do with any mapping.
        self.spends = False

    def build(self, node: "Tree[Token] | Token") -> Run:
        """Return the closure of *node*."""
        assert isinstance(node, Tree)
        if node.data == "function" or node.data in ("loop", "quantified", "context"):
            self._introduce(name for part in node.children for name in _introduced(part))
        rule: Callable[[Parts], Run] = getattr(self, node.data)
        return rule(node.children)

    def _introduce(self, names: Iterable[str]) -> None:
        said = set(names)
        self.introduced |= said
        self.names |= said

    def constant(self, value: Value) -> Run:
        """Return a closure that always gives *value*."""

        def run(_: Any) -> Value:
            return value

        self.fixed[run] = value
        return run

    def folded(self, run: Run, *parts: Run) -> Run:
        """Return *run*, reckoned already if its *parts* are fixed."""
        return self.constant(run(None)) if all(part in self.fixed for part in parts) else run

    # --- literals and names ---

    def number(self, parts: Parts) -> Run:
        return self.constant(EXACT.create_decimal(str(parts[0])))

    def text(self, parts: Parts) -> Run:
        return self.constant(unquoted(str(parts[0])))

    def at(self, parts: Parts) -> Run:
        value = dates.a_literal(unquoted(str(parts[0])[1:]))
        if value is None:
            raise Malformed(f"{parts[0]} 不是日期、时间或时长", code="feel.unreadable")
        return self.constant(value)

    def true(self, _: Parts) -> Run:
        return self.constant(True)  # noqa: FBT003  (a FEEL literal)

    def false(self, _: Parts) -> Run:
        return self.constant(False)  # noqa: FBT003  (a FEEL literal)

    def null(self, _: Parts) -> Run:
        return self.constant(None)

    def name(self, parts: Parts) -> Run:
        name, builtin = str(parts[0]), BUILTINS.get(str(parts[0]))
        self.reads.add(name)
        if "." in name:
            return _dotted(name)

        def read(scope: Names) -> Value:
            raw = scope.get(name)
            return raw if type(raw) in PLAIN else of(raw)

        def called(scope: Names) -> Value:
            raw = scope.get(name)
            return builtin if raw is None else raw if type(raw) in PLAIN else of(raw)

        return read if builtin is None else called

    # --- logic ---

    def either(self, parts: Parts) -> Run:
        runs = [self.build(part) for part in parts]

        def either(scope: Names) -> bool | None:
            answer: bool | None = False
            for run in runs:
                value = run(scope)
                if value is True:
                    return True
                if value is not False:
                    answer = None
            return answer

        return either

    def both(self, parts: Parts) -> Run:
        runs = [self.build(part) for part in parts]

        def both(scope: Names) -> bool | None:
            answer: bool | None = True
            for run in runs:
                value = run(scope)
                if value is False:
                    return False
                if value is not True:
                    answer = None
            return answer

        return both

    def choose(self, parts: Parts) -> Run:
        test, then, otherwise = map(self.build, parts)
        return lambda scope: then(scope) if test(scope) is True else otherwise(scope)

    # --- comparing ---

    def compare(self, parts: Parts) -> Run:
        left, claim, right = self.build(parts[0]), COMPARE[parts[1]], self.build(parts[2])
        if right in self.fixed:
            other = self.fixed[right]
            if parts[1] == "=" and parts[0].data == "name" and type(other) in (str, bool):
                return _asks(str(parts[0].children[0]), other, left)
            return self.folded(lambda scope: claim(left(scope), other), left)
        return lambda scope: claim(left(scope), right(scope))

    def between(self, parts: Parts) -> Run:
        value, low, high = map(self.build, parts)
        return lambda scope: inside(value(scope), low(scope), high(scope), ">=", "<=")

    def within(self, parts: Parts) -> Run:
        value, tests = self.build(parts[0]), [self.test(part) for part in parts[1:]]

        def within(scope: Names) -> bool | None:
            subject, answer = value(scope), False
            unknown = False
            for test in tests:
                said = test(subject, scope)
                answer = answer or said is True
                unknown = unknown or said is None
            return True if answer else None if unknown else False

        return within

    def test(self, node: "Tree[Token]") -> Test:
        """Return the claim that a value passes the test *node*."""
        if node.data == "bounded":
            claim, bound = COMPARE[str(node.children[0])], self.build(node.children[1])
            return lambda value, scope: claim(value, bound(scope))
        run = self.build(node)
        if run in self.fixed:
            fixed = self.fixed[run]
            if type(fixed) in (str, Decimal, bool):
                return lambda value, _: equal(value, fixed)
            return lambda value, _: member(value, fixed)
        return lambda value, scope: member(value, run(scope))

    def cell(self, node: "Tree[Token]") -> Test:
        """Return the claim of one test of a decision table: as ``in``, or a claim of its own about ``?``."""
        test = self.test(node)
        if node.data == "bounded" or "?" not in _named_in(node):
            return test
        run = self.build(node)
        return lambda value, scope: (
            (said := run(scope)) is True
            or (type(said) is not bool and said is not None and member(value, said))
        )

    def instance(self, parts: Parts) -> Run:
        value, wanted = self.build(parts[0]), unbound(self.type(parts[1]))
        return lambda scope: (known := value(scope)) is not None and conforms(known, wanted)

    def type(self, node: "Tree[Token]") -> Type:
        """Return the type that *node* names."""
        if node.data == "type_name":
            return self._named(".".join(map(str, node.children)))
        if node.data == "type_context":
            fields = [field for field in node.children if isinstance(field, Tree)]
            return Type(
                "context",
                fields=tuple((str(each.children[0]), self.type(_tree(each.children[1]))) for each in fields),
            )
        inner = [self.type(part) for part in node.children if isinstance(part, Tree)]
        if node.data == "type_function":
            return Type("function", arity=len(inner) - 1)
        kind = str(node.children[0])
        if kind not in ("list", "range"):
            raise Malformed(f"类型 {kind}<…> 不认识；可用 list<…> 或 range<…>", code="feel.unreadable")
        return listed(inner[0]) if kind == "list" else Type("range", inner[0])

    def _named(self, name: str) -> Type:
        known = self.types.get(name) or NAMES.get(name)
        if known is None:
            raise Malformed(
                f"类型“{name}”不认识；可用 number、string、boolean、date 等", code="feel.unreadable"
            )
        return known

    # --- reckoning ---

    def reckon(self, parts: Parts) -> Run:
        run = self.build(parts[0])
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            run = self._reckoned(run, str(sign), self.build(part))
        return run

    sum = product = power = reckon

    def _reckoned(self, left: Run, sign: str, right: Run) -> Run:
        reckon = RECKON[sign]
        return self.folded(lambda scope: reckon(left(scope), right(scope)), left, right)

    def negative(self, parts: Parts) -> Run:
        run = self.build(parts[1])
        return self.folded(lambda scope: minus(run(scope)), run)

    # --- lists, ranges, contexts ---

    def list(self, parts: Parts) -> Run:
        runs = [self.build(part) for part in parts]
        return self.folded(lambda scope: Items([run(scope) for run in runs]), *runs)

    def _interval(self, parts: Parts, kind: str) -> Run:
        low, high = map(self.build, parts)
        closed = CLOSED[kind]

        def interval(scope: Names) -> Range | None:
            ends = low(scope), high(scope)
            if ends == (None, None) or COMPARE[">"](*ends):
                return None
            open_ = [end is not None for end in ends]
            return Range(*ends, closed[0] and open_[0], closed[1] and open_[1])

        return self.folded(interval, low, high)

    def interval(self, parts: Parts) -> Run:
        return self._interval(parts, "interval")

    def interval_after(self, parts: Parts) -> Run:
        return self._interval(parts, "interval_after")

    def interval_before(self, parts: Parts) -> Run:
        return self._interval(parts, "interval_before")

    def interval_between(self, parts: Parts) -> Run:
        return self._interval(parts, "interval_between")

    def half_line(self, parts: Parts) -> Run:
        sign, bound = str(parts[0]), self.build(parts[1])
        closed = sign in ("<=", ">=", "=")

        def half(scope: Names) -> Range | None:
            end = bound(scope)
            if end is None or sign == "!=":
                return None
            low, high = (
                (end if sign in (">", ">=", "=") else None),
                (end if sign in ("<", "<=", "=") else None),
            )
            return Range(low, high, closed and low is not None, closed and high is not None)

        return self.folded(half, bound)

    def context(self, parts: Parts) -> Run:
        keys = [_key(entry.children[0]) for entry in parts]
        self.spends = True
        runs = [self.build(entry.children[1]) for entry in parts]
        if len(set(keys)) < len(keys):
            return self.constant(None)

        def context(scope: Scope) -> Context:
            made = Context()
            inner = scope.within(made)
            for key, run in zip(keys, runs, strict=True):
                made[key] = run(inner)
            return made

        return context

    def path(self, parts: Parts) -> Run:
        run, name = self.build(parts[0]), str(parts[1])
        return lambda scope: step(run(scope), name)

    def filter(self, parts: Parts) -> Run:
        self._introduce(["item"])
        run, test = self.build(parts[0]), self.build(parts[1])
        if test in self.fixed and type(self.fixed[test]) is Decimal:
            place = self.fixed[test]
            return lambda scope: _at(run(scope), place)
        self.spends = True
        return lambda scope: chosen(run(scope), test, scope)

    # --- loops ---

    def loop(self, parts: Parts) -> Run:
        self._introduce(["partial"])
        rounds, body = self._rounds(parts[:-1]), self.build(parts[-1])

        def loop(scope: Scope) -> Items | None:
            made: list[Value] = []
            for inner in rounds(scope):
                if inner is None:
                    return None
                inner.own["partial"] = Items(made) if uses_partial else None
                made.append(body(inner))
            return Items(made)

        uses_partial = "partial" in _named_in(_tree(parts[-1]))
        return loop

    def quantified(self, parts: Parts) -> Run:
        wanted = parts[0].type == "SOME"
        rounds, body = self._rounds(parts[1:-1]), self.build(parts[-1])

        def quantified(scope: Scope) -> bool | None:
            answer: bool | None = not wanted
            inner: Scope | None
            for inner in rounds(scope):
                said = body(inner) if inner is not None else None
                if type(said) is not bool:
                    answer = None
                elif said is wanted:
                    return wanted
            return answer

        return quantified

    def _rounds(self, parts: Parts) -> Callable[[Scope], Any]:
        """Return what gives a scope for each round of one or several variables; None for no list."""
        self.spends = True
        over_ = [
            (str(part.children[0]), [self.build(bound) for bound in part.children[1:]]) for part in parts
        ]

        def rounds(scope: Scope, place: int = 0) -> Any:
            if place == len(over_):
                yield scope
                return
            name, bounds = over_[place]
            values = walked([bound(scope) for bound in bounds])
            if values is None:
                yield None
                return
            for value in values:
                scope.turn.step()
                yield from rounds(scope.within({name: value}), place + 1)

        return rounds

    # --- functions ---

    def external(self, _: Parts) -> Run:
        raise Malformed("不执行外部函数（external）；请用 FEEL 书写", code="feel.external")

    def function(self, parts: Parts) -> Run:
        names = tuple(str(part.children[0]) for part in parts[:-1])
        types = [self.type(part.children[1]) if part.children[1:] else None for part in parts[:-1]]
        body = self.build(parts[-1])
        self.spends = True
        return lambda scope: closed(names, types, body, scope)

    def call(self, parts: Parts) -> Run:
        named = [part for part in parts[1:] if part.data == "named"]
        runs = [self.build(part.children[1] if part.data == "named" else part) for part in parts[1:]]
        keys = [str(part.children[0]) for part in named]
        callee = parts[0]
        if callee.data == "name":
            name = str(callee.children[0])
            if name not in self.names:
                return self._builtin(name, keys, runs)
        self.spends = True
        function = self.build(callee)
        return lambda scope: _called(function(scope), keys, [run(scope) for run in runs])

    def _builtin(self, name: str, keys: Sequence[str], runs: Sequence[Run]) -> Run:
        if name in CLOCK:
            self.spends = True
            return lambda scope: _clock(name, scope.turn)
        if name == "not" and len(runs) == 1:
            run = runs[0]
            return self.folded(lambda scope: negate(run(scope)), run)
        builtin = BUILTINS.get(name)
        if builtin is None:
            raise Malformed(f"函数“{name}”不认识；只能用 DMN 的内置函数", code="feel.unreadable")
        return self.folded(lambda scope: _called(builtin, keys, [run(scope) for run in runs]), *runs)


def _dotted(name: str) -> Run:
    """A parameter may be called ``Person.Gender``; where there is none, it is the way to that part."""
    first, *rest = name.split(".")

    def read(scope: Names) -> Value:
        whole = scope.get(name)
        if whole is not None:
            return of(whole)
        value = of(scope.get(first))
        for part in rest:
            value = step(value, part)
        return value

    return read


def _asks(name: str, word: str | bool, left: Run) -> Run:  # noqa: FBT001  (a FEEL value)
    """The commonest question, made quick: is this name this word."""
    kind = type(word)

    def asks(scope: Names) -> bool | None:
        raw = scope.get(name)
        return raw == word if type(raw) is kind else equal(left(scope), word)

    return asks


def closed(names: tuple[str, ...], types: Sequence[Type | None], body: Run, scope: Scope) -> Function:
    """Return the function that runs *body* where it was written; an argument of a wrong type is null."""

    def run(arguments: Sequence[Value]) -> Value:
        own = {
            name: argument if kind is None else fitted(argument, kind)
            for name, kind, argument in zip(names, types, arguments, strict=True)
        }
        scope.turn.enter()
        try:
            return body(scope.within(own))
        finally:
            scope.turn.leave()

    return Function(names, run)


def _called(function: Any, keys: Sequence[str], values: Sequence[Value]) -> Value:
    if not hasattr(function, "invoke"):
        return None
    return function.invoke((), dict(zip(keys, values, strict=True))) if keys else function.invoke(values, {})


def _clock(name: str, turn: Turn) -> Value:
    if turn.at is None:
        return None
    return turn.at if name == "now" else turn.at.date()


def step(value: Value, name: str, steps: Steps | None = None) -> Value:
    """Return the entry or property *name* of *value*; of a list, of each of its items."""
    kind = type(value)
    if kind is Context:
        return value.get(name)
    if kind is Items:
        steps = steps or Steps()
        steps.step(len(value))
        return Items(step(each, name, steps) for each in value)
    read = dates.PROPERTIES.get(kind, {}).get(name)
    return read(value) if read is not None else None


def _at(value: Value, place: Value) -> Value:
    values = items(value)
    if place != place.to_integral_value() or place == 0 or abs(place) > len(values):
        return None
    return values[int(place) - 1 if place > 0 else int(place)]


def chosen(value: Value, test: Run, scope: Scope) -> Value:
    values = Items() if value is None else items(value)
    chosen = []
    for each in values:
        scope.turn.step()
        own = {"item": each, **each} if type(each) is Context else {"item": each}
        said = test(scope.within(own))
        if type(said) is Decimal:
            return _at(values, said)
        if said is True:
            chosen.append(each)
    return Items(chosen)


def walked(bounds: Sequence[Value]) -> Any:
    """Return the values a variable takes: of a list, or from one bound to the other; None for neither."""
    if len(bounds) == 1:
        value = bounds[0]
        if type(value) is Range:
            return _between(value.low, value.high, low_in=value.low_closed, high_in=value.high_closed)
        return None if value is None else items(value)
    return _between(bounds[0], bounds[1])


def _between(low: Value, high: Value, *, low_in: bool = True, high_in: bool = True) -> Any:
    if COMPARE["<="](low, high) is None or type(low) not in (Decimal, *DAYS):
        return None
    return _counted(low, high, low_in=low_in, high_in=high_in)


DAYS = tuple(kind for kind in dates.PROPERTIES if "year" in dates.PROPERTIES[kind])


def _counted(low: Value, high: Value, *, low_in: bool, high_in: bool) -> Any:
    one = Decimal(1) if type(low) is Decimal else dates.DAY
    down = low > high
    at = low if low_in else low + one
    while (at > high or (high_in and at == high)) if down else (at < high or (high_in and at == high)):
        yield at
        at = at - one if down else at + one


def _introduced(part: "Tree[Token] | Token") -> list[str]:
    if not isinstance(part, Tree) or part.data not in ("each", "span", "parameter", "entry"):
        return []
    return [_key(name) for name in part.children[:1] if isinstance(name, Token)]


def _key(token: Token) -> str:
    return unquoted(str(token)) if token.type == "STRING" else str(token)


def _named_in(node: "Tree[Token]") -> set[str]:
    return {
        str(word) for word in node.scan_values(lambda word: isinstance(word, Token) and word.type == "NAME")
    }


def _tree(node: "Tree[Token] | Token") -> "Tree[Token]":
    assert isinstance(node, Tree)
    return node
