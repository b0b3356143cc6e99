"""What may be uploaded: told by its bytes, one thing and not two, doing nothing by itself."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import upload
from engine.domain.errors import Malformed
from engine.domain.upload import KINDS, MOST_BYTES
from tests.uploads import PDF, active, archive, drawn, inserted, jpeg, packed, packed_as, photo, png

SCRIPT = b"1 0 <</S/JavaScript/JS(x)>>"
LINK = b"/Annots[<</Subtype/Link/A<</Type/Action/S/URI/URI(https://example.cn/)>>>>]"
PAGE = b"q 1 0 0 1 0 0 cm Q " * 50
BOMB = zlib.compress(bytes(200_000_000), 9)

HONEST = (
    PDF,
    png(),
    jpeg(),
    jpeg(comment="一张照片".encode()),
    jpeg(after=b"\x00" * 40),
    packed(b"1 0 <</A 1>>"),
    photo(thumbnail=jpeg()),
    photo(after=b"\x00\x00\r\n"),
    photo(after=jpeg() + b"\xff\xff" + jpeg()),
    drawn(zlib.compress(PAGE)),
    drawn(zlib.compress(jpeg()), b"[/FlateDecode /DCTDecode]"),
    drawn(base64.a85encode(zlib.compress(PAGE)) + b"~>", b"[ /ASCII85Decode /FlateDecode ]"),
    drawn(PAGE, b"[]"),
    drawn(b"\x00/AA \xff/EF(\xff/AA%\n", b"/DCTDecode"),
    active(b"/GoTo/D[3 0 R/Fit]").replace(b"/Kids", LINK + b"/Kids"),
    PDF.replace(b"/Pages", b"/OpenAction[3 0 R/Fit]/Pages"),
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
    "rendition": (active(b"/Rendition/JS(app.alert(1))"), "file.active"),
    "file of a stranger": (active(rb"/GoToR/F(\\\\evil\\share\\a.pdf)"), "file.active"),
    "file of a stranger, escaped": (active(b"/GoTo#52/F(a)"), "file.active"),
    "link when opened": (active(b"/URI/URI(https://evil.example/)"), "file.active"),
    "link when opened, elsewhere": (
        inserted(b"7 0 obj<</URI(x)/S/U#52I>>endobj").replace(b"/Pages", b"/OpenAction 7 0 R/Pages"),
        "file.active",
    ),
    "link when opened, behind a comment": (
        inserted(b"7 0 obj<< %/A<<\n/S/URI/URI(x)>>endobj").replace(b"/Pages", b"/OpenAction 7 0 R/Pages"),
        "file.active",
    ),
    "link after opening": (active(b"/GoTo/D[3 0 R/Fit]/Next<</S/URI/URI(x)>>"), "file.active"),
    "data taken in": (active(b"/ImportData/F(a.fdf)"), "file.active"),
    "name ended by nothing": (active(b"/JavaScript\0/JS(x)"), "file.active"),
    "further actions": (PDF.replace(b"/Kids", b"/AA<</O 7 0 R>>/Kids"), "file.active"),
    "further actions elsewhere": (PDF.replace(b"/Kids", b"/AA %x\n 7 0 R/Kids"), "file.active"),
    "further actions, escaped": (PDF.replace(b"/Kids", b"/#41A\0<</O 7 0 R>>/Kids"), "file.active"),
    "further actions, packed": (packed(b"1 0 <</AA 7 0 R>>"), "file.active"),
    "file on a page": (PDF.replace(b"/Kids", b"/Annots[<</Subtype/FileAttachment>>]/Kids"), "file.active"),
    "file in a description": (PDF.replace(b"/Kids", b"/X<</F(a)/EF<</F 7 0 R>>>>/Kids"), "file.active"),
    "packed in digits": (packed_as(SCRIPT.hex(" ").encode() + b">", b"/Filter/ASCIIHexDecode"), "file.hidden"),
    "packed in digits, short": (packed_as(SCRIPT.hex().encode() + b">", b"/Filter/AHx"), "file.hidden"),
    "packed in letters": (packed_as(base64.a85encode(SCRIPT) + b"~>", b"/Filter[/ASCII85Decode]"), "file.hidden"),
    "packed in digits and again": (
        packed_as(zlib.compress(SCRIPT).hex().encode() + b">", b"/Filter[/AHx/FlateDecode]"), "file.hidden"
    ),
    "packed behind a decoy": (
        packed_as(zlib.compress(b"1 0 ") + SCRIPT.hex().encode() + b">", b"/Filter/ASCIIHexDecode"), "file.hidden"
    ),
    "packed in runs": (packed_as(b"\x041 0 <\x80", b"/Filter/RunLengthDecode"), "file.hidden"),
    "filter named elsewhere": (drawn(zlib.compress(PAGE), b" 7 0 R"), "file.hidden"),
    "filters named elsewhere": (drawn(zlib.compress(PAGE), b"[7 0 R]"), "file.hidden"),
    "page bomb": (drawn(BOMB), "file.bomb"),
    "page bomb in two": (drawn(zlib.compress(BOMB), b"[/FlateDecode /FlateDecode]"), "file.bomb"),
    "page bomb in two, unsaid": (drawn(zlib.compress(BOMB)), "file.bomb"),
    "page bomb in digits": (drawn(BOMB.hex().encode() + b">", b"[/ASCIIHexDecode/Fl]"), "file.bomb"),
    "page bomb in letters": (drawn(base64.a85encode(BOMB) + b"~>", b"[/A85/FlateDecode]"), "file.bomb"),
    "page bombs": (inserted(drawn(zlib.compress(bytes(30_000_000))) * 3), "file.bomb"),
    "streams without an end": (inserted(b"/Filter[/AHx/Fl]stream\n" * 20_000), "file.bomb"),
    "page packed as nobody does": (drawn(b"\x80\x0b\x60", b"/LZWDecode"), "file.hidden"),
    "jpg and pdf": (jpeg(comment=PDF), "file.polyglot"),
    "jpg and pdf after it": (jpeg(after=PDF), "file.polyglot"),
    "jpg and program": (jpeg(after=b"MZ\x90\x00"), "file.polyglot"),
    "jpg and anything": (photo(thumbnail=jpeg(), after=b"\x00\x00x"), "file.polyglot"),
    "jpg and part of one": (jpeg(after=b"\xff\xd8\xff\xe1MZ"), "file.broken"),
    "jpg without an end": (jpeg()[:-2], "file.broken"),
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
