"""The pen: pieces of SVG, text broken to fit, and lines with soft corners and arrows."""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import Any

from lxml import etree

from engine.spiff.layout import Box, Point

SVG = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
PAPER = "var(--track-paper, Canvas)"
DONE, CURRENT, FUTURE = "done", "current", "future"

#: Ink, width of frames and strength of fills, by state.
INK = {DONE: "var(--track-done, #1a7f4b)", CURRENT: "var(--track-current, #1d5fc4)", FUTURE: "currentColor"}
STROKE = {DONE: "1.6", CURRENT: "2.8", FUTURE: "1.2"}
TINT = {DONE: "0.10", CURRENT: "0.16", FUTURE: "0.03"}

TEXT_SIZE, SMALL = 13.0, 11.0
#: Characters of a name that are looked at; no box holds more.
LONGEST = 200


# --- the canvas: elements of SVG, and how far they reach ------------------------------------------


class Canvas:
    """An SVG under the pen; it remembers the outermost points."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parts: list[etree._Element] = []
        self.xs: list[float] = []
        self.ys: list[float] = []

    def group(self, kind: str, state: str, name: str, title: str = "") -> etree._Element:
        group = tag("g", **{"class": f"{kind} {state}", "data-element": name})
        if title:
            group.append(tag("title", title))
        self.parts.append(group)
        return group

    def reach(self, *boxes: Box) -> None:
        for box in boxes:
            self.xs += [box.x, box.right]
            self.ys += [box.y, box.bottom]

    def svg(self, title: str, summary: str) -> str:
        left, top = min(self.xs, default=0) - 24, min(self.ys, default=0) - 24
        width, height = max(self.xs, default=0) - left + 24, max(self.ys, default=0) - top + 24
        names = f"track-{self.name}-title", f"track-{self.name}-desc"
        spaces: Any = {None: SVG}  # the stubs know no default namespace
        root = etree.Element(f"{{{SVG}}}svg", nsmap=spaces)
        box = " ".join(map(short, (left, top, width, height)))
        for name, value in {
            "class": "track", "role": "img", "aria-labelledby": " ".join(names), "viewBox": box,
            "width": short(width), "height": short(height), "font-family": FONT, "fill": "none",
            "color": "inherit", "stroke-linejoin": "round", "stroke-linecap": "round",
        }.items():  # fmt: skip
            root.set(name, value)
        root.append(tag("title", title, id=names[0]))
        root.append(tag("desc", summary, id=names[1]))
        root.extend(self.parts)
        return etree.tostring(root, encoding="unicode")


def tag(tag: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    """Return an SVG element; ``stroke_width`` is written ``stroke-width``."""
    node = etree.Element(f"{{{SVG}}}{tag}")
    for name, value in attributes.items():
        node.set(name.replace("_", "-"), clean(value))
    if text is not None:
        node.text = clean(text)
    return node


def clean(text: str) -> str:
    """XML cannot hold control characters."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def short(number: float) -> str:
    """Return a coordinate in few characters."""
    return f"{number:.1f}".removesuffix(".0")


def spot(x: float, y: float) -> str:
    """Return a point as SVG writes it."""
    return f"{short(x)},{short(y)}"


# --- text ------------------------------------------------------------------------------------------


def width_of(text: str, size: float) -> float:
    """Return how wide *text* stands, near enough."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in text)


def wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Break *text* into lines no wider than *width*; the last ends in … if not all fits."""
    lines = [""]
    for piece in re.findall(r"[\w.-]+(?<![\u2e80-\uffff])|.", text[:LONGEST]):
        for part in [piece] if width_of(piece, size) <= width else list(piece):
            if lines[-1] and width_of(lines[-1] + part, size) > width and part not in "，。；：、！？）”》":
                lines.append("")
            lines[-1] = (lines[-1] + part).lstrip()
    if len(lines) <= most:
        return _balanced(lines)
    last = lines[most - 1]
    while last and width_of(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


def _balanced(lines: list[str]) -> list[str]:
    """A single left-over character takes company from the line before."""
    if len(lines) > 1 and len(lines[-1]) == 1 and len(lines[-2]) > 3 and not lines[-2][-1].isascii():
        *rest, before, last = lines
        return [*rest, before[:-1], before[-1] + last]
    return lines


def joined(lines: Sequence[str], x: float, y: float, size: float, **attributes: str) -> etree._Element:
    """Lines of text, centred on (x, y)."""
    text = tag(
        "text", text_anchor="middle", font_size=short(size), fill="currentColor", stroke="none", **attributes
    )
    first = y - (len(lines) - 1) * size * 0.65 + size * 0.36
    for number, line in enumerate(lines):
        text.append(tag("tspan", line, x=short(x), y=short(first + number * size * 1.3)))
    return text


def floating(
    lines: Sequence[str], x: float, y: float, size: float = SMALL, ink: str = "currentColor"
) -> etree._Element:
    """Text over lines: a halo of paper keeps it legible."""
    text = joined(lines, x, y, size)
    for name, value in {
        "fill": ink, "stroke": PAPER, "stroke-width": "4", "paint-order": "stroke", "stroke-linejoin": "round",
    }.items():  # fmt: skip
        text.set(name, value)
    return text


def around(lines: Sequence[str], x: float, y: float, size: float) -> Box:
    width = max((width_of(line, size) for line in lines), default=0)
    height = len(lines) * size * 1.3
    return Box(x - width / 2, y - height / 2, width, height)


# --- lines -------------------------------------------------------------------------------------------


def rounded(points: Sequence[Point], radius: float = 7) -> str:
    """A path through *points* with soft corners."""
    path = [f"M{short(points[0][0])},{short(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        path.append(f"L{spot(*into)}Q{spot(*corner)} {spot(*out)}")
    end = _toward(points[-1], points[-2], 6)
    path.append(f"L{short(end[0])},{short(end[1])}")
    return "".join(path)


def _toward(start: Point, aim: Point, distance: float) -> Point:
    """The point *distance* from *start* towards *aim*, half-way at most."""
    length = hypot(aim[0] - start[0], aim[1] - start[1]) or 1
    share = min(distance / length, 0.5)
    return start[0] + (aim[0] - start[0]) * share, start[1] + (aim[1] - start[1]) * share


def _unit(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def arrow(before: Point, tip: Point) -> str:
    (dx, dy), (x, y) = _unit(before, tip), tip
    left = x - 9 * dx - 4 * dy, y - 9 * dy + 4 * dx
    right = x - 9 * dx + 4 * dy, y - 9 * dy - 4 * dx
    return f"M{short(x)},{short(y)}L{spot(*left)}L{spot(*right)}z"


def slash(start: Point, after: Point) -> str:
    """The stroke across the default flow."""
    (dx, dy), (x, y) = _unit(start, after), start
    x, y = x + 11 * dx, y + 11 * dy
    across, along = 3 * dx + 5 * dy, 3 * dy - 5 * dx
    return f"M{spot(x - across, y - along)}L{spot(x + across, y + along)}"


def beside(points: Sequence[Point], lines: Sequence[str]) -> Point:
    """Where a flow's name stands: over the first segment that is long enough, or beside an upright one."""
    width = max(width_of(line, SMALL) for line in lines)
    tall = len(lines) * SMALL * 1.3
    pairs = list(pairwise(points))
    flat = [
        pair for pair in pairs if abs(pair[0][1] - pair[1][1]) < 1 and abs(pair[0][0] - pair[1][0]) > width
    ]
    (x, y), (u, v) = (flat or pairs)[0]
    if abs(y - v) < 1:
        return (x + u) / 2, y - tall / 2 - 3
    return (x + u) / 2 + width / 2 + 6, (y + v) / 2
