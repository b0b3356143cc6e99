"""What lies on a hall's desk (综合窗口): who waits to be accepted or handed his result, and one application whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import material, tolerance
from engine.domain import matter as rules
from engine.domain.calendar import Calendar
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, State
from engine.domain.deadline import Clock, Light, last_day, light, remaining
from engine.domain.errors import NotYours
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit
from engine.domain.material import LATER, THERE, Standing, Verdict
from engine.queries import clocks
from engine.store import cases, deadlines
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.journal import journal
from engine.store.people import applicants, orgs

#: What the window may still act on; a case waiting for its applicant is shown, but not to be accepted.
ON_DESK = UNACCEPTED - {State.CORRECTION}
MOST = 200


@dataclass(frozen=True, slots=True)
class Hall:
    """A desk somebody sits at."""

    id: int
    code: str
    name: str


def halls(db: Connection, actor: Actor) -> tuple[Hall, ...]:
    """Return the desks at which *actor* may take applications in. Raises `NotYours` when there is none."""
    held = [post.org for post in actor.posts if post.role == Role.WINDOW]
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(orgs.c.id.in_(held)).order_by(orgs.c.id)
    ).all()
    if not rows:
        raise NotYours(
            "需要“综合窗口”岗位才能收件；请换用窗口人员的账号。", code="post.missing", role=Role.WINDOW
        )
    return tuple(Hall(*row) for row in rows)


def streets(db: Connection) -> tuple[Hall, ...]:
    """Return the subdistricts a case may belong to."""
    rows = db.execute(
        sa.select(orgs.c.id, orgs.c.code, orgs.c.name).where(orgs.c.kind == "street").order_by(orgs.c.id)
    )
    return tuple(Hall(*row) for row in rows)


# -- who waits -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application that waits at the desk."""

    no: str
    kind: str
    name: str
    part_of: str
    applicant: str
    channel: str
    state: str
    received_at: datetime
    due_at: datetime | None
    light: Light | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The desk at a glance: to accept, waiting for the applicant, to hand out."""

    accept: tuple[Waiting, ...]
    correct: tuple[Waiting, ...]
    deliver: tuple[Waiting, ...]


_parents = cases.cases.alias("parents")
_bundles = matters.alias("bundles")
_due = deadlines.deadlines

_WAITING = (
    sa.select(
        cases.cases.c.no,
        cases.cases.c.kind,
        cases.cases.c.state,
        cases.cases.c.channel,
        cases.cases.c.received_at,
        matters.c.name,
        _bundles.c.name.label("part_of"),
        applicants.c.name.label("applicant"),
        _due.c.due_at,
        _due.c.limit_text,
    )
    .join(matters, matters.c.id == cases.cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.cases.c.applicant_id)
    .outerjoin(_parents, _parents.c.id == cases.cases.c.parent_id)
    .outerjoin(_bundles, _bundles.c.id == _parents.c.matter_id)
    .outerjoin(
        _due,
        sa.and_(
            _due.c.case_id == cases.cases.c.id,
            _due.c.settled_at.is_(None),
            _due.c.clock.in_([Clock.NOTICE, Clock.CORRECTION, Clock.DELIVERY]),
            sa.or_(cases.cases.c.state != State.CORRECTION, _due.c.clock == Clock.CORRECTION),
        ),
    )
    .order_by(_due.c.due_at, cases.cases.c.id)
    .limit(MOST)
)


def queue(db: Connection, at: datetime, calendar: Calendar, where: Iterable[Hall], words: str = "") -> Queue:
    """Return what waits at these desks; *words* narrow it by number, name or the tail of an identity number."""
    mine = _WAITING.where(cases.cases.c.hall_id.in_([hall.id for hall in where]), *_sought(words))
    its_turn = sa.or_(cases.cases.c.parent_id.is_(None), cases.cases.c.noticed_at.is_not(None))
    alone = cases.cases.c.parent_id.is_(None)

    def of(states: Iterable[State], *more: Any) -> tuple[Waiting, ...]:
        rows = db.execute(mine.where(cases.cases.c.state.in_(list(states)), *more))
        return tuple(_waiting(row, at, calendar) for row in rows)

    return Queue(of(ON_DESK, its_turn), of([State.CORRECTION]), of(DECIDED, alone))


def _sought(words: str) -> list[sa.ColumnElement[bool]]:
    return [
        sa.or_(
            cases.cases.c.no.contains(word, autoescape=True),
            applicants.c.name.contains(word, autoescape=True),
            matters.c.name.contains(word, autoescape=True),
            applicants.c.id_number.endswith(word, autoescape=True) if len(word) >= 4 else sa.false(),
        )
        for word in words.split()
    ]


def _waiting(row: Row, at: datetime, calendar: Calendar) -> Waiting:
    lamp = light(row.due_at, at, calendar, Limit.parse(row.limit_text)) if row.due_at else None
    return Waiting(
        no=row.no,
        kind=row.kind,
        name=row.name,
        part_of=row.part_of or "",
        applicant=row.applicant,
        channel=row.channel,
        state=row.state,
        received_at=row.received_at,
        due_at=row.due_at,
        light=lamp,
        days=remaining(row.due_at, at, calendar) if row.due_at else None,
    )


# -- one application -------------------------------------------------------------------------------------------


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
    clocks: tuple[clocks.Line, ...]
    document_no: str
    decision: str

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
        return State(self.state) in UNACCEPTED | UNDECIDED


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

    @property
    def blocked(self) -> tuple[Part, ...]:
        """Members that hold the unified acceptance up."""
        return tuple(p for p in self.parts if p.on_desk and p.verdict is not Verdict.ACCEPT)


_ROW = (
    sa.select(
        cases.cases,
        matters.c.name,
        matters.c.name_en,
        matters.c.record,
        orgs.c.name.label("authority"),
    )
    .join(matters, matters.c.id == cases.cases.c.matter_id)
    .join(orgs, orgs.c.id == cases.cases.c.authority_id)
)


def whole(db: Connection, no: str) -> tuple[int, str]:
    """Return the id and number of the application *no* is, or is a member of. Raises `NotFound`."""
    row = db.execute(
        sa.select(cases.cases.c.id, cases.cases.c.no, cases.cases.c.parent_id).where(
            cases.cases.c.id == cases.id_of(db, no)
        )
    ).one()
    if row.parent_id is None:
        return row.id, row.no
    parent = db.execute(sa.select(cases.cases.c.no).where(cases.cases.c.id == row.parent_id)).scalar_one()
    return row.parent_id, str(parent)


def desk(db: Connection, case_id: int, at: datetime, calendar: Calendar, lang: str = "zh") -> Desk:
    """Return the application *case_id* as the window sees it."""
    return _Counter(db, at, calendar, lang).desk(case_id)


class _Counter:
    """Reads an application with its members."""

    def __init__(self, db: Connection, at: datetime, calendar: Calendar, lang: str) -> None:
        self.db, self.at, self.calendar, self.lang = db, at, calendar, lang

    def desk(self, case_id: int) -> Desk:
        row = self.db.execute(_ROW.where(cases.cases.c.id == case_id)).one()
        members = self.db.execute(
            _ROW.where(cases.cases.c.parent_id == case_id).order_by(cases.cases.c.id)
        ).all()
        shelf = cases.handed(self.db, case_id)
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
            hall=self._org(row.hall_id),
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
            acts=_acts(row, parts),
        )

    def _org(self, org_id: int) -> str:
        return str(self.db.execute(sa.select(orgs.c.name).where(orgs.c.id == org_id)).scalar_one())

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
                Promise(p.code, names.get(p.code, p.code), p.due_at, p.met_at)
                for p in cases.promises(self.db, row.id)
            ),
            clocks=self._clocks(row.id) if row.parent_id is not None else (),
            document_no=decided.document_no if decided else "",
            decision=decided.outcome if decided else "",
        )

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
        if decided is not None:
            return str(decided)
        found = self.db.execute(
            sa.select(journal.c.data).where(journal.c.case_id == row.id, journal.c.act == row.state)
        ).scalars()
        return next((str(data["reason"]) for data in found if data.get("reason")), "")


def _notice(row: Row) -> Notice:
    return Notice(row.no, tuple(row.items), row.asked_at, row.answered_at, row.override_reason)


def _verdict(parts: Sequence[Part]) -> Verdict:
    """The way out the materials of all parts on the desk leave together."""
    found = {part.verdict for part in parts if part.on_desk}
    return next((v for v in (Verdict.CORRECT, Verdict.TOLERATE) if v in found), Verdict.ACCEPT)


def _acts(row: Row, parts: Sequence[Part]) -> frozenset[str]:
    """What the window may do with the application as it stands; the acts themselves decide again."""
    state, acts = State(row.state), set()
    if state in ON_DESK:
        acts |= {"accept", "refuse"}
    if state is State.SUBMITTED:
        acts.add("prereview")
    if state in DECIDED:
        acts.add("deliver")
    if state in UNACCEPTED | UNDECIDED:
        acts.add("withdraw")
    if any(p.may_supplement and any(s.standing is not Standing.AWAITED for s in p.open_lines) for p in parts):
        acts.add("supplement")
    return frozenset(acts)
