"""What one thing (一件事) can be composed of: the matters in force, the departments, and the bundles to begin from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.queries.catalogue import Name, departments
from engine.store import catalog
from engine.store.db import Connection


@dataclass(frozen=True, slots=True)
class Stock:
    """The records of matters and bundles by key, their names, and the names of departments by code."""

    matters: Mapping[str, Mapping[str, Any]]
    bundles: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, Name]
    departments: Mapping[str, Name]


def stock(db: Connection) -> Stock:
    """Return what is in force today."""
    rows = catalog.everything(db)
    return Stock(
        {row.key: row.record for row in rows if row.kind == "matter"},
        {row.key: row.record for row in rows if row.kind == "bundle"},
        {row.key: Name(row.name, row.name_en) for row in rows},
        departments(db),
    )
