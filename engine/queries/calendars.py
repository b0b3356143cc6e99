"""Calendars as their keepers look at them: what is in force and how far it reaches, and what a proposal would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain.almanac import ENOUGH_DAYS, Status
from engine.domain.calendar import Calendar
from engine.domain.day import Day, days_of
from engine.domain.pause import day_of
from engine.store import calendars
from engine.store.db import Connection, Row
from engine.store.people import orgs


@dataclass(frozen=True, slots=True)
class Standing:
    """One calendar as it stands: its version in force, its drafts, and who goes by it."""

    code: str
    name: str
    parent: str | None
    active: Row | None
    drafts: tuple[Row, ...]
    orgs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the nation's notices reach."""

    version: str
    first: date
    last: date
    ahead: int

    @property
    def short(self) -> bool:
        """Is it time to import the next notice?"""
        return self.ahead < ENOUGH_DAYS


def coverage(calendar: Calendar, at: datetime) -> Coverage:
    """Return how far the nation's calendar reaches."""
    return Coverage(calendar.version, calendar.first, calendar.last, (calendar.last - day_of(at)).days)


def standing(db: Connection) -> tuple[Standing, ...]:
    """Return every calendar, the nation's first."""
    versions = calendars.versions(db)
    going: dict[str, list[str]] = {}
    for row in db.execute(sa.select(orgs.c.calendar, orgs.c.name).where(orgs.c.calendar.is_not(None))):
        going.setdefault(row.calendar, []).append(row.name)
    return tuple(
        Standing(
            code=row.code,
            name=row.name,
            parent=row.parent,
            active=next((v for v in versions if v.code == row.code and v.status == Status.ACTIVE), None),
            drafts=tuple(v for v in versions if v.code == row.code and v.status == Status.DRAFT),
            orgs=tuple(sorted(going.get(row.code, ()))),
        )
        for row in calendars.everything(db)
    )


def versions(db: Connection, code: str) -> Sequence[Row]:
    """Return the versions of a calendar, newest first. Raises `NotFound`."""
    calendars.get(db, code)
    return calendars.versions(db, code)


def version(db: Connection, version_id: int) -> Row:
    """Return one version. Raises `NotFound`."""
    return calendars.version(db, version_id)


def difference(db: Connection, row: Row) -> tuple[tuple[date, Day | None, Day | None], ...]:
    """Return on which days a version differs from the one it was made from: day, before, after."""
    old = calendars.days(db, row.base_id) if row.base_id else {}
    new = calendars.days(db, row.id)
    return tuple(
        (day, old.get(day), new.get(day)) for day in sorted({*old, *new}) if old.get(day) != new.get(day)
    )


def year(own: Calendar, of: int) -> list[dict[str, object]]:
    """Tell what each day of a year is, as far as the calendar reaches."""
    return [
        {
            "day": day,
            "working": own.is_working(day),
            "name": own.name(day),
            "provisional": own.provisional(day),
        }
        for day in days_of(of)
        if own.first <= day <= own.horizon
    ]


def places(db: Connection) -> Sequence[tuple[str, str]]:
    """Return the organisations that may go by a calendar of their own: ``(code, name)``."""
    return [
        (row.code, row.name) for row in db.execute(sa.select(orgs.c.code, orgs.c.name).order_by(orgs.c.id))
    ]
