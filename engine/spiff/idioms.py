"""How others write expressions: JUEL and the few words of Python found in the wild, read as FEEL.

``"a" in test`` asks in Python whether a text or a list contains something; FEEL would compare. It is
read as containing, whatever language the diagram says it is in: nobody writes it to mean ``=``.
"""

import re
from collections.abc import Iterator

from engine.domain.errors import Malformed
from engine.spiff import feel
from engine.spiff.feel import Expression

_WORD = r"[^\W\d]\w*"
_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_CONTAINS = re.compile(rf"({_TEXT})\s+(not\s+)?in\s+({_WORD})\b(?!\s*[(.])")
_NOT = re.compile(rf"({_TEXT})|\bnot\s+(?!in\b)({_WORD})\b(?!\s*[(.])")
_TOKENS = re.compile(rf"{_TEXT}|==|\b(?:True|False|None)\b")
_NAMES = {"True": "true", "False": "false", "None": "null", "==": "="}
_METHOD = re.compile(rf"({_TEXT})|\.\s*{_WORD}\s*\(")
#: An expression within a name.
PIECES = re.compile(r"[$#]\{[^}]*\}")


def compile_(text: str) -> Expression:
    """Return *text* compiled, or raise Malformed; a method is not called, nor silently null."""
    if any(found[1] is None for found in _METHOD.finditer(text)):
        raise Malformed(
            f"条件“{text[:60]}”要调用方法，这里不执行代码；请改写为 FEEL 条件", code="feel.unreadable"
        )
    return feel.compile_(plain(text))


def plain(text: str) -> str:
    """Return *text* as FEEL."""
    text = _NOT.sub(lambda found: found[1] or f"not({found[2]})", feel.translated(text))
    text = _CONTAINS.sub(_contained, text)
    return _TOKENS.sub(lambda word: _NAMES.get(word[0], word[0]), text)


def _contained(found: re.Match[str]) -> str:
    name, part = found[3], f'"{found[1][1:-1]}"'
    asked = f"if {name} instance of string then contains({name}, {part}) else list contains({name}, {part})"
    return f"not({asked})" if found[2] else f"({asked})"


def pieces(text: str) -> tuple[str | Expression, ...]:
    """Return the pieces of a name with expressions in it, ``order-${id}``; nothing for a plain name."""
    return tuple(_pieces(text)) if PIECES.search(text) else ()


def _pieces(text: str) -> Iterator[str | Expression]:
    at = 0
    for found in PIECES.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield compile_(found[0])
        at = found.end()
    if at < len(text):
        yield text[at:]
