"""The dates counted by hand, through real rows: started, stopped, resumed and extended as the acts do it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import permutations

import pytest
import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.clock import Clock
from engine.domain.deadline import BEIJING, last_day
from engine.domain.identity import CLOCK
from engine.domain.limit import Limit
from engine.office import Office
from engine.services import timing
from engine.services.act import Act
from engine.store import deadlines, dues, stops
from engine.store.cases import Case
from tests import builders, dates
from tests.dates import Line
from tests.people import Staff


@dataclass(slots=True, kw_only=True)
class Dated(Act):
    """An act that reckons by the notices up to those of one year."""

    notices: Calendar

    def calendar_at(self, org_id: int) -> Calendar:  # noqa: ARG002 - the same for everybody
        return self.notices


def _under(act: Act, year: int) -> Dated:
    same = {each.name: getattr(act, each.name) for each in fields(Act)}
    return Dated(**same, notices=dates.calendar(year))


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
            told = _kept(_under(act, line.year), case, line, stopped)
            wrong += [(str(line), told, line.due, line.arithmetic)] if told != line.due else []
        _forget(act, case)
    assert wrong == []


def _begun(act: Act, case: Case) -> int:
    return stops.begin(act.db, case_id=case.id, ground="检验", begun_at=act.at)


def _in_order(order: Sequence[str]) -> bool:
    return order.index("stop") < order.index("resume")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


#: What happens to a clock, in any order that lets a stop begin before it ends.
ORDERS = [order for order in permutations(("stop", "extend", "calendar", "resume")) if _in_order(order)]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_the_order_of_what_happens_does_not_matter(
    office: Office, staff: Staff, order: Sequence[str]
) -> None:
    """R-CNT-5, R-CNT-7: ten days and ten, stopped for five, by the notice that moved 2018-12-29 and -31.

    1-5 = 12-4..12-10; stopped 12-11..12-17; 6-15 = 12-18..12-29 (a Saturday that is worked); 18 = 1-4; 20 = 1-8.
    """
    no = builders.apply(office, staff, "tobacco_retail")
    with office.act(CLOCK) as act:
        case = act.case(no)
        stop = _begun(act, case)
        then = _under(act, 2018)
        then.at = moment("2018-12-03 09:00")
        _forget(act, case)
        limit = Limit.parse("10 workday")
        timing.start(then, case, [timing.row(then, case, Clock.LEGAL, limit, then.at)])
        for deed in order:
            then = _done(then, case, deed, stop)
        (row,) = deadlines.running(act.db, case.id)
        _forget(act, case)
    assert str(last_day(row.due_at)) == "2019-01-08"


def _done(act: Act, case: Case, deed: str, stop: int) -> Act:
    if deed == "stop":
        act.at = moment("2018-12-10 10:00")
        timing.stop(act, case, [Clock.LEGAL], "检验", cap=moment("2018-12-31 00:00"), stop_id=stop)
    elif deed == "resume":
        act.at = moment("2018-12-17 10:00")
        timing.resume(act, case, [Clock.LEGAL], stop)
    elif deed == "extend":
        timing.extend(act, case, [Clock.LEGAL], Limit.parse("10 workday"), "1号")
    else:
        act = _under(act, 2019)
        timing.recompute(act, case)
    return act
