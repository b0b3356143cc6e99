"""Every table in one place, for migrations and for tests that compare them with the database."""

from engine.store import (
    calendars,
    cards,
    cases,
    catalog,
    copies,
    credit_records,
    deadlines,
    definitions,
    documents,
    dues,
    files,
    former,
    holdings,
    incidents,
    informed,
    journal,
    licences,
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
    credit_records,
    deadlines,
    definitions,
    documents,
    dues,
    files,
    former,
    holdings,
    incidents,
    informed,
    journal,
    licences,
    measures,
    people,
    stops,
)
__all__ = ["TABLES", "metadata"]
