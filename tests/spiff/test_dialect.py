"""Our words, in every synonym; and the templates that teach them."""

import re
from itertools import chain

import pytest

from engine.spiff import dialect, parser
from tests.spiff.diagrams import Diagram

WORDS = {
    "camunda": (
        {"camunda__candidateGroups": "chief", "camunda__formKey": "forms/a"},
        '<camunda:properties><camunda:property name="gov:limit" value="3 workday"/></camunda:properties>',
    ),
    "flowable": (
        {"flowable__candidateGroups": "chief", "flowable__formKey": "forms/a", "gov__limit": "3 workday"},
        "",
    ),
    "zeebe": (
        {},
        """
        <zeebe:assignmentDefinition candidateGroups="chief"/><zeebe:formDefinition formKey="forms/a"/>
        <zeebe:properties><zeebe:property name="gov:limit" value="3 workday"/></zeebe:properties>
        """,
    ),
}


@pytest.mark.parametrize("tongue", WORDS)
def test_every_synonym_says_the_same(tongue: str) -> None:
    words, inside = WORDS[tongue]
    inner = f"<bpmn:extensionElements>{inside}</bpmn:extensionElements>" if inside else ""
    diagram = (
        Diagram().start().element("userTask", "review", inner, **words).end().path("begin", "review", "done")
    )
    node = parser.read(diagram.xml()).nodes["review"]
    assert (node.role, node.form, node.limit) == ("chief", "forms/a", "3 workday")


def test_a_node_says_all_our_words() -> None:
    gov = {
        "stage": "inspect",
        "dept": "SCJG",
        "limit": "3 workday",
        "warn": "1 workday",
        "suspends": "appraisal",
    }
    diagram = Diagram().start().end()
    diagram.user(
        "inspect",
        "现场核查",
        role="inspector",
        outcomes="pass=通过; return=退回",
        officers="2",
        bulk="true",
        **gov,
    )
    node = parser.read(diagram.path("begin", "inspect", "done").xml()).nodes["inspect"]
    assert (node.stage, node.dept, node.limit, node.warn, node.suspends) == tuple(gov.values())
    assert (dict(node.outcomes), node.officers, node.bulk) == ({"pass": "通过", "return": "退回"}, 2, True)


def test_lanes_and_documentation_are_read() -> None:
    diagram = (
        Diagram()
        .start()
        .element("userTask", "review", "<bpmn:documentation>看原件</bpmn:documentation>")
        .end()
    )
    lane = '<bpmn:lane id="l" name="窗口"><bpmn:flowNodeRef>review</bpmn:flowNodeRef></bpmn:lane>'
    diagram.raw(f"<bpmn:laneSet>{lane}</bpmn:laneSet>")
    node = parser.read(diagram.path("begin", "review", "done").xml()).nodes["review"]
    assert (node.lane, node.help) == ("窗口", "看原件")


# --- templates


def fields() -> list[dict]:  # type: ignore[type-arg]
    return list(chain.from_iterable(template["properties"] for template in dialect.templates()))


def test_every_word_has_its_field_and_every_field_its_word() -> None:
    bound = {field["binding"]["name"] for field in fields()}
    assert bound == {f"gov:{word.name}" for word in dialect.WORDS} | {
        "camunda:candidateGroups",
        "camunda:formKey",
        "calledElement",
        "camunda:decisionRef",
        "camunda:resultVariable",
        "camunda:mapDecisionResult",
    }


def test_templates_apply_to_all_that_can_speak() -> None:
    applies = set(chain.from_iterable(template["appliesTo"] for template in dialect.templates()))
    assert {"bpmn:UserTask", "bpmn:CallActivity", "bpmn:Process", "bpmn:BoundaryEvent"} <= applies


def test_every_field_stands_under_a_heading_of_its_template() -> None:
    for template in dialect.templates():
        headings = {group["id"] for group in template["groups"]}
        assert {field["group"] for field in template["properties"]} == headings


def test_patterns_of_the_panel_are_those_of_the_checker() -> None:
    for field in fields():
        pattern = field.get("constraints", {}).get("pattern")
        if pattern:
            word = dialect.BY_NAME[field["binding"]["name"].removeprefix("gov:")]
            for sample in (
                "3 workday",
                "onspot",
                "1 onspot",
                "pass=通过;return=退回",
                "SCJG",
                "2",
                "",
                "???",
            ):
                assert word.reads(sample) is bool(re.fullmatch(pattern["value"], sample))
