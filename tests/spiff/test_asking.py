"""Tasks that ask a decision: how each editor writes it, what becomes of the answer, and what is refused by element."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.domain.errors import Malformed, NotFound
from engine.spiff import deciding, dmn, lint, parser, runtime
from engine.spiff.play import Play
from tests.spiff.decisions import decision, literal, source, table
from tests.spiff.diagrams import Diagram
from web.cli import main

MONDAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
#: One row, one value; two columns; many rows; a text.
MODEL = source(
    decision("size", table("area => size", '< 50 => "small"', '>= 50 => "large"')),
    decision("fee", table("area => fee | days", "< 50 => 0 | 1", ">= 50 => 100 | 5")),
    decision("papers", table("area => paper", '> 0 => "plan"', '> 50 => "safety"', policy="COLLECT")),
    decision("double", literal("area * 2")),
)
DECISIONS = deciding.gathered([dmn.read(MODEL)])


def drawn(inner: str = "", tag: str = "businessRuleTask", **words: str) -> Diagram:
    """begin → ask → look → done."""
    diagram = Diagram().start().element(tag, "ask", inner, **words).user("look").end()
    return diagram.path("begin", "ask", "look", "done")


def answered(diagram: Diagram, **flags: Any) -> dict[str, Any]:
    """What stands among the flags after the task, that did not before."""
    outcome = runtime.start(parser.read(diagram.xml(), DECISIONS), flags)
    return {name: value for name, value in outcome.flags.items() if name not in flags}


def extension(xml: str) -> str:
    return f"<bpmn:extensionElements>{xml}</bpmn:extensionElements>"


SPIFF = 'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
TABLE = (
    '<flowable:field name="decisionTableReferenceKey">'
    "<flowable:string><![CDATA[size]]></flowable:string></flowable:field>"
)
WRITTEN = {
    "camunda": drawn(
        camunda__decisionRef="size", camunda__resultVariable="size", camunda__mapDecisionResult="singleEntry"
    ),
    "flowable attribute": drawn(flowable__decisionRef="size"),
    "zeebe": drawn(extension('<zeebe:calledDecision decisionId="size" resultVariable="size"/>')),
    "flowable service task": drawn(extension(TABLE), "serviceTask", flowable__type="dmn"),
    "spiff": drawn(
        extension(f"<spiffworkflow:calledDecisionId {SPIFF}>size</spiffworkflow:calledDecisionId>")
    ),
}


@pytest.mark.parametrize("editor", WRITTEN)
def test_every_editor_is_understood(editor: str) -> None:
    assert answered(WRITTEN[editor], area=70) == {"size": "large"}


SHAPED = [
    ("size", "singleEntry", "small"),
    ("size", "singleResult", {"size": "small"}),
    ("size", "collectEntries", ["small"]),
    ("size", "resultList", [{"size": "small"}]),
    ("fee", "singleResult", {"fee": 0, "days": 1}),
    ("fee", "resultList", [{"fee": 0, "days": 1}]),
    ("papers", "collectEntries", ["plan"]),
    ("papers", "resultList", [{"paper": "plan"}]),
    ("double", "singleEntry", 20),
    ("double", "singleResult", {"double": 20}),
]


@pytest.mark.parametrize(("ref", "shape", "expected"), SHAPED)
def test_an_answer_comes_in_the_shape_that_is_wanted(ref: str, shape: str, expected: object) -> None:
    model = dmn.read(MODEL)
    assert dmn.answers(model, ref, {"area": 10}, "x", shape) == {"x": expected}


def test_what_no_row_answers_is_nothing() -> None:
    nobody = {"singleEntry": None, "singleResult": None, "collectEntries": [], "resultList": []}
    for shape, expected in nobody.items():
        assert dmn.answers(dmn.read(MODEL), "size", {}, "x", shape) == {"x": expected}


@pytest.mark.parametrize(
    ("ref", "shape"), [("fee", "singleEntry"), ("papers", "singleEntry"), ("papers", "singleResult")]
)
def test_more_than_is_wanted_is_refused(ref: str, shape: str) -> None:
    with pytest.raises(dmn.Undecided) as undecided:
        dmn.answers(dmn.read(MODEL), ref, {"area": 70}, "x", shape)
    assert undecided.value.code == "dmn.shape"


def test_without_a_flag_each_column_is_one() -> None:
    assert answered(drawn(camunda__decisionRef="fee"), area=10) == {"fee": 0, "days": 1}
    assert answered(drawn(camunda__decisionRef="fee")) == {"fee": None, "days": None}
    assert answered(drawn(camunda__decisionRef="double"), area=10) == {"double": 20}


REFUSED = {
    "nothing named": drawn(),
    "an expression": drawn(camunda__decisionRef="${which}"),
    "an expression of Zeebe's": drawn(extension('<zeebe:calledDecision decisionId="=which"/>')),
    "one version": drawn(camunda__decisionRef="size", camunda__decisionRefVersion="2"),
    "a strange shape": drawn(
        camunda__decisionRef="size", camunda__resultVariable="x", camunda__mapDecisionResult="myMapper"
    ),
    "Drools": drawn(flowable__rules="check", flowable__ruleVariablesInput="${leave}"),
    "a class besides": drawn(tag="serviceTask", camunda__decisionRef="size", camunda__class="org.Evil"),
    "an error without a row": drawn(
        extension(TABLE + '<flowable:field name="decisionTaskThrowErrorOnNoHits" stringValue="true"/>'),
        "serviceTask",
        flowable__type="dmn",
    ),
    "mail": drawn(tag="serviceTask", flowable__type="mail"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_we_cannot_keep_is_refused_by_element(what: str) -> None:
    with pytest.raises(Malformed) as refused:
        parser.read(REFUSED[what].xml(), DECISIONS)
    assert (refused.value.code, refused.value.element) == ("bpmn.unsupported", "ask")


def test_a_decision_that_is_not_there_is_missed_by_its_task() -> None:
    source = drawn(camunda__decisionRef="gone").xml()
    assert [(f.code, f.element) for f in lint.check(source, DECISIONS)] == [("decision.unknown", "ask")]
    for read in (parser.read, parser.read_all):
        with pytest.raises(Malformed) as refused:
            read(source, DECISIONS)
        assert (refused.value.code, refused.value.element) == ("decision.unknown", "ask")


def test_a_plan_without_its_decision_stops_where_it_asks() -> None:
    """Whoever reads a diagram with its decisions and moves it without them is refused at the task."""
    definition = parser.read(drawn(camunda__decisionRef="size").xml(), DECISIONS)
    definition.plan.decisions = {}
    with pytest.raises(NotFound) as refused:
        runtime.start(definition, {})
    assert (refused.value.code, refused.value.element) == ("decision.unknown", "ask")


def test_a_table_that_contradicts_itself_stops_the_case_at_the_task() -> None:
    both = source(decision("size", table("area => size", "> 1 => 1", "> 2 => 2")))
    game = Play.of([drawn(camunda__decisionRef="size").xml(), both], MONDAY)
    game.start(flags={"area": 5})
    (incident,) = game.state()[0]["incidents"]
    assert (incident["code"], incident["element"]) == ("dmn.not-unique", "ask")
    assert "第 1、2 行" in incident["message"]


def test_an_office_keeps_only_words_and_numbers() -> None:
    definition = parser.read(drawn(camunda__decisionRef="size", camunda__resultVariable="x").xml(), DECISIONS)
    with pytest.raises(dmn.Undecided) as refused:
        runtime.start(definition, {"area": 5})
    assert (refused.value.code, refused.value.element) == ("flag.unfit", "ask")


def test_each_member_of_a_loop_asks_for_itself() -> None:
    words = 'isSequential="true" camunda:collection="areas" camunda:elementVariable="area"'
    many = f"<bpmn:multiInstanceLoopCharacteristics {words}/>"
    game = Play.of([drawn(many, camunda__decisionRef="double").xml(), MODEL], MONDAY)
    game.start(flags={"areas": [10, 20]})
    assert game.state()[0]["vars"]["double"] == 40


def test_the_moves_of_one_turn_share_one_budget() -> None:
    """A loop through a costly decision ends, however many times it may go round."""
    costly = source(decision("cost", literal("count(for a in 1..20000 return a)")))
    diagram = Diagram().start().gate("exclusive", "again").end()
    diagram.element("businessRuleTask", "ask", camunda__decisionRef="cost")
    diagram.path("begin", "ask", "again").path("again", "ask", when="cost > 0").path(
        "again", "done", default=True
    )
    definition = parser.read(diagram.xml(), deciding.gathered([dmn.read(costly)]))
    with pytest.raises(dmn.Undecided) as refused:
        runtime.start(definition, {})
    assert (refused.value.code, refused.value.element) == ("feel.over-budget", "ask")


# --- the commands


def lianban(tmp_path: Path, *words: str, told: str = "", **files: bytes) -> list[dict[str, Any]]:
    paths = []
    for name, content in files.items():
        path = tmp_path / name.replace("_", ".")
        path.write_bytes(content)
        paths.append(str(path))
    return [
        json.loads(line)
        for line in CliRunner().invoke(main, [*words, *paths], input=told).output.splitlines()
    ]


DIAGRAM = drawn(camunda__decisionRef="size").xml()


def test_check_reads_decisions_beside_diagrams(tmp_path: Path) -> None:
    alone = lianban(tmp_path, "check", "--json", a_bpmn=DIAGRAM)[0]
    assert (alone["ok"], alone["runnable"]) == (True, False)
    assert [(f["code"], f["element"]) for f in alone["findings"]] == [("decision.unknown", "ask")]
    diagram, model = lianban(tmp_path, "check", "--json", a_bpmn=DIAGRAM, b_dmn=MODEL)
    assert (diagram["runnable"], diagram["findings"]) == (True, [])
    assert [each["id"] for each in model["decisions"]] == ["size", "fee", "papers", "double"]


def test_check_tells_of_the_same_decision_twice_and_never_fails(tmp_path: Path) -> None:
    _, first, second, broken = lianban(
        tmp_path, "check", "--json", a_bpmn=DIAGRAM, b_dmn=MODEL, c_dmn=MODEL, d_dmn=MODEL[:-9]
    )
    assert first["findings"] == []
    assert {finding["code"] for finding in second["findings"]} == {"decision.twice"}
    assert [finding["code"] for finding in broken["findings"]] == ["xml.invalid"]


def test_play_asks_the_decisions_given_beside(tmp_path: Path) -> None:
    told = '{"op":"start","vars":{"area":70}}\n{"op":"state"}'
    _, _, state = lianban(tmp_path, "play", "--jsonl", told=told, a_bpmn=DIAGRAM, b_dmn=MODEL)
    assert state["instances"][0]["vars"] == {"area": 70, "size": "large"}
    (refused,) = lianban(tmp_path, "play", "--jsonl", a_bpmn=DIAGRAM)
    assert (refused["code"], refused["element"]) == ("decision.unknown", "ask")
    (nothing,) = lianban(tmp_path, "play", "--jsonl", b_dmn=MODEL)
    assert nothing["code"] == "bpmn.no-process"


def test_a_diagram_knows_which_flags_its_decisions_set() -> None:
    """A condition may ask them (they are not unknown fields)."""
    named = drawn(camunda__decisionRef="fee", camunda__resultVariable="owed")
    for diagram, flags in (
        (named, {"owed"}),
        (drawn(camunda__decisionRef="fee"), {"fee", "days"}),
        (drawn(camunda__decisionRef="double"), {"double"}),
    ):
        assert parser.read(diagram.xml(), DECISIONS).sets >= flags
