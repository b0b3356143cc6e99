"""When a hall is open (作息): by season and kind of day, apart from which days are working days in law."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from typing import Any

from engine.domain.day import ONE_DAY
from engine.domain.errors import Malformed
from engine.domain.pause import at_time, day_of

Hours = tuple[tuple[time, time], ...]


class Kind(StrEnum):
    """The kinds of days a hall may keep different hours on; what is received on the last three is valid.

    A worked Saturday (调休上班) is a workday; an own closing day and a feast are holidays.
    """

    WORKDAY = "workday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


#: What a clerk calls each kind of day.
KIND_NAMES: dict[Kind, str] = {
    Kind.WORKDAY: "工作日",
    Kind.SATURDAY: "周六",
    Kind.SUNDAY: "周日",
    Kind.HOLIDAY: "节假日",
}


@dataclass(frozen=True, slots=True)
class Season:
    """From a day of the year (month, day) on, when the hall is open on each kind of day."""

    since: tuple[int, int]
    open: tuple[tuple[Kind, Hours], ...]

    def on(self, kind: Kind) -> Hours:
        """Return the openings on a kind of day; none where nothing is said."""
        return dict(self.open).get(kind, ())


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The hours of a hall through the year, such as summer and winter; the last season runs over New Year."""

    seasons: tuple[Season, ...]

    def on(self, day: date, kind: Kind) -> Hours:
        """Return when the hall is open on *day*, which is of that *kind*."""
        begun = [season for season in self.seasons if season.since <= (day.month, day.day)]
        return (begun or self.seasons)[-1].on(kind)

    @classmethod
    def read(cls, told: Any) -> "OfficeHours":
        """Read ``[{"from": "05-01", "workday": "09:00-12:00 14:30-18:00", "saturday": "09:00-16:00"}]``.

        Raises Malformed for what is no time, for openings out of order, and for a season without working hours:
        a limit in working hours would never end.
        """
        if not isinstance(told, list) or not told:
            raise _wrong("作息至少要有一季。", "hours.empty")
        seasons = sorted(map(_season, told), key=lambda season: season.since)
        if any(one.since == other.since for one, other in pairwise(seasons)):
            raise _wrong("两季作息从同一天开始，请改正其中一季的起始日。", "hours.same-day")
        return cls(tuple(seasons))

    def told(self) -> list[dict[str, str]]:
        """Return what `read` reads."""
        return [
            {"from": "{:02}-{:02}".format(*season.since)}
            | {str(kind): words(openings) for kind, openings in season.open if openings}
            for season in self.seasons
        ]


#: How many days are looked through for when a place opens next: no feast is longer.
AHEAD = 15


@dataclass(frozen=True, slots=True)
class Opening:
    """Is a place open, and when that changes: closes, or opens; None where it does not open for weeks."""

    open: bool
    until: datetime | None


def opening(on: Callable[[date], Hours], now: datetime) -> Opening:
    """Say whether a place that is open *on* each day at such hours is open now, and until when that is so."""
    for day in (day_of(now) + ONE_DAY * n for n in range(AHEAD)):
        for begin, end in ((at_time(day, opens), at_time(day, closes)) for opens, closes in on(day)):
            if now < end:
                return Opening(begin <= now, end if begin <= now else begin)
    return Opening(open=False, until=None)


def words(openings: Hours) -> str:
    """Say openings as they are written: ``09:00-12:00 13:00-17:00``."""
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in openings)


def _season(told: Any) -> Season:
    if not isinstance(told, Mapping) or (unknown := set(told) - {"from", *Kind}):
        raise _wrong(f"作息中有不认识的内容：{unknown if isinstance(told, Mapping) else told}。")
    found = re.fullmatch(r"([0-9]{2})-([0-9]{2})", str(told.get("from") or "01-01").strip())
    try:
        since = date(2000, int(found[1]), int(found[2])) if found else None
    except ValueError:
        since = None
    if since is None:
        raise _wrong(f"“{told.get('from')}”不是一年中的一天，请写作 05-01。")
    open_ = tuple((kind, _openings(told.get(kind) or "", kind)) for kind in Kind)
    if not open_[0][1]:
        raise _wrong("每季作息都要写明工作日的时间，否则按工作小时计的时限永远不会到期。", "hours.empty")
    return Season((since.month, since.day), open_)


def _openings(text: Any, kind: Kind) -> Hours:
    read = tuple(_opening(part, kind) for part in re.split(r"[\s,，、;；]+", str(text).strip()) if part)
    if any(closes > opens for (_, closes), (opens, _) in pairwise(read)):
        raise _wrong(f"{KIND_NAMES[kind]}的时间先后不对或有重叠，请按从早到晚填写。", "hours.order")
    return read


def _opening(text: str, kind: Kind) -> tuple[time, time]:
    found = re.fullmatch(r"([0-9]{1,2})[:：]([0-9]{2})\s*[-–—~至]\s*([0-9]{1,2})[:：]([0-9]{2})", text)
    try:
        opens, closes = (time(int(h), int(m)) for h, m in _pairs(found.groups() if found else ()))
    except ValueError:
        raise _wrong(f"{KIND_NAMES[kind]}的时间“{text[:20]}”读不出来，请写作 09:00-12:00。") from None
    if opens >= closes:
        raise _wrong(f"{KIND_NAMES[kind]}的时间“{text[:20]}”结束早于开始。", "hours.order")
    return opens, closes


def _pairs(found: Iterable[str]) -> Iterable[tuple[str, str]]:
    steps = iter(found)
    return zip(steps, steps, strict=True)


def _wrong(message: str, code: str = "hours.unreadable") -> Malformed:
    return Malformed(message, code=code, field="hours")


#: What a hall keeps that says nothing else.
STANDARD = OfficeHours.read([{"from": "01-01", "workday": "09:00-12:00 13:00-17:00"}])
