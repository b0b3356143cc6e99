"""One diagram per rule: the finding, its level, its element, and that sound diagrams have none."""

import re

import pytest

from engine.domain.errors import Malformed
from engine.spiff import lint, parser
from engine.spiff.findings import Finding
from tests.spiff.diagrams import Diagram, line, matter, review, timed


def found(diagram: Diagram) -> set[tuple[str, str, str | None]]:
    return {(finding.level.value, finding.code, finding.element) for finding in lint.check(diagram.xml())}


def grave(diagram: Diagram) -> list[Finding]:
    return [finding for finding in lint.check(diagram.xml()) if finding.level != "info"]


def choice(one: str, other: str | None, *, default: bool = False, **gov: str) -> Diagram:
    """accept, then a gateway with two ways."""
    diagram = Diagram().start().user("accept", **gov).users("a", "b").gate("exclusive", "ok").end()
    diagram.path("begin", "accept", "ok").path("ok", "a", "done", when=one)
    return diagram.path("ok", "b", "done", when=other, default=default)


@pytest.mark.parametrize("diagram", [line("accept", "decide"), review(), matter()])
def test_a_sound_diagram_has_no_grave_finding(diagram: Diagram) -> None:
    assert grave(diagram) == []


# --- start, end, reach


def test_no_start() -> None:
    assert ("error", "start.none", "case") in found(Diagram().user("accept").end().path("accept", "done"))


def test_two_starts() -> None:
    assert ("error", "start.many", "two") in found(line("accept").start("two").path("two", "accept"))


def test_no_end() -> None:
    diagram = Diagram().start().user("accept").path("begin", "accept")
    assert {("error", "end.none", "case"), ("warning", "element.dead-end", "accept")} <= found(diagram)


def test_a_sub_process_needs_them_too() -> None:
    diagram = Diagram().start().element("subProcess", "group").end().path("begin", "group", "done")
    assert {("error", "start.none", "group"), ("error", "end.none", "group")} <= found(diagram)


def test_unreachable() -> None:
    diagram = line("accept").user("island").path("island", "done")
    assert ("error", "element.unreachable", "island") in found(diagram)


def test_dangling() -> None:
    assert ("error", "flow.dangling", "f2") in found(line("accept").path("accept", "nowhere"))


def test_a_flow_out_of_a_sub_process() -> None:
    inside = Diagram().start("in").user("a").end("out").body()
    diagram = line("accept").element("subProcess", "group", inside).path("accept", "a")
    assert ("error", "flow.crosses", "f2") in found(diagram)


def test_a_boundary_event_on_nothing() -> None:
    assert ("error", "event.no-host", "late") in found(
        line("accept").timer("late", "gone").path("late", "done")
    )


def test_into_a_start_and_out_of_an_end() -> None:
    diagram = line("accept").path("accept", "begin").path("done", "accept")
    assert {("error", "flow.into-event", "f2"), ("error", "flow.after-end", "f3")} <= found(diagram)


def test_an_id_used_twice_names_the_line_of_the_second() -> None:
    findings = lint.check(line("accept").user("accept").xml())
    (twice,) = [finding for finding in findings if finding.code == "id.duplicate"]
    assert (twice.element, twice.line) == ("accept", 7)


# --- gateways


def test_a_choice_without_a_condition() -> None:
    assert ("error", "flow.no-condition", "f4") in found(choice("x", None))
    assert grave(choice("x", None, default=True)) == []


def test_a_choice_that_may_have_no_way() -> None:
    assert ("warning", "flow.no-default", "ok") in found(choice('accept = "a"', 'accept = "b"'))


COVERED = [
    ('accept = "pass"', 'accept != "pass"', {}),
    ("accept", "not(accept)", {}),
    ('accept = "pass"', 'accept = "return"', {"outcomes": "pass=通过;return=退回"}),
    (
        'accept = "pass" or accept = "late"',
        'accept = "return"',
        {"outcomes": "pass=通过;return=退回;late=逾期"},
    ),
]


@pytest.mark.parametrize(("one", "other", "gov"), COVERED)
def test_conditions_that_cover_need_no_default(one: str, other: str, gov: dict[str, str]) -> None:
    assert grave(choice(one, other, **gov)) == []


def test_conditions_that_do_not_cover_all_outcomes_do() -> None:
    diagram = choice('accept = "pass"', 'accept = "return"', outcomes="pass=通过;return=退回;late=逾期")
    assert ("warning", "flow.no-default", "ok") in found(diagram)


def split(kind: str, join: str) -> Diagram:
    diagram = Diagram().start().users("a", "b", "c").gate(kind, "split").gate(join, "meet").end()
    diagram.path("begin", "split").path("split", "a", "meet", when="x" if kind != "parallel" else None)
    diagram.path("split", "b", "meet", default=kind != "parallel")
    return diagram.path("meet", "c", "done")


@pytest.mark.parametrize(
    ("kind", "join"), [("parallel", "exclusive"), ("exclusive", "parallel"), ("inclusive", "parallel")]
)
def test_unpaired(kind: str, join: str) -> None:
    assert ("error", "gateway.unpaired", "meet") in found(split(kind, join))


@pytest.mark.parametrize("kind", ["parallel", "exclusive", "inclusive"])
def test_paired(kind: str) -> None:
    assert grave(split(kind, kind)) == []
    assert grave(split(kind, "inclusive")) == []


def test_a_loop_back_into_a_parallel_join_is_unpaired() -> None:
    diagram = Diagram().start().users("a", "b").gate("parallel", "join").gate("exclusive", "ok").end()
    diagram.path("begin", "join", "a", "ok").path("ok", "join", when="x").path(
        "ok", "b", "done", default=True
    )
    assert ("error", "gateway.unpaired", "join") in found(diagram)


def test_parallel_branches_that_meet_in_one_task_without_a_gateway() -> None:
    diagram = Diagram().start().users("a", "b", "c").gate("parallel", "fork").end()
    diagram.path("begin", "fork", "a", "c", "done").path("fork", "b", "c")
    assert ("gateway.unpaired") in {code for _, code, _ in found(diagram)}


def test_parallel_branches_may_share_an_end() -> None:
    diagram = Diagram().start().users("a", "b").gate("parallel", "fork").end()
    diagram.path("begin", "fork", "a", "done").path("fork", "b", "done")
    assert grave(diagram) == []


# --- expressions, timers, calls


def test_a_condition_that_cannot_be_read() -> None:
    findings = lint.check(choice("accept == 'x'", None, default=True).xml())
    (unread,) = [finding for finding in findings if finding.level == "error"]
    assert (unread.code, unread.element) == ("feel.unreadable", "f2")
    assert "一个等号" in unread.message


@pytest.mark.parametrize(
    "text", ["five days", "P", "PT", "5", "${days}", "__import__('os')", "P1D; x", "P1M2W", "P99999999Y"]
)
def test_a_timer_that_cannot_be_read(text: str) -> None:
    diagram = line("accept").timer("late", "accept", text).path("late", "done")
    assert ("error", "timer.unreadable", "late") in found(diagram)


@pytest.mark.parametrize("text", ["P5D", "PT4H", "P2W", "5个工作日", "5 个工作日", "3天", "20 workday"])
def test_a_timer_that_can(text: str) -> None:
    assert grave(line("accept").timer("late", "accept", text).path("late", "done")) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDate", "2026-11-23"),
        ("timeDate", "2026-11-23T09:00:00+08:00"),
        ("timeCycle", "R3/P1D"),
        ("timeCycle", "R/PT1H"),
    ],
)
def test_dates_and_cycles_may_be_played_but_not_published(kind: str, text: str) -> None:
    diagram = line("accept").timer("late", "accept", text, kind=kind, interrupting=False).path("late", "done")
    assert {finding.code for finding in grave(diagram)} == {"timer.uncounted"}
    assert parser.read(diagram.xml()).nodes["late"].kind == "timer"


def test_nor_may_a_duration_of_several_units() -> None:
    diagram = line("accept").timer("late", "accept", "P1Y2M3DT4H5M6.5S").path("late", "done")
    assert {finding.code for finding in grave(diagram)} == {"timer.uncounted"}


def test_a_cycle_of_no_length_would_never_rest() -> None:
    diagram = line("accept").timer("late", "accept", "R/PT0S", kind="timeCycle", interrupting=False)
    assert ("error", "timer.unreadable", "late") in found(diagram.path("late", "done"))


def test_a_timer_without_a_time() -> None:
    diagram = (
        Diagram().start().end().element("intermediateCatchEvent", "wait", "<bpmn:timerEventDefinition/>")
    )
    assert ("error", "timer.none", "wait") in found(diagram.path("begin", "wait", "done"))


def test_a_call_of_nothing() -> None:
    diagram = Diagram().start().element("callActivity", "food").end().path("begin", "food", "done")
    assert ("error", "call.nothing", "food") in found(diagram)


def test_a_message_that_is_not_in_the_file() -> None:
    listens = '<bpmn:messageEventDefinition messageRef="gone"/>'
    diagram = line("accept").element("intermediateCatchEvent", "wait", listens).path("accept", "wait", "done")
    assert ("error", "event.lost", "wait") in found(diagram)


def test_a_process_that_calls_itself() -> None:
    diagram = Diagram("food").start().call("again", "food").end().path("begin", "again", "done")
    assert ("error", "call.circle", "again") in found(diagram)


@pytest.mark.parametrize("name", ["../etc/passwd", "1st", "a b", "x" * 101])
def test_an_id_that_is_no_word(name: str) -> None:
    assert ("error", "id.odd", name) in found(line(name))


# --- people and words


def test_a_task_for_nobody_may_be_played_but_not_published() -> None:
    diagram = Diagram().start().user("accept", role="").end().path("begin", "accept", "done")
    assert ("error", "task.nobody", "accept") in found(diagram)
    assert parser.read(diagram.xml()).nodes["accept"].role is None


def test_a_task_for_many() -> None:
    diagram = Diagram().start().user("accept", role="window, chief").end().path("begin", "accept", "done")
    assert ("error", "task.many-groups", "accept") in found(diagram)


def test_a_task_for_a_stranger() -> None:
    diagram = Diagram().start().user("accept", role="boss").end().path("begin", "accept", "done")
    assert ("error", "task.unknown-group", "accept") in found(diagram)


def test_a_plain_task_waits_and_the_checker_says_so() -> None:
    diagram = Diagram().start().element("task", "think", camunda__candidateGroups="window").end()
    assert ("info", "task.waits", "think") in found(diagram.path("begin", "think", "done"))


WORDS = [
    ({"limit": "three days"}, "limit.unreadable"),
    ({"limit": "3"}, "limit.unreadable"),
    ({"warn": "-1 workday"}, "limit.unreadable"),
    ({"limit": "0 workday"}, "limit.unreadable"),
    ({"stage": "party"}, "word.unreadable"),
    ({"outcomes": "通过"}, "word.unreadable"),
    ({"officers": "many"}, "word.unreadable"),
    ({"limitDays": "3"}, "word.unknown"),
    ({"releases": "granted"}, "word.misplaced"),
]


@pytest.mark.parametrize(("gov", "code"), WORDS)
def test_words_that_say_nothing_we_know(gov: dict[str, str], code: str) -> None:
    diagram = Diagram().start().user("accept", **gov).end().path("begin", "accept", "done")
    assert ("error", code, "accept") in found(diagram)


# --- what is not run yet


UNSUPPORTED = {
    "scriptTask": "<bpmn:script>1/0</bpmn:script>",
    "serviceTask": "",
    "sendTask": "",
    "receiveTask": "",
    "businessRuleTask": "",
    "eventBasedGateway": "",
    "adHocSubProcess": "",
    "choreographyTask": "",
    "userTask": "<bpmn:multiInstanceLoopCharacteristics/>",
    "manualTask": "<bpmn:standardLoopCharacteristics/>",
    "intermediateThrowEvent": "<bpmn:errorEventDefinition/>",
    "intermediateCatchEvent": "<bpmn:conditionalEventDefinition/>",
    "endEvent": "<bpmn:cancelEventDefinition/>",
    "startEvent": "<bpmn:errorEventDefinition/>",
}


@pytest.mark.parametrize("tag", UNSUPPORTED)
def test_what_is_not_supported_is_refused_by_name(tag: str) -> None:
    diagram = line("accept").element(tag, "odd", UNSUPPORTED[tag]).path("accept", "odd", "done")
    with pytest.raises(Malformed) as refused:
        parser.read(diagram.xml())
    assert ("element.unsupported", "odd") in {
        (finding.code, finding.element) for finding in refused.value.findings
    }


@pytest.mark.parametrize("words", [{"triggeredByEvent": "true"}, {"isForCompensation": "true"}])
def test_so_are_event_sub_processes_and_compensation(words: dict[str, str]) -> None:
    inside = Diagram().start("in").end("out").body()
    diagram = line("accept").element("subProcess", "odd", inside, **words)
    assert ("error", "element.unsupported", "odd") in found(diagram)


def test_a_catch_event_that_waits_for_nothing() -> None:
    diagram = line("accept").element("intermediateCatchEvent", "odd").path("accept", "odd", "done")
    assert ("error", "element.unsupported", "odd") in found(diagram)


# --- all findings


def test_findings_name_lines_and_the_way_out_in_chinese() -> None:
    diagram = line("accept").user("island", role="").timer("late", "accept", "x").path("accept", "nowhere")
    for finding in lint.check(diagram.xml()):
        assert finding.line is not None
        assert re.search("[\u4e00-\u9fff]", finding.message)
        assert re.search("请|已", finding.message)


def test_errors_come_first() -> None:
    levels = [finding.level for finding in lint.check(choice("x", "y").timer("late", "accept", "x").xml())]
    assert levels == sorted(levels, key=list(lint.RANK).index)


def test_read_refuses_with_all_findings() -> None:
    with pytest.raises(Malformed) as refused:
        parser.read(line("accept").timer("late", "accept", "x").path("accept", "nowhere").xml())
    assert {"timer.unreadable", "flow.dangling"} <= {finding.code for finding in refused.value.findings}
    assert refused.value.element is not None
