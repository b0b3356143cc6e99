"""Jumps within a branch: only its tokens move, and the engine and the book agree where that is sound."""

from typing import ClassVar

import pytest

from engine.domain.errors import NotNow
from engine.spiff import runtime
from tests.spiff.diagrams import Diagram
from tests.spiff.interpreter import MANY, blocks
from tests.spiff.test_fuzz import TIMES, Match
from tests.spiff.walk import Walk

#: Which kinds of blocks are mixed; the first is played in every "make check".
CAMPAIGNS = ["sxpilumqw", *(pytest.param(each, marks=pytest.mark.slow) for each in ("pil", "sxpile", "pum"))]


class Jumping(Match):
    """A process in play, where tokens are put elsewhere at random."""

    taken = refused = 0
    codes: ClassVar[set[str]] = set()

    def jump(self) -> None:
        if not self.outcome.open:
            return self.fire() if self.outcome.timers else self.tell()
        mover = self.chance.choice(self.outcome.open)
        inner = {part.name for each in blocks(self.block) if each.kind in "mq" for part in each.parts}
        goals = [
            each.name for each in blocks(self.block) if each.kind in "t" + MANY and each.name not in inner
        ]
        to = self.chance.choice(goals)
        before = {task.key: task for task in self.outcome.open}
        try:
            moved = runtime.reseat(self.definition, self.outcome.state, [to], of=mover.key)
        except NotNow as refusal:
            type(self).codes.add(refusal.code if refusal.element else "")
            assert not self.reference.jump(self.block, mover.node, to, self.flags), (mover.node, to)
            type(self).refused += 1
            return None
        assert self.reference.jump(self.block, mover.node, to, self.flags), (mover.node, to)
        assert mover.key not in {task.key for task in moved.open}
        assert {task for task in moved.open if task.key in before} <= set(before.values())
        self.outcome = moved
        type(self).taken += 1
        return None


@pytest.mark.parametrize("kinds", CAMPAIGNS)
def test_the_engine_and_the_book_agree_on_jumps_within_branches(kinds: str) -> None:
    Jumping.taken = Jumping.refused = 0
    for seed in range(2_000, 2_000 + 100 * TIMES):
        match = Jumping(seed, kinds, 4, jumps=0.12)
        for _ in match.moves():
            match.agree()
    assert Jumping.codes == {"jump.unsound"}
    assert min(Jumping.taken, Jumping.refused) > 10  # it tells something


def block() -> Diagram:
    """first, then (a → b) beside (c, urged when it is slow), then last."""
    diagram = Diagram().start().users("first", "a", "b", "c", "last", "urge").end().end("urged")
    diagram.gate("parallel", "fork", "join").timer("slow", "c", "P1D", interrupting=False)
    diagram.path("begin", "first", "fork", "a", "b", "join", "last", "done")
    return diagram.path("fork", "c", "join").path("slow", "urge", "urged")


def goes(walk: Walk, of: str, *to: str) -> Walk:
    walk.now = runtime.reseat(walk.definition, walk.now.state, to, of=walk.key(of))
    return walk


def test_the_other_branch_keeps_its_task_and_its_timer() -> None:
    walk = Walk(block()).do("first", "a")
    kept = walk.key("c"), walk.key("slow")
    assert goes(walk, "b", "a").open == ["a", "c"]
    assert (walk.key("c"), walk.key("slow")) == kept
    assert walk.do("a", "b", "c").open == ["last"]


def test_what_waits_at_the_join_waits_on() -> None:
    walk = goes(Walk(block()).do("first", "a", "c"), "b", "a")
    assert walk.do("a", "b").open == ["last"]


def test_back_before_the_fork_the_whole_block_is_left() -> None:
    walk = goes(Walk(block()).do("first", "a"), "c", "first")
    assert (walk.open, walk.timers) == (["first"], [])
    assert walk.do("first", "a", "b", "c").open == ["last"]


@pytest.mark.parametrize("to", ["c", "urge"])
def test_into_another_branch_or_a_path_beside_no_token_goes(to: str) -> None:
    walk = Walk(block()).do("first", "a")
    with pytest.raises(NotNow) as refused:
        goes(walk, "b", to)
    assert (refused.value.code, refused.value.element) == ("jump.unsound", to)


def test_what_runs_beside_its_branch_goes_with_it() -> None:
    walk = Walk(block()).do("first").fire("slow")
    assert walk.open == ["a", "c", "urge"]
    assert goes(walk, "c", "c").open == ["a", "c"]


def test_two_tokens_on_one_branch_are_not_moved_as_one() -> None:
    diagram = Diagram().start().users("first", "a", "b", "c", "last").end().gate("exclusive", "again")
    diagram.gate("parallel", "fork", "join").timer("more", "first", "P1D", interrupting=False)
    diagram.path("begin", "first", "again", "fork", "a", "b", "join", "last", "done")
    diagram.path("more", "again").path("fork", "c", "join")
    walk = Walk(diagram).fire("more").do("a", "first")
    assert walk.open == ["a", "b", "c", "c"]
    with pytest.raises(NotNow):
        goes(walk, "b", "a")


def test_within_a_sub_process_only_its_inside_is_left() -> None:
    inner = Diagram().start("in").users("x", "y").end("out").path("in", "x", "y", "out")
    diagram = Diagram().start().users("first", "c").end().gate("parallel", "fork", "join")
    diagram.element("subProcess", "sub", inner.body().replace('"f', '"g')).timer("late", "sub", "P9D")
    diagram.end("lapsed").path("begin", "first", "fork", "sub", "join", "done").path("fork", "c", "join")
    walk = Walk(diagram.path("late", "lapsed")).do("first", "x")
    kept = walk.key("late"), walk.key("c")
    assert goes(walk, "y", "x").open == ["c", "x"]
    assert (walk.key("late"), walk.key("c")) == kept
    with pytest.raises(NotNow):
        goes(walk, "c", "x")
    assert goes(walk, "x", "first").open == ["first"]
