"""Conditions of other engines: said again in FEEL, or refused by name."""

import pytest

from engine.domain.errors import Malformed
from engine.spiff import feel

SAID = {
    "${accept == 'pass'}": 'accept = "pass"',
    "${a && !b || !(c)}": "a and not(b) or not(c)",
    "#{count gt 3}": "count > 3",
    "= yes": "yes",
    'accept = "pass"': 'accept = "pass"',
    "${word == 'a == b'}": 'word = "a == b"',
    "${ a ne null and not b }": "a != null and not(b)",
    "${n % 2 == 1}": "modulo(n, 2) = 1",
    "${n div 2 lt 3.5}": "n / 2 < 3.5",
    "${ok ? 'x' : 'y'}": 'if ok then "x" else "y"',
    "${form.list[0] == 1}": "form.list[1] = 1",
    "${form['key'] != 1}": 'get value(form, "key") != 1',
    "${-n le -1}": "-n <= -1",
    "${ok == true}": 'list contains(["true", true], ok)',
    "${ok ne 'true'}": 'not(list contains(["true", true], ok))',
    "${'3' == form.n}": 'list contains(["3", 3], form.n)',
    "${n == 3}": "n = 3",
}


@pytest.mark.parametrize("text", SAID)
def test_it_is_translated(text: str) -> None:
    assert feel.translated(text) == SAID[text]
    feel.compile_(feel.translated(text))


EMPTY = {"": True, "abc": False, None: True, 0: False}


@pytest.mark.parametrize("value", EMPTY)
def test_empty_knows_every_kind(value: object) -> None:
    assert feel.compile_(feel.translated("${empty x}")).holds({"x": value}) is EMPTY[value]
    assert feel.compile_(feel.translated("${!empty x}")).holds({"x": value}) is not EMPTY[value]


def test_empty_knows_lists_and_maps() -> None:
    empty = feel.compile_(feel.translated("${empty x}"))
    assert empty.holds({"x": []})
    assert not empty.holds({"x": [1]})
    assert empty.holds({"x": {}})
    assert not empty.holds({"x": {"a": 1}})


def test_what_a_translated_condition_asks_is_known() -> None:
    """The checker sees that two flows cover a yes and a no."""
    assert feel.compile_(feel.translated("${ok == 'true'}")).asks == ("ok", frozenset({"true"}), True)
    assert feel.compile_(feel.translated("${ok != true}")).asks == ("ok", frozenset({"true"}), False)


SPELT = [("true", True), (True, True), ("false", False), (False, False), (None, False)]


@pytest.mark.parametrize(("value", "holds"), SPELT)
def test_a_form_that_sends_words_is_understood(value: object, *, holds: bool) -> None:
    """JUEL takes "true" for true; a condition drawn for an engine of that kind counts on it."""
    assert feel.compile_(feel.translated("${ok == true}")).holds({"ok": value}) is holds
    assert feel.compile_(feel.translated("${ok != 'true'}")).holds({"ok": value}) is not holds


REFUSED = ["${a.equals('b')}", "${execution.getVariable('x')}", "${a == 1}${b}", "${}", "${a = 1}", "${'x'"]


@pytest.mark.parametrize("text", REFUSED)
def test_what_calls_methods_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        feel.compile_(feel.translated(text))
    assert refused.value.code == "juel.refused"
