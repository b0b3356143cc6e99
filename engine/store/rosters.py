"""Lists of people a benefit is for (免申即享名单): each entry with what the rule said of it. Never deleted."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.domain.case import FINAL, State
from engine.domain.errors import NotFound
from engine.store.cases import cases
from engine.store.db import Connection, Id, Json, Moment, Row, metadata
from engine.store.offers import offers
from engine.store.people import applicants

#: *matter_id* and *rule_id* are the versions the list was matched by; what is made of it later is made by them.
rosters = sa.Table(
    "rosters",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("matter_id", Id, sa.ForeignKey("matters.id"), nullable=False, index=True),
    sa.Column("rule_id", Id, sa.ForeignKey("definitions.id"), nullable=False, index=True),
    sa.Column("title", sa.String(100), nullable=False),
    sa.Column("policy", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", Id, sa.ForeignKey("users.id")),
    sa.Column("published_at", Moment),
    sa.Column("until", Moment),
    sa.Column("withdrawn_at", Moment),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("roster_id", Id, sa.ForeignKey("rosters.id"), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("id_number", sa.String(30), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("said", Json, nullable=False),
    sa.Column("struck_at", Moment),
    sa.Column("struck_by", Id, sa.ForeignKey("users.id")),
    sa.Column("objection", sa.String(500), nullable=False, server_default=""),
    sa.UniqueConstraint("roster_id", "line"),
    sa.UniqueConstraint("roster_id", "id_number"),
)


def add(db: Connection, rows: Sequence[dict[str, Any]], **values: Any) -> int:
    """Keep a list with its entries and return its id."""
    roster_id = int(db.execute(sa.insert(rosters).values(**values).returning(rosters.c.id)).scalar_one())
    db.execute(sa.insert(entries), [{"roster_id": roster_id, **row} for row in rows])
    return roster_id


def get(db: Connection, roster_id: int) -> Row:
    """Return a list. Raises `NotFound`."""
    row = db.execute(sa.select(rosters).where(rosters.c.id == roster_id)).first()
    if row is None:
        raise NotFound("没有这份名单。", code="roster.unknown")
    return row


def lock(db: Connection, roster_id: int) -> Row:
    """Return a list, locked: what is done to it is done one after another. Raises `NotFound`."""
    db.execute(sa.select(rosters.c.id).where(rosters.c.id == roster_id).with_for_update())
    return get(db, roster_id)


def same(db: Connection, sha256: str) -> int | None:
    """Return the id of the list that was made of this very file for this very matter, if there is one."""
    return db.execute(sa.select(rosters.c.id).where(rosters.c.sha256 == sha256)).scalar()


def entry(db: Connection, entry_id: int) -> Row:
    """Return an entry, locked with its list's. Raises `NotFound`."""
    row = db.execute(sa.select(entries).where(entries.c.id == entry_id).with_for_update()).first()
    if row is None:
        raise NotFound("名单里没有这一行。", code="entry.unknown")
    return row


def waiting(db: Connection, roster_id: int) -> Sequence[int]:
    """Return the entries of a list that are to become cases and have not yet, in order."""
    made = sa.exists().where(offers.c.entry_id == entries.c.id)
    query = sa.select(entries.c.id).where(
        entries.c.roster_id == roster_id, entries.c.way != "none", entries.c.struck_at.is_(None), ~made
    )
    return db.execute(query.order_by(entries.c.line)).scalars().all()


def made(db: Connection, entry_id: int) -> Row | None:
    """Return ``(case_id, no)`` of the case made of an entry, if there is one."""
    query = sa.select(offers.c.case_id, cases.c.no).join(cases, cases.c.id == offers.c.case_id)
    return db.execute(query.where(offers.c.entry_id == entry_id)).first()


#: How an undecided or granted case stands: the same benefit is not given twice beside it.
_HAS = [state for state in State if state not in {*FINAL, State.DENIED} or state is State.DELIVERED]


def already(db: Connection, matter_key: str, id_numbers: Sequence[str]) -> dict[str, str]:
    """Return, of those people, who has a case of the matter under way or granted, with its number."""
    query = (
        sa.select(applicants.c.id_number, sa.func.max(cases.c.no).label("no"))
        .join(cases, cases.c.applicant_id == applicants.c.id)
        .where(cases.c.matter_key == matter_key, cases.c.state.in_(_HAS))
        .group_by(applicants.c.id_number)
    )
    found: dict[str, str] = {}
    for begin in range(0, len(id_numbers), 500):
        some = applicants.c.id_number.in_(id_numbers[begin : begin + 500])
        found |= {row.id_number: row.no for row in db.execute(query.where(some))}
    return found


def mark(db: Connection, roster_id: int, **values: Any) -> None:
    """Write down how a list stands."""
    db.execute(sa.update(rosters).where(rosters.c.id == roster_id).values(**values))


def strike(db: Connection, entry_id: int, **values: Any) -> None:
    """Write down why an entry is not carried out."""
    db.execute(sa.update(entries).where(entries.c.id == entry_id).values(**values))
