"""PDFs that only show something: one that runs, starts, sends or carries anything is refused.

Names are looked for in the whole file, stream or not, for a reader may be led anywhere by its index; a name may be
written with ``#`` escapes, and lie in a packed object stream, which is unpacked within bounds.
"""

import re
import zlib
from collections.abc import Iterator

from engine.domain.errors import Malformed

#: What an object stream may come to when unpacked, and all of them together.
MOST_UNPACKED = 16 * 1024 * 1024
MOST_IN_ALL = 64 * 1024 * 1024

#: Actions that do something, and what carries files: ISO 32000-1 §12.6.4, §7.11.4, §12.7.8.
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)(?=[\s/<>()\[\]%]|$)"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm(?=[\s/<>\[\]])")
_FILTER = re.compile(rb"/(ASCIIHex|ASCII85|LZW|RunLength|CCITTFax|JBIG2|DCT|JPX|AHx|A85|RL|Crypt)[A-Za-z]*")
_STREAM = re.compile(rb"stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\s/<>\[\]])")
#: How far from its name an object stream's data may begin.
_NEAR = 1024


def must_be_still(content: bytes) -> None:
    """Raise `Malformed` for a PDF that acts, or that cannot be looked through."""
    _must_not_act(content)
    whole = _unescaped(content)
    _must_not_act(whole)
    if len(_PACKED.findall(whole)) != len(_PACKED.findall(content)):
        raise _hidden()
    for unpacked in _object_streams(content):
        _must_not_act(unpacked)
        _must_not_act(_unescaped(unpacked))


def _must_not_act(part: bytes) -> None:
    found = _ACTIVE.search(part)
    if found:
        raise Malformed(
            f"PDF 里有脚本、附件或自动动作（{found[1].decode()}），不能接收；请用“打印为 PDF”重新生成后上传。",
            code="file.active",
            field="file",
        )


def _unescaped(part: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield what lies packed in object streams (§7.5.7)."""
    names = list(_PACKED.finditer(content))
    if names and _ENCRYPTED.search(content):
        raise _hidden()
    left = MOST_IN_ALL
    for name in names:
        begins = _STREAM.search(content, name.end(), name.end() + _NEAR)
        if begins is None:
            raise _hidden()
        about = content[max(0, name.start() - _NEAR // 2) : begins.start()]
        if _is_packed(_unescaped(about[about.rfind(b" obj") + 1 :])):
            unpacked = _inflated(content[begins.end() :], min(left, MOST_UNPACKED))
            left -= len(unpacked)
            yield unpacked


def _is_packed(about: bytes) -> bool:
    """Is an object stream deflated, once? Raises `Malformed` where it is packed in any other way."""
    if b"/Filter" not in about:
        return False
    if _FILTER.search(about) or about.count(b"/FlateDecode") != 1:
        raise _hidden()
    return True


def _inflated(packed: bytes, most: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        unpacked = engine.decompress(packed, most)
    except zlib.error:
        raise _hidden() from None
    if engine.unconsumed_tail and len(unpacked) >= most:
        raise Malformed(
            "PDF 解压后过大（压缩炸弹），不能接收；请用“打印为 PDF”重新生成后上传。",
            code="file.bomb",
            field="file",
        )
    return unpacked


def _hidden() -> Malformed:
    return Malformed(
        "PDF 加密或有看不到的内容，无法检查；请去掉密码，用“打印为 PDF”重新生成后上传。",
        code="file.hidden",
        field="file",
    )
