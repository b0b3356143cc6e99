"""What a place may do about a matter (村站帮办代办事项清单): accept, take in and forward, help, or nothing."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.domain.errors import NotNow
from engine.domain.limit import Unit


class Level(StrEnum):
    """What a place does about a matter."""

    ACCEPT = "accept"
    FORWARD = "forward"
    HELP = "help"
    NONE = "none"


LEVEL_NAMES: dict[Level, str] = {
    Level.ACCEPT: "受理",
    Level.FORWARD: "代办",
    Level.HELP: "帮办",
    Level.NONE: "不办",
}
#: The places that only do what they were given; halls and departments take in what comes (无差别受理).
LISTED = frozenset({"street", "community", "point", "kiosk"})
#: The places people go to; departments sit in the hall.
VISITED = LISTED | {"hall"}
VISITED_NAMES: dict[str, str] = {
    "hall": "政务大厅",
    "street": "街道（乡镇）",
    "community": "社区（村）",
    "point": "便民站点",
    "kiosk": "自助终端",
}
#: How the catalogue says that a matter is accepted in the streets.
_ACCEPTED_BELOW = "乡级受理"


def usual(kind: str, record: Mapping[str, Any]) -> Level:
    """Return what a place of this *kind* does about a matter where nothing was laid down for it."""
    if kind not in LISTED:
        return Level.ACCEPT
    below = str(record.get("level") or "").startswith(_ACCEPTED_BELOW)
    return Level.ACCEPT if kind == "street" and below else Level.HELP


def must_take_in(level: Level, place: str, matter: str, where: str) -> None:
    """Raise `NotNow` where the place does not take the matter in; *where* is the way out."""
    if level is Level.HELP:
        raise NotNow(
            f"{place}对“{matter}”只帮办，不收件；请帮助申请人网上申请，或指引其到{where}办理。",
            code="capability.help-only",
            field="hall",
        )
    if level is Level.NONE:
        raise NotNow(
            f"{place}不办“{matter}”；请指引申请人到{where}办理，或网上申请。",
            code="capability.none",
            field="hall",
        )


def must_be_for_a_kiosk(record: Mapping[str, Any], matter: str) -> None:
    """Raise `NotNow` for a matter that is not decided on the spot: a kiosk (自助终端) does nothing else."""
    figure = record.get("promised_limit") or {}
    if figure.get("unit") != Unit.ONSPOT or "members" in record:
        raise NotNow(
            f"自助终端只办理即办件和查询，“{matter}”不是即办件；请网上申请或到综合窗口办理。",
            code="kiosk.not-on-the-spot",
            field="matter",
        )
