"""Reminders of licences that end (到期提醒): made once for each licence, end and kind, and what their holders said."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.case import FINAL, State
from engine.domain.errors import NotFound
from engine.domain.licence import State as Licence
from engine.domain.reminder import Kind, Said
from engine.store.cases import cases
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert, words
from engine.store.licences import licences

reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("licence_id", Id, sa.ForeignKey("licences.id"), nullable=False),
    #: The end it reminds of, and the last day for going on.
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    #: The matter to apply for.
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("renews", sa.Boolean, nullable=False),
    sa.Column("made_at", Moment, nullable=False, index=True),
    sa.Column("said", sa.String(10), nullable=False, server_default=""),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
    sa.Column("said_at", Moment),
    sa.Column("said_by", Id, sa.ForeignKey("users.id")),
    sa.Column("declined_at", Moment),
    sa.UniqueConstraint("licence_id", "until", "kind"),
    words("kind", Kind),
    sa.CheckConstraint("said IN ('', 'told', 'unwanted', 'unreached')", name="said"),
    sa.CheckConstraint("(said = '') = (said_at IS NULL)", name="said_at"),
)

#: An application in one of these came to nothing; one denied answers the reminder, its paper tells what next.
LOST = FINAL - {State.DELIVERED}
_same = reminders.c.licence_id == licences.c.id
_refused = sa.or_(reminders.c.declined_at.is_not(None), reminders.c.said == Said.UNWANTED)


def ending(
    db: Connection, since: date, until: date, kinds: Collection[str], after: int, most: int
) -> Sequence[Row]:
    """Return the valid licences of some matters that end between two days and may still be reminded of, in order.

    Those whose holder was reminded for the last time, or wants no reminder, are left out.
    """
    over = sa.exists().where(
        _same, reminders.c.until == licences.c.valid_until, sa.or_(reminders.c.kind == Kind.LAST, _refused)
    )
    query = sa.select(licences).where(
        licences.c.state == Licence.VALID,
        licences.c.valid_until.between(since, until),
        licences.c.matter_key.in_(list(kinds)),
        licences.c.id > after,
        ~over,
    )
    return db.execute(query.order_by(licences.c.id).limit(most)).all()


def make(db: Connection, **values: Any) -> bool:
    """Write a reminder down, unless it was made; say whether it was not."""
    new = upsert(db.dialect.name, reminders).values(**values)
    made = new.on_conflict_do_nothing(index_elements=["licence_id", "until", "kind"])
    return db.execute(made.returning(reminders.c.id)).first() is not None


def get(db: Connection, reminder_id: int) -> Row:
    """Return a reminder. Raises `NotFound`."""
    query = sa.select(reminders, licences.c.case_id, licences.c.number).join(licences, _same)
    row = db.execute(query.where(reminders.c.id == reminder_id)).first()
    if row is None:
        raise NotFound("没有这条提醒。", code="reminder.unknown")
    return row


def of_licence(db: Connection, licence_id: int, until: date | None) -> Sequence[Row]:
    """Return the reminders of an end of a licence, in order."""
    mine = (reminders.c.licence_id == licence_id, reminders.c.until == until)
    return db.execute(sa.select(reminders).where(*mine).order_by(reminders.c.id)).all()


def change(db: Connection, reminder_ids: Collection[int], values: Mapping[str, Any]) -> None:
    """Write down what was said, or that nothing more is wanted."""
    db.execute(sa.update(reminders).where(reminders.c.id.in_(list(reminder_ids))).values(**values))


def answers(matters: Sequence[Any], since: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions that a case goes on with the licence of a row: applied for since, and for this one if it says.

    What names its licence is for that one; what tells only an end is for whatever ends then.
    """
    named, told = cases.c.answers["licence"].as_string(), cases.c.answers["licence_until"].as_string()
    this = sa.or_(
        named == licences.c.number,
        sa.and_(named.is_(None), sa.or_(told.is_(None), told == sa.cast(licences.c.valid_until, sa.String))),
    )
    return (
        cases.c.applicant_id == licences.c.applicant_id,
        cases.c.matter_key.in_(matters),
        cases.c.received_at >= since,
        cases.c.id != licences.c.case_id,
        cases.c.state.not_in(list(LOST)),
        this,
    )


def is_answered(db: Connection, licence_id: int, matters: Sequence[str], since: datetime) -> bool:
    """Has the holder of a licence applied to go on since a moment?"""
    query = sa.select(cases.c.id).join(licences, licences.c.id == licence_id)
    return db.execute(query.where(*answers(matters, since)).limit(1)).first() is not None


#: The case by which the holder went on after a reminder, and whether it was granted.
APPLIED = (
    sa.select(cases.c.id)
    .where(*answers([reminders.c.matter_key, licences.c.matter_key], reminders.c.made_at))
    .correlate(reminders, licences)
    .order_by(cases.c.id)
    .limit(1)
    .scalar_subquery()
)


def granted_after(applied: Any) -> sa.ColumnElement[bool]:
    """The condition that the case *applied* ended in a licence of its own."""
    theirs = licences.alias("theirs")
    return sa.exists().where(theirs.c.case_id == applied)
