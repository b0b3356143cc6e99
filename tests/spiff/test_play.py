"""Playing a diagram: several processes at one table, a clock that moves when told, a protocol for machines."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.domain.errors import Malformed, NotFound, NotNow
from engine.spiff import virtual
from engine.spiff.play import Play
from tests.spiff.diagrams import Diagram, document, line, timed
from web.cli import main

MONDAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
SIGNAL = '<bpmn:signalEventDefinition signalRef="g1"/>'
MESSAGE = '<bpmn:messageEventDefinition messageRef="m1"/>'
HEADS = '<bpmn:signal id="g1" name="停工"/><bpmn:message id="m1" name="补充"/><bpmn:error id="e1" errorCode="fake"/>'


def play(*diagrams: Diagram, **words: Any) -> Play:
    return Play.of([document(each, heads=HEADS) for each in diagrams], MONDAY, **words)


def open_(game: Play) -> list[str]:
    return [task["node"] for task in game.tasks()]


def do(game: Play, *nodes: str, **flags: Any) -> Play:
    for node in nodes:
        game.complete(next(task["id"] for task in game.tasks() if task["node"] == node), flags)
    return game


def named(name: str, diagram: Diagram) -> Diagram:
    diagram.name = name
    return diagram


# --- at one table


def test_tasks_come_in_document_order() -> None:
    diagram = Diagram().start().users("b", "a").gate("parallel", "fork").end()
    game = play(diagram.path("begin", "fork", "a", "done").path("fork", "b", "done"))
    game.start()
    assert [task["name"] for task in game.tasks()] == ["b", "a"]


def teller(event: str) -> Diagram:
    diagram = named(
        "teller", Diagram().start().user("told").end().element("intermediateThrowEvent", "say", event)
    )
    return diagram.path("begin", "say", "told", "done")


def test_a_message_wakes_one_who_waits_and_else_begins_a_process() -> None:
    waits = named(
        "waits", Diagram().start().user("woken").end().element("intermediateCatchEvent", "hear", MESSAGE)
    )
    waits.path("begin", "hear", "woken", "done")
    begins = named("begins", Diagram().element("startEvent", "begin", MESSAGE).user("begun").end())
    game = play(teller(MESSAGE), waits, begins.path("begin", "begun", "done"))
    game.start("waits")
    game.start("teller")
    assert open_(game) == ["told", "woken"]
    game.start("teller")
    assert sorted(open_(game)) == ["begun", "told", "told", "woken"]


def test_a_signal_wakes_all_and_begins_all() -> None:
    waits = named(
        "waits", Diagram().start().user("woken").end().element("intermediateCatchEvent", "hear", SIGNAL)
    )
    waits.path("begin", "hear", "woken", "done")
    begins = named("begins", Diagram().element("startEvent", "begin", SIGNAL).user("begun").end())
    game = play(waits, begins.path("begin", "begun", "done"))
    game.start("waits")
    game.start("waits")
    assert game.signal("停工") == 3
    assert sorted(open_(game)) == ["begun", "woken", "woken"]


def test_a_message_nobody_waits_for_is_heard_by_nobody() -> None:
    game = play(line("a"))
    game.start()
    assert (game.message("补充"), game.signal("停工")) == (0, 0)


def test_two_who_answer_each_other_for_ever_are_stopped() -> None:
    ping = (
        Diagram()
        .element("startEvent", "begin", MESSAGE)
        .element("intermediateThrowEvent", "say", MESSAGE)
        .end()
    )
    game = play(named("ping", ping.path("begin", "say", "done")))
    game.message("补充")
    assert "budget.moves" in [each["code"] for one in game.state() for each in one["incidents"]]


# --- calls


def caller() -> Diagram:
    return named("caller", Diagram().start().call("ask", "called").user("after").end()).path(
        "begin", "ask", "after", "done"
    )


def test_a_called_process_is_an_instance_of_its_own() -> None:
    game = play(caller(), named("called", line("work")))
    game.start("caller", {"x": 1})
    assert [task["process"] for task in game.tasks()] == ["called"]
    assert game.state()[1]["vars"] == {"x": 1}
    assert open_(do(game, "work")) == ["after"]
    do(game, "after")
    assert [each["ended"] for each in game.state()] == [True, True]


def test_an_error_of_the_called_is_caught_at_the_call_or_ends_both() -> None:
    error = '<bpmn:errorEventDefinition errorRef="e1"/>'
    called = named("called", Diagram().start().user("work").end("bad", error).path("begin", "work", "bad"))
    game = play(caller(), called)
    game.start("caller")
    do(game, "work")
    assert [(each["ended"], each["errors"]) for each in game.state()] == [(True, ["fake"]), (True, [])]
    catching = caller().user("mend").element("boundaryEvent", "caught", error, attachedToRef="ask")
    game = play(catching.path("caught", "mend", "done"), called)
    game.start("caller")
    assert open_(do(game, "work")) == ["mend"]
    assert game.state()[0]["errors"] == []


def test_who_calls_no_more_stops_the_called() -> None:
    diagram = caller().timer("late", "ask", "PT1H").path("late", "done")
    game = play(diagram, named("called", line("work")))
    game.start("caller")
    game.advance(3_600_000)
    assert (open_(game), [each["ended"] for each in game.state()]) == ([], [True, True])


def test_a_call_of_what_is_not_there_is_refused_by_element_or_answered_by_the_person() -> None:
    with pytest.raises(Malformed) as refused:
        play(caller())
    assert (refused.value.code, refused.value.element) == ("call.unknown", "ask")
    game = play(caller(), open_calls=True)
    game.start()
    assert open_(do(game, "ask")) == ["after"]


def test_one_process_twice_is_one_too_many() -> None:
    with pytest.raises(Malformed):
        play(line("a"), line("a"))


# --- the clock


def test_deadlines_pass_in_their_order_each_at_its_moment() -> None:
    diagram = (
        line("work")
        .users("first", "second")
        .timer("b", "work", "PT2H", interrupting=False)
        .path("b", "second")
    )
    diagram.timer("a", "work", "PT1H", interrupting=False).path("a", "first", "done").path("second", "done")
    game = play(diagram)
    game.start()
    game.advance(3_599_500)
    assert open_(game) == ["work"]
    game.advance(500)
    assert open_(game) == ["work", "first"]
    game.advance(36_000_000)
    assert open_(game) == ["work", "first", "second"]
    assert game.now == MONDAY + timedelta(hours=11)


def test_what_is_due_already_passes_when_time_goes_on_if_only_by_nothing() -> None:
    """A command takes no time: whoever is quicker than the clock comes first."""
    diagram = (
        Diagram()
        .start()
        .element("intermediateCatchEvent", "wait", timed("2020-01-01", "timeDate"))
        .user("after")
        .end()
    )
    game = play(diagram.path("begin", "wait", "after", "done"))
    game.start()
    assert open_(game) == []
    game.advance(0)
    assert open_(game) == ["after"]


def test_a_signal_in_the_same_moment_is_quicker_than_the_clock() -> None:
    race = named("race", Diagram().start().gate("eventBased", "first").users("heard", "late").end())
    race.element("intermediateCatchEvent", "hear", SIGNAL).element(
        "intermediateCatchEvent", "clock", timed("PT0S")
    )
    race.path("begin", "first", "hear", "heard", "done").path("first", "clock", "late", "done")
    game = play(race, teller(SIGNAL))
    game.start("race")
    game.start("teller")
    game.advance(500)
    assert open_(game) == ["heard", "told"]


@pytest.mark.parametrize(
    ("kind", "text", "calendar", "due"),
    [
        ("duration", "PT90M", "natural", "2026-01-05T02:30:00+00:00"),
        ("duration", "P1M", "natural", "2026-02-05T01:00:00+00:00"),
        ("duration", "P1Y2M3DT4H5M6.5S", "natural", "2027-03-08T05:05:06.500000+00:00"),
        ("duration", "5个工作日", "workday", "2026-01-12T01:00:00+00:00"),
        ("duration", "P5D", "workday", "2026-01-12T01:00:00+00:00"),
        ("duration", "3 hour", "natural", "2026-01-05T04:00:00+00:00"),
        ("duration", "2周", "natural", "2026-01-05T01:00:00+00:00"),
        ("date", "2026-02-01T00:00:00", "natural", "2026-02-01T00:00:00+00:00"),
        ("cycle", "R3/PT10S", "natural", "2026-01-05T01:00:10+00:00"),
        ("cycle", "R/2026-01-06/PT1H", "natural", "2026-01-06T00:00:00+00:00"),
        ("cycle", "R/2026-01-01/PT1H", "natural", "2026-01-05T02:00:00+00:00"),
    ],
)
def test_when_a_timer_is_due(kind: str, text: str, calendar: str, due: str) -> None:
    assert virtual.due(kind, text, calendar, MONDAY).isoformat() == due


def test_a_month_may_be_too_short() -> None:
    assert virtual.after("P1M", "natural", datetime(2026, 1, 31, tzinfo=UTC)).day == 28


# --- incidents


def test_a_step_that_cannot_be_taken_stands_still_and_the_others_go_on() -> None:
    diagram = (
        Diagram().start().users("a", "b", "c", "d").gate("exclusive", "way").gate("parallel", "fork").end()
    )
    diagram.path("begin", "fork", "a", "way").path("fork", "b", "done").path("way", "c", "done", when="x = 1")
    game = play(diagram.path("way", "d", "done", when="x = 2"))
    game.start()
    do(game, "a", "b")
    state = game.state()[0]
    assert (state["ended"], [each["element"] for each in state["incidents"]]) == (False, ["way"])
    assert state["errors"] == ["flow.no-way"]


def test_a_loop_without_a_person_is_an_incident() -> None:
    diagram = (
        Diagram()
        .start()
        .end()
        .gate("exclusive", "a", "b")
        .path("begin", "a", "b")
        .path("b", "a", default=True)
    )
    game = play(diagram.path("b", "done", when="never"))
    game.start()
    assert [each["code"] for each in game.state()[0]["incidents"]] == ["budget.steps"]


def test_plain_tasks_pass_where_nobody_is_asked() -> None:
    diagram = Diagram().start().element("task", "plain").element("manualTask", "hand").user("work").end()
    diagram.path("begin", "plain", "hand", "work", "done")
    for auto, nodes in ((False, ["plain"]), (True, ["work"])):
        game = play(diagram, auto=auto)
        game.start()
        assert open_(game) == nodes


def test_what_is_not_there_is_refused() -> None:
    game = play(line("a"))
    game.start()
    with pytest.raises(NotFound):
        game.start("nobody")
    for task in ("1-99", "9-1", "", "x"):
        with pytest.raises(NotNow):
            game.complete(task)


# --- the command


def run(
    tmp_path: Path, diagram: Diagram | bytes, *lines: object, options: tuple[str, ...] = ("--jsonl",)
) -> Any:
    file = tmp_path / "case.bpmn"
    file.write_bytes(diagram if isinstance(diagram, bytes) else diagram.xml())
    said = b"\n".join(map(_said, lines))
    return CliRunner().invoke(main, ["play", str(file), *options], input=said + b"\n")


def _said(line: object) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


def answers(result: Any) -> list[Any]:
    return [json.loads(line) for line in result.output.splitlines()]


def test_a_machine_is_answered_line_by_line(tmp_path: Path) -> None:
    result = run(
        tmp_path, line("accept"), {"op": "start", "process": None, "vars": {"x": [1, {"y": "z" * 500}]}},
        {"op": "tasks"}, {"op": "complete", "task": "1-2", "vars": {}}, {"op": "state"},
    )  # fmt: skip
    loaded, started, tasks, completed, state = answers(result)
    assert (loaded["ok"], loaded["processes"], "findings" in loaded) == (
        True,
        [{"id": "case", "name": "办件"}],
        True,
    )
    assert (started, completed) == ({"ok": True, "instance": "1"}, {"ok": True})
    task = {"id": "1-2", "name": "accept", "node": "accept", "process": "case", "instance": "1"}
    assert tasks == {"ok": True, "tasks": [task]}
    assert (state["instances"][0]["ended"], state["instances"][0]["vars"]["x"][0]) == (True, 1)
    assert result.exit_code == 0


def test_a_file_that_cannot_run_is_refused_on_the_first_line(tmp_path: Path) -> None:
    diagram = Diagram().start().element("serviceTask", "call").end().path("begin", "call", "done")
    result = run(tmp_path, diagram)
    assert (answers(result)[0]["ok"], answers(result)[0]["element"], result.exit_code) == (False, "call", 1)


@pytest.mark.parametrize("source", [b"", b"<a/>", b"\xff\xfe\x00", b"<?xml version='1.0'?><!DOCTYPE a><a/>"])
def test_bytes_that_are_no_diagram_are_refused_too(tmp_path: Path, source: bytes) -> None:
    result = run(tmp_path, source)
    assert (answers(result)[0]["ok"], result.exit_code) == (False, 1)


ODD = [
    "nonsense", "[]", "1", '{"op":"fly"}', '{"op":["start"]}', '{"op":"complete"}',
    '{"op":"advance","ms":"1e999"}',
       '{"op":"advance","ms":1e300}', '{"op":"set","vars":[1]}',
       '{"op":"start","process":{"a":1}}', '{"op":"signal"}', '{"op":"advance","ms":"soon"}', "[" * 100_000,
    '{"op":"start","process":"\\ud800"}', '{"op":{"a":1}}', '{"op":"advance","ms":-1}', '{"op":"advance","ms":true}',
    '{"op":"advance","ms":' + "9" * 5_000 + "}", '{"op":"set","vars":{"a":' + "9" * 30 + "}}",
    '{"op":"set","vars":{"a":' + "[" * 800 + "]" * 800 + "}}", b'\xff\xfe{"op":"tasks"}', "null",
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
def test_a_line_that_says_nothing_is_refused_and_the_next_is_heard(tmp_path: Path, odd: str | bytes) -> None:
    result = run(tmp_path, line("accept"), {"op": "start"}, odd, {"op": "tasks"})
    assert [each["ok"] for each in answers(result)] == [True, True, False, True]


def test_a_person_plays_too(tmp_path: Path) -> None:
    diagram = (
        Diagram().start().user("accept", "受理", outcomes="ok=通过;no=不通过").user("late", "督办").end()
    )
    diagram.timer("slow", "accept", "P5D", interrupting=False, calendar="workday").path(
        "slow", "late", "done"
    )
    lines = (
        ":help",
        ":days 5",
        "9",
        "what",
        ":set x=1 y=词",
        "1",
        "ok",
        "",
        "1",
        "",
        ":track",
        ":state",
        ":quit",
    )
    result = run(tmp_path, diagram.path("begin", "accept", "done"), *lines, options=())
    assert result.exit_code == 0
    for said in ("受理", "督办", "没有第 9 项", "begin → slow → 受理", '"x": 1', "已结束"):
        assert said in result.output


def test_a_person_chooses_by_number_and_may_think_again(tmp_path: Path) -> None:
    diagram = (
        Diagram().start().user("accept", "受理", outcomes="ok=通过;no=不通过").user("refuse", "退件").end()
    )
    diagram.gate("exclusive", "split").path("begin", "accept", "split").path("split", "done", default=True)
    diagram.path("split", "refuse", "done", when='accept = "no"')
    lines = ("1", "2", "", ":undo", "1", "1", "", ":undo", ":undo", ":undo", ":quit")
    said = run(tmp_path, diagram, *lines, options=()).output
    assert "结果（1 通过  2 不通过）" in said
    assert said.count("1  退件") == 1
    assert said.count("第 1 件已结束") == 1
    assert "没有可以收回的" in said


def test_a_person_sees_what_is_due(tmp_path: Path) -> None:
    said = run(
        tmp_path, line("accept").timer("slow", "accept", "P5D").path("slow", "done"), options=()
    ).output
    assert "slow  2026-01-10 09:00 到期" in said


def test_a_terminal_that_knows_no_chinese_is_answered_in_codes(tmp_path: Path) -> None:
    file = tmp_path / "case.bpmn"
    file.write_bytes(line("accept").xml())
    for command in (["check", "--json"], ["play", "--jsonl"], ["check"]):
        result = CliRunner(charset="latin-1").invoke(main, [*command, str(file)])
        assert (result.exit_code, "未能完成" in result.output) == (0, False)
        assert "\\u529e" in result.output or command == ["check"]


def test_a_person_may_leave(tmp_path: Path) -> None:
    assert run(tmp_path, line("accept"), options=()).exit_code == 0


def test_an_event_gateway_may_begin_a_process_with_whichever_message_comes() -> None:
    diagram = Diagram().element("eventBasedGateway", "race", instantiate="true").users("a", "b").end()
    for hear, event, task in (("h1", MESSAGE, "a"), ("h2", SIGNAL, "b")):
        diagram.element("intermediateCatchEvent", hear, event).path("race", hear, task, "done")
    game = play(diagram)
    game.message("补充")
    game.signal("停工")
    assert open_(game) == ["a", "b"]
    game.start()
    assert open_(game) == ["a", "b"]
    game.message("补充")
    assert open_(game) == ["a", "a", "b"]


def test_a_receive_task_may_begin_a_process() -> None:
    diagram = Diagram().element("receiveTask", "hear", messageRef="m1", instantiate="true").user("work").end()
    game = play(diagram.path("hear", "work", "done"))
    assert game.message("补充") == 1
    assert open_(game) == ["work"]


def test_a_process_may_begin_by_itself_and_by_a_message() -> None:
    diagram = Diagram().start().element("startEvent", "told", MESSAGE).users("a", "b").end()
    game = play(diagram.path("begin", "a", "done").path("told", "b", "done"))
    game.start()
    game.message("补充")
    assert open_(game) == ["a", "b"]


def test_variables_are_handed_over_as_the_call_says() -> None:
    words = (
        '<bpmn:extensionElements><camunda:in source="x" target="y"/>'
        '<camunda:out source="result" target="answer"/></bpmn:extensionElements>'
    )
    diagram = (
        Diagram().start().element("callActivity", "ask", words, calledElement="called").user("after").end()
    )
    game = play(named("caller", diagram.path("begin", "ask", "after", "done")), named("called", line("work")))
    game.start("caller", {"x": 1})
    assert game.state()[1]["vars"] == {"y": 1}
    do(game, "work", result=2)
    assert game.state()[0]["vars"] == {"x": 1, "answer": 2}


def test_an_escalation_nobody_catches_ends_in_the_errors_of_who_began() -> None:
    up = '<bpmn:escalationEventDefinition escalationRef="s1"/>'
    called = Diagram().start().user("work").end().element("intermediateThrowEvent", "up", up)
    called = named("called", called.path("begin", "up", "work", "done"))
    sources = [
        document(each, heads=HEADS + '<bpmn:escalation id="s1" escalationCode="help"/>')
        for each in (caller(), called)
    ]
    game = Play.of(sources, MONDAY)
    game.start("caller")
    assert ([each["errors"] for each in game.state()], open_(game)) == ([["help"], []], ["work"])


def test_what_is_handed_over_may_be_an_expression() -> None:
    words = (
        '<bpmn:extensionElements><camunda:in sourceExpression="${x + 5}" target="y"/>'
        '<camunda:out sourceExpression="${y * 2}" target="z"/></bpmn:extensionElements>'
    )
    diagram = Diagram().start().element("callActivity", "ask", words, calledElement="called").end()
    game = play(named("caller", diagram.path("begin", "ask", "done")), named("called", line("work")))
    game.start("caller", {"x": 1})
    assert game.state()[1]["vars"] == {"y": 6}
    assert do(game, "work").state()[0]["vars"] == {"x": 1, "z": 12}


def dynamic() -> Play:
    diagram = Diagram().start().call("ask", "sub-${kind}").user("after").end()
    caller_ = named("caller", diagram.path("begin", "ask", "after", "done"))
    return play(caller_, named("sub-a", line("a")), named("sub-b", line("b")))


def test_what_is_called_may_be_put_together_from_variables() -> None:
    game = dynamic()
    game.start("caller", {"kind": "b"})
    assert open_(game) == ["b"]
    assert open_(do(game, "b")) == ["after"]


def test_a_name_that_means_no_process_is_an_incident_at_the_call() -> None:
    game = dynamic()
    game.start("caller", {"kind": "c"})
    assert open_(game) == []
    assert [(each["element"], each["code"]) for each in game.state()[0]["incidents"]] == [
        ("ask", "call.unknown")
    ]


def test_a_receive_task_that_names_no_message_waits_for_its_own_name() -> None:
    diagram = Diagram().start().element("receiveTask", "wait", label="等回执").user("after").end()
    game = play(diagram.path("begin", "wait", "after", "done"))
    game.start()
    assert game.message("别的") == 0
    assert game.message("等回执") == 1
    assert open_(game) == ["after"]


def test_a_signal_nobody_declared_goes_by_what_refers_to_it() -> None:
    """One vendor writes the name itself where a reference belongs."""
    lost = '<bpmn:signalEventDefinition signalRef="停办"/>'
    diagram = Diagram().start().element("intermediateCatchEvent", "hear", lost).user("after").end()
    game = play(diagram.path("begin", "hear", "after", "done"))
    game.start()
    game.signal("停办")
    assert open_(game) == ["after"]


@pytest.mark.parametrize("text", ["P9999Y", "P9999M", "P99999D"])
def test_a_deadline_beyond_the_calendar_does_not_pass_at_once(text: str) -> None:
    late = datetime(9990, 1, 1, tzinfo=UTC)
    assert virtual.due("duration", text, "natural", late) == virtual.END
    assert virtual.due("duration", "P9999Y", "natural", MONDAY) > MONDAY + timedelta(days=365_000)
