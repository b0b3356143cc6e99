"""Bytes become a tree, safely: no DOCTYPE, no entities, no network, bounded in size, depth and number."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn
from xml.parsers import expat

from lxml import etree

from engine.spiff import encoding, package
from engine.spiff.refusal import refuse

MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
MAX_ATTRIBUTES = 200

#: A declaration some exporters put after a blank line; what it says has been heeded already.
LATE = re.compile(r"\A(\s+)(<\?xml\s[^>]*\?>)")

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"

__all__ = ["BPMN", "line_of", "refuse", "root", "text_of", "tree"]


def tree(source: bytes) -> etree._Element:
    """Return the root element of the diagram *source*, or raise Malformed with a code and a line."""
    found = root(source)
    if found.tag != f"{{{BPMN}}}definitions":
        refuse("bpmn.no-process", "这不是 BPMN 2.0 流程图；请用流程设计器另存为 .bpmn 文件", line_of(found))
    return found


def root(source: bytes) -> etree._Element:
    """Return the root element of any XML file *source*, read as safely, or raise Malformed."""
    if not isinstance(source, bytes):
        refuse("upload.not-bytes", "流程图须以字节读入，不能是文本；请直接上传文件")
    if not source.strip():
        refuse("upload.empty", "文件是空的；请重新选择流程图文件")
    package.must_not_be_packed(source, MAX_BYTES)
    must_fit(len(source))
    if not encoding.begins_as_xml(source):
        refuse("xml.invalid", "文件开头不是 XML；请上传 .bpmn 文件", 1)
    text = encoding.text_of(source)
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        refuse("xml.invalid", f"文件第 {line} 行有空字符（NUL），不是 XML；请重新导出", line)
    return _root(LATE.sub(_blank, text).encode("utf-8"))


def _blank(late: re.Match[str]) -> str:
    """As many blanks as there are letters, so that every line keeps its number."""
    return late[1] + re.sub(r"[^\n]", " ", late[2])


def must_fit(size: int) -> None:
    """Raise TooLarge when so many bytes are more than a diagram may have."""
    if size > MAX_BYTES:
        refuse("upload.too-large", f"流程图超过 {MAX_BYTES // 2**20} MB；请拆成几个文件")


def _root(clean: bytes) -> etree._Element:
    _measure(clean)
    return _parsed(clean)


def line_of(node: etree._Element) -> int | None:
    """Return the line *node* begins on."""
    line: Any = node.sourceline  # the stubs know no type for it
    return line if isinstance(line, int) else None


def text_of(node: etree._Element) -> str:
    """Return all text within *node*, trimmed."""
    return "".join(str(part) for part in node.itertext()).strip()


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


class _Counter:
    """Counts while the file streams by, so that a bomb is refused before a tree stands."""

    def __init__(self) -> None:
        self.depth = self.count = 0
        self.reader = reader = expat.ParserCreate("utf-8")
        reader.ordered_attributes = True
        reader.StartDoctypeDeclHandler = self.doctype
        reader.StartElementHandler = self.start
        reader.EndElementHandler = self.end

    def start(self, _tag: str, attributes: Sequence[str]) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            self.refuse("xml.too-deep", f"元素嵌套超过 {MAX_DEPTH} 层；请简化流程图")
        if self.count > MAX_ELEMENTS:
            self.refuse("model.too-large", f"元素超过 {MAX_ELEMENTS} 个；请拆成几个文件")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            self.refuse("xml.invalid", f"一个元素的属性超过 {MAX_ATTRIBUTES} 个；请重新导出")

    def end(self, _tag: str) -> None:
        self.depth -= 1

    def doctype(self, *_words: object) -> None:
        self.refuse("xml.doctype-forbidden", "文件含有 DOCTYPE 声明；请删除后再上传")

    def refuse(self, code: str, message: str) -> None:
        refuse(code, f"{message}（第 {self.reader.CurrentLineNumber} 行）", self.reader.CurrentLineNumber)


def _measure(clean: bytes) -> None:
    """Count with expat, which knows the line it is on; what is broken, lxml will say."""
    with suppress(expat.ExpatError):
        _Counter().reader.Parse(clean, True)  # noqa: FBT003  its second word is "this is the end"


def _parsed(clean: bytes) -> etree._Element:
    try:
        return etree.fromstring(clean, _parser())
    except etree.XMLSyntaxError as broken:
        root = _forgiven(clean)
        return root if root is not None else _broken(broken)


def _forgiven(clean: bytes) -> etree._Element | None:
    """A prefix nobody declared is the only fault forgiven, as editors do: what it names is not read."""
    parser = _parser(recover=True)
    with suppress(etree.XMLSyntaxError):
        root = etree.fromstring(clean, parser)
        if all(fault.domain_name == "NAMESPACE" for fault in parser.error_log):
            return root
    return None


def _broken(fault: etree.XMLSyntaxError) -> NoReturn:
    line = fault.lineno or None
    refuse(
        "xml.invalid",
        f"文件不是完好的 XML（第 {line or '?'} 行）；请检查文件是否完整，或重新导出",
        line,
    )
