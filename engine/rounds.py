"""A round of the worker: letters, cards and deadlines that have come due, each kind in one batch.

Workers share the work without talking to one another: a batch locks the cases it takes and passes over those
another has (SKIP LOCKED). What is done in it are acts, each in a part of the batch that is undone alone. What
fails there is done once more in an act of its own, and if that fails too it leaves an incident and waits.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from engine.domain.identity import CLOCK, COURIER, Actor
from engine.office import Batch, Office
from engine.services import bundle, clock
from engine.services.act import Act
from engine.store import deadlines, journal
from engine.store.db import Connection, Row

log = logging.getLogger(__name__)

#: How much one batch takes: fifty for one commit is most of the gain, and few cases are held meanwhile.
BATCH = 50
#: A batch goes on with nothing more after so many seconds: somebody may be waiting for one of its cases.
LONGEST = 0.5

Part = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work that comes due: how it is claimed, parted, done in a part of a batch, and done alone."""

    by: Actor
    claim: Callable[[Connection, datetime, int], Sequence[Row]]
    do: Callable[[Act, Part], int]
    alone: Callable[[Office, Row], bool]
    #: What must be made ready first, and therefore is done alone.
    is_behind: Callable[[Office, Row], bool] = lambda _office, _row: False
    #: What may be done together with others of its like, all in one part.
    is_plain: Callable[[Row], bool] = lambda _: False


def go(office: Office) -> tuple[int, int]:
    """Go round once; return how much was found to do, and how many deadlines fired."""
    letters, _ = _batch(office, LETTERS)
    cards, _ = _batch(office, CARDS)
    due, fired = _batch(office, DEADLINES)
    office.tally.passed(fired)
    return letters + cards + due, fired


def _batch(office: Office, work: Work) -> tuple[int, int]:
    """Do one batch; return how much was claimed and how much of it was done."""
    begun = monotonic()
    with office.batch(work.by) as batch:
        claimed = work.claim(batch.db, office.now(), BATCH)
        behind = [row for row in claimed if work.is_behind(office, row)]
        done, left = _do(batch, work, claimed, behind, begun + LONGEST)
    done += sum(work.alone(office, row) for row in left)
    if claimed:
        office.tally.batch(monotonic() - begun)
    return len(claimed), done


def _do(
    batch: Batch, work: Work, claimed: Sequence[Row], behind: Sequence[Row], until: float
) -> tuple[int, list[Row]]:
    """Do what was claimed, part by part; return how much was done, and what is left to be done alone."""
    done, left = 0, list(behind)
    waiting = {row.case_id for row in behind}
    for part in _parts(work, [row for row in claimed if row.case_id not in waiting]):
        if {row.case_id for row in part} & {row.case_id for row in left}:
            continue  # it comes after what failed
        try:
            with batch.part() as act:
                done += work.do(act, part)
        except Exception:  # one bad case must not stop the others
            if batch.db.invalidated:
                raise  # the connection is lost, and the batch with it; no case is to blame
            log.info("undone in a batch, tried alone", exc_info=True)
            left.extend(part)
        if monotonic() > until:
            break  # the rest is free again with the commit
    return done, left


def _parts(work: Work, claimed: Sequence[Row]) -> Iterator[Part]:
    """Part what was claimed: plain work in one part, the rest row by row; what a case has stays in its order."""
    mixed = {row.case_id for row in claimed if not work.is_plain(row)}
    plain = [row for row in claimed if row.case_id not in mixed]
    if plain:
        yield plain
    yield from ([row] for row in claimed if row.case_id in mixed)


def _receive(act: Act, part: Part) -> int:
    return sum(bundle.receive(act, letter) for letter in part)


def _claim(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    return deadlines.claim(db, at, most, clock.NUMBERED)


def _give(act: Act, part: Part) -> int:
    return clock.give_cards(act, {row.case_id for row in part}, [row.id for row in part])


def _pass(act: Act, part: Part) -> int:
    if all(clock.only_marks(row.clock) for row in part):
        return clock.pass_marks(act, part)
    return sum(clock.pass_deadline(act, row.case_id, row.id) for row in part)


def _deliver(office: Office, letter: Row) -> bool:
    office.deliver(letter)
    return True


def _give_alone(office: Office, row: Row) -> bool:
    _bring_up_to_date(office, row)
    return office.give_cards(row.id, row.case_id)


def _pass_alone(office: Office, row: Row) -> bool:
    _bring_up_to_date(office, row)
    return office.pass_deadline(row.id, row.case_id)


def _bring_up_to_date(office: Office, row: Row) -> None:
    """Reckon a clock by the calendar in force before it has its consequence (R-CNT-7)."""
    if _is_behind(office, row):
        office.reckon_anew(row.case_id)


def _is_behind(office: Office, row: Row) -> bool:
    return office.is_behind(row.calendar)


LETTERS = Work(COURIER, journal.claim, _receive, _deliver)
CARDS = Work(CLOCK, deadlines.claim_cards, _give, _give_alone, _is_behind, lambda _: True)
DEADLINES = Work(CLOCK, _claim, _pass, _pass_alone, _is_behind, lambda row: clock.only_marks(row.clock))
