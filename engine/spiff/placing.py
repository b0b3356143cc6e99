"""Where the steps of a composed bundle lie: left to right by who waits for whom, each member on a row of its lane.

What keeps the lines apart: into a member everything comes along its own row, out of it everything goes by a trunk of
its own in the gap behind its column, and a row is shared only where neither gets in the other's way. So lines of
different flows may cross square, but never lie on each other nor pass through a node; rows and lanes are then
exchanged as long as that leaves fewer crossings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TypeVar

from engine.spiff.layout import Box, Layout, Point

T = TypeVar("T")

LANE, HEADER = 130, 30
LEFT, TOP = 160, 80
SIZES = {"task": (100, 80), "gateway": (50, 50), "event": (36, 36)}
#: Between two steps of a member; before its call also the answer that leads there must find room.
GAP, ANSWER = 50, 80
#: Between trunks in a gap, and on either side of them.
TRUNK, MARGIN = 20, 40
#: How wide a written character is, and how high a line.
LETTER, LINE = 11, 14
#: How often all rows and lanes are gone through for a better place.
PASSES = 4

APPLICANT, WINDOW = "applicant", "window"


@dataclass(frozen=True, slots=True)
class Link:
    """A sequence flow to be drawn."""

    id: str
    source: str
    target: str
    words: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A member: its steps from left to right (its key is the call among them), and the members it waits for."""

    key: str
    lane: str
    steps: tuple[str, ...]
    before: tuple[str, ...]
    question: str = ""


Rows = tuple[tuple[str, ...], ...]
Segment = tuple[str, str, float, float, float, float]


def place(blocks: Sequence[Block], links: Sequence[Link], lanes: Sequence[str]) -> Layout:
    """Return the places of all steps, flows and lanes; the first two *lanes* are the applicant's and the window's."""
    ranks = _ranks(blocks)
    rows = _rows(blocks, ranks)
    best = _Paper(blocks, links, rows, tuple(lanes[2:]), ranks)
    for _ in range(PASSES):
        if not best.crossings:
            break
        better = min((best, *best.neighbours()), key=lambda paper: paper.crossings)
        if better is best:
            break
        best = better
    return best.layout


def _ranks(blocks: Sequence[Block]) -> dict[str, int]:
    """Every member stands one column behind the last of those it waits for."""
    before = {block.key: block.before for block in blocks}
    ranks: dict[str, int] = {}
    while len(ranks) < len(before):
        for key, others in before.items():
            if key not in ranks and all(other in ranks for other in others):
                ranks[key] = max((ranks[other] + 1 for other in others), default=0)
    return ranks


def _rows(blocks: Sequence[Block], ranks: Mapping[str, int]) -> dict[str, Rows]:
    """Return the rows of each lane; a member goes behind another in its row where no line is in the way."""
    waited = {other for block in blocks for other in block.before}
    rows: dict[str, list[list[str]]] = {}
    for block in sorted(blocks, key=lambda each: ranks[each.key]):
        here = rows.setdefault(block.lane, [])
        fitting = [row for row in here if _fits(block, row[-1], waited, ranks)]
        if fitting:
            max(fitting, key=lambda row: row[-1] in block.before).append(block.key)
        else:
            here.append([block.key])
    return {lane: tuple(tuple(row) for row in found) for lane, found in rows.items()}


def _fits(block: Block, last: str, waited: set[str], ranks: Mapping[str, int]) -> bool:
    """The line out of the last of a row ends, or leads to this member, before any other line into it begins."""
    if last not in waited or ranks[last] >= ranks[block.key]:
        return False
    return all(other == last or ranks[other] > ranks[last] for other in block.before)


@dataclass(frozen=True)
class _Paper:
    """One way to lay the rows and lanes."""

    blocks: Sequence[Block]
    links: Sequence[Link]
    rows: Mapping[str, Rows]
    lanes: tuple[str, ...]
    ranks: Mapping[str, int]

    def neighbours(self) -> "Iterator[_Paper]":
        """Every paper with two lanes, or two rows of a lane, exchanged."""
        for one, other in combinations(range(len(self.lanes)), 2):
            lanes = _exchanged(self.lanes, one, other)
            yield _Paper(self.blocks, self.links, self.rows, lanes, self.ranks)
        for lane, rows in self.rows.items():
            for one, other in combinations(range(len(rows)), 2):
                changed = {**self.rows, lane: _exchanged(rows, one, other)}
                yield _Paper(self.blocks, self.links, changed, self.lanes, self.ranks)

    @cached_property
    def layout(self) -> Layout:
        """Where everything lies."""
        boxes = {**self.steps, **self._holders()}
        return Layout(boxes, self.lines, {**self._names(), **self._words()})

    @cached_property
    def crossings(self) -> int:
        """How often flows cross that neither leave nor enter one step together."""
        ends = {link.id: (link.source, link.target) for link in self.links}
        pieces = [(*ends[name], *a, *b) for name, points in self.lines.items() for a, b in pairwise(points)]
        level = [piece for piece in pieces if piece[3] == piece[5]]
        upright = [piece for piece in pieces if piece[3] != piece[5]]
        return sum(1 for one in level for other in upright if _meet(one, other))

    # --- rows and columns

    @cached_property
    def level(self) -> dict[str, float]:
        """How far down the middle of each member's row lies."""
        found: dict[str, float] = {}
        top = TOP + 2 * LANE
        for lane in self.lanes:
            for row in self.rows[lane]:
                found.update(dict.fromkeys(row, top + LANE / 2))
                top += LANE
        return found

    @cached_property
    def after(self) -> dict[str, list[str]]:
        """Who waits for each member."""
        found: dict[str, list[str]] = {block.key: [] for block in self.blocks}
        for block in self.blocks:
            for other in block.before:
                found[other].append(block.key)
        return found

    @cached_property
    def columns(self) -> tuple[list[float], dict[str, float], float]:
        """The left edge of each column, each member's trunk behind it, and where the last gap ends."""
        left, trunks = self._begin() + MARGIN, dict[str, float]()
        edges: list[float] = []
        for rank in range(max(self.ranks.values(), default=-1) + 1):
            here = [block for block in self.blocks if self.ranks[block.key] == rank]
            edges.append(left)
            right = left + max(_width(block) for block in here)
            turning = self._turning([block.key for block in here])
            trunks.update((key, right + MARGIN + TRUNK * number) for number, key in enumerate(turning))
            left = right + 2 * MARGIN + TRUNK * max(0, len(turning) - 1)
        return edges, trunks, left

    def _begin(self) -> float:
        """Where the line to the members leaves the window's row: below the split, or behind the question."""
        return 646 if self._splits else 626

    @cached_property
    def _splits(self) -> bool:
        return any(link.source == "split" for link in self.links)

    def _turning(self, keys: Sequence[str]) -> list[str]:
        """The members of a column with a line to another row, the order their trunks cross least in."""
        left = [key for key in keys if any(self.level[to] != self.level[key] for to in self.after[key])]
        for _ in left:
            for place in range(len(left) - 1):
                one, other = left[place : place + 2]
                if self._cost(other, one) < self._cost(one, other):
                    left[place : place + 2] = other, one
        return left

    def _cost(self, left: str, right: str) -> int:
        """How often lines cross when the trunk of *left* stands left of that of *right*."""
        inner, outer = self._span(left), self._span(right)
        stub = inner[0] < self.level[right] < inner[1]
        return stub + sum(outer[0] < self.level[to] < outer[1] for to in self.after[left])

    def _span(self, key: str) -> tuple[float, float]:
        levels = [self.level[key], *(self.level[to] for to in self.after[key])]
        return min(levels), max(levels)

    # --- steps

    @cached_property
    def steps(self) -> dict[str, Box]:
        """The box of each step."""
        edges, _, end = self.columns
        window, applicant = TOP + LANE * 1.5, TOP + LANE * 0.5
        found = {
            "applied": _box("event", 265, applicant),
            "accept": _box("task", 351, window),
            "taken": _box("gateway", 501, window),
            "refused": _box("event", 508, applicant),
        }
        if self._splits:
            found["split"] = _box("gateway", 621, window)
        for block in self.blocks:
            left = edges[self.ranks[block.key]]
            for step in block.steps:
                kind = "task" if step == block.key else "gateway"
                left += ANSWER - GAP if step == block.key and _asked(block) in block.steps else 0
                found[step] = _box(kind, left, self.level[block.key])
                left += SIZES[kind][0] + GAP
        if any(link.source == "join" for link in self.links):
            found["join"] = _box("gateway", end, window)
            end += SIZES["gateway"][0] + GAP
        found["deliver"] = _box("task", end, window)
        found["closed"] = _box("event", end + SIZES["task"][0] + GAP, window)
        return found

    def _holders(self) -> dict[str, Box]:
        width = self.steps["closed"].right + MARGIN - LEFT
        top, found = float(TOP), dict[str, Box]()
        for lane in (APPLICANT, WINDOW, *self.lanes):
            height = LANE * len(self.rows.get(lane, ((),)))
            found[f"{lane}_lane"] = Box(LEFT + HEADER, top, width - HEADER, height)
            top += height
        return {"pool": Box(LEFT, TOP, width, top - TOP), **found}

    # --- flows

    @cached_property
    def lines(self) -> dict[str, tuple[Point, ...]]:
        """The way of each flow."""
        owner = {step: block for block in self.blocks for step in block.steps}
        return {link.id: self._line(link, owner) for link in self.links}

    def _line(self, link: Link, owner: Mapping[str, Block]) -> tuple[Point, ...]:
        source, target = self.steps[link.source], self.steps[link.target]
        (x, y), (aim_x, aim_y) = source.middle, target.middle
        ours, theirs = owner.get(link.source), owner.get(link.target)
        if (
            ours is not None
            and ours is theirs
            and link.target == f"{ours.key}_merged"
            and link.source != ours.key
        ):
            above = y - 52
            return (x, source.y), (x, above), (aim_x, above), (aim_x, target.y)
        if y == aim_y:
            return (source.right, y), (target.x, y)
        if link.target == "refused":
            return (x, source.y), (x, target.bottom)
        if link.source in {"applied", "split"}:
            return (x, source.bottom), (x, aim_y), (target.x, aim_y)
        if theirs is None:
            return (source.right, y), (aim_x, y), (aim_x, target.bottom)
        turn = self._begin() if ours is None else self.columns[1][ours.key]
        return (source.right, y), (turn, y), (turn, aim_y), (target.x, aim_y)

    # --- labels

    def _names(self) -> dict[str, Box]:
        """Labels of what has no room for its name inside."""
        taken, closed = self.steps["taken"], self.steps["closed"]
        found = {
            "applied": Box(self.steps["applied"].right + 5, self.steps["applied"].y + 11, 44, LINE),
            "refused": Box(self.steps["refused"].right + 5, self.steps["refused"].y + 11, 44, LINE),
            "taken": Box(taken.x - 44, taken.bottom - 4, 55, LINE),
            "closed": Box(closed.x + 7, closed.bottom + 5, 22, LINE),
        }
        for block in self.blocks:
            if _asked(block) in block.steps:
                x, y = self.steps[_asked(block)].middle
                lines = 2 if len(block.question) > 10 else 1
                width = min(len(block.question), 10) * LETTER
                found[_asked(block)] = Box(x - width / 2, y + 28, width, LINE * lines)
        return found

    def _words(self) -> dict[str, Box]:
        """Labels of flows: above the line, where it leaves its step."""
        found = {}
        for link in self.links:
            if link.words:
                (x, y), width = self.lines[link.id][0], len(link.words) * LETTER
                upright = self.lines[link.id][1][0] == x
                found[link.id] = Box(x + 5, y - 22 if upright else y - 17, width, LINE)
        return found


def _asked(block: Block) -> str:
    return f"{block.key}_asked"


def _width(block: Block) -> float:
    wide = sum(SIZES["task" if step == block.key else "gateway"][0] for step in block.steps)
    return wide + GAP * (len(block.steps) - 1) + (ANSWER - GAP if _asked(block) in block.steps else 0)


def _box(kind: str, left: float, middle: float) -> Box:
    width, height = SIZES[kind]
    return Box(left, middle - height / 2, width, height)


def _exchanged(items: tuple[T, ...], one: int, other: int) -> tuple[T, ...]:
    changed = list(items)
    changed[one], changed[other] = changed[other], changed[one]
    return tuple(changed)


def _meet(level: Segment, upright: Segment) -> bool:
    """Do a level and an upright piece of unrelated flows cross?"""
    if level[0] == upright[0] or level[1] == upright[1]:
        return False
    left, right = sorted((level[2], level[4]))
    top, bottom = sorted((upright[3], upright[5]))
    return left <= upright[2] <= right and top <= level[3] <= bottom
