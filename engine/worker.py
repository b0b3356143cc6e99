"""What wakes the engine: a tick passes what is due and delivers what waits. The only user of APScheduler."""

import logging
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from engine.office import Office
from engine.store import deadlines, journal

log = logging.getLogger(__name__)

#: How many deadlines one tick looks at; the next tick takes the rest.
BATCH = 200


def tick(office: Office) -> int:
    """Pass what is due, give the cards it has earned, deliver what waits; return how many deadlines fired."""
    with office.database.reading() as db:
        due = deadlines.passed(db, office.now(), BATCH)
        earned = deadlines.earned(db, office.now(), BATCH)
        post = journal.waiting(db, office.now() - timedelta(seconds=1), BATCH)
    for letter in post:
        office.deliver(letter)
    for row in earned:
        office.give_cards(row.id, row.case_id)
    return sum(office.pass_deadline(row.id, row.case_id) for row in due)


def drain(office: Office) -> int:
    """Tick until nothing fires any more; return how many deadlines fired."""
    fired = 0
    while now := tick(office):
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
