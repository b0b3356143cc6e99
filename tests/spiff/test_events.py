"""Events: what is raised finds the nearest catcher, what becomes true happens once, what was done is undone."""

import pytest

from engine.domain.errors import Malformed, NotNow
from engine.spiff import parser, runtime
from tests.spiff.diagrams import Diagram, line, timed
from tests.spiff.walk import Walk

HEADS = (
    '<bpmn:error id="e1" name="材料造假" errorCode="fake"/><bpmn:error id="e2" errorCode="other"/>'
    '<bpmn:escalation id="s1" escalationCode="help"/><bpmn:escalation id="s2" escalationCode="more"/>'
    '<bpmn:message id="m1" name="补充"/><bpmn:message id="m2" name="撤回"/><bpmn:signal id="g1" name="停工"/>'
)
ERROR = '<bpmn:errorEventDefinition errorRef="e1"/>'
ANY_ERROR = "<bpmn:errorEventDefinition/>"
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="s1"/>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="m1"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="g1"/>'
COMPENSATE = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"


def when(condition: str) -> str:
    inner = f"<bpmn:condition>{condition}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def within(diagram: Diagram, mark: str) -> str:
    """The inside of a sub-process; its flows must not be called like those outside."""
    return diagram.body().replace('sequenceFlow id="f', f'sequenceFlow id="{mark}')


def around(inner: Diagram, tag: str = "subProcess") -> Diagram:
    """begin → group (*inner*) → after → done."""
    diagram = Diagram().start().element(tag, "group", within(inner, "n")).user("after").end().head(HEADS)
    return diagram.path("begin", "group", "after", "done")


def beside(event: str, *, interrupting: bool) -> str:
    """An event sub-process: heard → answer → answered."""
    words = {} if interrupting else {"isInterrupting": "false"}
    inner = Diagram().element("startEvent", "heard", event, **words).user("answer").end("answered")
    inside = within(inner.path("heard", "answer", "answered"), "v")
    return f'<bpmn:subProcess id="beside" triggeredByEvent="true">{inside}</bpmn:subProcess>'


# --- event sub-processes


def test_an_event_sub_process_may_take_the_place_of_all_else() -> None:
    diagram = Diagram().start().users("a", "b").gate("parallel", "fork").end().head(HEADS)
    diagram.path("begin", "fork", "a", "done").path("fork", "b", "done").raw(
        beside(MESSAGE, interrupting=True)
    )
    walk = Walk(diagram).tell("补充")
    assert walk.open == ["answer"]
    assert walk.tell("补充").open == ["answer"]
    assert walk.do("answer").now.ended


def test_or_run_beside_it_as_often_as_it_is_called() -> None:
    diagram = Diagram().start().user("work").end().head(HEADS).raw(beside(MESSAGE, interrupting=False))
    walk = Walk(diagram.path("begin", "work", "done")).tell("补充").tell("补充")
    assert walk.open == ["answer", "answer", "work"]
    walk.do("work").do("answer")
    assert not walk.now.ended
    assert walk.do("answer").now.ended


def test_it_listens_only_while_its_scope_stands() -> None:
    inner = (
        Diagram()
        .start("in")
        .user("work")
        .end("out")
        .path("in", "work", "out")
        .raw(beside(SIGNAL, interrupting=False))
    )
    walk = Walk(around(inner))
    assert walk.tell("停工").open == ["answer", "work"]
    assert walk.do("work").open == ["answer"]
    assert walk.do("answer").open == ["after"]
    assert walk.tell("停工").open == ["after"]


def test_a_deadline_may_begin_it_as_often_as_its_cycle_says() -> None:
    cycle = timed("R2/PT5S", "timeCycle")
    diagram = (
        Diagram()
        .start()
        .user("work")
        .end()
        .raw(beside(cycle, interrupting=False))
        .path("begin", "work", "done")
    )
    walk = Walk(diagram).fire("heard").fire("heard")
    assert (walk.open, walk.timers) == (["answer", "answer", "work"], [])
    assert Walk(diagram).do("work").timers == []


# --- errors and escalations


def failing(end: str = ERROR) -> Diagram:
    inner = Diagram().start("in").users("a", "b").gate("parallel", "fork").end("out").end("bad", end)
    return inner.path("in", "fork", "a", "out").path("fork", "b", "bad")


def test_an_error_ends_the_scope_and_is_caught_at_its_edge() -> None:
    diagram = around(failing()).user("mend").element("boundaryEvent", "caught", ERROR, attachedToRef="group")
    walk = Walk(diagram.path("caught", "mend", "done"))
    assert walk.do("b").open == ["mend"]
    assert walk.now.raised == ()


def test_the_catcher_of_this_error_goes_before_that_of_any_and_not_of_another() -> None:
    diagram = around(failing()).users("mine", "any", "theirs")
    for name, event in (("theirs", ERROR.replace("e1", "e2")), ("any", ANY_ERROR), ("mine", ERROR)):
        diagram.element("boundaryEvent", f"on_{name}", event, attachedToRef="group").path(
            f"on_{name}", name, "done"
        )
    assert Walk(diagram).do("b").open == ["mine"]


def test_an_error_nobody_catches_ends_the_case_and_is_told() -> None:
    walk = Walk(around(failing())).do("b")
    assert (walk.now.ended, walk.now.raised) == (True, (("error", "fake"),))


def test_an_event_sub_process_catches_before_the_edge() -> None:
    inner = failing().raw(beside(ERROR, interrupting=True))
    diagram = around(inner).user("mend").element("boundaryEvent", "caught", ERROR, attachedToRef="group")
    walk = Walk(diagram.path("caught", "mend", "done")).do("b")
    assert walk.open == ["answer"]
    assert walk.do("answer").open == ["after"]


def rising(interrupting: str) -> Diagram:
    inner = Diagram().start("in").user("work").end("out").element("intermediateThrowEvent", "up", ESCALATION)
    diagram = around(inner.path("in", "up", "work", "out")).user("help")
    diagram.element("boundaryEvent", "caught", ESCALATION, attachedToRef="group", cancelActivity=interrupting)
    return diagram.path("caught", "help", "done")


def test_an_escalation_may_leave_the_thrower_at_work_or_end_it() -> None:
    assert Walk(rising("false")).open == ["help", "work"]
    assert Walk(rising("true")).open == ["help"]


def test_an_escalation_nobody_catches_is_told_and_the_case_goes_on() -> None:
    diagram = (
        Diagram().start().user("work").end().head(HEADS).element("intermediateThrowEvent", "up", ESCALATION)
    )
    walk = Walk(diagram.path("begin", "up", "work", "done"))
    assert (walk.open, walk.now.raised) == (["work"], (("escalation", "help"),))


def test_what_a_called_case_raises_is_caught_at_the_call() -> None:
    diagram = (
        Diagram().start().call("food", "food").user("mend").end().head(HEADS).path("begin", "food", "done")
    )
    walk = Walk(
        diagram.element("boundaryEvent", "caught", ERROR, attachedToRef="food").path("caught", "mend", "done")
    )
    walk.now = runtime.raise_at(walk.definition, walk.now.state, walk.key("food"), "error", "fake")
    assert (walk.open, walk.calls) == (["mend"], [])


# --- conditions


def test_a_condition_happens_when_it_becomes_true_and_not_again_before_it_was_false() -> None:
    diagram = (
        Diagram().start().user("work").user("note").end().path("begin", "work", "done").path("note", "done")
    )
    diagram.element(
        "boundaryEvent",
        "hot",
        when("heat > 30".replace(">", "&gt;")),
        attachedToRef="work",
        cancelActivity="false",
    )
    walk = Walk(diagram.path("hot", "note"))
    for heat, notes in ((35, 1), (36, 1), (20, 1), (40, 2)):
        walk.now = runtime.put(walk.definition, walk.now.state, {"heat": heat})
        assert walk.open.count("note") == notes


def test_a_condition_that_holds_already_happens_at_once() -> None:
    diagram = Diagram().start().end().user("after").element("intermediateCatchEvent", "wait", when("ready"))
    diagram.path("begin", "wait", "after", "done")
    assert Walk(diagram, ready=True).open == ["after"]
    walk = Walk(diagram)
    walk.now = runtime.put(walk.definition, walk.now.state, {"ready": True})
    assert walk.open == ["after"]


# --- the first of several


def racing() -> Diagram:
    diagram = Diagram().start().gate("eventBased", "race").users("told", "late").end().head(HEADS)
    diagram.element("intermediateCatchEvent", "hear", MESSAGE).element(
        "intermediateCatchEvent", "clock", timed("P5D")
    )
    return diagram.path("begin", "race", "hear", "told", "done").path("race", "clock", "late", "done")


def test_an_event_gateway_goes_with_what_comes_first() -> None:
    walk = Walk(racing())
    assert (walk.timers, walk.open) == (["clock"], [])
    assert walk.tell("补充").open == ["told"]
    assert walk.timers == []
    assert walk.now.walked == ("f1", "hear", "f2")
    assert Walk(racing()).fire("clock").tell("补充").open == ["late"]


def test_an_event_of_several_kinds_needs_one_of_them() -> None:
    several = MESSAGE + MESSAGE.replace("m1", "m2")
    diagram = (
        Diagram().start().element("intermediateCatchEvent", "hear", several).user("after").end().head(HEADS)
    )
    diagram.path("begin", "hear", "after", "done")
    assert Walk(diagram).tell("撤回").open == ["after"]
    assert Walk(diagram).tell("停工").open == []


def all_of(*events: str, tag: str = "intermediateCatchEvent", **words: str) -> Diagram:
    """begin → wait for all of *events* → after → done."""
    diagram = Diagram().start().element(tag, "all", "".join(events), parallelMultiple="true", **words)
    return diagram.user("after").end().head(HEADS).path("begin", "all", "after", "done")


def test_a_parallel_multiple_event_needs_every_one() -> None:
    walk = Walk(all_of(MESSAGE, SIGNAL, timed("P5D")))
    assert walk.tell("补充").tell("补充").open == []
    assert walk.fire("all").timers == []
    assert walk.tell("停工").open == ["after"]


def test_what_came_already_is_not_waited_for_again() -> None:
    walk = Walk(all_of(MESSAGE, SIGNAL)).tell("补充")
    assert not runtime.hears(walk.definition, walk.now.state, "message", "补充")
    assert runtime.hears(walk.definition, walk.now.state, "signal", "停工")


def test_a_condition_may_be_one_of_those_that_must_come() -> None:
    walk = Walk(all_of(MESSAGE, when("ready")), ready=True)
    assert walk.open == []
    assert walk.tell("补充").open == ["after"]
    assert Walk(all_of(MESSAGE, when("ready"))).tell("补充").tell("别的", {"ready": True}).open == ["after"]


def test_all_of_them_may_come_again_to_one_that_does_not_interrupt() -> None:
    words = {"attachedToRef": "work", "cancelActivity": "false", "parallelMultiple": "true"}
    diagram = Diagram().start().users("work", "beside").end().head(HEADS)
    diagram.element("boundaryEvent", "all", MESSAGE + SIGNAL, **words)
    walk = Walk(diagram.path("begin", "work", "done").path("all", "beside", "done"))
    assert walk.tell("补充").tell("停工").open == ["beside", "work"]
    assert walk.tell("停工").open == ["beside", "work"]
    assert walk.tell("补充").open == ["beside", "beside", "work"]


def test_a_process_is_not_begun_by_all_of_several_events() -> None:
    diagram = Diagram().element("startEvent", "begin", MESSAGE + SIGNAL, parallelMultiple="true")
    diagram.user("work").end().head(HEADS).path("begin", "work", "done")
    with pytest.raises(Malformed) as refused:
        parser.read(diagram.xml())
    assert refused.value.element == "begin"


@pytest.mark.parametrize(("text", "runs"), [("R1/PT1S", True), ("R4/PT1S", False), ("R/PT1S", False)])
def test_a_token_waits_for_one_time_only(text: str, *, runs: bool) -> None:
    """How often a cycle lets the token of an intermediate event go on, engines do not agree."""
    diagram = Diagram().start().element("intermediateCatchEvent", "wait", timed(text, "timeCycle"))
    diagram.user("after").end().path("begin", "wait", "after", "done")
    if runs:
        assert Walk(diagram).fire("wait").open == ["after"]
        return
    with pytest.raises(Malformed) as refused:
        parser.read(diagram.xml())
    assert refused.value.element == "wait"


def test_a_complex_gateway_fires_once_in_a_round() -> None:
    diagram = Diagram().start().users("a", "b", "after").gate("parallel", "fork").end()
    first = "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition>"
    diagram.element("complexGateway", "first", first).path("begin", "fork", "a", "first", "after", "done")
    walk = Walk(diagram.path("fork", "b", "first"))
    assert walk.do("b").open == ["a", "after"]
    assert walk.do("a").open == ["after"]
    assert walk.do("after").now.ended


def test_an_activity_may_send_out_and_wait_for_several_tokens() -> None:
    diagram = Diagram().start().end().element("userTask", "two", completionQuantity="2").user("each")
    diagram.element("userTask", "both", startQuantity="2").path("begin", "two", "each", "both", "done")
    walk = Walk(diagram).do("two")
    assert walk.open == ["each", "each"]
    assert walk.do("each").open == ["each"]
    assert walk.do("each").open == ["both"]


def test_a_message_goes_to_one_and_a_signal_to_all() -> None:
    for event, name, heard in ((MESSAGE, "补充", 1), (SIGNAL, "停工", 2)):
        diagram = Diagram().start().gate("parallel", "fork").users("a", "b").end().head(HEADS)
        for wait, task in (("w1", "a"), ("w2", "b")):
            diagram.element("intermediateCatchEvent", wait, event).path("fork", wait, task, "done")
        walk = Walk(diagram.path("begin", "fork"))
        walk.now = runtime.tell(
            walk.definition, walk.now.state, name, {}, kind="message" if heard == 1 else "signal"
        )
        assert len(walk.open) == heard


# --- undoing


def undone(host: str, handler: str) -> str:
    """A compensation event on *host*, led to *handler* by an association."""
    return (
        f'<bpmn:boundaryEvent id="un_{host}" attachedToRef="{host}">{COMPENSATE}</bpmn:boundaryEvent>'
        f'<bpmn:userTask id="{handler}" isForCompensation="true"/>'
        f'<bpmn:association id="as_{host}" sourceRef="un_{host}" targetRef="{handler}"/>'
    )


def test_what_was_done_is_undone_the_last_first() -> None:
    diagram = (
        Diagram()
        .start()
        .users("a", "b", "c", "after")
        .end()
        .raw(undone("a", "undo_a") + undone("b", "undo_b"))
    )
    diagram.element("intermediateThrowEvent", "undo", COMPENSATE).raw(undone("c", "undo_c"))
    walk = Walk(diagram.path("begin", "a", "b", "undo", "after", "done").path("c", "done")).do("a").do("b")
    assert walk.open == ["undo_b"]
    assert walk.do("undo_b").open == ["undo_a"]
    assert walk.do("undo_a").open == ["after"]


def test_a_completed_sub_process_is_undone_from_within() -> None:
    inner = Diagram().start("in").user("a").end("out").path("in", "a", "out").raw(undone("a", "undo_a"))
    diagram = around(inner).element("intermediateThrowEvent", "undo", COMPENSATE)
    walk = Walk(diagram.path("after", "undo", "done").raw("")).do("a").do("after")
    assert "undo_a" in walk.open


def test_nothing_done_is_nothing_to_undo() -> None:
    diagram = Diagram().start().user("a").end().element("intermediateThrowEvent", "undo", COMPENSATE)
    assert Walk(diagram.path("begin", "undo", "a", "done")).open == ["a"]


def test_a_cancelled_transaction_undoes_and_leaves_by_its_edge() -> None:
    inner = Diagram().start("in").users("a", "b").gate("parallel", "fork").end("out").end("stop", CANCEL)
    inner.path("in", "a", "fork", "b", "out").path("fork", "stop").raw(undone("a", "undo_a"))
    diagram = (
        around(inner, "transaction")
        .user("mend")
        .element("boundaryEvent", "no", CANCEL, attachedToRef="group")
    )
    walk = Walk(diagram.path("no", "mend", "done")).do("a")
    assert walk.open == ["undo_a"]
    assert walk.do("undo_a").open == ["mend"]


# --- setting, sending, receiving


def test_a_script_that_only_sets_flags_sets_them() -> None:
    script = "<bpmn:script>days = 2 + 3\nlate = days &gt; 4</bpmn:script>"
    diagram = Diagram().start().element("scriptTask", "set", script).user("after").end()
    walk = Walk(diagram.path("begin", "set", "after", "done"))
    assert (walk.now.flags["days"], walk.now.flags["late"]) == (5, True)


@pytest.mark.parametrize("text", ["import os", "x = __import__('os')", "execution.setVariable('a', 1)", ""])
@pytest.mark.parametrize("language", ["", "javascript", "groovy", "python"])
def test_any_other_script_is_refused(text: str, language: str) -> None:
    script = f"<bpmn:script>{text}</bpmn:script>"
    diagram = Diagram().start().element("scriptTask", "set", script, scriptFormat=language).end()
    with pytest.raises(Malformed) as refused:
        parser.read(diagram.path("begin", "set", "done").xml())
    assert refused.value.element == "set"


def test_what_a_vendor_would_call_is_refused() -> None:
    for words in (
        {"camunda__class": "a.B"},
        {"flowable__delegateExpression": "${b}"},
        {"camunda__type": "external"},
    ):
        diagram = (
            Diagram().start().element("serviceTask", "call", **words).end().path("begin", "call", "done")
        )
        with pytest.raises(Malformed) as refused:
            parser.read(diagram.xml())
        assert refused.value.element == "call"


def test_a_receive_task_waits_and_may_be_too_late() -> None:
    diagram = (
        Diagram()
        .start()
        .element("receiveTask", "wait", messageRef="m1")
        .users("after", "late")
        .end()
        .head(HEADS)
    )
    diagram.timer("clock", "wait").path("begin", "wait", "after", "done").path("clock", "late", "done")
    assert Walk(diagram).tell("补充").open == ["after"]
    assert Walk(diagram).tell("补充").timers == []
    assert Walk(diagram).fire("clock").open == ["late"]


def test_a_send_task_says_its_message() -> None:
    diagram = Diagram().start().element("sendTask", "say", messageRef="m1").end().head(HEADS)
    assert Walk(diagram.path("begin", "say", "done")).now.said == (("message", "补充"),)


def test_terminate_within_a_repeated_sub_process_ends_its_member_only() -> None:
    inner = Diagram().start("in").users("a", "b").gate("parallel", "fork").end("out")
    inner.end("stop", "<bpmn:terminateEventDefinition/>").path("in", "fork", "a", "stop").path(
        "fork", "b", "out"
    )
    many = "<bpmn:multiInstanceLoopCharacteristics>{}</bpmn:multiInstanceLoopCharacteristics>"
    loop = many.format("<bpmn:loopCardinality>2</bpmn:loopCardinality>")
    diagram = Diagram().start().element("subProcess", "group", loop + within(inner, "n")).user("after").end()
    walk = Walk(diagram.path("begin", "group", "after", "done"))
    assert walk.do("a").open == ["a", "b"]
    assert walk.do("a").open == ["after"]


def test_an_error_that_stops_a_move_leaves_the_office_where_it_was() -> None:
    diagram = Diagram().start().user("a").gate("exclusive", "way").users("b", "c").end()
    diagram.path("begin", "a", "way").path("way", "b", "done", when="x = 1").path(
        "way", "c", "done", when="x = 2"
    )
    walk = Walk(diagram)
    with pytest.raises(NotNow) as refused:
        walk.do("a")
    assert (refused.value.code, refused.value.element, walk.open) == ("flow.no-way", "way", ["a"])


def test_a_boundary_event_hangs_on_an_activity() -> None:
    diagram = line("accept").gate("exclusive", "split").timer("late", "split").path("late", "done")
    with pytest.raises(Malformed) as refused:
        parser.read(diagram.xml())
    assert ("bpmn.unsupported", "late") in {(each.code, each.element) for each in refused.value.findings}


def test_what_is_no_boundary_event_hangs_on_nothing() -> None:
    diagram = Diagram().element("startEvent", "begin", attachedToRef="accept").user("accept").end()
    assert Walk(diagram.path("begin", "accept", "done")).do("accept").now.ended
