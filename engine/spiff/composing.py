"""A diagram composed of the members of one thing (一件事): every member waits for all of its predecessors.

The pattern is sound for whatever the dependencies are, parallel in series or not. Each member is a block that takes
exactly one token and gives exactly one to each of those that wait for it, whether it is applied for or not: a
parallel join for its predecessors, an exclusive choice around its call, a parallel split for its successors.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from engine.domain.bundle import Graph
from engine.domain.errors import Malformed
from engine.spiff import placing
from engine.spiff.layout import BPMNDI, DC, DI, Box, Layout
from engine.spiff.placing import Block, Link

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"
NAMESPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI, "camunda": CAMUNDA}


@dataclass(frozen=True, slots=True)
class Choice:
    """What decides whether a member takes part: the question, the answer it does for, and the other."""

    question: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Part:
    """A member as it is drawn: the department that does it, and how it may be left out, if it may."""

    matter: str
    name: str
    department: str
    choice: Choice | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is to be drawn: the members in their order, who waits for whom, and the departments' names."""

    key: str
    name: str
    parts: tuple[Part, ...]
    graph: Graph
    departments: Mapping[str, str]
    help: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """A flow node to be written."""

    id: str
    kind: str
    lane: str
    name: str = ""
    default: str = ""
    called: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


def compose(bundle: Bundle) -> bytes:
    """Return *bundle* as a BPMN diagram in our dialect, with a place for everything."""
    drawn = _Sketch(bundle)
    return _Writer(bundle, drawn, placing.place(drawn.blocks, drawn.links, drawn.lanes)).written()


class _Sketch:
    """The steps and flows of a bundle, before they have their places."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.before = bundle.graph.direct()
        self.after: dict[str, list[str]] = {part.matter: [] for part in bundle.parts}
        for key, before in self.before.items():
            for other in before:
                self.after[other].append(key)
        self.roots = [key for key, before in self.before.items() if not before]
        self.sinks = [key for key, after in self.after.items() if not after]
        self.steps: dict[str, _Step] = {}
        self.links: list[Link] = []
        self.blocks: list[Block] = []
        self.lanes = ["applicant", "window", *dict.fromkeys(part.department for part in bundle.parts)]
        self._opening()
        for part in bundle.parts:
            self._member(part)
        self._closing()
        self._connect()

    def _put(self, step: _Step) -> None:
        """Add a step. Raises `Malformed` for a member named like a step that is there already."""
        if step.id in self.steps:
            raise Malformed(
                f"成员事项的代码“{step.id}”与流程图里的环节重名；请改用别的代码",
                code="bundle.name",
                field="members",
            )
        self.steps[step.id] = step

    def _link(self, name: str, source: str, target: str, words: str = "", condition: str = "") -> None:
        self.links.append(Link(name, source, target, words, condition))

    def _opening(self) -> None:
        for step in (
            _Step("applied", "startEvent", "applicant", "一表申请"),
            _Step(
                "accept", "userTask", "window", "统一受理",
                words={"stage": "accept", "outcomes": "accepted=统一受理;refused=不予受理"},
                help="一套材料、一次受理；各成员事项的补正与容缺在各自办件上办理。",
            ),
            _Step("taken", "exclusiveGateway", "window", "可否受理？"),
            _Step("refused", "endEvent", "applicant", "不予受理"),
        ):  # fmt: skip
            self._put(step)
        if len(self.roots) > 1:
            self._put(_Step("split", "parallelGateway", "window"))
        self._link("applied_to_accept", "applied", "accept")
        self._link("accept_to_taken", "accept", "taken")
        self._link("to_refuse", "taken", "refused", "不予受理", 'accept = "refused"')

    def _member(self, part: Part) -> None:
        """Draw the block of a member: join, choice, call, merge and split, as far as it needs them."""
        key, lane = part.matter, part.department
        chain = [f"{key}_join"] if len(self.before[key]) > 1 else []
        chain += [f"{key}_asked", key, f"{key}_merged"] if part.choice else [key]
        chain += [f"{key}_split"] if len(self.after[key]) > 1 else []
        kinds = {"join": "parallelGateway", "split": "parallelGateway", "merged": "exclusiveGateway"}
        releases = {"releases": str(self.bundle.graph.releases(key))}
        for name in chain:
            if name == key:
                self._put(_Step(key, "callActivity", lane, part.name, called=key, words=releases))
            elif part.choice and name == f"{key}_asked":
                question = part.choice.question
                self._put(_Step(name, "exclusiveGateway", lane, question, default=f"{key}_left_out"))
            else:
                self._put(_Step(name, kinds[name.removeprefix(f"{key}_")], lane))
        if part.choice:
            self._link(f"with_{key}", f"{key}_asked", key, part.choice.yes, f"with_{key} = true")
            self._link(f"{key}_left_out", f"{key}_asked", f"{key}_merged", part.choice.no)
        for source, target in pairwise(chain):
            if source != f"{key}_asked":
                self._link(f"{source}_to_{target}", source, target)
        question = part.choice.question if part.choice else ""
        self.blocks.append(Block(key, lane, tuple(chain), self.before[key], question))

    def _closing(self) -> None:
        if len(self.sinks) > 1:
            self._put(_Step("join", "parallelGateway", "window"))
            self._link("join_to_deliver", "join", "deliver")
        words = {"stage": "deliver", "outcomes": "delivered=统一出件"}
        told = "全部成员事项办结后一次出件；按申请人选择的方式送达。"
        self._put(_Step("deliver", "userTask", "window", "统一出件", words=words, help=told))
        self._put(_Step("closed", "endEvent", "window", "办结"))
        self._link("deliver_to_closed", "deliver", "closed")

    def _connect(self) -> None:
        """Tie the blocks together: a flow for every wait, and those from and to the window."""
        ends = {block.key: (block.steps[0], block.steps[-1]) for block in self.blocks}
        accepted = 'accept = "accepted"'
        if len(self.roots) == 1:
            self._link("accepted", "taken", ends[self.roots[0]][0], "统一受理", accepted)
        else:
            self._link("accepted", "taken", "split", "统一受理", accepted)
            for key in self.roots:
                self._link(f"split_to_{key}", "split", ends[key][0])
        for key, before in self.before.items():
            for other in before:
                self._link(f"{other}_to_{key}", ends[other][1], ends[key][0])
        last = "join" if len(self.sinks) > 1 else "deliver"
        for key in self.sinks:
            self._link(f"{key}_done", ends[key][1], last)


class _Writer:
    """Writes a sketch with its places as XML."""

    def __init__(self, bundle: Bundle, sketch: _Sketch, layout: Layout) -> None:
        self.bundle, self.sketch, self.layout = bundle, sketch, layout
        self.root = etree.Element(
            f"{{{BPMN}}}definitions",
            {"id": f"{bundle.key}_definitions", "targetNamespace": "urn:lianban:bpmn"},
            nsmap=NAMESPACES,
        )

    def written(self) -> bytes:
        """Return the whole file."""
        pool = self._under(
            self._under(self.root, "collaboration", id="collaboration"), "participant", id="pool"
        )
        pool.set("name", self.bundle.name)
        pool.set("processRef", self.bundle.key)
        process = self._under(
            self.root, "process", id=self.bundle.key, name=self.bundle.name, isExecutable="true"
        )
        if self.bundle.help:
            self._under(process, "documentation").text = self.bundle.help
        self._lanes(process)
        for step in self.sketch.steps.values():
            self._step(process, step)
        for link in self.sketch.links:
            self._flow(process, link)
        self._drawing()
        etree.indent(self.root)
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8") + b"\n"

    def _under(self, parent: etree._Element, tag: str, /, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)

    def _lanes(self, process: etree._Element) -> None:
        lanes = self._under(process, "laneSet", id="lanes")
        for code in self.sketch.lanes:
            lane = self._under(lanes, "lane", id=f"{code}_lane", name=_lane_name(self.bundle, code))
            for step in self.sketch.steps.values():
                if step.lane == code:
                    self._under(lane, "flowNodeRef").text = step.id

    def _step(self, process: etree._Element, step: _Step) -> None:
        said = {
            "name": step.name,
            "calledElement": step.called,
            "default": step.default,
            f"{{{CAMUNDA}}}candidateGroups": "window" if step.kind == "userTask" else "",
        }
        attributes = {name: value for name, value in said.items() if value}
        written = self._under(process, step.kind, id=step.id, **attributes)
        if step.help:
            self._under(written, "documentation").text = step.help
        if step.words:
            extra = etree.SubElement(self._under(written, "extensionElements"), f"{{{CAMUNDA}}}properties")
            for name, value in step.words.items():
                etree.SubElement(extra, f"{{{CAMUNDA}}}property", name=f"gov:{name}", value=value)
        for side, end in (("incoming", "target"), ("outgoing", "source")):
            for link in self.sketch.links:
                if getattr(link, end) == step.id:
                    self._under(written, side).text = link.id

    def _flow(self, process: etree._Element, link: Link) -> None:
        flow = self._under(process, "sequenceFlow", id=link.id)
        if link.words:
            flow.set("name", link.words)
        flow.set("sourceRef", link.source)
        flow.set("targetRef", link.target)
        if link.condition:
            condition = self._under(flow, "conditionExpression")
            condition.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
            condition.set("language", FEEL)
            condition.text = link.condition

    # --- the drawing

    def _drawing(self) -> None:
        diagram = etree.SubElement(self.root, f"{{{BPMNDI}}}BPMNDiagram", id="diagram")
        plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", id="plane", bpmnElement="collaboration")
        holders = ("pool", *(f"{code}_lane" for code in self.sketch.lanes))
        for name in (*holders, *self.sketch.steps):
            shape = self._placed(plane, "BPMNShape", name)
            if name in holders:
                shape.set("isHorizontal", "true")
            elif self.sketch.steps[name].kind == "exclusiveGateway":
                shape.set("isMarkerVisible", "true")
            shape.append(_bounds(self.layout.boxes[name]))
            self._label(shape, name)
        for link in self.sketch.links:
            edge = self._placed(plane, "BPMNEdge", link.id)
            for x, y in self.layout.lines[link.id]:
                etree.SubElement(edge, f"{{{DI}}}waypoint", x=f"{x:g}", y=f"{y:g}")
            self._label(edge, link.id)

    def _placed(self, plane: etree._Element, kind: str, name: str) -> etree._Element:
        return etree.SubElement(plane, f"{{{BPMNDI}}}{kind}", id=f"{name}_di", bpmnElement=name)

    def _label(self, shape: etree._Element, name: str) -> None:
        if name in self.layout.labels:
            etree.SubElement(shape, f"{{{BPMNDI}}}BPMNLabel").append(_bounds(self.layout.labels[name]))


def _lane_name(bundle: Bundle, code: str) -> str:
    return {"applicant": "申请人", "window": "综合窗口"}.get(code) or bundle.departments.get(code, code)


def _bounds(box: Box) -> etree._Element:
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    return etree.Element(f"{{{DC}}}Bounds", {name: f"{value:g}" for name, value in sides.items()})
