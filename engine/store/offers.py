"""What was begun unasked (免申即办): of which result or list entry, by which rule; and what others' data stand for."""

from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from engine.domain.offer import Way
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, words
from engine.store.definitions import definitions
from engine.store.journal import chained

#: *origin_id* is the predecessor, *entry_id* the entry of a list; one of the two. *said* is the snapshot of the rule:
#: what it was asked, what it answered and the sentence the person was told; *rule_id* its very version.
offers = sa.Table(
    "offers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, unique=True),
    sa.Column("origin_id", Id, sa.ForeignKey("cases.id")),
    sa.Column("entry_id", Id, sa.ForeignKey("entries.id"), unique=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("rule_id", Id, sa.ForeignKey("definitions.id"), index=True),
    sa.Column("said", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("agreed_at", Moment),
    sa.Column("declined_at", Moment),
    sa.Column("human_at", Moment),
    sa.Column("words", sa.String(500), nullable=False, server_default=""),
    sa.UniqueConstraint("origin_id", "matter_key"),
    words("way", [way for way in Way if way is not Way.NONE]),
    sa.CheckConstraint("(origin_id IS NULL) <> (entry_id IS NULL)", name="of_one"),
)

#: A material taken from another's data (数据互认): where from, when, and the seal that ties it to that case's journal.
recognised = sa.Table(
    "recognised",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("source_id", Id, sa.ForeignKey("cases.id"), index=True),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("document_no", sa.String(60), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.Column("tip", sa.String(64), nullable=False),
    sa.Column("seal", sa.String(64), nullable=False),
)


def seal(tip: str, code: str, source: str, document_no: str, at: Any) -> str:
    """The SM3 seal of a recognised material: what it is, from where and when, on the *tip* of its source's journal."""
    body = orjson.dumps([code, source, document_no, at.timestamp()])
    return chained(tip, body)


def add(db: Connection, **values: Any) -> int:
    """Write down that something was begun unasked."""
    return int(db.execute(sa.insert(offers).values(**values).returning(offers.c.id)).scalar_one())


def of_case(db: Connection, case_id: int) -> Row | None:
    """Return what a case was begun by, with the key, version, name and source of the rule; None where one applied."""
    query = sa.select(
        offers,
        definitions.c.key.label("rule_key"),
        definitions.c.version.label("rule_version"),
        definitions.c.name.label("rule_name"),
        definitions.c.sha256.label("rule_sha256"),
        definitions.c.source.label("rule_source"),
    ).outerjoin(definitions, definitions.c.id == offers.c.rule_id)
    return db.execute(query.where(offers.c.case_id == case_id)).first()


def begun(db: Connection, origin_id: int) -> Sequence[Row]:
    """Return what was begun after a case."""
    return db.execute(sa.select(offers).where(offers.c.origin_id == origin_id).order_by(offers.c.id)).all()


def case_ids(db: Connection) -> Sequence[int]:
    """Return every case that was begun unasked, in order."""
    return db.execute(sa.select(offers.c.case_id).order_by(offers.c.id)).scalars().all()


def mark(db: Connection, offer_id: int, **values: Any) -> None:
    """Write down what the person said to it."""
    db.execute(sa.update(offers).where(offers.c.id == offer_id).values(**values))


def recognise(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write down where materials were taken from."""
    if rows:
        db.execute(sa.insert(recognised), rows)


def recognised_of(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the materials of a case that were taken from others' data."""
    query = sa.select(recognised).where(recognised.c.case_id == case_id)
    return db.execute(query.order_by(recognised.c.code)).all()
