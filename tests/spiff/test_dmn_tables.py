"""Decision tables: cells, hit policies, and refusals that name the row and the column."""

import pytest

from engine.domain.errors import Malformed
from engine.spiff import dmn
from tests.spiff.decisions import answer, decision, source, table

#: Food licences: small, middle, large; in three lines.
SIZES = ("area => size", "< 100 => 'small'", "[100..500] => 'middle'", "> 500 => 'large'")


def sizes(**extra: str) -> str:
    return table(*(line.replace("'", '"') for line in SIZES), **extra)


@pytest.mark.parametrize(
    ("area", "size"), [(50, "small"), (100, "middle"), (500, "middle"), (501, "large"), (None, None)]
)
def test_the_one_row_that_applies_answers(area: object, size: object) -> None:
    assert answer(sizes(), area=area) == size


CELLS = [
    ("-", 1, True),
    ("1", 1, True),
    ("1, 2", 2, True),
    ("not(1, 2)", 3, True),
    ("not(1, 2)", 2, False),
    ("< 5", 4, True),
    ("]1..5[", 1, False),
    ("[1..5), > 7", 8, True),
    ('"a","b"', "b", True),
    ('not("a")', "b", True),
    ('not("a")', None, True),
    ("null", None, True),
    ("true", True, True),
    ("not(true)", False, True),
    ("? > 3 and ? < 5", 4, True),
    ("? > 3 and ? < 5", 6, False),
    ('starts with(?, "a")', "abc", True),
    ("limit", 7, True),
    ("> limit", 8, True),
    ("[limit..limit + 2]", 9, True),
    ("words", "b", True),
    ('date("2024-05-01")', "2024-05-01", False),
    ("> 1", "a", False),
    ("> 1", None, False),
]


@pytest.mark.parametrize(("cell", "value", "holds"), CELLS)
def test_a_cell_holds(cell: str, value: object, *, holds: bool) -> None:
    found = answer(table("x => y", f"{cell} => true", default="false"), x=value, limit=7, words=["a", "b"])
    assert found is holds


#: What four overlapping rows answer to 6: rows 1, 2 and 3 apply.
ROWS = ("> 1 => 20", "> 3 => 10", "> 5 => 30", "> 9 => 40")
POLICIES = {
    "FIRST": 20,
    "PRIORITY": 30,
    "RULE ORDER": [20, 10, 30],
    "OUTPUT ORDER": [30, 20, 10],
    "COLLECT": [20, 10, 30],
    "COLLECT SUM": 60,
    "COLLECT MIN": 10,
    "COLLECT MAX": 30,
    "COLLECT COUNT": 3,
}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_hit_policy_chooses(policy: str) -> None:
    name, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT ") else (policy, "", "")
    extra = f'aggregation="{aggregation}"' if aggregation else ""
    box = table("x => y", *ROWS, policy=name, extra=extra, values="40, 30, 20, 10")
    assert answer(box, x=6) == POLICIES[policy]


NONE = {
    "UNIQUE": None,
    "ANY": None,
    "FIRST": None,
    "PRIORITY": None,
    "COLLECT": [],
    "RULE ORDER": [],
    "OUTPUT ORDER": [],
}


@pytest.mark.parametrize("policy", NONE)
def test_no_row_is_null_or_the_default(policy: str) -> None:
    assert answer(table("x => y", *ROWS, policy=policy), x=0) == NONE[policy]
    assert answer(table("x => y", *ROWS, policy=policy, default="0"), x=0) == 0


def test_nothing_is_summed_to_null_and_counted_to_nought() -> None:
    assert answer(table("x => y", *ROWS, policy="COLLECT", extra='aggregation="SUM"'), x=0) is None
    assert answer(table("x => y", *ROWS, policy="COLLECT", extra='aggregation="COUNT"'), x=0) == 0


def test_two_rows_where_one_may_apply_are_refused_by_number() -> None:
    with pytest.raises(dmn.Undecided) as undecided:
        answer(table("x => y", *ROWS), x=4)
    assert (undecided.value.code, undecided.value.element) == ("dmn.not-unique", "r2")
    assert "第 1、2 行" in undecided.value.message


def test_any_needs_one_answer() -> None:
    assert answer(table("x => y", "> 1 => 7", "> 2 => 7", policy="ANY"), x=3) == 7
    with pytest.raises(dmn.Undecided) as undecided:
        answer(table("x => y", "> 1 => 7", "> 2 => 8", policy="ANY"), x=3)
    assert undecided.value.code == "dmn.not-any"


def test_several_inputs_and_outputs() -> None:
    box = table("kind | area => way | days", '"food" | < 50 => "notice" | 0', '"food" | - => "licence" | 5')
    with pytest.raises(dmn.Undecided):
        answer(box, kind="food", area=20)
    box = box.replace("UNIQUE", "FIRST")
    assert answer(box, kind="food", area=20) == {"way": "notice", "days": 0}
    assert answer(box, kind="food", area=70) == {"way": "licence", "days": 5}
    assert answer(box, kind="tea", area=70) is None


def test_several_outputs_are_ranked_by_the_first() -> None:
    rows = ('> 1 => "low" | 1', '> 2 => "high" | 2')
    box = table("x => risk | n", *rows, policy="PRIORITY", values='"high", "low"')
    assert answer(box, x=3) == {"risk": "high", "n": 2}
    box = table("x => risk | n", *rows, policy="OUTPUT ORDER", values='"high", "low"')
    assert answer(box, x=3) == [{"risk": "high", "n": 2}, {"risk": "low", "n": 1}]


def test_a_long_table_of_words_is_looked_up() -> None:
    rows = [f'"w{number}" => {number}' for number in range(500)]
    assert answer(table("x => y", *rows), x="w499") == 499


BROKEN = {
    "a cell": ("x => y", "1 => 1", "== 2 => 2"),
    "an answer": ("x => y", "1 => 1", '2 => "no end'),
    "an unknown function": ("x => y", "1 => 1", "open(?) => 2"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_does_not_compile_is_found_at_its_cell(what: str) -> None:
    with pytest.raises(Malformed) as refused:
        dmn.read(source(decision("面积分级", table(*BROKEN[what]))))
    finding = refused.value.findings[0]
    assert finding.element == "r2"
    assert "决策“面积分级”第 2 行" in finding.message


def test_a_ragged_table_and_an_unknown_policy_are_refused() -> None:
    for box in (table("x | z => y", "1 => 1"), table("x => y", "1 => 1", policy="MOST")):
        with pytest.raises(Malformed) as refused:
            dmn.read(source(decision("d", box)))
        assert refused.value.code in ("dmn.ragged", "dmn.hit-policy")


def test_a_draft_answers_what_it_can() -> None:
    model = dmn.examine(source(decision("d", table("x => y", "1 => 1", "== 2 => 2"))))
    assert [finding.element for finding in model.findings] == ["r2"]
    assert dmn.plain(model.decide("d", {"x": 1})) == 1


ENDLESS = "count(for a in 1..9999, b in 1..9999 return a)"
PLACES = {
    "第 2 行“x”列": table("x => y", "< 0 => 1", f"< {ENDLESS} => 2"),
    "第 1 行“y”列": table("x => y", f"> 0 => {ENDLESS}"),
    "输入列“x + " + ENDLESS + "”": table(f"x + {ENDLESS} => y", "> 0 => 1"),
}


@pytest.mark.parametrize("cell", PLACES)
def test_what_stops_a_table_names_the_cell(cell: str) -> None:
    model = dmn.read(source(decision("费用", PLACES[cell])))
    with pytest.raises(dmn.Undecided) as undecided:
        model.decide("费用", {"x": 1})
    assert undecided.value.code == "feel.over-budget"
    assert undecided.value.message.startswith(f"决策“费用”{cell}：")


def test_a_column_of_dates_reads_dates_told_as_text() -> None:
    head = (
        '<input><inputExpression typeRef="date"><text>day</text></inputExpression></input><output name="y"/>'
    )
    cells = '<inputEntry><text>&gt;= @"2026-01-01"</text></inputEntry><outputEntry><text>"new"</text></outputEntry>'
    rule = f"<rule>{cells}</rule>"
    model = dmn.read(source(decision("d", f"<decisionTable>{head}{rule}</decisionTable>")))
    assert dmn.plain(model.decide("d", {"day": "2026-11-23"})) == "new"
