"""Cases taken over from former systems (历史导入): what is known of them, and what was set aside."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Id, Json, Moment, Row, metadata
from engine.store.dues import dues
from engine.store.people import orgs

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("origin", sa.String(40), nullable=False),
    sa.Column("file", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_name", sa.String(60), nullable=False),
    sa.Column("counts", Json, nullable=False),
)

former = sa.Table(
    "former",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("import_id", Id, sa.ForeignKey("imports.id"), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("person", sa.String(40), nullable=False),
    sa.Column("events", Json, nullable=False),
    sa.Column("notes", Json, nullable=False),
)

asides = sa.Table(
    "asides",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("import_id", Id, sa.ForeignKey("imports.id"), nullable=False, index=True),
    sa.Column("place", sa.String(60), nullable=False),
    sa.Column("number", sa.String(60), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("reason", sa.String(300), nullable=False),
    sa.Column("record", Json, nullable=False),
)

#: What of a case's own row an import writes.
_TOLD = (
    *("matter_id", "matter_key", "channel", "hall_id", "authority_id", "received_at", "complete_at"),
    *("accepted_at", "decided_at", "closed_at", "promised_due_at", "legal_due_at", "state"),
)


def begin(db: Connection, **values: Any) -> int:
    """Write down an import and return its id."""
    return int(
        db.execute(sa.insert(imports).values(counts={}, **values).returning(imports.c.id)).scalar_one()
    )


def finish(db: Connection, import_id: int, counts: Mapping[str, int]) -> None:
    """Write down what an import brought."""
    db.execute(sa.update(imports).where(imports.c.id == import_id).values(counts=dict(counts)))


def known(db: Connection, numbers: Sequence[str]) -> dict[str, Row]:
    """Return ``(no, id, origin, sha256)`` of the cases that bear one of *numbers*, by number."""
    query = (
        sa.select(cases.c.no, cases.c.id, cases.c.origin, former.c.sha256)
        .outerjoin(former, former.c.case_id == cases.c.id)
        .where(cases.c.no.in_(numbers))
    )
    return {row.no: row for row in db.execute(query)}


def add(db: Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Insert cases of a former system; return their ids, in order."""
    bare = {"kind": "matter", "flags": {}, "answers": {}, "seq": 0, "chain": "", "version": 0}
    values = [{**bare, **row} for row in rows]
    return db.execute(_ADD, values).scalars().all() if values else ()


_ADD = sa.insert(cases).returning(cases.c.id, sort_by_parameter_order=True)


def change(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write anew what is known of cases imported before, each with its ``id``; their due moments go with it."""
    if rows:
        db.execute(_CHANGE, [{f"new_{name}": row[name] for name in ("id", *_TOLD)} for row in rows])
        ids = [row["id"] for row in rows]
        db.execute(sa.delete(dues).where(dues.c.case_id.in_(ids)))
        db.execute(sa.delete(former).where(former.c.case_id.in_(ids)))


_CHANGE = (
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("new_id"))
    .values(version=cases.c.version + 1, **{name: sa.bindparam(f"new_{name}") for name in _TOLD})
)


def tell(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what else is known of imported cases."""
    if rows:
        db.execute(sa.insert(former), list(rows))


def put_aside(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the records that could not be taken in, each with the reason."""
    if rows:
        db.execute(sa.insert(asides), list(rows))


def department(db: Connection, origin: str, name: str) -> int:
    """Return the organisation of this code or name; one nobody knows is added as a former one."""
    found = db.execute(
        sa.select(orgs.c.id)
        .where(sa.or_(orgs.c.code == name, orgs.c.name == name))
        .order_by(orgs.c.code != name)
    ).scalars()
    for org_id in found:
        return int(org_id)
    code = _key(origin, name, 40)
    return int(
        db.execute(
            sa.insert(orgs).values(code=code, name=name, kind="former").returning(orgs.c.id)
        ).scalar_one()
    )


def matter(db: Connection, origin: str, name: str, at: datetime) -> tuple[int, str]:
    """Return the id and key of the matter in force of this key or name; one nobody knows is added as a former one."""
    key = _key(origin, name, 60)
    named = sa.and_(matters.c.current, sa.or_(matters.c.key == name, matters.c.name == name))
    query = sa.select(matters.c.id, matters.c.key).where(sa.or_(named, matters.c.key == key))
    row = db.execute(query.order_by(~matters.c.current, matters.c.key != name)).first()
    if row is not None:
        return row.id, row.key
    values = {"key": key, "version": 1, "kind": "former", "name": name, "authority": origin, "record": {}}
    made = sa.insert(matters).values(**values, sha256="", current=False, published_at=at)
    return int(db.execute(made.returning(matters.c.id)).scalar_one()), key


def _key(origin: str, name: str, most: int) -> str:
    """A key nobody else uses: what is too long is told apart by its fingerprint."""
    key = f"{origin}:{name}"
    return key if len(key) <= most else f"{key[: most - 9]}~{_fingerprint(key)}"


def _fingerprint(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def imported(db: Connection) -> Sequence[Row]:
    """Return every import, the newest first."""
    return db.execute(sa.select(imports).order_by(imports.c.id.desc())).all()


def kept_aside(db: Connection, import_id: int) -> Sequence[Row]:
    """Return what an import kept aside, in the file's order."""
    return db.execute(sa.select(asides).where(asides.c.import_id == import_id).order_by(asides.c.id)).all()
