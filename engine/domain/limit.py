"""An allowance of time as law and catalogue write it: a number and a unit (R-CNT-4)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.errors import Malformed

#: The largest number a limit may carry: four digits, as Limit.parse reads them.
MOST = 9999


class Unit(StrEnum):
    """What a limit is counted in (R-CNT-4)."""

    WORKDAY = "workday"
    DAY = "day"
    HOUR = "hour"
    CLOCKHOUR = "clockhour"
    MONTH = "month"
    YEAR = "year"
    ONSPOT = "onspot"
    MINUTE = "minute"
    FIXED = "fixed"


#: How a clerk says each unit, after a number.
WORDS: dict[Unit, str] = {
    Unit.WORKDAY: "个工作日",
    Unit.DAY: "日",
    Unit.HOUR: "个工作小时",
    Unit.CLOCKHOUR: "小时",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
    Unit.ONSPOT: "当场",
    Unit.MINUTE: "分钟",
    Unit.FIXED: "日止",
}

#: The words a limit may be written with: the stored ones and the clerk's.
READ: dict[str, Unit] = (
    {str(unit): unit for unit in Unit}
    | {words.removeprefix("个"): unit for unit, words in WORDS.items()}
    | {"天": Unit.DAY, "自然日": Unit.DAY}
)


#: An ISO 8601 duration of one unit: years, months, weeks, days, hours or minutes.
ISO = re.compile(r"P(?:(\d+)Y|(\d+)M|(\d+)W|(\d+)D|T(\d+)H|T(\d+)M)")
#: What each of its units is in ours; its hours are those of the clock, for our plain hours are the hall's.
ISO_UNITS: dict[str, tuple[int, Unit]] = {
    "Y": (1, Unit.YEAR),
    "M": (1, Unit.MONTH),
    "W": (7, Unit.DAY),
    "D": (1, Unit.DAY),
    "h": (1, Unit.CLOCKHOUR),
    "m": (1, Unit.MINUTE),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """An allowance such as 3 working days; on the spot (当场) has no number and is kept as 0."""

    value: int
    unit: Unit

    def __post_init__(self) -> None:
        fewest, most = (0, 1) if self.unit is Unit.ONSPOT else (1, MOST)
        if not fewest <= self.value <= most:
            raise _unreadable(f"{self.value} {self.unit}")
        if self.unit is Unit.ONSPOT:
            object.__setattr__(self, "value", 0)

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read "3 workday", "onspot" or the clerk's "3 个工作日"; raise Malformed on anything else."""
        found = re.fullmatch(r"\s*([0-9]{0,4})\s*个?([a-z]+|[\u4e00-\u9fff]+)\s*", text)
        unit = READ.get(found[2]) if found else None
        if found is None or unit is None:
            raise _unreadable(text)
        return cls(int(found[1] or 0), unit)

    @classmethod
    def of_timer(cls, text: str, calendar: str) -> "Limit":
        """Read a timer's text: ISO 8601 (``P20D``, ``PT4H``) counted on *calendar* ("workday" or "natural"), or words.

        Raises Malformed ``limit.unreadable`` for a duration of several units or for none.
        """
        found = ISO.fullmatch(text.strip())
        if found is None:
            return cls.parse(text)
        number, unit = next((n, u) for n, u in zip(found.groups(), "YMWDhm", strict=True) if n is not None)
        if calendar == "workday" and unit in "Dh":
            return cls(int(number), Unit.WORKDAY if unit == "D" else Unit.HOUR)
        factor, counted = ISO_UNITS[unit]
        return cls(int(number) * factor, counted)

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"

    def words(self) -> str:
        return "当场" if self.unit is Unit.ONSPOT else f"{self.value} {WORDS[self.unit]}"


def _unreadable(text: str) -> Malformed:
    return Malformed(
        f"时限“{text[:40]}”读不出来，应写作“3 workday”，单位为 {'、'.join(Unit)} 之一",
        code="limit.unreadable",
        field="limit",
    )
