"""断电: the server is killed again and again in the middle of its work; nothing told is lost, nothing happens twice."""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Event, Lock, Thread
from time import monotonic, sleep
from typing import Any

import pytest
import sqlalchemy as sa

from engine.domain.identity import CLOCK, Actor
from engine.office import Office
from engine.queries import integrity
from engine.services import sessions
from engine.store import journal
from engine.store.cases import cases, tasks
from tests import builders
from tests.conftest import BEIJING
from tests.people import Staff

ROOT = Path(__file__).resolve().parents[2]
BUNDLES, CLERKS, KILLS = 6, 4, 5
#: The story takes some ten seconds; after so many it hangs.
MOST_SECONDS = 120.0


@dataclass(slots=True)
class Server:
    """A server process that dies and comes back, each time at another address."""

    url: str
    ahead: float
    process: subprocess.Popen[str] | None = None
    port: int = 0

    def rise(self) -> None:
        command = [sys.executable, "-m", "tests.stories.doomed", self.url, str(self.ahead)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        ready = self.process.stdout.readline()
        assert "(ready)" in ready, ready
        self.port = int(ready.rsplit(":", 1)[1])

    def die(self) -> None:
        """As if somebody pulled the plug: SIGKILL, no word of farewell."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate()


@dataclass(slots=True)
class Clerks:
    """Whoever works the cases over the network, several at once; what the server acknowledged is kept."""

    office: Office
    server: Server
    cards: dict[int, tuple[str, str]]
    acknowledged: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    lost_answers: int = 0
    _taken: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def work(self, enough: Event) -> None:
        """Do whatever is open, each thing under one key, until the work is done."""
        while not enough.is_set():
            command = self._next()
            if command is None:
                sleep(0.01)
            else:
                self.insist(*command, enough)

    def insist(self, key: str, path: str, body: bytes, enough: Event) -> None:
        """Send a command until it is answered: a dead server's answer is unknown, so the same key goes again."""
        while not enough.is_set():
            try:
                status, answer = self.send(key, path, body)
            except (OSError, http.client.HTTPException):
                self.lost_answers += 1
                sleep(0.02)
                continue
            assert status in {200, 201}, answer
            self.acknowledged[key] = (path, answer, body)
            return

    def send(self, key: str, path: str, body: bytes) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self._token(key)}", "Idempotency-Key": key}
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            wire.request("POST", f"/api/v1{path}", body, headers | {"Content-Type": "application/json"})
            answer = wire.getresponse()
            return answer.status, answer.read().decode()
        finally:
            wire.close()

    def _token(self, key: str) -> str:
        return self.cards[0][1] if key.startswith("deliver") else self.cards[int(key.split("-")[1])][1]

    def _next(self) -> tuple[str, str, bytes] | None:
        """Choose something open that nobody else is at."""
        with self._lock:
            for key, path, body in self._open():
                if key not in self._taken:
                    self._taken.add(key)
                    return key, path, body
        return None

    def _open(self) -> Iterator[tuple[str, str, bytes]]:
        with self.office.look() as look:
            for row in look.db.execute(_OPEN):
                if row.stage not in _WINDOW:
                    yield self._completion(look, row)
                elif row.stage == "deliver" and row.kind == "bundle":
                    body = {"method": "窗口领取", "receiver": "王小满"}
                    yield f"deliver-{row.case_id}", f"/cases/{row.no}/deliver", json.dumps(body).encode()

    def _completion(self, look: Any, row: Any) -> tuple[str, str, bytes]:
        node = look.library.definition(look.db, row.definition_id).nodes[row.node]
        body = {"outcome": next(iter(node.outcomes), "done"), "opinion": "同意", "officers": ["同行员"]}
        key = f"complete-{row.org_id * 100 + _ROLES.index(row.role)}-{row.id}"
        return key, f"/tasks/{row.id}/complete", json.dumps(body).encode()


_WINDOW = {"prereview", "accept", "correct", "deliver"}
_ROLES = ("approver", "inspector", "chief", "leader", "subdistrict")
#: Members that may not be decided yet wait for the others; their heads look again when their turn has come.
_OPEN = (
    sa.select(tasks, cases.c.no, cases.c.kind, cases.c.definition_id)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.closed_at.is_(None), sa.not_(tasks.c.held), cases.c.accepted_at.is_not(None))
    .order_by(tasks.c.id)
)


def cards(office: Office, staff: Staff) -> dict[int, tuple[str, str]]:
    """A token for everybody, found by post; the window's is number nought."""
    with office.act(CLOCK) as act:
        known = {0: ("lin", sessions.token(act, "lin"))}
        for login, actor in staff.by_login.items():
            known |= {number: (login, sessions.token(act, login)) for number in _numbers(actor)}
    return known


def _numbers(actor: Actor) -> Sequence[int]:
    return [post.org * 100 + _ROLES.index(post.role) for post in actor.posts if post.role in _ROLES]


@contextmanager
def at_work(clerks: Clerks) -> Iterator[Event]:
    """Let the clerks work while the block runs."""
    enough = Event()
    threads = [Thread(target=clerks.work, args=(enough,)) for _ in range(CLERKS)]
    for thread in threads:
        thread.start()
    try:
        yield enough
    finally:
        enough.set()
        for thread in threads:
            thread.join()


@pytest.mark.slow
def test_a_server_killed_in_the_middle_loses_nothing_and_does_nothing_twice(
    office: Office, staff: Staff, tmp_path: Path
) -> None:
    bundles = [
        builders.accepted(office, staff, "open_restaurant", members=("tobacco_retail",))
        for _ in range(BUNDLES)
    ]
    ahead = (datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING) - datetime.now(UTC)).total_seconds()
    server = Server(str(office.database.url), ahead)
    server.rise()
    clerks = Clerks(office, server, cards(office, staff))
    try:
        with at_work(clerks):
            kill_again_and_again(server, clerks)
            until_delivered(office, bundles)
        told = must_have_happened_once(office, clerks)
        must_answer_the_same_again(clerks)
        assert must_have_happened_once(office, clerks) == told
    finally:
        server.die()
    sys.stdout.write(
        f"{KILLS} kills, {len(clerks.acknowledged)} acknowledged, {clerks.lost_answers} answers lost\n"
    )


def kill_again_and_again(server: Server, clerks: Clerks) -> None:
    random = Random(20261123)
    for _ in range(KILLS):
        before, waited = len(clerks.acknowledged), monotonic()
        while len(clerks.acknowledged) < before + 5 and monotonic() < waited + MOST_SECONDS:
            sleep(0.005)  # in the middle of the work, not before it
        sleep(random.uniform(0, 0.05))
        server.die()
        server.rise()


def until_delivered(office: Office, bundles: Sequence[str]) -> None:
    until = monotonic() + MOST_SECONDS
    states: set[str] = set()
    while monotonic() < until:
        with office.look() as look:
            states = set(look.db.execute(sa.select(cases.c.state)).scalars())
            letters = look.db.scalar(sa.select(sa.func.count()).where(journal.letters.c.taken_at.is_(None)))
        if states == {"delivered"} and not letters:
            return
        sleep(0.05)
    raise AssertionError(f"not delivered: {states}, {letters} letters, {builders.incidents(office)}")


def must_have_happened_once(office: Office, clerks: Clerks) -> Counter[str]:
    """Every acknowledged act stands in the journal once, and the whole record fits together."""
    with office.look() as look:
        assert journal.broken(look.db) == []
        assert list(integrity.faults(look.db)) == []
        entries = look.db.execute(sa.select(journal.journal)).all()
        kept = {
            row.key.partition(":")[2] for row in look.db.execute(sa.select(journal.commands)) if row.answer
        }
        closed = look.db.execute(sa.select(tasks.c.id, tasks.c.case_id, tasks.c.node)).all()
    assert set(clerks.acknowledged) <= kept
    done = Counter((e.case_id, e.data["node"]) for e in entries if e.act == "completed")
    assert set(done.values()) == {1}
    named = {str(task.id): (task.case_id, task.node) for task in closed}
    completions = [key for key in clerks.acknowledged if key.startswith("complete")]
    assert {named[key.rpartition("-")[2]] for key in completions} == set(done)
    once = Counter((e.case_id, e.act) for e in entries if e.act in {"accepted", "decided", "delivered"})
    assert set(once.values()) == {1}
    assert builders.incidents(office) == []
    return Counter(entry.act for entry in entries)


def must_answer_the_same_again(clerks: Clerks) -> None:
    """The same key again gets the first answer, and nothing more happens."""
    for key, (path, answer, body) in clerks.acknowledged.items():
        status, again = clerks.send(key, path, body)
        assert (status, json.loads(again)) == (200, json.loads(answer))
