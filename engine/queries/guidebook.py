"""The index of the guides (办事指南): bundles by theme first, then matters by department, found by words."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.availability import Availability, availability
from engine.domain.theme import THEME_NAMES, Theme, theme
from engine.queries.catalogue import Figure, Name, departments, figure
from engine.store import catalog
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the guides' index."""

    key: str
    name: Name
    department: Name
    promised: Figure | None
    item: str
    papers: int
    members: int
    theme: Theme | None = None
    availability: Availability = Availability.OPEN


@dataclass(frozen=True, slots=True)
class Shelf:
    """A department's matters."""

    department: Name
    entries: tuple[Entry, ...]


#: The stages of life in their order; at the end, what belongs to none of them.
_STAGES: tuple[tuple[Theme | None, tuple[str, str]], ...] = (*THEME_NAMES.items(), (None, ("", "")))


@dataclass(frozen=True, slots=True)
class Stage:
    """The bundles of one stage of life (主题), with whose life it is."""

    whose: str
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """All guides: bundles first, then matters by department."""

    bundles: tuple[Entry, ...]
    shelves: tuple[Shelf, ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The bundles by theme (全生命周期), in the order a life takes them."""
        found = [
            Stage(whose, name, tuple(line for line in self.bundles if line.theme is theme))
            for theme, (whose, name) in _STAGES
        ]
        return tuple(stage for stage in found if stage.entries)


def index(db: Connection, words: str = "") -> Index:
    """Return the guides whose Chinese or English name, key or department contains *words*."""
    named = departments(db)
    found = [
        (row.kind, row.authority, line)
        for row in catalog.everything(db)
        if _fits(line := entry(row, named), words)
    ]
    matters: dict[str, list[Entry]] = {}
    for kind, authority, line in found:
        if kind == "matter":
            matters.setdefault(authority, []).append(line)
    return Index(
        bundles=tuple(line for kind, _, line in found if kind == "bundle"),
        shelves=tuple(
            Shelf(department, tuple(matters[code])) for code, department in named.items() if code in matters
        ),
    )


def entry(row: Row, named: Mapping[str, Name]) -> Entry:
    """Return the line of a version in force; *named* are the departments, by code."""
    record = row.record
    return Entry(
        key=row.key,
        name=Name(row.name, row.name_en),
        department=named.get(row.authority, Name(row.authority, "")),
        promised=figure(record.get("promised_limit")),
        item=record.get("kind") or "",
        papers=len(record.get("materials") or ()),
        members=len(record.get("members") or ()),
        theme=theme(record.get("theme")),
        availability=availability(record),
    )


def _fits(entry: Entry, words: str) -> bool:
    said = " ".join(
        (entry.key, entry.name.zh, entry.name.en, entry.department.zh, entry.department.en)
    ).lower()
    return all(word in said for word in words.lower().split())
