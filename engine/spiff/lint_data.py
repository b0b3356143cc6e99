"""Rules of data: what goes into an element, what comes out, and that both ends speak of the same thing."""

from collections.abc import Callable, Iterator

from engine.spiff.findings import Finding
from engine.spiff.lint_events import EVENTS, kind_of
from engine.spiff.paper import SUBPROCESSES, Node, Paper, children, fault, kind, parent, remark, texts

INPUT, OUTPUT = "dataInput", "dataOutput"
HOLDERS = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}


def item(paper: Paper, node: Node | None) -> Node | None:
    """Return the item definition of a datum, a message or what refers to one."""
    if node is None:
        return None
    if kind(node) in HOLDERS and not node.get("itemSubjectRef"):
        return item(paper, paper.get(node.get(HOLDERS[kind(node)])))
    return paper.get(node.get("itemSubjectRef") or node.get("itemRef") or node.get("structureRef"))


def alike(left: Node | None, right: Node | None) -> bool:
    """Claim that two items are, or may be, of one structure."""
    if left is None or right is None or left is right:
        return True
    return left.get("structureRef") is not None and left.get("structureRef") == right.get("structureRef")


def io(node: Node, *kinds: str) -> list[Node]:
    """Return what stands in the input-output specification of *node*."""
    return [each for spec in children(node, "ioSpecification") for each in children(spec, *kinds)]


def operations(paper: Paper) -> Iterator[Finding]:
    """A service task takes what its operation takes, and gives what it gives, in one set each."""
    for task in paper.of("serviceTask"):
        operation = paper.get(task.get("operationRef"))
        if operation is None:
            continue
        if len(io(task, "inputSet")) != 1:
            yield remark(task, "data.one-set", "引用了操作，须有且只有一个输入集；请改正")
        if len(io(task, "outputSet")) > 1:
            yield remark(task, "data.one-set", "引用了操作，只能有一个输出集；请改正")
        for side, reference in ((INPUT, "inMessageRef"), (OUTPUT, "outMessageRef")):
            yield from _matching(paper, task, side, texts(operation, reference))


def _matching(paper: Paper, task: Node, side: str, messages: list[str]) -> Iterator[Finding]:
    data = io(task, side)
    for message in messages:
        wanted = item(paper, paper.get(message))
        if data and not any(alike(item(paper, each), wanted) for each in data):
            yield remark(data[0], "data.type", "与所引用消息的数据类型不同；请改为同一类型")


def messages(paper: Paper) -> Iterator[Finding]:
    """A task that sends or receives a message carries that message's item, once."""
    for tag, side, several in (("sendTask", INPUT, "inputSet"), ("receiveTask", OUTPUT, "outputSet")):
        for task in paper.of(tag):
            message = paper.get(task.get("messageRef"))
            if message is None:
                continue
            if len(io(task, several)) > 1 or len(io(task, side)) > 1:
                yield remark(task, "data.one-set", "引用了消息，只能有一组一项数据；请改正")
            for datum in io(task, side):
                known = item(paper, datum)
                if known is None or not alike(known, item(paper, message)):
                    yield remark(datum, "data.type", "与所引用消息的数据类型不同；请改为同一类型")


def calls(paper: Paper) -> Iterator[Finding]:
    """A call activity brings and takes exactly what the process it calls needs and gives."""
    for call in paper.of("callActivity"):
        called = paper.get(call.get("calledElement"))
        if called is None:
            continue
        for side in (INPUT, OUTPUT):
            own, needed = io(call, side), io(called, side)
            if len(own) != len(needed):
                yield remark(call, "data.call", f"与被调用流程的 {side} 数目不同；请一一对应")
            for datum in own:
                if needed and not any(alike(item(paper, datum), item(paper, each)) for each in needed):
                    yield remark(call, "data.call", f"与被调用流程的 {side} 类型不同；请一一对应")


def services(paper: Paper) -> Iterator[Finding]:
    """What is offered as a service binds its data to an operation."""
    for node in {owner for ref in paper.of("supportedInterfaceRef") if (owner := parent(ref)) is not None}:
        bindings = children(node, "ioBinding")
        if not bindings:
            yield remark(node, "data.unbound", "对外提供接口，却没有绑定数据；请补 ioBinding")
        for binding in bindings:
            operation = paper.get(binding.get("operationRef"))
            for attribute, reference in (
                ("inputDataRef", "inMessageRef"),
                ("outputDataRef", "outMessageRef"),
            ):
                bound = item(paper, paper.get(binding.get(attribute)))
                for message in texts(operation, reference) if operation is not None else ():
                    if not alike(bound, item(paper, paper.get(message))):
                        yield remark(node, "data.binding", f"的 {attribute} 与接口操作的消息类型不同；请改正")


def collections(paper: Paper) -> Iterator[Finding]:
    """A datum is a collection where its item is."""
    for datum in paper.of("dataObject", INPUT, OUTPUT):
        known = item(paper, datum)
        if known is not None and datum.get("isCollection", "false") != known.get("isCollection", "false"):
            yield remark(datum, "data.collection", "与其数据类型在“是否集合”上不一致；请改正")


def sets(paper: Paper) -> Iterator[Finding]:
    """Data belong to a set; what is optional or taken later is named in that set too."""
    for node, side in [(node, INPUT) for node in paper.of("inputSet")] + [
        (node, OUTPUT) for node in paper.of("outputSet")
    ]:
        word = side.removeprefix("data")
        listed = set(texts(node, f"{side}Refs"))
        extra = [*texts(node, f"optional{word}Refs"), *texts(node, f"whileExecuting{word}Refs")]
        if not listed.issuperset(extra):
            yield remark(node, "data.set", f"里有未列入 {side}Refs 的数据；请补列")
    for side in (INPUT, OUTPUT):
        known = {text for refs in paper.of(f"{side}Refs") if (text := (refs.text or "").strip())}
        for datum in paper.of(side):
            if kind_of(parent(datum)) == "ioSpecification" and datum.get("id") not in known:
                yield remark(datum, "data.no-set", f"没有列入任何一组 {side}Refs；请补列")


def paired_sets(paper: Paper) -> Iterator[Finding]:
    """An input set and an output set that go together name each other."""
    for tag, forth, back in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for node in paper.of(tag):
            for name in texts(node, forth):
                other = paper.get(name)
                if other is None or node.get("id") not in texts(other, back):
                    yield remark(node, "data.pair", f"引用的“{name}”没有引用回来；请成对填写")


def associations(paper: Paper) -> Iterator[Finding]:
    """A data association leads from one thing to another of the same kind, unless it transforms."""
    for link in paper.of("dataInputAssociation", "dataOutputAssociation"):
        if children(link, "transformation"):
            continue
        sources, targets = texts(link, "sourceRef"), texts(link, "targetRef")
        if len(sources) > 1:
            yield remark(link, "data.many-sources", "没有转换，只能有一个来源；请删去多余的，或填写转换")
        ends = [item(paper, paper.get(name)) for name in (*sources[:1], *targets[:1])]
        if len(ends) == 2 and not alike(*ends):
            yield remark(link, "data.type", "两端的数据类型不同；请改为同一类型，或填写转换")


def event_data(paper: Paper) -> Iterator[Finding]:
    """An event with data has one datum for each thing it listens for or says, of its kind."""
    for event in paper.of(*EVENTS):
        data = children(event, INPUT, OUTPUT)
        said = paper.definitions(event)
        if data and len(data) != len(said):
            yield remark(
                event, "data.event", f"有 {len(said)} 个事件定义，却有 {len(data)} 项数据；请一一对应"
            )
        for datum, definition in zip(data, said, strict=False):
            meant = next(
                (paper.get(str(v)) for k, v in definition.attrib.items() if str(k).endswith("Ref")), None
            )
            if not alike(item(paper, datum), item(paper, meant)):
                yield remark(event, "data.event", "的数据类型与事件的不同；请改为同一类型")


def repeats(paper: Paper) -> Iterator[Finding]:
    """What is done many times says how many times, or for each of what."""
    for loop in paper.of("multiInstanceLoopCharacteristics"):
        if not paper.executable(loop):
            continue
        inputs, outputs = texts(loop, "loopDataInputRef"), texts(loop, "loopDataOutputRef")
        if not (inputs or children(loop, "loopCardinality") or _vendor(loop)):
            yield remark(loop, "loop.no-count", "是多实例，却没有说明做几次或对谁做；请填写")
        yield from _each(paper, loop, inputs, INPUT, "inputDataItem")
        yield from _each(paper, loop, outputs, OUTPUT, "outputDataItem")


def _vendor(loop: Node) -> bool:
    return any(str(name).startswith("{") for name in loop.attrib) or bool(children(loop, "extensionElements"))


def _each(paper: Paper, loop: Node, names: list[str], side: str, one: str) -> Iterator[Finding]:
    task = parent(loop)
    for name in names:
        own = {each.get("id") for each in io(task, side)} if task is not None else set()
        if (own and name not in own) or (not own and kind_of(paper.get(name)) == "itemDefinition"):
            yield remark(loop, "loop.data", f"引用的“{name}”不是本任务的 {side}；请重新选择")
        whole = item(paper, paper.get(name))
        for part in children(loop, one):
            single = item(paper, part)
            if single is not None and (single.get("isCollection") == "true" or not alike(single, whole)):
                yield remark(loop, "loop.item", f"的 {one} 须是“{name}”中的一项；请改正类型")


def no_io_in_subprocesses(paper: Paper) -> Iterator[Finding]:
    """A sub-process sees the data around it; it has no input and output of its own."""
    for node in paper.of(*SUBPROCESSES):
        if children(node, "ioSpecification"):
            yield fault(node, "data.subprocess", "是子流程，不能有输入输出说明；请删去")


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    operations, messages, calls, services, collections, sets, paired_sets, associations, event_data, repeats,
    no_io_in_subprocesses,
)  # fmt: skip
