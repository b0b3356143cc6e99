"""What each kind of element looks like: lanes, tasks, scopes, gateways, events."""

from collections.abc import Callable

from lxml import etree

from engine.spiff import intake, layout
from engine.spiff.drawing import SCOPES, Element
from engine.spiff.layout import Box, Point
from engine.spiff.pen import (
    CURRENT,
    DONE,
    FUTURE,
    INK,
    PAPER,
    SMALL,
    STROKE,
    TEXT_SIZE,
    TINT,
    Canvas,
    joined,
    short,
    spot,
    tag,
    wrapped,
)  # fmt: skip


def shape_of(element: Element) -> str:
    if element.kind.endswith("Gateway"):
        return "gateway"
    if element.kind.endswith("Event"):
        return "event"
    return "scope" if element.kind in SCOPES else "task"


def lanes(canvas: Canvas, root: etree._Element) -> None:
    boxes = layout.drawn(root).boxes
    for node in root.iter(f"{{{intake.BPMN}}}participant", f"{{{intake.BPMN}}}lane"):
        box = boxes.get(node.get("id") or "")
        if box is not None:
            _lane(canvas, node, box)


def _lane(canvas: Canvas, node: etree._Element, box: Box) -> None:
    name = " ".join((node.get("name") or "").split())
    group = canvas.group("lane", FUTURE, node.get("id") or "", name)
    frame = {"stroke": "currentColor", "stroke_opacity": "0.35"}
    group.append(tag("rect", **_frame(box), rx="3", **frame))
    canvas.reach(box)
    if not name:
        return
    band = 30.0
    if box.horizontal:
        group.append(tag("path", d=f"M{short(box.x + band)},{short(box.y)}v{short(box.height)}", **frame))
        group.append(_upright(_fitted(name, box.height - 16), box.x + band / 2, box.middle[1]))
    else:
        group.append(tag("path", d=f"M{short(box.x)},{short(box.y + band)}h{short(box.width)}", **frame))
        group.append(joined([_fitted(name, box.width - 16)], box.middle[0], box.y + band / 2, TEXT_SIZE))


def _upright(text: str, x: float, y: float) -> etree._Element:
    """Chinese reads downwards in a narrow band."""
    return tag(
        "text", text, writing_mode="vertical-rl", text_anchor="middle", x=short(x), y=short(y),
        font_size=short(TEXT_SIZE), fill="currentColor",
    )  # fmt: skip


def _fitted(text: str, width: float) -> str:
    return wrapped(text, max(width, TEXT_SIZE), TEXT_SIZE, 1)[0]


def _frame(box: Box) -> dict[str, str]:
    return {"x": short(box.x), "y": short(box.y), "width": short(box.width), "height": short(box.height)}


def _paint(state: str) -> dict[str, str]:
    ink = INK[state]
    faint = {"stroke_opacity": "0.7"} if state == FUTURE else {}
    return {"fill": ink, "fill_opacity": TINT[state], "stroke": ink, "stroke_width": STROKE[state], **faint}


def _task(group: etree._Element, element: Element, box: Box, state: str, remark: str) -> None:
    group.append(tag("rect", **_frame(box), rx="9", fill=PAPER))
    paint = _paint(state)
    if element.kind == "callActivity":
        paint["stroke_width"] = "3.4"
    group.append(tag("rect", **_frame(box), rx="9", **paint))
    notes = wrapped(remark, box.width - 12, SMALL, 2) if remark else []
    below = len(notes) * SMALL * 1.3 + (3 if notes else 0)
    room = int((box.height - 10 - below) // (TEXT_SIZE * 1.3))
    lines = wrapped(element.label, box.width - 14, TEXT_SIZE, max(room, 1))
    weight = {"font_weight": "600"} if state == CURRENT else {}
    (x, y), tall = box.middle, len(lines) * TEXT_SIZE * 1.3
    group.append(joined(lines, x, y - below / 2, TEXT_SIZE, **weight))
    if notes:
        note = joined(notes, x, y + tall / 2 + 1.5, SMALL)
        note.set("fill", INK[state])
        group.append(note)
    _mark(group, box, state)


def _mark(group: etree._Element, box: Box, state: str) -> None:
    """A tick on what is done, a dot on what is current: on the corner, clear of the text."""
    x, y = box.right - 5, box.y + 5
    if state == FUTURE:
        return
    group.append(
        tag("circle", cx=short(x), cy=short(y), r="8", fill=INK[state], stroke=PAPER, stroke_width="2")
    )
    if state == DONE:
        tick = f"M{short(x - 3.6)},{short(y + 0.2)}l2.6,2.7l4.7,-5.4"
        group.append(tag("path", d=tick, stroke=PAPER, stroke_width="1.8"))
    else:
        group.append(tag("circle", cx=short(x), cy=short(y), r="2.8", fill=PAPER))


def _scope(group: etree._Element, element: Element, box: Box, state: str, remark: str) -> None:
    group.append(tag("rect", **_frame(box), rx="10", **_paint(state)))
    lines = wrapped(f"{element.label} {remark}", box.width - 20, TEXT_SIZE, 1)
    group.append(joined(lines, box.middle[0], box.y + 14, TEXT_SIZE))
    _mark(group, box, state)


def _gateway(group: etree._Element, element: Element, box: Box, state: str, _remark: str) -> None:
    (x, y), half, tall = box.middle, box.width / 2, box.height / 2
    corners = (x, y - tall), (x + half, y), (x, y + tall), (x - half, y)
    diamond = f"M{'L'.join(spot(*corner) for corner in corners)}z"
    group.append(tag("path", d=diamond, fill=PAPER))
    group.append(tag("path", d=diamond, **_paint(state)))
    sign = SIGNS.get(element.kind)
    if sign:
        place = f"translate({short(x)},{short(y)})"
        group.append(tag("path", d=sign, transform=place, stroke=INK[state], stroke_width="2.4"))


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
    circle = {"cx": short(x), "cy": short(y)}
    group.append(tag("circle", **circle, r=short(radius), fill=PAPER))
    group.append(tag("circle", **circle, r=short(radius), **paint))
    if element.kind.startswith(("boundary", "intermediate")):
        group.append(
            tag("circle", **circle, r=short(radius - 3.5), **{**paint, "fill": "none", "stroke_width": "1"})
        )
    _emblem(group, element, (x, y), state)


def _emblem(group: etree._Element, element: Element, middle: Point, state: str) -> None:
    kind = element.event.kind if element.event else ""
    place = f"translate({short(middle[0])},{short(middle[1])})"
    if kind == "terminate":
        group.append(tag("circle", cx=short(middle[0]), cy=short(middle[1]), r="8", fill=INK[state]))
    elif kind in EMBLEMS:
        solid = {"fill": INK[state]} if element.kind in ("endEvent", "intermediateThrowEvent") else {}
        group.append(
            tag("path", d=EMBLEMS[kind], transform=place, stroke=INK[state], stroke_width="1.3", **solid)
        )


#: group, element, box, state, remark
DRAW: dict[str, Callable[..., None]] = {"task": _task, "scope": _scope, "gateway": _gateway, "event": _event}
