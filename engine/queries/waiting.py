"""Where time goes (等候与办理): how long each step waited for somebody, was worked on, and was paused."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.clock import Clock
from engine.domain.errors import Malformed
from engine.domain.measure import open_minutes, worked_minutes
from engine.domain.pause import Pause
from engine.queries.counting import Counting
from engine.spiff import track
from engine.store import catalog, deadlines, definitions
from engine.store.cases import cases, tasks
from engine.store.db import Row

#: How many tasks are looked at a time; how many shades of heat there are.
BATCH, SHADES = 500, 5


@dataclass(slots=True)
class Step:
    """One step, added up over the tasks closed in the period, in minutes the hall was open."""

    node: str
    name: str
    count: int = 0
    waiting: int = 0
    working: int = 0
    paused: int = 0

    @property
    def waited(self) -> float:
        """Open hours it waited on average, until somebody took it up."""
        return self.waiting / 60 / self.count

    @property
    def worked(self) -> float:
        """Open hours it was worked on, on average."""
        return self.working / 60 / self.count

    @property
    def stood(self) -> float:
        """Open hours its case's clock was stopped, on average."""
        return self.paused / 60 / self.count


@dataclass(frozen=True, slots=True)
class Heat:
    """The diagram of a matter, shaded by how long its steps wait; up to how many hours each shade stands for."""

    svg: str
    until: tuple[float, ...]


def steps(look: Counting) -> tuple[Step, ...]:
    """Return the steps people closed in the month looked at, the longest wait first; of one matter by node."""
    found: dict[tuple[str, str], Step] = {}
    by_node = bool(look.filters.matter)
    for row, pauses in _closed(look):
        key = (row.node if by_node else "", row.name)
        _add(found.setdefault(key, Step(*key)), row, pauses, look.calendar)
    return tuple(sorted((step for step in found.values() if step.count), key=lambda step: -step.waited))


def _closed(look: Counting) -> Iterator[tuple[Row, Sequence[Pause]]]:
    """The tasks somebody closed in the month, each with the pauses of its case."""
    begin, end = look.period
    columns = (tasks.c.case_id, tasks.c.node, tasks.c.name, tasks.c.opened_at, tasks.c.claimed_at)
    closed = (tasks.c.closed_at >= begin, tasks.c.closed_at < end, look.by_now(tasks.c.closed_at))
    done = (tasks.c.closed_by.is_not(None), tasks.c.outcome != "cancelled", ~tasks.c.held)
    query = sa.select(*columns, tasks.c.closed_at).join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    rows = look.db.execute(query.where(*closed, *done, *look.narrowed()).execution_options(yield_per=BATCH))
    for batch in rows.partitions(BATCH):
        pauses = deadlines.pauses_of(look.db, [row.case_id for row in batch], Clock.PROMISED)
        yield from ((row, pauses.get(row.case_id, ())) for row in batch)


def _add(step: Step, row: Row, pauses: Iterable[Pause], calendar: Calendar) -> None:
    taken = min(max(row.claimed_at or row.closed_at, row.opened_at), row.closed_at)
    pauses = tuple(pauses)
    try:
        waiting = worked_minutes(row.opened_at, taken, calendar, pauses)
        working = worked_minutes(taken, row.closed_at, calendar, pauses)
        whole = open_minutes(row.opened_at, row.closed_at, calendar)
    except Malformed:  # before the first notice or after the last
        return
    step.count += 1
    step.waiting += waiting
    step.working += working
    step.paused += whole - waiting - working


def heat(look: Counting, found: Sequence[Step]) -> Heat | None:
    """Return the diagram of the matter looked at, as it is in force, shaded; None where no matter was chosen."""
    if not look.filters.matter or not found:
        return None
    matter = catalog.current(look.db, look.filters.matter)
    most = max(step.waited for step in found)
    until = tuple(most * n / SHADES for n in range(1, SHADES + 1))
    shades = {step.node: f"heat{_shade(step.waited, until)}" for step in found}
    remarks = {step.node: f"{step.waited:.1f} h" for step in found}
    summary = "；".join(f"{step.name} {step.waited:.1f} h" for step in found)
    source = definitions.get(look.db, matter.definition_id).source
    return Heat(track.shaded(source, shades, remarks, summary), until)


def _shade(hours: float, until: Sequence[float]) -> int:
    return min(bisect_left(until, hours), SHADES - 1)
