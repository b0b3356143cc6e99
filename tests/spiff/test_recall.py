"""Taking a completed step back (拿回): its token stands there again under its old key, as if nothing was done."""

from typing import Any

import pytest

from engine.domain.errors import NotNow
from engine.spiff import recalling, runtime
from engine.spiff.runtime import Outcome
from tests.spiff.diagrams import Diagram, line, review
from tests.spiff.test_fuzz import TIMES, Match
from tests.spiff.test_jumps import block
from tests.spiff.walk import Walk


def completed(node: str, before: Outcome, after: Outcome) -> recalling.Told:
    """What the journal says of a completion."""
    counting = {timer.key for timer in after.timers}
    stopped = {timer.node: timer.key for timer in before.timers if timer.key not in counting}
    return "completed", {"node": node, "walked": after.walked, "stopped": stopped}


class Desk:
    """A case whose journal is kept."""

    def __init__(self, diagram: Diagram, **flags: Any) -> None:
        self.walk = Walk(diagram, **flags)
        self.keys: dict[str, str] = {}
        self.journal: list[recalling.Told] = []

    def do(self, *nodes: str, **flags: Any) -> "Desk":
        for node in nodes:
            self.keys[node] = self.walk.key(node)
            before = self.walk.now
            self.walk.do(node, **flags)
            self.journal.append(completed(node, before, self.walk.now))
        return self

    def fire(self, node: str) -> "Desk":
        self.walk.fire(node)
        self.journal.append(("deadline passed", {"walked": self.walk.now.walked}))
        return self

    def recall(self, node: str) -> "Desk":
        step = recalling.Step(node, self.keys[node], recalling.since(node, self.journal))
        self.walk.now = runtime.recall(self.walk.definition, self.walk.now.state, step)
        self.journal.append(("recalled", {"node": node}))
        return self

    def refuses(self, node: str) -> str:
        with pytest.raises(NotNow) as refused:
            self.recall(node)
        assert refused.value.element
        return refused.value.code


def test_what_followed_is_gone_and_the_step_is_the_same_as_before() -> None:
    desk = Desk(line("a", "b", "c")).do("a").recall("a")
    assert (desk.walk.open, desk.walk.key("a")) == (["a"], desk.keys["a"])
    assert desk.do("a", "b").walk.open == ["c"]


def test_once_the_next_step_is_done_it_is_too_late() -> None:
    assert Desk(line("a", "b", "c")).do("a", "b").refuses("a") == "recall.moved"


def test_the_other_branch_does_not_notice() -> None:
    desk = Desk(block()).do("first", "a")
    kept = desk.walk.key("c"), desk.walk.key("slow")
    assert desk.recall("a").walk.open == ["a", "c"]
    assert (desk.walk.key("c"), desk.walk.key("slow")) == kept


def test_nor_is_it_too_late_for_what_others_did_in_theirs() -> None:
    desk = Desk(block()).do("first", "a", "b").fire("slow").do("c")
    assert desk.refuses("b") == "recall.moved"
    desk = Desk(block()).do("first", "a", "b").fire("slow").recall("b")
    assert desk.walk.open == ["b", "c", "urge"]


def test_a_join_that_opened_waits_again_for_this_branch_only() -> None:
    desk = Desk(block()).do("first", "a", "c", "b")
    assert desk.walk.open == ["last"]
    assert desk.recall("b").walk.open == ["b"]
    assert desk.do("b").walk.open == ["last"]


def test_a_fork_that_was_passed_is_left_again() -> None:
    desk = Desk(block()).do("first").recall("first")
    assert (desk.walk.open, desk.walk.timers) == (["first"], [])
    assert Desk(block()).do("first", "c").refuses("first") == "recall.moved"


def test_a_choice_may_be_made_anew() -> None:
    desk = Desk(review()).do("accept", accept="correct").recall("accept")
    assert desk.do("accept", accept="ok").walk.open == ["audit", "inspect"]


def test_an_inclusive_join_cannot_be_closed_again() -> None:
    diagram = Diagram().start().users("a", "b", "c").end().gate("inclusive", "fork", "join")
    diagram.path("begin", "fork").path("fork", "a", "join", when="x").path("fork", "b", "join", default=True)
    assert Desk(diagram.path("join", "c", "done"), x=True).do("a").refuses("a") == "recall.joined"


def test_what_was_said_cannot_be_unsaid() -> None:
    diagram = Diagram().start().users("a", "b").end().head('<bpmn:message id="m" name="told"/>')
    diagram.element("sendTask", "tell", messageRef="m").path("begin", "a", "tell", "b", "done")
    assert Desk(diagram).do("a").refuses("a") == "recall.passed"


def test_one_of_many_opinions_is_not_taken_back() -> None:
    many = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
    diagram = Diagram().start().user("b").end()
    diagram.element("userTask", "a", f"{many}</bpmn:multiInstanceLoopCharacteristics>")
    assert Desk(diagram.path("begin", "a", "b", "done")).do("a").refuses("a") == "recall.many"


def test_a_sub_process_that_was_left_is_not_entered_again() -> None:
    inner = Diagram().start("in").users("x").end("out").path("in", "x", "out").body().replace('"f', '"g')
    diagram = Diagram().start().users("last").end().element("subProcess", "sub", inner)
    assert Desk(diagram.path("begin", "sub", "last", "done")).do("x").refuses("x") == "recall.passed"


refusals: set[str] = set()


class Recalling(Match):
    """A process in play, where a step is sometimes taken back at once: the book forgets it was done."""

    taken = 0

    def complete(self) -> None:
        task, state, flags = self.chance.choice(self.outcome.open), self.outcome, dict(self.flags)
        said = {name: value for name, value in flags.items() if self.chance.random() < 0.8}
        moved = runtime.complete(self.definition, state.state, task.key, said)
        entry = completed(task.node, state, moved)
        try:
            back = runtime.recall(self.definition, moved.state, recalling.Step(task.node, task.key, [entry]))
        except NotNow as refusal:
            refusals.add(refusal.code)
        else:
            assert set(back.open) == set(state.open)
            assert set(back.timers) == set(state.timers)
            type(self).taken += 1
            self.outcome = back
        super().complete()


#: Which kinds of blocks are mixed; the first is played in every "make check".
CAMPAIGNS = ["sxpilumqw", *(pytest.param(each, marks=pytest.mark.slow) for each in ("pil", "sxpil", "pum"))]


@pytest.mark.parametrize("kinds", CAMPAIGNS)
def test_a_step_taken_back_at_once_leaves_no_trace(kinds: str) -> None:
    Recalling.taken = 0
    refusals.clear()
    for seed in range(4_000, 4_000 + 60 * TIMES):
        match = Recalling(seed, kinds, 4, jumps=0.0)
        for _ in match.moves():
            match.agree()
    assert refusals <= {"recall.joined", "recall.many", "recall.passed"}
    assert Recalling.taken > 100
