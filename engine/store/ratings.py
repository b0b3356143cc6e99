"""Ratings (好差评) as they were given, and how each bad one is put right. Neither is ever deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.rating import About, Ground, Occasion, Step
from engine.store.cases import cases, decisions, deliveries, tasks
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words
from engine.store.people import fingerprint

#: Who really did it (*handler*, none where the clock decided) and his organisation are frozen when it is given.
ratings = sa.Table(
    "ratings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("occasion", sa.String(10), nullable=False),
    sa.Column("about", sa.String(10), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("scores", Json, nullable=False),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
    sa.Column("named", sa.Boolean, nullable=False),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False, index=True),
    sa.Column("handler_id", Id, sa.ForeignKey("users.id")),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("changed_at", Moment),
    #: What is kept of the receipt (评价回执): the tracking code is known at the window, the receipt to him alone.
    sa.Column("secret", sa.String(64), nullable=False),
    sa.UniqueConstraint("case_id", "occasion"),
    sa.CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    words("occasion", Occasion),
    words("about", About),
)

rectifications = sa.Table(
    "rectifications",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), nullable=False, unique=True),
    sa.Column("step", sa.String(10), nullable=False, index=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("again", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("verified_at", Moment),
    sa.Column("verified_by", Id, sa.ForeignKey("users.id")),
    sa.Column("finding", sa.String(1000), nullable=False, server_default=""),
    sa.Column("rectified_at", Moment),
    sa.Column("rectified_by", Id, sa.ForeignKey("users.id")),
    sa.Column("measure", sa.String(1000), nullable=False, server_default=""),
    sa.Column("calls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("called_at", Moment),
    sa.Column("called_by", Id, sa.ForeignKey("users.id")),
    sa.Column("reached", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("said", sa.String(1000), nullable=False, server_default=""),
    sa.Column("surveyed_at", Moment),
    sa.Column("satisfaction", sa.Integer),
    sa.Column("closed_at", Moment),
    sa.Column("ground", sa.String(10)),
    sa.Column("appeal", sa.String(500), nullable=False, server_default=""),
    sa.Column("appealed_at", Moment),
    sa.Column("appealed_by", Id, sa.ForeignKey("users.id")),
    sa.Column("review", sa.String(500), nullable=False, server_default=""),
    sa.Column("reviewed_at", Moment),
    sa.Column("reviewed_by", Id, sa.ForeignKey("users.id")),
    sa.CheckConstraint("satisfaction IS NULL OR satisfaction BETWEEN 1 AND 5", name="satisfaction"),
    words("step", Step),
    sa.CheckConstraint(
        f"ground IS NULL OR ground IN ({', '.join(repr(str(each)) for each in Ground)})", name="ground"
    ),
)


def add(db: Connection, secret: str, **values: Any) -> int:
    """Keep a rating and return its id."""
    values["secret"] = fingerprint(secret)
    return int(db.execute(sa.insert(ratings).values(**values).returning(ratings.c.id)).scalar_one())


def change(db: Connection, rating_id: int, **values: Any) -> None:
    """Keep what a rating was changed to."""
    db.execute(sa.update(ratings).where(ratings.c.id == rating_id).values(**values))


def given(db: Connection, case_id: int, occasion: Occasion) -> Row | None:
    """Return the rating given on an occasion of a case, if one was."""
    query = sa.select(ratings).where(ratings.c.case_id == case_id, ratings.c.occasion == occasion)
    return db.execute(query).first()


def of_receipt(db: Connection, case_id: int, secret: str) -> Row | None:
    """Return the rating of a case that a receipt is for."""
    same = (ratings.c.case_id == case_id, ratings.c.secret == fingerprint(secret))
    return db.execute(sa.select(ratings).where(*same)).first()


def get(db: Connection, rating_id: int) -> Row:
    """Return a rating. Raises `NotFound`."""
    row = db.execute(sa.select(ratings).where(ratings.c.id == rating_id)).first()
    if row is None:
        raise NotFound("没有这条评价，或不归您查看。", code="rating.unknown")
    return row


def open_(db: Connection, rating_id: int, at: datetime) -> None:
    """Begin to put a bad rating right."""
    db.execute(sa.insert(rectifications).values(rating_id=rating_id, step=Step.VERIFY, opened_at=at))


def rectification(db: Connection, rating_id: int) -> Row | None:
    """Return how a bad rating is put right; None for a good one."""
    query = sa.select(rectifications).where(rectifications.c.rating_id == rating_id)
    return db.execute(query).first()


def mark(db: Connection, rating_id: int, **values: Any) -> None:
    """Write down what was done about a bad rating."""
    db.execute(sa.update(rectifications).where(rectifications.c.rating_id == rating_id).values(**values))


# -- who did it ------------------------------------------------------------------------------------------------


def doers(db: Connection, case_id: int) -> Sequence[Row]:
    """Return ``(user_id, org_id, stage)`` of every step a person completed, the latest first."""
    query = sa.select(tasks.c.closed_by.label("user_id"), tasks.c.org_id, tasks.c.stage).where(
        tasks.c.case_id == case_id, tasks.c.closed_by.is_not(None), tasks.c.outcome != "cancelled"
    )
    return db.execute(query.order_by(tasks.c.closed_at.desc(), tasks.c.id.desc())).all()


def decider(db: Connection, case_id: int) -> int | None:
    """Return who decided a case; None where nobody or the clock did."""
    return db.execute(sa.select(decisions.c.by_id).where(decisions.c.case_id == case_id)).scalar()


def giver(db: Connection, case_id: int) -> int | None:
    """Return who handed the result of a case out."""
    return db.execute(sa.select(deliveries.c.by_id).where(deliveries.c.case_id == case_id)).scalar()


def first_contact(db: Connection, case_id: int) -> int | None:
    """Return who took a case in."""
    return db.execute(sa.select(cases.c.first_contact_id).where(cases.c.id == case_id)).scalar()


_its, _steps = cases.alias("rated"), tasks.alias("rated_steps")


def touched(user_id: int | None, case_id: Any) -> sa.ColumnElement[bool]:
    """Had somebody a hand in a case or in one of its members? He may not know who rated it (R-EV-1)."""
    worked = sa.or_(_steps.c.closed_by == user_id, _steps.c.assignee_id == user_id)
    done = (
        _its.c.first_contact_id == user_id,
        sa.exists().where(_steps.c.case_id == _its.c.id, worked),
        sa.exists().where(decisions.c.case_id == _its.c.id, decisions.c.by_id == user_id),
        sa.exists().where(deliveries.c.case_id == _its.c.id, deliveries.c.by_id == user_id),
    )
    family = sa.or_(_its.c.id == case_id, _its.c.parent_id == case_id)
    return sa.exists().where(family, sa.or_(*done)).correlate_except(_its)


def has_touched(db: Connection, user_id: int | None, case_id: int) -> bool:
    """Had somebody a hand in a case?"""
    return bool(db.execute(sa.select(touched(user_id, case_id))).scalar_one())
