"""Bringing a database to the schema this code speaks (Alembic, configured in code)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.store.db import Database

#: Where the migrations lie, beside the packages.
MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Run the migrations that are missing, each in order; data are kept."""
    config = _config()
    with database.pool.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def revision(database: Database) -> str | None:
    """Return the revision the database is at; None for an empty one."""
    with database.pool.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """Return the newest revision there is."""
    return ScriptDirectory.from_config(_config()).get_current_head()
