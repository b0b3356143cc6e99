"""Cards (红黄牌) and orders to hurry (督办单): those of one case, and all that were given, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.card import LEVEL_NAMES, Level
from engine.domain.clock import Clock
from engine.domain.errors import Malformed
from engine.domain.rating import HUSHED, KEYED
from engine.queries.counting import COUNTED
from engine.store.cards import cards, supervisions
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.people import orgs

#: How many a page shows.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """One card: what it was given for, when it was earned, and what became of it."""

    id: int
    no: str
    matter: str
    department: str
    department_id: int
    level: Level
    name: str
    clock: Clock
    rules: str
    at: datetime
    issued_at: datetime
    standing: str
    appeal: str
    answer: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order to hurry: its number, what was asked, by when it is to be answered, and what was."""

    id: int
    no: str
    words: str
    asked_at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    answer: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cards, how many there are of each standing, and where the next page begins."""

    cards: tuple[Card, ...]
    counts: dict[str, int]
    next: int | None


#: What became of a card: revoked, appealed against and waiting, confirmed, or standing as it was given.
_became = sa.case(
    (cards.c.revoked_at.is_not(None), "revoked"),
    (sa.and_(cards.c.appealed_at.is_not(None), cards.c.confirmed_at.is_(None)), "appealed"),
    (cards.c.confirmed_at.is_not(None), "confirmed"),
    else_="standing",
)
STANDINGS = {"standing": "已发", "appealed": "申诉中", "confirmed": "已确认", "revoked": "已撤销"}

_CARDS = (
    sa.select(
        cards,
        _became.label("standing"),
        cases.c.no,
        matters.c.name.label("matter"),
        orgs.c.name.label("department"),
        orgs.c.id.label("department_id"),
        deadlines.c.clock,
    )
    .join(cases, cases.c.id == cards.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == cases.c.authority_id)
    .join(deadlines, deadlines.c.id == cards.c.deadline_id)
    .where(COUNTED)
)
#: Cards of a bad rating stand with the rating: beside the number of its case they would tell who rated (R-EV-1).
_HUSHED = sa.and_(deadlines.c.clock.in_(list(HUSHED)), deadlines.c.key.startswith(KEYED))


def of_case(db: Connection, case_id: int) -> tuple[Card, ...]:
    """Return the cards of a case, in the order they were earned."""
    query = _CARDS.where(cards.c.case_id == case_id, ~_HUSHED).order_by(cards.c.at, cards.c.id)
    return tuple(map(_card, db.execute(query)))


def of_clocks(db: Connection, keys: Sequence[str], case_id: int) -> tuple[Card, ...]:
    """Return the cards that clocks of a case keyed like this have earned."""
    query = _CARDS.where(cards.c.case_id == case_id, deadlines.c.key.in_(keys))
    return tuple(map(_card, db.execute(query.order_by(cards.c.at, cards.c.id))))


def orders(db: Connection, case_id: int) -> tuple[Order, ...]:
    """Return the orders to hurry a case was given, newest first."""
    hangs = sa.and_(deadlines.c.case_id == supervisions.c.case_id, deadlines.c.key == supervisions.c.key)
    query = (
        sa.select(supervisions, deadlines.c.due_at)
        .outerjoin(deadlines, hangs)
        .where(supervisions.c.case_id == case_id)
        .order_by(supervisions.c.id.desc())
    )
    same = ("id", "no", "words", "asked_at", "due_at", "answered_at", "answer", "closed_at")
    return tuple(Order(**{name: getattr(row, name) for name in same}) for row in db.execute(query))


def page(
    db: Connection,
    reach: frozenset[int] | None,
    standing: str = "",
    level: str = "",
    after: int | None = None,
) -> Page:
    """Return a page of the cards one may see, newest first; *reach* is the departments one oversees, None all.

    Raises `Malformed` for a standing or level there is none of.
    """
    if standing and standing not in STANDINGS:
        raise Malformed("没有这种牌的状态。", code="filter.standing", field="standing")
    if level and level not in set(Level) - {Level.NONE}:
        raise Malformed("没有这种牌。", code="filter.level", field="level")
    seen = _CARDS.where(~_HUSHED)
    if reach is not None:
        seen = seen.where(cases.c.authority_id.in_(reach))
    if level:
        seen = seen.where(cards.c.level == level)
    listed = seen.where(_became == standing) if standing else seen
    if after is not None:
        listed = listed.where(cards.c.id < after)
    found = db.execute(listed.order_by(cards.c.id.desc()).limit(PAGE + 1)).all()
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return Page(tuple(map(_card, found[:PAGE])), _counts(db, seen), more)


def _counts(db: Connection, seen: sa.Select[tuple[object, ...]]) -> dict[str, int]:
    each = seen.subquery()
    rows: Sequence[Row] = db.execute(
        sa.select(each.c.standing, sa.func.count()).group_by(each.c.standing)
    ).all()
    return dict.fromkeys(STANDINGS, 0) | {row[0]: row[1] for row in rows}


def _card(row: Row) -> Card:
    same = "id no matter department department_id rules at issued_at standing appeal answer"
    level = Level(row.level)
    return Card(
        **{name: getattr(row, name) for name in same.split()},
        level=level,
        name=LEVEL_NAMES[level],
        clock=Clock(row.clock),
    )
