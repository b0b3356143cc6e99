"""What FEEL's expressions are worth: one small table per family of DMN 1.5 §10.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.spiff import feel
from engine.spiff.dmn import plain
from engine.spiff.feel import strings

KNOWN = {"seats": 30, "dishes": [{"name": "汤", "price": 12.5}, {"name": "饭", "price": 2}], "none": []}


def worth(text: str) -> object:
    return plain(feel.compile_(text).run(KNOWN))


NUMBERS = {
    "1 + 2 * 3": 7,
    "10 - 2 - 3": 5,
    "2 ** 3 ** 2": 64,
    "-2 ** 2": 4,
    "1.2e3": 1200,
    "0.1 + 0.2 = 0.3": True,
    "1 / 0": None,
    '1 + "1"': None,
    "decimal(2.345, 2)": 2.34,
    "floor(-1.5)": -2,
    "ceiling(-1.5)": -1,
    "round up(1.121, 2)": 1.13,
    "round down(-1.129, 2)": -1.12,
    "round half up(2.5, 0)": 3,
    "round half down(2.5, 0)": 2,
    "abs(-3)": 3,
    "modulo(-12, 5)": 3,
    "modulo(12, 0)": None,
    "sqrt(16)": 4,
    "sqrt(-1)": None,
    "log(0)": None,
    "odd(5) and even(-2)": True,
    'number("1 000,5", " ", ",")': 1000.5,
    'number("x")': None,
}
STRINGS = {
    '"联" + "办"': "联办",
    'substring("foobar", -3, 2)': "ba",
    'substring("foobar", 0)': None,
    'substring(string: "foobar", start position: 3)': "obar",
    'string length("一件事")': 3,
    'upper case("aBc") + lower case("aBc")': "ABCabc",
    'substring before("a=b", "=") + substring after("a=b", "=")': "ab",
    'replace("banana", "a(n)", "[$1]")': "b[n][n]a",
    'contains("foobar", "ob") and starts with("foobar", "f") and ends with("foobar", "r")': True,
    'matches("FOO", "^f", "i")': True,
    'matches("a", "[")': None,
    'matches("the office of a large district", "(?:large|small) +district$")': True,
    'split("a;b;;c", ";")': ["a", "b", "", "c"],
    'string join(["a", null, "b"], "-")': "a-b",
    'string([1.50, "a", null, {k: true}])': '[1.5, "a", null, {k: true}]',
    '"tab\\tquote\\" \\u529e"': 'tab\tquote" 办',
    'string(duration("P1DT2H30M"))': "P1DT2H30M",
}
LISTS = {
    "[1, 2, 3][item > 1]": [2, 3],
    "[1, 2, 3][-1]": 3,
    "[1, 2, 3][4]": None,
    "dishes[price > 10].name": ["汤"],
    "dishes.price": [12.5, 2],
    "sum(dishes.price)": 14.5,
    "5[1]": 5,
    "none[1]": None,
    "missing[item > 1]": [],
    "count([1, null])": 2,
    "min(3, 1, 2) + max([3, 1])": 4,
    "sum([])": None,
    'sum([1, "a"])': None,
    "mean([1, 2, 6])": 3,
    "median([4, 1, 3, 2])": 2.5,
    "mode([1, 2, 2, 1, 3])": [1, 2],
    "stddev([2, 4, 7, 5])": 2.0816659994661326,
    "product([2, 3, 4])": 24,
    "all()": None,
    "any()": None,
    "count()": None,
    'matches("abcd", "(asd)[\\\\1]")': None,
    "all([true, null])": None,
    "all([false, null])": False,
    "any([true, null])": True,
    "list contains([1, null], null)": True,
    "sublist([1, 2, 3], -2, 1)": [2],
    "append([1], 2, 3)": [1, 2, 3],
    "concatenate([1], [2, 3])": [1, 2, 3],
    "insert before([1, 3], 2, 2)": [1, 2, 3],
    "remove([1, 2, 3], 2)": [1, 3],
    "list replace([1, 2], 1, 9)": [9, 2],
    "list replace([1, 2], function(item, new) item > 1, 9)": [1, 9],
    "reverse([1, 2])": [2, 1],
    "index of([1, 2, 1], 1)": [1, 3],
    "union([1, 2], [2, 3])": [1, 2, 3],
    "distinct values([1, 2, 1])": [1, 2],
    "flatten([1, [2, [3]]])": [1, 2, 3],
    "sort([3, 1, 2], function(a, b) a > b)": [3, 2, 1],
}
LOGIC = {
    "null = null": True,
    "[1, 2] = [1, 2]": True,
    '1 = "1"': None,
    "{a: 1, b: 2} = {b: 2, a: 1}": True,
    "if null then 1 else 2": 2,
    "if seats > 20 then if seats > 40 then 3 else 2 else 1": 2,
    "for n in 1..3 return n * n": [1, 4, 9],
    "for n in 3..1 return n": [3, 2, 1],
    "for a in [1, 2], b in [3, 4] return a * b": [3, 4, 6, 8],
    "for n in 1..4 return if n < 3 then 1 else partial[-1] + partial[-2]": [1, 1, 2, 3],
    "some d in dishes satisfies d.price > 10": True,
    "every d in dishes satisfies d.price > 10": False,
    "every n in none satisfies n > 1": True,
    "5 instance of number": True,
    '["a"] instance of list<string>': True,
    "{a: 1} instance of context<a: string>": False,
    "null instance of number": False,
    "1 in [2, 3, [1..5]]": True,
    "1 in (2, > 0)": True,
    "(> 5) = (> 5)": True,
}
CONTEXTS = {
    "{a b: 1, c: a b + 1}.c": 2,
    '{"x": {y: 3}}.x.y': 3,
    "{a: 1, a: 2}": None,
    'get value({a: 1}, "a")': 1,
    "get entries({a: 1})": [{"key": "a", "value": 1}],
    'context([{key: "a", value: 1}])': {"a": 1},
    'context put({a: 1}, ["b"], 2)': {"a": 1, "b": 2},
    "context merge([{a: 1}, {a: 2, b: 3}])": {"a": 2, "b": 3},
    "{f: function(n: number) n + 1, r: f(2)}.r": 3,
    '{f: function(n: number) n + 1, r: f("x")}.r': None,
    "{fact: function(n) if n < 2 then 1 else n * fact(n - 1), r: fact(5)}.r": 120,
    "(function(a, b) a - b)(b: 1, a: 3)": 2,
}
DATES = {
    'date("2024-02-30")': None,
    'date("2024-02-29") + duration("P1Y")': "2025-02-28",
    'date("2024-01-31") + duration("P1M")': "2024-02-29",
    'date(2024, 3, 1) - date("2024-02-01")': "P29D",
    '@"2024-01-01T10:00:00+08:00" = @"2024-01-01T02:00:00Z"': True,
    '@"2024-01-01T23:00:00" + @"PT2H"': "2024-01-02T01:00:00",
    'time("23:30:00") + duration("PT1H")': "00:30:00",
    'time("10:00:00") - time("09:30:00")': "PT30M",
    'date and time(date("2024-05-01"), time("08:30:00"))': "2024-05-01T08:30:00",
    'date and time("2024-05-01T08:30:00@Asia/Shanghai").timezone': "Asia/Shanghai",
    'date("2024-11-25").weekday': 1,
    'day of week(date("2024-11-25"))': "Monday",
    'week of year(date("2024-12-30"))': 1,
    'years and months duration(date("2023-11-30"), date("2025-01-29"))': "P1Y1M",
    'duration("P1Y2M").months + duration("-PT90M").hours': 1,
    'duration("PT1H") * 3 = duration("PT3H")': True,
    'duration("P2D") / duration("PT12H")': 4,
    'duration("P1Y") < duration("P13M")': True,
    'duration("P1Y") < duration("P400D")': None,
    'time("10:00:00@Asia/Shanghai") = time("10:00:00@Europe/Paris")': False,
    'date("2024-05-01") in [@"2024-04-30"..@"2024-05-02"]': True,
    "today()": None,
}
RANGES = {
    "before(1, [2..3])": True,
    "after([5..6], 4)": True,
    "meets([1..5], [5..9])": True,
    "meets([1..5), [5..9])": False,
    "overlaps([1..5], [3..8])": True,
    "overlaps before([1..5], [3..8])": True,
    "overlaps after([3..8], [1..5])": True,
    "finishes(5, [1..5])": True,
    "finished by([1..5], [3..5])": True,
    "includes([1..5], 3)": True,
    "during([2..3], [1..5])": True,
    "starts([1..2], [1..5])": True,
    "started by([1..5], 1)": True,
    "coincides([1..5], [1..5])": True,
    "[1..5].start + [1..5].end": 6,
    "[1..5).end included": False,
    'range("[1..5)") = [1..5)': True,
    'before("a", 1)': None,
}
ALL = NUMBERS | STRINGS | LISTS | LOGIC | CONTEXTS | DATES | RANGES


@pytest.mark.parametrize("text", ALL)
def test_it_is_worth(text: str) -> None:
    assert worth(text) == ALL[text]
    assert type(worth(text)) is type(ALL[text]) or isinstance(ALL[text], int | float)


# --- properties ---------------------------------------------------------------------------------

LEAVES = some.sampled_from(
    [
        "null", "1", "-2.5", '"a"', "true", "x", "[1, null]", "{a: 1}", "[1..3]", '@"2024-02-29"', '@"P1M"',
        '@"PT3H"', '@"10:00:00Z"', '@"2024-01-01T10:00:00"', "[]", "function(a) a", "sum",
    ]
)  # fmt: skip
SIGNS = some.sampled_from(
    ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "between 1 and"]
)
FRAMES = some.sampled_from(
    [
        "not({})", "-({})", "({})[1]", "({}).a", "count({})", "if {} then 1 else 2", "for n in {} return n",
        "some n in {} satisfies n", "string({})", "[{}][1](1)", "({}) instance of number", "[{}]", "{{k: {}}}.k",
        "sort({})", "flatten({})", "date({})", "min({})", "duration({})", "({}) in (1, > 2)", "[({})..5]",
    ]
)  # fmt: skip
TEXTS = some.recursive(
    LEAVES,
    lambda inner: some.one_of(
        some.tuples(inner, SIGNS, inner).map(" ".join).map("({})".format),
        some.tuples(FRAMES, inner).map(lambda pair: f"({pair[0]})".format(f"({pair[1]})")),
    ),
    max_leaves=6,
)


@given(TEXTS)
def test_whatever_is_compared_or_reckoned_nothing_raises(text: str) -> None:
    plain(feel.compile_(text).run({"x": None}))


@given(some.sampled_from(sorted(feel.functions())), some.lists(LEAVES, max_size=4))
def test_whatever_a_function_is_given_it_answers(name: str, arguments: list[str]) -> None:
    plain(feel.compile_(f"{name}({', '.join(arguments)})").run({}))


WHOLE = some.integers(min_value=-(10**15), max_value=10**15)


@given(WHOLE, WHOLE)
def test_hundredths_add_up_exactly(left: int, right: int) -> None:
    total = feel.compile_("a / 100 + b / 100 = c / 100")
    assert total.holds({"a": left, "b": right, "c": left + right})


@given(some.dates(), some.integers(min_value=-4000, max_value=4000))
def test_a_date_plus_and_minus_a_duration_is_itself(day: object, days: int) -> None:
    back = feel.compile_('d + n * @"P1D" - n * @"P1D"').run({"d": day, "n": days})
    assert back in (day, None)  # None: beyond the calendar's end


@given(some.text(max_size=30))
def test_a_text_survives_being_written(text: str) -> None:
    quoted = strings.quoted(text).replace("\n", "\\n")
    assert feel.compile_(quoted).run({}) == text
