"""Whether a diagram and the catalogue agree (rulebook §1.1, R-BUN-9)."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import agreement
from engine.domain.agreement import Step
from engine.domain.limit import Limit, Unit
from engine.domain.matter import terms
from tests.diagrams import shelf

MATTER = {
    "name": "食品经营许可",
    "stages": [{"task": "accept"}, {"task": "review"}],
    "materials": [{"code": "floor-plan", "name": "平面图"}],
}


def codes(found: Any) -> list[tuple[str, str | None]]:
    return [(each.code, each.element) for each in found]


def test_a_step_that_is_not_listed_is_one_too_many() -> None:
    """§1.1 不得额外增加办理环节; what every procedure has is no step of its own."""
    steps = [Step("review", "审查", "review"), Step("more", "再审", "review"), Step("fix", "补正", "correct")]
    assert codes(agreement.extra_steps(MATTER, steps)) == [("matter.extra-step", "more")]
    assert codes(agreement.extra_steps({"name": "旧事项"}, steps)) == []


def test_a_paper_that_is_not_listed_is_one_too_many() -> None:
    """§1.1 不得额外增加申请材料; what only goes round inside is nobody's burden."""
    steps = [
        Step("fix", "补正", "correct", ("平面图", "户口簿")),
        Step("review", "审查", "review", ("核查表",)),
    ]
    assert codes(agreement.extra_papers(MATTER, steps)) == [("matter.extra-paper", "fix")]


def test_a_field_nobody_sets_is_told_and_bars_nothing() -> None:
    fields = {"f1": frozenset({"reviw"}), "f2": frozenset({"review", "channel", "with_fire_check"})}
    (told,) = agreement.unknown_fields(fields, frozenset({"review"}))
    assert (told.code, told.element, told.grave) == ("expr.unknown-field", "f1", False)


def bundle(*members: tuple[str, tuple[str, ...]], days: int = 99, on: str = "granted") -> Mapping[str, Any]:
    listed = [{"matter": key, "after": [{"matter": a, "on": on} for a in after]} for key, after in members]
    return {"name": "一件事", "promised_limit": {"value": days, "unit": "workday"}, "members": listed}


DAYS = {key: Limit(days, Unit.WORKDAY) for key, days in {"a": 3, "b": 5, "c": 4}.items()}
CHAIN = (("a", ()), ("b", ("a",)), ("c", ("a",)))


def test_the_longest_chain_counts() -> None:
    """R-BUN-9."""
    assert agreement.critical_path(bundle(*CHAIN), DAYS) == (8.0, ("a", "b"))


def test_who_waits_for_an_acceptance_begins_with_it() -> None:
    assert agreement.critical_path(bundle(*CHAIN, on="accepted"), DAYS)[0] == 5.0


def test_a_promise_shorter_than_the_chain_is_refused_unless_it_is_owned_up() -> None:
    """R-BUN-9."""
    assert list(agreement.short_promise(bundle(*CHAIN, days=8), DAYS)) == []
    (short,) = agreement.short_promise(bundle(*CHAIN, days=7), DAYS)
    assert (short.code, short.grave, "a → b" in short.message) == ("bundle.short-promise", True, True)
    (noted,) = agreement.short_promise({**bundle(*CHAIN, days=7), "critical_path_note": "R-BUN-9"}, DAYS)
    assert not noted.grave


def test_the_shipped_bundles_are_as_they_say() -> None:
    promises = {key: terms(record).promised for key, record in shelf.matters().items()}
    for record in shelf.bundles().values():
        longest, _ = agreement.critical_path(record, promises)
        assert longest == pytest.approx(record["critical_path"]["value"], abs=0.01)
        assert not any(each.grave for each in agreement.short_promise(record, promises))


@st.composite
def any_bundle(draw: st.DrawFn) -> tuple[Mapping[str, Any], dict[str, Limit]]:
    keys = [f"m{number}" for number in range(draw(st.integers(1, 7)))]
    members = [
        (key, tuple(sorted(draw(st.sets(st.sampled_from(keys[:number])))) if number else ()))
        for number, key in enumerate(keys)
    ]
    return bundle(*members), {key: Limit(draw(st.integers(1, 60)), Unit.WORKDAY) for key in keys}


@given(any_bundle())
def test_the_chain_is_no_shorter_than_any_member_and_no_longer_than_all(
    drawn: tuple[Mapping[str, Any], dict[str, Limit]],
) -> None:
    longest, path = agreement.critical_path(*drawn)
    lengths = {key: agreement.length(limit) for key, limit in drawn[1].items()}
    assert max(lengths.values()) <= longest <= sum(lengths.values())
    assert longest == sum(lengths[key] for key in path)


def test_a_circle_of_members_ends() -> None:
    assert agreement.critical_path(bundle(("a", ("b",)), ("b", ("a",))), DAYS)[0] == 8.0
