"""Gateways, activities and flows as drawn; one small drawing for each rule."""

import pytest

from tests.spiff.fragments import flow, process, through, told

WAITS = (
    '<intermediateCatchEvent id="{0}"><timerEventDefinition><timeDuration xsi:type="tFormalExpression">'
    "P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>"
)
TELLS = '<intermediateCatchEvent id="{0}"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
IF = '<conditionExpression xsi:type="tFormalExpression">x</conditionExpression>'


def gate(words: str, ins: int, outs: int) -> str:
    tasks = "".join(f'<task id="i{n}"/>' + flow(f"fi{n}", f"i{n}", "g") for n in range(ins))
    tasks += "".join(f'<task id="o{n}"/>' + flow(f"fo{n}", "g", f"o{n}") for n in range(outs))
    return process(f'<parallelGateway id="g" {words}/>{tasks}')


def choice(*targets: str, words: str = "", inner: str = "", more: str = "") -> str:
    """An event gateway before *targets*, two of which are enough."""
    ids = [target.split('id="')[1].split('"')[0] for target in targets]
    flows = "".join(flow(f"to_{name}", "g", name, inner) for name in ids)
    return '<message id="m" name="m"/>' + process(
        f'<startEvent id="s"/><eventBasedGateway id="g"{words}/>{"".join(targets)}{flows}{flow("f", "s", "g")}{more}'
    )


ONE, TWO = WAITS.format("one"), WAITS.format("two")
DRAWN = {
    "converging": (gate('gatewayDirection="Converging"', 2, 2), "gateway.direction", "g"),
    "diverging": (gate('gatewayDirection="Diverging"', 2, 2), "gateway.direction", "g"),
    "mixed": (gate('gatewayDirection="Mixed"', 2, 1), "gateway.direction", "g"),
    "neither": (gate("", 1, 1), "gateway.idle", "g"),
    "a choice of one": (choice(ONE), "choice.single", "g"),
    "a choice that begins comes first": (choice(ONE, TWO, words=' instantiate="true"'), "choice.instantiates", "g"),
    "events are not conditional": (choice(ONE, TWO, inner=IF), "choice.condition", "to_one"),
    "a choice of tasks": (choice(ONE, '<task id="two"/>'), "choice.target", "two"),
    "messages and receive tasks": (
        choice(TELLS.format("one"), '<receiveTask id="two" messageRef="m"/>'), "choice.mixed", "one"),
    "an event reached twice": (choice(ONE, TWO, more=flow("again", "s", "two")), "choice.shared", "two"),
    "a receive task with a border": (
        choice(ONE, '<receiveTask id="two" messageRef="m"/>', more='<boundaryEvent id="b" attachedToRef="two"/>'),
        "choice.boundary", "two"),
    "an empty ad-hoc": (process(through("adHocSubProcess loose")), "adhoc.empty", "loose"),
    "an ad-hoc with a start": (
        process(through('adHocSubProcess loose <task id="t"/><startEvent id="in"/>')), "adhoc.event", "in"),
    "choreography in a process": (process('<choreographyTask id="c"/>'), "process.choreography", "c"),
    "no token taken": (process(through("task t").replace('"t"', '"t" startQuantity="0"', 1)), "task.quantity", "t"),
    "a flow to a note": (
        process(through("task t") + '<textAnnotation id="note"/>' + flow("f", "t", "note")), "flow.artifact", "f"),
    "a flow listed at one end": (
        process('<startEvent id="s"><outgoing>f</outgoing></startEvent><endEvent id="e"/>' + flow("f", "s", "e")),
        "flow.unlisted", "f"),
    "a default that leaves elsewhere": (
        process(through("task t").replace('"t"', '"t" default="go0"', 1)), "bpmn.dangling-ref", "t"),
    "the only way is conditional": (
        process('<startEvent id="s"/><task id="t"/><endEvent id="e"/>' + flow("a", "s", "t") + flow("b", "t", "e", IF)),
        "flow.lone-condition", "b"),
    "not at once": (
        process('<startEvent id="s"/><endEvent id="e"/>' + flow("f", "s", "e", isImmediate="false")),
        "flow.not-immediate", "f"),
    "public and executable": (
        process(through("task t")).replace("<process", '<process processType="Public"'), "process.public", "p"),
    "a receive task that begins comes first": (
        process(through("receiveTask r").replace('"r"', '"r" instantiate="true"', 1)), "task.instantiates", "r"),
    "a script in no language": (
        process(through("scriptTask s <script>x</script>")), "task.script-format", "s"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_a_wrong_gateway_activity_or_flow_is_named(name: str) -> None:
    body, code, element = DRAWN[name]
    assert (code, element) in told(body)


def test_a_right_choice_has_nothing_of_the_kind() -> None:
    assert not [code for code, _ in told(choice(ONE, TWO)) if code.startswith("choice.")]
