"""Migration: a running case goes on by another version; what matches keeps its key, what cannot go is named."""

from collections.abc import Mapping

import pytest

from engine.domain.errors import NotNow, Refused
from engine.spiff import parser, runtime
from tests.spiff.diagrams import Diagram, line
from tests.spiff.walk import Walk

MANY = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
    "</bpmn:multiInstanceLoopCharacteristics>"
)


def to(walk: Walk, diagram: Diagram, **names: str) -> Walk:
    """Let a case run on by *diagram*."""
    new = parser.read(diagram.xml())
    walk.now = runtime.migrate(walk.definition, walk.now.state, new, names)
    walk.definition = new
    return walk


def refused(walk: Walk, diagram: Diagram, names: Mapping[str, str] | None = None) -> Refused:
    with pytest.raises(NotNow) as refusal:
        runtime.migrate(walk.definition, walk.now.state, parser.read(diagram.xml()), names or {})
    return refusal.value


def block(*one: str) -> Diagram:
    """first, then the steps *one* beside c, then last."""
    diagram = Diagram().start().users("first", *one, "c", "last").end().gate("parallel", "fork", "join")
    diagram.path("begin", "first", "fork", *one, "join", "last", "done")
    return diagram.path("fork", "c", "join")


def chosen(*names: str) -> Diagram:
    """Those of the steps *names* whose flag holds, c else; then last."""
    diagram = Diagram().start().users(*names, "c", "last").end().gate("inclusive", "fork", "join")
    diagram.path("begin", "fork").path("fork", "c", "join", default=True).path("join", "last", "done")
    for name in names:
        diagram.path("fork", name, "join", when=f"is_{name}")
    return diagram


def sub(*inner: str, name: str = "sub", more: str = "") -> Diagram:
    """first, a sub-process with the steps *inner*, last."""
    inside = Diagram().start("in").users(*inner).end("out").path("in", *inner, "out").body()
    diagram = Diagram().start().users("first", "last").end()
    diagram.element("subProcess", name, more + inside.replace('"f', '"g'))
    return diagram.path("begin", "first", name, "last", "done")


def test_nothing_changes_on_the_same_diagram() -> None:
    walk = Walk(block("a", "b")).do("first", "a")
    before = walk.now
    assert to(walk, block("a", "b")).now.state == before.state


def test_a_step_put_in_after_is_walked_and_one_put_in_before_is_not() -> None:
    walk = Walk(line("a", "b")).do("a")
    key = walk.key("b")
    assert to(walk, line("a", "new", "b", "newer")).key("b") == key
    assert walk.do("b").open == ["newer"]


def test_a_step_called_otherwise_is_found_by_the_map_and_its_outcome_with_it() -> None:
    def choice(name: str) -> Diagram:
        diagram = Diagram().start().users(name, "b", "c").end().gate("exclusive", "which", "met")
        diagram.path("begin", name, "which").path("which", "b", "met", when=f'{name} = "b"')
        return diagram.path("which", "c", "met", default=True).path("met", "done")

    walk = Walk(choice("a"))
    key = walk.key("a")
    assert to(walk, choice("z"), a="z").key("z") == key
    assert walk.do("z", z="b").open == ["b"]
    assert to(Walk(choice("a")).do("a", a="b"), choice("z"), a="z").now.flags["z"] == "b"


def test_a_step_that_is_gone_is_named_and_may_be_carried_to_another() -> None:
    walk = Walk(line("a", "b", "c")).do("a")
    refusal = refused(walk, line("a", "c"))
    assert (refusal.code, refusal.element) == ("migrate.gone", "b")
    assert "请指明" in refusal.message
    key = walk.key("b")
    assert to(walk, line("a", "c"), b="c").key("c") == key


def test_each_step_that_cannot_go_is_said() -> None:
    refusal = refused(Walk(block("a")).do("first"), line("first", "last"))
    assert [(each.code, each.element) for each in refusal.findings] == [
        ("migrate.gone", "a"),
        ("migrate.gone", "c"),
    ]


def test_timers_that_match_count_on_new_ones_begin_and_gone_ones_stop() -> None:
    old = line("a", "b").timer("kept", "a", "P3D").timer("gone", "a", "P4D").end("k").end("g")
    new = line("a", "b").timer("kept", "a", "P9D").timer("fresh", "a", "P5D", interrupting=False)
    walk = Walk(old.path("kept", "k").path("gone", "g"))
    key = walk.key("kept")
    to(walk, new.end("k").end("f").path("kept", "k").path("fresh", "f"))
    assert (walk.timers, walk.key("kept")) == (["fresh", "kept"], key)
    assert walk.fire("fresh").timers == ["kept"]
    assert walk.fire("kept").now.ended


def test_a_timer_that_has_passed_does_not_begin_again() -> None:
    def slow() -> Diagram:
        diagram = line("a").timer("slow", "a", "P1D", interrupting=False).user("urge").end("urged")
        return diagram.path("slow", "urge", "urged")

    walk = Walk(slow()).fire("slow")
    assert (to(walk, slow()).timers, walk.open) == ([], ["a", "urge"])


def test_who_waits_at_a_join_waits_on_also_when_his_branch_grew() -> None:
    walk = Walk(block("a")).do("first", "a")
    assert to(walk, block("a", "new")).open == ["c"]
    assert walk.do("c").open == ["last"]


def test_where_his_branch_is_another_the_way_must_be_told() -> None:
    walk = Walk(block("a")).do("first", "a")
    new = Diagram().start().users("first", "x", "c", "last").end().gate("parallel", "fork", "join")
    new.path("begin", "first", "fork", "c", "join", "last", "done").path("fork", "x", "join")
    refusal = refused(walk, new)
    assert (refusal.code, refusal.element) == ("migrate.entry", "join")
    assert to(walk, new, a="x").do("c").open == ["last"]


def test_a_new_branch_nobody_walked_would_be_waited_for() -> None:
    more = block("a").user("d").path("fork", "d", "join")
    refusal = refused(Walk(block("a")).do("first", "a"), more)
    assert (refusal.code, refusal.element) == ("migrate.waits", "join")
    assert "d" in refusal.message
    assert to(Walk(block("a")), more).do("first").open == ["a", "c", "d"]


def test_a_single_step_does_not_become_one_of_two_branches() -> None:
    assert refused(Walk(line("first", "a", "last")).do("first"), block("a")).code == "migrate.waits"


def test_two_branches_do_not_become_one_after_the_other() -> None:
    refusal = refused(Walk(block("a")).do("first"), line("first", "a", "c", "last"))
    assert (refusal.code, refusal.element) == ("migrate.twice", "c")
    assert to(Walk(block("a")).do("first", "a", "c"), line("first", "a", "c", "last")).open == ["last"]


def test_two_tokens_do_not_become_two_on_one_step() -> None:
    assert refused(Walk(block("a")).do("first"), line("first", "z", "last"), {"a": "z", "c": "z"}).findings


def test_a_sub_process_goes_with_all_that_is_in_it() -> None:
    walk = Walk(sub("x", "y")).do("first", "x")
    key = walk.key("y")
    assert to(walk, sub("x", "y", "z", name="other"), sub="other").key("y") == key
    assert walk.do("y", "z").open == ["last"]


def test_into_a_sub_process_or_out_of_it_nothing_goes() -> None:
    assert refused(Walk(sub("x")).do("first"), line("first", "x", "last")).element == "sub"
    refusal = refused(Walk(line("first", "x", "last")).do("first"), sub("x"))
    assert (refusal.code, refusal.element) == ("migrate.unlike", "x")


def test_many_at_work_go_on_with_what_they_have_counted() -> None:
    def many(name: str) -> Diagram:
        diagram = Diagram().start().user("b").end().element("userTask", name, MANY)
        return diagram.path("begin", name, "b", "done")

    walk = Walk(many("a")).do("a")
    keys = [task.key for task in walk.now.open]
    to(walk, many("z"), a="z")
    assert [task.key for task in walk.now.open] == keys
    assert walk.do("z").open == ["z"]
    assert walk.do("z").open == ["b"]
    assert refused(Walk(many("a")), line("a", "b")).code == "migrate.unlike"


def test_a_call_goes_on_only_with_the_same_member() -> None:
    def calls(called: str) -> Diagram:
        return Diagram().start().call("c", called).end().path("begin", "c", "done")

    walk = Walk(calls("food"))
    assert to(walk, calls("food")).calls == ["c"]
    assert refused(walk, calls("drink")).code == "migrate.unlike"


def test_behind_an_event_gateway_new_events_are_waited_for_and_gone_ones_are_not() -> None:
    def awaits(*names: str) -> Diagram:
        diagram = Diagram().start().users("a").end().gate("eventBased", "gate").gate("exclusive", "met")
        for name in names:
            timed = f"<bpmn:timeDuration>P{len(name)}D</bpmn:timeDuration>"
            inner = f"<bpmn:timerEventDefinition>{timed}</bpmn:timerEventDefinition>"
            diagram.element("intermediateCatchEvent", name, inner).path("gate", name, "met")
        return diagram.path("begin", "gate").path("met", "a", "done")

    walk = Walk(awaits("one", "two"))
    key = walk.key("two")
    to(walk, awaits("two", "three"))
    assert (walk.timers, walk.key("two")) == (["three", "two"], key)
    assert walk.fire("three").open == ["a"]


def test_an_inclusive_join_does_not_wait_for_a_branch_nobody_chose() -> None:
    walk = Walk(chosen("a", "b"), is_a=True, is_b=True)
    assert walk.open == ["a", "b"]
    assert to(walk, chosen("a", "b", "d")).do("a", "b").open == ["last"]


def test_after_a_migration_the_case_is_put_back_and_goes_its_way() -> None:
    walk = to(Walk(block("a", "b")).do("first", "a"), block("a", "b", "b2"))
    walk.now = runtime.reseat(walk.definition, walk.now.state, ["a"], of=walk.key("b"))
    assert walk.open == ["a", "c"]
    assert walk.do("c", "a", "b", "b2").open == ["last"]
