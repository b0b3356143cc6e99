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


def test_empty_knows_lists() -> None:
    empty = feel.compile_(feel.translated("${empty x}"))
    assert empty.holds({"x": []})
    assert not empty.holds({"x": [1]})


REFUSED = ["${a.equals('b')}", "${execution.getVariable('x')}", "${a == 1}${b}", "${}", "${a = 1}", "${'x'"]


@pytest.mark.parametrize("text", REFUSED)
def test_what_calls_methods_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        feel.compile_(feel.translated(text))
    assert refused.value.code == "juel.refused"
