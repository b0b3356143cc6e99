"""What is read of a file is all that is in it: elements, names, lanes, extensions, places."""

from typing import Any

from lxml import etree

from engine.spiff import census, intake, layout, reading
from engine.spiff.intake import BPMN
from tests.spiff import corpus

pytestmark = corpus.needed
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def written(case: dict[str, Any]) -> etree._Element:
    """The file as an independent reader sees it."""
    return etree.fromstring(corpus.source(case))


@corpus.every("roundtrip")
def test_its_elements_are_counted_rightly(case: dict[str, Any]) -> None:
    assert census.of(corpus.source(case)).elements == case["expect"]["elements"]


@corpus.every("roundtrip")
def test_nothing_is_lost_between_the_bytes_and_the_tree(case: dict[str, Any]) -> None:
    """Every element with its attributes and text, extensions among them, in the same order."""
    ours = [_said(node) for node in intake.tree(corpus.source(case)).iter(etree.Element)]
    assert ours == [_said(node) for node in written(case).iter(etree.Element)]


def _said(node: etree._Element) -> tuple[Any, ...]:
    return node.tag, dict(node.attrib), (node.text or "").strip()


@corpus.every("roundtrip")
def test_every_name_and_lane_is_read(case: dict[str, Any]) -> None:
    drawn = reading.of(intake.tree(corpus.source(case)))
    root = written(case)
    known = {name for process in drawn.processes for name in process.elements}
    nodes = {node.get("id") for node in root.iter(f"{{{BPMN}}}userTask", f"{{{BPMN}}}startEvent")}
    in_lanes = {(node.text or "").strip() for node in root.iter(f"{{{BPMN}}}flowNodeRef")}
    assert nodes <= known
    assert in_lanes & known <= {name for process in drawn.processes for name in process.lanes}


@corpus.every("roundtrip")
def test_every_place_is_read(case: dict[str, Any]) -> None:
    root = intake.tree(corpus.source(case))
    drawn = reading.of(root)
    boxes: set[str] = set()
    for process in drawn.processes:
        boxes.update(layout.of(layout.drawn(root), process).boxes)
    shapes = {shape.get("bpmnElement") for shape in written(case).iter(f"{DI}BPMNShape")}
    assert shapes <= boxes or not drawn.processes
