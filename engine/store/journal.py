"""The journal (append only, one hash chain per case), the letters between cases, and commands."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import orjson
import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes

from engine.store.cases import cases
from engine.store.db import Connection, Id, Json, Moment, Row, metadata, upsert
from engine.store.writes import later, touched

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id")),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("by_name", sa.String(60), nullable=False),
    sa.Column("act", sa.String(40), nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("prev", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("case_id", "seq"),
    sa.Index(
        "ix_journal_hurried",
        "at",
        sqlite_where=sa.text("act = 'hurried'"),
        postgresql_where=sa.text("act = 'hurried'"),
    ),
)

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("to_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("from_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("topic", sa.String(20), nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("taken_at", Moment),
    sa.Column("try_at", Moment),
    sa.UniqueConstraint("from_id", "to_id", "topic", "seq"),
    sa.Index(
        "ix_letters_waiting",
        "id",
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    ),
)

commands = sa.Table(
    "commands",
    metadata,
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("answer", Json),
    sa.Column("at", Moment, nullable=False),
)


def chained(prev: str, body: bytes) -> str:
    """The SM3 link (GB/T 32905) from the entry before to this one, 64 hex digits."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(prev.encode())
    digest.update(body)
    return digest.finalize().hex()


def body(seq: int, at: datetime, by_name: str, act: str, data: Mapping[str, Any]) -> bytes:
    """What of an entry is under the seal, in one form whatever the database hands back."""
    return orjson.dumps([seq, at.timestamp(), by_name, act, data], option=orjson.OPT_SORT_KEYS)


_WRITE = sa.insert(journal).inline()
_POST = sa.insert(letters).inline()


def write(db: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append entries."""
    if entries:
        later(db, _WRITE, list(entries))


def of_case(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the entries of a case, oldest first."""
    return db.execute(sa.select(journal).where(journal.c.case_id == case_id).order_by(journal.c.seq)).all()


def last(db: Connection, case_id: int, node: str) -> Row | None:
    """Return the newest entry of a case that speaks of a step."""
    query = sa.select(journal).where(journal.c.case_id == case_id).order_by(journal.c.seq.desc())
    return next((entry for entry in db.execute(query) if entry.data.get("node") == node), None)


def who(db: Connection, case_id: int, at: datetime) -> str:
    """Return who wrote in the journal of a case at a moment; "" for nobody."""
    query = sa.select(journal.c.by_name).where(journal.c.case_id == case_id, journal.c.at == at)
    return db.execute(query.order_by(journal.c.seq.desc())).scalars().first() or ""


def broken(db: Connection) -> list[tuple[int, int]]:
    """Return ``(case_id, seq)`` of every entry that does not fit the one before it, or the tip its case remembers."""
    found: list[tuple[int, int]] = []
    tips: dict[int, tuple[int, str]] = {}
    query = (
        sa.select(journal).where(journal.c.case_id.is_not(None)).order_by(journal.c.case_id, journal.c.seq)
    )
    for row in db.execute(query.execution_options(yield_per=1000)):
        seq, tip = tips.get(row.case_id, (0, ""))
        sealed = chained(tip, body(row.seq, row.at, row.by_name, row.act, row.data))
        if row.seq != seq + 1 or row.prev != tip or row.hash != sealed:
            found.append((row.case_id, row.seq))
        tips[row.case_id] = (row.seq, row.hash)
    for case_id, seq, chain in db.execute(sa.select(cases.c.id, cases.c.seq, cases.c.chain)):
        if tips.get(case_id, (0, "")) != (seq, chain):
            found.append((case_id, seq))  # the end was cut off, or the whole chain was sealed anew
    return found


def post(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put letters into the mailboxes of other cases."""
    if rows:
        later(db, _POST, list(rows))


def waiting(db: Connection, at: datetime, most: int, to: Collection[int] | None = None) -> Sequence[Row]:
    """Return the letters not yet taken, oldest first; only those addressed *to* these cases, if any are named."""
    query = sa.select(letters).where(
        letters.c.taken_at.is_(None), sa.or_(letters.c.try_at.is_(None), letters.c.try_at <= at)
    )
    if to is not None:
        query = query.where(letters.c.to_id.in_(to))
    return db.execute(query.order_by(letters.c.id).limit(most)).all()


def letter(db: Connection, letter_id: int) -> Row | None:
    """Return a letter, taken or not."""
    return db.execute(sa.select(letters).where(letters.c.id == letter_id)).first()


def claim(db: Connection, at: datetime, most: int) -> Sequence[Row]:
    """Lock the cases that letters wait for, but for those somebody else holds; return the letters, oldest first."""
    return db.execute(_CLAIM, {"now": at, "most": most}).all()


_CLAIM = (
    sa.select(letters, letters.c.to_id.label("case_id"))
    .join_from(letters, cases, cases.c.id == letters.c.to_id)
    .where(
        letters.c.taken_at.is_(None),
        sa.or_(letters.c.try_at.is_(None), letters.c.try_at <= sa.bindparam("now")),
    )
    .order_by(letters.c.id)
    .limit(sa.bindparam("most"))
    .with_for_update(of=cases, skip_locked=True)
)


def take_letter(db: Connection, letter_id: int, at: datetime) -> bool:
    """Take a letter out of its box; False when somebody already has."""
    return db.execute(_TAKE, {"letter": letter_id, "now": at}).rowcount == 1


_TAKE = (
    sa.update(letters)
    .where(letters.c.id == sa.bindparam("letter"), letters.c.taken_at.is_(None))
    .values(taken_at=sa.bindparam("now"))
)


def postpone(db: Connection, letter_id: int, until: datetime | None) -> None:
    """Let a letter that could not be delivered wait, or no longer (None)."""
    db.execute(sa.update(letters).where(letters.c.id == letter_id).values(try_at=until))


def keep_command(db: Connection, key: str, digest: str, answer: Mapping[str, Any], at: datetime) -> bool:
    """Keep a command with its answer; False when the key was used before, or by somebody who commits first."""
    kept = {"key": key, "digest": digest, "answer": dict(answer), "at": at}
    return touched(db, _keep(db.dialect.name), kept) == 1


@cache
def _keep(dialect: str) -> Any:
    return upsert(dialect, commands).inline().on_conflict_do_nothing(index_elements=["key"])


def command(db: Connection, key: str) -> Row | None:
    """Return a command carried out before."""
    return db.execute(sa.select(commands).where(commands.c.key == key)).first()
