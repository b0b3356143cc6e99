"""The form of a bundle's record: whatever cannot stand somewhere is refused there, in words that say what can."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import outline
from engine.domain.errors import Malformed

MATTERS = {"a": {"name": "甲"}, "b": {"name": "乙", "questions": [{"key": "dine_in", "text": "堂食？"}]}}
WHOLE: dict[str, Any] = {"key": "one", "name": "一件事", "members": [{"matter": "a"}, {"matter": "b"}]}


def read(record: Any) -> Malformed | None:
    """What is wrong with a record, if anything."""
    try:
        outline.must_be_in_form(record)
        outline.must_be_known(record, MATTERS, {"SCJG"})
    except Malformed as told:
        return told
    return None


def refused(record: Any) -> Malformed:
    told = read(record)
    assert told is not None
    return told


@pytest.mark.parametrize(
    ("said", "place", "words"),
    [
        ({"answers": [1]}, "answers", "对照"),
        ({"answers": {"dine_in": [1]}}, "answers.dine_in", "true、false"),
        ({"promised": 1.5}, "promised", "promised_limit"),
        ({"promised_limit": {"value": 1.5, "unit": "workday"}}, "promised_limit.value", "整数"),
        ({"promised_limit": {"value": True, "unit": "workday"}}, "promised_limit.value", "整数"),
        ({"promised_limit": {"value": 0, "unit": "workday"}}, "promised_limit.value", "1 至 9999"),
        ({"promised_limit": {"value": 1}}, "promised_limit.unit", "workday"),
        ({"legal_cap": "soon"}, "legal_cap", "对照"),
        ({"extension": {"value": "15", "unit": "workday"}}, "extension.value", "整数"),
        ({"lead": "NOPE"}, "lead", "部门"),
        ({"lead": 5}, "lead", "部门"),
        ({"joint_inspection": {"members": ["nope"]}}, "joint_inspection.members", "a、b"),
        ({"joint_inspection": {"members": [["a"]]}}, "joint_inspection.members[1]", "文字"),
        ({"joint_inspection": ["a"]}, "joint_inspection", "对照"),
        ({"questions": [{"key": "x"}]}, "questions[1].text", "文字"),
        ({"questions": {"x": "y"}}, "questions", "列表"),
        ({"shared_materials": [5]}, "shared_materials[1]", "对照"),
        ({"outcome": ["any"]}, "outcome", "文字"),
        ({"members": []}, "members", "matter"),
        ({"members": None}, "members", "列表"),
        ({"key": "一"}, "key", "字母"),
        ({True: 1}, "True", "key"),
    ],
)
def test_a_field_is_refused_at_its_place(said: dict[Any, Any], place: str, words: str) -> None:
    told = refused({**WHOLE, **said})
    assert (told.code, told.field) == ("bundle.field", place)
    assert words in told.message


@pytest.mark.parametrize(
    ("said", "place", "words"),
    [
        ({"condition": 5}, "condition", "文字"),
        ({"start": "banana"}, "start", "unified 或 notice"),
        ({"mode": "banana"}, "mode", "verify_only"),
        ({"optional": "no"}, "optional", "true 或 false"),
        ({"milestone": 1}, "milestone", "true 或 false"),
        ({"conditon": "dine_in"}, "conditon", "condition"),
        ({"after": "a"}, "after", "列表"),
        ({"after": ["a"]}, "after[1]", "对照"),
        ({"after": [{"matter": "a", "no": "granted"}]}, "after[1].no", "matter、on"),
        ({"after": [{"matter": "a", True: "granted"}]}, "after[1].True", "matter、on"),
    ],
)
def test_a_member_is_refused_at_its_place(said: dict[Any, Any], place: str, words: str) -> None:
    """R-BUN-2, R-BUN-4, R-BUN-6."""
    told = refused({**WHOLE, "members": [{"matter": "a"}, {"matter": "b", **said}]})
    assert (told.code, told.field) == ("bundle.field", f"members[2].{place}")
    assert words in told.message


_plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_things = st.recursive(
    _plain, lambda inside: st.lists(inside) | st.dictionaries(_plain, inside), max_leaves=8
)


@given(_things, st.sampled_from(sorted(outline.RECORD)))
def test_whatever_stands_there_it_is_taken_or_refused(thing: Any, field: str) -> None:
    told = read({**WHOLE, field: thing})
    assert told is None or (told.code.startswith("bundle.") and told.field)
