"""断电: the server is killed again and again in the middle of its work; nothing told is lost, nothing happens twice."""

import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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

from engine.domain.identity import CLOCK, Post
from engine.office import Office
from engine.queries import integrity
from engine.services import sessions
from engine.services.act import Act
from engine.store import journal
from engine.store.cases import cases, tasks
from tests import builders
from tests.conftest import BEIJING
from tests.people import Staff

ROOT = Path(__file__).resolve().parents[2]
BUNDLES, CLERKS, KILLS = 10, 4, 5
#: So much is acknowledged before the next kill; there is always more to do than that.
BETWEEN_KILLS = 9
#: Each part of the story takes a few seconds; after so many it hangs.
MOST_SECONDS = 30.0


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


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """Something to be done, once: under which key, by whom (his token), where and what."""

    key: str
    token: str
    path: str
    body: Mapping[str, Any]


@dataclass(slots=True)
class Clerks:
    """Whoever works the cases over the network, several at once; what the server acknowledged is kept."""

    office: Office
    server: Server
    tokens: Mapping[Post, str]
    acknowledged: dict[Command, Any] = field(default_factory=dict)
    refused: list[Any] = field(default_factory=list)
    lost_answers: int = 0
    _taken: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _random: Random = field(default_factory=lambda: Random(1))

    def work(self, enough: Event) -> None:
        """Do whatever is open until the work is done."""
        while not enough.is_set():
            command = self._next()
            if command is None:
                sleep(0.01)
            else:
                self._insist(command, enough)

    def _insist(self, command: Command, enough: Event) -> None:
        """Send a command until it is answered: a dead server's answer is unknown, so the same key goes again."""
        while not enough.is_set():
            try:
                status, answer = self.send(command)
            except (OSError, http.client.HTTPException) as broken:
                self.lost_answers += not isinstance(broken, ConnectionRefusedError)
                sleep(0.02)
                continue
            self._hear(command, status, answer)
            return

    def _hear(self, command: Command, status: int, answer: Any) -> None:
        if status == 200:
            self.acknowledged[command] = answer
        elif answer["code"] == "decision.gate":
            self._taken.discard(command.key)  # its turn has not come (R-BUN-4); somebody looks at it again
        else:
            self.refused.append(answer)

    def send(self, command: Command) -> tuple[int, Any]:
        """Send a command over a wire of its own; return the status and the answer."""
        headers = {"Authorization": f"Bearer {command.token}", "Idempotency-Key": command.key}
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            body = json.dumps(command.body)
            wire.request(
                "POST", f"/api/v1{command.path}", body, headers | {"Content-Type": "application/json"}
            )
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            wire.close()

    def _next(self) -> Command | None:
        """Choose something open that nobody else is at."""
        with self._lock:
            free = [command for command in self._open() if command.key not in self._taken]
            if not free:
                return None
            command = self._random.choice(free)
            self._taken.add(command.key)
            return command

    def _open(self) -> list[Command]:
        with self.office.look() as look:
            waiting = look.db.execute(_OPEN).all()
            return [self._delivery(t) if t.stage == "deliver" else self._completion(look, t) for t in waiting]

    def _delivery(self, task: Any) -> Command:
        body = {"method": "window", "receiver": "王小满"}
        return Command(f"deliver-{task.id}", self._token(task), f"/cases/{task.no}/deliver", body)

    def _completion(self, look: Act, task: Any) -> Command:
        node = look.library.definition(look.db, task.definition_id).nodes[task.node]
        body = {"outcome": next(iter(node.outcomes), "done"), "opinion": "同意", "officers": ["同行员"]}
        return Command(f"complete-{task.id}", self._token(task), f"/tasks/{task.id}/complete", body)

    def _token(self, task: Any) -> str:
        return self.tokens[Post(task.role, task.org_id)]


#: What waits for somebody now: not what a bundle's window holds back, not what is not accepted.
_OPEN = (
    sa.select(tasks, cases.c.no, cases.c.definition_id)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.closed_at.is_(None), sa.not_(tasks.c.held), tasks.c.stage != "accept")
    .order_by(tasks.c.id)
)


def tokens(office: Office, staff: Staff) -> dict[Post, str]:
    """A token for whoever holds each post."""
    with office.act(CLOCK) as act:
        known = {login: sessions.token(act, login) for login in staff.by_login}
    return {post: known[login] for login, actor in staff.by_login.items() for post in actor.posts}


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
    clerks = Clerks(office, server, tokens(office, staff))
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
    """Pull the plug while every clerk waits for an answer: in the middle of the work, not before it."""
    for _ in range(KILLS):
        before, waited = len(clerks.acknowledged), monotonic()
        while len(clerks.acknowledged) < before + BETWEEN_KILLS:
            assert monotonic() < waited + MOST_SECONDS, clerks.refused
            sleep(0.003)
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
    assert clerks.refused == []
    assert {command.key for command in clerks.acknowledged} <= kept
    done = Counter((e.case_id, e.data["node"]) for e in entries if e.act == "completed")
    assert set(done.values()) == {1}
    named = {str(task.id): (task.case_id, task.node) for task in closed}
    told = [command.key.partition("-") for command in clerks.acknowledged]
    assert {named[task_id] for what, _, task_id in told if what == "complete"} == set(done)
    once = Counter((e.case_id, e.act) for e in entries if e.act in {"accepted", "decided", "delivered"})
    assert set(once.values()) == {1}
    assert builders.incidents(office) == []
    return Counter(entry.act for entry in entries)


def must_answer_the_same_again(clerks: Clerks) -> None:
    """The same key again gets the first answer, and nothing more happens."""
    for command, answer in clerks.acknowledged.items():
        assert clerks.send(command) == (200, answer)
