"""Keeping credit (信用, R-TOL-6): what a broken promise or a false commitment leaves behind, and then forbids."""

from engine.domain import credit
from engine.domain.credit import Entry, Kind
from engine.domain.deadline import due
from engine.services.act import Act
from engine.store import credit_records
from engine.store.cases import Case


def note(act: Act, case: Case, kind: Kind, reason: str) -> None:
    """Record something against the applicant of a case, for as long as its kind is kept.

    Who breaks a promise to try the house out (体验办件) has broken none.
    """
    if case.mystery:
        return
    until = due(credit.KEPT[kind], act.at, act.calendar_of(case))
    credit_records.add(
        act.db, applicant_id=case.applicant_id, case_id=case.id, kind=kind, reason=reason, at=act.at,
        expires_at=until,
    )  # fmt: skip
    act.record("credit noted", case, kind=str(kind), reason=reason, expires_at=until.isoformat())


def must_be_clean(act: Act, case: Case, wish: str) -> None:
    """Raise `NotNow` where a record against the case's applicant still stands (R-TOL-6)."""
    found = credit_records.of_applicant(act.db, case.applicant_id)
    entries = [Entry(Kind(row.kind), row.case_no, row.expires_at, row.repaired_at) for row in found]
    credit.must_be_clean(entries, act.at, wish)
