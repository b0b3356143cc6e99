"""What others write in conditions, read as FEEL."""

import pytest

from engine.domain.errors import Malformed
from engine.spiff import idioms

HOLDS = [
    ('"a" in test', {"test": "ab"}),
    ('"a" in test', {"test": ["a", "b"]}),
    ("'a' in test", {"test": "ab"}),
    ('"c" not in test', {"test": "ab"}),
    ('"c" not in test', {"test": ["a"]}),
    ('"a" in test and "b" in test', {"test": "ab"}),
    ('"x" in test or "b" in test', {"test": "ab"}),
    ("True", {}),
    ("done == True", {"done": True}),
    ("${not cancelTx}", {"cancelTx": False}),
    ("#{a == 'in test'}", {"a": "in test"}),
    ("= n > 3", {"n": 4}),
    ("integerVariable<3", {"integerVariable": 2}),
]
FAILS = [
    ('"a" in test', {"test": "b"}),
    ('"a" in test', {}),
    ('"a" in test', {"test": 5}),
    ('"a" not in test', {"test": "ab"}),
    ('"a" in test and "c" in test', {"test": "ab"}),
    ("False", {}),
    ("None", {}),
    ('x == "not done"', {"x": "done"}),
]


@pytest.mark.parametrize(("text", "flags"), HOLDS)
def test_it_holds(text: str, flags: dict[str, object]) -> None:
    assert idioms.compile_(text).holds(flags)


@pytest.mark.parametrize(("text", "flags"), FAILS)
def test_it_does_not(text: str, flags: dict[str, object]) -> None:
    assert not idioms.compile_(text).holds(flags)


def test_feel_stays_feel() -> None:
    for text in ('a in ["x", "y"]', 'not(a = "not b")', 'a = "True"', "a in (1..3)"):
        assert idioms.plain(text) == text


@pytest.mark.parametrize("text", ["__import__('os')", "a.b()", 'test.contains("a")', "x := 1", "lambda: 1"])
def test_code_is_no_condition(text: str) -> None:
    with pytest.raises(Malformed):
        idioms.compile_(text)


def test_a_name_may_be_put_together() -> None:
    first, second = idioms.pieces("order-${id}")
    assert (first, second.run({"id": "7"}) if not isinstance(second, str) else None) == ("order-", "7")
    assert idioms.pieces("order") == ()
