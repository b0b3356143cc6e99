"""Rules of the small parts: one piece of a drawing for each, wrong and right."""

import pytest

from tests.spiff.fragments import process, through, told

PERFORMER = "task t <performer id='who'>{}</performer>"
REF, ASSIGNED = (
    "<resourceRef>r</resourceRef>",
    "<resourceAssignmentExpression><formalExpression>x</formalExpression></resourceAssignmentExpression>",
)
BOUND = "<resourceParameterBinding parameterRef='rp'><formalExpression>x</formalExpression></resourceParameterBinding>"
RESOURCE = "<resource id='r'><resourceParameter id='rp'/></resource>"
ONCE = "<standardLoopCharacteristics><loopCondition>a</loopCondition></standardLoopCharacteristics>"
MANY = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
IN = (
    "<ioSpecification><dataInput id='{0}'/><inputSet><dataInputRefs>{0}</dataInputRefs></inputSet>"
    "<outputSet/></ioSpecification>"
)
OUT = (
    "<ioSpecification><dataOutput id='{0}'/><inputSet/><outputSet><dataOutputRefs>{0}</dataOutputRefs>"
    "</outputSet></ioSpecification>"
)


def codes(body: str) -> set[str]:
    return {code for code, _ in told(body)}


@pytest.mark.parametrize(
    ("said", "wrong"), [("plain", True), ("text/html", False), ("text/plain; charset=x", False)]
)
def test_a_note_is_of_a_mime_type(said: str, *, wrong: bool) -> None:
    note = process(through(f'task t <documentation textFormat="{said}">x</documentation>'))
    assert ("text.format" in codes(note)) is wrong


@pytest.mark.parametrize(
    ("said", "wrong"), [("_no%$!", True), ("a b", True), ("groovy", False), ("http://x/%20", False)]
)
def test_a_language_goes_by_a_uri(said: str, *, wrong: bool) -> None:
    condition = f'<loopCondition language="{said}">a</loopCondition>'
    looped = f"<standardLoopCharacteristics>{condition}</standardLoopCharacteristics>"
    assert ("expr.language" in codes(process(through(f"task t {looped}")))) is wrong


@pytest.mark.parametrize(
    ("said", "wrong"), [(REF + ASSIGNED, True), (BOUND, True), (REF + BOUND, False), (ASSIGNED, False)]
)
def test_who_performs_is_a_resource_or_an_expression(said: str, *, wrong: bool) -> None:
    assert ("task.performer" in codes(RESOURCE + process(through(PERFORMER.format(said))))) is wrong


def test_a_property_belongs_to_somebody() -> None:
    assert ("data.property", "x") in told('<property id="x"/>' + process(through("task t")))
    assert "data.property" not in codes(process('<property id="x"/>' + through('task t <property id="y"/>')))


def test_data_goes_in_by_inputs_and_out_by_outputs() -> None:
    back = "<dataOutputAssociation id='da'><sourceRef>o</sourceRef><targetRef>i</targetRef></dataOutputAssociation>"
    assert ("data.direction", "da") in told(
        process(IN.format("i") + through(f"task t {OUT.format('o')}{back}"))
    )
    right = "<dataInputAssociation id='da'><sourceRef>i</sourceRef><targetRef>o</targetRef></dataInputAssociation>"
    assert "data.direction" not in codes(process(IN.format("i") + through(f"task t {IN.format('o')}{right}")))


def test_an_activity_is_repeated_in_one_way() -> None:
    assert ("loop.two", "t") in told(process(through(f"task t {ONCE}{MANY}")))
    assert "loop.two" not in codes(process(through(f"task t {MANY}")))


def test_two_pools_are_two_processes() -> None:
    pools = '<participant id="a" processRef="p"/><participant id="b" processRef="{}"/>'
    for other, wrong in (("p", True), ("elsewhere", False)):
        drawn = f'<collaboration id="c">{pools.format(other)}</collaboration>' + process(through("task t"))
        assert (("pool.twice", "b") in told(drawn)) is wrong
