"""Who waits for whom in one thing, when a member begins, how long it takes, and what it saves (R-BUN-2, 4, 5, 9)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import bundle as rules
from engine.domain.bundle import RELEASES, Chain, Graph, On, Wait
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.domain.matter import terms
from engine.domain.saving import Saving, saving
from tests.diagrams import shelf

Waits = tuple[tuple[str, str], ...]

DAYS = {key: Limit(days, Unit.WORKDAY) for key, days in {"a": 3, "b": 5, "c": 4}.items()}


def drawn(**waits: Waits) -> dict[str, Any]:
    listed = [
        {"matter": key, "after": [{"matter": a, "on": on} for a, on in after]} for key, after in waits.items()
    ]
    return {"name": "一件事", "members": listed}


def graph(**waits: Waits) -> Graph:
    return Graph.read(drawn(**waits))


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    keys = [f"m{number}" for number in range(draw(st.integers(1, 7)))]
    waits = {
        key: tuple(
            (other, str(draw(st.sampled_from(list(On)))))
            for other in sorted(draw(st.sets(st.sampled_from(keys[:number])) if number else st.just(set())))
        )
        for number, key in enumerate(keys)
    }
    return graph(**dict(draw(st.permutations(list(waits.items())))))


# -- who waits for whom


def test_a_circle_is_refused_and_named() -> None:
    """R-BUN-9: 环路 names the way round, in the order nobody can begin."""
    with pytest.raises(Malformed) as refused:
        Graph.read(drawn(a=(("c", "granted"),), b=(("a", "granted"),), c=(("b", "accepted"),)), {"a": "甲"})
    assert refused.value.code == "bundle.cycle"
    assert "甲 → b → c → 甲" in refused.value.message


def test_who_waits_for_itself_is_a_circle() -> None:
    with pytest.raises(Malformed, match="a → a"):
        graph(a=(("a", "granted"),))


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (drawn(a=(("z", "granted"),)), "bundle.member"),
        (drawn(a=(), b=(("a", "some day"),)), "bundle.dependency"),
        ({"members": [{"matter": "a"}, {"matter": "a"}]}, "bundle.member"),
    ],
)
def test_a_dependency_that_cannot_be_kept_is_refused(record: Mapping[str, Any], code: str) -> None:
    """R-BUN-4."""
    with pytest.raises(Malformed) as refused:
        Graph.read(record)
    assert refused.value.code == code


def test_only_who_waits_for_a_result_is_accepted_at_its_notice() -> None:
    """R-BUN-2; data is no reason to begin later (R-BUN-3)."""
    told = graph(a=(), b=(("a", "granted"),), c=(("a", "data"),))
    assert [told.starts(key) for key in "abc"] == ["unified", "notice", "unified"]


def test_one_moment_lets_all_successors_go_on() -> None:
    """R-BUN-4: the latest any of them asks for."""
    told = graph(a=(), b=(("a", "accepted"),), c=(("a", "granted"),), d=(("b", "accepted"),))
    assert [told.releases(key) for key in "abcd"] == ["granted", "accepted", "granted", "granted"]
    assert told.held_up() == (Wait("a", On.ACCEPTED),)


def test_what_is_waited_for_anyway_is_not_drawn_twice() -> None:
    told = graph(a=(), b=(("a", "granted"),), c=(("a", "granted"), ("b", "granted")))
    assert told.direct() == {"a": (), "b": ("a",), "c": ("b",)}


@given(graphs())
def test_in_order_everybody_comes_after_all_he_waits_for(any_graph: Graph) -> None:
    place = {key: number for number, key in enumerate(any_graph.order)}
    assert place.keys() == any_graph.waits.keys()
    assert all(place[w.matter] < place[key] for key, waits in any_graph.waits.items() for w in waits)


@given(graphs())
def test_leaving_out_what_is_waited_for_anyway_changes_nothing(any_graph: Graph) -> None:
    def all_before(key: str, before: Mapping[str, tuple[str, ...]]) -> set[str]:
        return {*before[key], *(far for near in before[key] for far in all_before(near, before))}

    told = {key: any_graph.begins_after(key) for key in any_graph.waits}
    assert all(all_before(key, told) == all_before(key, any_graph.direct()) for key in told)


@given(graphs())
def test_nobody_is_let_go_on_earlier_than_he_asks(any_graph: Graph) -> None:
    """R-BUN-4."""
    asked = [wait for waits in any_graph.waits.values() for wait in waits if wait.on is not On.DATA]
    assert all(RELEASES.index(any_graph.releases(w.matter)) >= RELEASES.index(w.on) for w in asked)


# -- how long it takes


def test_the_longest_chain_counts() -> None:
    """R-BUN-9."""
    assert graph(a=(), b=(("a", "granted"),), c=(("a", "granted"),)).longest(DAYS) == Chain(8.0, ("a", "b"))


def test_who_waits_for_an_acceptance_begins_with_it() -> None:
    """R-BUN-4: and not before, where that acceptance waits itself."""
    assert graph(a=(), b=(("a", "accepted"),)).longest(DAYS).days == 5.0
    assert graph(a=(), b=(("a", "granted"),), c=(("b", "accepted"),)).longest(DAYS).days == 8.0
    assert graph(b=(), a=(("b", "granted"),), c=(("a", "accepted"),)).longest(DAYS) == Chain(9.0, ("b", "c"))


def test_who_waits_for_data_only_decides_the_moment_it_comes() -> None:
    """R-BUN-3 同步决定."""
    told = graph(b=(), a=(("b", "data"),), c=(("a", "granted"),))
    assert told.longest(DAYS) == Chain(9.0, ("b", "a", "c"))
    assert graph(a=(), b=(("a", "data"),)).longest(DAYS) == Chain(5.0, ("b",))


def test_who_is_only_verified_or_decided_on_the_spot_or_left_out_takes_no_time() -> None:
    record = drawn(a=(), b=(("a", "granted"),), c=(("b", "granted"),))
    on_the_spot = {**DAYS, "b": Limit(0, Unit.ONSPOT)}
    assert Graph.read(record).longest(on_the_spot) == Chain(7.0, ("a", "b", "c"))
    assert Graph.read(record).longest(DAYS, ["a", "c"]) == Chain(7.0, ("a", "c"))
    record["members"][0]["mode"] = "verify_only"
    assert Graph.read(record).longest(DAYS).days == 9.0


@pytest.mark.parametrize("key", shelf.bundles())
def test_the_shipped_bundles_take_as_long_as_they_say(key: str) -> None:
    promises = {key: terms(record).promised for key, record in shelf.matters().items()}
    told = shelf.bundles()[key]
    longest = Graph.read(told).longest(promises)
    assert longest.days == pytest.approx(told["critical_path"]["value"], abs=0.01)
    assert list(longest.path) == told["critical_path"]["path"]


@given(graphs(), st.data())
def test_the_chain_is_no_shorter_than_any_member_and_no_longer_than_all(
    any_graph: Graph, data: st.DataObject
) -> None:
    """R-BUN-9."""
    promises = {key: Limit(data.draw(st.integers(1, 60)), Unit.WORKDAY) for key in any_graph.waits}
    longest = any_graph.longest(promises)
    assert max(each.value for each in promises.values()) <= longest.days
    assert longest.days <= sum(each.value for each in promises.values())
    assert longest.days <= sum(promises[key].value for key in longest.path)


def test_a_commitment_shortens_the_cinema() -> None:
    """§4.3 告知承诺: decided on the spot, or in twenty working days after ten."""
    members = {key: terms(shelf.matters()[key]) for key in Graph.read(shelf.bundles()["open_cinema"]).waits}
    cinema = Graph.read(shelf.bundles()["open_cinema"])
    days = [cinema.longest(rules.promises(members, committed=each)).days for each in (True, False)]
    assert days == [20.0, 40.0]


# -- what it saves


def counted(key: str, flags: Mapping[str, Any] | None = None, wanted: tuple[str, ...] = ()) -> Saving:
    return saving(shelf.bundles()[key], shelf.matters(), flags or {}, wanted)


def test_the_restaurant_is_one_form_and_one_visit() -> None:
    """§6 开办餐饮店: forms, visits and days, before and after."""
    told = counted("open_restaurant", {"public_gathering_place": True}, ("tobacco_retail",))
    assert (told.forms, told.visits) == ((5, 1), (4 + 1, 1))
    assert told.days[1] == 10.0 < told.days[0]


@pytest.mark.parametrize("key", shelf.bundles())
def test_nothing_is_asked_twice_and_nothing_is_lost_count_of(key: str) -> None:
    """R-BUN-5."""
    told = counted(key, wanted=tuple(m["matter"] for m in shelf.bundles()[key]["members"] if m["optional"]))
    before, after = told.papers
    assert len(set(told.asked)) == len(told.asked) == after
    assert before - told.repeated - told.produced - told.shared == after
    for pair in (told.forms, told.fields, told.papers, told.visits, told.days, told.doors):
        assert pair[1] <= pair[0]


# -- who is handed out first, and who follows


def test_only_whose_delivery_is_waited_for_goes_first() -> None:
    """R-BUN-4: and only where who waits takes part."""
    told = graph(a=(), b=(("a", "delivered"),), c=(("a", "granted"),), d=(("b", "delivered"),))
    assert told.handed_out_first("abcd") == {"a", "b"}
    assert told.handed_out_first("ac") == frozenset()


def test_followers_are_all_that_wait_directly_or_not() -> None:
    told = graph(a=(), b=(("a", "data"),), c=(("b", "accepted"),), d=())
    assert [told.followers(key) for key in "abcd"] == [("b", "c"), ("c",), (), ()]


@given(any_graph=graphs())
def test_nobody_follows_itself_and_followers_come_after(any_graph: Graph) -> None:
    for key in any_graph.waits:
        after = any_graph.followers(key)
        assert key not in after
        assert all(any_graph.order.index(each) > any_graph.order.index(key) for each in after)
