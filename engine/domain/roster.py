"""A list of people a benefit may be for (免申即享名单): one line each, with what is known of them (§1.3)."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.domain.errors import Malformed, TooLarge

#: Under which the law knows it: a list is shown in public before anything is done by it.
PUBLICITY = "公示"
#: What the two columns every list has may be called.
NUMBER, NAME = ("证件号码", "身份证号码", "id_number"), ("姓名", "名称", "name")
#: How many lines one list may have, and how many wrong ones are named at once.
MOST, NAMED = 20_000, 50
#: A number as people write it; longer ones are names of something.
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_SAID = {"是": True, "否": False, "true": True, "false": False}

Fact = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list; *line* counts as an editor does, the head is line 1."""

    line: int
    id_number: str
    name: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line."""

    element: str
    message: str
    code: str = "roster.line"
    level: str = "error"
    line: int | None = None


def read(content: bytes, check: Callable[[str], str], called: Mapping[str, str]) -> tuple[Entry, ...]:
    """Read a list from CSV (UTF-8 or GB 18030); *check* reads a number, *called* gives facts by what a column says.

    A list is taken whole or not at all. Raises `Malformed` naming every line that is wrong, `TooLarge`.
    """
    rows = list(csv.DictReader(io.StringIO(_text(content), newline="")))
    if not rows:
        raise Malformed("名单里没有人；第一行是列名，其后每行一人。", code="roster.empty", field="file")
    if len(rows) > MOST:
        raise TooLarge(f"一份名单最多 {MOST} 人，请分开导入。", code="roster.large", field="file")
    number, name = (_column(rows[0], wanted) for wanted in (NUMBER, NAME))
    found, faults = list[Entry](), list[Fault]()
    for line, row in enumerate(rows, start=2):
        try:
            facts = dict(_facts(row, {number, name}, called))
            found.append(Entry(line, check(row[number] or ""), _named(row[name]), facts))
        except Malformed as refused:
            faults.append(Fault(f"第 {line} 行", refused.message, line=line))
    faults += _twice(found)
    if faults:
        raise Malformed(
            f"名单有 {len(faults)} 行须改正，整份没有导入：{faults[0].element}：{faults[0].message}",
            code="roster.lines", field="file", findings=faults[:NAMED],
        )  # fmt: skip
    return tuple(found)


def fingerprint(matter_key: str, entries: Iterable[Entry]) -> str:
    """What tells a list for a matter from any other, however its file was written."""
    lines = (f"{each.line}\t{each.id_number}\t{each.name}\t{sorted(each.facts.items())}" for each in entries)
    return hashlib.sha256("\n".join((matter_key, *lines)).encode()).hexdigest()


def value(text: str) -> Fact:
    """Return what a cell says: yes or no, a number, else its words."""
    if text in _SAID:
        return _SAID[text]
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Malformed(
        "名单不是可读的 CSV 文本；请另存为 CSV UTF-8 后再导入。", code="roster.encoding", field="file"
    )


def _column(row: Mapping[str, object], wanted: Sequence[str]) -> str:
    found = next((name for name in wanted if name in row), None)
    if found is None:
        raise Malformed(f"名单缺少“{wanted[0]}”一列；请补上。", code="roster.column", field="file")
    return found


def _named(text: str | None) -> str:
    name = (text or "").strip()
    if not name or len(name) > 100:
        raise Malformed("姓名不能为空，也不能超过 100 个字。", code="roster.name")
    return name


def _facts(row: Mapping[Any, Any], but: set[str], called: Mapping[str, str]) -> Iterator[tuple[str, Fact]]:
    for column, cell in row.items():
        if not isinstance(column, str) or not isinstance(cell, str | None):
            raise Malformed("这一行的格数与列名不符。", code="roster.cells")
        if column not in but and cell is not None and cell.strip():
            yield called.get(column.strip(), column.strip())[:100], value(cell.strip()[:200])


def _twice(entries: Sequence[Entry]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for each in entries:
        first = seen.setdefault(each.id_number, each.line)
        if first != each.line:
            yield Fault(f"第 {each.line} 行", f"与第 {first} 行是同一个人，请只留一行", line=each.line)
