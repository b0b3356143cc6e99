"""A call of ``common/…`` is drawn into the case that calls it; what cannot be drawn in is refused by name."""

from datetime import UTC, datetime

import pytest

from engine.domain.errors import Malformed
from engine.spiff import lint, parser, parts, runtime
from engine.spiff.play import Play
from tests.diagrams import shelf
from tests.spiff.diagrams import Diagram, properties

ASK = Diagram("ask").start("asked").users("answer").end("told").path("asked", "answer", "told").xml()
SHARED = parts.gathered([ASK])


def _caller(called: str = "common/ask", **more: str) -> Diagram:
    drawn = Diagram("caller").start().element("callActivity", "part", calledElement=called, **more)
    return drawn.user("after").end().path("begin", "part", "after", "done")


def _codes(source: bytes, shared: parts.Parts = SHARED) -> list[tuple[str, str | None]]:
    return [(found.code, found.element) for found in lint.check(source, shared=shared)]


def test_its_steps_are_steps_of_the_case() -> None:
    definition = parser.read(_caller().xml(), shared=SHARED)
    begun = runtime.start(definition, {})
    assert ([each.node for each in begun.open], begun.calls) == (["answer"], ())
    after = runtime.complete(definition, begun.state, begun.open[0].key, {"answer": "yes"})
    assert ([each.node for each in after.open], after.flags["answer"]) == (["after"], "yes")


def test_a_state_is_read_again_by_whoever_has_the_same_versions() -> None:
    """Every act loads the bytes anew, in whatever process."""
    begun = runtime.start(parser.read(_caller().xml(), shared=SHARED), {})
    again = parser.read(_caller().xml(), shared=parts.gathered([ASK]))
    assert [each.node for each in runtime.opened(again, begun.state).open] == ["answer"]


def test_a_timer_on_the_call_ends_what_is_drawn_into_it() -> None:
    drawn = _caller().timer("late", "part").end("given_up").path("late", "given_up")
    definition = parser.read(drawn.xml(), shared=SHARED)
    begun = runtime.start(definition, {})
    assert runtime.fire(definition, begun.state, begun.timers[0].key).ended


def test_what_is_not_there_is_missed_where_it_is_called() -> None:
    assert ("call.unknown-part", "part") in _codes(_caller("common/nothing").xml())
    with pytest.raises(Malformed, match="通用环节"):
        parser.read(_caller("common/nothing").xml(), shared=SHARED)


def test_a_name_that_is_taken_is_refused() -> None:
    drawn = _caller().user("answer").path("after", "answer")
    assert ("call.clash", "part") in _codes(drawn.xml())


def test_it_is_called_once() -> None:
    twice = _caller().element("callActivity", "again", calledElement="common/ask").path("after", "again")
    assert ("call.clash", "again") in _codes(twice.xml())


def test_it_shares_the_flags_and_is_handed_none() -> None:
    handed = '<bpmn:extensionElements><camunda:in source="a" target="b"/></bpmn:extensionElements>'
    drawn = Diagram("caller").start().element("callActivity", "part", handed, calledElement="common/ask")
    assert ("call.carries", "part") in _codes(drawn.end().path("begin", "part", "done").xml())


def test_a_member_is_still_a_case_of_its_own() -> None:
    begun = runtime.start(parser.read(_caller("food").xml(), shared=SHARED), {})
    assert ([each.node for each in begun.calls], begun.open) == (["part"], ())


def test_where_a_step_stands_in_the_picture() -> None:
    assert parts.homes(_caller().xml(), [ASK]) == {"asked": "part", "answer": "part", "told": "part"}


def _played(*tasks: str, days: int = 0) -> list[str]:
    """Play the shipped pattern as a clerk would, with what an advertisement asks."""
    files = [shelf.drawing("outdoor_ad"), *shelf.called(), *shelf.rules()]
    game = Play.of([path.read_bytes() for path in files], datetime(2026, 11, 23, 1, tzinfo=UTC))
    game.start(None, _asked())
    for name in tasks:
        task = next(each for each in game.tasks() if each["node"] == name)
        game.complete(task["id"], {name: {"accept": "tolerated", "supply": "supplied"}.get(name, "pass")})
    game.advance(days * 86_400_000)
    return [each["node"] for each in game.tasks()]


def _asked() -> dict[str, object]:
    return {"channel": "window", "in_bundle": False, "needs_planning_permit": False}


def test_the_shipped_pattern_is_played_too() -> None:
    """R-TOL-3: beside the review; a promise is played as one of five working days."""
    assert _played("accept") == ["handle", "supply"]
    assert _played("accept", "supply") == ["handle"]
    assert "remind" in _played("accept", days=4)
    assert "supply" not in _played("accept", days=8)


def test_what_the_office_does_of_itself_has_a_word_of_ours() -> None:
    drawn = Diagram("case").start().element("serviceTask", "end_it", properties(act="terminate")).end()
    definition = parser.read(drawn.path("begin", "end_it", "done").xml())
    begun = runtime.start(definition, {})
    assert ([each.node for each in begun.calls], definition.nodes["end_it"].act) == (["end_it"], "terminate")
    odd = Diagram("case").start().element("serviceTask", "end_it", properties(act="shout")).end()
    assert ("bpmn.unsupported", "end_it") in _codes(odd.path("begin", "end_it", "done").xml())
