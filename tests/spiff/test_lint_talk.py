"""Pools, message flows, conversations, calls; one small drawing for each rule."""

import pytest

from tests.spiff.fragments import flow, process, through, told

AFTER = '<collaboration id="c"><choreographyRef>d</choreographyRef></collaboration>'
POOLS = '<participant id="A" processRef="a"/><participant id="B" processRef="b"/>'
PROCESSES = process(
    '<startEvent id="sa"/><task id="ta"/><endEvent id="ea"/>'
    + flow("fa", "sa", "ta")
    + flow("ga", "ta", "ea"),
    name="a",
) + process(
    '<startEvent id="sb"/><task id="tb"/><endEvent id="eb"/>'
    + flow("fb", "sb", "tb")
    + flow("gb", "tb", "eb"),
    name="b",
)


def message(source: str, target: str) -> str:
    return (
        f'<collaboration id="c">{POOLS}<messageFlow id="m" sourceRef="{source}" targetRef="{target}"/>'
        f'<textAnnotation id="note"/></collaboration>{PROCESSES}'
    )


def participant(words: str) -> str:
    return f'<collaboration id="c"><participant id="A"><participantMultiplicity {words}/></participant></collaboration>'


DRAWN = {
    "fewer than none": (participant('minimum="-1" maximum="2"'), "pool.multiplicity", "A"),
    "at most none": (participant('maximum="0"'), "pool.multiplicity", "A"),
    "at most fewer than at least": (participant('minimum="3" maximum="2"'), "pool.multiplicity", "A"),
    "a message within a pool": (message("sa", "ta"), "message.same-pool", "m"),
    "a message to itself": (message("A", "A"), "message.same-pool", "m"),
    "a message from a pool into it": (message("A", "ta"), "message.same-pool", "m"),
    "a message to a note": (message("ta", "note"), "message.artifact", "m"),
    "a message from a start": (message("sa", "tb"), "message.source", "m"),
    "a message to an end": (message("ta", "eb"), "message.target", "m"),
    "a message from an end that says none": (message("ea", "tb"), "message.not-message", "ea"),
    "a message to a start that hears none": (message("ta", "sb"), "message.not-message", "sb"),
    "a conversation in a global one": (
        '<globalConversation id="g"><conversation id="talk"/></globalConversation>', "conversation.content", "talk"),
    "a choreography that follows another": (
        '<choreography id="c"><choreographyRef>d</choreographyRef></choreography><choreography id="d"/>',
        "conversation.reference", "c"),
    "less closed than its choreography": (
        '<choreography id="d" isClosed="true"/>' + AFTER,
        "pool.closed", "c"),
    "a flow between pools": (PROCESSES.replace('targetRef="tb"', 'targetRef="ta"'), "bpmn.scope-violation", "fb"),
    "called without a plain start": (
        process(through("callActivity call")).replace('id="call"', 'id="call" calledElement="q"')
        + process('<startEvent id="s2"><messageEventDefinition/></startEvent>', name="q"), "call.no-start", "q"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_wrong_between_processes_is_named(name: str) -> None:
    body, code, element = DRAWN[name]
    assert (code, element) in told(body)


def test_a_message_from_pool_to_pool_is_right() -> None:
    assert not [code for code, _ in told(message("ta", "B")) if code.startswith(("message.", "pool."))]
