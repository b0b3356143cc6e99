"""The database: how a transaction begins and ends, and the manners of SQLite and PostgreSQL."""

import select
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from engine.store import writes

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: What the floors above may know of SQL: a connection to hand down and a row to read.
Connection = sa.Connection
Row = sa.Row[*tuple[Any, ...]]

#: JSON that PostgreSQL can index.
Json = sa.JSON().with_variant(JSONB(), "postgresql")
#: A row id; SQLite counts only INTEGER primary keys by itself.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Moment(sa.types.TypeDecorator[datetime]):
    """An instant, stored as UTC; a naive datetime is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must know its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def has_turn(db: Connection, name: str) -> bool:
    """Take the turn *name* until this transaction ends; False, without waiting, while somebody else has it.

    SQLite has one writer, whose turn it always is.
    """
    return db.dialect.name == "sqlite" or bool(db.execute(_TURN, {"name": name}).scalar_one())


_TURN = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext(sa.bindparam("name"))))


def upsert(dialect: str, table: sa.Table) -> Any:
    """An INSERT that may say ON CONFLICT, in the *dialect* of the database."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table)


def words(column: str, allowed: Any) -> sa.CheckConstraint:
    """A CHECK made from a StrEnum, so that the table knows the same words as the rules."""
    return sa.CheckConstraint(listed(column, allowed), name=column)


def listed(column: str, allowed: Any) -> str:
    """The condition that *column* holds a word of a StrEnum."""
    words = ", ".join(f"'{word}'" for word in allowed)
    return f"{column} IN ({words})"


class Turn:
    """A fair lock: threads get it in the order they asked.

    SQLite has one writer; its own retrying starves whoever is unlucky (up to 3.4 s, measured).
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._queue: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._queue.append(mine)
        mine.acquire()  # until the one before releases it

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._held = False


class Database:
    """One database, its connections and its one commit point."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = Turn() if self.is_sqlite else None
        self.pool = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        sa.event.listen(self.pool, "before_execute", writes.flush)
        sa.event.listen(self.pool, "checkin", writes.forget)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Begin a writing transaction; commit at the end of the block, roll back when anything is raised."""
        if self._turn:
            self._turn.acquire()
        try:
            with self.pool.connect() as db:
                db.begin()
                if self.is_sqlite:
                    db.exec_driver_sql("BEGIN IMMEDIATE")
                yield db
                writes.flush(db)
                try:
                    db.commit()
                except BaseException:
                    db.invalidate()  # it may hang in its transaction, and nobody may take it up again
                    raise
        finally:
            if self._turn:
                self._turn.release()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Begin a reading transaction: one snapshot, nothing is kept."""
        with self.pool.connect() as db:
            if self.is_sqlite:
                db.exec_driver_sql("BEGIN")
            yield db
            db.rollback()

    def dispose(self) -> None:
        """Close every connection."""
        self.pool.dispose()


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    pool = sa.create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"timeout": 30, "check_same_thread": False},
        pool_size=16,
        max_overflow=48,
    )

    @sa.event.listens_for(pool, "connect")
    def manners(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    return pool


def _postgresql(url: sa.URL) -> sa.Engine:
    pool = sa.create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        pool_size=16,
        max_overflow=32,
        connect_args={
            # Compiling a query (jit) costs more than any query of ours: 1.4 s for one that runs in 0.1 s.
            "options": "-c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000 "
            "-c timezone=UTC -c jit=off",
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "prepare_threshold": 3,
        },
    )

    @sa.event.listens_for(pool, "checkout")
    def must_be_quiet(connection: Any, _record: Any, _proxy: Any) -> None:
        # To an idle connection the server says nothing but goodbye: to look is free, a ping is a journey.
        if connection.closed or _speaks(connection.fileno()):
            raise sa.exc.DisconnectionError("the server has hung up")  # the pool then takes a fresh one

    return pool


def _speaks(socket: int) -> bool:
    """Is there something to read?"""
    looked = select.poll()
    looked.register(socket, select.POLLIN)
    return bool(looked.poll(0))
