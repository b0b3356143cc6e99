"""Cards (红黄牌) as they were given, answered and taken back, and orders to hurry (督办单). Neither is ever deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.domain.card import Kind, Level
from engine.domain.errors import NotFound
from engine.store.db import Connection, Id, Moment, Row, metadata, upsert, words

#: *at* is the moment the rule was met, *issued_at* when the clock came round to it.
cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("deadline_id", Id, sa.ForeignKey("deadlines.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("rules", sa.String(40), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("confirmed_by", Id, sa.ForeignKey("users.id")),
    sa.Column("appealed_at", Moment),
    sa.Column("appealed_by", Id, sa.ForeignKey("users.id")),
    sa.Column("appeal", sa.String(500), nullable=False, server_default=""),
    sa.Column("revoked_at", Moment),
    sa.Column("revoked_by", Id, sa.ForeignKey("users.id")),
    sa.Column("answer", sa.String(500), nullable=False, server_default=""),
    sa.UniqueConstraint("deadline_id", "level", "at"),
    words("kind", Kind),
    words("level", [level for level in Level if level is not Level.NONE]),
    sa.Index("ix_cards_issued_at", "issued_at"),
)

supervisions = sa.Table(
    "supervisions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("no", sa.String(60), nullable=False, unique=True),
    sa.Column("words", sa.String(500), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("asked_by", Id, sa.ForeignKey("users.id")),
    sa.Column("key", sa.String(64), nullable=False, server_default=""),
    sa.Column("answered_at", Moment),
    sa.Column("answered_by", Id, sa.ForeignKey("users.id")),
    sa.Column("answer", sa.String(1000), nullable=False, server_default=""),
    sa.Column("closed_at", Moment),
)


def issue(db: Connection, rows: Sequence[Mapping[str, Any]]) -> set[tuple[int, Level, datetime]]:
    """Give cards; return the deadline, level and moment of those that had not been given before."""
    if not rows:
        return set()
    given = db.execute(_issue(db.dialect.name), list(rows))
    return {(row.deadline_id, Level(row.level), row.at) for row in given}


@cache
def _issue(dialect: str) -> Any:
    new = upsert(dialect, cards).on_conflict_do_nothing(index_elements=["deadline_id", "level", "at"])
    return new.returning(cards.c.deadline_id, cards.c.level, cards.c.at)


def get(db: Connection, card_id: int) -> Row:
    """Return one card. Raises `NotFound`."""
    row = db.execute(sa.select(cards).where(cards.c.id == card_id)).first()
    if row is None:
        raise NotFound("没有这张牌。", code="card.unknown")
    return row


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return every card a case was ever given, in order."""
    return db.execute(
        sa.select(cards).where(cards.c.case_id == case_id).order_by(cards.c.at, cards.c.id)
    ).all()


def given(db: Connection, deadline_ids: Sequence[int]) -> dict[int, dict[Level, datetime]]:
    """Return when clocks were last given a card of each level, by deadline."""
    found: dict[int, dict[Level, datetime]] = {}
    for row in db.execute(_GIVEN, {"ids": list(deadline_ids)}):
        found.setdefault(row.deadline_id, {})[Level(row.level)] = row.issued_at
    return found


_GIVEN = (
    sa.select(cards.c.deadline_id, cards.c.level, cards.c.issued_at)
    .where(cards.c.deadline_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(cards.c.at, cards.c.id)
)


def mark(db: Connection, card_id: int, **values: Any) -> None:
    """Write down that a card was confirmed, appealed against, upheld or taken back."""
    db.execute(sa.update(cards).where(cards.c.id == card_id).values(**values))


def supervise(db: Connection, **values: Any) -> int:
    """Write down an order to hurry and return its id."""
    return int(db.execute(sa.insert(supervisions).values(**values).returning(supervisions.c.id)).scalar_one())


def supervision(db: Connection, supervision_id: int) -> Row:
    """Return one order to hurry. Raises `NotFound`."""
    row = db.execute(sa.select(supervisions).where(supervisions.c.id == supervision_id)).first()
    if row is None:
        raise NotFound("没有这张督办单。", code="supervision.unknown")
    return row


def answer(db: Connection, supervision_id: int, by_id: int | None, words: str, at: datetime) -> None:
    """Write down what was answered to an order to hurry."""
    db.execute(
        sa.update(supervisions)
        .where(supervisions.c.id == supervision_id)
        .values(answered_at=at, answered_by=by_id, answer=words)
    )


def close(db: Connection, supervision_id: int, at: datetime) -> None:
    """Write down that an order to hurry is done with."""
    db.execute(sa.update(supervisions).where(supervisions.c.id == supervision_id).values(closed_at=at))


def supervised(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the orders to hurry a case was given, in order."""
    return db.execute(
        sa.select(supervisions).where(supervisions.c.case_id == case_id).order_by(supervisions.c.id)
    ).all()
