"""Rules of the small parts: what notes and expressions are written in, who performs, whose a property is."""

import re
from collections.abc import Callable, Iterator

from engine.spiff.findings import Finding
from engine.spiff.paper import ACTIVITIES, EVENTS, Node, Paper, children, fault, kind, parent, remark, texts

MIME = re.compile(r"[\w.+-]+/[\w.+*-]+(?:\s*;.*)?")
#: What no URI, not even a relative one, holds.
NO_URI = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")
PERFORMERS = ("performer", "humanPerformer", "potentialOwner", "resourceRole")
LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def formats(paper: Paper) -> Iterator[Finding]:
    """A note says in which MIME type it is written, or nothing."""
    for tag, attribute in (("documentation", "textFormat"), ("textAnnotation", "textFormat")):
        for note in paper.of(tag):
            said = note.get(attribute)
            if said and not MIME.fullmatch(said):
                yield remark(note, "text.format", f"的格式“{said[:40]}”不是 MIME 类型；请改为 text/plain")


def languages(paper: Paper) -> Iterator[Finding]:
    """The language of an expression goes by a URI."""
    for nodes in paper.kinds.values():
        for node in nodes:
            for attribute in ("language", "expressionLanguage", "typeLanguage"):
                said = node.get(attribute)
                if said and NO_URI.search(said):
                    yield remark(node, "expr.language", f"的语言“{said[:40]}”不是网址或名称；请改正")


def performers(paper: Paper) -> Iterator[Finding]:
    """Who performs is a resource, with what binds it, or an expression; not both."""
    for who in paper.of(*PERFORMERS):
        resource = children(who, "resourceRef")
        if resource and children(who, "resourceAssignmentExpression"):
            yield remark(who, "task.performer", "既引用了资源，又写了指派表达式；请只留一个")
        elif not resource and children(who, "resourceParameterBinding"):
            yield remark(who, "task.performer", "绑定了资源参数，却没有引用资源；请补上资源")


def properties(paper: Paper) -> Iterator[Finding]:
    """A property belongs to a process, an activity or an event."""
    for node in paper.of("property"):
        above = parent(node)
        if above is not None and kind(above) not in ACTIVITIES | EVENTS | {"process"}:
            yield fault(node, "data.property", "只能属于流程、任务或事件；请移到其中，或删去")


def directions(paper: Paper) -> Iterator[Finding]:
    """What goes into an element does not come from an output, and what comes out does not go into an input."""
    for tag, end, wrong in (
        ("dataInputAssociation", "sourceRef", "dataOutput"),
        ("dataOutputAssociation", "targetRef", "dataInput"),
    ):
        for link in paper.of(tag):
            ends: list[Node | None] = [paper.get(said) for said in texts(link, end)]
            if any(found is not None and kind(found) == wrong for found in ends):
                yield remark(link, "data.direction", "的方向反了，输入和输出接到了一起；请重新连接")


def markers(paper: Paper) -> Iterator[Finding]:
    """An activity is repeated in one way."""
    for node in paper.of(*ACTIVITIES):
        if len(children(node, *LOOPS)) > 1:
            yield remark(node, "loop.two", "同时标了循环和多实例；请只留一个")


def shared(paper: Paper) -> Iterator[Finding]:
    """Two pools are not the same process."""
    seen: set[str] = set()
    for pool in paper.of("participant"):
        process = pool.get("processRef")
        if process and process in seen and paper.get(process) is not None:
            yield remark(pool, "pool.twice", f"与另一个泳池是同一个流程“{process}”；请只留一个")
        seen.add(process or "")


RULES: tuple[Callable[[Paper], Iterator[Finding]], ...] = (
    formats, languages, performers, properties, directions, markers, shared,
)  # fmt: skip
