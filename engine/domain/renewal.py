"""Renewing a licence (延续, R-LIM-8): asked for in time, and granted by silence when the licence ends undecided."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.domain.day import ONE_DAY
from engine.domain.errors import Incomplete, NotNow
from engine.domain.limit import Limit, Unit

#: 行政许可法 第五十条: thirty days before the licence ends, where nothing else is provided.
BEFORE = Limit(30, Unit.DAY)


def before(record: Mapping[str, Any]) -> Limit | None:
    """Return how long before its end a licence's renewal must be asked for; None for what renews nothing."""
    renewal = record.get("renewal")
    if renewal is None:
        return None
    figure = renewal.get("before")
    return BEFORE if figure is None else Limit(int(figure["value"]), Unit(figure["unit"]))


def must_be_in_time(received: date, until: date | None, early: Limit) -> date:
    """Return the licence's last day, if its renewal is asked for in time (行政许可法 art. 50).

    *early* is in days of the calendar. Raises `Incomplete` where nobody says when the licence ends, `NotNow`
    where it has ended or ends too soon: such an application is one for a new licence.
    """
    if until is None:
        raise Incomplete(
            "申请延续须填写原证照的有效期届满日期。", code="renewal.until-missing", field="licence_until"
        )
    last = until - ONE_DAY * early.value
    if received > until:
        raise NotNow(
            f"原证照已于 {until} 届满失效，不能延续；请按新办申请。",
            code="renewal.expired",
            field="licence_until",
        )
    if received > last:
        raise NotNow(
            f"延续须在有效期届满 {early.words()}前提出（最迟 {last}，行政许可法五十条）；"
            f"原证照 {until} 届满，现已逾期，请按新办申请。",
            code="renewal.late",
            field="licence_until",
        )
    return until
