"""What comes packed is recognised and turned away, without unpacking more than is allowed in."""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from typing import NoReturn

from engine.spiff.refusal import refuse

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def must_not_be_packed(source: bytes, limit: int) -> None:
    """Raise Malformed when *source* is a package; the code says what is wrong with it."""
    if source.startswith(GZIP):
        _refuse_gzip(source, limit)
    if source.startswith(ZIP):
        _refuse_zip(source, limit)


def _refuse_gzip(source: bytes, limit: int) -> NoReturn:
    try:
        unpacked = len(zlib.decompressobj(wbits=31).decompress(source, limit + 1))
    except zlib.error:
        unpacked = 0
    _refuse(unpacked, limit, "gzip")


def _refuse_zip(source: bytes, limit: int) -> NoReturn:
    """Read the table of contents only; nothing is unpacked."""
    try:
        members = zipfile.ZipFile(BytesIO(source)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        members = []
    for member in members:
        if _leads_out(member.filename):
            refuse("package.bad-path", "压缩包里有指向包外的路径，不能接收；请解压后只上传 .bpmn 文件")
    _refuse(sum(member.file_size for member in members), limit, "zip")


def _leads_out(name: str) -> bool:
    return any(
        ".." in path.parts or path.is_absolute() for path in (PurePosixPath(name), PureWindowsPath(name))
    )


def _refuse(unpacked: int, limit: int, kind: str) -> NoReturn:
    if unpacked > limit:
        refuse("upload.too-large", f"压缩包（{kind}）解开后超过 {limit // 2**20} MB；请上传解压后的流程图")
    refuse("package.unsupported", f"这是压缩包（{kind}）；请解压后上传 .bpmn 文件")
