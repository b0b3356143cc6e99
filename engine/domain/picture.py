"""Pictures (JPG, PNG) as far as their headers tell: how large they are when unpacked, and where they end."""

from collections.abc import Iterator

from engine.domain.errors import Malformed

#: More points than this no document needs; unpacked they would fill the machine of whoever looks at them.
MOST_POINTS = 100_000_000
#: No camera writes more headers before the picture.
MOST_SEGMENTS = 10_000
#: A frame (SOF) tells a JPG's size; these markers of the same row tell something else.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers that stand alone, and those after which no more headers come: the scan, the end.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN = frozenset({0xDA, 0xD9})


def must_be_png(content: bytes) -> None:
    """Raise `Malformed` unless this is one whole PNG with nothing after it, of a size that can be looked at."""
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
            raise Malformed(
                "图片后面还附有别的内容，不能接收；请重新拍照或截图后上传。",
                code="file.polyglot",
                field="file",
            )


def must_be_jpeg(content: bytes) -> None:
    """Raise `Malformed` unless its headers can be read and tell a size that can be looked at."""
    place = 2
    for _ in range(MOST_SEGMENTS):
        if place + 4 > len(content) or content[place] != 0xFF:
            break
        marker = content[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _SCAN:
            break
        if marker in _FRAMES:
            height, width = (int.from_bytes(content[at : at + 2]) for at in (place + 5, place + 7))
            return _must_be_viewable(width, height)
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    raise _broken()


def _must_be_viewable(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise _broken()
    if width * height > MOST_POINTS:
        raise Malformed(
            f"图片有 {width}×{height} 个像素，打开会耗尽内存；请缩小到一亿像素以内再上传。",
            code="file.pixels",
            field="file",
        )


def _broken() -> Malformed:
    return Malformed("图片已损坏或不完整，打不开；请重新拍照或扫描后上传。", code="file.broken", field="file")
