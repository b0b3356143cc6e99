"""Putting a case back (退回): where it may go, and where a join would wait for nobody."""

import pytest

from engine.domain.errors import NotFound, NotNow
from engine.spiff import runtime
from tests.spiff.diagrams import Diagram, matter, review
from tests.spiff.walk import Walk


def at_review() -> Walk:
    return Walk(review()).do("accept", accept="ok")


def test_the_whole_region_may_be_left_backwards() -> None:
    walk = at_review().do("inspect").back("accept")
    assert (walk.open, walk.now.flags["accept"]) == (["accept"], "ok")
    assert walk.do("accept", accept="ok").open == ["audit", "inspect"]
    assert walk.do("audit").open == ["inspect"]
    assert walk.do("inspect").open == ["decide"]


def test_and_forwards() -> None:
    assert at_review().back("decide").do("decide").now.ended


@pytest.mark.parametrize("target", ["inspect", "audit"])
def test_one_branch_alone_would_make_the_join_wait_for_ever(target: str) -> None:
    with pytest.raises(NotNow) as refused:
        at_review().do("inspect", "audit").back(target)
    assert (refused.value.code, refused.value.element) == ("jump.unsound", target)


def test_all_branches_together_are_sound() -> None:
    walk = at_review().do("inspect", "audit").back("inspect", "audit")
    assert walk.open == ["audit", "inspect"]
    assert walk.do("audit").open == ["inspect"]
    assert walk.do("inspect").open == ["decide"]


@pytest.mark.parametrize(
    "targets",
    [("accept", "decide"), ("accept", "correct"), ("accept", "inspect", "audit"), ("accept", "accept")],
)
def test_two_tasks_of_one_path_would_run_the_case_twice(targets: tuple[str, ...]) -> None:
    with pytest.raises(NotNow) as refused:
        at_review().back(*targets)
    assert refused.value.code == "jump.unsound"


@pytest.mark.parametrize("target", ["fire", "water", "own", "inspect"])
def test_the_branches_of_an_inclusive_region_are_no_target(target: str) -> None:
    with pytest.raises(NotNow):
        Walk(matter()).back(target)


@pytest.mark.parametrize("target", ["nowhere", "fork", "begin", "done", "warn", ""])
def test_only_what_somebody_can_do_is_a_target(target: str) -> None:
    with pytest.raises(NotFound):
        Walk(matter()).back(target)


def test_nothing_is_no_target() -> None:
    walk = Walk(review())
    with pytest.raises(NotFound):
        runtime.reseat(walk.definition, walk.now.state, [])


def test_deadlines_are_armed_again_and_old_keys_are_dead() -> None:
    walk = Walk(matter()).do("register")
    key = walk.key("warn")
    walk.back("accept")
    assert walk.timers == ["warn"]
    with pytest.raises(NotNow):
        runtime.fire(walk.definition, walk.now.state, key)


def test_an_ended_case_can_be_put_back() -> None:
    walk = at_review().do("inspect", "audit", "decide")
    assert walk.now.ended
    assert walk.back("decide").open == ["decide"]


def test_nested_regions_are_left_as_a_whole() -> None:
    diagram = Diagram().start().users("first", "a", "b", "c", "d", "last").end()
    diagram.gate("parallel", "fork1", "fork2", "join2", "join1")
    diagram.path("begin", "first", "fork1", "a", "fork2", "b", "join2", "join1", "last", "done")
    diagram.path("fork2", "c", "join2").path("fork1", "d", "join1")
    walk = Walk(diagram).do("first", "a", "b", "d")
    for targets in (["a"], ["b"], ["b", "c"], ["b", "d"], ["d"]):
        with pytest.raises(NotNow):
            runtime.reseat(walk.definition, walk.now.state, targets)
    assert Walk(diagram).do("first").back("b", "c", "d").do("b", "d", "c").open == ["last"]
    assert Walk(diagram).do("first").back("a", "d").do("d", "a", "b", "c").open == ["last"]


def test_a_loop_around_does_not_bring_the_branches_that_are_missing() -> None:
    """What would come only in the next round does not make this one whole."""
    diagram = Diagram().start().users("a", "b", "c", "d").end().gate("exclusive", "again", "decided")
    diagram.gate("parallel", "fork1", "fork2", "join2", "join1")
    diagram.path("begin", "again", "fork1", "a", "fork2", "b", "join2", "join1", "decided")
    diagram.path("fork2", "c", "join2").path("fork1", "d", "join1")
    walk = Walk(diagram.path("decided", "again", when="more").path("decided", "done", default=True))
    for targets in (["b"], ["b", "d"], ["d"]):
        with pytest.raises(NotNow):
            runtime.reseat(walk.definition, walk.now.state, targets)
    assert walk.back("b", "c", "d").do("b", "d", "c").now.ended
