"""Pictures (JPG, PNG) as far as their parts tell: how large they are when unpacked, and where they end.

After a JPG's end (EOI) may come padding, as cameras write, and further whole pictures (a phone's light map, MPF);
anything else is refused, a moving photo's film too: save it as a plain picture first.
"""

import re
from collections.abc import Iterator

from engine.domain.errors import Malformed

#: More points than this no document needs; unpacked they would fill the machine of whoever looks at them.
MOST_POINTS = 100_000_000
#: No camera writes more headers before the picture.
MOST_SEGMENTS = 10_000
#: A frame (SOF) tells a JPG's size; these markers of the same row tell something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers that stand alone; the one that begins a scan, and the ones that begin and end it all.
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _START, _STOP = 0xDA, b"\xff\xd8", 0xD9
#: What a scan's own bytes never are: a marker that is neither stuffing, filling, nor a restart.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.S)
_PADDING = re.compile(rb"[\x00\xff\s]*?(?=\xff\xd8|[^\x00\xff\s]|\Z)")
_MOST_PICTURES = 16


def must_be_png(content: bytes) -> None:
    """Raise `Malformed` unless this is one whole PNG with nothing after it, of a size that can be looked at."""
    _must_not_be_paper(content)
    kinds = list(_chunks(content))
    if not kinds or kinds[0] != b"IHDR" or kinds[-1] != b"IEND":
        raise _broken()
    _must_be_viewable(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))


def _chunks(content: bytes) -> Iterator[bytes]:
    """Yield what each part is, and nothing that does not end where the file does."""
    place = 8
    while place < len(content):
        length, kind = int.from_bytes(content[place : place + 4]), content[place + 4 : place + 8]
        place += 12 + length
        if place > len(content):
            return
        yield kind
        if kind == b"IEND" and place != len(content):
            raise _more()


def must_be_jpeg(content: bytes) -> None:
    """Raise `Malformed` unless it is whole pictures to its end, of a size that can be looked at."""
    _must_not_be_paper(content)
    place = 0
    for _ in range(_MOST_PICTURES):
        place = _past_picture(content, place)
        padding = _PADDING.match(content, place)
        place = padding.end() if padding else place
        if place == len(content):
            return
        if not content.startswith(_START, place):
            break
    raise _more()


def _past_picture(content: bytes, place: int) -> int:
    """Return where the picture that begins at *place* ends: by its parts, for a thumbnail's end is not its own."""
    place, framed = place + 2, False
    for _ in range(MOST_SEGMENTS):
        if place + 2 > len(content) or content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == _STOP and framed:
            return place + 2
        if marker in _FRAMES:
            height, width = (int.from_bytes(content[at : at + 2]) for at in (place + 5, place + 7))
            _must_be_viewable(width, height)
            framed = True
        length = int.from_bytes(content[place + 2 : place + 4])
        if length < 2 or marker == _STOP:
            break
        place += 2 + length
        if marker == _SCAN:
            found = _MARKER.search(content, place)
            place = found.start() if found else len(content)
    raise _broken()


def _must_not_be_paper(content: bytes) -> None:
    """Refuse a picture that a reader of papers would open: it looks for a PDF's mark beyond the first bytes."""
    if b"%PDF-" in content:
        raise _more()


def _must_be_viewable(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise _broken()
    if width * height > MOST_POINTS:
        raise Malformed(
            f"图片有 {width}×{height} 个像素，打开会耗尽内存；请缩小到一亿像素以内再上传。",
            code="file.pixels",
            field="file",
        )


def _more() -> Malformed:
    return Malformed(
        "图片里或后面还附有别的内容，不能接收；动态照片请先另存为普通照片，其他请重新拍照或截图后上传。",
        code="file.polyglot",
        field="file",
    )


def _broken() -> Malformed:
    return Malformed("图片已损坏或不完整，打不开；请重新拍照或扫描后上传。", code="file.broken", field="file")
