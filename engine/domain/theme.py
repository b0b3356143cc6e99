"""The stages of a life (全生命周期): which theme a bundle belongs to, a person's or an enterprise's (rulebook §1.3)."""

from enum import StrEnum

from engine.domain.errors import Malformed


class Theme(StrEnum):
    """A stage in the life of a person or an enterprise, in the order they are lived."""

    BIRTH = "birth"
    RETIREMENT = "retirement"
    DEATH = "death"
    FOUNDING = "founding"
    OPENING = "opening"
    HIRING = "hiring"


#: Whose life it is, and what the stage is called.
THEME_NAMES = {
    Theme.BIRTH: ("个人", "出生"),
    Theme.RETIREMENT: ("个人", "退休"),
    Theme.DEATH: ("个人", "身后"),
    Theme.FOUNDING: ("企业和个体工商户", "开办"),
    Theme.OPENING: ("企业和个体工商户", "准营"),
    Theme.HIRING: ("企业和个体工商户", "用工"),
}


def theme(word: str | None) -> Theme | None:
    """Read the theme a record names; None where it names none. Raises `Malformed` for one nobody knows."""
    if word is None:
        return None
    try:
        return Theme(word)
    except ValueError:
        raise Malformed(
            f"没有主题“{word}”；可用：{'、'.join(Theme)}", code="theme.unknown", field="theme"
        ) from None
