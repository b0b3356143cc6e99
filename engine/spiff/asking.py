"""Tasks that ask a decision: how each editor writes it, and whether we can keep what it says.

Camunda and its kin name the decision in attributes, Zeebe and SpiffArena in an element, Flowable in the
fields of a service task of the type ``dmn``. Whatever else such a task says is for another engine.
"""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from engine.spiff import dialect
from engine.spiff.drawing import Element, Question
from engine.spiff.intake import text_of

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
#: The fields by which Flowable names a decision, the first that is there.
FIELDS = ("decisionTableReferenceKey", "decisionServiceReferenceKey", "decisionReferenceKey")
#: Words that only say what a task asks; without a question they would call something we do not have.
WORDS = frozenset({"calledDecision", "decisionRef", "type"})
#: What can ask.
ASKING = frozenset({"businessRuleTask", "serviceTask"})


def question(node: etree._Element) -> Question | None:
    """Return the decision that *node* asks, whoever's words it says it in; None if it names none."""
    if dialect.split(str(node.tag))[1] not in ASKING:
        return None
    said = {
        local: str(value)
        for name, value in node.attrib.items()
        for space, local in [dialect.split(str(name))]
        if space in dialect.SYNONYMS
    }
    return _by_attributes(said) or _by_element(node) or _by_fields(node, said)


def _by_attributes(said: Mapping[str, str]) -> Question | None:
    if "decisionRef" not in said:
        return None
    shape = said.get("mapDecisionResult", "resultList")  # unsaid, Camunda gives all rows
    odd = [f"{name}={said[name]}" for name in ("decisionRefVersion", "decisionRefTenantId") if name in said]
    odd += [f"mapDecisionResult={shape}"] if shape not in dialect.SHAPES else []
    flag = said.get("resultVariable")
    return _asked(said["decisionRef"], flag, shape if flag else "", odd)


def _by_element(node: etree._Element) -> Question | None:
    for extension in _extensions(node):
        space, local = dialect.split(str(extension.tag))
        if space == dialect.ZEEBE and local == "calledDecision":
            odd = [f"versionTag={extension.get('versionTag')}"] if extension.get("versionTag") else []
            return _asked(extension.get("decisionId", ""), extension.get("resultVariable"), "", odd)
        if space == SPIFF and local == "calledDecisionId":
            return _asked(text_of(extension), None, "", ())
    return None


def _by_fields(node: etree._Element, said: Mapping[str, str]) -> Question | None:
    if said.get("type") != "dmn":
        return None
    fields = {
        each.get("name", ""): each.get("stringValue") or text_of(each)
        for each in _extensions(node)
        if dialect.split(str(each.tag))[1] == "field"
    }
    named = next((fields[name] for name in FIELDS if fields.get(name)), "")
    strict = fields.get("decisionTaskThrowErrorOnNoHits") == "true"
    return _asked(named, None, "", ["decisionTaskThrowErrorOnNoHits=true"] if strict else ())


def _asked(decision: str, flag: str | None, shape: str, odd: Iterable[str]) -> Question:
    """Return the question; a decision that only an expression would name is none."""
    decision = decision.strip()
    named = "" if decision.startswith(("=", "${", "#{")) else decision
    return Question(named, flag or None, shape, "、".join(odd) or None)


def _extensions(node: etree._Element) -> Iterator[etree._Element]:
    for holder in node:
        if dialect.split(str(holder.tag))[1] == "extensionElements":
            yield from holder.iter(etree.Element)


def why_not(element: Element) -> Iterator[str]:
    """Say why what *element* asks cannot be asked rightly."""
    asked = element.asks
    if asked is None:
        return
    if not asked.decision:
        yield "没有写明问哪个决策；请填写决策的标识（不能是表达式）"
    if asked.odd:
        yield f"这里的 {asked.odd} 不能照办，决策总是按发布时现行的一版；请删去"
