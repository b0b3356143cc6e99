"""The picture of where a case stands: accessible, safe, nothing over the edge."""

import pytest
from lxml import etree

from engine.spiff import pen, track
from tests.spiff.diagrams import Diagram, document, line, matter

SVG = "{http://www.w3.org/2000/svg}"


def shape(name: str, x: float, y: float, width: float, height: float) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<bpmndi:BPMNShape bpmnElement="{name}">{bounds}</bpmndi:BPMNShape>'


def edge(name: str, *points: tuple[float, float]) -> str:
    ways = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{name}">{ways}</bpmndi:BPMNEdge>'


def plane(*parts: str) -> str:
    inside = f'<bpmndi:BPMNPlane bpmnElement="case">{"".join(parts)}</bpmndi:BPMNPlane>'
    return f"<bpmndi:BPMNDiagram>{inside}</bpmndi:BPMNDiagram>"


def drawn() -> bytes:
    diagram = line("accept", "decide").timer("late", "accept").path("late", "done")
    lane = '<bpmn:laneSet><bpmn:lane id="hall" name="综合窗口"/></bpmn:laneSet>'
    where = plane(
        shape("hall", 0, 0, 600, 200), shape("begin", 40, 80, 36, 36), shape("accept", 120, 60, 100, 80),
        shape("decide", 300, 60, 100, 80), shape("done", 480, 80, 36, 36), shape("late", 190, 122, 36, 36),
        edge("f0", (76, 98), (120, 98)), edge("f1", (220, 98), (300, 98)), edge("f2", (400, 98), (480, 98)),
    )  # fmt: skip
    return document(diagram.raw(lane), plane=where)


def picture(source: bytes, *words: object) -> etree._Element:
    return etree.fromstring(track.render(source, *words))  # type: ignore[arg-type]


def state(root: etree._Element, name: str) -> str:
    (group,) = [each for each in root.iter(f"{SVG}g") if each.get("data-element") == name]
    return (group.get("class") or "").split()[1]


def test_it_says_what_it_shows() -> None:
    root = picture(matter().xml(), {"register"}, {"accept"})
    names = (root.get("aria-labelledby") or "").split()
    title, desc = root[0], root[1]
    assert (root.get("role"), names) == ("img", [title.get("id"), desc.get("id")])
    assert (title.text, (desc.text or "").startswith("已办结：登记；正在办理：受理；尚未办理：")) == (
        "食品经营许可",
        True,
    )


def test_states_are_classes_and_not_colour_alone() -> None:
    root = picture(drawn(), ["begin", "f0", "accept", "f1"], ["decide"])
    states = {name: state(root, name) for name in ("begin", "accept", "decide", "done", "f0", "f1", "f2")}
    assert states == {
        "begin": "done", "accept": "done", "decide": "current", "done": "future",
        "f0": "done", "f1": "done", "f2": "future",
    }  # fmt: skip
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert {"accept（已办结）", "decide（正在办理）", "done（尚未办理）"} <= set(titles)


def test_flows_follow_their_nodes_when_no_flow_is_told() -> None:
    root = picture(drawn(), ["begin", "accept"], ["decide"])
    assert [state(root, name) for name in ("f0", "f1", "f2")] == ["done", "done", "future"]


EVIL = "<script>alert(1)</script>\"'&\x00\x0b]]>"


def test_nothing_in_a_name_becomes_markup() -> None:
    diagram = line("decide").element("userTask", "evil", label=EVIL.replace("\x00", "").replace("\x0b", ""))
    svg = track.render(diagram.xml(), [], [], {"decide": EVIL, "evil": EVIL})
    root = etree.fromstring(svg)
    tags = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "rect", "path", "circle", "text", "tspan"}


def test_it_needs_nothing_from_outside() -> None:
    root = picture(drawn(), [], [])
    words = {str(name) for each in root.iter() for name in each.attrib}
    assert not {word for word in words if word.startswith("on") or "href" in word or word == "style"}
    assert "url(" not in etree.tostring(root, encoding="unicode")


def test_everything_lies_within_the_frame() -> None:
    root = picture(drawn(), ["accept"], ["decide"], {"accept": "张伟 剩 3 个工作日", "done": "办结"})
    left, top, width, height = map(float, (root.get("viewBox") or "").split())
    for each in root.iter(f"{SVG}rect", f"{SVG}circle", f"{SVG}tspan"):
        x, y = float(each.get("x") or each.get("cx") or 0), float(each.get("y") or each.get("cy") or 0)
        assert left <= x <= left + width
        assert top <= y <= top + height


@pytest.mark.parametrize(
    "name",
    [
        "许可决定（县级市场监督管理局食品经营科）" * 3,
        "Approve the food business licence",
        "审" * 500,
        "x" * 500,
        "A级量化分级评定，含复核",
    ],
)
def test_long_names_are_broken_to_fit_their_box(name: str) -> None:
    source = line("accept").xml().replace(b'name="accept"', f'name="{name}"'.encode())
    root = picture(source, [], [])
    (group,) = [each for each in root.iter(f"{SVG}g") if each.get("data-element") == "accept"]
    lines = [span.text or "" for span in group.iter(f"{SVG}tspan")]
    assert 1 <= len(lines) <= 4
    assert all(pen.width_of(text, pen.TEXT_SIZE) <= 110 for text in lines)
    assert name in "".join(title.text or "" for title in group.iter(f"{SVG}title"))


def test_a_diagram_without_a_drawing_is_laid_out() -> None:
    root = picture(matter().xml(), [], [])
    boxes = [
        (each.get("x"), each.get("y"))
        for each in root.iter(f"{SVG}rect")
        if each.get("rx") == "9" and each.get("fill") == pen.PAPER
    ]
    assert len(boxes) == len(set(boxes)) == 17


@pytest.mark.parametrize("number", ["nan", "inf", "-1e308", "abc", "", "1e9"])
def test_absurd_places_are_pulled_back(number: str) -> None:
    source = drawn().replace(b'x="120" y="60"', f'x="{number}" y="60"'.encode())
    box = picture(source, [], []).get("viewBox") or ""
    assert all(abs(float(value)) <= 300_000 for value in box.split())


def test_every_kind_of_element_can_be_drawn() -> None:
    diagram = Diagram().start().end()
    for tag in (
        "scriptTask",
        "subProcess",
        "callActivity",
        "complexGateway",
        "eventBasedGateway",
        "adHocSubProcess",
    ):
        diagram.element(tag, tag)
    for event in (
        "timer",
        "message",
        "signal",
        "error",
        "escalation",
        "conditional",
        "link",
        "compensate",
        "cancel",
        "terminate",
    ):
        diagram.element("endEvent", event, f"<bpmn:{event}EventDefinition/>")
    assert len(list(picture(diagram.xml(), [], []).iter(f"{SVG}g"))) == 18
