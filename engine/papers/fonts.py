"""The fonts papers are set in: those that come with the product and those of the machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from engine.domain.errors import NotNow

#: The package that carries Noto Serif SC and Noto Sans SC (SIL Open Font License).
PACKAGE = "pylopdf_fonts_zh_cn"
#: What a paper is set in, best first. Any other font of the machine lends the characters these lack, so that a
#: rare name (GB 18030) needs no more than a font that has it.
FAMILIES = (
    "fangsong", "仿宋", "fangsong_gb2312", "simsun", "宋体", "noto serif sc", "source han serif sc",
    "source han serif cn", "noto serif cjk sc", "noto sans sc", "noto sans cjk sc", "source han sans sc",
    "wenquanyi zen hei", "droid sans fallback",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fonts:
    """The fonts there are, and the families papers are set in, in order."""

    found: typst.Fonts
    families: tuple[str, ...]

    def lacking(self, texts: Iterable[str]) -> str:
        """Return the characters of *texts* that no font has, each once, in order."""
        wanted = dict.fromkeys(c for text in texts for c in text if c != "\n")
        for face in sorted(_faces(self.found), key=lambda face: _rank(face[0])):
            if not wanted:
                break
            known = _characters(*face[1:])
            wanted = {c: None for c in wanted if ord(c) not in known}
        return "".join(wanted)


@cache
def fonts(*, machine: bool = True, product: bool = True) -> Fonts:
    """Find the fonts, once per process. Raises `NotNow` (``paper.no-font``) where none is Chinese."""
    spec = find_spec(PACKAGE) if product else None
    own = [str(Path(spec.origin).parent)] if spec and spec.origin else []
    found = typst.Fonts(include_system_fonts=machine, include_embedded_fonts=False, font_paths=own)
    families = sorted({family for family in found.families() if _rank(family) < len(FAMILIES)}, key=_rank)
    if not families:
        raise NotNow(
            "本机没有中文字体，不能生成 PDF；文书已经出具，可打开打印页直接打印，或由管理员安装字体。",
            code="paper.no-font",
        )
    return Fonts(found, tuple(families))


def _rank(family: str) -> int:
    name = family.lower()
    return FAMILIES.index(name) if name in FAMILIES else len(FAMILIES)


def _faces(found: typst.Fonts) -> set[tuple[str, str, int]]:
    """One face of each family: the upright one whose weight is nearest to the plain."""
    infos = sorted(found.fonts(), key=lambda info: (info.style != "normal", abs(info.weight - 400)))
    plain = {info.family: (info.family, str(info.path), info.index) for info in reversed(infos) if info.path}
    return set(plain.values())


@cache
def _characters(path: str, index: int) -> frozenset[int]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())
