"""How others write expressions: JUEL and the few words of Python found in the wild, read as FEEL.

``"a" in test`` asks in Python whether a text or a list contains something; FEEL would compare. It is
read as ``contains``, whatever language the diagram says it is in: nobody writes it to mean ``=``.
"""

import re
from collections.abc import Iterator

from engine.spiff import feel
from engine.spiff.feel import Expression, Flags

_WORD = r"[^\W\d]\w*"
_TEXT = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_CONTAINS = re.compile(rf"({_TEXT})\s+(not\s+)?in\s+({_WORD})(?!\s*[\w(.])")
_TOKENS = re.compile(rf"{_TEXT}|==|\b(?:True|False|None)\b")
_NAMES = {"True": "true", "False": "false", "None": "null", "==": "="}
_PIECES = re.compile(r"[$#]\{[^}]*\}")


def plain(text: str) -> str:
    """Return *text* as FEEL, except for what ``compile_`` alone understands."""
    text = feel.translated(text)
    if _CONTAINS.fullmatch(text):
        return text
    text = _CONTAINS.sub(_contained, text)
    return _TOKENS.sub(lambda word: _NAMES.get(word[0], word[0]), text)


def _contained(found: re.Match[str]) -> str:
    asked = f'contains({found[3]}, "{found[1][1:-1]}")'
    return f"not({asked})" if found[2] else asked


def compile_(text: str) -> Expression:
    """Return *text* compiled, or raise Malformed."""
    text = plain(text)
    found = _CONTAINS.fullmatch(text)
    return feel.compile_(text) if found is None else _containing(text, found)


def _containing(text: str, found: re.Match[str]) -> Expression:
    part, negative, name = found[1][1:-1], bool(found[2]), found[3]

    def run(flags: Flags) -> bool | None:
        whole = flags.get(name)
        return None if not isinstance(whole, str | list) else (part in whole) is not negative

    return Expression(text, frozenset({name}), run)


def pieces(text: str) -> tuple[str | Expression, ...]:
    """Return the pieces of a name with expressions in it, ``order-${id}``; nothing for a plain name."""
    return tuple(_pieces(text)) if _PIECES.search(text) else ()


def _pieces(text: str) -> Iterator[str | Expression]:
    at = 0
    for found in _PIECES.finditer(text):
        if found.start() > at:
            yield text[at : found.start()]
        yield compile_(found[0])
        at = found.end()
    if at < len(text):
        yield text[at:]
