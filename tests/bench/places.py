"""Where a benchmark takes place: an office on a fresh database, with everything published and everybody hired."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from engine.config import Settings
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import registrar
from engine.store import schema
from engine.store.db import Database
from tests import people
from tests.bench import reference


@contextmanager
def sqlite() -> Iterator[Office]:
    """An office on a SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="lianban-bench-") as folder:
        yield from _open(f"sqlite:///{Path(folder) / 'lianban.db'}")


@contextmanager
def postgres(server: str) -> Iterator[Office]:
    """An office on a PostgreSQL database of its own."""
    name = "lianban_bench"
    _say(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    try:
        yield from _open(sa.make_url(server).set(database=name).render_as_string(hide_password=False))
    finally:
        _say(server, f"DROP DATABASE {name} WITH (FORCE)")


def _open(url: str) -> Iterator[Office]:
    database = Database(url)
    try:
        yield _published(Office(replace(Settings(), database_url=url), database))
    finally:
        database.dispose()


def _published(office: Office) -> Office:
    schema.upgrade(office.database)
    with office.act(CLOCK) as act:
        registrar.publish_all(act, office.settings.bpmn)
    people.hire(office)
    reference.publish(office)
    return office


def _say(server: str, *statements: str) -> None:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    admin.dispose()
