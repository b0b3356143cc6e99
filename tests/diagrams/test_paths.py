"""Whichever way is taken, a shipped diagram comes to its end, and no way is drawn in vain."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from engine.spiff import runtime
from tests.diagrams import shelf
from tests.diagrams.driver import Answers, Walk, walk
from tests.diagrams.geometry import Drawing

MATTERS = sorted({shelf.process_of(key) for key in shelf.matters()})
#: The others are decided on the spot, by the one who looks at them.
SENT_BACK = [key for key in MATTERS if "return" in shelf.definition(key).nodes["decide"].outcomes]
#: Answers that send a case another way, besides the outcomes of its tasks.
SCENARIOS: dict[str, dict[str, list[Any]]] = {
    "standard": {"channel": ["window", "online"]},
    "outdoor_ad": {"channel": ["window", "online"], "needs_planning_permit": [False, True]},
    "food_operation_new": {"channel": ["window", "online"]},
    "publication_retail": {"channel": ["window", "online"]},
    "food_workshop": {"channel": ["window", "online"]},
    "individual_business": {"verify_only": [False, True]},
    "fire_check": {"inform_commit": [False, True]},
    "public_place_hygiene": {"inform_commit": [False, True]},
    "maternity_allowance": {"exempt_application": [False, True]},
}
STANDING: dict[str, Any] = {"in_bundle": False, "channel": "window"}

every_matter = pytest.mark.parametrize("key", MATTERS)
every_bundle = pytest.mark.parametrize("key", shelf.bundles())
both_ways = pytest.mark.parametrize("order", ["first first", "last first"])

#: Walked only when nobody is in time: see test_a_late_review_calls_the_manager_and_stays_open.
LATE = {"review_late", "review_late_to_urge", "urge", "urge_to_urged", "urged"}


def scenarios(key: str) -> list[dict[str, Any]]:
    """Every combination of flags that steers a diagram."""
    choices = SCENARIOS.get(key, {})
    return [STANDING | dict(zip(choices, chosen, strict=True)) for chosen in product(*choices.values())]


def single_answers(key: str) -> Iterator[Answers]:
    """Every task answering each of its outcomes once, all else going well."""
    for node in shelf.definition(key).nodes.values():
        for outcome in node.outcomes:
            yield {node.id: [outcome]}


def members(key: str, *, all_of_them: bool) -> dict[str, Any]:
    """The start flags of a bundle with all its members, or only those nobody can do without."""
    chosen = [
        m for m in shelf.bundles()[key]["members"] if all_of_them or not (m["optional"] or m["condition"])
    ]
    return STANDING | {f"with_{member['matter']}": True for member in chosen}


def unwalked(key: str, walks: list[Walk]) -> set[str]:
    """Nodes and flows of a diagram that none of the walks came by."""
    drawn = Drawing.read(shelf.drawing(key).read_bytes())
    return {*drawn.nodes, *drawn.ends} - LATE - frozenset[str]().union(*(each.walked for each in walks))


@every_matter
def test_the_good_case_is_granted_and_delivered(key: str) -> None:
    case = walk(shelf.definition(key), STANDING)
    assert case.ended
    assert case.done[0] == "accept"
    assert case.done[-1] == "deliver"
    assert (case.flags["accept"], case.flags["decide"]) == ("accepted", "granted")


@every_matter
def test_corrected_twice_and_then_accepted(key: str) -> None:
    case = walk(shelf.definition(key), STANDING, {"accept": ["correct", "correct", "accepted"]})
    assert case.done[:5] == ("accept", "correct", "accept", "correct", "accept")
    assert case.done[-1] == "deliver"
    assert case.ended


@every_matter
def test_tolerant_acceptance_goes_on_like_any_other(key: str) -> None:
    definition = shelf.definition(key)
    tolerated = walk(definition, STANDING, {"accept": ["tolerated"]})
    besides = {node.id for node in definition.nodes.values() if node.stage == "supply"}
    assert [node for node in tolerated.done if node not in besides] == [*walk(definition, STANDING).done]


@every_matter
def test_a_denial_is_served_too(key: str) -> None:
    case = walk(shelf.definition(key), STANDING | {"inform_commit": True}, {"decide": ["denied"]})
    assert case.ended
    assert case.done[-1] == "deliver"  # no follow-up check of what was never granted


@every_matter
@pytest.mark.parametrize("answer", ["refused", "not_required"])
def test_a_refusal_ends_it(key: str, answer: str) -> None:
    case = walk(shelf.definition(key), STANDING, {"accept": [answer]})
    assert case.ended
    assert case.done == ("accept",)


@pytest.mark.parametrize("key", SENT_BACK)
def test_sent_back_by_the_decider_it_is_looked_at_again(key: str) -> None:
    definition = shelf.definition(key)
    case = walk(definition, STANDING, {"decide": ["return", "return", "granted"]})
    assert case.ended
    assert case.done.count("decide") == 3
    assert case.done.count("deliver") == 1


@every_matter
@both_ways
def test_every_answer_leads_to_an_end(key: str, order: str) -> None:
    for flags, answers in product(scenarios(key), single_answers(key)):
        assert walk(shelf.definition(key), flags, answers, last_first=order == "last first").ended, (
            flags,
            answers,
        )


@every_matter
def test_no_line_is_drawn_in_vain(key: str) -> None:
    definition = shelf.definition(key)
    ways = product(scenarios(key), single_answers(key))
    assert unwalked(key, [walk(definition, flags, answers) for flags, answers in ways]) == set()


def test_an_online_case_is_looked_at_before_acceptance() -> None:
    case = walk(shelf.definition("standard"), STANDING | {"channel": "online"})
    assert case.done == ("prereview", "accept", "handle", "audit", "decide", "deliver")


def test_inside_a_bundle_nobody_looks_twice() -> None:
    case = walk(shelf.definition("standard"), {"channel": "online", "in_bundle": True})
    assert case.done[0] == "accept"


def test_a_licence_held_already_is_only_verified() -> None:
    case = walk(shelf.definition("individual_business"), STANDING | {"verify_only": True})
    assert case.done == ("accept", "verify", "deliver")


def test_a_complicated_registration_is_examined() -> None:
    case = walk(shelf.definition("individual_business"), STANDING, {"review": ["complex"]})
    assert case.done == ("accept", "review", "examine", "decide", "deliver")


@pytest.mark.parametrize("key", ["fire_check", "public_place_hygiene"])
def test_a_commitment_is_checked_afterwards(key: str) -> None:
    promised = walk(shelf.definition(key), STANDING | {"inform_commit": True})
    looked_at = walk(shelf.definition(key), STANDING | {"inform_commit": False})
    assert promised.done == ("accept", "decide", "deliver", "follow_up")
    assert looked_at.done == ("accept", "inspect", "decide", "deliver")


def test_an_allowance_pushed_may_be_declined() -> None:
    pushed = STANDING | {"exempt_application": True}
    case = walk(shelf.definition("maternity_allowance"), pushed, {"confirm": ["decline"]})
    assert case.done == ("confirm",)
    assert case.ended


def test_a_late_review_calls_the_manager_and_stays_open() -> None:
    film = shelf.definition("film_projection")
    begun = runtime.start(film, STANDING)
    accepted = runtime.complete(film, begun.state, begun.open[0].key, {"accept": "accepted"})
    (timer,) = accepted.timers
    assert (timer.node, timer.calendar, timer.interrupting) == ("review_late", "workday", False)

    late = runtime.fire(film, accepted.state, timer.key)
    assert {each.node for each in late.open} == {"inspect", "review", "fire_opinion", "urge"}


@every_bundle
@both_ways
@pytest.mark.parametrize("chosen", ["all members", "fewest members"])
def test_a_bundle_calls_whom_it_was_asked_to(key: str, chosen: str, order: str) -> None:
    flags = members(key, all_of_them=chosen == "all members")
    case = walk(shelf.definition(key), flags, last_first=order == "last first")
    called = {node for node in case.done if node in shelf.matters()}
    assert case.ended
    assert (case.done[0], case.done[-1]) == ("accept", "deliver")
    assert called == {flag.removeprefix("with_") for flag in flags if flag.startswith("with_")}


@every_bundle
@both_ways
def test_nobody_begins_before_his_predecessor(key: str, order: str) -> None:
    done = walk(shelf.definition(key), members(key, all_of_them=True), last_first=order == "last first").done
    for member in shelf.bundles()[key]["members"]:
        for after in member["after"]:
            assert done.index(after["matter"]) < done.index(member["matter"])


@every_bundle
def test_each_optional_member_can_be_left_out_alone(key: str) -> None:
    everyone: Mapping[str, Any] = members(key, all_of_them=True)
    for member in shelf.bundles()[key]["members"]:
        if member["optional"] or member["condition"]:
            case = walk(shelf.definition(key), {**everyone, f"with_{member['matter']}": False})
            assert case.ended
            assert member["matter"] not in case.done


@every_bundle
def test_a_bundle_refused_calls_nobody(key: str) -> None:
    case = walk(shelf.definition(key), members(key, all_of_them=True), {"accept": ["refused"]})
    assert case.ended
    assert case.done == ("accept",)


@every_bundle
def test_no_line_of_a_bundle_is_drawn_in_vain(key: str) -> None:
    definition, everyone = shelf.definition(key), members(key, all_of_them=True)
    chain = [member["matter"] for member in shelf.bundles()[key]["members"]]
    subsets = [everyone, STANDING, *(STANDING | {f"with_{matter}": True} for matter in chain)]
    walks = [walk(definition, flags) for flags in subsets]
    assert unwalked(key, [*walks, walk(definition, everyone, {"accept": ["refused"]})]) == set()


def test_the_cinema_asks_fire_and_hygiene_first() -> None:
    cinema = shelf.definition("open_cinema")
    begun = runtime.start(cinema, members("open_cinema", all_of_them=False))
    outcome = runtime.complete(cinema, begun.state, begun.open[0].key, {"accept": "accepted"})
    assert {each.node for each in outcome.calls} == {"fire_check", "public_place_hygiene"}

    for call in outcome.calls:  # R-BUN-3: the decision waits for both
        assert "film_projection" not in {each.node for each in outcome.calls}
        outcome = runtime.complete(cinema, outcome.state, call.key, {})
    assert [each.node for each in outcome.calls] == ["film_projection"]
