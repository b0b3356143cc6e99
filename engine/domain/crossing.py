"""Across regions (跨区通办): in which of three modes, how far a matter may be taken in, how long each leg takes.

The place of intake takes in, the home (业务属地) accepts and decides: its limits begin when it has the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

from engine.domain.errors import NotNow
from engine.domain.limit import Limit, Unit
from engine.domain.matter import limit


class Mode(StrEnum):
    """How a case crosses regions (rulebook §1.2); "" in a row is one that does not."""

    ONLINE = "online"
    PROXY = "proxy"
    SITES = "sites"


MODE_NAMES: dict[Mode, str] = {
    Mode.ONLINE: "全程网办",
    Mode.PROXY: "异地代收代办",
    Mode.SITES: "多地联办",
}


class Reach(IntEnum):
    """How far apart two places are, and how far a matter may be taken in (通办范围)."""

    COUNTY = 1
    CITY = 2
    PROVINCE = 3
    NATION = 4


REACH_NAMES: dict[Reach, str] = {
    Reach.COUNTY: "全县",
    Reach.CITY: "全市",
    Reach.PROVINCE: "全省",
    Reach.NATION: "跨省",
}
#: The words the catalogue says it with.
_SAID = {
    **{name: reach for reach, name in REACH_NAMES.items()},
    "全区": Reach.COUNTY,
    "省内": Reach.PROVINCE,
    "全国": Reach.NATION,
}
#: How many digits of an administrative division code (行政区划代码) two places within a reach share.
_SHARED = ((6, Reach.COUNTY), (4, Reach.CITY), (2, Reach.PROVINCE))
#: What each leg may take where the matter says nothing (残疾人补贴跨省通办：3 个工作日推送、3 个工作日反馈).
DEFAULT_LEG = Limit(3, Unit.WORKDAY)
#: The key of the clock by which the result is to be on its way back.
BACK = "back"


@dataclass(frozen=True, slots=True)
class Legs:
    """What the two ways take: from the place of intake to the home, and the result back."""

    transfer: Limit
    feedback: Limit


def legs(record: Mapping[str, Any]) -> Legs:
    """Return how long the legs of a matter may take."""
    figures = record.get("cross_region") or {}
    return Legs(
        limit(figures.get("push"), DEFAULT_LEG),
        limit(figures.get("feedback"), DEFAULT_LEG),
    )


def between(one: str, other: str) -> Reach:
    """Return how far apart two divisions are; a place that names none stands in the other's."""
    if not one or not other:
        return Reach.COUNTY
    return next((reach for digits, reach in _SHARED if one[:digits] == other[:digits]), Reach.NATION)


def scope(record: Mapping[str, Any]) -> Reach:
    """Return how far from its home a matter may be taken in; what says nothing stays in its county."""
    return max((_SAID[word] for word in record.get("scope") or ()), default=Reach.COUNTY)


def must_reach(record: Mapping[str, Any], home: str, place: str, where: str) -> None:
    """Raise `NotNow` where *place* is too far from *home* for the matter; *where* is the way out (R-ACC-2)."""
    allowed = scope(record)
    if between(home, place) > allowed:
        raise NotNow(
            f"本事项的通办范围为“{REACH_NAMES[allowed]}”，不能在本地收件；请到{where}办理，或由申请人网上申请。",
            code="crossing.scope",
            field="hall",
        )


def must_be_several(homes: int) -> None:
    """Raise `NotNow` for one application at more homes than anybody can follow."""
    if homes > MOST_SITES:
        raise NotNow(f"一次多地联办最多 {MOST_SITES} 个属地。", code="crossing.sites", field="homes")


#: The most homes of one application (多地联办).
MOST_SITES = 10
