"""What every test may ask for: an office on a fresh database, a watch wound by hand, the staff."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.config import Settings
from engine.domain.identity import CLOCK
from engine.office import Office
from engine.services import registrar
from engine.store import schema
from engine.store.db import Database
from engine.store.everything import metadata
from tests import people
from tests.people import Staff

BEIJING = ZoneInfo("Asia/Shanghai")
POSTGRES = os.environ.get("LIANBAN_TEST_POSTGRES", "")


class Watch:
    """A watch wound by hand; it begins on Monday 2026-11-23 at nine."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)

    def __call__(self) -> datetime:
        return self.time

    def set(self, text: str) -> None:
        """Wind to a Beijing time: ``2026-11-24 10:30``."""
        self.time = datetime.fromisoformat(text).replace(tzinfo=BEIJING)

    def pass_days(self, days: int) -> None:
        """Let so many calendar days pass."""
        self.time += timedelta(days=days)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def _published(database: Database) -> None:
    """Migrate, publish everything, hire everybody: the state every story begins with."""
    schema.upgrade(database)
    office = Office(Settings(), database, clock=Watch())
    with office.act(CLOCK) as act:
        registrar.publish_all(act, office.settings.bpmn)
    people.hire(office)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with everything published, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "lianban.db"
    database = Database(f"sqlite:///{path}")
    _published(database)
    with database.pool.connect() as db:
        db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def pg_template() -> str:
    """The name of a PostgreSQL database with everything published, copied for each test."""
    if not POSTGRES:
        pytest.skip("PostgreSQL was left out (SKIP=postgres)")
    name = f"lianban_template_{os.getpid()}"  # tests run in several processes at a time
    _pg(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    database = Database(_pg_url(name))
    _published(database)
    database.dispose()
    return name


def _pg_url(name: str) -> str:
    return sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


def _pg(*statements: str) -> None:
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as db:
        for statement in statements:
            db.exec_driver_sql(statement)
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh copy of the published database, on each of the two kinds."""
    if request.param == "sqlite":
        path = tmp_path / "lianban.db"
        shutil.copy(request.getfixturevalue("template"), path)
        url = f"sqlite:///{path}"
    else:
        name = f"lianban_{os.getpid()}"
        template = request.getfixturevalue("pg_template")
        _pg(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} TEMPLATE {template}")
        url = _pg_url(name)
    database = Database(url)
    yield database
    database.dispose()


@pytest.fixture
def office(database: Database, watch: Watch) -> Office:
    settings = replace(Settings(), database_url=str(database.url), secret_key="test")
    return Office(settings, database, clock=watch)


@pytest.fixture
def staff(office: Office) -> Staff:
    return people.known(office)


@pytest.fixture
def tables() -> sa.MetaData:
    return metadata
