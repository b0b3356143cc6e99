"""From bytes to a model: DMN 1.1 to 1.5, any namespace of the family, read as safely as a diagram."""

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from engine.domain.errors import Malformed
from engine.spiff import feel, intake
from engine.spiff.dmn import boxed, tabular
from engine.spiff.dmn.kinds import Kinds
from engine.spiff.dmn.model import Decision, Input, Model, Part, Service
from engine.spiff.dmn.shop import Shop, owner
from engine.spiff.dmn.xml import child, children, definitions, local, target
from engine.spiff.feel.scope import Scope, Turn
from engine.spiff.feel.types import NAMES
from engine.spiff.feel.values import Value
from engine.spiff.findings import Finding, error

#: The elements that a model is made of, and how each is read.
PARTS = ("inputData", "businessKnowledgeModel", "decision", "decisionService")
REQUIRED = ("informationRequirement", "knowledgeRequirement")
#: Names every text may use: of types of several words, of what tables and filters bring.
GIVEN = frozenset(NAMES)


def read(source: bytes) -> Model:
    """Return the model of *source*; raise Malformed with all findings if anything in it cannot be run."""
    model = examine(source)
    if model.findings:
        first = model.findings[0]
        raise Malformed(
            first.message, code=first.code, element=first.element, line=first.line, findings=model.findings
        )
    return model


def examine(source: bytes) -> Model:
    """Return the model of *source* as a draft: what does not compile is null, and a finding says so."""
    root = definitions(source)
    shop = _shop(root)
    parts: dict[str, Part] = {}
    for tag in PARTS:
        for node in children(root, tag):
            part = READ[tag](node, shop)
            if part.id in parts:
                shop.say("id.duplicate", node, f"标识“{part.id}”用了两次；请给其中一个换一个标识")
            parts[part.id] = part
    if not any(isinstance(part, Decision) and not part.called for part in parts.values()):
        shop.say("dmn.no-decision", root, "文件里没有决策；请画一个决策并填写决策表")
    _dangling(root, parts, shop)
    return Model(root.get("name", ""), parts, tuple(shop.findings))


def clocked(source: bytes) -> Iterator[Finding]:
    """Iterate over findings on texts that ask what time it is: nobody can tell them when a case is moved."""
    for node in definitions(source).iter():
        if local(node) == "text" and CLOCK.search(LITERAL.sub("", intake.text_of(node))):
            message = "用到 today() 或 now()，而流程推进时不看时钟；请把日期作为输入，由办理环节给出"
            yield error("decision.clock", owner(node), intake.line_of(node), message)


#: A text in quotes, and what asks for the time.
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
CLOCK = re.compile(r"\b(?:today|now)\s*\(")


def _shop(root: etree._Element) -> Shop:
    types = {
        name: node for node in children(root, "itemDefinition") if (name := node.get("name", "")) not in NAMES
    }
    names = frozenset(_names(root))
    kinds = Kinds(types, lambda node: _constraint(node, shop))
    shop: Shop = Shop(feel.Surroundings(names, kinds), kinds)
    for name in types:  # a wrong constraint is found even where the type is not used
        kinds.get(name)
    return shop


def _names(root: etree._Element) -> Iterable[str]:
    for node in root.iter():
        if local(node) in NAMED:
            yield from filter(
                None, (" ".join(node.get(key, "").split()) for key in ("name", "iteratorVariable"))
            )


NAMED = frozenset(
    {"inputData", "decision", "businessKnowledgeModel", "decisionService", "variable", "formalParameter"}
    | {"itemComponent", "column", "output", "parameter", "for", "some", "every"}
)


def _constraint(node: etree._Element, shop: Shop) -> Callable[[Value], bool] | None:
    with shop.at("允许值"):
        cell = shop.cell(node)
    if cell is None:
        return None
    return lambda value: cell.test(value, Scope({"?": value}, None, Turn())) is True


# --- parts --------------------------------------------------------------------------------------


def _id(node: etree._Element) -> str:
    return node.get("id") or node.get("name") or local(node)


def _name(node: etree._Element) -> str:
    variable = child(node, "variable")
    name = (variable.get("name") if variable is not None else None) or node.get("name") or _id(node)
    return " ".join(name.split())


def _input(node: etree._Element, shop: Shop) -> Input:
    with shop.at(f"输入“{_name(node)}”"):
        return Input(_id(node), _name(node), shop.kind(child(node, "variable")))


def _decision(node: etree._Element, shop: Shop) -> Decision:
    with shop.at(f"决策“{_name(node)}”"):
        kind = shop.kind(child(node, "variable"))
        run = boxed.read(boxed.inside(node), shop, _name(node))
        return Decision(_id(node), _name(node), kind, run, _required(node), columns=_columns(node))


def _columns(node: etree._Element) -> tuple[str, ...]:
    found = child(node, "decisionTable")
    return () if found is None else tabular.columns(found, _name(node))


def _knowledge(node: etree._Element, shop: Shop) -> Decision:
    with shop.at(f"业务知识“{_name(node)}”"):
        run = boxed.read(child(node, "encapsulatedLogic"), shop, _name(node))
        return Decision(_id(node), _name(node), None, run, _required(node), called=True)


def _service(node: etree._Element, shop: Shop) -> Service:
    given = [target(each) for tag in ("inputData", "inputDecision") for each in children(node, tag)]
    outputs = [target(each) for each in children(node, "outputDecision")]
    with shop.at(f"决策服务“{_name(node)}”"):
        kind = shop.kind(child(node, "variable"))
    answers = kind.item if kind is not None and kind.kind == "function" else kind
    return Service(_id(node), _name(node), answers, tuple(outputs), tuple(given))


def _required(node: etree._Element) -> tuple[str, ...]:
    return tuple(target(each) for part in children(node, *REQUIRED) for each in children(part))


READ: dict[str, Callable[[etree._Element, Shop], Part]] = {
    "inputData": _input,
    "businessKnowledgeModel": _knowledge,
    "decision": _decision,
    "decisionService": _service,
}


#: What points to another element of the model.
REFERRING = frozenset(
    {"requiredInput", "requiredDecision", "requiredKnowledge"}
    | {"outputDecision", "encapsulatedDecision", "inputDecision"}
)


def _dangling(root: etree._Element, parts: dict[str, Part], shop: Shop) -> None:
    for node in children(root, *PARTS):
        for each in node.iter():
            reference = target(each)
            if local(each) in REFERRING and each.get("href", "").startswith("#") and reference not in parts:
                said = f"“{_name(node)}”引用的“{reference}”不存在；请重新连接"
                shop.findings.append(error("dmn.dangling", _id(node), intake.line_of(each), said))
