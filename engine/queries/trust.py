"""An applicant's credit records (信用记录) as staff see them: what stands against him, and what was repaired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain.credit import KIND_NAMES, Entry, Kind
from engine.domain.deadline import last_day
from engine.store import credit_records
from engine.store.cases import cases
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Record:
    """One record: what was done, in which case, until when it stands, and how it was repaired."""

    id: int
    kind: str
    name: str
    case_no: str
    reason: str
    at: datetime
    expires_at: datetime
    until: date
    repaired_at: datetime | None
    repair: str
    stands: bool


def of_case(db: Connection, case_id: int, at: datetime) -> Sequence[Record]:
    """Return every record against the applicant of a case, in order."""
    whose = sa.select(cases.c.applicant_id).where(cases.c.id == case_id)
    return of_applicant(db, db.execute(whose).scalar_one(), at)


def of_applicant(db: Connection, applicant_id: int, at: datetime) -> Sequence[Record]:
    """Return every record against an applicant, in order."""
    return [_record(row, at) for row in credit_records.of_applicant(db, applicant_id)]


def _record(row: Row, at: datetime) -> Record:
    kind = Kind(row.kind)
    stands = Entry(kind, row.case_no, row.expires_at, row.repaired_at).stands(at)
    return Record(
        row.id, row.kind, KIND_NAMES[kind], row.case_no, row.reason, row.at, row.expires_at, last_day(row.expires_at),
        row.repaired_at, row.repair, stands,
    )  # fmt: skip
