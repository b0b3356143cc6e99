"""One application whole, as the window sees it: its parts, their materials, and what may be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain import material, tolerance
from engine.domain import matter as rules
from engine.domain.bundle import by_itself
from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, WITHDRAWABLE, State
from engine.domain.deadline import Clock, last_day
from engine.domain.limit import Limit
from engine.domain.material import LATER, THERE, Standing, Verdict
from engine.domain.tolerance import When
from engine.queries import clocks, family, joint, trust
from engine.queries.counter import ON_DESK
from engine.store import cases, informed
from engine.store.db import Connection, Row
from engine.store.people import applicants


@dataclass(frozen=True, slots=True)
class Notice:
    """A correction notice (补正告知) that was given."""

    no: int
    items: tuple[Mapping[str, str], ...]
    asked_at: datetime
    answered_at: datetime | None
    override: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A material promised by a day (容缺)."""

    code: str
    name: str
    due_at: datetime
    met_at: datetime | None
    after_grant: bool
    postponed: str


@dataclass(frozen=True, slots=True)
class Part:
    """A matter of the application: the only one, or a member of the bundle."""

    id: int
    no: str
    key: str
    name: str
    name_en: str
    department: str
    state: str
    lines: tuple[material.Line, ...]
    verdict: Verdict
    on_desk: bool
    its_turn: bool
    latest: date
    notices: tuple[Notice, ...]
    promises: tuple[Promise, ...]
    after_grant: bool
    committed: bool
    clocks: tuple[clocks.Line, ...]
    document_no: str
    decision: str
    by_itself: bool
    may_deliver: bool
    delivery: "Delivery | None"

    @property
    def missing(self) -> tuple[material.Line, ...]:
        """What a one-time notice must name."""
        return material.defects(self.lines)

    @property
    def tolerable(self) -> tuple[material.Line, ...]:
        """What may come later against a promise (R-TOL-1)."""
        return tuple(line for line in self.lines if line.tolerable)

    @property
    def blocking(self) -> tuple[material.Line, ...]:
        """Primary materials that are missing or wanting."""
        return tuple(line for line in self.lines if line.blocks)

    @property
    def open_lines(self) -> tuple[material.Line, ...]:
        """What the applicant may still bring."""
        return tuple(line for line in self.lines if line.standing not in THERE)

    @property
    def later(self) -> tuple[material.Line, ...]:
        """What comes after acceptance, promised or from a predecessor."""
        return tuple(line for line in self.lines if line.standing in LATER)

    @property
    def may_supplement(self) -> bool:
        """May materials still be brought?"""
        return State(self.state) in WITHDRAWABLE or any(p.after_grant for p in self.waiting)

    @property
    def waiting(self) -> tuple[Promise, ...]:
        """What was promised and has not come."""
        return tuple(promise for promise in self.promises if promise.met_at is None)

    @property
    def may_postpone(self) -> bool:
        """May an act of God (不可抗力) move a promise on: is the case undecided, or something owed after its grant?"""
        return any(State(self.state) in UNDECIDED or promise.after_grant for promise in self.waiting)

    @property
    def may_take_back(self) -> bool:
        """May an informed commitment (告知承诺) be taken back: before the decision?"""
        return self.committed and State(self.state) in UNACCEPTED | UNDECIDED

    @property
    def may_come_after_grant(self) -> tuple[material.Line, ...]:
        """What the applicant may promise to bring after the grant (容缺办结, R-TOL-7)."""
        if not self.after_grant or State(self.state) not in UNDECIDED:
            return ()
        promised = {promise.code for promise in self.waiting if promise.after_grant}
        lacking = (line for line in material.outstanding(self.lines) if line.requirement.secondary)
        return tuple(line for line in lacking if line.requirement.code not in promised)


@dataclass(frozen=True, slots=True)
class Person:
    """Who applies, or acts for him."""

    kind: str
    name: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the result was handed out."""

    method: str
    receiver: str
    waybill: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """An application on the desk."""

    id: int
    no: str
    code: str
    kind: str
    name: str
    name_en: str
    state: str
    channel: str
    hall: str
    authority: str
    applicant: Person
    agent: Person | None
    received_at: datetime
    complete_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    promised: Limit
    promised_due_at: datetime | None
    reason: str
    parts: tuple[Part, ...]
    clocks: tuple[clocks.Line, ...]
    delivery: Delivery | None
    verdict: Verdict | None
    acts: frozenset[str]
    credit: Sequence[trust.Record]
    crosses: bool
    pickup: str
    withdrawable: Mapping[str, joint.Withdrawable]
    left_out: tuple[joint.LeftOut, ...]

    @property
    def blocked(self) -> tuple[Part, ...]:
        """Members that hold the unified acceptance up."""
        return tuple(p for p in self.parts if p.on_desk and p.verdict is not Verdict.ACCEPT)


def desk(db: Connection, no: str, at: datetime, calendar: Calendar, lang: str = "zh") -> Desk:
    """Return the application that *no* is, or is a member of, as the window sees it. Raises `NotFound`."""
    return _Reader(db, at, calendar, lang).desk(family.head(db, cases.id_of(db, no)))


class _Reader:
    """Reads an application with its members."""

    def __init__(self, db: Connection, at: datetime, calendar: Calendar, lang: str) -> None:
        self.db, self.at, self.calendar, self.lang = db, at, calendar, lang

    def desk(self, row: Row) -> Desk:
        shelf = cases.handed(self.db, row.id)
        members = family.members(self.db, row.id)
        parts = tuple(self._part(part, shelf) for part in members or [row])
        return Desk(
            id=row.id,
            no=row.no,
            code=row.code,
            kind=row.kind,
            name=row.name,
            name_en=row.name_en,
            state=row.state,
            channel=row.channel,
            hall=family.place(self.db, row.hall_id),
            authority=row.authority,
            applicant=self._person(row.applicant_id),
            agent=self._person(row.agent_id) if row.agent_id else None,
            received_at=row.received_at,
            complete_at=row.complete_at,
            accepted_at=row.accepted_at,
            decided_at=row.decided_at,
            closed_at=row.closed_at,
            promised=rules.terms(row.record, joint=row.kind == "bundle").promise(row.flags),
            promised_due_at=row.promised_due_at,
            reason=self._reason(row),
            parts=parts,
            clocks=self._clocks(row.id),
            delivery=self._delivery(row.id),
            verdict=_verdict(parts) if State(row.state) in ON_DESK else None,
            acts=_acts(row, parts, at_window=self._at_window(row.id)),
            pickup=joint.pickup(row),
            withdrawable={each.no: each for each in joint.withdrawable(row, members)},
            left_out=joint.left_out(self.db, row, members),
            credit=trust.of_applicant(self.db, row.applicant_id, self.at),
            crosses=bool(row.crossing),
        )

    def _person(self, person_id: int) -> Person:
        row = self.db.execute(sa.select(applicants).where(applicants.c.id == person_id)).one()
        return Person(row.kind, row.name, row.id_number, row.phone)

    def _part(self, row: Row, shelf: Mapping[str, material.Handed]) -> Part:
        terms = rules.terms(row.record)
        siblings = cases.producing(self.db, row.id, row.parent_id)
        lines = material.lines(rules.requirements(row.record), row.flags, shelf, siblings)
        decided = self.db.execute(
            sa.select(cases.decisions).where(cases.decisions.c.case_id == row.id)
        ).first()
        names = {line.requirement.code: line.requirement.name for line in lines}
        return Part(
            id=row.id,
            no=row.no,
            key=row.matter_key,
            name=row.name,
            name_en=row.name_en,
            department=row.authority,
            state=row.state,
            lines=lines,
            verdict=material.verdict(lines),
            on_desk=State(row.state) in ON_DESK,
            its_turn=row.parent_id is None or row.noticed_at is not None,
            latest=last_day(
                tolerance.latest_due(self.at, terms.tolerance, terms.promise(row.flags), self.calendar)
            ),
            notices=tuple(_notice(n) for n in cases.asked(self.db, row.id)),
            promises=tuple(
                Promise(
                    p.code, names.get(p.code, p.code), p.due_at, p.met_at, p.kind == When.DECIDE, p.postponed
                )
                for p in cases.promises(self.db, row.id)
            ),
            after_grant=terms.tolerance_when is When.DECIDE,
            committed=informed.in_force(self.db, row.id) is not None,
            clocks=self._clocks(row.id) if row.parent_id is not None else (),
            document_no=decided.document_no if decided else "",
            decision=decided.outcome if decided else "",
            by_itself=by_itself(row.flags),
            may_deliver=row.parent_id is not None and State(row.state) in DECIDED and self._at_window(row.id),
            delivery=self._delivery(row.id) if row.parent_id is not None else None,
        )

    def _at_window(self, case_id: int) -> bool:
        """Is its delivery a step the window may do now?"""
        return any(t.stage == "deliver" and not t.held for t in cases.open_tasks(self.db, case_id))

    def _clocks(self, case_id: int) -> tuple[clocks.Line, ...]:
        found = clocks.lines(self.db, case_id, {}, self.calendar, self.at, self.lang)
        return tuple(line for line in found if line.clock not in {Clock.STAGE, Clock.TIMER})

    def _delivery(self, case_id: int) -> Delivery | None:
        row = self.db.execute(
            sa.select(cases.deliveries).where(cases.deliveries.c.case_id == case_id)
        ).first()
        return Delivery(row.method, row.receiver, row.waybill, row.at) if row else None

    def _reason(self, row: Row) -> str:
        """Why it ended as it did, in the words of whoever ended it."""
        decided = self.db.execute(
            sa.select(cases.decisions.c.reason).where(cases.decisions.c.case_id == row.id)
        ).scalar()
        return family.reason(self.db, row) if decided is None else str(decided)


def _notice(row: Row) -> Notice:
    return Notice(row.no, tuple(row.items), row.asked_at, row.answered_at, row.override_reason)


def _verdict(parts: Sequence[Part]) -> Verdict:
    """The way out the materials of all parts on the desk leave together."""
    found = {part.verdict for part in parts if part.on_desk}
    return next((v for v in (Verdict.CORRECT, Verdict.TOLERATE) if v in found), Verdict.ACCEPT)


def _acts(row: Row, parts: Sequence[Part], *, at_window: bool) -> frozenset[str]:
    """What the window may do with the application as it stands; the acts themselves decide again."""
    state, acts = State(row.state), set()
    if state in ON_DESK:
        acts |= {"accept", "refuse"}
    if state is State.SUBMITTED:
        acts.add("prereview")
    if state in DECIDED and at_window:
        acts.add("deliver")
    if joint.may_choose(row):
        acts.add("pickup")
    if state in WITHDRAWABLE:
        acts.add("withdraw")
    if any(p.may_supplement and any(s.standing is not Standing.AWAITED for s in p.open_lines) for p in parts):
        acts.add("supplement")
    return frozenset(acts)
