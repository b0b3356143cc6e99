"""A holiday notice (放假通知) as it comes in: how it is read, what it makes of a calendar, and what it changes."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.domain.calendar import Calendar, entries, unreadable, year_of
from engine.domain.day import Day, days_of, plain
from engine.domain.errors import Malformed, TooLarge

#: A year's notice has about forty lines; this is a hundred times as much.
MOST_BYTES = 256 * 1024
#: What a year's whole arrangement names; one that names less only amends what is in force (补充通知).
FEASTS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
#: How a table says that a day is off, that it is worked, or that it is given back to the calendar above.
OFF: dict[str, bool | None] = {
    **dict.fromkeys(("true", "1", "yes", "y", "off", "是", "休", "放假", "休息"), True),
    **dict.fromkeys(("false", "0", "no", "n", "on", "否", "班", "上班"), False),
    "": None,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What was handed in: the days it names (None: as the calendar above has it) and the papers it rests on.

    ``year`` is the one it arranges; a table of single days arranges none by itself.
    """

    year: int | None
    days: Mapping[date, Day | None]
    papers: tuple[str, ...] = ()

    @property
    def last_year(self) -> int:
        return self.year or max(self.days).year

    @property
    def lacking(self) -> tuple[str, ...]:
        """The statutory feasts it does not name."""
        said = "".join(day.name for day in self.days.values() if day)
        return tuple(feast for feast in FEASTS if feast not in said)


@dataclass(frozen=True, slots=True)
class Change:
    """One day that is no longer what it was; ``past`` says that it lies behind us."""

    day: date
    old: Day
    new: Day
    foretold: bool
    past: bool

    @property
    def moves(self) -> bool:
        """Is it worked now and was not, or the other way round?"""
        return self.old.working is not self.new.working


def read(source: bytes) -> Notice:
    """Read a notice: holiday-cn JSON, or a table ``date,off,name``. Raises Malformed, with the way out."""
    if len(source) > MOST_BYTES:
        raise TooLarge("放假通知的文件太大，最多 256 KB；每次只导入一份通知。", code="calendar.too-large")
    text = _text(source).strip()
    if not text:
        raise Malformed("文件是空的，没有任何一天。", code="calendar.empty", field="file")
    notice = _from_json(text) if text[0] in "{[" else _from_table(text)
    if not notice.days:
        raise Malformed(
            "通知里没有任何一天；国务院公布下一年安排之前，请勿导入空文件。",
            code="calendar.empty",
            field="file",
        )
    return notice


def written(document: Mapping[str, Any]) -> bytes:
    """Return a notice that came as an object as the text it would have been."""
    return json.dumps(document, ensure_ascii=False, default=str).encode()


def _text(source: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # a table saved by a Chinese spreadsheet is GB 18030
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("不是文本文件")


def _from_json(text: str) -> Notice:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise unreadable(f"不是 JSON（{error}）") from error
    if not isinstance(document, dict) or not isinstance(document.get("days"), list):
        raise unreadable()
    year = year_of(document)
    days: dict[date, Day | None] = {}
    for day, entry in entries(document):
        _refuse_twice(days, day, entry)
        _refuse_other_year(year, day)
        days[day] = Day(entry.working, entry.name.strip()[:40])
    papers = document.get("papers") or ()
    listed = papers if isinstance(papers, list) else ()
    return Notice(year, days, tuple(str(paper)[:300] for paper in listed[:20]))


def _from_table(text: str) -> Notice:
    """Read lines of day, off and name; commas, tabs or semicolons, with a heading or without."""
    delimiter = next((sign for sign in "\t;，" if sign in text and "," not in text), ",")
    days: dict[date, Day | None] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
        cells = [cell.strip() for cell in (*row, "", "", "")[:3]]
        if not any(cells) or (number == 1 and not any(sign.isdigit() for sign in cells[0])):
            continue
        day, off = _day(cells[0], number), OFF.get(cells[1].lower(), ...)
        if off is ...:
            raise unreadable(f"第 {number} 行第二列“{cells[1][:20]}”，应为 true（放假）或 false（上班）")
        entry = None if off is None else Day(not off, cells[2][:40])
        _refuse_twice(days, day, entry)
        days[day] = entry
    return Notice(None, days)


def _day(text: str, number: int) -> date:
    found = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise unreadable(f"第 {number} 行的日期“{text[:20]}”，应写作 2027-01-01") from None


def _refuse_twice(days: Mapping[date, Day | None], day: date, entry: Day | None) -> None:
    if day in days and days[day] != entry:
        raise Malformed(
            f"{day} 在通知里写了两次，内容不同，请改正后再导入。", code="calendar.twice", field=str(day)
        )


def _refuse_other_year(year: int, day: date) -> None:
    if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
        raise Malformed(
            f"这是 {year} 年的通知，却写了 {day}；一年的通知只能涉及当年和上一年十二月，请核对文件。",
            code="calendar.year",
            field=str(day),
        )


def arranged(calendar: Calendar | None, notice: Notice) -> dict[date, Day]:
    """Return the nation's days after *notice*: a year's whole arrangement, or an amendment of single days.

    A whole arrangement says everything of its year and of the December before; the December at its own end is
    the next year's to change. Raises Malformed for a gap between the years, or a new year told in part.
    """
    if calendar is None:
        raise Malformed("还没有全国日历，无从比较；请先运行 lianban init。", code="calendar.missing")
    if any(entry is None for entry in notice.days.values()):
        raise Malformed(
            "全国日历之上没有别的日历，第二列不能为空；请写 true（放假）或 false（上班）。",
            code="calendar.above",
        )
    year, known = notice.last_year, {day: calendar.day(day) for day in calendar.days()}
    if not calendar.first.year - 1 <= year <= calendar.last.year + 1:
        raise Malformed(
            f"现行日历覆盖 {calendar.first.year} 至 {calendar.last.year} 年，不能直接导入 {year} 年，"
            "请先补齐中间年份的放假通知。",
            code="calendar.gap",
            field="year",
        )
    is_new = not calendar.first.year <= year <= calendar.last.year
    if is_new and notice.lacking:
        raise Malformed(
            f"{year} 年的安排缺少：{'、'.join(notice.lacking)}。首次导入一年的安排必须完整，请核对文件。",
            code="calendar.incomplete",
            field="days",
        )
    if is_new or (notice.year is not None and not notice.lacking):
        known |= {day: plain(day) for day in _own(year, known)}
    return _named_onto(known, notice)


def _own(year: int, known: Mapping[date, Day]) -> Iterator[date]:
    """Yield the days a year's whole arrangement says everything of."""
    yield from (day for day in days_of(year) if day.month < 12 or day not in known)
    yield from (day for day in days_of(year - 1) if day.month == 12 and day in known and known[day].name)


def _named_onto(known: dict[date, Day], notice: Notice) -> dict[date, Day]:
    strange = [day for day in notice.days if day not in known]
    if strange:
        raise Malformed(
            f"现行日历没有覆盖 {min(strange)}，请先导入那一年的放假通知。",
            code="calendar.gap",
            field=str(min(strange)),
        )
    return known | {day: entry for day, entry in notice.days.items() if entry is not None}


def overlaid(over: Mapping[date, Day], notice: Notice) -> dict[date, Day]:
    """Return the days of a region or hall after *notice*: it adds to those it has, and gives back the others."""
    given_back = {day for day, entry in notice.days.items() if entry is None}
    named = {day: entry for day, entry in notice.days.items() if entry is not None}
    return {day: entry for day, entry in (dict(over) | named).items() if day not in given_back}


def changes(old: Calendar, new: Calendar, today: date) -> tuple[Change, ...]:
    """Return every day on which the two differ, in order; what was only foretold is said to have been."""
    first = max(old.first, new.first)
    horizon = min(old.horizon, new.horizon)
    days = (date.fromordinal(n) for n in range(first.toordinal(), horizon.toordinal() + 1))
    return tuple(
        Change(day, old.day(day), new.day(day), old.provisional(day), day < today)
        for day in days
        if old.day(day) != new.day(day)
    )
