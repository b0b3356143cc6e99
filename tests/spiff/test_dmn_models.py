"""Decision models: requirements, boxed expressions, types, services, and the way to a case's flags."""

from datetime import UTC, datetime

import pytest

from engine.domain.errors import Malformed
from engine.spiff import dmn
from tests.spiff.decisions import YEARS, answer, decision, input_, literal, source, table, text


def variable(name: str, kind: str = "") -> str:
    return f'<variable name="{name}"' + (f' typeRef="{kind}"' if kind else "") + "/>"


def test_decisions_stand_on_decisions() -> None:
    model = dmn.read(
        source(
            input_("经营 面积", "number"),
            decision(
                "风险 等级",
                table("经营 面积 => y", '<= 100 => "低"', '> 100 => "高"'),
                ["i:经营 面积"],
                "string",
            ),
            decision(
                "days",
                literal('if 风险 等级 = "低" then 3 else 经营 面积 / 10'),
                ["d:风险 等级", "i:经营 面积"],
            ),
        )
    )
    assert dmn.plain(model.decide("days", {"经营 面积": 80})) == 3
    assert dmn.plain(model.decide("days", {"经营 面积": 200})) == 20
    assert [each.name for each in model.decisions] == ["风险 等级", "days"]
    assert [each.name for each in model.inputs] == ["经营 面积"]


def test_a_decision_sees_only_what_it_requires() -> None:
    model = dmn.read(source(input_("a"), decision("d", literal("a")), decision("e", literal("loose"))))
    assert model.decide("d", {"a": 1}) is None
    assert dmn.plain(model.decide("e", {"loose": 1})) == 1


def test_a_decision_that_needs_itself_is_refused() -> None:
    model = dmn.read(source(decision("a", literal("b"), ["d:b"]), decision("b", literal("a"), ["d:a"])))
    with pytest.raises(dmn.Undecided) as undecided:
        model.decide("a", {})
    assert undecided.value.code == "dmn.circle"


@pytest.mark.parametrize("year", YEARS)
def test_every_version_is_read(year: str) -> None:
    model = dmn.read(source(decision("d", literal("1 + 1")), year=year))
    assert dmn.plain(model.decide("d", {})) == 2


# --- boxes --------------------------------------------------------------------------------------


def entry(name: str, box: str) -> str:
    return f"<contextEntry>{variable(name)}{box}</contextEntry>"


ADDING = f'<functionDefinition><formalParameter name="n"/>{literal("n + x")}</functionDefinition>'
BOXES = {
    "context": (
        f"<context>{entry('a', literal('x + 1'))}{entry('b c', literal('a * 2'))}</context>",
        {"a": 3, "b c": 6},
    ),
    "answer of a context": (
        f"<context>{entry('a', literal('x'))}<contextEntry>{literal('a + 5')}</contextEntry></context>",
        7,
    ),
    "list": (f"<list>{literal('x')}{literal('2 * x')}</list>", [2, 4]),
    "relation": (
        f'<relation><column name="a"/><column name="b"/><row>{literal("x")}{literal("1")}</row></relation>',
        [{"a": 2, "b": 1}],
    ),
    "conditional": (
        f"<conditional><if>{literal('x > 1')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
        1,
    ),
    "filter": (
        f"<filter><in>{literal('[1, 2, 3]')}</in><match>{literal('item >= x')}</match></filter>",
        [2, 3],
    ),
    "for": (
        f'<for iteratorVariable="n"><in>{literal("1..3")}</in><return>{literal("n * x")}</return></for>'.replace(
            "1..3", "[1..3]"
        ),
        [2, 4, 6],
    ),
    "some": (
        f'<some iteratorVariable="n"><in>{literal("[1, 5]")}</in><satisfies>{literal("n > x")}</satisfies></some>',
        True,
    ),
    "every": (
        f'<every iteratorVariable="n"><in>{literal("[1, 5]")}</in><satisfies>{literal("n > x")}</satisfies></every>',
        False,
    ),
    "function": (
        f"<context>{entry('f', ADDING)}<contextEntry>{literal('f(3)')}</contextEntry></context>",
        5,
    ),
}


@pytest.mark.parametrize("kind", BOXES)
def test_a_box_answers(kind: str) -> None:
    box, expected = BOXES[kind]
    assert answer(box, x=2) == expected


#: What is owed for so many days, at a rate.
OWED = (
    '<businessKnowledgeModel id="owed" name="owed"><encapsulatedLogic><formalParameter name="days" typeRef="number"/>'
    f'<formalParameter name="rate"/>{literal("days * rate")}</encapsulatedLogic></businessKnowledgeModel>'
)


def test_knowledge_is_called_by_text_and_by_box() -> None:
    bound = f'<binding><parameter name="rate"/>{literal("3")}</binding>'
    bound += f'<binding><parameter name="days"/>{literal("x")}</binding>'
    model = dmn.read(
        source(
            OWED,
            decision("text", literal("owed(x, 2) + owed(rate: 1, days: x)"), ["k:owed"]),
            decision("box", f"<invocation>{literal('owed')}{bound}</invocation>", ["k:owed"]),
            decision("wrong", literal('owed("x", 2)'), ["k:owed"]),
        )
    )
    assert dmn.plain(model.decide("text", {"x": 10})) == 30
    assert dmn.plain(model.decide("box", {"x": 10})) == 30
    assert model.decide("wrong", {}) is None


def test_a_service_takes_what_is_said_for_a_decision() -> None:
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#sum"/>'
        '<inputDecision href="#half"/></decisionService>'
    )
    model = dmn.read(
        source(decision("half", literal("1")), decision("sum", literal("half + 10"), ["d:half"]), service)
    )
    assert dmn.plain(model.decide("s", {})) == 11
    assert dmn.plain(model.decide("s", {"half": 5})) == 15


def test_a_name_with_a_dot_is_a_parameter_or_a_way() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="shop.area"/>'
        f"{literal('shop.area * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = dmn.read(source(knowledge, decision("d", literal("k(shop.area) + shop.area"), ["k:k"])))
    assert dmn.plain(model.decide("d", {"shop": {"area": 10}})) == 30


def test_a_name_may_begin_with_a_word_of_the_language() -> None:
    model = dmn.read(
        source(
            decision("in hand", literal("[1, 2]")),
            decision("d", literal("for i in in hand return i"), ["d:in hand"]),
        )
    )
    assert dmn.plain(model.decide("d", {})) == [1, 2]


def test_a_service_is_asked_and_called() -> None:
    service = (
        '<decisionService id="s" name="s"><outputDecision href="#sum"/>'
        '<encapsulatedDecision href="#half"/><inputData href="#a"/></decisionService>'
    )
    model = dmn.read(
        source(
            input_("a", "number"),
            decision("half", literal("a / 2"), ["i:a"]),
            decision("sum", literal("a + half"), ["i:a", "d:half"]),
            service,
            decision("caller", literal("s(10) + s(a: 2)"), ["k:s"]),
        )
    )
    assert dmn.plain(model.decide("s", {"a": 4})) == 6
    assert dmn.plain(model.decide("caller", {})) == 18


# --- types --------------------------------------------------------------------------------------

LEVELS = text('"低"')
TYPES = (
    f'<itemDefinition name="level"><typeRef>string</typeRef><allowedValues>{LEVELS}</allowedValues></itemDefinition>'
    '<itemDefinition name="levels" isCollection="true"><typeRef>level</typeRef></itemDefinition>'
    '<itemDefinition name="shop"><itemComponent name="floor area"><typeRef>number</typeRef></itemComponent>'
    "</itemDefinition>"
)
FITS = [
    ("level", "低", "低"),
    ("level", "高", None),
    ("levels", ["低", "低"], ["低", "低"]),
    ("levels", ["高"], None),
    ("levels", "低", ["低"]),
    ("number", [[5]], 5),
    ("number", [[5, 6]], None),
    ("number", "5", None),
    ("shop", {"floor area": 5}, {"floor area": 5}),
    ("shop", {"floor area": "x"}, None),
    ("shop", {}, None),
]


@pytest.mark.parametrize(("kind", "raw", "expected"), FITS)
def test_an_input_fits_its_type_or_is_null(kind: str, raw: object, expected: object) -> None:
    model = dmn.read(source(TYPES, input_("a", kind), decision("d", literal("a"), ["i:a"])))
    assert dmn.plain(model.decide("d", {"a": raw})) == expected


TOLD = [
    ("date", "2026-11-23", "2026-11-23"),
    ("date", "soon", None),
    ("date and time", "2026-11-23T09:00:00", "2026-11-23T09:00:00"),
    ("time", "09:00:00", "09:00:00"),
    ("days and time duration", "P3D", "P3D"),
    ("years and months duration", "P3D", None),
    ("string", "2026-11-23", "2026-11-23"),
]


@pytest.mark.parametrize(("kind", "raw", "expected"), TOLD)
def test_what_is_told_from_outside_is_read(kind: str, raw: str, expected: object) -> None:
    """Flags hold no dates; where the model wants one, a text means it."""
    model = dmn.read(source(input_("a", kind), decision("d", literal("a"), ["i:a"])))
    assert dmn.plain(model.decide("d", {"a": raw})) == expected


def test_dates_within_what_is_told_are_read_too() -> None:
    days = '<itemDefinition name="days" isCollection="true"><typeRef>date</typeRef></itemDefinition>'
    model = dmn.read(source(days, input_("a", "days"), decision("d", literal("a[1].year"), ["i:a"])))
    assert dmn.plain(model.decide("d", {"a": ["2026-11-23"]})) == 2026


def test_parts_of_a_type_may_have_spaces() -> None:
    model = dmn.read(source(TYPES, input_("a", "shop"), decision("d", literal("a.floor area + 1"), ["i:a"])))
    assert dmn.plain(model.decide("d", {"a": {"floor area": 5}})) == 6


# --- refusals -----------------------------------------------------------------------------------

GROOVY = f'<literalExpression expressionLanguage="groovy">{text("1")}</literalExpression>'
BROKEN = {
    "dmn.dangling": decision("d", literal("1"), ["i:gone"]),
    "dmn.type-unknown": decision("d", literal("1"), kind="nonsense"),
    "id.duplicate": decision("d", literal("1")) + decision("d", literal("2")),
    "feel.unreadable": decision("d", literal("1 +")),
    "dmn.language": decision("d", GROOVY),
    "dmn.function-kind": decision(
        "d", f'<functionDefinition kind="Java">{literal("1")}</functionDefinition>'
    ),
    "feel.external": decision("d", literal('function() external {java: {class: "X"}}')),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_cannot_be_right_is_refused_by_element(code: str) -> None:
    with pytest.raises(Malformed) as refused:
        dmn.read(source(BROKEN[code]))
    assert (refused.value.code, refused.value.findings[0].element) == (code, "d")


#: Each file, and the code of its refusal.
HOSTILE = {
    b"": "upload.empty",
    b"no xml": "xml.invalid",
    b"<definitions/>": "dmn.no-model",
    b'<!DOCTYPE d [<!ENTITY e "x">]><definitions>&e;</definitions>': "xml.doctype-forbidden",
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_decision_file_is_refused(hostile: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        dmn.read(hostile)
    assert refused.value.code == HOSTILE[hostile]


def test_a_file_without_a_decision_and_a_diagram_are_refused() -> None:
    diagram = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:dmn="{}"/>'
    for empty, code in (
        (source(), "dmn.no-decision"),
        (diagram.format(YEARS["1.5"]).encode(), "dmn.no-model"),
    ):
        with pytest.raises(Malformed) as refused:
            dmn.read(empty)
        assert refused.value.code == code


def test_an_endless_decision_is_stopped_by_name() -> None:
    model = dmn.read(source(decision("loop", literal("count(for a in 1..9999, b in 1..9999 return a)"))))
    with pytest.raises(dmn.Undecided) as undecided:
        model.decide("loop", {})
    assert (undecided.value.code, undecided.value.element) == ("feel.over-budget", "loop")


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(dmn.Undecided) as undecided:
        dmn.read(source(decision("d", literal("1")))).decide("e", {})
    assert undecided.value.code == "dmn.unknown"


# --- flags --------------------------------------------------------------------------------------


def test_a_rule_task_turns_flags_into_flags() -> None:
    model = dmn.read(
        source(
            decision("way", table("area => way | days", '< 50 => "notice" | 0.5', '>= 50 => "licence" | 5'))
        )
    )
    assert dmn.answers(model, "way", {"area": 20}) == {"way": "notice", "days": 0.5}
    assert dmn.answers(model, "way", {"area": 70}, "result") == {"result": {"way": "licence", "days": 5}}
    assert dmn.answers(model, "way", {}) == {"way": None, "days": None}


def test_today_is_what_the_caller_says() -> None:
    model = dmn.read(source(decision("d", literal('string(today() + duration("P1D"))'))))
    assert model.decide("d", {}, datetime(2026, 11, 23, tzinfo=UTC)) == "2026-11-24"
