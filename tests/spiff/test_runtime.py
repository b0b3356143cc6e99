"""How a case moves: guards, joins, timers, calls, sub-processes, signals, budgets."""

from itertools import permutations

import pytest

from engine.domain.errors import Malformed, NotNow
from engine.spiff import parser, runtime
from tests.spiff.diagrams import Diagram, line, matter, review, timed
from tests.spiff.walk import Walk


def test_a_case_walks_from_task_to_task_to_its_end() -> None:
    walk = Walk(line("accept", "decide"))
    assert walk.open == ["accept"]
    assert walk.do("accept").now.walked == ("accept", "f1")
    assert walk.do("decide").now.ended
    assert walk.now.walked == ("decide", "f2", "done")


def test_start_tells_the_way_from_the_start_event() -> None:
    assert Walk(line("accept")).now.walked == ("begin", "f0")


# --- guards


def test_a_task_is_completed_once() -> None:
    walk = Walk(line("accept", "decide"))
    key = walk.key("accept")
    walk.do("accept")
    with pytest.raises(NotNow) as refused:
        runtime.complete(walk.definition, walk.now.state, key, {})
    assert refused.value.code == "task.closed"


@pytest.mark.parametrize("key", ["", "999", "\x01root", "late", "0", "-1"])
def test_an_unknown_key_is_not_open(key: str) -> None:
    walk = Walk(line("accept").timer("late", "accept").path("late", "done"))
    with pytest.raises(NotNow):
        runtime.complete(walk.definition, walk.now.state, key, {})
    with pytest.raises(NotNow):
        runtime.fire(walk.definition, walk.now.state, key)


def test_a_timer_cannot_be_completed_nor_a_task_fired() -> None:
    walk = Walk(line("accept").timer("late", "accept").path("late", "done"))
    with pytest.raises(NotNow):
        runtime.complete(walk.definition, walk.now.state, walk.key("late"), {})
    with pytest.raises(NotNow):
        runtime.fire(walk.definition, walk.now.state, walk.key("accept"))


RESERVED = [
    "End",
    "Start",
    "Root",
    "case.EndJoin",
    "accept.BoundaryEventSplit",
    "accept.BoundaryEventJoin",
    "StartEventSplit",
]


@pytest.mark.parametrize("name", RESERVED)
def test_a_task_may_be_called_as_it_likes(name: str) -> None:
    walk = Walk(line("accept", name, "decide").timer("late", "accept").path("late", "done"))
    assert walk.do("accept").open == [name]
    assert walk.do(name).open == ["decide"]
    assert not walk.now.ended


def test_keys_are_stable_and_never_used_twice() -> None:
    walk = Walk(line("accept").timer("late", "accept").path("late", "accept"))
    seen = {walk.key("accept")}
    assert runtime.opened(walk.definition, walk.now.state).open == walk.now.open
    for _ in range(5):
        walk.fire("late")
        assert walk.key("accept") not in seen
        seen.add(walk.key("accept"))


# --- joins


ORDERS = list(permutations(["inspect", "audit"]))


@pytest.mark.parametrize("first", ORDERS)
@pytest.mark.parametrize("second", ORDERS)
def test_a_loop_before_a_parallel_review_joins_rightly_whatever_the_order(
    first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """补正 twice, then a parallel review; put back, 补正 twice again, and the other order."""
    walk = Walk(review())
    for order in (first, second):
        walk.do("accept", accept="correct").do("correct").do("accept", accept="correct").do("correct")
        assert walk.do("accept", accept="accepted").open == ["audit", "inspect"]
        assert walk.do(order[0]).open == [order[1]]
        assert walk.do(order[1]).open == ["decide"]
        walk.back("accept")


def round_again() -> Diagram:
    """A parallel review that decide may send round again."""
    diagram = Diagram().start().users("inspect", "audit", "decide").end()
    diagram.gate("exclusive", "again", "decided").gate("parallel", "fork", "join")
    diagram.path("begin", "again", "fork", "inspect", "join", "decide", "decided").path(
        "fork", "audit", "join"
    )
    return diagram.path("decided", "again", when='decide = "return"').path("decided", "done", default=True)


def test_a_parallel_join_inside_a_loop_waits_in_every_round() -> None:
    walk = Walk(round_again())
    for order in [*ORDERS, *reversed(ORDERS), *ORDERS]:
        assert walk.do(order[0]).open == [order[1]]
        assert walk.do(order[1]).open == ["decide"]
        walk.do("decide", decide="return")
    assert walk.do("inspect", "audit").do("decide", decide="granted").now.ended


def inclusive() -> Diagram:
    diagram = Diagram().start().users("fire", "water", "own", "audit").end()
    diagram.gate("exclusive", "again", "decided").gate("inclusive", "ask", "asked")
    diagram.path("begin", "again", "ask").path("ask", "fire", "asked", when="fire").path(
        "ask", "water", "asked", when="water"
    )
    diagram.path("ask", "own", "asked", default=True).path("asked", "audit", "decided")
    return diagram.path("decided", "again", when="again").path("decided", "done", default=True)


def test_an_inclusive_join_waits_for_what_was_asked_in_every_round() -> None:
    walk = Walk(inclusive(), fire=True, water=True)
    assert walk.open == ["fire", "water"]
    assert walk.do("water").open == ["fire"]
    assert walk.do("fire").open == ["audit"]
    assert walk.do("audit", again=True, water=False).open == ["fire"]
    assert walk.do("fire").do("audit", fire=False).open == ["own"]
    assert walk.do("own").do("audit", again=False).now.ended


def test_an_inclusive_join_does_not_wait_for_a_branch_that_ended() -> None:
    diagram = (
        Diagram()
        .start()
        .users("a", "b", "c")
        .end()
        .end("early")
        .gate("inclusive", "ask", "asked")
        .gate("exclusive", "leave")
    )
    diagram.path("begin", "ask").path("ask", "a", "asked", when="true").path("ask", "b", "leave", when="true")
    diagram.path("leave", "early", when="leave").path("leave", "asked", default=True).path(
        "asked", "c", "done"
    )
    assert Walk(diagram).do("a").open == ["b"]
    assert Walk(diagram).do("a").do("b", leave=True).open == ["c"]
    assert Walk(diagram).do("b", leave=True).do("a").open == ["c"]


def test_a_join_whose_branch_never_comes_refuses_instead_of_standing_still() -> None:
    diagram = Diagram().start().users("a", "b").end().end("early").gate("parallel", "fork", "join")
    diagram.path("begin", "fork", "a", "join", "done").path("fork", "b", "early")
    diagram.user("never").path("never", "join")
    walk = Walk(diagram).do("b")
    with pytest.raises(NotNow) as refused:
        walk.do("a")
    assert (refused.value.code, refused.value.element) == ("flow.stuck", "join")


# --- conditions


def test_a_gateway_without_a_way_refuses_and_names_itself() -> None:
    diagram = Diagram().start().users("accept", "decide").gate("exclusive", "ok").end()
    diagram.path("begin", "accept", "ok").path("ok", "decide", "done", when="yes").path(
        "ok", "done", when="no"
    )
    walk = Walk(diagram)
    with pytest.raises(NotNow) as refused:
        walk.do("accept")
    assert (refused.value.code, refused.value.element) == ("flow.no-way", "ok")
    assert walk.do("accept", yes=True).open == ["decide"]


def test_the_first_condition_that_holds_wins_in_document_order() -> None:
    diagram = Diagram().start().users("a", "b").gate("exclusive", "ok").end()
    diagram.path("begin", "ok").path("ok", "a", "done", when="true").path("ok", "b", "done", when="true")
    assert Walk(diagram).open == ["a"]


def test_flags_live_once_per_case_and_are_not_lost_between_branches() -> None:
    walk = Walk(review()).do("accept", accept="ok").do("inspect", inspect="pass", shared=1)
    walk.do("audit", audit="return", shared=2)
    assert dict(walk.now.flags) == {"accept": "ok", "inspect": "pass", "audit": "return", "shared": 2}


@pytest.mark.parametrize(
    "value", [{"name": "张三"}, ["a"], "长" * 201, 2**60, float("nan"), float("inf"), b"x", object()]
)
def test_only_words_numbers_and_claims_are_flags(value: object) -> None:
    with pytest.raises(Malformed) as refused:
        Walk(line("accept"), x=value)
    assert refused.value.code == "flag.unfit"


def test_words_that_mean_something_to_others_are_only_flags() -> None:
    poison = {"typename": "x", "data_objects": "y", "__class__": "z", "": 1}
    walk = Walk(line("accept", "decide"), **poison)
    assert walk.do("accept").open == ["decide"]
    assert poison.items() <= dict(walk.now.flags).items()


# --- timers


def test_an_armed_deadline_says_what_it_counts() -> None:
    diagram = line("accept").timer("late", "accept", "P5D", calendar="workday").path("late", "done")
    diagram.timer("slow", "accept", "3个工作日", interrupting=False).path("slow", "done")
    late, slow = Walk(diagram).now.timers
    assert (late.node, late.kind, late.text, late.calendar, late.interrupting) == (
        "late",
        "duration",
        "P5D",
        "workday",
        True,
    )
    assert (slow.text, slow.calendar, slow.interrupting) == ("3个工作日", "workday", False)


def test_an_interrupting_deadline_ends_its_task() -> None:
    diagram = (
        line("correct", "accept").user("withdraw").timer("late", "correct").path("late", "withdraw", "done")
    )
    walk = Walk(diagram).fire("late")
    assert (walk.open, walk.timers) == (["withdraw"], [])
    assert walk.now.walked == ("late", "f3")


def test_a_deadline_beside_leaves_its_task_open_and_passes_once() -> None:
    diagram = (
        line("review").user("urge").timer("slow", "review", interrupting=False).path("slow", "urge", "done")
    )
    walk = Walk(diagram).fire("slow")
    assert (walk.open, walk.timers) == (["review", "urge"], [])
    assert not walk.do("review").now.ended
    assert walk.do("urge").now.ended


def test_a_cycle_comes_as_often_as_it_says_each_time_with_a_new_key() -> None:
    diagram = (
        line("review").user("urge").timer("slow", "review", "R3/P1D", interrupting=False, kind="timeCycle")
    )
    walk = Walk(diagram.path("slow", "urge", "done"))
    keys = set()
    for _ in range(3):
        keys.add(walk.key("slow"))
        walk.fire("slow")
    assert len(keys) == 3
    assert (walk.timers, walk.open.count("urge")) == ([], 3)


def test_a_done_task_takes_its_deadlines_with_it() -> None:
    walk = Walk(line("accept", "decide").timer("late", "accept").path("late", "done")).do("accept")
    assert walk.timers == []


def test_an_intermediate_timer_holds_the_case_until_it_is_fired() -> None:
    diagram = (
        Diagram()
        .start()
        .user("decide")
        .end()
        .element("intermediateCatchEvent", "publish", timed("20 workday"))
    )
    walk = Walk(diagram.path("begin", "publish", "decide", "done"))
    assert (walk.open, walk.timers, walk.now.timers[0].calendar) == ([], ["publish"], "workday")
    assert walk.fire("publish").open == ["decide"]


# --- calls


def test_a_call_waits_for_the_other_case_even_if_it_is_in_the_same_file() -> None:
    diagram = (
        Diagram()
        .start()
        .end()
        .call("food", "food")
        .call("sign", "sign")
        .gate("parallel", "fork", "join")
        .user("deliver")
    )
    diagram.path("begin", "fork", "food", "join", "deliver", "done").path("fork", "sign", "join")
    walk = Walk(diagram)
    assert (walk.open, walk.calls) == ([], ["food", "sign"])
    assert walk.do("sign").calls == ["food"]
    assert walk.do("food", food="granted").open == ["deliver"]
    assert walk.definition.nodes["food"].called == "food"


# --- sub-processes


def with_scope() -> Diagram:
    inner = Diagram().start("in").users("a", "b").end("out").gate("parallel", "f", "j")
    inner.path("in", "f", "a", "j", "out").path("f", "b", "j")
    inside = inner.body().replace('sequenceFlow id="f', 'sequenceFlow id="n')
    diagram = (
        Diagram().start().users("before", "after", "late_task").end().element("subProcess", "group", inside)
    )
    diagram.timer("late", "group").path("late", "late_task", "done")
    return diagram.path("begin", "before", "group", "after", "done")


def test_a_sub_process_ends_when_all_within_has_ended() -> None:
    walk = Walk(with_scope()).do("before")
    assert (walk.open, walk.timers) == (["a", "b"], ["late"])
    assert walk.do("b").open == ["a"]
    assert walk.do("a").open == ["after"]
    assert (walk.timers, walk.do("after").now.ended) == ([], True)
    assert "group" in Walk(with_scope()).do("before", "a", "b").now.walked


def test_a_deadline_on_a_sub_process_ends_all_within() -> None:
    walk = Walk(with_scope()).do("before", "a").fire("late")
    assert walk.open == ["late_task"]
    assert walk.do("late_task").now.ended


def test_terminate_ends_every_branch_of_its_scope() -> None:
    diagram = (
        Diagram()
        .start()
        .users("a", "b")
        .gate("parallel", "fork")
        .end()
        .end("stop", "<bpmn:terminateEventDefinition/>")
    )
    diagram.path("begin", "fork", "a", "done").path("fork", "b", "stop")
    assert not Walk(diagram).do("a").now.ended
    walk = Walk(diagram).do("b")
    assert (walk.now.ended, walk.open) == (True, [])


# --- messages and signals


HEARS = '<bpmn:messageEventDefinition messageRef="m1"/>'


def listening() -> Diagram:
    diagram = line("review", "decide").user("stop").head('<bpmn:message id="m1" name="申请人撤回"/>')
    diagram.element("boundaryEvent", "withdrawn", HEARS, attachedToRef="review")
    return diagram.path("withdrawn", "stop", "done")


def test_a_message_is_heard_by_its_name() -> None:
    assert Walk(listening()).tell("申请人撤回").open == ["stop"]


def test_a_diagram_that_does_not_listen_is_unmoved() -> None:
    walk = Walk(listening())
    assert walk.tell("别的", {"late": True}).open == ["review"]
    assert walk.now.flags["late"] is True
    assert walk.do("review").tell("申请人撤回").open == ["decide"]


def test_a_message_beside_may_come_more_than_once() -> None:
    diagram = line("review").user("note").head('<bpmn:message id="m1" name="补充"/>')
    diagram.element("boundaryEvent", "more", HEARS, attachedToRef="review", cancelActivity="false").path(
        "more", "note", "done"
    )
    assert Walk(diagram).tell("补充").tell("补充").open == ["note", "note", "review"]


def test_a_signal_thrown_in_the_case_is_heard_in_the_case() -> None:
    signal = '<bpmn:signalEventDefinition signalRef="s1"/>'
    diagram = (
        Diagram()
        .start()
        .users("a", "b")
        .end()
        .end("other")
        .gate("parallel", "fork")
        .head('<bpmn:signal id="s1" name="go"/>')
    )
    diagram.element("intermediateCatchEvent", "wait", signal).element("intermediateThrowEvent", "say", signal)
    diagram.path("begin", "fork", "wait", "b", "done").path("fork", "a", "say", "other")
    walk = Walk(diagram)
    assert walk.open == ["a"]
    assert walk.do("a").open == ["b"]


# --- budgets


def test_a_loop_of_gateways_cannot_hang() -> None:
    diagram = Diagram().start().users("accept").gate("exclusive", "a", "b").end()
    diagram.path("begin", "accept", "a", "b").path("b", "a", default=True).path("b", "done", when="never")
    with pytest.raises(NotNow) as refused:
        Walk(diagram).do("accept")
    assert (refused.value.code, refused.value.element in "ab") == ("budget.steps", True)


def test_tokens_cannot_multiply_without_end() -> None:
    diagram = Diagram().start().end().gate("exclusive", "again").gate("parallel", "fork").user("work")
    diagram.path("begin", "again", "fork", "again").path("fork", "work", "done")
    with pytest.raises(NotNow) as refused:
        Walk(diagram)
    assert refused.value.code.startswith("budget.")


def test_a_refused_move_leaves_the_state_as_it_was() -> None:
    walk = Walk(matter())
    before = walk.now.state
    with pytest.raises(NotNow):
        runtime.complete(walk.definition, before, "999", {})
    assert runtime.opened(walk.definition, before).open == walk.now.open


def test_a_definition_says_what_its_nodes_are() -> None:
    node = parser.read(matter().xml()).nodes["register"]
    assert (node.name, node.kind, node.role, node.officers, node.releases) == (
        "登记",
        "userTask",
        "window",
        1,
        "granted",
    )
