"""What the guides and forms are read into: a name in two languages, a figure with its source, the departments."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.domain.limit import Limit, Unit
from engine.store.db import Connection
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called in both languages; without an English name the Chinese one stands for both."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Say it in one language."""
        return self.en if language == "en" and self.en else self.zh


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the catalogue with where it comes from (``basis``) and what was noted of it."""

    value: str
    unit: str
    basis: str
    cited: str
    note: str

    @property
    def limit(self) -> Limit:
        """The figure as an allowance of time."""
        return Limit(int(self.value), Unit(self.unit))


def departments(db: Connection) -> dict[str, Name]:
    """Return the organisations by code, in their order."""
    rows = db.execute(sa.select(orgs.c.code, orgs.c.name, orgs.c.name_en).order_by(orgs.c.id))
    return {row.code: Name(row.name, row.name_en) for row in rows}


def figure(given: Mapping[str, Any] | None) -> Figure | None:
    """Read a figure ``{value, unit, basis, note}`` of a record."""
    if not given:
        return None
    return Figure(
        str(given["value"]),
        given["unit"],
        given.get("basis") or "",
        given.get("cited") or "",
        given.get("note") or "",
    )
