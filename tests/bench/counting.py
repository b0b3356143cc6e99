"""Counting what goes to the database: statements and commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.store.db import Database


@dataclass(slots=True)
class Count:
    """What went to the database: the statements in order, how many of them in how many transactions."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0

    def heard(self, _db: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith("BEGIN"):  # PostgreSQL's driver says it unheard
            self.statements.append(statement)

    def committed(self, _db: Any) -> None:
        self.commits += 1


@contextmanager
def counting(database: Database) -> Iterator[Count]:
    """Count statements and commits while the block runs, in every thread."""
    count = Count()
    listeners = (("before_cursor_execute", count.heard), ("commit", count.committed))
    for name, listener in listeners:
        sa.event.listen(database.pool, name, listener)
    try:
        yield count
    finally:
        for name, listener in listeners:
            sa.event.remove(database.pool, name, listener)
