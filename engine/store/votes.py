"""A committee's votes (决策委员会): the question, the rules, until when; and a ballot for each of its members."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.domain.vote import Choice, Outcome
from engine.store.cases import tasks as _tasks  # noqa: F401  votes refer to its table
from engine.store.db import Connection, Id, Moment, Row, listed, metadata, words
from engine.store.files import files as _files  # noqa: F401  and to this one
from engine.store.people import users

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("task_id", Id, sa.ForeignKey("tasks.id"), nullable=False, unique=True),
    sa.Column("rules", sa.String(100), nullable=False),
    sa.Column("question", sa.String(500), nullable=False),
    sa.Column("convened_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("chair_id", Id, sa.ForeignKey("users.id")),
    sa.Column("closed_at", Moment),
    sa.Column("outcome", sa.String(10), nullable=False, server_default=""),
    sa.Column("minutes_id", Id, sa.ForeignKey("files.id")),
    sa.CheckConstraint(listed("outcome", ("", Outcome.ADOPTED, Outcome.REJECTED)), name="outcome"),
)

ballots = sa.Table(
    "ballots",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("vote_id", Id, sa.ForeignKey("votes.id"), nullable=False),
    sa.Column("user_id", Id, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("choice", sa.String(10), nullable=False, server_default=""),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Moment),
    sa.UniqueConstraint("vote_id", "user_id"),
    words("choice", Choice),
)


def add(db: Connection, **values: Any) -> int:
    """Keep a vote and return its id."""
    return int(db.execute(sa.insert(votes).values(**values).returning(votes.c.id)).scalar_one())


def of_task(db: Connection, task_id: int) -> Row | None:
    """Return the vote of a step, if it was convened."""
    return db.execute(sa.select(votes).where(votes.c.task_id == task_id)).first()


def change(db: Connection, vote_id: int, **values: Any) -> None:
    """Write down what became of a vote."""
    db.execute(sa.update(votes).where(votes.c.id == vote_id).values(**values))


def seat(db: Connection, vote_id: int, user_ids: Sequence[int]) -> None:
    """Give members a ballot each."""
    if user_ids:
        db.execute(sa.insert(ballots), [{"vote_id": vote_id, "user_id": each} for each in user_ids])


def cast(db: Connection, vote_id: int, user_id: int, **values: Any) -> None:
    """Write down what a member did."""
    mine = (ballots.c.vote_id == vote_id, ballots.c.user_id == user_id)
    db.execute(sa.update(ballots).where(*mine).values(**values))


def ballots_of(db: Connection, vote_id: int) -> Sequence[Row]:
    """Return the ballots of a vote with each member's name, in the order they were seated."""
    query = sa.select(ballots, users.c.name).join(users, users.c.id == ballots.c.user_id)
    return db.execute(query.where(ballots.c.vote_id == vote_id).order_by(ballots.c.id)).all()
