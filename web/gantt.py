"""A bundle drawn on a working-day axis: a lane for each department, a bar for each member, arrows for who waits."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from markupsafe import escape

from engine.queries.bundles import Bar, Bundle

LABELS, TOP, ROW, BAR = 148, 46, 58, 16
#: A working day is as wide as the page allows, within these.
WIDE, NARROW, PAGE = 84, 24, 1130

_WEEKDAYS = {"zh": "一二三四五六日", "en": "MTWTFSS"}
_WORDS = {
    "zh": {"today": "今天", "due": "承诺办结", "expected": "预计", "title": "各成员事项的计划与实际"},
    "en": {
        "today": "Today",
        "due": "Promised",
        "expected": "expected",
        "title": "Members, planned and actual",
    },
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bar lies."""

    left: float
    right: float
    middle: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """The paper: its days, how wide each is, and the language written on it."""

    bundle: Bundle
    width: int
    language: str

    def left(self, day: date) -> float:
        """Where a day begins; a rest day is drawn at the next working day."""
        return LABELS + self.width * min(bisect_left(self.bundle.axis.days, day), len(self.bundle.axis.days))

    def right(self, day: date) -> float:
        """Where a day ends; a rest day ends where the working day before it does."""
        days = self.bundle.axis.days
        at = bisect_left(days, day)
        on = at < len(days) and days[at] == day
        return LABELS + self.width * (at + 1 if on else at)

    def place(self, bar: Bar, row: int) -> Place:
        left = self.left(bar.begins)
        return Place(left, max(self.right(bar.planned), left + 6), TOP + ROW * row + 36)

    def name(self, bar: Bar) -> str:
        return bar.name_en if self.language == "en" and bar.name_en else bar.name

    def word(self, key: str) -> str:
        return _WORDS[self.language][key]


def gantt(bundle: Bundle, language: str = "zh") -> str:
    """Return the bundle's plan as SVG: colours come from the style sheet, so it prints and darkens with the page."""
    days = bundle.axis.days
    sheet = Sheet(bundle, max(NARROW, min(WIDE, PAGE // len(days))), language)
    width = max(LABELS + sheet.width * len(days), LABELS + 520) + 12
    height = TOP + ROW * len(bundle.bars) + 8
    places = {bar.key: sheet.place(bar, row) for row, bar in enumerate(bundle.bars)}
    body = "".join(
        (
            *_lanes(sheet, width),
            *_days(sheet, height),
            *_marks(sheet, height),
            *(_bar(sheet, bar, places[bar.key]) for bar in bundle.bars),
            *_arrows(bundle, places),
        )
    )
    return (
        f'<svg class="gantt" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{sheet.word("title")}">'
        '<defs><marker id="gantt-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{body}</svg>"
    )


def _lanes(sheet: Sheet, width: int) -> Iterator[str]:
    row = 0
    for n, lane in enumerate(sheet.bundle.lanes):
        top, high = TOP + ROW * row, ROW * len(lane.bars)
        name = lane.name_en if sheet.language == "en" and lane.name_en else lane.name
        yield f'<rect class="lane{" odd" if n % 2 else ""}" x="0" y="{top}" width="{width}" height="{high}"/>'
        for line, part in enumerate(_wrapped(name, 10 if sheet.language == "zh" else 20)):
            yield f'<text class="lane-name" x="8" y="{top + 22 + 16 * line}">{escape(part)}</text>'
        row += len(lane.bars)


def _wrapped(text: str, most: int) -> list[str]:
    if " " not in text:
        return [text[i : i + most] for i in range(0, len(text), most)][:3]
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]


def _days(sheet: Sheet, height: int) -> Iterator[str]:
    before = None
    for day in sheet.bundle.axis.days:
        x = sheet.left(day)
        if before is None or (day - before).days > 1:
            yield f'<line class="week" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{height}"/>'
        kind = "day today" if day == sheet.bundle.axis.today else "day"
        label = f"{day.month}/{day.day}" if before is None or day.month != before.month else str(day.day)
        centre = x + sheet.width / 2
        weekday = _WEEKDAYS[sheet.language][day.weekday()]
        yield f'<text class="{kind}" x="{centre}" y="20">{label}</text>'
        yield f'<text class="{kind} weekday" x="{centre}" y="35">{weekday}</text>'
        before = day


def _marks(sheet: Sheet, height: int) -> Iterator[str]:
    axis = sheet.bundle.axis
    if axis.days[0] <= axis.today <= axis.days[-1]:
        x = sheet.left(axis.today)
        yield (
            f'<rect class="now" x="{x}" y="{TOP - 6}" width="{sheet.width}" height="{height - TOP + 6}">'
            f"<title>{sheet.word('today')} {axis.today.isoformat()}</title></rect>"
        )
    if axis.due is not None:
        x = sheet.right(axis.due)
        yield (
            f'<line class="promised" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{height}">'
            f"<title>{sheet.word('due')} {axis.due.isoformat()}</title></line>"
            f'<text class="promised-word" x="{x - 5}" y="{height - 6}">{sheet.word("due")} '
            f"{axis.due.month}/{axis.due.day}</text>"
        )


def _bar(sheet: Sheet, bar: Bar, at: Place) -> str:
    top = at.middle - BAR / 2
    tone = "expected" if bar.expected else str(bar.light or "over")
    until = bar.ended or min(sheet.bundle.axis.today, bar.planned)
    told = f"{sheet.name(bar)} {bar.begins.isoformat()} – {bar.planned.isoformat()}"
    plan = f'x="{at.left + 2}" y="{top}" width="{at.right - at.left - 4}" height="{BAR}" rx="4"'
    drawn = [f'<rect class="plan {tone}" {plan}><title>{escape(told)}</title></rect>']
    late = bar.light == "red" and bar.ended is None
    right = sheet.right(sheet.bundle.axis.today if late else until)
    if not bar.expected and right > at.left:
        drawn.append(
            f'<rect class="real {tone}{" ended" if bar.ended else ""}" x="{at.left + 2}" y="{top + 4}" '
            f'width="{max(right - at.left - 4, 4)}" height="{BAR - 8}" rx="2"/>'
        )
    words = escape(sheet.name(bar)) + (f"（{sheet.word('expected')}）" if bar.expected else "")
    mark = ' class="bar-name critical"' if bar.critical else ' class="bar-name"'
    anchor = f'x="{at.left + 2}"'
    if at.left > LABELS + 360:  # a bar at the far end carries its name to the left
        anchor = f'x="{at.right}" text-anchor="end"'
    return f'<g>{"".join(drawn)}<text{mark} {anchor} y="{top - 6}">{words}</text></g>'


def _arrows(bundle: Bundle, places: dict[str, Place]) -> Iterator[str]:
    for bar in bundle.bars:
        for key in bar.after:
            source, target = places[key], places[bar.key]
            out, into = source.right, target.left + 2
            turn = max(min(out + 6, into - 8), out - 8) if into > out else out - 10
            rise = BAR / 2 if into <= out + 8 else 0
            if rise:  # straight down from the bar's end into the next one's top
                x = min(out - 6, target.right - 6)
                path = f"M{x} {source.middle + BAR / 2}V{target.middle - BAR / 2 - 1}"
            else:
                path = f"M{out - 2} {source.middle}H{turn}V{target.middle}H{into - 1}"
            yield f'<path class="wait" d="{path}" marker-end="url(#gantt-tip)"/>'
