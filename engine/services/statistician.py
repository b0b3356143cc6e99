"""What the statistician does: measure each finished case once, soon after it is decided."""

from datetime import datetime
from typing import Any

from engine.domain.clock import Clock
from engine.domain.limit import Limit
from engine.domain.measure import measure
from engine.domain.pause import Pause
from engine.services.act import Act
from engine.store import deadlines, measures
from engine.store.db import Row

#: How many cases are measured in one act.
BATCH = 500


def fold(act: Act) -> int:
    """Measure what is finished and not measured; return how many cases that were."""
    found = measures.unmeasured(act.db, BATCH)
    ids = [row.id for row in found]
    pauses, limits = deadlines.pauses_of(act.db, ids, Clock.PROMISED), deadlines.limits_of(act.db, ids)
    measures.add(
        act.db, [_measured(act, row, pauses.get(row.id, ()), limits.get(row.id, {})) for row in found]
    )
    return len(found)


def _measured(act: Act, row: Row, pauses: tuple[Pause, ...], limits: dict[str, str]) -> dict[str, Any]:
    accepted: datetime = row.accepted_at
    calendar = act.calendar_at(row.authority_id) if act.almanac else None
    promised, legal = (_read(limits.get(clock)) for clock in (Clock.PROMISED, Clock.LEGAL))
    took = measure(accepted, row.decided_at, calendar, pauses, promised, legal)
    return {
        "case_id": row.id,
        "decided_at": row.decided_at,
        **{name: getattr(took, name) for name in MEASURED},
    }


#: The numbers of a measure.
MEASURED = ("worked_days", "worked_minutes", "elapsed_minutes", "promised_days", "legal_days")


def _read(text: str | None) -> Limit | None:
    return Limit.parse(text) if text else None
