"""What may be uploaded (附件): its kind told from its bytes alone, its name made harmless, what could act refused.

A file is a PDF, a JPG or a PNG, or it is nothing we keep. OFD, Word and Excel files are packages (ZIP) with other
files, links and programs inside; they need a reader of their own before anybody may bring them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.domain import pdf, picture
from engine.domain.errors import Malformed, TooLarge

#: A file may be no larger.
MOST_BYTES = 10 * 1024 * 1024
#: Nor may its name be longer, in characters.
MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: what it begins with, what it is served as, and what looks it through."""

    signature: bytes
    media_type: str
    endings: tuple[str, ...]
    look_through: Callable[[bytes], None]


KINDS: tuple[Kind, ...] = (
    Kind(b"%PDF-", "application/pdf", ("pdf",), pdf.must_be_still),
    Kind(b"\x89PNG\r\n\x1a\n", "image/png", ("png",), picture.must_be_png),
    Kind(b"\xff\xd8\xff", "image/jpeg", ("jpg", "jpeg"), picture.must_be_jpeg),
)
#: What a browser may call them; one that does not know says octet-stream, or nothing.
DECLARED: Mapping[str, str] = {
    "application/x-pdf": "application/pdf",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "application/octet-stream": "",
    "binary/octet-stream": "",
}
#: What may be shown on a page of ours: pictures, which do nothing by themselves. A PDF is always handed out.
SHOWN = frozenset({"image/png", "image/jpeg"})

#: What makes a file something else besides: archives end with their directory, pages carry their mark.
_ARCHIVE_END = b"PK\x05\x06"
_ARCHIVE_REACH = 22 + 0xFFFF
_CARRIED = re.compile(
    rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|MSCF\x00\x00\x00\x00|<script[\s>/]|<html[\s>]|<!doctype html|<\?php\s",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked through: what it is called, what it is, and its bytes as they came."""

    name: str
    media_type: str
    content: bytes


def examine(name: str, declared: str, content: bytes) -> Upload:
    """Return the file as it may be kept. Raises `Malformed` for any other, `TooLarge` for one of more than 10 MB."""
    if not content:
        raise Malformed("上传的文件是空的，请重新选择。", code="file.empty", field="file")
    if len(content) > MOST_BYTES:
        raise TooLarge("文件超过 10 MB，请压缩后再上传。", code="file.too-large", field="file")
    kind = kind_of(content)
    called = declared.partition(";")[0].strip().lower()
    if kind is None or DECLARED.get(called, called) not in {"", kind.media_type}:
        raise Malformed(
            "只收 PDF、JPG、PNG 文件，且内容须与类型相符；其他格式请先另存为 PDF。",
            code="file.type",
            field="file",
        )
    kind.look_through(content)
    _must_be_one_thing(content)
    return Upload(named(name, kind), kind.media_type, content)


def kind_of(content: bytes) -> Kind | None:
    """Return what kind of file this is by its first bytes; None for what nobody may bring."""
    return next((kind for kind in KINDS if content.startswith(kind.signature)), None)


def shown_as(content: bytes) -> str:
    """Return the media type a page may show a kept file as; "" where it is only handed out."""
    try:
        found = examine("", "", content)
    except Malformed:  # kept before files were looked through
        return ""
    return found.media_type if found.media_type in SHOWN else ""


def _must_be_one_thing(content: bytes) -> None:
    """Refuse a file that another program would read as an archive or a page (polyglot)."""
    if _ARCHIVE_END in content[-_ARCHIVE_REACH:] or _CARRIED.search(content):
        raise Malformed(
            "文件里夹带了压缩包、网页或程序，不能接收；请重新扫描或拍照后上传。",
            code="file.polyglot",
            field="file",
        )


def named(name: str, kind: Kind) -> str:
    """Return a file name without a path, without what is not seen, and with the ending its bytes call for."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(
        c for c in last if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in {"Zl", "Zp"}
    )
    plain = re.sub(r'[<>:"|?*]', "_", seen).strip(" .")
    stem, _, ending = plain.rpartition(".")
    if ending.lower() not in kind.endings or not stem:
        stem, ending = plain, kind.endings[0]
    return f"{stem.rstrip(' .')[:MOST_NAME] or '附件'}.{ending.lower()}"
