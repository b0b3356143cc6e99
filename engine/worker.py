"""What wakes the engine: a tick passes what is due and delivers what waits. The only user of APScheduler."""

import logging
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import statistician
from engine.store import deadlines, journal, measures
from engine.store.db import Row

log = logging.getLogger(__name__)

#: How many deadlines one tick looks at; the next tick takes the rest.
BATCH = 200


def tick(office: Office) -> int:
    """Pass what is due, give the cards it has earned, deliver what waits, measure what is finished.

    Clocks that a new calendar has left behind are reckoned first (R-CNT-7): what it moved away does not fire.
    Returns how many deadlines fired.
    """
    office.watch_calendar()
    _reckon_some(office)
    with office.database.reading() as db:
        due = deadlines.passed(db, office.now(), BATCH)
        earned = deadlines.earned(db, office.now(), BATCH)
        post = journal.waiting(db, office.now() - timedelta(seconds=1), BATCH)
        finished = measures.unmeasured(db, 1)
    for letter in post:
        office.deliver(letter)
    for row in earned:
        office.give_cards(row.id, row.case_id)
    if finished:
        with office.act(CLOCK) as act:
            statistician.fold(act)
    return sum(_pass(office, row) for row in due)


def _reckon_some(office: Office) -> None:
    for case_id in office.behind():
        office.reckon_anew(case_id)


def catch_up(office: Office) -> None:
    """Reckon every clock that a new calendar has left behind, at once; nothing fires."""
    _reckon_some(office)
    while not office.sweep.over:
        _reckon_some(office)


def _pass(office: Office, due: Row) -> bool:
    """Let a deadline pass, if by the calendar in force it is due."""
    if office.almanac is not None and due.calendar not in office.almanac.versions:
        office.reckon_anew(due.case_id)
    return office.pass_deadline(due.id, due.case_id)


def drain(office: Office) -> int:
    """Tick until nothing fires any more and every clock goes by the calendar in force; return how many fired."""
    fired = 0
    while (now := tick(office)) or not office.sweep.over:
        fired += now
    return fired


class Worker:
    """The ticking; durable work lies in the tables, so a dead worker loses nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=office.settings.tick_seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def _tick(self) -> None:
        try:
            tick(self._office)
        except Exception:  # the clock must go on
            log.exception("tick failed")

    def start(self) -> None:
        """Begin ticking in a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; an act under way is finished first."""
        self._scheduler.shutdown(wait=True)
