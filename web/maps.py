"""A small map of places as plain SVG: no tiles from anywhere, only where they lie to one another and how far."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import escape

from engine.domain.nearness import FIVE_KM, QUARTER, Point

#: The paper, its margin, and the least stretch of land it shows, in metres.
WIDTH, HEIGHT, MARGIN, LEAST = 640, 420, 34, 1200.0
#: Metres of one degree of latitude; of one of longitude times the cosine of the latitude.
_DEGREE = 111_195.0
#: How many names are written beside their marks; the others are said by the list.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the map: what it is called, which kind it is, where it leads."""

    name: str
    kind: str
    at: Point
    link: str
    said: str


@dataclass(frozen=True, slots=True)
class _Paper:
    """How land becomes paper: a plane around its middle, north up."""

    middle: Point
    scale: float

    def place(self, point: Point) -> tuple[float, float]:
        east = (
            (point.longitude - self.middle.longitude) * _DEGREE * math.cos(math.radians(self.middle.latitude))
        )
        north = (point.latitude - self.middle.latitude) * _DEGREE
        return WIDTH / 2 + east * self.scale, HEIGHT / 2 - north * self.scale


def drawn(marks: Sequence[Mark], origin: Point | None, title: str, here: str, words: tuple[str, str]) -> str:
    """Draw the places, with the circles around where one sets out; "" where there is nothing to draw.

    *words* name the two circles.
    """
    points = [mark.at for mark in marks] + ([origin] if origin else [])
    if not points:
        return ""
    paper = _paper(points)
    circles = _circles(paper, origin, words) if origin else ""
    told = _named(paper, marks)
    numbered = "".join(
        _mark(paper, n, mark, told.get(n, "")) for n, mark in reversed(list(enumerate(marks, 1)))
    )
    mine = _origin(paper, origin, here) if origin else ""
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{escape(title)}">'
        f'<rect class="land" width="{WIDTH}" height="{HEIGHT}"/>'
        f"{circles}{numbered}{mine}{_scale(paper)}{_north()}</svg>"
    )


def _paper(points: Sequence[Point]) -> _Paper:
    west, east = min(p.longitude for p in points), max(p.longitude for p in points)
    south, north = min(p.latitude for p in points), max(p.latitude for p in points)
    middle = Point((west + east) / 2, (south + north) / 2)
    wide = max((east - west) * _DEGREE * math.cos(math.radians(middle.latitude)), LEAST)
    high = max((north - south) * _DEGREE, LEAST)
    return _Paper(middle, min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high))


def _circles(paper: _Paper, origin: Point, words: tuple[str, str]) -> str:
    x, y = paper.place(origin)
    return "".join(
        f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="{radius * paper.scale:.1f}"/>'
        + _name_of_circle(x, y - radius * paper.scale, said)
        for name, radius, said in (("five-km", FIVE_KM, words[1]), ("quarter", QUARTER, words[0]))
    )


def _name_of_circle(x: float, top: float, said: str) -> str:
    if top < 14:
        return ""  # it lies beyond the paper
    return (
        f'<text class="circle-name" x="{x:.1f}" y="{top - 4:.1f}" text-anchor="middle">{escape(said)}</text>'
    )


def _named(paper: _Paper, marks: Sequence[Mark]) -> dict[int, str]:
    """The names written beside the first marks, by number; one that would lie on another name or mark is left out."""
    taken = [_box(x, y, 22, 22) for x, y in (paper.place(mark.at) for mark in marks)]
    found: dict[int, str] = {}
    for n, mark in enumerate(marks[:NAMED], 1):
        (x, y), wide = paper.place(mark.at), 13.0 * len(mark.name)
        for side, anchor in ((1, "start"), (-1, "end")):
            box = _box(x + side * (17 + wide / 2), y, wide, 16)
            if box[0] >= 0 and box[2] <= WIDTH and not any(_meet(box, other) for other in taken):
                taken.append(box)
                found[n] = (
                    f'<text class="name" x="{x + side * 17:.1f}" y="{y + 4.5:.1f}" '
                    f'text-anchor="{anchor}">{escape(mark.name)}</text>'
                )
                break
    return found


def _box(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _mark(paper: _Paper, n: int, mark: Mark, name: str) -> str:
    x, y = paper.place(mark.at)
    return (
        f'<a href="{escape(mark.link)}" class="{escape(mark.kind)}" aria-label="{escape(mark.said)}">'
        f"<title>{escape(mark.said)}</title>{shape(mark.kind, x, y)}"
        f'<text class="n" x="{x:.1f}" y="{y + 3.6:.1f}" text-anchor="middle">{n}</text>{name}</a>'
    )


def shape(kind: str, x: float, y: float) -> str:
    """Each kind has a shape of its own, so that nobody need tell colours apart."""
    if kind == "hall":
        return f'<rect x="{x - 10:.1f}" y="{y - 10:.1f}" width="20" height="20" rx="2"/>'
    if kind == "street":
        return _polygon(((x, y - 12), (x + 12, y), (x, y + 12), (x - 12, y)))
    if kind in {"point", "kiosk"}:
        return _polygon(((x, y - 12), (x + 12, y + 9), (x - 12, y + 9)))
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9.5"/>'


def _polygon(corners: Iterable[tuple[float, float]]) -> str:
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'


def _origin(paper: _Paper, origin: Point, here: str) -> str:
    x, y = paper.place(origin)
    return (
        f'<g class="here"><title>{escape(here)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="14"/>'
        f'<path d="M{x - 20:.1f} {y:.1f}h6m28 0h6M{x:.1f} {y - 20:.1f}v6m0 28v6"/></g>'
    )


def _scale(paper: _Paper) -> str:
    """A bar of a round length, about a quarter of the paper."""
    metres = next((m for m in (10_000, 5000, 2000, 1000, 500, 200) if m * paper.scale <= WIDTH / 4), 100)
    said = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    left, y = 16.0, HEIGHT - 16
    right = left + metres * paper.scale
    return (
        f'<g class="scale"><path d="M{left} {y - 5}V{y}H{right:.1f}V{y - 5}"/>'
        f'<text x="{(left + right) / 2:.1f}" y="{y - 7}" text-anchor="middle">{said}</text></g>'
    )


def _north() -> str:
    x, y = WIDTH - 22, 30
    arrow = f"M{x} {y}V{y - 20}M{x - 5} {y - 13}L{x} {y - 21}L{x + 5} {y - 13}"
    return f'<g class="scale"><path d="{arrow}"/><text x="{x}" y="{y + 13}" text-anchor="middle">N</text></g>'
