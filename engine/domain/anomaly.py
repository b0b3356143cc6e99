"""What is out of the ordinary and should be looked at (收好处费快办、不收拖办): rules that point, and accuse nobody."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from engine.domain.pause import day_of, end_of


class Rule(StrEnum):
    """By which rule a case is in the list."""

    FAST = "fast"
    SLOW = "slow"
    OVERTAKEN = "overtaken"
    BEFORE_ACCEPTANCE = "before_acceptance"
    NO_TASK = "no_task"


RULE_NAMES = {
    Rule.FAST: "用时明显短于同事项",
    Rule.SLOW: "用时明显长于同事项",
    Rule.OVERTAKEN: "先于更早受理的同事项件办结",
    Rule.BEFORE_ACCEPTANCE: "受理之前已有审查或决定",
    Rule.NO_TASK: "不持有任务的人员改动",
}
#: Why each rule holds, as the page says it.
DEFINITIONS = {
    Rule.FAST: "同一事项本月办结不少于 8 件时，工作用时低于中位数、稳健 z 值（0.6745×差÷绝对中位差）小于 −3.5。",
    Rule.SLOW: "同上，稳健 z 值大于 3.5。",
    Rule.OVERTAKEN: "办结时，同一事项、同一部门至少还有 3 件早一日以上受理、未中止计时的件尚未办结。",
    Rule.BEFORE_ACCEPTANCE: "审查类环节或决定的时间早于受理时间；视为受理等倒填受理时间的除外。",
    Rule.NO_TASK: "台账记载的改动人没有办过本件的任务，也没有本件任何环节的岗位，"
    "不在收件大厅，也不是承办部门负责人或督办、登记管理岗。",
}

#: How far from the median, in robust standard deviations, is out of the ordinary; below so many nobody can tell.
FAR, FEWEST = 3.5, 8
_TO_DEVIATION = 0.6745
#: How many must have been overtaken.
OVERTAKEN = 3


def scores(values: Sequence[float]) -> list[float]:
    """Return the robust z score of each value (median, median absolute deviation); zeros where too few or all alike."""
    if len(values) < FEWEST:
        return [0.0] * len(values)
    middle = median(values)
    spread = median(abs(value - middle) for value in values)
    return [_TO_DEVIATION * (value - middle) / spread if spread else 0.0 for value in values]


def outlier(score: float) -> Rule | None:
    """Say which way a score is out of the ordinary."""
    return Rule.FAST if score < -FAR else Rule.SLOW if score > FAR else None


@dataclass(frozen=True, slots=True)
class Span:
    """When a case was accepted and when it was decided, if it was."""

    id: int
    accepted: datetime
    decided: datetime | None


def overtaking(spans: Iterable[Span]) -> dict[int, int]:
    """Return how many earlier cases each decided one overtook, of those that overtook enough.

    Earlier is by a day at least (R-ACC-6 keeps acceptance to the second, but nobody is to blame for an hour).
    """
    known = list(spans)
    events = [(s.accepted, 0, s) for s in known] + [(s.decided, 1, s) for s in known if s.decided is not None]
    waiting: list[tuple[datetime, int]] = []
    found: dict[int, int] = {}
    for _, over, span in sorted(events, key=lambda event: (event[0], event[1], event[2].id)):
        if not over:
            insort(waiting, (span.accepted, span.id))
            continue
        place = bisect_left(waiting, (span.accepted, span.id))
        if place < len(waiting) and waiting[place] == (span.accepted, span.id):
            waiting.pop(place)
        began = end_of(day_of(span.accepted) - timedelta(days=1))
        earlier = bisect_left(waiting, (began, 0))
        if earlier >= OVERTAKEN:
            found[span.id] = earlier
    return found
