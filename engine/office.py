"""The office: settings, database, calendar and library wired up, and the one place where an act happens."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from engine.channels import scanner
from engine.config import Settings
from engine.domain import upload
from engine.domain.almanac import ENOUGH_DAYS, Almanac
from engine.domain.calendar import Calendar
from engine.domain.errors import Halted, NotNow, Refused
from engine.domain.identity import CLOCK, COURIER, Actor
from engine.domain.incident import Source
from engine.domain.pause import day_of
from engine.once import Once
from engine.services import bundle, clock, holidays, trouble
from engine.services.act import Act
from engine.services.library import Library
from engine.store import calendars, deadlines, journal, schema
from engine.store.db import Connection, Database, Row
from engine.store.writes import apart
from engine.sweep import Sweep
from engine.tally import Tally

T = TypeVar("T")

log = logging.getLogger(__name__)

#: How long a process may go on with a calendar that another has replaced; the worker heals what it did.
NOTICE_EVERY = timedelta(seconds=5)
#: How many letters one act may set going before the rest is left to the worker.
MOST_LETTERS = 200


class Batch:
    """Several acts in one transaction, each in a part that is undone alone; the letters they wrote come after."""

    def __init__(self, db: Connection, begin: Callable[[], Act]) -> None:
        self.db = db
        self.addressed: frozenset[int] = frozenset()
        self._begin = begin

    @contextmanager
    def part(self) -> Iterator[Act]:
        """Do one act; what is raised undoes it and nothing else."""
        with apart(self.db):
            act = self._begin()
            yield act
            trouble.review(act)
            act.settle()
        self.addressed |= act.addressed


class Office:
    """Everything an act needs, wired up once per process; *clock* stands in for the wall clock's."""

    def __init__(
        self,
        settings: Settings,
        database: Database | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settings = settings
        self.database = database or Database(settings.database_url)
        self.library = Library(settings.bpmn / "cards", settings.card_rules)
        self.sweep = Sweep()
        self.tally = Tally()
        self._almanac: Almanac | None = None
        self._calendar: Calendar | None = None
        self._noticed: datetime | None = None
        self._warned = ""
        #: The day on which this process last looked for licences that end.
        self.reminded: date | None = None
        self._clock = clock
        self._shift = timedelta()
        if settings.now is not None:
            self._shift = settings.now - self.now()

    def now(self) -> datetime:
        """The present moment, UTC: the one place where the wall clock is read."""
        return self._clock() if self._clock else datetime.now(UTC) + self._shift

    @property
    def almanac(self) -> Almanac | None:
        """Which calendar version is in force for whom; looked up again every few seconds, never within an act."""
        now = self.now()
        if self._noticed is None or abs(now - self._noticed) >= NOTICE_EVERY:
            with self.database.reading() as db:
                found = calendars.in_force(db)
                self._calendar = calendars.named(db, found.national) if found else None
            self._almanac, self._noticed = found, now if found else None
        return self._almanac

    @property
    def calendar(self) -> Calendar | None:
        """The nation's calendar in force; None before the first one is published."""
        return self._calendar if self.almanac else None

    def close(self) -> None:
        """Close every connection to the database."""
        self.database.dispose()

    def upgrade(self) -> None:
        """Bring the database to the schema of this version; data are kept."""
        schema.upgrade(self.database)

    def must_be_current(self) -> None:
        """Raise `NotNow` unless the database has the schema of this version."""
        if schema.revision(self.database) != schema.head():
            raise NotNow("数据库的结构不是本版本的；请先运行 lianban upgrade。", code="database.behind")

    def examine(self, name: str, declared: str, content: bytes) -> upload.Upload:
        """Look an uploaded file through, before any act: a scanner may take its time. Raises `Malformed`, `NotNow`."""
        found = upload.examine(name, declared, content)
        scanner.must_be_clean(self.settings.scanner, found.content)
        return found

    def renew_calendar(self) -> None:
        """Look up at once which calendars are in force."""
        self._noticed = None

    @contextmanager
    def look(self, by: Actor = CLOCK) -> Iterator[Act]:
        """Look at the record in one snapshot; nothing is written."""
        almanac = self.almanac
        with self.database.reading() as db:
            yield self._begin(by, almanac, db)

    def _begin(self, by: Actor, almanac: Almanac | None, db: Connection) -> Act:
        return Act(
            by=by,
            at=self.now(),
            db=db,
            almanac=almanac,
            library=self.library,
            region=self.settings.region,
        )

    @contextmanager
    def act(
        self, by: Actor, key: str | None = None, command: Mapping[str, Any] | None = None
    ) -> Iterator[Act]:
        """Do one act in one transaction, then deliver the letters it wrote.

        *key* makes it happen once: the same key again raises `AlreadyDone` with the stored answer, and with a
        different *command* `Malformed`. Where the case's diagram cannot go on, nothing is done but an incident
        written, in a transaction of its own, and `Halted` tells the actor so.
        """
        try:
            with self._transaction(by, key, command) as act:
                yield act
        except Halted as halted:
            raise self._reported(by, halted) from halted
        if act.turned:
            self.renew_calendar()
        self._follow(act)

    def _follow(self, act: Act) -> None:
        self._deliver_to(act.addressed)
        clocked = {Source.DEADLINE: self.pass_deadline, Source.CARD: self.give_cards}
        for source, deadline_id, case_id in act.due:
            clocked[source](deadline_id, case_id)

    def _reported(self, by: Actor, halted: Halted) -> Halted:
        """Leave an incident, and say to the actor what that means for him."""
        with self._transaction(by, None, None) as act:
            written = trouble.report(
                act, Source.ACT, halted.tried, halted.what, halted, halted.case_id, halted.matter
            )
        return Halted(
            f"流程图有问题，本次操作没有生效，办件保持原样：{halted.message.rstrip('。')}。"
            f"已记为异常（第 {written.id} 号），请联系管理人员；问题解决后请再办一次。",
            code=halted.code,
            element=halted.element,
            about=halted.tried,
            what=halted.what,
            matter=halted.matter,
            case_id=halted.case_id,
        )

    @contextmanager
    def batch(self, by: Actor) -> Iterator[Batch]:
        """Do several acts in one transaction, then deliver the letters they wrote."""
        almanac = self.almanac
        with self.database.transaction() as db:
            batch = Batch(db, lambda: self._begin(by, almanac, db))
            yield batch
        self._deliver_to(batch.addressed)

    @contextmanager
    def _transaction(self, by: Actor, key: str | None, command: Mapping[str, Any] | None) -> Iterator[Act]:
        almanac = self.almanac
        with self.database.transaction() as db:
            act = self._begin(by, almanac, db)
            once = Once(f"{by.id}:{key}", command or {}) if key is not None else None
            try:
                yield act
            except Refused:
                if once:
                    once.answered(db)  # done before, it may well be refused now
                raise
            trouble.review(act)
            act.settle()
            if once:
                once.keep(act)

    def each(
        self, by: Actor, ids: Iterable[int], do: Callable[[Act, int], T], *, of_cases: bool = True
    ) -> Iterator[tuple[int, T | Refused]]:
        """Do something to many cases (or other things), to each in an act of its own; tell what came of each.

        What is refused of one, or goes wrong with it, does not stop the others; a fault becomes its incident.
        """
        for case_id in ids:
            try:
                with self.act(by) as act:
                    done = do(act, case_id)
            except Refused as refusal:
                yield case_id, refusal
            except Exception as fault:  # one bad case must not stop the others
                log.exception("case not acted on", extra={"case_id": case_id})
                self._report(
                    Source.ACT, f"{case_id}:batch", do.__name__, fault, case_id if of_cases else None
                )
                yield (
                    case_id,
                    Refused(f"系统故障：{type(fault).__name__}；已记入事故，请管理员处理", code="fault"),
                )
            else:
                yield case_id, done

    def _deliver_to(self, addressed: frozenset[int]) -> None:
        """Deliver what an act wrote, and what the readers write in turn, while somebody is still looking."""
        delivered = 0
        while addressed and delivered < MOST_LETTERS:
            with self.database.reading() as db:
                found = journal.waiting(db, self.now(), MOST_LETTERS, to=addressed)
            addressed = frozenset[int]().union(*(self.deliver(letter) for letter in found))
            delivered += len(found)

    def deliver(self, letter: Row) -> frozenset[int]:
        """Deliver one letter in a transaction of its own and return whom its reader wrote to.

        A case that cannot read it does not stop the others.
        """
        try:
            with self._transaction(COURIER, None, None) as act:
                bundle.receive(act, letter)
        except Exception as fault:  # one bad case must not stop the post
            log.exception("letter not delivered", extra={"letter_id": letter.id})
            self.tally.failure()
            with self._transaction(COURIER, None, None) as act:
                written = trouble.report(
                    act, Source.LETTER, str(letter.id), letter.topic, fault, letter.to_id
                )
                journal.postpone(act.db, letter.id, written.try_at)
            return frozenset()
        return act.addressed

    def pass_deadline(self, deadline_id: int, case_id: int) -> bool:
        """Let one passed deadline have its consequence, in an act of the clock; say whether it fired."""
        return self._clocked(clock.pass_deadline, Source.DEADLINE, deadline_id, case_id)

    def give_cards(self, deadline_id: int, case_id: int) -> bool:
        """Give the cards one clock has earned, in an act of the clock; say whether it was ours to do."""
        return self._clocked(_give_cards, Source.CARD, deadline_id, case_id)

    def _clocked(
        self, consequence: Callable[[Act, int, int], bool], source: Source, deadline_id: int, case_id: int
    ) -> bool:
        try:
            with self._transaction(CLOCK, None, None) as act:
                fired = consequence(act, case_id, deadline_id)
        except Exception as fault:  # one bad case must not stop the clock
            log.exception("deadline not passed", extra={"deadline_id": deadline_id})
            self.tally.failure()
            with self._transaction(CLOCK, None, None) as act:
                written = trouble.report(act, source, str(deadline_id), "fire", fault, case_id)
                deadlines.postpone(act.db, deadline_id, written.try_at)
            return False
        self._follow(act)
        return fired

    def is_behind(self, version: str) -> bool:
        """May a clock that was reckoned by this calendar version not go by the one in force?"""
        almanac = self.almanac
        return almanac is not None and (version not in almanac.versions or not self.sweep.over)

    def behind(self) -> list[int]:
        """Return some cases whose clocks are reckoned by a calendar that another has replaced."""
        almanac = self.almanac
        if almanac is None:
            return []
        with self.database.reading() as db:
            return self.sweep.cases(db, almanac, self.now())

    def reckon_anew(self, case_id: int) -> bool:
        """Reckon a case's clocks by the calendar in force, in an act of the clock; say whether any moved (R-CNT-7)."""
        try:
            with self.act(CLOCK) as act:
                moved = holidays.recompute(act, case_id)
                act.stepped.add(str(case_id))
                return bool(moved)
        except Exception as fault:  # one bad case must not stop the others
            log.exception("case not reckoned anew", extra={"case_id": case_id})
            self.tally.failure()
            self._report(Source.CALENDAR, str(case_id), "recompute", fault, case_id)
            return False

    def watch_calendar(self) -> None:
        """Write down, once for each version, that the calendar in force ends in less than sixty days."""
        calendar = self.calendar
        if calendar is None or self._warned == calendar.version:
            return
        if (calendar.last - day_of(self.now())).days < ENOUGH_DAYS:
            with self.act(CLOCK) as act:
                holidays.warn(act)
            self._warned = calendar.version

    def _report(self, source: Source, about: str, what: str, fault: Exception, case_id: int | None) -> None:
        with self._transaction(CLOCK, None, None) as act:
            trouble.report(act, source, about, what, fault, case_id)


def _give_cards(act: Act, case_id: int, deadline_id: int) -> bool:
    return clock.give_cards(act, [case_id], [deadline_id]) > 0
