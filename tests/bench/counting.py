"""Counting what goes to the database: statements, journeys and commits; and clocking what its parts cost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import thread_time
from typing import Any

import sqlalchemy as sa

from engine.spiff import runtime
from engine.store import writes
from engine.store.db import Database


@dataclass(slots=True)
class Count:
    """What went to the database: questions and writes in order, in how many journeys and transactions."""

    statements: list[str] = field(default_factory=list)
    questions: int = 0
    together: int = 0
    commits: int = 0

    @property
    def journeys(self) -> int:
        """How often somebody waits for the answer of a server: BEGIN and COMMIT are journeys too."""
        return self.questions + self.together + 2 * self.commits

    def heard(self, _db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):  # PostgreSQL's driver says it unheard
            self.statements.append(statement)
            self.questions += 1

    def wrote(self, _db: Any, statement: Any, _rows: Any) -> None:
        self.statements.append(str(statement))

    def went(self, _db: Any) -> None:
        self.together += 1

    def committed(self, _db: Any) -> None:
        self.commits += 1


@contextmanager
def counting(database: Database) -> Iterator[Count]:
    """Count while the block runs, in every thread."""
    count = Count()
    listeners = (("before_cursor_execute", count.heard), ("commit", count.committed))
    for name, listener in listeners:
        sa.event.listen(database.pool, name, listener)
    try:
        with before(writes, "send", count.wrote), before(writes, "together", count.went):
            yield count
    finally:
        for name, listener in listeners:
            sa.event.remove(database.pool, name, listener)


@contextmanager
def before(home: Any, name: str, listener: Callable[..., None]) -> Iterator[None]:
    """Let *listener* hear each call of a function before it is carried out."""
    function = getattr(home, name)

    def heard(*words: Any) -> Any:
        listener(*words)
        return function(*words)

    setattr(home, name, heard)
    try:
        yield
    finally:
        setattr(home, name, function)


#: The parts of an act, and the functions whose time is theirs; the rest is the house's own.
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "engine": ((runtime, "opened"), (runtime, "complete")),
    "SQL": ((sa.Connection, "execute"), (writes, "flush"), (sa.Connection, "exec_driver_sql")),
    "commit": ((sa.Connection, "commit"),),
}


@contextmanager
def clocking() -> Iterator[dict[str, float]]:
    """Clock the CPU of each part of the acts in the block, in ms; time spent in two parts is the outer one's."""
    spent = dict.fromkeys(PARTS, 0.0)
    running: list[str] = []

    def clocked(function: Callable[..., Any], part: str) -> Callable[..., Any]:
        def run(*words: Any, **more: Any) -> Any:
            if running:
                return function(*words, **more)
            running.append(part)
            begun = thread_time()
            try:
                return function(*words, **more)
            finally:
                spent[running.pop()] += (thread_time() - begun) * 1000

        return run

    functions = [(home, name, part) for part, named in PARTS.items() for home, name in named]
    kept = [getattr(home, name) for home, name, _ in functions]
    for (home, name, part), function in zip(functions, kept, strict=True):
        setattr(home, name, clocked(function, part))
    try:
        yield spent
    finally:
        for (home, name, _), function in zip(functions, kept, strict=True):
            setattr(home, name, function)
