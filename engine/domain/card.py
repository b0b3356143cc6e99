"""Red and yellow cards (红黄牌): which level a clock has reached, and when, by a named set of rules (rulebook §5).

Two readings of the same colours are in use: a lamp (灯) that turns yellow as the day comes near and red when it is past,
and a card (牌) that is yellow beyond the promised limit and red beyond the legal one. Both are rule sets, as data.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.deadline import ONE_SECOND, Pause, Precision, due
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


@dataclass(frozen=True, slots=True)
class Step:
    """A level, and where on the clock it is reached: *plus* beyond the limit *of*, or the last *share* of it."""

    level: Level
    of: str
    plus: int = 0
    share: float | None = None

    def limit(self, limit: Limit) -> Limit | None:
        """The allowance after which the level is reached; None when nothing of it is left to wait for."""
        value = limit.value + self.plus
        if self.share is not None:
            # What remains is counted in whole units: n are left once the (n + 1)-th before the last is over.
            value = limit.value - max(1, math.ceil(limit.value * self.share)) - 1
        return Limit(value, limit.unit) if value > 0 else None


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
            kinds = {Kind(kind): tuple(_step(each) for each in steps) for kind, steps in sheet["kinds"].items()}
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


def moments(
    rules: Rules, watched: Watched, calendar: Calendar, until: datetime | None = None
) -> tuple[tuple[datetime, Level], ...]:
    """Return when each level is reached, in order of time; an open pause runs *until*.

    The moment is the first at which the level holds. Where there is no legal limit, or none beyond the promised
    one, going beyond the promise is already red.
    """
    limits = {"promised": watched.promised, "legal": watched.legal or watched.promised}
    found = [
        (_reached(rules, step, limits[step.of], watched, calendar, until), step.level)
        for step in rules.kinds.get(watched.kind, ())
    ]
    return tuple(sorted(found, key=lambda each: (each[0], list(Level).index(each[1]))))


def level(reached: Sequence[tuple[datetime, Level]], at: datetime) -> Level:
    """Return the highest level reached *at* a moment."""
    held = [each for moment, each in reached if moment <= at]
    return max(held, key=list(Level).index, default=Level.NONE)


def upcoming(reached: Iterable[tuple[datetime, Level]], at: datetime) -> datetime | None:
    """Return the next moment after *at* at which the level may rise; None when nothing is left to come."""
    return min((moment for moment, _ in reached if moment > at), default=None)


def _reached(
    rules: Rules, step: Step, limit: Limit, watched: Watched, calendar: Calendar, until: datetime | None
) -> datetime:
    allowed = limit if limit.unit is Unit.ONSPOT else step.limit(limit)
    if allowed is None:
        return watched.start + ONE_SECOND if rules.precision is Precision.INSTANT else watched.start
    return due(allowed, watched.start, calendar, watched.pauses, until, precision=rules.precision)
