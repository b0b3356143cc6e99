"""A paper set on A4 by typst. What it says goes in as data, never as code; no text is ever evaluated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from engine.domain.deadline import day_of
from engine.domain.errors import NotNow
from engine.domain.sheet import chinese
from engine.papers.fonts import fonts

#: The layouts, by the name a paper was issued with; a paper from before there were any takes the first.
LAYOUTS = {"": "sheet.typ", "sheet-1": "sheet.typ"}


@dataclass(frozen=True, slots=True)
class Printed:
    """What is set: the paper as it was issued, and the address its code leads to."""

    no: str
    addressee: str
    authority: str
    articles: tuple[str, ...]
    facts: Mapping[str, Any]
    template: str
    at: datetime
    address: str


def pdf(paper: Printed) -> bytes:
    """Return the paper as PDF/A-2u; the same paper is always the same bytes.

    Raises `NotNow` as `must_be_whole` does.
    """
    must_be_whole(paper)
    known = fonts()
    made: Any = typst.compile(
        Path(__file__).with_name(LAYOUTS[paper.template]),
        font_paths=known.found,
        sys_inputs={
            "paper": json.dumps(_data(paper), ensure_ascii=False),
            "fonts": json.dumps(known.families),
            "code": _code(paper.address),
        },
        format="pdf",
        pdf_standards="a-2u",
        timestamp=paper.at.replace(microsecond=0),  # a PDF knows seconds
    )
    return bytes(made)


def must_be_whole(paper: Printed) -> None:
    """Raise `NotNow` where no font is Chinese (``paper.no-font``) or none has a character (``paper.glyph``).

    The act and its paper stand as they are; only this picture of it is refused: a name is never printed with a
    hole in it. The print view is the way out.
    """
    missing = fonts().lacking(_texts(_data(paper)))
    if missing:
        raise NotNow(
            f"字体里没有这些字：{_spelt(missing)}；不能生成 PDF。"
            "文书已经出具，可打开打印页直接打印，或由管理员补装字体。",
            code="paper.glyph",
            characters=missing,
        )


def rare(name: str) -> str:
    """Return the characters of a name that no font has, spelt out: known before any paper is issued; "" for none."""
    return _spelt(fonts().lacking((name,)))


def _spelt(characters: str) -> str:
    return "、".join(f"{c}（U+{ord(c):04X}）" if c.isprintable() else f"U+{ord(c):04X}" for c in characters)


def _data(paper: Printed) -> dict[str, Any]:
    return {
        "no": paper.no,
        "addressee": paper.addressee,
        "authority": paper.authority,
        "articles": "、".join(paper.articles),
        "day": chinese(day_of(paper.at)),
        "address": paper.address,
        **paper.facts,
    }


def _texts(value: Any) -> Iterator[str]:
    """Every string there is in *value*."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _code(address: str) -> str:
    """The address as a QR code, drawn."""
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
