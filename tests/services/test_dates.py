"""The dates counted by hand, through real rows: started, stopped, resumed and extended as the acts do it."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from engine.domain.clock import Clock
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import timing
from engine.services.act import Act
from engine.store import deadlines, dues, stops
from engine.store.cases import Case
from tests import builders, dates
from tests.dates import Line
from tests.people import Staff


def _kept(act: Act, case: Case, line: Line, stopped: Sequence[int]) -> str:
    """Write the line's clock down as rows, in the order things happened, and read when it is due."""
    act.at = line.start
    start = timing.row(act, case, Clock.LEGAL, line.limit, line.start, "", line.precision)
    timing.start(act, case, [start])
    for pause, stop in zip(line.pauses, stopped, strict=False):
        act.at = pause.start
        timing.stop(act, case, [Clock.LEGAL], pause.ground, cap=pause.cap, stop_id=stop)
    for pause, stop in zip(line.pauses, stopped, strict=False):
        if pause.end is not None:
            act.at = pause.end
            timing.resume(act, case, [Clock.LEGAL], stop)
    if line.extension is not None:
        timing.extend(act, case, [Clock.LEGAL], line.extension, "1号")
    timing.recompute(act, case)
    (row,) = deadlines.running(act.db, case.id)
    assert case.legal_due_at == row.due_at
    return line.told(row.due_at)


def _forget(act: Act, case: Case) -> None:
    for table in (dues.dues, deadlines.pauses, deadlines.deadlines):
        act.db.execute(sa.delete(table).where(table.c.case_id == case.id))


def test_rows_are_due_when_a_clerk_says(office: Office, staff: Staff) -> None:
    no = builders.apply(office, staff, "tobacco_retail")
    most = max(len(line.pauses) for line in dates.lines())
    wrong = []
    with office.act(CLOCK) as act:
        case = act.case(no)
        stopped = [_begun(act, case) for _ in range(most)]
        for line in dates.lines():
            _forget(act, case)
            told = _kept(replace(act, almanac=dates.calendar(line.year)), case, line, stopped)
            wrong += [(str(line), told, line.due, line.arithmetic)] if told != line.due else []
        _forget(act, case)
    assert wrong == []


def _begun(act: Act, case: Case) -> int:
    return stops.begin(act.db, case_id=case.id, ground="检验", begun_at=act.at)
