"""Ids and references; one small drawing for each rule."""

import pytest

from engine.spiff.findings import Bar
from tests.spiff.fragments import findings, flow, process, through, told

ROW = process(through("task t"))
DRAWN = {
    "two processes of one id": (ROW + process("<task id='x'/>"), "bpmn.duplicate-id", "p"),
    "an id like another": (process(through("task approve", "task аpprove")), "bpmn.confusable-id", "аpprove"),
    "an id with spaces": (ROW.replace('"t"', '"my task"'), "bpmn.bad-id", "my task"),
    "an id without end": (ROW.replace('"t"', f'"{"t" * 4000}"'), "bpmn.bad-id", "t" * 100),
    "a flow to nowhere": (ROW.replace('targetRef="t"', 'targetRef="x"'), "bpmn.dangling-ref", "go0"),
    "a flow from nowhere": (ROW.replace('sourceRef="t"', ""), "bpmn.dangling-ref", "go1"),
    "a boundary event on nothing": (
        process(through("task t") + '<boundaryEvent id="b" attachedToRef="x"/>'), "bpmn.dangling-ref", "b"),
    "a message nobody knows": (
        process(through('intermediateCatchEvent e <messageEventDefinition messageRef="x"/>')),
        "bpmn.dangling-ref", "e"),
    "an error nobody knows": (
        process(through("task t") + '<endEvent id="e"><errorEventDefinition errorRef="x"/></endEvent>'),
        "reference.lost", "e"),
    "a message that is a signal": (
        '<signal id="x"/>' + process(through('intermediateCatchEvent e <messageEventDefinition messageRef="x"/>')),
        "reference.kind", "e"),
    "a lane of nobody": (
        process('<laneSet id="s"><lane id="l"><flowNodeRef>x</flowNodeRef></lane></laneSet>'), "reference.lost", "l"),
    "a boundary event of another level": (
        process(through('subProcess s <task id="in"/>') + '<boundaryEvent id="b" attachedToRef="in"/>'),
        "bpmn.scope-violation", "b"),
    "a flow into a start": (process(through("task t") + flow("f", "t", "begin")), "flow.into-event", "f"),
    "a flow out of an end": (process(through("task t") + flow("f", "done", "t")), "flow.after-end", "f"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_wrong_name_is_named(name: str) -> None:
    body, code, element = DRAWN[name]
    assert (code, element) in told(body)


def test_a_process_named_like_a_path_is_not_kept() -> None:
    found = findings(process(through("task t"), name="../../tmp/x"))
    assert [each.code for each in found if each.bars is Bar.KEEPING] == ["bpmn.bad-id"]


def test_chinese_ids_are_words_and_flows_need_none() -> None:
    codes = {code for code, _ in told(process(through("task 受理").replace(' id="go0"', "")))}
    assert codes == {"task.nobody"}


def test_what_lies_in_another_file_is_not_lost() -> None:
    event = 'intermediateCatchEvent e <messageEventDefinition xmlns:o="urn:other" messageRef="o:x"/>'
    assert not [code for code, _ in told(process(through(event))) if code == "bpmn.dangling-ref"]
