"""Worker processes that are killed at random while they share what is due, and what must be true afterwards."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic, sleep

import sqlalchemy as sa

from engine.office import Office
from engine.queries import integrity
from engine.store import journal
from engine.store.deadlines import DUE, deadlines
from tests import builders

ROOT = Path(__file__).resolve().parents[1]
#: Nothing fires for so long: it hangs.
MOST_SECONDS = 60.0


@dataclass(slots=True)
class Crew:
    """Worker processes on one database, on a clock that is *ahead* of ours by so many seconds."""

    url: str
    ahead: float
    many: int
    members: dict[int, subprocess.Popen[str]] = field(default_factory=dict)

    def rise(self, who: Iterable[int]) -> None:
        """Start workers, all at the same time, and wait until each says that it is ready."""
        command = [sys.executable, "-m", "tests.stories.doomed", self.url, str(self.ahead), "worker"]
        new = {n: subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for n in who}
        self.members.update(new)
        for process in new.values():
            assert process.stdout is not None
            assert "(ready)" in process.stdout.readline()

    def die(self, who: Iterable[int]) -> None:
        """As if somebody pulled the plug: SIGKILL, no word of farewell."""
        dead = [self.members.pop(n) for n in who]
        for process in dead:
            process.kill()
        for process in dead:
            process.communicate()


@dataclass(frozen=True, slots=True)
class Due:
    """What is due when the storm begins: ``(case, clock, key)`` of each deadline."""

    at: datetime
    deadlines: frozenset[tuple[int, str, str]]


def due(office: Office, at: datetime) -> Due:
    """What will be due at a moment."""
    query = sa.select(deadlines.c.case_id, deadlines.c.clock, deadlines.c.key).where(DUE)
    with office.look() as look:
        return Due(at, frozenset(tuple(row) for row in look.db.execute(query, {"now": at})))


def rage(office: Office, what: Due, workers: int, kills: int, *, victims: int, seed: int = 1) -> float:
    """Let *workers* drain it, and *kills* times kill some of them in the middle of it; return the seconds."""
    crew = Crew(
        office.database.url.render_as_string(hide_password=False),
        (what.at - datetime.now(UTC)).total_seconds(),
        workers,
    )
    random, everybody = Random(seed), range(workers)
    try:
        crew.rise(everybody)
        begun = monotonic()
        for mark in sorted(random.sample(range(1, len(what.deadlines) * 2 // 3), kills)):
            _until_fired(office, mark)
            sleep(random.uniform(0, 0.03))  # somewhere in a batch
            struck = random.sample(everybody, victims)
            crew.die(struck)
            crew.rise(struck)
        _until_fired(office, len(what.deadlines))
        return monotonic() - begun
    finally:
        crew.die(list(crew.members))


def _until_fired(office: Office, many: int) -> None:
    """Wait until so many have fired."""
    before, since = -1, monotonic()
    while (now := _fired(office)) < many:
        if now > before:
            before, since = now, monotonic()
        assert monotonic() < since + MOST_SECONDS, f"{now} of {many} fired; {builders.incidents(office)}"
        sleep(0.01)


def _fired(office: Office) -> int:
    query = sa.select(sa.func.count()).where(deadlines.c.fired_at.is_not(None))
    with office.look() as look:
        return int(look.db.scalar(query) or 0)


def must_have_fired_once(office: Office, what: Due) -> None:
    """Everything that was due fired once, in its order, the journal keeps both moments, and the record is whole."""
    with office.look() as look:
        fired = look.db.execute(sa.select(deadlines).where(deadlines.c.fired_at.is_not(None))).all()
        passed = sa.select(journal.journal).where(journal.journal.c.act == "deadline passed")
        entries = look.db.execute(passed.order_by(journal.journal.c.case_id, journal.journal.c.seq)).all()
        accepted = sa.select(journal.journal.c.case_id).where(journal.journal.c.act == "accepted")
        assert max(Counter(look.db.execute(accepted).scalars()).values(), default=1) == 1
        assert list(integrity.faults(look.db)) == []
        assert look.db.execute(sa.select(deadlines.c.id).where(DUE), {"now": what.at}).all() == []
    told = Counter((e.case_id, e.data["clock"], e.data["key"], e.data["due_at"], e.at) for e in entries)
    assert set(told.values()) == {1}
    assert set(told) == {(d.case_id, d.clock, d.key, d.due_at.isoformat(), d.fired_at) for d in fired}
    assert what.deadlines <= {(case_id, clock, key) for case_id, clock, key, _, _ in told}
    waited = {d.case_id for d in fired if d.tries}  # what failed comes when it is tried again
    must_be_in_order([(e.case_id, e.data["due_at"]) for e in entries if e.case_id not in waited])


def must_be_in_order(passed: Sequence[tuple[int, str]]) -> None:
    """What fired of a case, in the order of the journal, fired in the order in which it was due."""
    assert passed == sorted(passed)
