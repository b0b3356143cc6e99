"""Conditions as other engines write them, ``${a == 'b' && c}``, said again in FEEL.

What JUEL says and FEEL cannot (methods above all) stays as it is, and the compiler refuses it by name.
"""

import re
from functools import cache
from pathlib import Path

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

MAX_LENGTH = 2_000
MAX_DEPTH = 40

#: What JUEL writes and FEEL means.
SIGNS = {"==": "=", "eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">="}
#: What stands without brackets as a part of something else.
_SIMPLE = re.compile(r'[\w.]+|"[^"]*"|-?[\d.]+|\w+\([^()]*\)')

#: A boolean, or a word that spells one or a number; and what it may be compared with.
_SPELT = re.compile(r'true|false|"(?:true|false|-?\d+(?:\.\d+)?)"')
_PLACE = re.compile(r"(?!(?:true|false|null)\b)[^\W\d][\w.]*")


def translated(text: str) -> str:
    """Return *text* in FEEL: without a leading ``=``, and out of ``${…}`` or ``#{…}``."""
    text = text.strip()
    if text[:2] in ("${", "#{") and text.endswith("}"):
        return _translated(text[2:-1]) or text
    return text[1:].strip() if text.startswith("=") and not text.startswith("==") else text


def _translated(inner: str) -> str | None:
    if len(inner) > MAX_LENGTH or _depth(inner) > MAX_DEPTH:
        return None
    try:
        return str(_Feel().transform(_grammar().parse(inner)))
    except (LarkError, RecursionError):
        return None


def _depth(inner: str) -> int:
    return max(inner.count("("), inner.count("!"), inner.count("?"))


@cache
def _grammar() -> Lark:
    text = Path(__file__).with_name("juel.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=False)


def _bracketed(said: str) -> str:
    return said if _SIMPLE.fullmatch(said) or said.startswith("(") else f"({said})"


def _both_ways(place: str, literal: str) -> str | None:
    """JUEL takes a word for the boolean or the number it spells, and the other way round; FEEL never does.

    Return the claim that *place* is *literal* in either way; None where there is but one.
    """
    spelt = literal.strip('"')
    if not _SPELT.fullmatch(literal) or not _PLACE.fullmatch(place):
        return None
    return f'list contains(["{spelt}", {spelt}], {place})'


class _Feel(Transformer[Token, str]):
    """Says each rule of juel.lark in FEEL."""

    def choose(self, parts: list[str]) -> str:
        test, then, otherwise = parts
        return f"if {test} then {then} else {otherwise}"

    def either(self, parts: list[str]) -> str:
        return " or ".join(parts)

    def both(self, parts: list[str]) -> str:
        return " and ".join(parts)

    def compare(self, parts: list[str]) -> str:
        left, sign, right = parts[0], SIGNS.get(parts[1], parts[1]), parts[2]
        either = _both_ways(left, right) or _both_ways(right, left) if sign in ("=", "!=") else None
        if either is None:
            return f"{left} {sign} {right}"
        return either if sign == "=" else f"not({either})"

    def reckon(self, parts: list[str]) -> str:
        return " ".join(parts)

    def divide(self, parts: list[str]) -> str:
        return f"{parts[0]} / {parts[2]}"

    def modulo(self, parts: list[str]) -> str:
        return f"modulo({parts[0]}, {parts[2]})"

    def signed(self, parts: list[str]) -> str:
        return f"-{parts[1]}" if parts[0] == "-" else parts[1]

    def negation(self, parts: list[str]) -> str:
        inner = parts[0]
        return f"not{inner}" if inner.startswith("(") and inner.endswith(")") else f"not({inner})"

    def empty(self, parts: list[str]) -> str:
        inner = _bracketed(parts[0])
        text = f'{inner} instance of string and {inner} = ""'
        items = f"{inner} instance of list and count({inner}) = 0"
        entries = f"{inner} instance of context and count(get entries({inner})) = 0"
        return f"({inner} = null or {text} or {items} or {entries})"

    def name(self, parts: list[str]) -> str:
        return str(parts[0])

    def path(self, parts: list[str]) -> str:
        return f"{parts[0]}.{parts[1]}"

    def entry(self, parts: list[str]) -> str:
        return f"get value({parts[0]}, {_quoted(parts[1])})"

    def item(self, parts: list[str]) -> str:
        return f"{parts[0]}[{int(parts[1]) + 1}]"

    def group(self, parts: list[str]) -> str:
        return f"({parts[0]})"

    def text(self, parts: list[str]) -> str:
        return _quoted(parts[0])

    def number(self, parts: list[str]) -> str:
        return str(parts[0])

    constant = name


def _quoted(literal: str) -> str:
    plain = re.sub(r"\\(.)", r"\1", literal[1:-1])
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
