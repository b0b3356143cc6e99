"""Informed commitments (告知承诺): which are still to be checked, by when, and how a case's own stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.case import State
from engine.domain.clock import Clock
from engine.domain.commitment import NEXT, RESULT_NAMES, Result
from engine.domain.deadline import Light, light, remaining
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit
from engine.queries import sight
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.informed import informed
from engine.store.people import applicants

#: Who checks what was committed to.
CHECKERS = (Role.INSPECTOR, Role.APPROVER)
#: In which states a case may be checked.
GRANTED = (State.GRANTED, State.GRANTED_TOLERANT, State.DELIVERED)
#: What each way of going on is called; only one says what is to follow it.
STANDS = {"": "待核查", Result.FALSE: "整改中"}


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment in force: what was signed when, what was found, and what may be found next by whom."""

    no: str
    matter: str
    applicant: str
    version: str
    signed_at: datetime
    decided_at: datetime | None
    result: str
    standing: str
    words: str
    inspected_at: datetime | None
    due_at: datetime | None
    days: int | None
    light: Light | None
    choices: tuple[tuple[str, str], ...]


_FOUND = (
    sa.select(
        cases.c.no,
        cases.c.state,
        cases.c.authority_id,
        cases.c.decided_at,
        matters.c.name.label("matter"),
        applicants.c.name.label("applicant"),
        *(informed.c[name] for name in ("version", "signed_at", "result", "words", "inspected_at")),
        deadlines.c.due_at,
        deadlines.c.limit_text,
    )
    .select_from(informed)
    .join(cases, cases.c.id == informed.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .outerjoin(
        deadlines,
        sa.and_(
            deadlines.c.case_id == cases.c.id,
            deadlines.c.settled_at.is_(None),
            deadlines.c.clock.in_((Clock.FOLLOW, Clock.AMEND)),
        ),
    )
    .where(~informed.c.declined, informed.c.withdrawn_at.is_(None))
)
#: A clock that runs out first comes first; what has none comes last.
_ORDER = (deadlines.c.due_at.is_(None), deadlines.c.due_at, cases.c.no)


def of_case(
    db: Connection, case_id: int, actor: Actor, calendar: Calendar, at: datetime
) -> Commitment | None:
    """Return the commitment a case stands on, with what *actor* may say of it; None where there is none."""
    row = db.execute(_FOUND.where(cases.c.id == case_id)).first()
    return None if row is None else _commitment(row, actor, calendar, at)


def to_check(db: Connection, actor: Actor, calendar: Calendar, at: datetime) -> Sequence[Commitment]:
    """Return what is still to be checked, or to be looked at again, that *actor* may check or oversee."""
    query = _FOUND.where(cases.c.state.in_(GRANTED), informed.c.result.in_(list(STANDS)))
    if not any(actor.holds(role) for role in sight.OVERSEERS):
        orgs = {post.org for post in actor.posts if post.role in CHECKERS}
        query = query.where(cases.c.authority_id.in_(orgs))
    return [_commitment(row, actor, calendar, at) for row in db.execute(query.order_by(*_ORDER))]


def _commitment(row: Row, actor: Actor, calendar: Calendar, at: datetime) -> Commitment:
    lamp = light(row.due_at, at, calendar, Limit.parse(row.limit_text)) if row.due_at else None
    return Commitment(
        no=row.no,
        matter=row.matter,
        applicant=row.applicant,
        version=row.version,
        signed_at=row.signed_at,
        decided_at=row.decided_at,
        result=row.result,
        standing=STANDS.get(row.result) or RESULT_NAMES[Result(row.result)],
        words=row.words,
        inspected_at=row.inspected_at,
        due_at=row.due_at,
        days=remaining(row.due_at, at, calendar) if row.due_at else None,
        light=lamp,
        choices=_choices(row, actor),
    )


def _choices(row: Any, actor: Actor) -> tuple[tuple[str, str], ...]:
    """What may be found next, by whoever may find it once the grant is made."""
    if row.state not in GRANTED or not any(actor.holds(role, row.authority_id) for role in CHECKERS):
        return ()
    return tuple((str(each), RESULT_NAMES[each]) for each in RESULT_NAMES if each in NEXT.get(row.result, ()))
