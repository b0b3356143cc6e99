"""Ratings (好差评): five levels, who may give one and when, and how a bad one is put right (rulebook §7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from engine.domain.case import CONCLUDED, State
from engine.domain.clock import Clock
from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.limit import Limit, Unit
from engine.domain.matter import limit


class Level(IntEnum):
    """The five levels; the last two are a bad rating (差评)."""

    VERY_GOOD = 5
    GOOD = 4
    FAIR = 3
    BAD = 2
    VERY_BAD = 1


LEVEL_NAMES = {
    Level.VERY_GOOD: "非常满意",
    Level.GOOD: "满意",
    Level.FAIR: "基本满意",
    Level.BAD: "不满意",
    Level.VERY_BAD: "非常不满意",
}
#: No higher than this is bad.
WORST_BAD = Level.BAD


def is_bad(level: int) -> bool:
    """Is it a bad rating?"""
    return level <= WORST_BAD


class Occasion(StrEnum):
    """What is rated: online the matter, once (一事一评); at the window each visit, once (一次一评)."""

    MATTER = "matter"
    INTAKE = "intake"
    HANDOUT = "handout"


class About(StrEnum):
    """Which part of it the rater means: who did that answers for it (R-EV-2)."""

    WHOLE = "whole"
    INTAKE = "intake"
    REVIEW = "review"
    HANDOUT = "handout"


ABOUT_NAMES = {
    About.WHOLE: "整件事",
    About.INTAKE: "窗口受理",
    About.REVIEW: "审查决定",
    About.HANDOUT: "窗口出件",
}
OCCASION_NAMES = {
    Occasion.MATTER: "一事一评",
    Occasion.INTAKE: "窗口办理，一次一评",
    Occasion.HANDOUT: "窗口领取，一次一评",
}

_ONLINE = {
    "speed": "办事效率",
    "guide": "办事指南精确度",
    "ease": "便捷度",
    "platform": "平台操作性",
}
_WINDOW = {"speed": "办事效率", "skill": "业务水平", "manner": "服务态度"}
#: What may be rated apart, by where it is rated.
DIMENSIONS: Mapping[Occasion, Mapping[str, str]] = {
    Occasion.MATTER: _ONLINE,
    Occasion.INTAKE: _WINDOW,
    Occasion.HANDOUT: _WINDOW,
}

#: How long a rating may be changed by whoever gave it: he may have pressed the wrong button.
CHANGED_WITHIN = timedelta(hours=24)
#: A bad rating under a name is looked into within a day (安阳), and put right within the time of the region.
DEFAULT_CONTACT = Limit(1, Unit.WORKDAY)
DEFAULT_RECTIFY = Limit(15, Unit.WORKDAY)

#: The clocks of a rating; on the page of its case they would tell who rated (R-EV-1).
HUSHED = frozenset({Clock.CONTACT, Clock.RECTIFY})
#: How the keys of a rating's clocks begin.
KEYED = "rating "


def key(rating_id: int, clock: Clock, *, again: bool = False) -> str:
    """How a clock of a rating is keyed on its case."""
    return f"{KEYED}{rating_id} {clock}{' again' if again else ''}"


def keys(rating_id: int) -> tuple[str, ...]:
    """How every clock of a rating is keyed."""
    plain = (key(rating_id, clock) for clock in sorted(HUSHED))
    return (*plain, key(rating_id, Clock.RECTIFY, again=True))


def is_hushed(clock: str, clock_key: str) -> bool:
    """Does a clock of a case tell that it was rated?"""
    return clock in HUSHED and clock_key.startswith(KEYED)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a bad rating may wait to be looked into, and to be put right."""

    contact: Limit
    rectify: Limit

    @classmethod
    def read(cls, rules: Mapping[str, Any]) -> "Terms":
        """Read what the region rules; what it does not say is common practice."""
        said = rules.get("rating") or {}
        return cls(limit(said.get("contact"), DEFAULT_CONTACT), limit(said.get("rectify"), DEFAULT_RECTIFY))


# -- giving one ------------------------------------------------------------------------------------------------

_WHEN: Mapping[Occasion, frozenset[State]] = {
    Occasion.MATTER: CONCLUDED,
    Occasion.INTAKE: frozenset(State),
    Occasion.HANDOUT: frozenset({State.DELIVERED}),
}


def is_invited(occasion: Occasion, state: State, *, at_window: bool) -> bool:
    """Is the applicant asked what he thinks? He is never made to say (R-EV-3)."""
    return state in _WHEN[occasion] and (at_window or occasion is not Occasion.INTAKE)


def must_be_invited(occasion: Occasion, state: State, *, at_window: bool) -> None:
    """Raise `NotNow` for a rating of what has not taken place yet."""
    if not is_invited(occasion, state, at_window=at_window):
        raise NotNow(
            "还没有办到这一步，现在不能评价；办结或领取后当日即可评价，评不评价都不影响办理。",
            code="rating.too-early",
            field="occasion",
        )


def must_fit(occasion: Occasion, scores: Mapping[str, int]) -> None:
    """Raise `Malformed` for a dimension that is not rated there."""
    if unknown := sorted(set(scores) - set(DIMENSIONS[occasion])):
        raise Malformed(
            f"没有“{unknown[0]}”这个评价维度；可评：{'、'.join(DIMENSIONS[occasion].values())}。",
            code="rating.dimension",
            field="scores",
        )


def must_be_his(*, own: bool) -> None:
    """Raise `NotNow` for a second rating by whoever cannot show that the first is his *own*."""
    if not own:
        raise NotNow(
            "这次已经评价过；凭评价回执可以在 24 小时内修改，也可以到办不成事窗口反映。", code="rating.twice"
        )


def must_be_changeable(given_at: datetime, at: datetime, step: "Step | None") -> None:
    """Raise `NotNow` for changing a rating a day later, or one that is being looked into already."""
    if at - given_at >= CHANGED_WITHIN or step not in {None, Step.VERIFY}:
        raise NotNow("已经评价过；评价后 24 小时内、且尚未开始核实的可以修改。", code="rating.twice")


# -- putting a bad one right -----------------------------------------------------------------------------------


class Step(StrEnum):
    """What a bad rating waits for: 核实 → 整改 → 回访 → 测评; or how it ended."""

    VERIFY = "verify"
    RECTIFY = "rectify"
    CALL = "call"
    SURVEY = "survey"
    CLOSED = "closed"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"


STEP_NAMES = {
    Step.VERIFY: "待核实",
    Step.RECTIFY: "待整改",
    Step.CALL: "待回访",
    Step.SURVEY: "待测评",
    Step.CLOSED: "已办结",
    Step.OVERTURNED: "申诉成立，不计差评",
    Step.WITHDRAWN: "申请人已改评",
}
#: Nothing is left to do.
OVER = frozenset({Step.CLOSED, Step.OVERTURNED, Step.WITHDRAWN})
#: Nobody need be called more often who does not answer.
MOST_CALLS = 3


def verified() -> Step:
    """What follows 核实."""
    return Step.RECTIFY


def rectified(*, named: bool) -> Step:
    """What follows 整改: a call, where somebody gave his name; the answer stands on his page in any case."""
    return Step.CALL if named else Step.SURVEY


def called(tries: int, *, reached: bool) -> Step:
    """What follows 回访: whoever does not answer is called again, up to three times."""
    return Step.SURVEY if reached or tries >= MOST_CALLS else Step.CALL


def surveyed(level: int | None, *, again: bool) -> Step:
    """What follows 测评: who is still not satisfied has it put right once more. None: he did not want to say."""
    still = level is not None and is_bad(level) and not again
    return Step.RECTIFY if still else Step.CLOSED


class Ground(StrEnum):
    """Why a bad rating ought not to count."""

    MISTAKEN = "mistaken"
    MALICIOUS = "malicious"


GROUND_NAMES = {Ground.MISTAKEN: "误评", Ground.MALICIOUS: "恶意评价"}


def must_wait_for(step: Step, wanted: Step) -> None:
    """Raise `NotNow` unless a bad rating waits for just that."""
    if step is not wanted:
        raise NotNow(
            f"这件差评现为“{STEP_NAMES[step]}”，不是“{STEP_NAMES[wanted]}”；请刷新。", code="rating.step"
        )


def must_not_be_his(*, handled: bool) -> None:
    """Raise `NotYours` for whoever *handled* the case himself: nobody answers for his own work (R-EV-2)."""
    if handled:
        raise NotYours("本人经办的差评须由他人核实整改。", code="rating.own")


def must_be_another(first: int | None, second: int | None) -> None:
    """Raise `NotYours` where the one who appealed would review his own appeal."""
    if first == second:
        raise NotYours("申诉须由另一人复核。", code="rating.same-person")
