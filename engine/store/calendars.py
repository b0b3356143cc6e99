"""Calendars and their versions: drafted, activated, superseded, never altered; and which organisation goes by which."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from engine.domain.almanac import OVER, PROPOSED, Almanac, Proposal, Status, almanac
from engine.domain.calendar import Calendar
from engine.domain.day import Day
from engine.domain.errors import NotFound
from engine.domain.hours import OfficeHours
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words
from engine.store.people import orgs

calendars = sa.Table(
    "calendars",
    metadata,
    sa.Column("code", sa.String(12), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("parent", sa.String(12), sa.ForeignKey("calendars.code")),
    sa.Column("made_at", Moment, nullable=False),
)

#: JSON that may be missing altogether.
_Hours = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_ACTIVE = "status = 'active'"

calendar_versions = sa.Table(
    "calendar_versions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(12), sa.ForeignKey("calendars.code"), nullable=False, index=True),
    sa.Column("no", sa.String(60), nullable=False, unique=True),
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("base_id", Id, sa.ForeignKey("calendar_versions.id")),
    sa.Column("document", sa.String(60), nullable=False, server_default=""),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("sources", Json, nullable=False),
    sa.Column("hours", _Hours),
    sa.Column("orgs", Json, nullable=False, server_default="[]"),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("imported_at", Moment, nullable=False),
    sa.Column("imported_by", Id, sa.ForeignKey("users.id")),
    sa.Column("imported_name", sa.String(60), nullable=False, server_default=""),
    sa.Column("activated_at", Moment),
    sa.Column("activated_by", Id, sa.ForeignKey("users.id")),
    sa.Column("activated_name", sa.String(60), nullable=False, server_default=""),
    sa.Column("superseded_at", Moment),
    sa.Column("warned_at", Moment),
    words("status", Status),
    # Two people: whoever drafted a version never puts it in force.
    sa.CheckConstraint("activated_by <> imported_by", name="two_people"),
    sa.CheckConstraint("status <> 'active' OR activated_at IS NOT NULL", name="activated"),
    sa.Index(
        "uq_calendar_versions_active",
        "code",
        unique=True,
        sqlite_where=sa.text(_ACTIVE),
        postgresql_where=sa.text(_ACTIVE),
    ),
)

calendar_days = sa.Table(
    "calendar_days",
    metadata,
    sa.Column("version_id", Id, sa.ForeignKey("calendar_versions.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("working", sa.Boolean, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
)


def digest(days: Mapping[date, Day], hours: Any = None, holders: Sequence[str] = ()) -> str:
    """The fingerprint of a version: its days, and its hours and organisations where it has any."""
    body: list[Any] = [[d.isoformat(), day.working, day.name] for d, day in sorted(days.items())]
    if hours or holders:
        body = [body, hours, sorted(holders)]
    return hashlib.sha256(orjson.dumps(body)).hexdigest()


# -- what is in force ------------------------------------------------------------------------------------------


def in_force(db: Connection, instead: Proposal | None = None) -> Almanac | None:
    """Return which version of which calendar is in force for whom: two or three small reads by index.

    With a proposal *instead* of the version it would replace, what would be in force.
    """
    versions = calendar_versions.c
    active = {
        row.code: row.no for row in db.execute(sa.select(versions.code, versions.no).where(sa.text(_ACTIVE)))
    }
    if instead is not None:
        active[instead.code] = PROPOSED
    if not active:
        return None
    parents = {row.code: row.parent for row in db.execute(sa.select(calendars.c.code, calendars.c.parent))}
    known: dict[int, tuple[int | None, str | None]] = {}
    if len(active) > 1:
        told = sa.select(orgs.c.id, orgs.c.code, orgs.c.parent_id, orgs.c.calendar)
        known = {row.id: (row.parent_id, _calendar(row, instead)) for row in db.execute(told)}
    return almanac(active, parents, known)


def _calendar(org: Row, instead: Proposal | None) -> str | None:
    """Return the calendar an organisation would go by itself."""
    if instead is not None and org.code in instead.orgs:
        return instead.code
    return None if instead is not None and org.calendar == instead.code else org.calendar


def named(db: Connection, version: str) -> Calendar | None:
    """Return a version of a calendar, or several joined by ``+``, each over the one before; None for an unknown one.

    What is in force never changes again, so it is read once for each database.
    """
    known = _READ.setdefault(db.engine, {})
    if version not in known:
        read = _joined(db, version)
        if read is None:
            return None
        known[version] = read
    return known[version]


#: The versions read from each database.
_READ: WeakKeyDictionary[sa.Engine, dict[str, Calendar]] = WeakKeyDictionary()


def _joined(db: Connection, version: str) -> Calendar | None:
    under, _, no = version.rpartition(OVER)
    row, below = numbered(db, no), named(db, under) if under else None
    if row is None or row.status == Status.DRAFT or (under and below is None):
        return None
    return built(version, days(db, row.id), OfficeHours.read(row.hours) if row.hours else None, below)


def built(
    version: str, told: Mapping[date, Day], hours: OfficeHours | None, below: Calendar | None
) -> Calendar:
    """Return the calendar of some days: the nation's, or one over the calendar *below*."""
    if below is not None:
        return below.overlaid(version, told, hours)
    return Calendar(version, told, hours) if hours else Calendar(version, told)


def days(db: Connection, version_id: int) -> dict[date, Day]:
    """Return the days a version tells: all of the nation's, or those on which a region or hall differs."""
    found = sa.select(calendar_days.c.day, calendar_days.c.working, calendar_days.c.name)
    rows = db.execute(found.where(calendar_days.c.version_id == version_id).order_by(calendar_days.c.day))
    return {day: Day(working, name) for day, working, name in rows}


# -- calendars and versions ------------------------------------------------------------------------------------


def everything(db: Connection) -> Sequence[Row]:
    """Return every calendar, the nation's first."""
    return db.execute(
        sa.select(calendars).order_by(calendars.c.parent.is_not(None), calendars.c.made_at, calendars.c.code)
    ).all()


def get(db: Connection, code: str, *, lock: bool = False) -> Row:
    """Return a calendar, locked against other changes if asked. Raises `NotFound`."""
    query = sa.select(calendars).where(calendars.c.code == code)
    row = db.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(
            f"没有日历“{code}”；用 lianban calendar list 查看已有的日历。",
            code="calendar.unknown",
            field="code",
        )
    return row


def add(db: Connection, code: str, name: str, parent: str | None, at: datetime) -> None:
    """Add a calendar; it says nothing until a version of it is in force."""
    db.execute(sa.insert(calendars).values(code=code, name=name, parent=parent, made_at=at))


def versions(db: Connection, code: str | None = None) -> Sequence[Row]:
    """Return the versions of a calendar (or of all), newest first."""
    query = sa.select(calendar_versions).order_by(calendar_versions.c.id.desc())
    return db.execute(query.where(calendar_versions.c.code == code) if code else query).all()


def version(db: Connection, version_id: int) -> Row:
    """Return one version. Raises `NotFound`."""
    row = db.execute(sa.select(calendar_versions).where(calendar_versions.c.id == version_id)).first()
    if row is None:
        raise NotFound("没有这一版日历。", code="calendar.version-unknown")
    return row


def numbered(db: Connection, no: str) -> Row | None:
    """Return the version of that number."""
    return db.execute(sa.select(calendar_versions).where(calendar_versions.c.no == no)).first()


def active(db: Connection, code: str) -> Row | None:
    """Return the version of a calendar that is in force."""
    query = sa.select(calendar_versions).where(calendar_versions.c.code == code, sa.text(_ACTIVE))
    return db.execute(query).first()


def knows(db: Connection, code: str, sha256: str) -> bool:
    """Was there ever a version of the calendar with these contents?"""
    same = (calendar_versions.c.code == code, calendar_versions.c.sha256 == sha256)
    return db.execute(sa.select(calendar_versions.c.id).where(*same)).first() is not None


def draft(db: Connection, told: Mapping[date, Day], **values: Any) -> Row:
    """Keep a draft: its days and whatever else is said of it."""
    made = {**values, "status": Status.DRAFT}
    row = db.execute(sa.insert(calendar_versions).values(made).returning(calendar_versions)).one()
    if told:
        db.execute(
            sa.insert(calendar_days),
            [
                {"version_id": row.id, "day": d, "working": day.working, "name": day.name}
                for d, day in told.items()
            ],
        )
    return row


def activate(db: Connection, row: Row, by_id: int | None, by_name: str, at: datetime) -> None:
    """Put a draft in force in the place of the one that was, for the organisations it names."""
    mine = calendar_versions.c
    same = sa.update(calendar_versions).where(mine.code == row.code)
    db.execute(same.where(sa.text(_ACTIVE)).values(status=Status.SUPERSEDED, superseded_at=at))
    said = {"status": Status.ACTIVE, "activated_at": at, "activated_by": by_id, "activated_name": by_name}
    db.execute(same.where(mine.id == row.id).values(said))
    db.execute(sa.update(orgs).where(orgs.c.calendar == row.code).values(calendar=None))
    db.execute(sa.update(orgs).where(orgs.c.code.in_(row.orgs)).values(calendar=row.code))


def discard(db: Connection, version_id: int, at: datetime) -> None:
    """Lay a draft aside; it stays readable."""
    db.execute(
        sa.update(calendar_versions)
        .where(calendar_versions.c.id == version_id)
        .values(status=Status.SUPERSEDED, superseded_at=at)
    )


def warn(db: Connection, no: str, at: datetime) -> bool:
    """Remember that the end of a version's days was announced; False when it already was."""
    once = sa.update(calendar_versions).where(
        calendar_versions.c.no == no, calendar_versions.c.warned_at.is_(None)
    )
    return db.execute(once.values(warned_at=at)).rowcount == 1
