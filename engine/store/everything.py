"""Every table in one place, for migrations and for tests that compare them with the database."""

from engine.store import cases, catalog, deadlines, definitions, files, journal, people
from engine.store.db import metadata

TABLES = (cases, catalog, deadlines, definitions, files, journal, people)
__all__ = ["TABLES", "metadata"]
