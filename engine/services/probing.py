"""Marking a case as somebody's trying the house out (改革体验官), and keeping his opinion sheet (意见单)."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain import mystery
from engine.domain.errors import Incomplete, NotNow, must_say
from engine.domain.identity import Role, must_hold
from engine.domain.mystery import Capacity
from engine.services.act import Act
from engine.store import cases, mysteries
from engine.store.cases import Case


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody tries the house out (改革体验官): as what, and why."""

    capacity: Capacity
    visitor: str
    purpose: str = ""


def mark(act: Act, case: Case, said: Visit) -> Case:
    """Mark a case before it is accepted; it runs like any other, and no figure, card or list of figures knows it.

    Whoever works on it is not told. Raises `NotNow` later, or for a member alone; `NotYours` but for a manager.
    """
    must_hold(act.by, Role.MANAGER)
    mystery.must_be_at_intake(case.state)
    if case.parent_id is not None:
        raise NotNow("成员事项随整件标明，请填整件的编号。", code="visit.member", field="no")
    if case.mystery:
        raise NotNow("这件已经标明为体验办件。", code="visit.marked", field="no")
    if not said.visitor.strip():
        raise Incomplete("请写明体验人。", code="visitor.missing", field="visitor")
    parts = [case.id, *(row.id for row in cases.members(act.db, case.id))]
    mysteries.mark(act.db, parts)
    mysteries.add(
        act.db, case_id=case.id, capacity=said.capacity, visitor=said.visitor.strip(), purpose=said.purpose.strip(),
        marked_at=act.at, marked_by=act.by.id,
    )  # fmt: skip
    case.mystery = True
    act.record("visit marked", case)
    return case


def opine(act: Act, case: Case, scores: Mapping[str, int], opinion: str) -> Case:
    """Keep what the visitor found, once the case has its result."""
    must_hold(act.by, Role.MANAGER)
    row = mysteries.get(act.db, case.id)
    mystery.must_be_over(case.state)
    mystery.must_fit(scores)
    if row.given_at is not None:
        raise NotNow("这件的意见单已经交了。", code="visit.given")
    opinion = must_say(opinion, "请写明体验中发现的问题和建议。", code="opinion.missing", field="opinion")
    mysteries.opine(
        act.db, case.id, scores=dict(scores), opinion=opinion, given_at=act.at, given_by=act.by.id
    )
    act.record("visit told", case)
    return case
