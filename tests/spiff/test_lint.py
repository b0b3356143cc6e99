"""One diagram per rule: the finding, its level, its element, and that sound diagrams have none."""

import re

import pytest

from engine.domain.errors import Malformed
from engine.spiff import lint, parser
from engine.spiff.findings import Bar, Finding, barred
from tests.spiff.diagrams import Diagram, line, matter, review


def found(diagram: Diagram) -> set[tuple[str, str, str | None]]:
    return {(finding.level.value, finding.code, finding.element) for finding in lint.check(diagram.xml())}


def grave(diagram: Diagram) -> list[Finding]:
    return [finding for finding in lint.check(diagram.xml()) if finding.level != "info"]


def choice(one: str, other: str | None, *, default: bool = False, **gov: str) -> Diagram:
    """accept, then a gateway with two ways."""
    diagram = Diagram().start().user("accept", **gov).users("a", "b").gate("exclusive", "ok").end()
    diagram.path("begin", "accept", "ok").path("ok", "a", "done", when=one)
    return diagram.path("ok", "b", "done", when=other, default=default)


@pytest.mark.parametrize("diagram", [line("accept", "decide"), review()])
def test_a_sound_diagram_has_no_grave_finding(diagram: Diagram) -> None:
    assert grave(diagram) == []


def test_a_great_matter_has_none_that_bars_it() -> None:
    assert barred(grave(matter())) == ()


# --- start, end, reach


def test_no_start() -> None:
    assert ("warning", "bpmn.no-start", "case") in found(
        Diagram().user("accept").end().path("accept", "done")
    )


def test_two_starts() -> None:
    assert ("warning", "start.many", "two") in found(line("accept").start("two").path("two", "accept"))


def test_no_end() -> None:
    diagram = Diagram().start().user("accept").path("begin", "accept")
    assert {("warning", "end.none", "case"), ("warning", "element.dead-end", "accept")} <= found(diagram)


def test_a_sub_process_needs_them_too() -> None:
    diagram = Diagram().start().element("subProcess", "group").end().path("begin", "group", "done")
    assert {("warning", "bpmn.no-start", "group"), ("warning", "end.none", "group")} <= found(diagram)


def test_unreachable() -> None:
    diagram = line("accept").user("island").path("island", "done")
    assert ("warning", "bpmn.unreachable", "island") in found(diagram)


def test_dangling() -> None:
    assert ("error", "bpmn.dangling-ref", "f2") in found(line("accept").path("accept", "nowhere"))


def test_a_flow_out_of_a_sub_process() -> None:
    inside = Diagram().start("in").user("a").end("out").body()
    diagram = line("accept").element("subProcess", "group", inside).path("accept", "a")
    assert ("error", "bpmn.scope-violation", "f2") in found(diagram)


def test_a_boundary_event_on_nothing() -> None:
    assert ("error", "bpmn.dangling-ref", "late") in found(
        line("accept").timer("late", "gone").path("late", "done")
    )


def test_into_a_start_and_out_of_an_end() -> None:
    diagram = line("accept").path("accept", "begin").path("done", "accept")
    assert {("error", "flow.into-event", "f2"), ("error", "flow.after-end", "f3")} <= found(diagram)


def test_an_id_used_twice_names_the_line_of_the_second() -> None:
    findings = lint.check(line("accept").user("accept").xml())
    (twice,) = [finding for finding in findings if finding.code == "bpmn.duplicate-id"]
    assert (twice.element, twice.line) == ("accept", 7)


# --- gateways


def test_a_choice_without_a_condition() -> None:
    assert {("warning", "flow.no-condition", "f4"), ("warning", "bpmn.gateway-condition", "ok")} <= found(
        choice("x", None)
    )
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
    ("kind", "join"),
    [
        ("parallel", "exclusive"),
        ("inclusive", "exclusive"),
        ("exclusive", "parallel"),
        ("inclusive", "parallel"),
    ],
)
def test_unpaired(kind: str, join: str) -> None:
    code = "bpmn.deadlock" if join == "parallel" else "bpmn.lack-of-synchronisation"
    assert ("warning", code, "meet") in found(split(kind, join))


@pytest.mark.parametrize("kind", ["parallel", "exclusive", "inclusive"])
def test_paired(kind: str) -> None:
    assert grave(split(kind, kind)) == []
    assert grave(split(kind, "inclusive")) == []


def test_a_loop_back_into_a_parallel_join_is_unpaired() -> None:
    diagram = Diagram().start().users("a", "b").gate("parallel", "join").gate("exclusive", "ok").end()
    diagram.path("begin", "join", "a", "ok").path("ok", "join", when="x").path(
        "ok", "b", "done", default=True
    )
    assert ("warning", "bpmn.deadlock", "join") in found(diagram)


def test_parallel_branches_that_meet_in_one_task_without_a_gateway() -> None:
    diagram = Diagram().start().users("a", "b", "c").gate("parallel", "fork").end()
    diagram.path("begin", "fork", "a", "c", "done").path("fork", "b", "c")
    assert ("warning", "bpmn.lack-of-synchronisation", "c") in found(diagram)


def test_parallel_branches_may_share_an_end() -> None:
    diagram = Diagram().start().users("a", "b").gate("parallel", "fork").end()
    diagram.path("begin", "fork", "a", "done").path("fork", "b", "done")
    assert grave(diagram) == []


# --- expressions, timers, calls


def test_a_condition_that_cannot_be_read() -> None:
    findings = lint.check(choice("accept == 'x'", None, default=True).xml())
    (unread,) = [finding for finding in findings if finding.level == "warning"]
    assert (unread.code, unread.element) == ("feel.unreadable", "f2")
    assert "一个等号" in unread.message


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("P", "error", "timer.invalid"),
        ("PT", "error", "timer.invalid"),
        ("5", "error", "timer.invalid"),
        ("3天", "error", "timer.invalid"),
        ("-P1D", "error", "timer.invalid"),
        ("P1M2W", "error", "timer.invalid"),
        ("P99999999Y", "error", "timer.invalid"),
        ("__import__('os')", "error", "expr.forbidden"),
        ("five days", "warning", "timer.invalid"),
        ("${days}", "warning", "timer.invalid"),
        ("P1D; x", "warning", "timer.invalid"),
        ("500ms", "error", "timer.invalid"),
        ("R3/P1D", "error", "timer.invalid"),
    ],
)
def test_a_timer_that_cannot_be_read(text: str, level: str, code: str) -> None:
    """What is meant as a time of ours and is none is a mistake; another engine's expression only bars running."""
    diagram = line("accept").timer("late", "accept", text).path("late", "done")
    assert (level, code, "late") in found(diagram)
    with pytest.raises(Malformed):
        parser.read(diagram.xml())


@pytest.mark.parametrize("text", ["500ms", "5", "2026-01-05"])
def test_a_time_written_as_others_do_keeps_nobody_from_drafting(text: str) -> None:
    findings = lint.check(line("accept").timer("late", "accept", text).path("late", "done").xml())
    assert {each.bars for each in findings if each.code == "timer.invalid"} == {Bar.RUNNING}


@pytest.mark.parametrize("text", ["P5D", "PT4H", "P2W", "5个工作日", "5 个工作日", "3日", "20 workday"])
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
    assert ("error", "timer.too-frequent", "late") in found(diagram.path("late", "done"))


def test_a_timer_without_a_time() -> None:
    diagram = (
        Diagram().start().end().element("intermediateCatchEvent", "wait", "<bpmn:timerEventDefinition/>")
    )
    assert ("warning", "timer.invalid", "wait") in found(diagram.path("begin", "wait", "done"))


def test_a_call_of_nothing() -> None:
    diagram = Diagram().start().element("callActivity", "food").end().path("begin", "food", "done")
    assert ("warning", "call.nothing", "food") in found(diagram)


def test_a_message_that_is_not_in_the_file() -> None:
    listens = '<bpmn:messageEventDefinition messageRef="gone"/>'
    diagram = line("accept").element("intermediateCatchEvent", "wait", listens).path("accept", "wait", "done")
    assert ("error", "bpmn.dangling-ref", "wait") in found(diagram)


def test_a_process_that_calls_itself() -> None:
    diagram = Diagram("food").start().call("again", "food").end().path("begin", "again", "done")
    assert ("error", "bpmn.cyclic-call", "again") in found(diagram)


@pytest.mark.parametrize("name", ["../etc/passwd", "1st", "a b", "x" * 101])
def test_an_id_that_is_no_word(name: str) -> None:
    assert ("bpmn.bad-id", name[:100]) in {(code, element) for _, code, element in found(line(name))}


# --- people and words


def test_a_task_for_nobody_may_be_played_but_not_published() -> None:
    diagram = Diagram().start().user("accept", role="").end().path("begin", "accept", "done")
    assert ("warning", "task.nobody", "accept") in found(diagram)
    assert parser.read(diagram.xml()).nodes["accept"].role is None


def test_a_task_for_many() -> None:
    diagram = Diagram().start().user("accept", role="window, chief").end().path("begin", "accept", "done")
    assert ("warning", "task.many-groups", "accept") in found(diagram)


def test_a_task_for_a_stranger() -> None:
    diagram = Diagram().start().user("accept", role="boss").end().path("begin", "accept", "done")
    assert ("warning", "task.unknown-group", "accept") in found(diagram)


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
    assert ("bpmn.unsupported", "odd") in {
        (finding.code, finding.element) for finding in refused.value.findings
    }


@pytest.mark.parametrize("words", [{"triggeredByEvent": "true"}, {"isForCompensation": "true"}])
def test_so_are_event_sub_processes_and_compensation(words: dict[str, str]) -> None:
    inside = Diagram().start("in").end("out").body()
    diagram = line("accept").element("subProcess", "odd", inside, **words)
    assert ("warning", "bpmn.unsupported", "odd") in found(diagram)


def test_a_catch_event_that_waits_for_nothing() -> None:
    diagram = line("accept").element("intermediateCatchEvent", "odd").path("accept", "odd", "done")
    assert ("warning", "bpmn.unsupported", "odd") in found(diagram)


# --- what a finding bars


def test_nobody_for_a_task_bars_publishing_only() -> None:
    diagram = Diagram().start().user("accept", role="").end().path("begin", "accept", "done")
    assert [finding.bars for finding in grave(diagram)] == [Bar.PUBLISHING]


def test_what_cannot_be_run_can_be_kept() -> None:
    diagram = line("accept").element("adHocSubProcess", "odd").path("accept", "odd", "done")
    assert Bar.RUNNING in {finding.bars for finding in grave(diagram)}
    assert barred(grave(diagram), Bar.KEEPING) == ()


def test_a_diagram_that_claims_to_be_executable_and_is_broken_is_not_even_kept() -> None:
    diagram = line("accept").path("accept", "nowhere")
    assert [finding.element for finding in barred(grave(diagram), Bar.KEEPING)] == ["f2"]
    diagram.executable = ""
    assert barred(grave(diagram), Bar.KEEPING) == ()
    assert [finding.element for finding in barred(grave(diagram), Bar.RUNNING)] == ["f2"]


def test_one_thing_is_told_once() -> None:
    told = [
        (finding.code, finding.element) for finding in lint.check(line("accept").path("accept", "x").xml())
    ]
    assert len(told) == len(set(told))


def test_a_warning_branch_holds_the_case_open_unless_it_urges() -> None:
    def warns(**gov: str) -> set[tuple[str, str, str | None]]:
        diagram = line("accept").user("remind", **gov).timer("late", "accept", "P5D", interrupting=False)
        return found(diagram.end("reminded").path("late", "remind", "reminded"))

    assert ("warning", "task.on-warning", "remind") in warns()
    assert "task.on-warning" not in {code for _, code, _ in warns(stage="urge")}


def test_a_condition_asks_for_results_the_task_has() -> None:
    diagram = choice('accept = "pas"', None, default=True, outcomes="pass=通过;return=退回")
    assert ("error", "expr.unknown-answer", "f2") in found(diagram)


@pytest.mark.parametrize("name", ["true", "and", "loopCounter"])
def test_a_task_is_not_called_like_a_word_of_expressions(name: str) -> None:
    assert ("warning", "bpmn.reserved-id", name) in found(line(name))


@pytest.mark.parametrize(
    ("label", "told"),
    [("一把手审定", True), ("局长签批", True), ("副局长签批", False), ("分管领导审批", False)],
)
def test_the_head_of_an_authority_decides_no_ordinary_case(label: str, *, told: bool) -> None:
    """§1.1 一把手不审定审批事项."""
    diagram = Diagram().start().user("decide", label).end().path("begin", "decide", "done")
    assert (("warning", "task.principal", "decide") in found(diagram)) is told


def test_the_head_may_be_told_what_is_late() -> None:
    diagram = line("accept").user("hear", "局长督办", stage="urge").end("heard")
    diagram.timer("late", "accept", "P5D", interrupting=False).path("late", "hear", "heard")
    assert "task.principal" not in {code for _, code, _ in found(diagram)}


def circle(*rest: str) -> Diagram:
    """A loop from one gateway back to another, by way of *rest*."""
    diagram = Diagram().start().gate("exclusive", "meet", "part").users(*rest).end()
    diagram.path("begin", "meet", *rest, "part", "done").path("part", "meet", when="again")
    diagram.defaults["part"] = f"f{len(rest) + 2}"
    return diagram


def test_a_way_round_on_which_nobody_is_waited_for_is_not_published() -> None:
    assert "flow.endless" in {each.code for each in barred(lint.check(circle().xml()), Bar.PUBLISHING)}
    assert "flow.endless" not in {each.code for each in lint.check(circle("accept").xml())}


def test_more_members_than_a_loop_may_have_are_refused_by_name() -> None:
    many = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>1001</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    diagram = Diagram().start().element("userTask", "sign", many).end().path("begin", "sign", "done")
    assert ("warning", "bpmn.unsupported", "sign") in found(diagram)


def test_a_diagram_beyond_measure_is_kept_and_not_run() -> None:
    (finding,) = grave(line(*(f"t{number}" for number in range(lint.MAX_NODES))))
    assert (finding.code, finding.bars) == ("model.too-large", Bar.RUNNING)


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
    assert {"timer.invalid", "bpmn.dangling-ref"} <= {finding.code for finding in refused.value.findings}
    assert refused.value.element is not None


# --- what nobody hears


def heard(diagram: Diagram) -> list[tuple[str | None, bool]]:
    """The elements nobody hears, and whether that bars publishing."""
    found = [finding for finding in lint.check(diagram.xml()) if finding.code == "event.unheard"]
    return [(finding.element, bool(barred([finding], Bar.PUBLISHING))) for finding in found]


THROWS = '<bpmn:errorEventDefinition id="e" errorRef="fake"/>'
HEAD = '<bpmn:error id="fake" errorCode="fake"/>'


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_messages_and_signals_are_carried_between_cases(kind: str) -> None:
    end = f'<bpmn:endEvent id="told"><bpmn:{kind}EventDefinition id="m" {kind}Ref="r"/></bpmn:endEvent>'
    diagram = line("accept").raw(end).head(f'<bpmn:{kind} id="r" name="r"/>').path("accept", "told")
    assert heard(diagram) == []


@pytest.mark.parametrize(("kind", "there"), [("message", []), ("signal", [("begin", True)])])
def test_a_case_begins_by_a_message_but_by_nothing_else(kind: str, there: list[object]) -> None:
    told = f'<bpmn:{kind}EventDefinition id="m" {kind}Ref="r"/>'
    diagram = Diagram().element("startEvent", "begin", told).users("accept").end()
    assert heard(diagram.head(f'<bpmn:{kind} id="r" name="r"/>').path("begin", "accept", "done")) == there


def test_an_error_nobody_catches_is_worth_a_look_and_may_be_published() -> None:
    diagram = Diagram().start().users("accept").end("done", THROWS).head(HEAD)
    assert heard(diagram.path("begin", "accept", "done")) == [("done", False)]


def test_an_error_caught_at_the_sub_process_is_heard() -> None:
    inner = Diagram().start("in").end("out", THROWS).path("in", "out").body().replace('id="f', 'id="n')
    caught = '<bpmn:errorEventDefinition id="c" errorRef="fake"/>'
    diagram = Diagram().start().element("subProcess", "group", inner).users("after").end().head(HEAD)
    diagram.element("boundaryEvent", "catch", caught, attachedToRef="group")
    assert heard(diagram.path("begin", "group", "done").path("catch", "after", "done")) == []


def test_an_activity_stops_the_clocks_on_a_ground_of_the_law_and_for_a_time() -> None:
    """R-LIM-5: 现场勘验 counts; 公示 stops only where the region says so."""

    def told(ground: str, *known: str, **more: str) -> list[str]:
        drawn = line("accept").user("wait", "等待", suspends=ground, **more).path("accept", "wait", "done")
        return [
            each.code for each in lint.check(drawn.xml(), grounds=known) if each.code.startswith("suspends")
        ]

    assert told("检验", limit="10 workday") == []
    assert told("检验") == ["suspends.unlimited"]
    assert told("现场勘验", limit="10 workday") == ["suspends.ground"]
    assert (told("公示", limit="7 day"), told("公示", "公示", limit="7 day")) == (["suspends.ground"], [])


# --- a way that can be told although it is not drawn


@pytest.mark.parametrize(("first", "second", "bars"), [("x", None, Bar.PUBLISHING), (None, "x", Bar.RUNNING)])
def test_a_way_without_a_condition_is_played_only_where_it_comes_last(
    first: str | None, second: str | None, bars: Bar
) -> None:
    diagram = Diagram().start().users("a", "b").gate("exclusive", "ok").end().path("begin", "ok")
    diagram.path("ok", "a", "done", when=first).path("ok", "b", "done", when=second)
    findings = lint.check(diagram.xml())
    assert {each.bars for each in findings if each.code == "bpmn.gateway-condition"} == {bars}


def test_what_is_called_by_an_expression_can_only_be_played() -> None:
    diagram = Diagram().start().call("ask", "${name}").end().path("begin", "ask", "done")
    (uncertain,) = [each for each in lint.check(diagram.xml()) if each.code == "call.uncertain"]
    assert (uncertain.element, uncertain.bars) == ("ask", Bar.PUBLISHING)
