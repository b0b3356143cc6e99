"""Conditions in FEEL: what they mean, and what they refuse."""

import pytest

from engine.domain.errors import Malformed
from engine.spiff import feel

FLAGS = {"accept": "pass", "count": 5, "rate": 1.1, "yes": True, "no": False, "结果": "通过", "word": "a"}

HOLDS = [
    'accept = "pass"',
    'accept != "return" and count > 3',
    "yes and not(no)",
    "no or count <= 5",
    'accept in ("return", "pass")',
    'accept in ["return", "pass"]',
    "count in [1..5]",
    "count in (4..6)",
    "count in ]4..6[",
    "count in (> 4)",
    "count in > 4",
    "count in (< 1, 3, [5..6))",
    "count between 5 and 6 and yes",
    "(count + 1) * 2 = 12",
    "rate + 2.2 = 3.3",
    "-count = -5",
    '结果 = "通过"',
    "unknown = null",
    'unknown != "a"',
    'if no then false else word = "a"',
    "not(unknown = 3)",
    "999999999999 * 999999999999 * 999999999999 > 1",
    "yes and some n in [1, count] satisfies n > 4",
    "count(word) = 1",
]
FAILS = [
    "count in [1..5)",
    "unknown",
    "unknown < 3",
    "not(unknown)",
    "unknown and yes",
    'unknown = "a"',
    'count = "5"',
    "count / 0 > 1",
    "yes = 1",
    "count",
    "accept > 1",
    "unknown between 1 and 3",
    "word.real = 1",
    "word.__class__ != null",
    "word[0] = 1",
]


@pytest.mark.parametrize("text", HOLDS)
def test_it_holds(text: str) -> None:
    assert feel.compile_(text).holds(FLAGS)


@pytest.mark.parametrize("text", FAILS)
def test_it_does_not_hold(text: str) -> None:
    assert not feel.compile_(text).holds(FLAGS)


THREE = {"unknown and no": False, "unknown or yes": True, "unknown or no": None, "unknown and yes": None}


@pytest.mark.parametrize("text", THREE)
def test_and_and_or_know_three_values(text: str) -> None:
    assert feel.compile_(text).run(FLAGS) is THREE[text]


REFUSED = [
    "",
    "accept == 'pass'",
    '__import__("os").system("true")',
    "lambda: 1",
    "(a := 1)",
    "open(1)",
    "word.upper()(1)(",
    "accept =",
    '"no end',
    "1 = 1; 2",
    'function() external {java: {class: "java.lang.Math"}}',
    '@"tomorrow"',
    "x instance of nonsense",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_condition_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        feel.compile_(text)
    assert refused.value.code in ("feel.unreadable", "feel.external")


@pytest.mark.parametrize(
    "text", ["x" * 3_000, "(" * 300 + "a" + ")" * 300, "not(" * 140 + "a" + ")" * 140, "1+" * 500 + "1"]
)
def test_a_condition_has_a_budget(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        feel.compile_(text)
    assert refused.value.code == "feel.too-long"


def test_the_deepest_condition_allowed_still_runs() -> None:
    assert feel.compile_("(" * 140 + "yes" + ")" * 140).holds(FLAGS)
    assert feel.compile_("-" * 98 + "count = 5").holds(FLAGS)


REPEATED = {name: ",".join([name] * 20) for name in "1abc"}
#: What would take for ever, or fill the memory, if nobody counted.
ENDLESS = [
    "count(for a in 1..1000, b in 1..1000 return a) > 0",
    "{f: function(n) f(n + 1), x: f(1)}.x = 1",
    '{a: for i in 1..9999 return "xxxxxxxxxx", b: string join(a) + string join(a)}.b = "x"',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a*a*a*a*a*b")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a?){40}a{40}")',
    # every list holds the one before many times over
    f"{{a: [{REPEATED['1']}], b: [{REPEATED['a']}], c: [{REPEATED['b']}], d: flatten([{REPEATED['c']}])}}",
    f"{{a: [{REPEATED['1']}], b: [{REPEATED['a']}], c: [{REPEATED['b']}], d: [{REPEATED['c']}].x}}",
    f"{{a: [{REPEATED['1']}], b: [{REPEATED['a']}], c: [{REPEATED['b']}], d: string([{REPEATED['c']}])}}",
]


@pytest.mark.parametrize("text", ENDLESS)
def test_an_evaluation_has_a_budget(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        feel.compile_(text).run({})
    assert refused.value.code == "feel.over-budget"


def test_an_expression_says_which_names_it_reads() -> None:
    assert feel.compile_('accept = "pass" and not(late)').names == {"accept", "late"}
    assert feel.compile_("some n in numbers satisfies n > least").names == {"numbers", "least"}


def test_names_with_spaces_and_signs_are_known_by_the_longest() -> None:
    flags = {"经营 面积": 80, "a-b": 1, "a": 5, "b": 2}
    assert feel.compile_("经营  面积 > 50", ["经营 面积"]).holds(flags)
    assert feel.compile_("a-b = 1", ["a-b"]).holds(flags)
    assert feel.compile_("a-b = 3").holds(flags)
