"""PDFs that only show something: one that runs, starts, sends or carries anything is refused.

Names are looked for in the whole file, stream or not, for a reader may be led anywhere by its index; a name may be
written with ``#`` escapes, and lie in a packed object stream, which is unpacked within bounds. What a dictionary says
of such a stream is not believed: its bytes, or what they unpack to, must begin as an object stream does.
"""

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from engine.domain.errors import Malformed

#: What one object stream may come to when unpacked, all of them together, and how many there may be.
MOST_UNPACKED = 16 * 1024 * 1024
MOST_IN_ALL = 64 * 1024 * 1024
MOST_STREAMS = 5000
#: How many escaped characters names may have in all.
MOST_ESCAPES = 100_000

#: Actions that do something, and what carries files: ISO 32000-1 §12.6.4, §7.11.4, §12.7.8.
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)(?=[\s/<>()\[\]%]|$)"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm(?=[\s/<>\[\]])")
_STREAM = re.compile(rb">>\s{0,20}stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt(?=[\s/<>\[\]])")
#: An object stream lists its objects first: number, place, number, place (§7.5.7); an empty one lists none.
_LISTING = re.compile(rb"\s*(\d|\Z)")
#: How far from its name an object stream's data may begin, and how much is unpacked at a time.
_NEAR, _CHUNK = 1024, 64 * 1024


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
    if part.count(b"#") > MOST_ESCAPES and len(_ESCAPE.findall(part)) > MOST_ESCAPES:
        raise _hidden()
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part) if b"#" in part else part


def _object_streams(content: bytes) -> Iterator[bytes]:
    """Yield what lies packed in object streams, and in whatever else stands where one should."""
    names = list(islice(_PACKED.finditer(content), MOST_STREAMS + 1))
    if len(names) > MOST_STREAMS or (names and _ENCRYPTED.search(content)):
        raise _hidden()
    seen: set[int] = set()
    out, read = MOST_IN_ALL, 4 * len(content) + _CHUNK * len(names)
    for name in names:
        starts = [each.end() for each in _STREAM.finditer(content, name.end(), name.end() + _NEAR)]
        if not starts:
            raise _hidden()
        for start in starts:  # the first is the stream, unless a string only looks like its beginning
            if start in seen:
                continue
            seen.add(start)
            unpacked, taken = _unpacked(content, start, min(out, MOST_UNPACKED))
            out, read = out - len(unpacked), read - taken
            if out <= 0 or len(unpacked) > MOST_UNPACKED or read < 0:
                raise _bomb()
            if start == starts[0] and not _LISTING.match(unpacked or content[start : start + 20]):
                raise _hidden()
            yield unpacked


def _unpacked(content: bytes, start: int, most: int) -> tuple[bytes, int]:
    """Return what is deflated from *start* on, a little more than *most* at the most, and how much was read for it."""
    engine, found, place = zlib.decompressobj(), bytearray(), start
    try:
        while not engine.eof and place < len(content) and len(found) <= most:
            found += engine.decompress(content[place : place + _CHUNK], most + 1 - len(found))
            place += _CHUNK
    except zlib.error:  # not deflated, or torn: readers take what came before the tear
        place += _CHUNK
    return bytes(found), min(place, len(content)) - start


def _bomb() -> Malformed:
    return Malformed(
        "PDF 解压后过大（压缩炸弹），不能接收；请用“打印为 PDF”重新生成后上传。",
        code="file.bomb",
        field="file",
    )


def _hidden() -> Malformed:
    return Malformed(
        "PDF 加密或有看不到的内容，无法检查；请去掉密码，用“打印为 PDF”重新生成后上传。",
        code="file.hidden",
        field="file",
    )
