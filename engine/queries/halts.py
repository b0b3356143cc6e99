"""The special procedures of a case (特别程序), as a page tells them."""

from dataclasses import dataclass
from datetime import datetime

from engine.store import stops
from engine.store.db import Connection


@dataclass(frozen=True, slots=True)
class Halt:
    """A special procedure: on what ground, announced till when, and whether it lasts longer."""

    id: int
    ground: str
    document_no: str
    begun_at: datetime
    planned_at: datetime | None
    ended_at: datetime | None
    key: str
    by_task: bool
    overrun: bool


def halts(db: Connection, case_id: int, at: datetime) -> tuple[Halt, ...]:
    """Return every special procedure of a case, in order."""
    return tuple(
        Halt(
            id=row.id,
            ground=row.ground,
            document_no=row.document_no,
            begun_at=row.begun_at,
            planned_at=row.planned_at,
            ended_at=row.ended_at,
            key=stops.key_of(row),
            by_task=bool(row.key),
            overrun=row.planned_at is not None and (row.ended_at or at) >= row.planned_at,
        )
        for row in stops.of_case(db, case_id)
    )
