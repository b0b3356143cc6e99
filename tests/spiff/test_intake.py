"""Bytes come in safely, whatever they are."""

import pytest

from engine.domain.errors import Malformed
from engine.spiff import intake, lint, parser
from tests.spiff.diagrams import line

SHELL = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">{}</definitions>'

BROKEN = {
    "empty": (b"", "upload.empty"),
    "not XML": (b"\x89PNG\r\n\x1a\n", "xml.invalid"),
    "a package": (b"PK\x03\x04", "package.unsupported"),
    "cut off": (line("accept").xml()[:400], "xml.invalid"),
    "a wrong encoding": (b'<?xml version="1.0" encoding="no-such"?><a/>', "xml.encoding"),
    "another XML": (b"<html/>", "bpmn.no-process"),
    "a doctype": (b"<!DOCTYPE a><a/>", "xml.doctype-forbidden"),
    "an entity": (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "xml.doctype-forbidden"),
    "an outward entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "xml.doctype-forbidden",
    ),
    "an outward DTD": (b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>', "xml.doctype-forbidden"),
    "too deep": (SHELL.format("<a>" * 100 + "</a>" * 100).encode(), "xml.too-deep"),
    "far too deep": (("<a>" * 500_000).encode(), "xml.too-deep"),
    "too many": (SHELL.format("<a/>" * 20_001).encode(), "model.too-large"),
    "too large": (b"<a>" + b" " * (5 * 1024 * 1024) + b"</a>", "upload.too-large"),
    "a disguise": (b'<?xml version="1.0" encoding="UTF-7"?>' + SHELL.format("").encode(), "xml.encoding"),
    "no process": (SHELL.format("").encode(), "bpmn.no-process"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_a_code_and_never_breaks_the_checker(name: str) -> None:
    source, code = BROKEN[name]
    with pytest.raises(Malformed) as refused:
        parser.read(source)
    assert refused.value.code == code
    assert [finding.code for finding in lint.check(source)] == [code]


def test_a_broken_file_names_the_line() -> None:
    (finding,) = lint.check(b"<a>\n\n<b></a>")
    assert finding.line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
def test_a_file_may_be_written_in_any_declared_encoding(encoding: str) -> None:
    text = SHELL.format('<process id="p" name="食品"/>')
    source = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert intake.tree(source)[0].get("name") == "食品"


def test_text_is_refused_because_its_encoding_is_a_guess() -> None:
    with pytest.raises(Malformed) as refused:
        parser.read(line("accept").xml().decode())  # type: ignore[arg-type]
    assert refused.value.code == "upload.not-bytes"


@pytest.mark.parametrize("at", range(0, 1200, 97))
def test_no_flipped_byte_breaks_the_checker(at: int) -> None:
    source = bytearray(line("accept", "decide").xml())
    source[at % len(source)] ^= 0x55
    assert isinstance(lint.check(bytes(source)), tuple)
