"""Bytes come in safely, whatever they are."""

import gzip
import io
import time
import zipfile

import pytest

from engine.domain.errors import Malformed
from engine.spiff import intake, lint, parser, track
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


def written(declared: str, encoding: str, name: str = "食品") -> bytes:
    """A file that says *declared* of itself and is written in *encoding*."""
    text = SHELL.format(f'<process id="p" name="{name}"/>')
    return f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)


ENCODINGS = ["utf-8", "utf-16", "gb18030", "big5", "GBK", "Shift_JIS", "EUC-KR", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_file_may_be_written_in_any_declared_encoding(encoding: str) -> None:
    assert intake.tree(written(encoding, encoding, "食品"))[0].get("name") == "食品"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("UTF-16", "utf-8"),  # what some exporters always say
        ("GB2312", "gb18030"),  # what is called so is wider
        ("UTF-8", "utf-16"),  # the mark is believed first
    ],
)
def test_how_the_bytes_lie_is_believed_before_what_they_say(declared: str, encoding: str) -> None:
    assert intake.tree(written(declared, encoding, "镕𠮷"))[0].get("name") == "镕𠮷"


def test_western_letters_are_read_too() -> None:
    assert intake.tree(written("windows-1252", "cp1252", "Prüfung €"))[0].get("name") == "Prüfung €"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "windows-1252"])
def test_a_declaration_after_a_blank_line_is_heeded_and_lines_keep_their_numbers(encoding: str) -> None:
    name = "Prüfung" if encoding == "windows-1252" else "食品"
    root = intake.tree(b"\n \n" + written(encoding, encoding, name))
    assert (root[0].get("name"), intake.line_of(root)) == (name, 3)


@pytest.mark.parametrize(
    "declared", ["UTF-7", "HZ-GB-2312", "ISO-2022-CN", "rot13", "base64", "unicode_escape"]
)
def test_what_would_disguise_the_markup_is_no_encoding(declared: str) -> None:
    (finding,) = lint.check(written(declared, "ascii", "food"))
    assert finding.code == "xml.encoding"


def test_bytes_of_another_encoding_than_declared_are_refused_by_line() -> None:
    (finding,) = lint.check(b"<?xml version='1.0'?>\n\n<a b='" + "受理".encode("gbk") + b"'/>")
    assert (finding.code, finding.line) == ("xml.encoding", 3)


def test_a_prefix_nobody_declared_is_forgiven_and_nothing_else_is() -> None:
    loose = SHELL.format('<process id="p"><x:note xsi:type="y">1</x:note></process>').encode()
    assert intake.tree(loose)[0].get("id") == "p"
    assert [each.code for each in lint.check(loose.replace(b"<x:note", b"<x:nott"))] == ["xml.invalid"]


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name in names:
            package.writestr(name, line("accept").xml())
    return packed.getvalue()


PACKED = {
    "a zip": (zipped("a.bpmn"), "package.unsupported"),
    "a way out": (zipped("../../a.bpmn"), "package.bad-path"),
    "a way out in Windows": (zipped("C:\\a.bpmn"), "package.bad-path"),
    "a gzip": (gzip.compress(line("accept").xml()), "package.unsupported"),
    "a bomb": (gzip.compress(b" " * 50_000_000), "upload.too-large"),
    "half a gzip": (gzip.compress(line("accept").xml())[:40], "package.unsupported"),
    "half a zip": (zipped("a.bpmn")[:40], "package.unsupported"),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_package_is_recognised_and_turned_away(name: str) -> None:
    source, code = PACKED[name]
    assert [finding.code for finding in lint.check(source)] == [code]


GREAT = {
    "a wide fork": ("<userTask id='t{0}'/><sequenceFlow id='a{0}' sourceRef='g' targetRef='t{0}'/>", 6_000),
    "a chain of processes": ("</process><process id='p{0}'><callActivity id='c{0}' calledElement='p{0}'/>", 6_000),
    "many flows between few": ("<sequenceFlow id='f{0}' sourceRef='g' targetRef='s'/>", 19_000),
    "many links": (
        "<intermediateThrowEvent id='l{0}'><linkEventDefinition name='{0}'/></intermediateThrowEvent>", 9_000),
    "many timers": ("<boundaryEvent id='b{0}' attachedToRef='g'><timerEventDefinition/></boundaryEvent>", 9_000),
    "long conditions": (
        "<sequenceFlow id='f{0}' sourceRef='g' targetRef='s'><conditionExpression>" + "a + " * 900
        + "b</conditionExpression></sequenceFlow>", 1_000),
    "long names": ("<userTask name='" + "x" * 250 + "'/>", 18_000),
}  # fmt: skip


@pytest.mark.parametrize("name", GREAT)
def test_whatever_fits_is_answered_in_two_seconds(name: str) -> None:
    piece, count = GREAT[name]
    pieces = "".join(piece.format(number) for number in range(count))
    source = SHELL.format(
        f"<process id='p'><startEvent id='s'/><parallelGateway id='g'/>{pieces}</process>"
    ).encode()
    assert len(source) <= intake.MAX_BYTES
    for answer in (lint.check, lambda given: track.render(given, (), ())):
        began = time.process_time()
        assert answer(source)
        assert time.process_time() - began < 2


def test_text_is_refused_because_its_encoding_is_a_guess() -> None:
    with pytest.raises(Malformed) as refused:
        parser.read(line("accept").xml().decode())  # type: ignore[arg-type]
    assert refused.value.code == "upload.not-bytes"


@pytest.mark.parametrize("at", range(0, 1200, 97))
def test_no_flipped_byte_breaks_the_checker(at: int) -> None:
    source = bytearray(line("accept", "decide").xml())
    source[at % len(source)] ^= 0x55
    assert isinstance(lint.check(bytes(source)), tuple)
