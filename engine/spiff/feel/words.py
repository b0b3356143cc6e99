"""A FEEL text becomes words (DMN 1.5 §10.3.1.2–6): names may hold spaces and signs, the longest known wins.

Known are the names the caller gives, those the text itself introduces (keys, parameters, variables), and
the built-in functions. Brackets that open backwards, ``]1..5[``, are told apart by what stands before them.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lark import Token

LETTER = r"[^\W\d]|[?\U00010000-\U000EFFFF]"
PART = r"[\w\u00B7\u203F\u2040\u0300-\u036F]|[\U00010000-\U000EFFFF]"
WORD = rf"(?:{LETTER})(?:{PART})*"

WORDS = re.compile(
    rf"""
    (?P<SPACE>(?:[\s\ufeff\u180e]+|//[^\n]*|/\*.*?\*/)+)
  | (?P<AT>@"(?:[^"\\]|\\.)*")
  | (?P<STRING>"(?:[^"\\]|\\.)*")
  | (?P<NUMBER>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<NAME>{WORD})
  | (?P<POWER>\*\*) | (?P<_DOTS>\.\.) | (?P<_ARROW>->)
  | (?P<COMPARE><=|>=|!=|=) | (?P<LESS><) | (?P<MORE>>)
  | (?P<PLUS>\+) | (?P<MINUS>-) | (?P<TIMES>[*/])
  | (?P<_LPAR>\() | (?P<_RPAR>\)) | (?P<_LSQUARE>\[) | (?P<_RSQUARE>\]) | (?P<_LBRACE>\{{) | (?P<_RBRACE>\}})
  | (?P<_DOT>\.) | (?P<_COMMA>,) | (?P<_COLON>:)
    """,
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = {
    "and": "_AND", "or": "_OR", "between": "_BETWEEN", "in": "_IN", "instance": "_INSTANCE", "of": "_OF",
    "if": "_IF", "then": "_THEN", "else": "_ELSE", "for": "_FOR", "return": "_RETURN", "some": "SOME",
    "every": "EVERY", "satisfies": "_SATISFIES", "function": "_FUNCTION", "external": "_EXTERNAL",
    "true": "TRUE", "false": "FALSE", "null": "NULL",
}  # fmt: skip
#: Types of several words, everywhere; properties of several words, after a dot.
TYPES = re.compile(r"(?:days and time|years and months) duration\b|day-time-duration|year-month-duration")
DATE_AND_TIME = re.compile(r"date\s+and\s+time\b")
PROPERTIES = re.compile(r"time offset\b|start included\b|end included\b")
BEFORE_TYPE = frozenset({"_OF", "_COLON", "LESS", "_ARROW", "_COMMA"})
ENDS = frozenset(
    {"NAME", "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL", "_RPAR", "_RSQUARE", "_RBRACE", "_CLOSER"}
)
#: Where a text introduces a name: a key or parameter before a colon or a comma, a variable before "in".
_NAMED = rf"{WORD}(?:[ \t\n]+(?:{PART})+|[ \t]*[-+*/.'](?:{PART})+){{1,12}}"
KEYS = re.compile(rf"[{{,(]\s*({_NAMED})\s*(?=:)")
PARAMETERS = re.compile(r"\bfunction\s*\(([^()]*)\)")
VARIABLES = re.compile(rf"(?:\b(?:for|some|every)\s|,)\s*({_NAMED})\s+in\b")


class Unreadable(Exception):
    """A text holds a sign that is no word; *column* counts from 1."""

    def __init__(self, column: int) -> None:
        super().__init__(column)
        self.column = column


def of(text: str, names: frozenset[str], functions: frozenset[str]) -> list[Token]:
    """Return the words of *text*; raise Unreadable at a sign that is none."""
    compound = names | _introduced(text)
    return _bracketed(list(_read(text, _longest(compound) if compound else None, _calls(functions))))


def compound(names: Iterable[str]) -> frozenset[str]:
    """Return those names that are more than one plain word."""
    return frozenset(name for name in names if not re.fullmatch(WORD, name))


def _introduced(text: str) -> frozenset[str]:
    if ":" not in text and " in " not in text and "function" not in text:
        return frozenset()
    variables = [name for name in VARIABLES.findall(text) if "in" not in name.split()]
    said = [*KEYS.findall(text), *variables]
    for parameters in PARAMETERS.findall(text):
        said += [part.split(":")[0] for part in parameters.split(",")]
    return compound(name for each in said if (name := " ".join(each.split())))


@lru_cache(maxsize=256)
def _longest(names: frozenset[str]) -> re.Pattern[str]:
    ranked = sorted(names, key=len, reverse=True)
    return re.compile("|".join(rf"{_spaced(name)}(?!\w)" for name in ranked))


def _spaced(name: str) -> str:
    return r"\s+".join(re.escape(part) for part in name.split())


@lru_cache(maxsize=8)
def _calls(functions: frozenset[str]) -> re.Pattern[str]:
    ranked = sorted(compound(functions), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(_spaced, ranked))})(?=\s*\()")


def _read(text: str, names: re.Pattern[str] | None, calls: re.Pattern[str]) -> Iterator[Token]:
    at, before = 0, ""
    while at < len(text):
        kind, end = _next(text, at, before, names, calls)
        if kind != "SPACE":
            said = text[at:end]
            yield Token(kind, " ".join(said.split()) if kind == "NAME" else said, at, 1, at + 1)
            before = kind
        at = end


def _next(
    text: str, at: int, before: str, names: re.Pattern[str] | None, calls: re.Pattern[str]
) -> tuple[str, int]:
    long = names.match(text, at) if names else None
    if long:
        return "NAME", long.end()
    word = WORDS.match(text, at)
    if word is None:
        raise Unreadable(at + 1)
    kind = str(word.lastgroup)
    if kind != "NAME":
        return kind, word.end()
    several = (
        calls.match(text, at)
        or TYPES.match(text, at)
        or (DATE_AND_TIME.match(text, at) if before in BEFORE_TYPE else None)
        or (PROPERTIES.match(text, at) if before == "_DOT" else None)
    )
    if several:
        return "NAME", several.end()
    return ("NAME" if before == "_DOT" else KEYWORDS.get(word[0], "NAME")), word.end()


def _bracketed(words: list[Token]) -> list[Token]:
    """Tell brackets that open or close an interval backwards from those of lists and filters."""
    before = ""
    for place, word in enumerate(words):
        kind = word.type
        if kind == "_RSQUARE" and before not in ENDS and before != "_LSQUARE":
            kind = "_OPENER"
        elif kind == "_LSQUARE" and before in ENDS and not _begins(words, place + 1):
            kind = "_CLOSER"
        if kind != word.type:
            words[place] = Token(kind, str(word), word.start_pos, 1, word.column)
        before = kind
    return words


BEGINS = frozenset(
    {"NAME", "NUMBER", "STRING", "AT", "TRUE", "FALSE", "NULL", "_LPAR", "_LSQUARE", "_LBRACE", "MINUS"}
    | {"_IF", "_FOR", "SOME", "EVERY", "_FUNCTION", "_RSQUARE"}
)


def _begins(words: list[Token], place: int) -> bool:
    return place < len(words) and words[place].type in BEGINS
