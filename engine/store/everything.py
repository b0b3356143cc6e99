"""Every table in one place, for migrations and for tests that compare them with the database."""

from engine.store import (
    calendars,
    cards,
    cases,
    catalog,
    copies,
    deadlines,
    definitions,
    documents,
    dues,
    files,
    former,
    incidents,
    journal,
    measures,
    people,
    stops,
)
from engine.store.db import metadata

TABLES = (
    calendars,
    cards,
    cases,
    catalog,
    copies,
    deadlines,
    definitions,
    documents,
    dues,
    files,
    former,
    incidents,
    journal,
    measures,
    people,
    stops,
)
__all__ = ["TABLES", "metadata"]
