"""Setting a paper: what it says is text whatever it looks like, and no character is left out in silence."""

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fontTools.ttLib import TTFont

from engine.domain.errors import NotNow
from engine.domain.sheet import Sheet, Table
from engine.papers import fonts, setting
from engine.papers.setting import Printed

#: A character of the private use area: no name holds it, no font of a printer has it.
NOBODYS = "\U0010fffd"


def paper(addressee: str = "王小满", *, rows: int = 1, text: str = "申请材料齐全。") -> Printed:
    listed = tuple((str(n), f"材料{n}", "收到") for n in range(1, rows + 1))
    said = Sheet(
        text, tables=(Table("申请材料清单", ("序号", "材料名称", "情况"), listed),), signatures=("收件人",)
    )
    return Printed(
        no="510703市监受〔2026〕000123号",
        addressee=addressee,
        authority="示范区市场监督管理局",
        articles=("《行政许可法》第三十二条",),
        facts=said.frozen("受理通知书", ""),
        template="sheet-1",
        at=datetime(2026, 11, 23, 2, tzinfo=UTC),
        address="https://hall.example/t/ABCD2345",
    )


def pages(pdf: bytes) -> int:
    streams = [_inflated(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)]
    return sum(len(re.findall(rb"/Type ?/Page\b", each)) for each in (pdf, *streams))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_a_paper_is_an_archivable_pdf_and_always_the_same() -> None:
    made = setting.pdf(paper())
    assert made.startswith(b"%PDF-1.7")
    assert b"pdfaid" in made
    assert made == setting.pdf(paper())
    to_the_microsecond = replace(paper(), at=datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC))
    assert setting.pdf(to_the_microsecond) == made


@pytest.mark.parametrize(
    "name",
    ['#import "x"', '#panic("read")', "$", "\\", '#read("/etc/passwd")', "*王*", "@ref", "<l>", "/* ", "`x`", "#{"],
)  # fmt: skip
def test_nothing_anybody_wrote_is_evaluated(name: str) -> None:
    """A name that is code is a name: it is set as it was written, character for character."""
    assert setting.pdf(paper(name, text=name)).startswith(b"%PDF")


def test_a_long_list_runs_over_pages_and_a_long_name_over_lines() -> None:
    assert pages(setting.pdf(paper())) == 1
    assert pages(setting.pdf(paper("上海" + "长" * 180 + "有限公司", rows=60))) == 3


def test_a_character_no_font_has_is_named_and_nothing_is_printed() -> None:
    with pytest.raises(NotNow) as refused:
        setting.pdf(paper(f"王{NOBODYS}满\x07{NOBODYS}"))
    assert refused.value.code == "paper.glyph"
    assert refused.value.about["characters"] == f"{NOBODYS}\x07"
    assert "U+10FFFD" in refused.value.message


@pytest.mark.parametrize("name", ["龘䶮堃", "犇淼燊", "㛃𬭛𣲗", "买买提·艾则孜", "Müller & Sons"])
def test_rare_names_are_set_with_the_fonts_of_the_product(name: str) -> None:
    assert fonts.fonts(machine=False).lacking([name]) == ""
    assert setting.pdf(paper(name)).startswith(b"%PDF")


def test_without_any_chinese_font_it_says_so() -> None:
    with pytest.raises(NotNow) as refused:
        fonts.fonts(machine=False, product=False)
    assert refused.value.code == "paper.no-font"


def test_the_products_font_is_free_and_first_among_those_that_come_with_it() -> None:
    own = fonts.fonts(machine=False)
    assert own.families[0] == "Noto Serif SC"
    face = next(info for info in own.found.fonts() if info.family == "Noto Serif SC")
    with TTFont(str(face.path), fontNumber=face.index, lazy=True) as font:
        assert "Open Font License" in font["name"].getDebugName(13)
