"""Being heard (听证): when it may be asked for, when it is held, and who may not sit in the chair (R-LIM-7).

行政许可法 第四十七条、第四十八条; days are working days (第八十二条).
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.errors import Incomplete, Malformed, NotNow, must_say
from engine.domain.limit import Limit, Unit

#: Within which time after he was told the applicant asks, and after which time at most it is held.
ASK_WITHIN = Limit(5, Unit.WORKDAY)
HOLD_WITHIN = Limit(20, Unit.WORKDAY)
#: How many days before it the notice goes out.
NOTICE_DAYS = 7
#: The ground on which its time stops the clocks.
GROUND = "听证"


class Standing(StrEnum):
    """How a case stands with its hearing; "" is a case without one, or with it behind."""

    NONE = ""
    ANNOUNCED = "announced"
    ASKED = "asked"


def must_be_noticed(day: date, today: date, last: date, calendar: Calendar) -> None:
    """Raise `Malformed` for a day too near for its notice, or too far while one in time is left.

    *last* is the last day of the twenty; where it is too late for both, the notice comes first.
    """
    earliest = calendar.add(today, NOTICE_DAYS)
    if day < earliest:
        raise Malformed(
            f"听证须提前 {NOTICE_DAYS} 个工作日通知（行政许可法四十八条），最早 {earliest}。",
            code="hearing.notice",
            field="at",
        )
    if day > last and earliest <= last:
        raise Malformed(
            f"听证须在申请后 {HOLD_WITHIN.value} 个工作日内组织（行政许可法四十七条），最迟 {last}。",
            code="hearing.late",
            field="at",
        )


def must_be_impartial(chair: int, name: str, examiners: Collection[int]) -> None:
    """Raise `Malformed` where the chair examined the case himself (行政许可法 第四十八条第一款第三项)."""
    if chair in examiners:
        raise Malformed(
            f"{name} 是本件的审查人员，不能主持听证；请指定审查人员以外的人（行政许可法四十八条）。",
            code="hearing.chair",
            field="chair",
        )


def must_be_recorded(record: int | None, words: str) -> None:
    """Raise `Incomplete` without a record: the decision rests on it (行政许可法 第四十八条第二款)."""
    if record is None:
        raise Incomplete("听证应当制作笔录，请上传。", code="hearing.record", field="file")
    must_say(words, "请写明听证的主要意见。", code="hearing.outcome", field="outcome")


def must_not_wait(standing: Standing, *, may_still_ask: bool) -> None:
    """Raise `NotNow` where a decision would come before the hearing, or before the right to it has run out."""
    if standing is Standing.ASKED:
        raise NotNow("申请人已要求听证，须先举行听证，再根据笔录作出决定。", code="hearing.first")
    if standing is Standing.ANNOUNCED and may_still_ask:
        raise NotNow(
            "已告知听证权利，申请期限未过；请等申请人提出、放弃，或期满后再决定。", code="hearing.open"
        )
