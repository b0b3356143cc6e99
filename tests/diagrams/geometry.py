"""Where things stand in a drawing: boxes, labels, lines, and which of them are in each other's way."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from lxml import etree

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
CONTAINERS = {"participant", "lane"}
#: What a drawing has to place.
PLACED = CONTAINERS | {
    *("startEvent", "endEvent", "boundaryEvent", "userTask", "businessRuleTask", "callActivity"),
    *("exclusiveGateway", "parallelGateway", "inclusiveGateway", "sequenceFlow"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the paper."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Do the two share any room?"""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """One straight piece of a flow."""

    flow: str
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def box(self) -> Box:
        """The line as a rectangle without room."""
        return Box(min(self.x1, self.x2), min(self.y1, self.y2), max(self.x1, self.x2), max(self.y1, self.y2))

    @property
    def level(self) -> bool:
        """Does it run from side to side?"""
        return self.y1 == self.y2


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram as it lies on the paper."""

    wanted: frozenset[str]
    nodes: dict[str, Box]
    containers: dict[str, Box]
    labels: dict[str, Box]
    lines: tuple[Line, ...]
    ends: dict[str, tuple[str, str]]
    hosts: dict[str, str]

    @classmethod
    def read(cls, source: bytes) -> "Drawing":
        """Read the paper of a diagram."""
        root = etree.fromstring(source)
        kinds = {e.get("id", ""): etree.QName(e).localname for e in root.iterfind(".//bpmn:*[@id]", NS)}
        shapes = {s.get("bpmnElement", ""): s for s in root.iterfind(".//bpmndi:BPMNShape", NS)}
        edges = {e.get("bpmnElement", ""): e for e in root.iterfind(".//bpmndi:BPMNEdge", NS)}
        flows = root.iterfind(".//bpmn:sequenceFlow", NS)
        attached = root.iterfind(".//bpmn:boundaryEvent", NS)
        return cls(
            wanted=frozenset(name for name, kind in kinds.items() if kind in PLACED),
            nodes={name: _box(shape) for name, shape in shapes.items() if kinds[name] not in CONTAINERS},
            containers={name: _box(shape) for name, shape in shapes.items() if kinds[name] in CONTAINERS},
            labels={name: _box(label) for name, label in _labels(shapes | edges)},
            lines=tuple(line for name, edge in edges.items() for line in _lines(name, edge)),
            ends={f.get("id", ""): (f.get("sourceRef", ""), f.get("targetRef", "")) for f in flows},
            hosts={b.get("id", ""): b.get("attachedToRef", "") for b in attached},
        )

    def unplaced(self) -> list[str]:
        """What the model has and the paper has not."""
        return sorted(
            self.wanted - set(self.nodes) - set(self.containers) - {line.flow for line in self.lines}
        )

    def overlaps(self) -> list[tuple[str, str]]:
        """Nodes and labels that share room; a boundary event sits on its host by right."""
        things = [*self.nodes.items(), *((f"{name}: label", box) for name, box in self.labels.items())]
        pairs = ((a, b) for a, b in combinations(things, 2) if a[1].meets(b[1]))
        return [(a, b) for (a, _), (b, _) in pairs if a not in (self.hosts.get(b), _owner(b))]

    def struck_out(self) -> list[tuple[str, str]]:
        """Labels a flow runs through."""
        return [
            (name, line.flow)
            for name, box in self.labels.items()
            for line in self.lines
            if box.meets(line.box)
        ]

    def slanted(self) -> list[str]:
        """Flows that do not run square."""
        return [line.flow for line in self.lines if line.x1 != line.x2 and line.y1 != line.y2]

    def trespasses(self) -> list[tuple[str, str]]:
        """Flows that run through a node they neither leave nor enter."""
        return [
            (line.flow, name)
            for line in self.lines
            for name, box in self.nodes.items()
            if name not in self.ends[line.flow] and box.meets(_widened(line.box))
        ]

    def crossings(self) -> list[tuple[str, str]]:
        """Flows that cross, unless they leave one node or enter one node together."""
        pairs = combinations(self.lines, 2)
        return [(a.flow, b.flow) for a, b in pairs if not self._kin(a.flow, b.flow) and _cross(a, b)]

    def _kin(self, one: str, other: str) -> bool:
        return self.ends[one][0] == self.ends[other][0] or self.ends[one][1] == self.ends[other][1]


def _cross(one: Line, other: Line) -> bool:
    """Lines of one direction cross when they lie on each other."""
    if one.level == other.level:
        return _widened(one.box).meets(other.box) if one.box != other.box else True
    return one.box.meets(other.box) or _through(one, other)


def _through(one: Line, other: Line) -> bool:
    level, upright = (one.box, other.box) if one.level else (other.box, one.box)
    return level.left < upright.left < level.right and upright.top < level.top < upright.bottom


def _widened(box: Box) -> Box:
    return Box(box.left - 0.5, box.top - 0.5, box.right + 0.5, box.bottom + 0.5)


def _owner(label: str) -> str:
    """Whose label it is: a gateway's may lie in the empty corner of its box."""
    return label.removesuffix(": label")


def _labels(drawn: dict[str, etree._Element]) -> Iterator[tuple[str, etree._Element]]:
    for name, thing in drawn.items():
        label = thing.find("bpmndi:BPMNLabel", NS)
        if label is not None:
            yield name, label


def _lines(name: str, edge: etree._Element) -> Iterator[Line]:
    points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iterfind("di:waypoint", NS)]
    return (Line(name, *start, *end) for start, end in pairwise(points))


def _box(holder: etree._Element) -> Box:
    bounds = holder.find("dc:Bounds", NS)
    assert bounds is not None
    x, y, width, height = (float(bounds.get(key, "")) for key in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)
