"""What may be begun unasked (免申即办), and what is wrong with a record that says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import offer
from engine.domain.errors import Malformed
from engine.domain.material import Standing
from engine.domain.matter import requirements
from engine.domain.offer import Around, Way

BEFORE: dict[str, Any] = {
    "key": "retire", "name": "退休", "result": {"code": "approval"},
    "materials": [{"code": "id", "name": "身份证", "source": "shared"}],
}  # fmt: skip
FREE: dict[str, Any] = {
    "after": "retire", "rule": "years", "term": {"value": 3, "unit": "workday"},
    "materials": {"approval": "result", "id": "id", "form": "form"}, "automatic": {"decide": "granted"},
}  # fmt: skip
AFTER: dict[str, Any] = {
    "key": "medical", "name": "医保", "promised_limit": {"value": 5, "unit": "workday"},
    "materials": [
        {"code": "approval", "name": "退休核准", "source": "issued", "produced_by": "retire"},
        {"code": "id", "name": "身份证", "source": "shared"},
        {"code": "form", "name": "申请表"},
    ],
    "application_free": FREE,
}  # fmt: skip
AROUND = Around(
    {"retire": BEFORE}, {"decide": ("decide", frozenset({"granted", "denied"}))}, frozenset({"years"})
)


def found(record: dict[str, Any], around: Around = AROUND) -> set[tuple[str, str | None]]:
    """What is wrong, without the family name of the codes."""
    faults = offer.faults(record, requirements(record), around)
    return {(fault.code.removeprefix("application-free."), fault.element) for fault in faults}


def changed(**more: Any) -> dict[str, Any]:
    return {**AFTER, "application_free": {**FREE, **more}}


def test_a_sound_record_has_nothing_wrong() -> None:
    assert found(AFTER) == set()


@pytest.mark.parametrize(
    ("record", "code", "element"),
    [
        (changed(after="mars"), "unknown-predecessor", "after"),
        (changed(after="medical"), "circle", "after"),
        (changed(rule="mars"), "unknown-rule", "mars"),
        (changed(materials={"approval": "result", "id": "id"}), "unmapped", "form"),
        (changed(materials={**FREE["materials"], "approval": "form"}), "cannot-give", "approval"),
        (changed(materials={**FREE["materials"], "form": "shared"}), "cannot-give", "form"),
        (changed(materials={**FREE["materials"], "id": "birth"}), "cannot-give", "id"),
        (changed(materials={**FREE["materials"], "mars": "form"}), "unknown-material", "mars"),
        (changed(automatic={"decide": "denied"}), "step", "decide"),
        (changed(automatic={"mars": "pass"}), "step", "mars"),
        (changed(flags={"mars": "id"}), "unknown-flag", "mars"),
        (changed(term={"value": 5, "unit": "workday"}), "term", "term"),
        (changed(term={"value": 5, "unit": "moon"}), "unreadable", "application_free"),
        (changed(on="tomorrow"), "unreadable", "application_free"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(record: dict[str, Any], code: str, element: str) -> None:
    """§1.3: unknown predecessor, circle, a material the predecessor cannot give, a step no rule may take."""
    assert (code, element) in found(record)


def test_a_circle_of_two_is_found() -> None:
    """Begun by one another, they would never end."""
    back = {**BEFORE, "application_free": {"after": "medical", "term": {"value": 1, "unit": "day"}}}
    assert ("circle", "after") in found(
        AFTER, Around({"retire": back, "medical": AFTER}, AROUND.steps, AROUND.rules)
    )


def test_what_follows_comes_after_what_it_follows() -> None:
    assert offer.in_turn({"medical": AFTER, "retire": BEFORE}) == ["retire", "medical"]
    assert offer.followed_by([AFTER, BEFORE]) == {"retire": [{"matter": "medical", "on": "granted"}]}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")))
def test_in_turn_every_matter_is_published_once_and_after_its_predecessor(after: dict[str, str]) -> None:
    """Whatever follows what, circles too: each comes once; without a circle, its predecessor came before."""
    records = {key: {"key": key, "application_free": {"after": before}} for key, before in after.items()}
    order = offer.in_turn(records)
    assert sorted(order) == sorted(records)
    for key in records:
        chain, at = [key], after[key]
        while at in records and at not in chain:
            chain.append(at)
            at = after[at]
        if at not in records and after[key] in records:
            assert order.index(after[key]) < order.index(key)


@given(st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.sampled_from([*Way])))
def test_whatever_the_rule_answers_somebody_sees_to_it(answer: Any) -> None:
    """R-DEC-4: only what the record draws is done by the rule alone; what nobody understands, an officer handles."""
    drawn, undrawn = offer.read(AFTER), offer.read(changed(automatic={}))
    assert drawn is not None
    assert undrawn is not None
    assert drawn.way(answer) in {Way.AUTOMATIC, Way.HANDLED, Way.NONE}
    assert undrawn.way(answer) in {Way.HANDLED, Way.NONE}
    assert (undrawn.way(answer) is Way.NONE) == (answer == Way.NONE)


@given(st.dictionaries(st.sampled_from(["years", "grade", "other"]), st.integers()))
def test_nothing_is_carried_over_that_was_not_named(known: dict[str, int]) -> None:
    """PIPL 6: no more than is needed."""
    free = offer.read(changed(answers={"n": "years"}, flags={"hard": "grade"}))
    assert free is not None
    answers, flags = free.carried(known)
    assert answers == ({"n": known["years"]} if "years" in known else {})
    assert flags == ({"hard": bool(known["grade"])} if "grade" in known else {})


def test_what_lies_on_the_shelf_tells_whose_it_is() -> None:
    free = offer.read(AFTER)
    assert free is not None
    laid = {each.code: each.standing for each in free.laid(requirements(AFTER), {})}
    assert laid == {"approval": Standing.ISSUED, "id": Standing.SHARED, "form": Standing.SHARED}


def test_what_must_be_applied_for_says_nothing() -> None:
    assert offer.read(BEFORE) is None
    with pytest.raises(Malformed):
        offer.read({"name": "空", "benefit": []}, offer.LISTED)
