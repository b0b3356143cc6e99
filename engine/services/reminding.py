"""The day of a promise (容缺承诺) in a diagram: when it is, and the clocks of timers that pass before it (R-TOL-4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from engine.domain import tolerance
from engine.domain.clock import Clock
from engine.domain.deadline import agreed
from engine.services import timing
from engine.services.act import Act
from engine.spiff import promised
from engine.spiff.runtime import Open, Timer
from engine.store import deadlines
from engine.store.cases import Case


def promise_due(act: Act, case: Case) -> datetime | None:
    """The next day of a promise that still runs; None where there is none."""
    running = [each for each in deadlines.running(act.db, case.id) if each.clock == Clock.TOLERANCE]
    return min((each.due_at for each in running if each.fired_at is None), default=None)


def rows(act: Act, case: Case, waiting: Iterable[Open | Timer]) -> list[dict[str, Any]]:
    """Return the clocks of those that wait for some days before a promise; its day itself its own clock tells."""
    leads = [(item.key, promised.lead(item.text)) for item in waiting if isinstance(item, Timer)]
    wanted = [(key, lead) for key, lead in leads if lead]
    due = promise_due(act, case) if wanted else None
    if due is None:
        return []
    calendar = act.calendar_of(case)
    at = {key: tolerance.remind_at(due, lead, calendar) for key, lead in wanted}
    return [
        timing.row(act, case, Clock.REMIND, agreed(act.at, moment), act.at, key)
        for key, moment in at.items()
        if moment > act.at  # who promises for tomorrow need not be reminded today
    ]
