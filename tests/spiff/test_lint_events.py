"""Events: what may stand where, what hangs on what; one small drawing for each rule."""

import pytest

from engine.spiff import lint
from tests.spiff.fragments import file, flow, process, through, told

CATCH = "intermediateCatchEvent catch {}"
THROW = "intermediateThrowEvent throw {}"
ASIDE = '<subProcess id="aside" triggeredByEvent="true">{}</subProcess>'


def bound(inner: str, *, host: str = "task", words: str = "", leads: bool = True) -> str:
    event = f'<boundaryEvent id="bound" attachedToRef="{host}"{words}>{inner}</boundaryEvent>'
    leads_to = '<endEvent id="out"/>' + flow("outward", "bound", "out") if leads else ""
    return process(through("task task") + event + leads_to)


def link(name: str, throws: str = "", catches: str = "") -> str:
    """A thrown link and a caught one of *name*; more may be said in each."""
    thrown = f'<linkEventDefinition id="thrown" name="link">{throws}</linkEventDefinition>'
    caught = f'<linkEventDefinition id="caught" name="{name}">{catches}</linkEventDefinition>'
    return process(
        f'<startEvent id="begin"/><intermediateThrowEvent id="throw">{thrown}</intermediateThrowEvent>'
        f'<intermediateCatchEvent id="catch">{caught}</intermediateCatchEvent><endEvent id="done"/>'
        + flow("go0", "begin", "throw")
        + flow("go1", "catch", "done")
    )


DRAWN = {
    "an error cannot be caught in between": (
        process(through(CATCH.format("<errorEventDefinition/>"))), "event.misplaced", "catch"),
    "nor a timer thrown": (process(through(THROW.format("<timerEventDefinition/>"))), "event.misplaced", "throw"),
    "nor a process begun by an error": (
        process('<startEvent id="s"><errorEventDefinition/></startEvent><endEvent id="e"/>' + flow("f", "s", "e")),
        "event.misplaced", "s"),
    "nor an end be timed": (
        process('<startEvent id="s"/><endEvent id="e"><timerEventDefinition/></endEvent>' + flow("f", "s", "e")),
        "event.misplaced", "e"),
    "an error always interrupts": (
        bound("<errorEventDefinition/>", words=' cancelActivity="false"'), "event.misplaced", "bound"),
    "a boundary event listens": (bound(""), "event.nothing", "bound"),
    "so does an event sub-process": (
        process(through("task task") + ASIDE.format('<startEvent id="in"/><task id="t"/>' + flow("f", "in", "t"))),
        "event.nothing", "in"),
    "a cancel event belongs to a transaction": (bound("<cancelEventDefinition/>"), "event.cancel", "bound"),
    "a boundary event leads on": (bound("<messageEventDefinition/>", leads=False), "event.no-flow", "bound"),
    "compensation has no flow": (bound("<compensateEventDefinition/>"), "event.compensation-flow", "bound"),
    "compensation has a task": (bound("<compensateEventDefinition/>", leads=False), "event.no-compensation", "bound"),
    "which says that it compensates": (
        bound("<compensateEventDefinition/>", leads=False).replace(
            "</process>", '<task id="undo"/><association id="a" sourceRef="bound" targetRef="undo"/></process>'),
        "event.not-compensation", "undo"),
    "an event in between comes from somewhere": (
        process(through("task task") + '<intermediateThrowEvent id="lost"/>' + flow("f", "lost", "done")),
        "event.no-entry", "lost"),
    "and leads somewhere": (
        process(through("task task") + '<intermediateThrowEvent id="lost"/>' + flow("f", "task", "lost")),
        "event.no-exit", "lost"),
    "a link is thrown or caught": (
        process(through(CATCH.format('<linkEventDefinition name="x"/>'))), "link.through", "catch"),
    "a link is caught": (link("other"), "bpmn.dangling-ref", "throw"),
    "a link is thrown": (link("other"), "link.unused", "catch"),
    "a link's target names it back": (
        link("link", "<target>caught</target>", "<source>another</source>"), "link.one-sided", "throw"),
    "an event sub-process takes no flow": (
        process(through("task task") + ASIDE.format('<startEvent id="in"><messageEventDefinition/></startEvent>')
                + flow("f", "task", "aside")), "aside.flows", "aside"),
    "and has one start": (process(through("task task") + ASIDE.format("")), "aside.start", "aside"),
    "an end needs a start": (process('<task id="t"/><endEvent id="e"/>' + flow("f", "t", "e")), "bpmn.no-start", "p"),
    "a start needs an end": (process('<startEvent id="s"/><task id="t"/>' + flow("f", "s", "t")), "end.none", "p"),
    "a start leads on": (process('<startEvent id="s"/><endEvent id="e"/>'), "start.no-flow", "s"),
    "an end is led to": (process('<startEvent id="s"/><endEvent id="e"/>'), "end.no-flow", "e"),
    "a message event names its message": (
        process(through(CATCH.format("<messageEventDefinition/>"))), "event.no-message", "catch"),
    "an escalation has a code": (
        '<escalation id="up"/>' + process(through(THROW.format('<escalationEventDefinition escalationRef="up"/>'))),
        "event.no-code", "throw"),
    "a condition is said": (
        process(through(CATCH.format("<conditionalEventDefinition/>"))), "event.no-condition", "catch"),
    "what one event says is not lent": (
        process(through(THROW.format('<messageEventDefinition id="said"/>'),
                        CATCH.format("<eventDefinitionRef>said</eventDefinitionRef>"))), "event.lent", "catch"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_wrong_event_is_named(name: str) -> None:
    body, code, element = DRAWN[name]
    assert (code, element) in told(body)


def test_a_link_leads_only_within_its_level() -> None:
    thrown = '<intermediateThrowEvent id="throw"><linkEventDefinition name="x"/></intermediateThrowEvent>'
    inner = f'<startEvent id="in"/>{thrown}'
    body = through("subProcess group " + inner + flow("f", "in", "throw"))
    caught = '<intermediateCatchEvent id="catch"><linkEventDefinition name="x"/></intermediateCatchEvent>'
    assert ("link.level", "throw") in told(process(body + caught + flow("g", "catch", "done")))


SOUND = {
    "a pair of links": link("link"),
    "a pair of links by reference": link("other", "<target>caught</target>", "<source>thrown</source>"),
    "a message at the border": '<message id="m" name="m"/>' + bound('<messageEventDefinition messageRef="m"/>'),
    "a process without start and end": process('<task id="t"/>'),
    "a receive task that begins": process(
        '<receiveTask id="r" instantiate="true"/><endEvent id="e"/>' + flow("f", "r", "e")),
}  # fmt: skip


@pytest.mark.parametrize("name", SOUND)
def test_a_right_one_is_not_called_wrong(name: str) -> None:
    assert [each for each in lint.check(file(SOUND[name])) if each.level == "error"] == []
