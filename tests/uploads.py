"""Files to upload, made byte by byte: honest ones, and ones that are more than they seem."""

import struct
import zlib

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2, after: bytes = b"") -> bytes:
    """A white picture; of another size it only says that it is so large."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    dots = _chunk(b"IDAT", zlib.compress(b"\x00\xff\xff" * 2))
    return b"\x89PNG\r\n\x1a\n" + head + dots + _chunk(b"IEND", b"") + after


def jpeg(width: int = 2, height: int = 2, after: bytes = b"", comment: bytes = b"") -> bytes:
    """The headers of a photo and its end."""
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHBBBB", 11, 8, height, width, 1, 1, 0x11, 0)
    return b"\xff\xd8" + said + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xff\xd9" + after


def archive(name: bytes = b"a") -> bytes:
    """A ZIP with one empty file."""
    entry = b"PK\x03\x04" + bytes(22) + struct.pack("<HH", len(name), 0) + name
    listed = b"PK\x01\x02" + bytes(24) + struct.pack("<H", len(name)) + bytes(16) + name
    return entry + listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(entry), 0)


def active(action: bytes) -> bytes:
    """A PDF that does something when it is opened."""
    return PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S" + action + b">>")


def inserted(objects: bytes) -> bytes:
    """A PDF with more objects."""
    return PDF.replace(b"trailer", objects + b"\ntrailer")


def drawn(stream: bytes, how: bytes = b"/FlateDecode") -> bytes:
    """A PDF with a stream that is no object stream: what a page shows."""
    about = b"8 0 obj<</Length %d/Filter%s>>stream\n" % (len(stream), how)
    return inserted(about + stream + b"\nendstream endobj")


def photo(thumbnail: bytes = b"", after: bytes = b"") -> bytes:
    """A photo as a camera writes it: its thumbnail, a whole picture, lies in its header; its scan has restarts."""
    exif = b"Exif\x00\x00" + thumbnail
    head = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xff\x00\x12\xff\xd0\x34"
    return head + jpeg()[2:21] + scan * 2 + b"\xff\xd9" + after


def packed(inside: bytes, how: bytes = b"/Filter/FlateDecode") -> bytes:
    """A PDF with something packed in an object stream."""
    return packed_as(zlib.compress(inside), how)


def packed_as(stream: bytes, how: bytes) -> bytes:
    """A PDF with an object stream of these very bytes."""
    about = b"9 0 obj<</Type/ObjStm/N 1/First 4/Length %d%s>>stream\n" % (len(stream), how)
    return inserted(about + stream + b"\nendstream endobj")
