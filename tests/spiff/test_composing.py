"""A composed diagram: clean, well drawn, and sound whatever its members wait for."""

import random
from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.bundle import Graph, On
from engine.domain.errors import Malformed
from engine.spiff import lint, parser, runtime, track
from engine.spiff.composing import Bundle, Choice, Part, compose
from engine.spiff.parser import Definition
from tests.diagrams.geometry import Drawing, Line

OFFICES = {"SCJG": "市场监督管理局", "CGJ": "城市管理局", "XFJY": "消防救援机构"}
ASKED = Choice("是否属于公众聚集场所？", "是", "否")
#: Nobody needs more steps for seven members.
STEPS = 40

Waits = Mapping[str, tuple[tuple[str, str], ...]]


def bundle(
    waits: Waits, choices: frozenset[str] = frozenset(), offices: Mapping[str, str] | None = None
) -> Bundle:
    members = [
        {"matter": key, "after": [{"matter": other, "on": on} for other, on in after]}
        for key, after in waits.items()
    ]
    parts = tuple(
        Part(key, f"事项{key}", (offices or {}).get(key, "SCJG"), ASKED if key in choices else None)
        for key in waits
    )
    return Bundle("one_thing", "一件事", parts, Graph.read({"members": members}), OFFICES)


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    keys = [f"m{number}" for number in range(draw(st.integers(1, 7)))]
    kinds = st.sampled_from([str(on) for on in On])
    waits = {
        key: tuple((other, draw(kinds)) for other in keys[:number] if draw(st.booleans()))
        for number, key in enumerate(keys)
    }
    choices = frozenset(key for key in keys if draw(st.booleans()))
    offices = {key: draw(st.sampled_from(list(OFFICES))) for key in keys}
    return bundle(dict(draw(st.permutations(list(waits.items())))), choices, offices)


def play(definition: Definition, flags: Mapping[str, bool], chance: random.Random) -> list[tuple[str, str]]:
    """Complete whatever is open in any order; return what began and what was done, as it happened."""
    outcome = runtime.start(definition, flags)
    told: list[tuple[str, str]] = []
    for _ in range(STEPS):
        here = [*outcome.open, *outcome.calls]
        begun = {name for what, name in told if what == "begun"}
        told += [("begun", each.node) for each in here if each.node not in begun]
        if not here:
            break
        one = chance.choice(here)
        told.append(("done", one.node))
        answers = {one.node: next(iter(definition.nodes[one.node].outcomes), None)}
        outcome = runtime.complete(
            definition, outcome.state, one.key, {k: v for k, v in answers.items() if v}
        )
    assert outcome.ended
    return told


@settings(max_examples=150, deadline=None)
@given(bundles(), st.data())
def test_it_is_never_stuck_nobody_begins_early_and_it_ends_once(drawn: Bundle, data: st.DataObject) -> None:
    """R-BUN-4, R-BUN-6: whatever waits for whatever, whoever is left out, in whatever order they are done."""
    definition = parser.read(compose(drawn))
    taken = [p.matter for p in drawn.parts if p.choice is None or data.draw(st.booleans())]
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    told = play(definition, {f"with_{key}": True for key in taken}, chance)

    done = [name for what, name in told if what == "done"]
    assert (done[0], done[-1]) == ("accept", "deliver")
    assert sorted(done[1:-1]) == sorted(taken)
    for key in taken:
        earlier = told[: told.index(("begun", key))]
        waited = [other for other in drawn.graph.begins_after(key) if other in taken]
        assert all(("done", other) in earlier for other in waited)


@settings(max_examples=150, deadline=None)
@given(bundles())
def test_it_is_clean_and_drawn_by_a_careful_hand(drawn: Bundle) -> None:
    source = compose(drawn)
    assert lint.check(source) == ()
    paper = Drawing.read(source)
    assert paper.unplaced() == []
    assert paper.overlaps() == paper.struck_out() == paper.trespasses() == []
    assert paper.slanted() == []
    assert backwards(paper) == []
    assert on_each_other(paper) == []


def backwards(paper: Drawing) -> list[Line]:
    """Pieces that run from right to left."""
    return [line for line in paper.lines if line.x2 < line.x1]


def on_each_other(paper: Drawing) -> list[tuple[str, str]]:
    """Flows that lie on each other; where members wait crosswise, some must cross."""
    pairs = [(one, other) for one, other in combinations(paper.lines, 2) if one.level == other.level]
    return [
        (one.flow, other.flow)
        for one, other in pairs
        if not any(a == b for a, b in zip(paper.ends[one.flow], paper.ends[other.flow], strict=True))
        and (one.y1 == other.y1 if one.level else one.x1 == other.x1)
        and _shares(one, other)
    ]


def _shares(one: Line, other: Line) -> bool:
    across = one.box.left < other.box.right and other.box.left < one.box.right
    down = one.box.top < other.box.bottom and other.box.top < one.box.bottom
    return across if one.level else down


def test_a_series_of_parallels_is_drawn_without_a_crossing() -> None:
    waits: Waits = {
        "a": (),
        "b": (("a", "granted"),),
        "c": (("a", "granted"),),
        "d": (("b", "granted"), ("c", "granted")),
    }
    paper = Drawing.read(compose(bundle(waits, frozenset("bc"), {"b": "CGJ", "c": "XFJY"})))
    assert paper.crossings() == []


def test_a_member_is_called_as_its_successors_need() -> None:
    """R-BUN-4."""
    nodes = parser.read(compose(bundle({"a": (), "b": (("a", "accepted"),)}))).nodes
    assert (nodes["a"].called, nodes["a"].releases, nodes["b"].releases) == ("a", "accepted", "granted")


def test_refused_at_the_window_it_calls_nobody() -> None:
    definition = parser.read(compose(bundle({"a": (), "b": ()})))
    begun = runtime.start(definition, {})
    refused = runtime.complete(definition, begun.state, begun.open[0].key, {"accept": "refused"})
    assert (refused.ended, refused.calls) == (True, ())


def test_a_member_named_like_a_step_of_the_window_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        compose(bundle({"deliver": ()}))
    assert (refused.value.code, refused.value.field) == ("bundle.name", "members")


def test_names_come_through_whatever_they_are() -> None:
    part = Part("a", "<事项> & “甲”", "SCJG", Choice("a < b?", "是", "否"))
    source = compose(
        Bundle("one", "一件事 & 二", (part,), Graph.read({"members": [{"matter": "a"}]}), OFFICES)
    )
    assert parser.read(source).nodes["a"].name == "<事项> & “甲”"
    assert "一件事" in track.render(source, (), ())
