"""Stopping the clocks and letting them run again; the due day moves by exactly the working days between."""

from collections.abc import Sequence

from engine.domain.deadline import Clock, due
from engine.domain.limit import Limit
from engine.services.act import Act
from engine.services.advance import STAGE_CLOCK
from engine.store import cases, deadlines
from engine.store.cases import Case


def stop(act: Act, case: Case, clocks: Sequence[Clock], ground: str, notice: str = "") -> None:
    """Stop *clocks* of the case for *ground*; their deadlines cannot pass meanwhile (R-CNT-5)."""
    for row in deadlines.running(act.db, case.id):
        if row.clock in clocks:
            deadlines.arm(act.db, row.id, armed=False)
    for clock in clocks:
        deadlines.pause(act.db, case.id, clock, ground, notice, act.at)


def restart(act: Act, case: Case, clocks: Sequence[Clock]) -> None:
    """Let *clocks* run again: due moves by the union of the pauses, tasks and case with it (R-CNT-5)."""
    for clock in clocks:
        deadlines.resume(act.db, case.id, clock, act.at)
    paused = deadlines.paused(act.db, case.id)
    moved_tasks = {}
    keys = {task.key: task.id for task in cases.open_tasks(act.db, case.id)}
    for row in deadlines.running(act.db, case.id):
        if row.clock not in clocks:
            continue
        limit = Limit.parse(row.limit_text)
        due_at = due(limit, row.started_at, act.calendar, paused.get(row.clock, ()))
        deadlines.move(act.db, row.id, due_at, act.calendar.version, armed=row.fired_at is None)
        if row.clock == Clock.PROMISED:
            case.promised_due_at = due_at
        if row.clock == Clock.LEGAL:
            case.legal_due_at = due_at
        if row.key in keys:
            moved_tasks[keys[row.key]] = due_at
    cases.due_tasks(act.db, case.id, moved_tasks)
    follow(act, case)


def follow(act: Act, case: Case) -> None:
    """Tasks without a limit of their own are due with the case."""
    if case.promised_due_at is not None:
        bound = [
            t.id for t in cases.open_tasks(act.db, case.id) if not t.limit_text and t.stage not in STAGE_CLOCK
        ]
        cases.due_tasks(act.db, case.id, dict.fromkeys(bound, case.promised_due_at))
