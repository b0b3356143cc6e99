"""Red and yellow cards (红黄牌): which level a clock has reached, and when, by a named set of rules (rulebook §5).

Two readings of the same colours are in use: a lamp (灯) that turns yellow as the day comes near and red when it
is past, and a card (牌) that is yellow beyond the promised limit and red beyond the legal one. Both are rule sets,
as data.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.clock import Clock
from engine.domain.deadline import ONE_SECOND, Pause, Precision, day_of, due, end_of
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit


class Level(StrEnum):
    """How far it has come."""

    NONE = "none"
    NOTICE = "notice"
    YELLOW = "yellow"
    RED = "red"


LEVEL_NAMES = {Level.NONE: "正常", Level.NOTICE: "预警", Level.YELLOW: "黄牌", Level.RED: "红牌"}


class Kind(StrEnum):
    """What is watched (监察项)."""

    CASE = "case"
    SPECIAL = "special"
    ONLINE = "online"
    CERTIFICATE = "certificate"
    CONSULT = "consult"
    COMPLAINT = "complaint"
    PROMISE = "promise"
    CHECK = "check"


#: As what each clock is watched; the others earn no cards. R-EV-2: an answer to a bad rating is watched too;
#: who assigns nobody to test (R-LIM-6), or holds no hearing (R-LIM-7), is late with a special procedure.
#: What an applicant still owes after his grant (R-TOL-7) is watched, as somebody has to act when it does not come.
WATCHED_AS: Mapping[Clock, Kind] = {
    Clock.PROMISED: Kind.CASE,
    Clock.SPECIAL: Kind.SPECIAL,
    Clock.ASSIGN: Kind.SPECIAL,
    Clock.HEARING: Kind.SPECIAL,
    Clock.PREREVIEW: Kind.ONLINE,
    Clock.DELIVERY: Kind.CERTIFICATE,
    Clock.ACKNOWLEDGE: Kind.CONSULT,
    Clock.SUPERVISION: Kind.COMPLAINT,
    Clock.CONTACT: Kind.COMPLAINT,
    Clock.RECTIFY: Kind.COMPLAINT,
    Clock.AFTERGRANT: Kind.PROMISE,
    Clock.FOLLOW: Kind.CHECK,
    Clock.AMEND: Kind.PROMISE,
}

#: When each level is reached, in order of time.
Reached = tuple[tuple[datetime, "Level"], ...]
#: When a card of each level was last given.
Given = Mapping["Level", datetime]


@dataclass(frozen=True, slots=True)
class Step:
    """A level, and where on the clock it is reached: *plus* beyond the limit *of*, or the last *share* of it."""

    level: Level
    of: str
    plus: int = 0
    share: float | None = None

    def after(self, limit: Limit) -> int:
        """How many units of the allowance are over when the level is reached; none or fewer: from the beginning."""
        if self.share is None:
            return limit.value + self.plus
        # What remains is counted in whole units: n are left once the (n + 1)-th before the last is over.
        return limit.value - max(1, math.ceil(limit.value * self.share)) - 1


@dataclass(frozen=True, slots=True)
class Rules:
    """A named set of rules: how exactly moments are kept, and the steps of each kind of thing watched."""

    name: str
    title: str
    precision: Precision
    kinds: Mapping[Kind, tuple[Step, ...]]

    @classmethod
    def read(cls, name: str, sheet: Mapping[str, Any]) -> "Rules":
        """Read a rule set written as data; raise `Malformed` ``cards.unreadable`` naming what is wrong."""
        try:
            kinds = {
                Kind(kind): tuple(_step(each) for each in steps) for kind, steps in sheet["kinds"].items()
            }
            return cls(name, str(sheet["title"]), Precision(sheet["precision"]), kinds)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Malformed(f"红黄牌规则“{name}”读不出来：{error}", code="cards.unreadable") from error


def _step(words: Mapping[str, Any]) -> Step:
    if words["of"] not in {"promised", "legal"}:
        raise ValueError(f"of: {words['of']}")
    return Step(Level(words["level"]), words["of"], int(words.get("plus", 0)), words.get("share"))


@dataclass(frozen=True, slots=True)
class Watched:
    """What a card is about: when it began, what it is allowed, and when it stood still."""

    kind: Kind
    start: datetime
    promised: Limit
    legal: Limit | None = None
    pauses: tuple[Pause, ...] = ()


def moments(rules: Rules, watched: Watched, calendar: Calendar, until: datetime | None = None) -> Reached:
    """Return when each level is reached: the first moment at which it holds. An open pause runs *until*.

    Where there is no legal limit, or none beyond the promised one, going beyond the promise is already red.
    """
    limits = {"promised": watched.promised, "legal": watched.legal or watched.promised}
    found = [
        (_reached(rules, step, limits[step.of], watched, calendar, until), step.level)
        for step in rules.kinds.get(watched.kind, ())
    ]
    return tuple(sorted(found, key=lambda each: (each[0], _rank(each[1]))))


def level(reached: Reached, at: datetime) -> Level:
    """Return the highest level reached *at* a moment."""
    return max((each for moment, each in reached if moment <= at), key=_rank, default=Level.NONE)


def due_now(reached: Reached, given: Given, at: datetime) -> Reached:
    """Return the levels reached *at* a moment for which no card has been *given* since they were reached."""
    return tuple((moment, each) for moment, each in reached if moment <= at and _is_new(moment, each, given))


def next_moment(reached: Reached, given: Given) -> datetime | None:
    """Return when the next card is to be given, also one that ought to have been; None when none is left.

    What was given stays given; a level that lies ahead again, after an extension, is given again.
    """
    return next((moment for moment, each in reached if _is_new(moment, each, given)), None)


def _is_new(moment: datetime, level: Level, given: Given) -> bool:
    return level not in given or moment > given[level]


def _rank(level: Level) -> int:
    return list(Level).index(level)


def _reached(
    rules: Rules, step: Step, limit: Limit, watched: Watched, calendar: Calendar, until: datetime | None
) -> datetime:
    units = step.after(limit)
    if limit.unit is Unit.ONSPOT or units > 0:
        allowed = limit if limit.unit is Unit.ONSPOT else Limit(units, limit.unit)
        return due(allowed, watched.start, calendar, watched.pauses, until, precision=rules.precision)
    if rules.precision is Precision.INSTANT:
        return watched.start + ONE_SECOND
    return (
        end_of(day_of(watched.start)) if units == 0 else watched.start
    )  # R-CNT-1: the first day is not counted
