"""Many cases alike: one that was really made, copied row by row with its journal, so that the record stays whole."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine.office import Office
from engine.store.cases import cases
from engine.store.db import Connection
from engine.store.everything import metadata

#: What a case under way has in each table; letters and what hangs on other rows is not copied.
_KEPT = ("journal", "tasks", "materials", "deadlines", "dues")
#: So many rows are written at once.
_AT_ONCE = 2000
_ADD = sa.insert(cases).returning(cases.c.id, sort_by_parameter_order=True)


def copies(office: Office, no: str, many: int) -> list[int]:
    """Copy case *no* so often; return the ids of the copies."""
    with office.database.transaction() as db:
        case = db.execute(sa.select(cases).where(cases.c.no == no)).one()._asdict()
        own = case.pop("id")
        rows = [{**case, "no": f"{no}-{n}", "code": f"{case['code']}-{n}"} for n in range(many)]
        ids = db.execute(_ADD, rows).scalars().all()
        for name in _KEPT:
            table = metadata.tables[name]
            rows = [row._asdict() for row in db.execute(_of(table, own))]
            _copy(db, table, rows, ids)
        return list(ids)


def _of(table: sa.Table, case_id: int) -> sa.Select[Any]:
    return sa.select(table).where(table.c.case_id == case_id).order_by(table.c.id)


def _copy(db: Connection, table: sa.Table, rows: Sequence[dict[str, Any]], ids: Sequence[int]) -> None:
    """Copy a case's rows of one table to each of *ids*, the first row first."""
    for row in rows:
        copied = {name: value for name, value in row.items() if name not in {"id", "deadline_id"}}
        ends = _deadlines(db, row["deadline_id"], ids) if "deadline_id" in row else {}
        _write(
            db, table, [{**copied, "case_id": n, **({"deadline_id": ends[n]} if ends else {})} for n in ids]
        )


def _deadlines(db: Connection, deadline_id: int, ids: Sequence[int]) -> dict[int, int]:
    """The copies of one deadline, by case."""
    deadlines = metadata.tables["deadlines"]
    told = db.execute(
        sa.select(deadlines.c.clock, deadlines.c.key).where(deadlines.c.id == deadline_id)
    ).one()
    like = (deadlines.c.clock == told.clock, deadlines.c.key == told.key)
    query = sa.select(deadlines.c.case_id, deadlines.c.id).where(
        *like, deadlines.c.case_id.between(ids[0], ids[-1])
    )
    return {row.case_id: row.id for row in db.execute(query)}


def _write(db: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    for begin in range(0, len(rows), _AT_ONCE):
        db.execute(sa.insert(table), rows[begin : begin + _AT_ONCE])
