"""Functions of strings, and what turns values into strings and back (DMN 1.5 §10.3.4.1, §10.3.4.3).

A pattern could keep a worker busy for ever, so what it might cost is reckoned before it is tried.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from engine.spiff.feel import dates
from engine.spiff.feel.functions import Row
from engine.spiff.feel.values import EXACT, Context, Items, Months, Range, Steps, Value, over

MAX_PATTERN = 500
#: How many steps a pattern may take at worst.
MAX_MATCHING = 10_000_000
FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}


# --- parts --------------------------------------------------------------------------------------


def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    at, count = int(start), None if length is None else int(length)
    if at == 0 or abs(at) > len(text) or (count is not None and count < 1):
        return None
    begin = at - 1 if at > 0 else len(text) + at
    return text[begin:] if count is None else text[begin : begin + count]


def _before(text: str, match: str) -> str:
    head, found, _ = text.partition(match) if match else ("", "", "")
    return head if found else ""


def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


def _joined(parts: Items, delimiter: str | None = None) -> str | None:
    said = [part for part in parts if part is not None]
    if any(type(part) is not str for part in said):
        return None
    return (delimiter or "").join(said)


# --- patterns -----------------------------------------------------------------------------------

_OPENING = re.compile(r"\(\?(?:[a-zA-Z]*:|[=!]|<[=!])")
_REPEATS = re.compile(r"(?<!\\)(?:[*+?]|\{\d*,?\d*\})[?+]?")
_NESTED = re.compile(
    r"\((?:[^()\\]|\\.|\([^()]*\))*(?:[*+?|]|\{\d+,)(?:[^()\\]|\\.|\([^()]*\))*\)(?:[*+]|\{)"
)
_BACKWARD = re.compile(r"\\[1-9]")
#: A reference to a group has no place in a class of letters.
_STRAY = re.compile(r"\[(?:[^\]\\]|\\\D)*\\\d")


def _pattern(pattern: str, flags: str | None, length: int) -> re.Pattern[str]:
    """Return the compiled pattern; refuse one that may take too long on a text of this *length*."""
    if len(pattern) > MAX_PATTERN:
        over("正则表达式太长")
    shape = _OPENING.sub("(", pattern)
    if _NESTED.search(shape) or _BACKWARD.search(shape):
        worst = 2 ** min(length, 64)
    else:
        worst = (length + 1) ** (len(_REPEATS.findall(shape)) + 1)
    if worst > MAX_MATCHING:
        over("正则表达式太费时")
    return _compiled(pattern, flags or "")


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> re.Pattern[str]:
    if _STRAY.search(pattern):
        raise ValueError(pattern)
    chosen = re.NOFLAG
    for flag in flags:
        if flag not in FLAGS:
            raise ValueError(flag)
        chosen |= FLAGS[flag]
    try:
        return re.compile(pattern, chosen)
    except (re.error, RecursionError) as unread:
        raise ValueError(pattern) from unread


def _matches(text: str, pattern: str, flags: str | None = None) -> bool:
    return _pattern(pattern, flags, len(text)).search(text) is not None


def _replaced(text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    compiled = _pattern(pattern, flags, len(text))
    parts = re.split(r"(\\.|\$\d+)", replacement)

    def said(match: re.Match[str]) -> str:
        return "".join(_said(part, match) for part in parts)

    if len(text) * max(len(replacement), 1) > MAX_MATCHING:
        over("替换结果太长")
    return compiled.sub(said, text)


def _said(part: str, match: re.Match[str]) -> str:
    if part.startswith("\\"):
        return part[1:]
    if re.fullmatch(r"\$\d+", part):
        group = int(part[1:])
        return (match[group] or "") if group <= len(match.groups()) else ""
    return part


def _split(text: str, delimiter: str) -> Items:
    compiled = _pattern(delimiter, None, len(text))
    parts, at = [], 0
    for match in compiled.finditer(text):
        if match.end() > match.start():
            parts.append(text[at : match.start()])
            at = match.end()
    return Items([*parts, text[at:]])


# --- values into strings ------------------------------------------------------------------------


def written(value: Value) -> str | None:
    """Return *value* as a string; null has none."""
    return value if value is None or type(value) is str else _written(value, Steps())


def _written(value: Value, steps: Steps) -> str:
    steps.step()
    if value is None:
        return "null"
    write = COMPOUND.get(type(value))
    if write is not None:
        return write(value, steps)
    return WRITTEN[type(value)](value) if type(value) in WRITTEN else "function"


def number_text(number: Decimal) -> str:
    """Return a number in plain digits, without noughts at its end."""
    said = f"{number:f}"
    return (said.rstrip("0").rstrip(".") if "." in said else said) if number else "0"


def quoted(text: str) -> str:
    """Return *text* as FEEL writes a string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(value: Items, steps: Steps) -> str:
    return "[" + ", ".join(_written(each, steps) for each in value) + "]"


def _context(value: Context, steps: Steps) -> str:
    return "{" + ", ".join(f"{name}: {_written(each, steps)}" for name, each in value.items()) + "}"


def _range(value: Range, steps: Steps) -> str:
    low, high = _written(value.low, steps), _written(value.high, steps)
    if value.low is None:
        return f"<{'=' if value.high_closed else ''} {high}"
    if value.high is None:
        return f">{'=' if value.low_closed else ''} {low}"
    return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"


WRITTEN: Mapping[type, Callable[[Value], str]] = {
    bool: lambda flag: "true" if flag else "false",
    Decimal: number_text,
    str: quoted,
    date: date.isoformat,
    time: dates.written_time,
    datetime: dates.written_moment,
    timedelta: dates.written_days,
    Months: dates.written_months,
}
COMPOUND: Mapping[type, Callable[[Value, Steps], str]] = {Items: _list, Context: _context, Range: _range}


# --- strings into values ------------------------------------------------------------------------

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_END = r'(-?[\d.]+|"(?:[^"\\]|\\.)*"|@"[^"]*"|(?:date|time|date and time|duration)\("[^"]*"\)|null)?'
_RANGE = re.compile(rf"([\[\](])\s*{_END}\s*\.\.\s*{_END}\s*([\[\])])")


def _number(text: str, grouping: str | None = None, decimal: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ".", ","):
        return None
    if grouping is not None and grouping == (decimal or "."):
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(decimal, ".") if decimal and decimal != "." else plain
    return EXACT.create_decimal(plain) if _NUMBER.fullmatch(plain) else None


def range_of(text: str) -> Range | None:
    """Return the range *text* says with plain ends."""
    read = _RANGE.fullmatch(text.strip())
    if read is None:
        return None
    low, high = _end(read[2]), _end(read[3])
    if (low is None and high is None) or (
        low is not None and high is not None and type(low) is not type(high)
    ):
        return None
    if low is not None and high is not None and low > high:
        return None
    closed = read[1] == "[" and low is not None, read[4] == "]" and high is not None
    return Range(low, high, *closed)


def _end(text: str | None) -> Value:
    if not text or text == "null":
        return None
    if text[0] == '"':
        return text[1:-1]
    if '"' in text:
        return dates.a_literal(text.split('"')[1])
    return EXACT.create_decimal(text)


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _whole_text(value: Value) -> Value:
    return written(value)


ROWS: tuple[Row, ...] = (
    ("string", "from:any", _whole_text),
    ("number", "from:text, grouping separator:text?, decimal separator:text?", _number),
    ("number", "from:number", lambda number: number),
    ("range", "from:text", range_of),
    ("substring", "string:text, start position:number, length:number?", _substring),
    ("string length", "string:text", _length),
    ("upper case", "string:text", str.upper),
    ("lower case", "string:text", str.lower),
    ("substring before", "string:text, match:text", _before),
    ("substring after", "string:text, match:text", _after),
    ("replace", "input:text, pattern:text, replacement:text, flags:text?", _replaced),
    ("contains", "string:text, match:text", lambda text, match: match in text),
    ("starts with", "string:text, match:text", str.startswith),
    ("ends with", "string:text, match:text", str.endswith),
    ("matches", "input:text, pattern:text, flags:text?", _matches),
    ("split", "string:text, delimiter:text", _split),
    ("string join", "list:list, delimiter:text?", _joined),
)
