"""Looking into a DMN file, whichever year's namespace it speaks."""

from lxml import etree

from engine.domain.errors import Malformed
from engine.spiff import intake

#: All versions' namespaces hold this; 1.1 is …/20151101/dmn.xsd, 1.5 …/20230324/MODEL/.
FAMILY = "omg.org/spec/DMN/"
#: What an expression may be written in.
FEEL = "feel"


def definitions(source: bytes) -> etree._Element:
    """Return the root of a DMN file; raise Malformed if it is none, or not safe to read."""
    root = intake.root(source)
    if not _decides(root):
        intake.refuse(
            "dmn.no-model", "这不是 DMN 决策文件；请用决策表编辑器另存为 .dmn 文件", intake.line_of(root)
        )
    return root


def is_model(source: bytes) -> bool:
    """Claim that *source* is a DMN file; whatever cannot be read is none."""
    try:
        return _decides(intake.root(source))
    except Malformed:
        return False


def _decides(root: etree._Element) -> bool:
    spaces = [space(root), *map(str, root.nsmap.values())]
    foreign = local(root) != "definitions" or space(root) == intake.BPMN
    return not foreign and any(FAMILY in each for each in spaces)


def local(node: etree._Element) -> str:
    """Return the tag of *node* without its namespace."""
    return str(node.tag).rpartition("}")[2]


def space(node: etree._Element) -> str:
    """Return the namespace of *node*."""
    return str(node.tag).rpartition("}")[0][1:]


def children(node: etree._Element, *tags: str) -> list[etree._Element]:
    """Return the children of these tags; of any, if none is named, but what is said about the node."""
    return [each for each in node if (local(each) in tags if tags else local(each) not in ABOUT)]


ABOUT = frozenset({"description", "extensionElements", "question", "allowedAnswers", "variable"})


def child(node: etree._Element, tag: str) -> etree._Element | None:
    """Return the first child of this tag."""
    return next(iter(children(node, tag)), None)


def said(node: etree._Element | None) -> str:
    """Return the text an element holds in its ``text`` child, or itself."""
    if node is None:
        return ""
    inner = child(node, "text")
    return intake.text_of(node if inner is None else inner)


def target(node: etree._Element) -> str:
    """Return the id an ``href`` points to."""
    return node.get("href", "").rpartition("#")[2]
