"""Renewing a licence (延续, R-LIM-8): asked for in time, and granted by silence when the licence ends undecided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.domain.calendar import Calendar
from engine.domain.day import ONE_DAY
from engine.domain.errors import Incomplete, NotNow
from engine.domain.limit import Limit, Unit

#: 行政许可法 第五十条: thirty days before the licence ends, where nothing else is provided.
BEFORE = Limit(30, Unit.DAY)


@dataclass(frozen=True, slots=True)
class Span:
    """When a renewal is asked for: from so long before the licence ends (None: any time) to so long before it."""

    opens: Limit | None
    before: Limit


def span(record: Mapping[str, Any]) -> Span | None:
    """Return when the renewal a matter is for must be asked for; None for what renews nothing."""
    renewal = record.get("renewal")
    if renewal is None:
        return None
    return Span(limit(renewal.get("opens")), limit(renewal.get("before")) or BEFORE)


def limit(figure: Mapping[str, Any] | None) -> Limit | None:
    """Read a figure of a record, if it is there."""
    return None if figure is None else Limit(int(figure["value"]), Unit(figure["unit"]))


def ahead(until: date, early: Limit, calendar: Calendar) -> date:
    """Return the day that lies so long before the end of a licence: working days or days of the calendar."""
    if early.unit is Unit.WORKDAY:
        return calendar.add(until, -early.value)
    return until - ONE_DAY * early.value


def must_be_in_time(received: date, until: date | None, asked: Span, calendar: Calendar) -> date:
    """Return the licence's last day, if its renewal is asked for in time (行政许可法 art. 50).

    Raises `Incomplete` where nobody says when the licence ends, `NotNow` where it has ended or ends too soon (such
    an application is one for a new licence), or where it is too early.
    """
    if until is None:
        raise Incomplete(
            "申请延续须填写原证照的有效期届满日期。", code="renewal.until-missing", field="licence_until"
        )
    if received > until:
        raise NotNow(
            f"原证照已于 {until} 届满失效，不能延续；请按新办申请。",
            code="renewal.expired",
            field="licence_until",
        )
    if until > calendar.horizon:  # it lies years ahead
        if asked.opens is not None:
            raise _early(asked.opens, until, "")
        return until
    last = ahead(until, asked.before, calendar)
    if received > last:
        raise NotNow(
            f"延续须在有效期届满 {asked.before.words()}前提出（最迟 {last}，行政许可法五十条）；"
            f"原证照 {until} 届满，现已逾期，请按新办申请。",
            code="renewal.late",
            field="licence_until",
        )
    if asked.opens is not None and received < (first := ahead(until, asked.opens, calendar)):
        raise _early(asked.opens, until, f"（{first} 起）")
    return until


def _early(opens: Limit, until: date, since: str) -> NotNow:
    return NotNow(
        f"原证照 {until} 届满，延续在届满前 {opens.words()}内提出{since}；现在还早，到期前会提醒您，"
        "请届时再申请。",
        code="renewal.early",
        field="licence_until",
    )
