"""What may be uploaded: told by its bytes, one thing and not two, doing nothing by itself."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import upload
from engine.domain.errors import Malformed
from engine.domain.upload import KINDS, MOST_BYTES
from tests.uploads import PDF, active, archive, jpeg, packed, png

HONEST = (
    PDF,
    png(),
    jpeg(),
    jpeg(comment="一张照片".encode()),
    jpeg(after=b"\x00" * 40),
    packed(b"1 0 <</A 1>>"),
)
REFUSED = {
    "empty": (b"", "file.empty"),
    "too large": (b"%PDF-" + bytes(MOST_BYTES), "file.too-large"),
    "program": (b"MZ\x90\x00", "file.type"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file.type"),
    "page": (b"<!doctype html><script>alert(1)</script>", "file.type"),
    "zip": (archive(), "file.type"),
    "gif": (b"GIF89a", "file.type"),
    "png and zip": (png(after=archive()), "file.polyglot"),
    "png and anything": (png(after=b"x"), "file.polyglot"),
    "jpg and zip": (jpeg(after=archive()), "file.polyglot"),
    "jpg with a zip in its comment": (jpeg(comment=archive()), "file.polyglot"),
    "jpg and rar": (jpeg(after=b"Rar!\x1a\x07\x00"), "file.polyglot"),
    "jpg and page": (jpeg(comment=b"<SCRIPT>alert(1)</script>"), "file.polyglot"),
    "pdf and page": (PDF + b"<html><body onload=alert(1)>", "file.polyglot"),
    "pdf and zip": (PDF + archive(), "file.polyglot"),
    "cut png": (png()[:40], "file.broken"),
    "cut jpg": (jpeg()[:10], "file.broken"),
    "no size": (png(0, 5), "file.broken"),
    "png bomb": (png(100_000, 100_000), "file.pixels"),
    "jpg bomb": (jpeg(65_535, 65_535), "file.pixels"),
    "script": (active(b"/JavaScript/JS(app.alert(1))"), "file.active"),
    "launch": (active(b"/Launch/F(cmd.exe)"), "file.active"),
    "form that sends": (active(b"/SubmitForm"), "file.active"),
    "carried file": (PDF.replace(b"/Kids", b"/Names<</EmbeddedFiles 7 0 R>>/Kids"), "file.active"),
    "escaped": (active(b"/J#61va#53cript"), "file.active"),
    "packed script": (packed(b"1 0 <</S /JavaScript /JS (x)>>"), "file.active"),
    "packed and escaped": (packed(b"1 0 <</S /J#61vaScript>>"), "file.active"),
    "pdf bomb": (packed(bytes(20_000_000)), "file.bomb"),
    "packed twice": (packed(zlib.compress(b"1 0 <</S/JavaScript>>")), "file.hidden"),
    "packed otherwise": (PDF + b"9 0 obj<</Type/ObjStm/Filter/LZWDecode>>stream\n\x80\x0b\x60", "file.hidden"),
    "packed behind a string": (
        packed(b"1 0 <</S/JavaScript>>", b"/A(>>stream\n1 0 )"), "file.active"
    ),
    "packed without a filter's name": (packed(b"1 0 <</S/JavaScript>>", b""), "file.active"),
    "too many packed": (PDF + b"<</Type/ObjStm>>stream\n1 0 " * 5001, "file.hidden"),
    "packed and encrypted": (packed(b"1 0 <<>>").replace(b"/Root", b"/Encrypt 5 0 R/Root"), "file.hidden"),
}  # fmt: skip


@pytest.mark.parametrize("content", HONEST)
def test_an_honest_file_is_kept_as_it_came(content: bytes) -> None:
    assert upload.examine("a", "", content).content == content


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused(case: str) -> None:
    content, code = REFUSED[case]
    with pytest.raises(Malformed) as refused:
        upload.examine("plan.png", "", content)
    assert (refused.value.code, refused.value.field) == (code, "file")


@pytest.mark.parametrize("declared", ["image/png", "text/html", "image/svg+xml"])
def test_what_it_is_said_to_be_must_be_so(declared: str) -> None:
    with pytest.raises(Malformed) as refused:
        upload.examine("plan", declared, PDF)
    assert refused.value.code == "file.type"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        (r"C:\secret\图纸.PNG", "图纸.png"),
        ("a\x00b\r\nc.png", "abc.png"),
        ("invoice\u202egnp.exe", "invoicegnp.exe.png"),
        ("...", "附件.png"),
        ("", "附件.png"),
        ('a<b>:"c|?*.png', "a_b___c___.png"),
        ("page.html", "page.html.png"),
    ],
)
def test_a_name_is_made_harmless(given: str, kept: str) -> None:
    assert upload.examine(given, "", png()).name == kept


@given(st.text(max_size=300))
def test_no_name_leads_anywhere(given: str) -> None:
    """Whatever it was, it is one plain name with the ending its bytes call for, short enough for its column."""
    name = upload.named(given, KINDS[0])
    assert name.endswith(".pdf")
    assert 5 <= len(name) <= 200
    assert not set('/\\<>:"|?*') & set(name)
    assert all(c.isprintable() or c.isspace() for c in name)
    assert not name.startswith(".")


@given(st.binary(max_size=200))
def test_only_pictures_are_ever_shown(content: bytes) -> None:
    """Whatever it begins with, a page shows it only if it is a whole picture."""
    for kind in (b"", *(each.signature for each in KINDS)):
        assert upload.shown_as(kind + content) in {"", *upload.SHOWN}
    assert upload.shown_as(PDF) == ""
