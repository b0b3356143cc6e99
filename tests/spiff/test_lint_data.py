"""Data: what goes in, what comes out, of which kind; one small drawing for each rule."""

import pytest

from tests.spiff.fragments import process, through, told

ITEMS = (
    '<itemDefinition id="text" structureRef="xsd:string"/><itemDefinition id="number" structureRef="xsd:int"/>'
    '<itemDefinition id="texts" structureRef="xsd:string" isCollection="true"/>'
    '<message id="m" itemRef="text"/><interface id="if"><operation id="op"><inMessageRef>m</inMessageRef>'
    "<outMessageRef>m</outMessageRef></operation></interface>"
)


def io(ins: str = "", outs: str = "", *, sets: int = 1, collection: str = "false") -> str:
    """An input-output specification with data of these items, in *sets* input sets."""
    data = "".join(
        f'<dataInput id="in{n}" itemSubjectRef="{item}" isCollection="{collection}"/>'
        for n, item in enumerate(ins.split())
    )
    data += "".join(
        f'<dataOutput id="out{n}" itemSubjectRef="{item}"/>' for n, item in enumerate(outs.split())
    )
    taken = "".join(f"<dataInputRefs>in{n}</dataInputRefs>" for n in range(len(ins.split())))
    given = "".join(f"<dataOutputRefs>out{n}</dataOutputRefs>" for n in range(len(outs.split())))
    inputs = f"<inputSet>{taken}</inputSet>" * sets
    return f"<ioSpecification>{data}{inputs}<outputSet>{given}</outputSet></ioSpecification>"


def task(tag: str, words: str, inner: str) -> str:
    return ITEMS + process(through(f"{tag} t {inner}").replace('id="t"', f'id="t" {words}', 1))


def linked(more: str) -> str:
    """A datum that leads into a task's input of another kind."""
    store = '<dataObject id="o" itemSubjectRef="number"/><dataObjectReference id="ref" dataObjectRef="o"/>'
    inner = (
        io("text")
        + f'<dataInputAssociation id="link">{more}<targetRef>in0</targetRef></dataInputAssociation>'
    )
    return task("task", "", inner).replace("</process>", f"{store}</process>")


def many(inner: str, around: str = "") -> str:
    return task(
        "task", "", f"{around}<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>"
    )


SERVICE = '<globalTask id="g"><supportedInterfaceRef>if</supportedInterfaceRef>{}</globalTask>'
BINDING = '<ioBinding operationRef="op" inputDataRef="in0" outputDataRef="out0"/>'
CALLED = f'<globalTask id="called">{io("text").replace("in0", "needed")}</globalTask>'
DRAWN = {
    "an operation takes one set": (task("serviceTask", 'operationRef="op"', ""), "data.one-set", "t"),
    "of its kind": (task("serviceTask", 'operationRef="op"', io("number", "text")), "data.type", "in0"),
    "and gives its kind": (task("serviceTask", 'operationRef="op"', io("text", "number")), "data.type", "out0"),
    "a message is sent once": (task("sendTask", 'messageRef="m"', io("text text")), "data.one-set", "t"),
    "and is of its kind": (task("sendTask", 'messageRef="m"', io("number")), "data.type", "in0"),
    "a message is received as it is": (task("receiveTask", 'messageRef="m"', io("", "number")), "data.type", "out0"),
    "a call brings what is needed": (
        task("callActivity", 'calledElement="called"', io("text text")) + CALLED, "data.call", "t"),
    "of the kind that is needed": (
        task("callActivity", 'calledElement="called"', io("number")) + CALLED, "data.call", "t"),
    "a service binds its data": (ITEMS + SERVICE.format(""), "data.unbound", "g"),
    "to an operation of their kind": (ITEMS + SERVICE.format(io("text", "number") + BINDING), "data.binding", "g"),
    "a collection is one on both sides": (task("task", "", io("texts")), "data.collection", "in0"),
    "a datum is in a set": (
        task("task", "", io("text").replace("<dataInputRefs>in0</dataInputRefs>", "")), "data.no-set", "in0"),
    "what is optional is listed": (
        task("task", "", io("text").replace("<inputSet>", "<inputSet><optionalInputRefs>x</optionalInputRefs>")),
        "data.set", "t"),
    "sets are paired": (
        task("task", "", io().replace("<inputSet>", '<inputSet id="i"><outputSetRefs>o</outputSetRefs>')),
        "data.pair", "i"),
    "one source without transformation": (
        linked("<sourceRef>ref</sourceRef><sourceRef>ref</sourceRef>"), "data.many-sources", "link"),
    "both ends of one kind": (linked("<sourceRef>ref</sourceRef>"), "data.type", "link"),
    "a datum for each event": (
        ITEMS + process(through('intermediateThrowEvent e <dataInput id="d"/>')), "data.event", "e"),
    "many how many": (many(""), "loop.no-count", "t"),
    "many of its own data": (many("<loopDataInputRef>text</loopDataInputRef>"), "loop.data", "t"),
    "each is one of many": (
        many('<loopDataInputRef>in0</loopDataInputRef><inputDataItem id="i" itemSubjectRef="texts"/>',
             io("texts", collection="true")), "loop.item", "t"),
    "a sub-process has none": (ITEMS + process(through(f"subProcess t {io()}")), "data.subprocess", "t"),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
def test_wrong_data_are_named(name: str) -> None:
    body, code, element = DRAWN[name]
    assert (code, element) in told(body)


@pytest.mark.parametrize(
    "body",
    [
        task("serviceTask", 'operationRef="op"', io("text", "text")),
        task("sendTask", 'messageRef="m"', io("text")),
        task("callActivity", 'calledElement="called"', io("text")) + CALLED,
        linked("<sourceRef>ref</sourceRef><transformation>x</transformation>"),
        many("<loopCardinality xsi:type='tFormalExpression'>2</loopCardinality>"),
    ],
)
def test_right_data_are_not_called_wrong(body: str) -> None:
    assert not [code for code, _ in told(body) if code.startswith(("data.", "loop."))]
