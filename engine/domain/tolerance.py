"""What may come later (容缺受理、容缺办结): only secondary materials, only against a promise, only by a date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.deadline import day_of, due, end_of, last_day
from engine.domain.errors import Incomplete, Malformed, NotNow, must_say
from engine.domain.limit import MOST, Limit, Unit
from engine.domain.material import Line


class OnOverdue(StrEnum):
    """What a broken promise leads to (R-TOL-5); the region decides which."""

    REVOKE_ACCEPTANCE = "revoke_acceptance"
    DENY = "deny"
    WITHDRAW_DEEMED = "withdraw_deemed"
    TERMINATE = "terminate"
    SUSPEND_THEN_RETURN = "suspend_then_return"


class When(StrEnum):
    """Until when it may be outstanding: up to the decision (容缺受理), or beyond it (容缺办结, R-TOL-7)."""

    ACCEPT = "accept"
    DECIDE = "decide"


#: How long a case is stopped after a broken promise before it is returned (台州; R-TOL-5).
STOPPED = Limit(15, Unit.WORKDAY)


@dataclass(frozen=True, slots=True)
class Commitment:
    """The applicant's promise (承诺书): which materials, by the end of which day."""

    codes: tuple[str, ...]
    due_at: datetime
    on_overdue: OnOverdue


class Advice(StrEnum):
    """What a material that is often missing suggests (R-TOL-8): nothing, that it be shared, or asked for no more."""

    NONE = "none"
    SHARE = "share"
    DROP = "drop"


ADVICE_NAMES = {
    Advice.NONE: "—",
    Advice.SHARE: "别处已有，建议改为共享核验",
    Advice.DROP: "经常缺失，建议核对是否必要",
}
#: From which share of the applications that ask for it on a material is often missing.
OFTEN = 0.2


def advice(missing: int, applied: int, *, shareable: bool) -> Advice:
    """Return what it suggests that a material was *missing* in so many of those *applied* that ask for it."""
    if shareable:
        return Advice.SHARE
    return Advice.DROP if applied and missing / applied >= OFTEN else Advice.NONE


def must_be_voluntary(consent: bool) -> None:  # noqa: FBT001 - the answer itself
    """Raise `Incomplete` unless the applicant himself promises, in writing (R-TOL-1)."""
    if not consent:
        raise Incomplete(
            "容缺须由申请人自愿书面承诺；请确认申请人已签署容缺受理承诺书，不愿承诺的请出具补正告知。",
            code="tolerance.consent",
            field="consent",
        )


def tolerate(
    checked: Sequence[Line],
    codes: Sequence[str],
    by: date | None,
    *,
    at: datetime,
    most: Limit,
    promised: Limit,
    on_overdue: OnOverdue,
    calendar: Calendar,
) -> Commitment:
    """Return the commitment for *codes*, or refuse.

    *by* is the day the applicant names; without one the latest allowed day is taken. The latest day is the
    shorter of the region's *most* and the matter's *promised* limit, counted from *at* (R-TOL-4).
    Raises `Incomplete` where a primary material is missing (R-TOL-1), `Malformed` where a code may not be
    tolerated or the day is out of range.
    """
    if blocking := [line.requirement.name for line in checked if line.blocks]:
        raise Incomplete(
            f"主要材料不齐，不能容缺受理：{'、'.join(blocking)}。请先补齐，或出具补正告知。",
            code="tolerance.primary-missing",
            field="materials",
        )
    open_codes = {line.requirement.code for line in checked if line.tolerable}
    if not codes or not set(codes) <= open_codes:
        wrong = "、".join(sorted(set(codes) - open_codes)) or "（未选材料）"
        raise Malformed(
            f"只能对缺少的次要材料容缺：{wrong} 不在可容缺之列。",
            code="tolerance.not-tolerable",
            field="codes",
        )
    latest = last_day(latest_due(at, most, promised, calendar))
    chosen = by or latest
    if not day_of(at) <= chosen <= latest:
        raise Malformed(
            f"补齐日期须在 {day_of(at)} 至 {latest} 之间（不超过承诺办结时限，R-TOL-4）。",
            code="tolerance.date",
            field="by",
        )
    return Commitment(tuple(codes), end_of(chosen), on_overdue)


def must_leave_open(lacking: Sequence[Line], codes: Sequence[str], when: When) -> None:
    """Raise unless the matter may be granted with *codes* outstanding (R-TOL-7): secondary, and *lacking*."""
    if when is not When.DECIDE:
        raise NotNow(
            "本事项没有列为可以容缺办结，材料须在决定前补齐。",
            code="tolerance.not-after-grant",
            field="codes",
        )
    open_codes = {line.requirement.code for line in lacking if line.requirement.secondary}
    if not codes or not set(codes) <= open_codes:
        wrong = "、".join(sorted(set(codes) - open_codes)) or "（未选材料）"
        raise Malformed(
            f"只能对尚缺的次要材料承诺后补：{wrong} 不在其列。", code="tolerance.not-tolerable", field="codes"
        )


def postponed(last: date, until: date, reason: str, before: int = 0) -> int:
    """Return by how many days an act of God (不可抗力) moves a promise on (R-TOL-4); it needs its reason.

    It was moved on *before* by so many days; together they are no more than a limit can say.
    """
    must_say(reason, "不可抗力顺延须写明事由。", code="reason.missing", field="reason")
    if until <= last:
        raise Malformed(f"顺延后的日期须晚于原定的 {last}。", code="tolerance.postponed", field="until")
    latest = last + timedelta(days=MOST - before)
    if until > latest:
        raise Malformed(
            f"顺延至 {until} 太远，最晚可到 {latest}；请核对日期。", code="tolerance.too-far", field="until"
        )
    return (until - last).days


def remind_at(due_at: datetime, lead: int, calendar: Calendar) -> datetime:
    """Return the end of the day after which a promise is *lead* working days away: the morning of the last but so many.

    With one, whoever promised for Monday the 30th is reminded on Friday the 27th, as its day begins.
    """
    return end_of(calendar.add(last_day(due_at), -lead) - timedelta(days=1))


def latest_due(at: datetime, most: Limit, promised: Limit, calendar: Calendar) -> datetime:
    """The last moment a promise may name: the shorter of *most* and *promised*, counted from *at* (R-TOL-4).

    An on-the-spot matter has no promised days to stay within; there only *most* binds.
    """
    latest = due(most, at, calendar)
    if promised.unit in {Unit.ONSPOT, Unit.HOUR, Unit.MINUTE}:
        return latest
    return min(latest, due(promised, at, calendar))
