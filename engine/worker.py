"""What wakes the engine: a tick goes round until nothing is due any more, and measures what is finished.

The only user of APScheduler.
"""

import logging
from collections.abc import Callable
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from engine import rounds
from engine.domain.identity import CLOCK
from engine.domain.pause import day_of
from engine.office import Office
from engine.services import attendant, mandating, statistician, ticketing
from engine.store import measures, tickets

log = logging.getLogger(__name__)

#: What the scheduler says; that a tick took longer than the time between two is no news.
_ticks = logging.getLogger(f"{__name__}.ticks")
_ticks.setLevel(logging.ERROR)

#: How many rounds one tick goes at most; the next tick takes the rest.
ROUNDS = 200
#: How many mandates one tick says the end of; the next takes the rest.
BATCH = 50


def tick(office: Office, enough: Callable[[], bool] = lambda: False) -> int:
    """Go round until nothing is due, or somebody says it is *enough*; return how many deadlines fired.

    Who comes late catches up in the order of due time. Clocks that a new calendar has left behind are reckoned
    first (R-CNT-7): what it moved away does not fire.
    """
    office.watch_calendar()
    _reckon_tickets(office)
    _tell_mandates(office)
    fired = 0
    for _ in range(ROUNDS):
        _reckon_some(office)
        found, passed = rounds.go(office)
        fired += passed
        office.tally.ticked(office.now())
        if not found or enough():
            break
    _measure_some(office)
    _remind_some(office)
    return fired


def _measure_some(office: Office) -> None:
    """Fold what is finished into the figures; it never changes again."""
    with office.database.reading() as db:
        finished = measures.unmeasured(db, 1)
    if finished:
        with office.act(CLOCK) as act:
            statistician.fold(act)


def _reckon_some(office: Office) -> None:
    for case_id in office.behind():
        office.reckon_anew(case_id)


def _reckon_tickets(office: Office) -> None:
    """Reckon the tickets that a new calendar has left behind; their clocks are nobody's case."""
    versions = office.almanac
    if versions is None:
        return
    with office.database.reading() as db:
        stale = tickets.stale(db, versions.orgs, versions.national)
    if stale:
        with office.act(CLOCK) as act:
            ticketing.reckon(act)


def _remind_some(office: Office) -> None:
    """Once a day, remind those whose licences end (跟、管、帮), each in an act of its own; no case begins by it."""
    today = day_of(office.now())
    if office.reminded == today or office.calendar is None:
        return
    with office.look() as look:
        due = list(attendant.due(look))
    for _ in office.each(CLOCK, due, attendant.remind):
        pass
    office.reminded = today


def _tell_mandates(office: Office) -> None:
    """Say of mandates (代办授权) that end by their date, some days before and when it has come; each in its own act."""
    with office.database.reading() as db:
        due = mandating.due(db, office.now(), BATCH)
    for _ in office.each(CLOCK, due, mandating.tell_end, of_cases=False):
        pass


def catch_up(office: Office) -> None:
    """Reckon every clock that a new calendar has left behind, at once; nothing fires."""
    _reckon_some(office)
    while not office.sweep.over:
        _reckon_some(office)


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
        self._leaving = Event()
        self._scheduler = BackgroundScheduler(timezone="UTC", logger=_ticks)
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
            tick(self._office, self._leaving.is_set)
        except Exception:  # the clock must go on
            log.exception("tick failed")

    def start(self) -> None:
        """Begin ticking in a thread of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; the round under way is finished first."""
        self._leaving.set()
        self._scheduler.shutdown(wait=True)
