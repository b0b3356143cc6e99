"""PDFs that only show something: one that runs, starts, sends or carries anything is refused.

Names are looked for in the whole file, stream or not, for a reader may be led anywhere by its index; a name may be
written with ``#`` escapes, and lie in a packed object stream, which is unpacked within bounds. What a dictionary says
of such a stream is not believed: its bytes must unpack (by Flate, once) to what begins as an object stream does.
Every other stream is weighed by unpacking it, so that none fills the machine of whoever opens the file.
"""

import base64
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from engine.domain.errors import Malformed

#: What one object stream may come to when unpacked, all of them together, and how many there may be.
MOST_UNPACKED = 16 * 1024 * 1024
MOST_IN_ALL = 64 * 1024 * 1024
MOST_STREAMS = 5000
#: What any stream may come to (a page scanned in colour at 600 dpi is 104 MB), all of them, and how many there may be.
MOST_SHOWN = 128 * 1024 * 1024
MOST_SHOWN_IN_ALL = 512 * 1024 * 1024
MOST_SHOWN_STREAMS = 100_000
#: Nothing honest grows so many times over, once it is large.
MOST_GROWN, GROWN_LARGE = 400, 64 * 1024 * 1024
#: How many escaped characters names may have in all.
MOST_ESCAPES = 100_000

#: What ends a name, and what may stand between two words: white space (§7.2.2; NUL is one) and comments.
_END = rb"(?=[\x00\s/<>()\[\]{}%]|\Z)"
_GAP = rb"(?:[\x00\s]+|%[^\r\n]{0,255}[\r\n]){0,8}+"
_VALUE = rb"(?:<<|\d{1,10}" + _GAP + rb"\d{1,5}" + _GAP + rb"R|%)"
#: Actions that do something, and what carries files: ISO 32000-1 §12.6.4, §7.11.4, §12.7.8. What is so short that
#: a picture's bytes may spell it counts only before a dictionary, or before more comment than anybody writes.
_ACTIVE = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|FileAttachment|RichMedia(?:Execute)?|Rendition|SubmitForm|ImportData"
    rb"|ResetForm|GoTo[ER]|GoTo3DView|Movie|Sound|XFA)" + _END + rb"|/(AA|EF)" + _GAP + _VALUE
)
#: A link is followed by whoever clicks on it (/A); one that stands elsewhere might be followed by opening the file.
_OPENS = re.compile(rb"/OpenAction" + _END)
_LINK = re.compile(rb"/URI" + _END + _GAP + rb"(?!\(|<(?!<)|\d)")
_CLICKED = re.compile(rb"[^%\r\n]/A[\x00\s]*<<[^<>()%]*/S[\x00\s]*\Z")
_LINK_REACH = 200
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm" + _END)
_STREAM = re.compile(rb">>\s{0,20}stream\r?\n")
_ENCRYPTED = re.compile(rb"/Encrypt" + _END)
#: An object stream lists its objects first: number, place, number, place (§7.5.7); an empty one lists none.
_LISTING = re.compile(rb"\s*(\d|\Z)")
#: How far from its name an object stream's data may begin, and how much is unpacked at a time.
_NEAR, _CHUNK = 1024, 64 * 1024

#: Where any stream begins, and how it says it is packed: one name, or a list of names, said on the spot.
_ANY_STREAM = re.compile(rb"(?<!end)stream[ \t\x00]{0,8}(?:\r\n|\n|\r)")
_FILTER = re.compile(rb"/Filter" + _END + _GAP + rb"(/[^\x00\s/<>()\[\]{}%]+|\[[\x00\s\w/]{0,300}\])?")
_WORD = re.compile(rb"[^\x00\s/\[\]]+")
_FLATE = frozenset({b"FlateDecode", b"Fl"})
_ARMOUR = frozenset({b"ASCIIHexDecode", b"AHx", b"ASCII85Decode", b"A85"})
_DENSE = _FLATE | {b"RunLengthDecode", b"RL"}
#: Nobody has packed so since 1996, and it grows as no other does.
_BYGONE = frozenset({b"LZWDecode", b"LZW"})


def must_be_still(content: bytes) -> None:
    """Raise `Malformed` for a PDF that acts, or that cannot be looked through."""
    _must_not_act(content)
    whole = _unescaped(content)
    _must_not_act(whole)
    if len(_PACKED.findall(whole)) != len(_PACKED.findall(content)):
        raise _hidden()
    opens, led = _OPENS.search(whole), _leads_away(whole)
    for unpacked in _object_streams(content):
        plain = _unescaped(unpacked)
        _must_not_act(unpacked)
        _must_not_act(plain)
        opens, led = opens or _OPENS.search(plain), led or _leads_away(plain)
    if opens and led:
        raise _acts("OpenAction URI")
    _must_not_swell(content, _filters(whole))


def _leads_away(part: bytes) -> bool:
    """Tell whether a link stands anywhere but where somebody clicks on it."""
    return any(
        not _CLICKED.search(part, max(0, link.start() - _LINK_REACH), link.start())
        for link in _LINK.finditer(part)
    )


def _must_not_act(part: bytes) -> None:
    found = _ACTIVE.search(part)
    if found:
        raise _acts((found[1] or found[2]).decode())


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
        _must_be_plainly_packed(content, name.start(), starts)
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


def _must_be_plainly_packed(content: bytes, name: int, starts: list[int]) -> None:
    """Refuse an object stream that is packed in any way but the one every program uses (Flate, once)."""
    begins = content.rfind(b"obj", max(0, name - _NEAR), name)
    if begins < 0:
        raise _hidden()
    said = _filters(_unescaped(content[begins : starts[-1]]))
    if any(len(chain) > 1 or chain[0] not in _FLATE for chain in said):
        raise _hidden()
    if not any(_is_flate(content[start : start + 2]) for start in starts):
        raise _hidden()


def _filters(part: bytes) -> list[list[bytes]]:
    """Return how the streams say they are packed; refuse what is said elsewhere, twice over, or as nobody does."""
    said = [found[1] for found in _FILTER.finditer(part)]
    if None in said:
        raise _hidden()
    chains = [chain for each in said if (chain := _WORD.findall(each))]
    for chain in chains:
        if b"R" in chain or _BYGONE & set(chain):
            raise _hidden()
        if sum(each in _DENSE for each in chain) > 1:
            raise _bomb()
    return chains


def _must_not_swell(content: bytes, chains: list[list[bytes]]) -> None:
    """Weigh every stream by unpacking it and throwing it away; raise `Malformed` where it comes to too much."""
    armoured = any(_ARMOUR & set(chain) and _FLATE & set(chain) for chain in chains)
    starts = [each.end() for each in islice(_ANY_STREAM.finditer(content), MOST_SHOWN_STREAMS + 1)]
    if len(starts) > MOST_SHOWN_STREAMS:
        raise _bomb()
    out, read = 0, 4 * len(content) + _CHUNK
    for start in starts:
        if _is_flate(content[start : start + 2]):
            weight, taken = _weighed(content, start)
        elif armoured:
            end = content.find(b"endstream", start)
            text = content[start : end if end >= 0 else len(content)]
            weight, taken = max(_weighed(bare, 0)[0] for bare in _unarmoured(text)), len(text)
        else:
            continue
        out, read = out + weight, read - taken
        if out > min(MOST_SHOWN_IN_ALL, max(GROWN_LARGE, MOST_GROWN * len(content))) or read < 0:
            raise _bomb()


def _weighed(content: bytes, start: int) -> tuple[int, int]:
    """Return what is deflated from *start* on comes to, and how much was read; refuse too much, or packed twice."""
    engine, weight, place, waiting = zlib.decompressobj(), 0, start, b""
    try:
        while not engine.eof and (waiting or place < len(content)):
            if not waiting:
                waiting, place = content[place : place + _CHUNK], place + _CHUNK
            found = engine.decompress(waiting, MOST_UNPACKED)
            if not weight and _is_flate(found[:2]) and _unpacked(found, 0, _CHUNK)[0]:
                raise _bomb()
            weight, waiting = weight + len(found), engine.unconsumed_tail
            if weight > MOST_SHOWN:
                raise _bomb()
    except zlib.error:  # torn, or something else: readers take what came before the tear
        pass
    return weight, min(place, len(content)) - len(waiting) - len(engine.unused_data) - start


def _is_flate(begins: bytes) -> bool:
    """Tell whether deflated data may begin so (RFC 1950 §2.2)."""
    return len(begins) == 2 and begins[0] & 15 == 8 and int.from_bytes(begins) % 31 == 0


def _unarmoured(text: bytes) -> Iterator[bytes]:
    """Yield what a stream written in letters may stand for: hexadecimal digits, or base 85."""
    yield b""
    with suppress(ValueError):
        yield bytes.fromhex(text.partition(b">")[0].decode("ascii"))
    with suppress(ValueError):
        yield base64.a85decode(
            text.strip().removeprefix(b"<~").partition(b"~")[0], ignorechars=b" \t\n\r\v\f\0"
        )


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


def _acts(what: str) -> Malformed:
    return Malformed(
        f"PDF 里有脚本、附件或自动动作（{what}），不能接收；请用“打印为 PDF”重新生成后上传。",
        code="file.active",
        field="file",
    )


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
