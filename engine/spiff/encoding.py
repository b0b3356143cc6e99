"""Bytes become text: what an XML file says of its encoding is believed, where it can be true.

The order is that of the XML recommendation, appendix F: a byte order mark, then how the first bytes
lie, then the declaration. What cannot be read as declared is refused, never guessed.
"""

import codecs
import re

from engine.spiff.refusal import refuse

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: How ``<`` lies in the encodings whose letters are wider than a byte.
WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""")
#: Encodings of text, by the name Python knows them under; UTF-7, HZ and ISO-2022-CN/KR, in which
#: plain letters may mean markup, are not among them.
KNOWN = re.compile(
    r"utf-(8|16|32)(-[bl]e)?|ascii|iso8859-\d+|cp\d{3,5}|gb2312|gbk|gb18030|big5(hkscs)?|"
    r"shift_jis(x0213|_2004)?|euc_(jp|kr|jis_2004|jisx0213)|johab|koi8-[rtu]|mac-\w+|tis-620|kz1048|ptcp154"
)
#: What is called GB2312 is commonly GBK, and GB 18030 reads both.
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8"}


def begins_as_xml(source: bytes) -> bool:
    """Claim that *source* may be XML: its first letter is ``<`` in one encoding or another."""
    marks = tuple(mark for mark, _ in MARKS) + tuple(sign for sign, _ in WIDE)
    return source.startswith(marks) or source.lstrip().startswith(b"<")


def text_of(source: bytes) -> str:
    """Return *source* as text. Raises Malformed ``xml.encoding``."""
    name = encoding_of(source)
    try:
        return source.decode(name)
    except UnicodeError as broken:
        start = getattr(broken, "start", 0)
        line = source.count(b"\n", 0, start) + 1
        refuse(
            "xml.encoding",
            f"文件第 {line} 行的字节不是所声明的编码 {name.upper()}；请按实际编码声明，或另存为 UTF-8",
            line,
        )


def encoding_of(source: bytes) -> str:
    """Return the name under which Python reads *source*."""
    marked = next((name for mark, name in MARKS if source.startswith(mark)), None)
    if marked:
        return marked
    wide = next((name for sign, name in WIDE if source.startswith(sign)), None)
    said = DECLARED.match(source[:400])
    return wide or (_known(said.group(1).decode("ascii")) if said else "utf-8")


def _known(said: str) -> str:
    try:
        name = codecs.lookup(said).name
    except LookupError:
        name = ""
    if not KNOWN.fullmatch(name):
        refuse("xml.encoding", f"编码 {said} 不认识，或会掩盖内容；请另存为 UTF-8", 1)
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"  # it says so in narrow letters, so it is not; some exporters always say UTF-16
    return WIDER.get(name, name)
