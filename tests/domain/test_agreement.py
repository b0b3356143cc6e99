"""Whether a diagram and the catalogue agree (rulebook §1.1, R-BUN-9)."""

from collections.abc import Mapping
from typing import Any

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


def test_a_promise_shorter_than_the_chain_is_refused_unless_it_is_owned_up() -> None:
    """R-BUN-9."""
    assert list(agreement.short_promise(bundle(*CHAIN, days=8), DAYS)) == []
    (short,) = agreement.short_promise(bundle(*CHAIN, days=7), DAYS)
    assert (short.code, short.grave, "a → b" in short.message) == ("bundle.short-promise", True, True)
    (noted,) = agreement.short_promise({**bundle(*CHAIN, days=7), "critical_path_note": "R-BUN-9"}, DAYS)
    assert not noted.grave


def test_no_shipped_bundle_promises_too_little_without_a_word() -> None:
    """R-BUN-9."""
    promises = {key: terms(record).promised for key, record in shelf.matters().items()}
    for record in shelf.bundles().values():
        assert not any(each.grave for each in agreement.short_promise(record, promises))


PAGES: dict[str, dict[str, Any]] = {key: {"name": key, "result": {"code": f"{key}-paper"}} for key in "abc"}


def test_who_asks_for_less_than_another_is_told_that_he_waits_as_long() -> None:
    """R-BUN-4: a call lets its successors go on once."""
    mixed = bundle(("a", ()), ("b", ("a",)), ("c", ("a",)))
    mixed["members"][2]["after"][0]["on"] = "accepted"
    (told,) = agreement.waiting(mixed, PAGES)
    assert (told.code, told.element, told.grave) == ("bundle.held-up", "a", False)


def test_waiting_for_a_delivery_is_no_deadlock_any_more() -> None:
    """R-BUN-4: what another waits for is handed out ahead."""
    assert list(agreement.waiting(bundle(("a", ()), ("b", ("a",)), on="delivered"), PAGES)) == []


def test_waiting_for_data_that_no_material_carries_is_told() -> None:
    """R-BUN-4."""
    asking = {**PAGES, "b": {"name": "b", "materials": [{"code": "a-paper", "name": "证"}]}}
    only_data = bundle(("a", ()), ("b", ("a",)), on="data")
    assert codes(agreement.waiting(only_data, PAGES)) == [("bundle.no-data", "b")]
    assert list(agreement.waiting(only_data, asking)) == []
