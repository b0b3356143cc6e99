"""Charts as plain SVG: pure functions from numbers to markup, coloured by classes of the style sheet."""

from collections.abc import Callable, Sequence
from datetime import date

from markupsafe import escape

from engine.queries.reports import Day

#: The trend's paper: margins left for the axes, and how often a day is named.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 660, 230, 34, 12, 12, 26
NAMED = 5


def bar(red: int, yellow: int, most: int) -> str:
    """Draw one bar of red and yellow against the longest; the numbers stand beside it in words."""
    scale = 100 / max(most, 1)
    parts = ((0.0, red * scale, "red"), (red * scale, yellow * scale, "yellow"))
    rects = "".join(
        f'<rect class="{tone}" x="{left:.2f}%" width="{width:.2f}%" height="100%"/>'
        for left, width, tone in parts
    )
    return f'<svg class="bar" width="100%" height="20" aria-hidden="true" focusable="false">{rects}</svg>'


def trend(
    days: Sequence[Day],
    names: tuple[str, str, str],
    told: tuple[str, str],
    say: Callable[[date], str],
    link: Callable[[str, date], str],
) -> str:
    """Draw what was accepted, decided and lapsed on each working day; every point says it and leads to its list.

    *told* are the title and the summary. The points are not stops of the keyboard: the table below has the links.
    """
    top = _round_up(max((max(d.accepted, d.decided, d.lapsed) for d in days), default=0))
    series = [
        ("accepted", names[0], [d.accepted for d in days]),
        ("decided", names[1], [d.decided for d in days]),
        ("lapsed", names[2], [d.lapsed for d in days]),
    ]
    lines = "".join(_line(key, name, values, days, top, say, link) for key, name, values in series)
    return (
        f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-labelledby="trend-title trend-desc">'
        f'<title id="trend-title">{escape(told[0])}</title><desc id="trend-desc">{escape(told[1])}</desc>'
        f"{_grid(top)}{_days(days)}{lines}</svg>"
    )


def _round_up(value: int) -> int:
    """The top of the axis: a multiple of four, so that its quarters are whole."""
    return max(4, -(-value // 4) * 4)


def _x(n: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * n / max(count - 1, 1)


def _y(value: int, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _grid(top: int) -> str:
    steps = [top * n // 4 for n in range(5)]
    return "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(v, top):.1f}" y2="{_y(v, top):.1f}"/>'
        f'<text class="axis" x="{LEFT - 6}" y="{_y(v, top) + 4:.1f}" text-anchor="end">{v}</text>'
        for v in steps
    )


def _days(days: Sequence[Day]) -> str:
    last = len(days) - 1
    return "".join(
        f'<text class="axis" x="{_x(n, len(days)):.1f}" y="{HEIGHT - 7}" '
        f'text-anchor="{"end" if n == last else "middle"}">'
        f"{d.day.month}/{d.day.day}</text>"
        for n, d in enumerate(days)
        if (last - n) % NAMED == 0
    )


def _line(
    key: str,
    name: str,
    values: Sequence[int],
    days: Sequence[Day],
    top: int,
    say: Callable[[date], str],
    link: Callable[[str, date], str],
) -> str:
    points = [(_x(n, len(values)), _y(value, top)) for n, value in enumerate(values)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        _dot(x, y, escape(f"{say(d.day)} {name} {value}"), escape(link(key, d.day)))
        for (x, y), value, d in zip(points, values, days, strict=True)
    )
    return f'<g class="{key}"><polyline points="{path}"/>{dots}</g>'


def _dot(x: float, y: float, said: str, link: str) -> str:
    return (
        f'<a href="{link}" tabindex="-1" aria-label="{said}">'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5"><title>{said}</title></circle></a>'
    )
