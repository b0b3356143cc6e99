"""A diagram drawn with the way a case has gone: done, current, still to come.

The picture is an accessible SVG without script, style sheet or outward reference. Colours are
custom properties with a fallback (``--track-done``, ``--track-current``, ``--track-paper``) over
``currentColor``, so the page's theme, dark mode and print all hold; a state is never told by colour
alone: what is done has a tick, what is current a heavier frame and a dot.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from math import hypot
from typing import Any

from lxml import etree

from engine.spiff import drawing, intake, layout
from engine.spiff.drawing import Element, Flow, Process
from engine.spiff.layout import Box, Layout, Point

SVG = "http://www.w3.org/2000/svg"
FONT = "system-ui, 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
PAPER = "var(--track-paper, Canvas)"
DONE, CURRENT, FUTURE = "done", "current", "future"

#: Ink, width of frames, strength of fills, and how a state is called.
INK = {DONE: "var(--track-done, #1a7f4b)", CURRENT: "var(--track-current, #1d5fc4)", FUTURE: "currentColor"}
STROKE = {DONE: "1.6", CURRENT: "2.8", FUTURE: "1.2"}
TINT = {DONE: "0.10", CURRENT: "0.16", FUTURE: "0.03"}
CALLED = {DONE: "已办结", CURRENT: "正在办理", FUTURE: "尚未办理"}

TEXT_SIZE, SMALL = 13.0, 11.0
#: Characters of a name that are looked at; no box holds more.
LONGEST = 200


def render(
    source: bytes,
    done: Collection[str],
    current: Collection[str],
    labels: Mapping[str, str] | None = None,
) -> str:
    """Return *source* as SVG; *done* holds node ids, and flow ids if the caller kept them.

    *labels* are short remarks set below a node, such as who holds it.
    """
    root = intake.tree(source)
    processes = drawing.of(root).processes
    pages = [
        _Page(process, layout.of(root, process), frozenset(done), frozenset(current)) for process in processes
    ]
    canvas = _Canvas(sha256(source).hexdigest()[:8])
    _lanes(canvas, root)
    for page in pages:
        page.flows(canvas)
    for page in pages:
        page.nodes(canvas, dict(labels or {}))
    return canvas.svg(_title(pages), _summary(pages))


def _title(pages: Sequence["_Page"]) -> str:
    return next((page.process.name for page in pages if page.process.name), "流程图")


def _summary(pages: Sequence["_Page"]) -> str:
    named = [(page.state(each.id), each.name) for page in pages for each in page.work() if each.name]
    told = [
        (CALLED[state], [name for known, name in named if known == state])
        for state in (DONE, CURRENT, FUTURE)
    ]
    return "；".join(f"{called}：{'、'.join(names)}" for called, names in told if names) or "没有环节"


# --- the canvas: elements of SVG, and how far they reach ------------------------------------------


class _Canvas:
    """An SVG under the pen; it remembers the outermost points."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parts: list[etree._Element] = []
        self.xs: list[float] = []
        self.ys: list[float] = []

    def group(self, kind: str, state: str, name: str, title: str = "") -> etree._Element:
        group = _tag("g", **{"class": f"{kind} {state}", "data-element": name})
        if title:
            group.append(_tag("title", title))
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
        box = " ".join(map(_short, (left, top, width, height)))
        for name, value in {
            "class": "track", "role": "img", "aria-labelledby": " ".join(names), "viewBox": box,
            "width": _short(width), "height": _short(height), "font-family": FONT, "fill": "none",
            "color": "inherit", "stroke-linejoin": "round", "stroke-linecap": "round",
        }.items():  # fmt: skip
            root.set(name, value)
        root.append(_tag("title", title, id=names[0]))
        root.append(_tag("desc", summary, id=names[1]))
        root.extend(self.parts)
        return etree.tostring(root, encoding="unicode")


def _tag(tag: str, text: str | None = None, /, **attributes: str) -> etree._Element:
    node = etree.Element(f"{{{SVG}}}{tag}")
    for name, value in attributes.items():
        node.set(name.replace("_", "-"), _clean(value))
    if text is not None:
        node.text = _clean(text)
    return node


def _clean(text: str) -> str:
    """XML cannot hold control characters."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _spot(x: float, y: float) -> str:
    return f"{_short(x)},{_short(y)}"


# --- text ------------------------------------------------------------------------------------------


def _width(text: str, size: float) -> float:
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in text)


def _wrapped(text: str, width: float, size: float, most: int) -> list[str]:
    """Break *text* into lines no wider than *width*; the last ends in … if not all fits."""
    lines = [""]
    for piece in re.findall(r"[\w.-]+(?<![\u2e80-\uffff])|.", text[:LONGEST]):
        for part in [piece] if _width(piece, size) <= width else list(piece):
            if lines[-1] and _width(lines[-1] + part, size) > width and part not in "，。；：、！？）”》":
                lines.append("")
            lines[-1] = (lines[-1] + part).lstrip()
    if len(lines) <= most:
        return _balanced(lines)
    last = lines[most - 1]
    while last and _width(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last}…"]


def _balanced(lines: list[str]) -> list[str]:
    """A single left-over character takes company from the line before."""
    if len(lines) > 1 and len(lines[-1]) == 1 and len(lines[-2]) > 3 and not lines[-2][-1].isascii():
        *rest, before, last = lines
        return [*rest, before[:-1], before[-1] + last]
    return lines


def _lines(lines: Sequence[str], x: float, y: float, size: float, **attributes: str) -> etree._Element:
    """Lines of text, centred on (x, y)."""
    text = _tag(
        "text", text_anchor="middle", font_size=_short(size), fill="currentColor", stroke="none", **attributes
    )
    first = y - (len(lines) - 1) * size * 0.65 + size * 0.36
    for number, line in enumerate(lines):
        text.append(_tag("tspan", line, x=_short(x), y=_short(first + number * size * 1.3)))
    return text


def _floating(
    lines: Sequence[str], x: float, y: float, size: float = SMALL, ink: str = "currentColor"
) -> etree._Element:
    """Text over lines: a halo of paper keeps it legible."""
    text = _lines(lines, x, y, size)
    for name, value in {
        "fill": ink, "stroke": PAPER, "stroke-width": "4", "paint-order": "stroke", "stroke-linejoin": "round",
    }.items():  # fmt: skip
        text.set(name, value)
    return text


def _around(lines: Sequence[str], x: float, y: float, size: float) -> Box:
    width = max((_width(line, size) for line in lines), default=0)
    height = len(lines) * size * 1.3
    return Box(x - width / 2, y - height / 2, width, height)


# --- one process ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """One process, its layout, and where the case stands."""

    process: Process
    layout: Layout
    done: frozenset[str]
    current: frozenset[str]

    def state(self, name: str) -> str:
        return CURRENT if name in self.current else DONE if name in self.done else FUTURE

    def work(self) -> Iterator[Element]:
        return (each for each in self.process.elements.values() if _shape(each) in ("task", "scope"))

    # --- flows

    def flows(self, canvas: _Canvas) -> None:
        ordered = sorted(self.process.flows, key=self.walked)
        for flow in ordered:
            points = self.layout.lines.get(flow.id)
            if points:
                self._flow(canvas, flow, points)

    def walked(self, flow: Flow) -> bool:
        """Claim that the case went along *flow*: it is listed, or both its ends are and no flow is."""
        if self._flows_listed:
            return flow.id in self.done
        return flow.source in self.done and flow.target in self.done | self.current

    @property
    def _flows_listed(self) -> bool:
        return any(flow.id in self.done for flow in self.process.flows)

    def _flow(self, canvas: _Canvas, flow: Flow, points: Sequence[Point]) -> None:
        state = DONE if self.walked(flow) else FUTURE
        group = canvas.group("flow", state, flow.id, flow.name)
        ink = {"stroke": INK[state], "opacity": "1" if state == DONE else "0.6"}
        group.append(_tag("path", d=_rounded(points), stroke_width="2" if state == DONE else "1.3", **ink))
        group.append(_tag("path", d=_arrow(points[-2], points[-1]), fill=INK[state], opacity=ink["opacity"]))
        source = self.process.elements.get(flow.source)
        if source is not None and source.default == flow.id:
            group.append(_tag("path", d=_slash(points[0], points[1]), stroke_width="1.4", **ink))
        canvas.reach(*(Box(x, y, 0, 0) for x, y in points))
        if flow.name:
            self._flow_label(canvas, group, flow, points)

    def _flow_label(
        self, canvas: _Canvas, group: etree._Element, flow: Flow, points: Sequence[Point]
    ) -> None:
        lines = _wrapped(flow.name, 96, SMALL, 2)
        drawn = self.layout.labels.get(flow.id)
        x, y = drawn.middle if drawn else _beside(points, lines)
        group.append(_floating(lines, x, y))
        canvas.reach(_around(lines, x, y, SMALL))

    # --- nodes

    def nodes(self, canvas: _Canvas, labels: Mapping[str, str]) -> None:
        order = {"scope": 0, "task": 1, "gateway": 2, "event": 3}
        for element in sorted(self.process.elements.values(), key=lambda each: order[_shape(each)]):
            box = self.layout.boxes.get(element.id)
            if box is not None:
                self._node(canvas, element, box, labels.get(element.id, ""))

    def _node(self, canvas: _Canvas, element: Element, box: Box, remark: str) -> None:
        state, shape = self.state(element.id), _shape(element)
        group = canvas.group(shape, state, element.id, f"{element.label}（{CALLED[state]}）{remark}")
        canvas.reach(box)
        DRAW[shape](group, element, box, state, remark)
        if shape in ("event", "gateway"):
            bottom = self._outside(canvas, group, element, box) if element.name else box.bottom
            _remark(canvas, group, remark, box.middle[0], bottom, state)

    def _outside(self, canvas: _Canvas, group: etree._Element, element: Element, box: Box) -> float:
        """The name of an event or gateway stands where it was drawn, or below."""
        lines = _wrapped(element.name, 100, SMALL, 3)
        drawn = self.layout.labels.get(element.id)
        x, y = drawn.middle if drawn else _below(element, box, lines)
        group.append(_floating(lines, x, y))
        around = _around(lines, x, y, SMALL)
        canvas.reach(around)
        return around.bottom if around.y >= box.middle[1] else box.bottom


def _below(element: Element, box: Box, lines: Sequence[str]) -> Point:
    """Under the shape; beside a boundary event, whose own flow goes down."""
    half = len(lines) * SMALL * 0.65
    if element.kind == "boundaryEvent":
        return box.right + 3 + _around(lines, 0, 0, SMALL).width / 2, box.bottom - 2
    return box.middle[0], box.bottom + 4 + half


def _remark(canvas: _Canvas, group: etree._Element, remark: str, x: float, top: float, state: str) -> None:
    if remark:
        lines = _wrapped(remark, 110, SMALL, 2)
        y = top + 5 + len(lines) * SMALL * 0.65
        group.append(_floating(lines, x, y, ink=INK[state]))
        canvas.reach(_around(lines, x, y, SMALL))


def _shape(element: Element) -> str:
    if element.kind.endswith("Gateway"):
        return "gateway"
    if element.kind.endswith("Event"):
        return "event"
    return "scope" if element.kind in drawing.SCOPES else "task"


# --- shapes ------------------------------------------------------------------------------------------


def _lanes(canvas: _Canvas, root: etree._Element) -> None:
    boxes = layout.drawn(root).boxes
    for node in root.iter(f"{{{intake.BPMN}}}participant", f"{{{intake.BPMN}}}lane"):
        box = boxes.get(node.get("id") or "")
        if box is not None:
            _lane(canvas, node, box)


def _lane(canvas: _Canvas, node: etree._Element, box: Box) -> None:
    name = " ".join((node.get("name") or "").split())
    group = canvas.group("lane", FUTURE, node.get("id") or "", name)
    frame = {"stroke": "currentColor", "stroke_opacity": "0.35"}
    group.append(_tag("rect", **_frame(box), rx="3", **frame))
    canvas.reach(box)
    if not name:
        return
    band = 30.0
    if box.horizontal:
        group.append(_tag("path", d=f"M{_short(box.x + band)},{_short(box.y)}v{_short(box.height)}", **frame))
        group.append(_upright(_fitted(name, box.height - 16), box.x + band / 2, box.middle[1]))
    else:
        group.append(_tag("path", d=f"M{_short(box.x)},{_short(box.y + band)}h{_short(box.width)}", **frame))
        group.append(_lines([_fitted(name, box.width - 16)], box.middle[0], box.y + band / 2, TEXT_SIZE))


def _upright(text: str, x: float, y: float) -> etree._Element:
    """Chinese reads downwards in a narrow band."""
    return _tag(
        "text", text, writing_mode="vertical-rl", text_anchor="middle", x=_short(x), y=_short(y),
        font_size=_short(TEXT_SIZE), fill="currentColor",
    )  # fmt: skip


def _fitted(text: str, width: float) -> str:
    return _wrapped(text, max(width, TEXT_SIZE), TEXT_SIZE, 1)[0]


def _frame(box: Box) -> dict[str, str]:
    return {"x": _short(box.x), "y": _short(box.y), "width": _short(box.width), "height": _short(box.height)}


def _paint(state: str) -> dict[str, str]:
    ink = INK[state]
    faint = {"stroke_opacity": "0.7"} if state == FUTURE else {}
    return {"fill": ink, "fill_opacity": TINT[state], "stroke": ink, "stroke_width": STROKE[state], **faint}


def _task(group: etree._Element, element: Element, box: Box, state: str, remark: str) -> None:
    group.append(_tag("rect", **_frame(box), rx="9", fill=PAPER))
    paint = _paint(state)
    if element.kind == "callActivity":
        paint["stroke_width"] = "3.4"
    group.append(_tag("rect", **_frame(box), rx="9", **paint))
    notes = _wrapped(remark, box.width - 12, SMALL, 2) if remark else []
    below = len(notes) * SMALL * 1.3 + (3 if notes else 0)
    room = int((box.height - 10 - below) // (TEXT_SIZE * 1.3))
    lines = _wrapped(element.label, box.width - 14, TEXT_SIZE, max(room, 1))
    weight = {"font_weight": "600"} if state == CURRENT else {}
    (x, y), tall = box.middle, len(lines) * TEXT_SIZE * 1.3
    group.append(_lines(lines, x, y - below / 2, TEXT_SIZE, **weight))
    if notes:
        note = _lines(notes, x, y + tall / 2 + 1.5, SMALL)
        note.set("fill", INK[state])
        group.append(note)
    _mark(group, box, state)


def _mark(group: etree._Element, box: Box, state: str) -> None:
    """A tick on what is done, a dot on what is current: on the corner, clear of the text."""
    x, y = box.right - 5, box.y + 5
    if state == FUTURE:
        return
    group.append(
        _tag("circle", cx=_short(x), cy=_short(y), r="8", fill=INK[state], stroke=PAPER, stroke_width="2")
    )
    if state == DONE:
        tick = f"M{_short(x - 3.6)},{_short(y + 0.2)}l2.6,2.7l4.7,-5.4"
        group.append(_tag("path", d=tick, stroke=PAPER, stroke_width="1.8"))
    else:
        group.append(_tag("circle", cx=_short(x), cy=_short(y), r="2.8", fill=PAPER))


def _scope(group: etree._Element, element: Element, box: Box, state: str, remark: str) -> None:
    group.append(_tag("rect", **_frame(box), rx="10", **_paint(state)))
    lines = _wrapped(f"{element.label} {remark}", box.width - 20, TEXT_SIZE, 1)
    group.append(_lines(lines, box.middle[0], box.y + 14, TEXT_SIZE))
    _mark(group, box, state)


def _gateway(group: etree._Element, element: Element, box: Box, state: str, _remark: str) -> None:
    (x, y), half, tall = box.middle, box.width / 2, box.height / 2
    corners = (x, y - tall), (x + half, y), (x, y + tall), (x - half, y)
    diamond = f"M{'L'.join(_spot(*corner) for corner in corners)}z"
    group.append(_tag("path", d=diamond, fill=PAPER))
    group.append(_tag("path", d=diamond, **_paint(state)))
    sign = SIGNS.get(element.kind)
    if sign:
        place = f"translate({_short(x)},{_short(y)})"
        group.append(_tag("path", d=sign, transform=place, stroke=INK[state], stroke_width="2.4"))


#: What a gateway shows, drawn around its middle.
SIGNS = {
    "exclusiveGateway": "M-6,-7L6,7M6,-7L-6,7",
    "parallelGateway": "M0,-10V10M-10,0H10",
    "inclusiveGateway": "M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0",
    "eventBasedGateway": "M0,-9L9,-2L5.5,8H-5.5L-9,-2z",
    "complexGateway": "M0,-10V10M-10,0H10M-7,-7L7,7M7,-7L-7,7",
}
#: What an event shows, drawn around its middle.
EMBLEMS = {
    "timer": "M-9,0a9,9 0 1,0 18,0a9,9 0 1,0 -18,0M0,-6V0L4.5,3",
    "message": "M-8,-5.5H8V5.5H-8zM-8,-5.5L0,1L8,-5.5",
    "signal": "M0,-8L8,6H-8z",
    "error": "M-7,7L-3,-5L2,3L7,-7",
    "escalation": "M0,-8L6,7L0,1L-6,7z",
    "conditional": "M-6,-8H6V8H-6zM-3,-4H3M-3,0H3M-3,4H3",
    "link": "M-8,-3H2V-7L9,0L2,7V3H-8z",
    "compensate": "M0,-6V6L-8,0zM8,-6V6L0,0z",
    "cancel": "M-6,-6L6,6M6,-6L-6,6",
    "multiple": "M0,-9L9,-2L5.5,8H-5.5L-9,-2z",
}


def _event(group: etree._Element, element: Element, box: Box, state: str, _remark: str) -> None:
    (x, y), radius = box.middle, min(box.width, box.height) / 2
    paint = _paint(state)
    if element.kind == "endEvent":
        paint["stroke_width"] = "3.6"
    if element.kind == "boundaryEvent" and not element.interrupts:
        paint["stroke_dasharray"] = "4 3"
    circle = {"cx": _short(x), "cy": _short(y)}
    group.append(_tag("circle", **circle, r=_short(radius), fill=PAPER))
    group.append(_tag("circle", **circle, r=_short(radius), **paint))
    if element.kind.startswith(("boundary", "intermediate")):
        group.append(
            _tag("circle", **circle, r=_short(radius - 3.5), **{**paint, "fill": "none", "stroke_width": "1"})
        )
    _emblem(group, element, (x, y), state)


def _emblem(group: etree._Element, element: Element, middle: Point, state: str) -> None:
    kind = element.event.kind if element.event else ""
    place = f"translate({_short(middle[0])},{_short(middle[1])})"
    if kind == "terminate":
        group.append(_tag("circle", cx=_short(middle[0]), cy=_short(middle[1]), r="8", fill=INK[state]))
    elif kind in EMBLEMS:
        solid = {"fill": INK[state]} if element.kind in ("endEvent", "intermediateThrowEvent") else {}
        group.append(
            _tag("path", d=EMBLEMS[kind], transform=place, stroke=INK[state], stroke_width="1.3", **solid)
        )


#: group, element, box, state, remark
DRAW: dict[str, Callable[..., None]] = {"task": _task, "scope": _scope, "gateway": _gateway, "event": _event}


# --- lines -------------------------------------------------------------------------------------------


def _rounded(points: Sequence[Point], radius: float = 7) -> str:
    """A path through *points* with soft corners."""
    path = [f"M{_short(points[0][0])},{_short(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        path.append(f"L{_spot(*into)}Q{_spot(*corner)} {_spot(*out)}")
    end = _toward(points[-1], points[-2], 6)
    path.append(f"L{_short(end[0])},{_short(end[1])}")
    return "".join(path)


def _toward(start: Point, aim: Point, distance: float) -> Point:
    """The point *distance* from *start* towards *aim*, half-way at most."""
    length = hypot(aim[0] - start[0], aim[1] - start[1]) or 1
    share = min(distance / length, 0.5)
    return start[0] + (aim[0] - start[0]) * share, start[1] + (aim[1] - start[1]) * share


def _unit(start: Point, end: Point) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _arrow(before: Point, tip: Point) -> str:
    (dx, dy), (x, y) = _unit(before, tip), tip
    left = x - 9 * dx - 4 * dy, y - 9 * dy + 4 * dx
    right = x - 9 * dx + 4 * dy, y - 9 * dy - 4 * dx
    return f"M{_short(x)},{_short(y)}L{_spot(*left)}L{_spot(*right)}z"


def _slash(start: Point, after: Point) -> str:
    """The stroke across the default flow."""
    (dx, dy), (x, y) = _unit(start, after), start
    x, y = x + 11 * dx, y + 11 * dy
    across, along = 3 * dx + 5 * dy, 3 * dy - 5 * dx
    return f"M{_spot(x - across, y - along)}L{_spot(x + across, y + along)}"


def _beside(points: Sequence[Point], lines: Sequence[str]) -> Point:
    """Where a flow's name stands: over the first segment that is long enough, or beside an upright one."""
    width = max(_width(line, SMALL) for line in lines)
    tall = len(lines) * SMALL * 1.3
    pairs = list(pairwise(points))
    flat = [
        pair for pair in pairs if abs(pair[0][1] - pair[1][1]) < 1 and abs(pair[0][0] - pair[1][0]) > width
    ]
    (x, y), (u, v) = (flat or pairs)[0]
    if abs(y - v) < 1:
        return (x + u) / 2, y - tall / 2 - 3
    return (x + u) / 2 + width / 2 + 6, (y + v) / 2
