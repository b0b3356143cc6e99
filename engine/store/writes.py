"""Writes that wait: what an act writes goes to the database together, when somebody reads or the act ends.

On PostgreSQL they are one journey (the driver's pipeline) instead of one each. Each statement is compiled
once and then handed to the driver as it is: that costs a quarter of what executing it anew would.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

Rows = Mapping[str, Any] | Sequence[Mapping[str, Any]]
#: What wants to hear how many rows a write touched; it may raise.
Told = Callable[[int], None]

_WAITING = "waiting"


def later(db: sa.Connection, statement: sa.Executable, rows: Rows, told: Told | None = None) -> None:
    """Let a write wait, for one row or for several.

    *statement* is one of a module's own, made once, without IN; an INSERT is ``inline()``, for nobody takes
    what it returns.
    """
    rows = [rows] if isinstance(rows, Mapping) else rows
    db.info.setdefault(_WAITING, []).append((statement, rows, told))


def touched(db: sa.Connection, statement: sa.Executable, row: Mapping[str, Any]) -> int:
    """Send what waits and this write too; return how many rows it touched."""
    count: list[int] = []
    later(db, statement, row, count.append)
    flush(db)
    return count[0]


def flush(db: sa.Connection, *_: Any) -> None:
    """Send the writes that wait, in their order."""
    waiting = db.info.pop(_WAITING, None)
    if not waiting:
        return
    with together(db):
        done = [(send(db, statement, rows), told) for statement, rows, told in waiting]
    for cursor, told in done:  # in a pipeline the driver knows only now
        if told:
            told(cursor.rowcount)
        cursor.close()


@contextmanager
def apart(db: sa.Connection) -> Iterator[None]:
    """Make the block a part of its transaction that is undone alone, with the writes that wait, when it raises."""
    flush(db)
    db.exec_driver_sql("SAVEPOINT part")
    try:
        yield
        later(db, _DONE, {})
        flush(db)
    except BaseException:
        db.info.pop(_WAITING, None)
        if not db.invalidated:
            db.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            db.exec_driver_sql("RELEASE SAVEPOINT part")
        raise


_DONE = sa.text("RELEASE SAVEPOINT part")  # goes with the last writes, on the same journey


def forget(_driver: Any, record: Any) -> None:
    """Let go of what still waits when a connection goes back to the pool: its act was undone."""
    record.info.pop(_WAITING, None)


def send(db: sa.Connection, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> Any:
    """Hand one write to the driver and return its cursor."""
    ready = _ready(statement, db.dialect, tuple(rows[0]))
    cursor = db.connection.cursor()
    if len(rows) == 1:
        cursor.execute(ready.text, ready.bound(rows[0]))
    else:
        cursor.executemany(ready.text, [ready.bound(row) for row in rows])
    return cursor


@contextmanager
def together(db: sa.Connection) -> Iterator[None]:
    """Let PostgreSQL answer at the end of the block; faults are SQLAlchemy's, as after any other statement."""
    driver: Any = db.connection.driver_connection
    try:
        if db.dialect.name == "postgresql":
            with driver.pipeline():
                yield
        else:
            yield
    except db.dialect.loaded_dbapi.Error as fault:
        if getattr(driver, "closed", False):
            db.invalidate(fault)
        base = db.dialect.loaded_dbapi.Error
        raise sa.exc.DBAPIError.instance(None, None, fault, base, dialect=db.dialect) from fault


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement compiled once: its text, and for each of its values what makes it one of the driver's."""

    text: str
    constants: Mapping[str, Any]
    slots: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    by_place: bool

    def bound(self, row: Mapping[str, Any]) -> Any:
        """Return the values of *row* as the driver takes them."""
        row = {**self.constants, **row}
        if self.by_place:
            return tuple([row[name] if into is None else into(row[name]) for name, into in self.slots])
        return {name: row[name] if into is None else into(row[name]) for name, into in self.slots}


@lru_cache(maxsize=512)
def _ready(statement: Any, dialect: sa.Dialect, names: tuple[str, ...]) -> Ready:
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    types = {name: value.type.dialect_impl(dialect) for value, name in compiled.bind_names.items()}
    return Ready(
        text=str(compiled),
        constants={name: value for name, value in compiled.params.items() if name not in names},
        slots=tuple((name, types[name].bind_processor(dialect)) for name in compiled.positiontup or types),
        by_place=compiled.positional,
    )
