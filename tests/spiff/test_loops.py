"""Repeated activities: 会签 for all, for any, by a ratio, with one veto; one after another; standard loops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import Malformed, NotNow
from engine.spiff import parser, runtime
from tests.spiff.diagrams import Diagram, properties
from tests.spiff.walk import Walk


def many(inner: str, **words: str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in words.items())
    return f"<bpmn:multiInstanceLoopCharacteristics{said}>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def count(text: str) -> str:
    return f"<bpmn:loopCardinality>{text}</bpmn:loopCardinality>"


def until(text: str) -> str:
    return f"<bpmn:completionCondition>{text}</bpmn:completionCondition>"


def sign(inner: str) -> Diagram:
    """begin → sign, by several → after → done."""
    words = properties(outcomes="pass=同意;reject=不同意")
    diagram = Diagram().start().element("userTask", "sign", words + inner).user("after").end()
    return diagram.path("begin", "sign", "after", "done")


def test_all_must_sign() -> None:
    walk = Walk(sign(many(count("3"))))
    assert walk.open == ["sign"] * 3
    assert walk.do("sign", "sign").open == ["sign"]
    assert walk.do("sign").open == ["after"]


def test_any_one_suffices() -> None:
    walk = Walk(sign(many(count("3") + until("nrOfCompletedInstances = 1"))))
    assert walk.do("sign").open == ["after"]


def test_a_ratio_of_votes_suffices() -> None:
    walk = Walk(sign(many(count("n") + until("sign_pass / nrOfInstances &gt;= 0.6"))), n=5)
    walk.do("sign", sign="pass").do("sign", sign="reject").do("sign", sign="pass")
    assert walk.open == ["sign", "sign"]
    assert walk.do("sign", sign="pass").open == ["after"]
    assert (walk.now.flags["sign_pass"], walk.now.flags["sign_reject"]) == (3, 1)


def test_one_veto_ends_it() -> None:
    walk = Walk(sign(many(count("4") + until("sign_reject &gt;= 1"))))
    assert walk.do("sign", sign="pass").open == ["sign"] * 3
    assert walk.do("sign", sign="reject").open == ["after"]


def test_the_votes_are_counted_anew_in_the_next_round() -> None:
    diagram = sign(many(count("2"))).gate("exclusive", "again", "ok")
    diagram.flows.clear()
    diagram.path("begin", "again", "sign", "ok").path(
        "ok", "again", when="sign_reject &gt; 0".replace("&gt;", ">")
    )
    diagram.path("ok", "after", "done", default=True)
    walk = Walk(diagram).do("sign", sign="pass").do("sign", sign="reject")
    assert walk.open == ["sign", "sign"]
    assert walk.do("sign", sign="pass").do("sign", sign="pass").open == ["after"]


def test_one_after_another() -> None:
    walk = Walk(sign(many(count("3"), isSequential="true")))
    for _ in range(3):
        assert walk.open == ["sign"]
        walk.do("sign")
    assert walk.open == ["after"]


def test_nobody_to_ask_is_nobody_to_wait_for() -> None:
    assert Walk(sign(many(count("n"))), n=0).open == ["after"]


def test_a_member_may_join_later_and_another_leave() -> None:
    walk = Walk(sign(many(count("2"))))
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"))
    assert walk.open == ["sign"] * 3
    walk.now = runtime.drop(walk.definition, walk.now.state, walk.key("sign"))
    assert walk.do("sign").open == ["sign"]
    assert walk.do("sign").open == ["after"]


def test_the_last_who_leaves_completes_it() -> None:
    walk = Walk(sign(many(count("2")))).do("sign")
    walk.now = runtime.drop(walk.definition, walk.now.state, walk.key("sign"))
    assert walk.open == ["after"]


def test_a_member_added_to_a_queue_comes_at_its_end() -> None:
    walk = Walk(sign(many(count("1"), isSequential="true")))
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"))
    assert walk.do("sign").open == ["sign"]
    assert walk.do("sign").open == ["after"]


def test_nobody_is_left_with_nobody() -> None:
    walk = Walk(sign(many(count("1"))))
    with pytest.raises(NotNow) as refused:
        runtime.drop(walk.definition, walk.now.state, walk.key("sign"))
    assert (refused.value.code, refused.value.element) == ("loop.last", "sign")


def seen(walk: Walk) -> list[object]:
    """What each open member sees of its own, and what was said of it when it was added."""
    return [(each.local.get("loopCounter"), each.note) for each in walk.now.open]


def test_what_is_said_of_an_added_member_stays_with_it() -> None:
    walk = Walk(sign(many(count("2"))))
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"), [7, 1])
    assert seen(walk) == [(0, None), (1, None), (2, [7, 1])]


def test_in_a_sequence_it_waits_until_its_turn_has_come() -> None:
    walk = Walk(sign(many(count("2"), isSequential="true")))
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"), "first")
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"), "second")
    assert runtime.queued(walk.definition, walk.now.state, walk.key("sign")) == ("first", "second")
    found = seen(walk)
    while walk.open == ["sign"]:
        walk.do("sign")
        found += [each for each in seen(walk) if walk.open == ["sign"]]
    assert found == [(0, None), (1, None), (2, "first"), (3, "second")]


def test_a_dropped_member_of_a_sequence_is_not_asked_again() -> None:
    walk = Walk(sign(many(count("3"), isSequential="true")))
    walk.now = runtime.drop(walk.definition, walk.now.state, walk.key("sign"))
    assert seen(walk) == [(1, None)]
    assert walk.do("sign").open == ["sign"]
    assert walk.do("sign").open == ["after"]


def test_who_was_added_may_be_left_out_before_his_turn() -> None:
    walk = Walk(sign(many(count("1"), isSequential="true")))
    walk.now = runtime.add(walk.definition, walk.now.state, walk.key("sign"), "late")
    walk.now = runtime.unqueue(walk.definition, walk.now.state, walk.key("sign"), "late")
    assert walk.do("sign").open == ["after"]


@given(
    st.lists(st.sampled_from(["add", "drop", "do"]), max_size=25),
    st.sampled_from(["true", "false"]),
    st.integers(1, 4),
)
def test_whatever_is_added_and_dropped_the_counts_are_right(
    moves: list[str], sequential: str, n: int
) -> None:
    """Completed, open and waiting make up the instances; it is over when nobody is left."""
    walk, total, done = Walk(sign(many(count("n"), isSequential=sequential)), n=n), n, 0
    for move in moves:
        if walk.open == ["after"]:
            break
        key = walk.key("sign")
        if move == "add":
            walk.now, total = runtime.add(walk.definition, walk.now.state, key), total + 1
        elif move == "do":
            walk.do("sign")
            done += 1
        elif total > 1:
            walk.now, total = runtime.drop(walk.definition, walk.now.state, key), total - 1
        open_ = walk.open.count("sign")
        assert open_ == (min(1, total - done) if sequential == "true" else total - done)
        assert (walk.open == ["after"]) is (done == total)


def test_nobody_joins_what_is_over() -> None:
    walk = Walk(sign(many(count("1")))).do("sign")
    for move in (lambda: runtime.add(walk.definition, walk.now.state, walk.key("after")),
                 lambda: runtime.drop(walk.definition, walk.now.state, walk.key("after"))):  # fmt: skip
        with pytest.raises(NotNow):
            move()


@pytest.mark.parametrize("n", [-1, 1.5, "三", None, True])
def test_a_number_that_is_none_is_refused_at_the_element(n: object) -> None:
    with pytest.raises(NotNow) as refused:
        Walk(sign(many(count("n"))), n=n)
    assert (refused.value.code, refused.value.element) == ("loop.count", "sign")


def test_there_is_a_limit() -> None:
    assert len(Walk(sign(many(count("1000")))).now.open) == 1_000
    with pytest.raises(NotNow) as refused:
        Walk(sign(many(count("members"))), members=1_001)
    assert (refused.value.code, refused.value.element) == ("budget.cardinality", "sign")


def test_a_deadline_on_the_activity_ends_all_members() -> None:
    diagram = sign(many(count("3"))).timer("late", "sign").path("late", "done")
    walk = Walk(diagram).do("sign")
    assert walk.timers == ["late"]
    assert walk.fire("late").now.ended


def test_a_sub_process_may_be_repeated() -> None:
    inner = Diagram().start("in").users("a", "b").end("out").path("in", "a", "b", "out")
    inside = inner.body().replace('sequenceFlow id="f', 'sequenceFlow id="n')
    diagram = Diagram().start().element("subProcess", "group", many(count("2")) + inside).user("after").end()
    walk = Walk(diagram.path("begin", "group", "after", "done"))
    assert walk.open == ["a", "a"]
    assert walk.do("a").open == ["a", "b"]
    assert walk.do("b").open == ["a"]
    assert walk.do("a").do("b").open == ["after"]


def test_calls_may_be_repeated() -> None:
    call = many(count("2"))
    diagram = (
        Diagram().start().element("callActivity", "food", call, calledElement="food").user("after").end()
    )
    walk = Walk(diagram.path("begin", "food", "after", "done"))
    assert walk.calls == ["food", "food"]
    assert walk.do("food", "food").open == ["after"]


def again(inner: str, **words: str) -> Diagram:
    said = "".join(f' {name}="{value}"' for name, value in words.items())
    loop = f"<bpmn:standardLoopCharacteristics{said}>{inner}</bpmn:standardLoopCharacteristics>"
    diagram = Diagram().start().element("userTask", "work", loop).user("after").end()
    return diagram.path("begin", "work", "after", "done")


def test_a_loop_asks_after_each_round() -> None:
    walk = Walk(again("<bpmn:loopCondition>more</bpmn:loopCondition>"))
    assert walk.do("work", more=True).open == ["work"]
    assert walk.do("work", more=False).open == ["after"]


def test_a_loop_may_ask_before() -> None:
    diagram = again("<bpmn:loopCondition>more</bpmn:loopCondition>", testBefore="true")
    assert Walk(diagram).open == ["after"]
    assert Walk(diagram, more=True).do("work", more=False).open == ["after"]


def test_a_loop_ends_after_its_last_round() -> None:
    walk = Walk(again("<bpmn:loopCondition>true</bpmn:loopCondition>", loopMaximum="2"))
    assert walk.do("work").open == ["work"]
    assert walk.do("work").open == ["after"]


@pytest.mark.parametrize(
    "inner", [many(""), many(count("-2")), many(count("3"), behavior="Complex"), many(count("len(x)(")),
              "<bpmn:standardLoopCharacteristics/>", '<bpmn:standardLoopCharacteristics loopMaximum="-1"/>']
)  # fmt: skip
def test_what_cannot_be_repeated_rightly_is_refused_by_element(inner: str) -> None:
    with pytest.raises(Malformed) as refused:
        parser.read(sign(inner).xml())
    assert refused.value.element == "sign"


def test_a_case_may_be_put_back_to_where_many_sign() -> None:
    assert Walk(sign(many(count("2")))).do("sign", "sign").back("sign").open == ["sign", "sign"]
