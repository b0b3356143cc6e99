"""Where things stand on a diagram: its own drawing (BPMN DI), or a plain layout where it has none."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from engine.spiff.drawing import Element, Process

DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; of a label or a shape."""

    x: float
    y: float
    width: float
    height: float
    horizontal: bool = True

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes of shapes, boxes of their labels, and lines of flows, by element id."""

    boxes: Mapping[str, Box]
    lines: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Box]


def of(found: Layout, process: Process) -> Layout:
    """Return *found*, what the file says of places, or a plain layout if it says nothing of *process*."""
    return found if any(name in found.boxes for name in process.elements) else _plain(process)


def drawn(root: etree._Element) -> Layout:
    """Return what the file itself says of places."""
    boxes: dict[str, Box] = {}
    lines: dict[str, tuple[Point, ...]] = {}
    labels: dict[str, Box] = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"):
        name = shape.get("bpmnElement") or ""
        label = shape.find(f"{{{BPMNDI}}}BPMNLabel/{{{DC}}}Bounds")
        if label is not None:
            labels[name] = _box(label)
        bounds = shape.find(f"{{{DC}}}Bounds")
        if bounds is not None:
            boxes[name] = replace(_box(bounds), horizontal=shape.get("isHorizontal") != "false")
        points = tuple(
            (_number(way.get("x")), _number(way.get("y"))) for way in shape.iter(f"{{{DI}}}waypoint")
        )
        if len(points) > 1:
            lines[name] = points
    return Layout(boxes, lines, labels)


def _box(bounds: etree._Element) -> Box:
    x, y, width, height = (_number(bounds.get(side)) for side in ("x", "y", "width", "height"))
    return Box(x, y, max(width, 1), max(height, 1))


def _number(text: str | None) -> float:
    """A coordinate; what is no number, or absurd, is pulled back onto the paper."""
    try:
        value = float(text or 0)
    except ValueError:
        return 0
    return min(max(value, -100_000), 100_000) if math.isfinite(value) else 0


# --- a plain layout: columns by distance from the start ------------------------------------------

COLUMN, ROW = 160, 130
SIZES = {"Gateway": (50, 50), "Event": (36, 36)}


def _plain(process: Process) -> Layout:
    boxes: dict[str, Box] = {}
    filled: dict[int, int] = {}
    for element, rank in _ranks(process):
        row = filled.get(rank, 0)
        filled[rank] = row + 1
        boxes[element.id] = _centred(element, rank * COLUMN + 80, row * ROW + 80)
    for element in process.elements.values():
        if element.host in boxes:
            host = boxes[element.host]
            boxes[element.id] = _centred(element, host.right - 24, host.bottom)
    lowest = max((box.bottom for box in boxes.values()), default=0)
    lines = {
        flow.id: _line(boxes[flow.source], boxes[flow.target], lowest + 30)
        for flow in process.flows
        if flow.source in boxes and flow.target in boxes
    }
    return Layout(boxes, lines, {})


def _ranks(process: Process) -> list[tuple[Element, int]]:
    """Each element once, with its distance from the start; a boundary event stays with its activity."""
    after: dict[str, list[str]] = {}
    for flow in process.flows:
        after.setdefault(flow.source, []).append(flow.target)
    for element in process.elements.values():
        if element.host is not None:
            after.setdefault(element.host, []).extend(after.get(element.id, ()))
    ranks: dict[str, int] = {}
    todo = [(each.id, 0) for each in process.elements.values() if each.kind == "startEvent"]
    for name, rank in todo:
        if name not in ranks and name in process.elements:
            ranks[name] = rank
            todo.extend((target, rank + 1) for target in after.get(name, ()))
    return [(each, ranks.get(each.id, 0)) for each in process.elements.values() if each.host is None]


def _centred(element: Element, x: float, y: float) -> Box:
    width, height = next((size for end, size in SIZES.items() if element.kind.endswith(end)), (110, 70))
    return Box(x - width / 2, y - height / 2, width, height)


def _line(source: Box, target: Box, below: float) -> tuple[Point, ...]:
    (_, y), (_, aim) = source.middle, target.middle
    if target.x <= source.x:
        (left, _), (right, _) = target.middle, source.middle
        return (right, source.bottom), (right, below), (left, below), (left, target.bottom)
    if y == aim:
        return (source.right, y), (target.x, aim)
    half = (source.right + target.x) / 2
    return (source.right, y), (half, y), (half, aim), (target.x, aim)
