"""Bytes become a tree, safely: no DOCTYPE, no entities, no network, bounded in size and depth."""

from collections.abc import Mapping
from typing import Any, NoReturn

from lxml import etree

from engine.domain.errors import Malformed
from engine.spiff.findings import error

MAX_BYTES = 5 * 1024 * 1024
MAX_ELEMENTS = 20_000
MAX_DEPTH = 64
#: Encodings in which plain letters may mean markup.
DISGUISES = frozenset({"UTF-7", "UTF7", "UTF-7-IMAP", "HZ", "HZ-GB-2312", "ISO-2022-CN", "ISO-2022-KR"})

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def refuse(code: str, message: str, line: int | None = None) -> NoReturn:
    """Raise Malformed with one finding."""
    raise Malformed(message, code=code, line=line, findings=(error(code, None, line, message),))


def tree(source: bytes) -> etree._Element:
    """Return the root element of *source*, or raise Malformed with a code and a line."""
    if not isinstance(source, bytes):
        refuse("file.not-bytes", "流程图须以字节读入，不能是文本；请直接上传文件")
    if len(source) > MAX_BYTES:
        refuse("file.too-large", "流程图超过 5 MB；请拆成几个文件")
    _measure(source)
    root = _parsed(source, _parser())
    encoding = (root.getroottree().docinfo.encoding or "").upper()
    if encoding in DISGUISES:
        refuse("file.encoding", f"编码 {encoding} 会掩盖内容；请另存为 UTF-8", 1)
    if root.tag != f"{{{BPMN}}}definitions":
        refuse("file.not-bpmn", "这不是 BPMN 2.0 流程图；请用流程设计器另存为 .bpmn 文件", line_of(root))
    return root


def line_of(node: etree._Element) -> int | None:
    """Return the line *node* begins on."""
    line: Any = node.sourceline  # the stubs know no type for it
    return line if isinstance(line, int) else None


def text_of(node: etree._Element) -> str:
    """Return all text within *node*, trimmed."""
    return "".join(str(part) for part in node.itertext()).strip()


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


class _Counter:
    """Counts while the file streams by, so that a bomb is refused before a tree stands."""

    def __init__(self) -> None:
        self.depth = self.count = 0
        self.trouble: tuple[str, str] | None = None

    def start(self, _tag: str | bytes, _attrib: Mapping[str | bytes, str | bytes], /) -> None:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            self._stop("file.too-deep", f"元素嵌套超过 {MAX_DEPTH} 层；请简化流程图")
        elif self.count > MAX_ELEMENTS:
            self._stop("file.too-many", f"元素超过 {MAX_ELEMENTS} 个；请拆成几个文件")

    def end(self, _tag: str | bytes, /) -> None:
        self.depth -= 1

    def data(self, data: str | bytes, /) -> None:
        """Text is not counted: the file's size bounds it."""

    def comment(self, text: str | bytes, /) -> None:
        """Comments are not read."""

    def doctype(self, *_words: object) -> None:
        self._stop("file.doctype", "文件含有 DOCTYPE 声明；请删除后再上传")

    def close(self) -> None:
        """Nothing is built."""

    def _stop(self, code: str, message: str) -> NoReturn:
        self.trouble = (code, message)
        raise ValueError(code)


def _measure(source: bytes) -> None:
    counter = _Counter()
    try:
        _parsed(
            source, etree.XMLParser(target=counter, resolve_entities=False, no_network=True, load_dtd=False)
        )
    except Malformed:
        if counter.trouble:
            refuse(*counter.trouble)
        raise


def _parsed(source: bytes, parser: etree.XMLParser) -> etree._Element:
    try:
        return etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as broken:
        line = getattr(broken, "lineno", None)
        refuse(
            "file.broken",
            f"文件不是完好的 XML（第 {line or '?'} 行）；请检查文件是否完整、编码是否如实声明",
            line,
        )
