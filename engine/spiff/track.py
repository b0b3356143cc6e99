"""A diagram drawn with the way a case has gone: done, current, still to come.

The picture is an accessible SVG without script, style sheet or outward reference. Colours are
custom properties with a fallback (``--track-done``, ``--track-current``, ``--track-paper``) over
``currentColor``, so the page's theme, dark mode and print all hold; a state is never told by colour
alone: what is done has a tick, what is current a heavier frame and a dot.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from lxml import etree

from engine.spiff import intake, layout, reading
from engine.spiff.drawing import Element, Flow, Process
from engine.spiff.layout import Box, Layout, Point
from engine.spiff.pen import (
    CURRENT,
    DONE,
    FUTURE,
    INK,
    SMALL,
    Canvas,
    around,
    arrow,
    beside,
    floating,
    rounded,
    slash,
    tag,
    wrapped,
)
from engine.spiff.shapes import DRAW, lanes, shape_of

#: How a state is called.
CALLED = {DONE: "已办结", CURRENT: "正在办理", FUTURE: "尚未办理"}


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
    processes = reading.of(root).processes
    places = layout.drawn(root)
    pages = [
        _Page(process, layout.of(places, process), frozenset(done), frozenset(current))
        for process in processes
    ]
    canvas = Canvas(sha256(source).hexdigest()[:8])
    lanes(canvas, root)
    for page in pages:
        page.flows(canvas)
    for page in pages:
        page.nodes(canvas, dict(labels or {}))
    return canvas.svg(_title(pages), _summary(pages))


def shaded(source: bytes, shades: Mapping[str, str], remarks: Mapping[str, str], summary: str) -> str:
    """Return *source* as SVG without any case on it: nodes bear a class (*shades*) and in words what it stands for."""
    root = intake.tree(source)
    processes, places = reading.of(root).processes, layout.drawn(root)
    pages = [_Shaded(process, layout.of(places, process), shades=shades) for process in processes]
    canvas = Canvas(sha256(source).hexdigest()[:8])
    lanes(canvas, root)
    for page in pages:
        page.flows(canvas)
    for page in pages:
        page.nodes(canvas, remarks)
    return canvas.svg(_title(pages), summary)


def _title(pages: Sequence["_Page"]) -> str:
    return next((page.process.name for page in pages if page.process.name), "流程图")


def _summary(pages: Sequence["_Page"]) -> str:
    named = [(page.state(each.id), each.name) for page in pages for each in page.work() if each.name]
    told = [
        (CALLED[state], [name for known, name in named if known == state])
        for state in (DONE, CURRENT, FUTURE)
    ]
    return "；".join(f"{called}：{'、'.join(names)}" for called, names in told if names) or "没有环节"


# --- one process ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Page:
    """One process, its layout, and where the case stands."""

    process: Process
    layout: Layout
    done: frozenset[str] = frozenset()
    current: frozenset[str] = frozenset()

    def state(self, name: str) -> str:
        return CURRENT if name in self.current else DONE if name in self.done else FUTURE

    def told(self, element: Element, state: str, remark: str) -> tuple[str, str]:
        """The classes a node bears, and what it says when it is pointed at."""
        return state, f"{element.label}（{CALLED[state]}）{remark}"

    def work(self) -> Iterator[Element]:
        return (each for each in self.process.elements.values() if shape_of(each) in ("task", "scope"))

    # --- flows

    def flows(self, canvas: Canvas) -> None:
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

    @cached_property
    def _flows_listed(self) -> bool:
        return any(flow.id in self.done for flow in self.process.flows)

    def _flow(self, canvas: Canvas, flow: Flow, points: Sequence[Point]) -> None:
        state = DONE if self.walked(flow) else FUTURE
        group = canvas.group("flow", state, flow.id, flow.name)
        ink = {"stroke": INK[state], "opacity": "1" if state == DONE else "0.6"}
        group.append(tag("path", d=rounded(points), stroke_width="2" if state == DONE else "1.3", **ink))
        group.append(tag("path", d=arrow(points[-2], points[-1]), fill=INK[state], opacity=ink["opacity"]))
        source = self.process.elements.get(flow.source)
        if source is not None and source.default == flow.id:
            group.append(tag("path", d=slash(points[0], points[1]), stroke_width="1.4", **ink))
        canvas.reach(*(Box(x, y, 0, 0) for x, y in points))
        if flow.name:
            self._flow_label(canvas, group, flow, points)

    def _flow_label(self, canvas: Canvas, group: etree._Element, flow: Flow, points: Sequence[Point]) -> None:
        lines = wrapped(flow.name, 96, SMALL, 2)
        drawn = self.layout.labels.get(flow.id)
        x, y = drawn.middle if drawn else beside(points, lines)
        group.append(floating(lines, x, y))
        canvas.reach(around(lines, x, y, SMALL))

    # --- nodes

    def nodes(self, canvas: Canvas, labels: Mapping[str, str]) -> None:
        order = {"scope": 0, "task": 1, "gateway": 2, "event": 3}
        for element in sorted(self.process.elements.values(), key=lambda each: order[shape_of(each)]):
            box = self.layout.boxes.get(element.id)
            if box is not None:
                self._node(canvas, element, box, labels.get(element.id, ""))

    def _node(self, canvas: Canvas, element: Element, box: Box, remark: str) -> None:
        state, shape = self.state(element.id), shape_of(element)
        bears, says = self.told(element, state, remark)
        group = canvas.group(shape, bears, element.id, says)
        canvas.reach(box)
        DRAW[shape](group, element, box, state, remark)
        if shape in ("event", "gateway"):
            bottom = self._outside(canvas, group, element, box) if element.name else box.bottom
            _remark(canvas, group, remark, box.middle[0], bottom, state)

    def _outside(self, canvas: Canvas, group: etree._Element, element: Element, box: Box) -> float:
        """The name of an event or gateway stands where it was drawn, or below."""
        lines = wrapped(element.name, 100, SMALL, 3)
        drawn = self.layout.labels.get(element.id)
        x, y = drawn.middle if drawn else _below(element, box, lines)
        group.append(floating(lines, x, y))
        taken = around(lines, x, y, SMALL)
        canvas.reach(taken)
        return taken.bottom if taken.y >= box.middle[1] else box.bottom


@dataclass(frozen=True)
class _Shaded(_Page):
    """The same without a case: nodes are shaded by something counted over many."""

    shades: Mapping[str, str] = field(default_factory=dict)

    def told(self, element: Element, state: str, remark: str) -> tuple[str, str]:
        bears = f"{state} {self.shades.get(element.id, '')}".rstrip()
        return bears, f"{element.label}：{remark}" if remark else element.label


def _below(element: Element, box: Box, lines: Sequence[str]) -> Point:
    """Under the shape; beside a boundary event, whose own flow goes down."""
    half = len(lines) * SMALL * 0.65
    if element.kind == "boundaryEvent":
        return box.right + 3 + around(lines, 0, 0, SMALL).width / 2, box.bottom - 2
    return box.middle[0], box.bottom + 4 + half


def _remark(canvas: Canvas, group: etree._Element, remark: str, x: float, top: float, state: str) -> None:
    if remark:
        lines = wrapped(remark, 110, SMALL, 2)
        y = top + 5 + len(lines) * SMALL * 0.65
        group.append(floating(lines, x, y, ink=INK[state]))
        canvas.reach(around(lines, x, y, SMALL))
