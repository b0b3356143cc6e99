"""Import rules: each one runs as it was meant, and says what it changed."""

from engine.spiff import lint, parser
from tests.spiff.diagrams import Diagram, document, line, timed
from tests.spiff.walk import Walk


def said(diagram: Diagram) -> list[str]:
    return [finding.code for finding in lint.check(diagram.xml()) if finding.level == "info"]


def test_several_flows_out_of_a_task_run_side_by_side() -> None:
    diagram = Diagram().start().users("accept", "inspect", "review").end()
    diagram.path("begin", "accept", "inspect", "done").path("accept", "review", "done")
    walk = Walk(diagram).do("accept")
    assert walk.open == ["inspect", "review"]
    assert "flow.implicit-split" in said(diagram)


def test_conditions_on_the_flows_out_of_a_task_choose() -> None:
    diagram = Diagram().start().users("accept", "correct", "review").end()
    diagram.path("begin", "accept").path("accept", "correct", "done", when='accept = "correct"')
    diagram.path("accept", "review", "done", default=True)
    assert Walk(diagram).do("accept", accept="correct").open == ["correct"]
    assert Walk(diagram).do("accept", accept="accepted").open == ["review"]


def test_several_flows_into_a_task_meet_before_it() -> None:
    diagram = Diagram().start().users("correct", "accept").gate("exclusive", "ok").end()
    diagram.path("begin", "accept", "ok", "done", default=False).path("correct", "accept")
    diagram.flows[2] = ("f2", "ok", "done", "ok")
    diagram.path("ok", "correct", default=True)
    walk = Walk(diagram).do("accept").do("correct").do("accept", ok=True)
    assert walk.now.ended
    assert "flow.implicit-merge" in said(diagram)


def test_a_boundary_event_may_lead_straight_back_to_its_task() -> None:
    diagram = line("accept").timer("late", "accept").path("late", "accept")
    walk = Walk(diagram).fire("late")
    assert walk.open == ["accept"]
    assert walk.do("accept").now.ended


def test_what_was_inserted_is_not_walked() -> None:
    diagram = line("accept").timer("late", "accept").path("late", "accept")
    walk = Walk(diagram)
    assert set(walk.now.walked) <= set(walk.definition.nodes) | {flow[0] for flow in diagram.flows}


def test_a_flow_without_an_id_is_walked() -> None:
    diagram = Diagram().start().user("accept").end().path("begin", "accept")
    diagram.raw('<bpmn:sequenceFlow sourceRef="accept" targetRef="done"/>')
    assert Walk(diagram).do("accept").now.ended
    assert "flow.no-id" in said(diagram)


def test_a_process_not_marked_executable_runs() -> None:
    for executable in ("", ' isExecutable="false"'):
        diagram = line("accept")
        diagram.executable = executable
        assert Walk(diagram).open == ["accept"]
        assert "bpmn.not-executable" in said(diagram)


def test_foreign_conditions_are_read_as_feel() -> None:
    diagram = Diagram().start().users("accept", "correct").gate("exclusive", "ok").end()
    diagram.path("begin", "accept", "ok").path("ok", "correct", "done", when="${accept == 'correct'}")
    diagram.path("ok", "done", default=True)
    assert Walk(diagram).do("accept", accept="correct").open == ["correct"]
    assert "feel.translated" in said(diagram)


def test_a_quoted_timer_means_its_text() -> None:
    for text in ('"P5D"', "'P5D'", '="P5D"', "P5D"):
        walk = Walk(line("accept").timer("late", "accept", text).path("late", "done"))
        assert [timer.text for timer in walk.now.timers] == ["P5D"]


def test_link_events_are_a_flow_not_drawn_through() -> None:
    link = '<bpmn:linkEventDefinition name="over"/>'
    diagram = Diagram().start().users("accept", "decide").end()
    diagram.element("intermediateThrowEvent", "here", link).element("intermediateCatchEvent", "there", link)
    diagram.path("begin", "accept", "here").path("there", "decide", "done")
    assert Walk(diagram).do("accept").open == ["decide"]
    assert "event.link" in said(diagram)


def test_the_one_executable_process_is_the_main_one() -> None:
    other, main = line("a"), line("b")
    other.name, other.executable, main.name = "other", "", "main"
    source = (
        document(other, main)
        .replace(b'id="begin"', b'id="begin2"', 1)
        .replace(b'id="done"', b'id="done2"', 1)
    )
    source = source.replace(b'id="f0"', b'id="g0"', 1).replace(b'id="f1"', b'id="g1"', 1)
    definition = parser.read(source)
    assert definition.process == "main"
    assert [process for process, _ in definition.processes] == ["other", "main"]


def test_the_source_is_not_touched() -> None:
    source = line("accept").timer("late", "accept", '"P5D"').path("late", "accept").xml()
    copy = bytes(bytearray(source))
    parser.read(source)
    assert source == copy


def forked(kind: str, *branches: tuple[str, str | None], default: str = "") -> Walk:
    """A gateway straight after the start, that leads to *branches* under their conditions."""
    diagram = Diagram().start().users(*(name for name, _ in branches)).gate(kind, "split").end()
    diagram.path("begin", "split")
    for name, when in branches:
        diagram.path("split", name, "done", when=when, default=name == default)
    return Walk(diagram, x=False, y=True)


def test_the_last_way_that_asks_nothing_is_taken_where_no_other_holds() -> None:
    assert forked("exclusive", ("a", "x"), ("b", None)).open == ["b"]
    assert forked("exclusive", ("a", "y"), ("b", None)).open == ["a"]


def test_an_inclusive_gateway_always_goes_the_ways_that_ask_nothing() -> None:
    assert forked("inclusive", ("a", "x"), ("b", None), ("c", "y")).open == ["b", "c"]
    assert forked("inclusive", ("a", None), ("b", None)).open == ["a", "b"]


def test_the_only_way_out_of_an_inclusive_gateway_may_be_its_default() -> None:
    assert forked("inclusive", ("a", None), default="a").open == ["a"]
    assert forked("complex", ("a", None), default="a").open == ["a"]


def test_each_timer_of_several_events_is_unquoted() -> None:
    head = '<bpmn:message id="m" name="补充"/>'
    event = '<bpmn:messageEventDefinition messageRef="m"/>' + timed('"P5D"')
    diagram = Diagram().start().element("intermediateCatchEvent", "wait", event).end().head(head)
    assert [each.text for each in Walk(diagram.path("begin", "wait", "done")).now.timers] == ["P5D"]


def test_a_truth_may_be_written_as_a_number() -> None:
    """In XML 1 is as true as true."""
    diagram = line("accept").user("beside")
    diagram.element("boundaryEvent", "late", timed("P5D"), attachedToRef="accept", cancelActivity="0")
    diagram.executable = ' isExecutable="1"'
    assert Walk(diagram.path("late", "beside", "done")).fire("late").open == ["accept", "beside"]
    assert "bpmn.not-executable" not in said(diagram)


def test_a_number_may_be_a_name_all_the_same() -> None:
    diagram = Diagram().start().gate("exclusive", "_0").users("a", "b").end()
    diagram.path("begin", "_0").path("_0", "a", "done", when="x").path("_0", "b", "done")
    source = diagram.xml().replace(b'id="f3"', b'id="1"').replace(b'id="_0"', b'id="_0" default="1"')
    walk = Walk(source, x=False)
    assert walk.open == ["b"]
    assert walk.now.walked[-1] == "1"
