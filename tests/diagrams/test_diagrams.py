"""Every shipped diagram is clean, speaks the conventions of the services, and is drawn by a careful hand."""

from pathlib import Path

import pytest

from engine.spiff import lint
from engine.spiff.findings import Level
from tests.diagrams import shelf
from tests.diagrams.geometry import Drawing

every_drawing = pytest.mark.parametrize("path", shelf.drawings(), ids=shelf.title)
every_matter_drawing = pytest.mark.parametrize(
    "path",
    [path for path in shelf.drawings() if "bundles" not in path.parts and path not in shelf.called()],
    ids=shelf.title,
)
every_bundle = pytest.mark.parametrize("key", shelf.bundles())

ACCEPT = {"accepted", "tolerated", "correct", "refused", "not_required"}


@every_drawing
def test_a_diagram_lints_clean(path: Path) -> None:
    found = lint.check(path.read_bytes(), shelf.decisions(), shelf.grounds(), shelf.shared())
    assert [f for f in found if f.level is not Level.INFO] == []


@every_drawing
def test_a_diagram_is_read_as_it_was_drawn(path: Path) -> None:
    definition = shelf.read(path)
    assert definition.findings == ()
    assert definition.process == shelf.title(path)


@every_matter_drawing
def test_a_matter_keeps_the_conventions(path: Path) -> None:
    nodes = shelf.read(path).nodes
    assert set(nodes["accept"].outcomes) == ACCEPT
    assert (nodes["accept"].role, nodes["accept"].stage) == ("window", "accept")
    assert (nodes["correct"].role, nodes["correct"].stage) == ("applicant", "correct")
    assert nodes["decide"].stage == "decide"
    assert {"granted", "denied"} <= set(nodes["decide"].outcomes) <= {"granted", "denied", "return"}
    assert (nodes["deliver"].role, nodes["deliver"].stage) == ("window", "deliver")
    assert set(nodes["deliver"].outcomes) == {"delivered"}


@every_matter_drawing
def test_an_inspection_takes_two_officers(path: Path) -> None:
    nodes = shelf.read(path).nodes.values()
    assert {node.officers for node in nodes if node.stage in {"inspect", "follow"}} <= {
        2
    }  # 行政许可法 第三十四条


@every_drawing
def test_a_task_tells_the_clerk_what_to_do(path: Path) -> None:
    tasks = [node for node in shelf.read(path).nodes.values() if node.kind == "userTask"]
    assert [node.id for node in tasks if not node.help] == []


@every_drawing
def test_departments_drawn_exist(path: Path) -> None:
    depts = {node.dept for node in shelf.read(path).nodes.values() if node.dept}
    assert depts <= set(shelf.named("departments"))


@every_bundle
def test_a_bundle_calls_just_its_members(key: str) -> None:
    nodes = shelf.definition(key).nodes
    calls = {node.id: node.called for node in nodes.values() if node.kind == "callActivity"}
    members = {member["matter"] for member in shelf.bundles()[key]["members"]}
    assert calls == {member: member for member in members}
    assert set(nodes["accept"].outcomes) == {"accepted", "refused"}


@every_drawing
def test_everything_has_its_place(path: Path) -> None:
    drawing = Drawing.read(path.read_bytes())
    assert drawing.unplaced() == []


@every_drawing
def test_nothing_lies_on_anything(path: Path) -> None:
    drawing = Drawing.read(path.read_bytes())
    assert drawing.overlaps() == []
    assert drawing.struck_out() == []


@every_drawing
def test_lines_are_square_and_pass_no_node(path: Path) -> None:
    drawing = Drawing.read(path.read_bytes())
    assert drawing.slanted() == []
    assert drawing.trespasses() == []


@every_drawing
def test_lines_do_not_cross(path: Path) -> None:
    assert Drawing.read(path.read_bytes()).crossings() == []
