"""Nothing in a diagram is executed, and what tries to is not even kept."""

import pytest

from engine.spiff.findings import Bar
from tests.spiff.fragments import findings, flow, process, through

TIMED = (
    "intermediateCatchEvent wait <timerEventDefinition>"
    "<{0} xsi:type='tFormalExpression'>{1}</{0}></timerEventDefinition>"
)
MANY = "<multiInstanceLoopCharacteristics><loopCardinality{}>{}</loopCardinality></multiInstanceLoopCharacteristics>"


def asked(text: str, *, executable: bool = True) -> list[tuple[str, str | None]]:
    """What forbids keeping a process with *text* as a condition."""
    condition = f'<conditionExpression xsi:type="tFormalExpression"><![CDATA[{text}]]></conditionExpression>'
    body = '<startEvent id="s"/><exclusiveGateway id="g" default="b"/><task id="t"/><endEvent id="e"/>'
    body += flow("f", "s", "g") + flow("a", "g", "t", condition) + flow("b", "g", "e") + flow("c", "t", "e")
    return kept_out(process(body, executable=executable))


def kept_out(body: str) -> list[tuple[str, str | None]]:
    return [(each.code, each.element) for each in findings(body) if each.bars is Bar.KEEPING]


CODE = [
    "__import__('os').system('id') == 0",
    "open('/etc/hostname').read() != ''",
    "(lambda: 1)()",
    "9**9**9 > 1",
    "'a'*10**10 == ''",
    "[0 for _ in iter(int, 1)]",
    "${''.getClass().forName('java.lang.Runtime')}",
    "exec('x=1') or true",
    "globals()",
    "f'{().__class__}'",
    "new ProcessBuilder('id').start()",
]


@pytest.mark.parametrize("text", CODE)
def test_code_in_a_condition_is_not_kept(text: str) -> None:
    assert asked(text) == [("expr.forbidden", "a")]


@pytest.mark.parametrize(
    "text",
    [
        "amount > 10 and x in (1, 2)",
        "${leave.isHrApproved()}",
        "${execution.getVariable('opened') == 'open'}",
        "bpmn:getDataObject('clarified') = 'no'",
        'reason = "import of goods"',
        "2 ** 3 > x",
        "",
    ],
)
def test_what_another_engine_reads_is_kept(text: str) -> None:
    assert asked(text) == []


def test_a_drawing_that_does_not_claim_to_be_executable_is_kept() -> None:
    assert asked(CODE[0], executable=False) == []


@pytest.mark.parametrize("text", ["import os; os.system('id')", "while True: pass", "().__class__.__base__"])
def test_a_script_that_reaches_out_is_not_kept(text: str) -> None:
    body = process(through(f"scriptTask run <script>{text}</script>"))
    assert kept_out(body) == [("expr.forbidden", "run")]


@pytest.mark.parametrize("text", ["R/PT0S", "R1000000/PT0S", "R5/P0D"])
def test_a_cycle_without_time_in_between_is_not_kept(text: str) -> None:
    assert ("timer.too-frequent", "wait") in kept_out(process(through(TIMED.format("timeCycle", text))))


@pytest.mark.parametrize("text", ["R5/PT0.5S", "R2/P0DT1M"])
def test_a_cycle_with_little_time_in_between_is_kept(text: str) -> None:
    assert kept_out(process(through(TIMED.format("timeCycle", text)))) == []


def test_stars_within_quotes_are_an_ornament() -> None:
    body = process(through("scriptTask run <script>print('**** done ****')</script>"))
    assert kept_out(body) == []


@pytest.mark.parametrize("text", ["-P1D", "PT", "3天", "", "P1M2W"])
def test_a_time_that_is_none_is_not_kept(text: str) -> None:
    assert kept_out(process(through(TIMED.format("timeDuration", text)))) == [("timer.invalid", "wait")]


@pytest.mark.parametrize("text", ["${timeout}", "myTimeout", "timedelta(days=3)", "0 0/5 * * * ?"])
def test_another_engines_time_is_kept(text: str) -> None:
    assert kept_out(process(through(TIMED.format("timeDuration", text)))) == []


@pytest.mark.parametrize("count", ["-1", "0"])
def test_many_times_none_is_not_kept(count: str) -> None:
    many = MANY.format("", count)
    assert kept_out(process(through(f"task t {many}"))) == [("bpmn.invalid-cardinality", "t")]


def test_a_form_is_named_and_not_linked_to() -> None:
    task = '<userTask id="u" xmlns:c="http://camunda.org/schema/1.0/bpmn" c:formKey="javascript:alert(1)"/>'
    assert ("bpmn.bad-form-key", "u") in {(each.code, each.element) for each in findings(process(task))}


def test_an_expression_says_that_it_is_formal_and_is_not_empty() -> None:
    loose, empty = MANY.format("", 2), MANY.format(' xsi:type="tFormalExpression"', "")
    for inner, code in ((loose, "expr.not-formal"), (empty, "expr.empty")):
        assert (code, "t") in {
            (each.code, each.element) for each in findings(process(through(f"task t {inner}")))
        }
