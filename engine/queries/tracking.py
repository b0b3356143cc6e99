"""What an applicant sees of his case by its tracking code: what to do now, when it will be done. No personal data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import material
from engine.domain import matter as rules
from engine.domain.bundle import by_itself
from engine.domain.calendar import Calendar
from engine.domain.case import CONCLUDED, DECIDED, GRANTS, UNACCEPTED, UNDECIDED, WITHDRAWABLE, Channel, State
from engine.domain.deadline import Clock, day_of, last_day, remaining
from engine.domain.errors import NotFound
from engine.domain.limit import Limit
from engine.domain.material import LATER, THERE, Standing, holds
from engine.domain.tolerance import When
from engine.queries import belongings, crossings, family, joint, licences, offered
from engine.queries.crossings import Between, Site
from engine.queries.offered import Begun, Told
from engine.queries.papers import Written, written
from engine.store import cases, catalog, deadlines
from engine.store.db import Connection, Row

#: Outcomes that leave a step to be done again.
AGAIN = frozenset({"correct", "return"})


@dataclass(frozen=True, slots=True)
class Todo:
    """Something the applicant is to bring: asked for (补正) or promised (容缺)."""

    member: str
    matter: str
    kind: str
    code: str
    name: str
    remark: str
    due_at: datetime | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step, or one member of a bundle: ``progress`` is done, current, waiting or stopped."""

    name: str
    name_en: str
    progress: str
    state: str
    since: datetime | None
    until: datetime | None
    due_at: datetime | None
    days: int | None
    late: bool
    limit: Limit | None
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document and how it stands; the name of its file is the applicant's own and stays inside."""

    name: str
    standing: Standing
    filed: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision, and how it was handed out."""

    matter: str
    granted: bool
    state: str
    reason: str
    document_no: str
    at: datetime
    method: str
    waybill: str
    delivered_at: datetime | None
    by_itself: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case as its applicant sees it."""

    no: str
    code: str
    kind: str
    name: str
    name_en: str
    state: str
    authority: str
    hall: str
    received_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    promised: Limit
    latest: datetime | None
    provisional: bool
    paused: bool
    todos: tuple[Todo, ...]
    steps: tuple[Step, ...]
    papers: tuple[Paper, ...]
    outcomes: tuple[Outcome, ...]
    documents: tuple[Written, ...]
    reason: str
    may_withdraw: bool
    kept: tuple[belongings.Held, ...]
    licences: tuple[licences.Licence, ...]
    between: Between | None
    sites: tuple[Site, ...]
    offer: Told | None
    begun: tuple[Begun, ...]
    later: tuple[tuple[str, str], ...]
    pickup: str
    may_choose: bool
    withdrawable: tuple[joint.Withdrawable, ...]
    left_out: tuple[joint.LeftOut, ...]

    @property
    def done(self) -> int:
        """How many steps are behind."""
        return sum(1 for step in self.steps if step.progress == "done")


def belongs(db: Connection, code: str, no: str) -> None:
    """Raise `NotFound` unless *no* is the application *code* opens, or one of its members."""
    opened = cases.id_by_code(db, code)
    found = sa.select(cases.cases.c.id).where(
        cases.cases.c.no == no, sa.or_(cases.cases.c.id == opened, cases.cases.c.parent_id == opened)
    )
    if db.execute(found).first() is None:
        raise NotFound("这个查询码下没有该事项。", code="case.unknown", field="no")


def opens(db: Connection, code: str) -> int:
    """Return the id of the case *code* opens. Raises `NotFound`."""
    return cases.id_by_code(db, code)


def tracked(db: Connection, code: str, at: datetime, calendar: Calendar) -> Tracked:
    """Return the case *code* opens; a member is shown within its bundle. Raises `NotFound`."""
    return _Teller(db, family.head(db, cases.id_by_code(db, code)), at, calendar).tell()


class _Teller:
    """Reads one case, with its members, into what its applicant may see."""

    def __init__(self, db: Connection, row: Row, at: datetime, calendar: Calendar) -> None:
        self.db, self.row, self.at, self.calendar = db, row, at, calendar
        self.members = family.members(db, row.id)
        self.parts: Sequence[Row] = self.members or [row]
        self.handed = cases.handed(db, row.id)
        self.names = {part.matter_key: part.name for part in self.parts}

    def tell(self) -> Tracked:
        row = self.row
        latest = self._latest()
        return Tracked(
            no=row.no,
            code=row.code,
            kind=row.kind,
            name=row.name,
            name_en=row.name_en,
            state=row.state,
            authority=row.authority,
            hall=family.place(self.db, row.hall_id),
            received_at=row.received_at,
            accepted_at=row.accepted_at,
            closed_at=row.closed_at,
            promised=rules.terms(row.record, joint=row.kind == "bundle").promise(row.flags),
            latest=latest,
            provisional=latest is not None and self.calendar.provisional(last_day(latest)),
            paused=any(part.paused_at is not None for part in (row, *self.members)),
            todos=self._once(todo for part in self.parts for todo in self._todos(part)),
            steps=tuple(map(self._member, self.members)) or tuple(self._stages()),
            papers=self._papers(),
            documents=written(self.db, [part.id for part in (row, *self.members)]),
            outcomes=tuple(filter(None, map(self._outcome, self.parts))),
            reason=family.reason(self.db, row),
            kept=belongings.of_application(self.db, row.id, day_of(self.at)),
            licences=licences.of_application(self.db, [part.id for part in self.parts], day_of(self.at)),
            may_withdraw=State(row.state) in WITHDRAWABLE and row.channel != Channel.PUSH,
            between=crossings.of_case(self.db, row.id, self.at, self.calendar) if row.crossing else None,
            sites=crossings.sites(self.db, row.id) if row.crossing else (),
            offer=offered.told(self.db, row.id, row.state) if row.channel == Channel.PUSH else None,
            begun=offered.begun(self.db, [part.id for part in self.parts]),
            later=self._later(),
            pickup=joint.pickup(row),
            may_choose=joint.may_choose(row),
            withdrawable=joint.withdrawable(row, self.members),
            left_out=joint.left_out(self.db, row, self.members),
        )

    def _later(self) -> tuple[tuple[str, str], ...]:
        """The further permits its holder was told of (后置审批), but for what is part of this application."""
        granted = [p for p in self.parts if State(p.state) in GRANTS | {State.DELIVERED} and p.decided_at]
        keys = [key for part in granted for key in part.record.get("later_permits") or ()]
        own = {part.matter_key for part in self.parts}
        return tuple(catalog.names(self.db, [key for key in dict.fromkeys(keys) if key not in own]).items())

    def _latest(self) -> datetime | None:
        """The day by which everything under way is promised; None while nothing runs."""
        running = [
            part.promised_due_at
            for part in (self.row, *self.members)
            if State(part.state) in UNDECIDED and part.promised_due_at is not None
        ]
        return max(running, default=None)

    # -- what to do --

    def _lines(self, part: Row) -> tuple[material.Line, ...]:
        siblings = cases.producing(self.db, part.id, part.parent_id)
        return material.lines(rules.requirements(part.record), part.flags, self.handed, siblings)

    def _once(self, found: Iterable[Todo]) -> tuple[Todo, ...]:
        """What several members wait for is brought once; the first of them asks (R-BUN-5)."""
        asked: dict[str, Todo] = {}
        for todo in found:
            asked.setdefault(todo.code, todo)
        return tuple(asked.values())

    def _todos(self, part: Row) -> list[Todo]:
        return [*self._corrections(part), *self._promises(part), *self._bereft(part)]

    def _bereft(self, part: Row) -> list[Todo]:
        """What a member that came to nothing would have produced; without it nothing is granted (R-BUN-3)."""
        if State(part.state) not in UNDECIDED:
            return []
        promised = {p.code for p in cases.promises(self.db, part.id)}
        missing = [line.requirement for line in self._lines(part) if line.standing is Standing.MISSING]
        lost = [r for r in missing if r.code not in promised]
        return [self._todo(part, "bereft", r.code, r.name, "", None) for r in lost]

    def _corrections(self, part: Row) -> list[Todo]:
        notices = cases.asked(self.db, part.id) if part.state == State.CORRECTION else ()
        running = {d.clock: d.due_at for d in deadlines.running(self.db, part.id)} if notices else {}
        due_at, brought = running.get(Clock.CORRECTION), self._brought(part)
        return [
            self._todo(part, "correction", item["code"], item["name"], item["remark"], due_at)
            for item in (notices[-1].items if notices else ())
            if item["code"] not in brought
        ]

    def _brought(self, part: Row) -> set[str]:
        """What has come since, by way of another member of the bundle."""
        return {line.requirement.code for line in self._lines(part) if line.standing in THERE}

    def _promises(self, part: Row) -> list[Todo]:
        before = State(part.state) in UNACCEPTED | UNDECIDED
        waiting = [p for p in cases.promises(self.db, part.id) if p.met_at is None]
        open_ones = {p.code: p.due_at for p in waiting if before or p.kind == When.DECIDE}
        still = [line.requirement for line in self._lines(part) if line.standing not in THERE]
        owed = [r for r in still if r.code in open_ones]
        again = self._second_chance(part) if any(open_ones[r.code] <= self.at for r in owed) else None
        due = {r.code: again or open_ones[r.code] for r in owed}
        return [self._todo(part, "promise", r.code, r.name, "", due[r.code]) for r in owed]

    def _second_chance(self, part: Row) -> datetime | None:
        """Until when what was not brought by its day may still be brought (中止后补齐, R-TOL-5)."""
        running = deadlines.running(self.db, part.id)
        return max((d.due_at for d in running if d.clock == Clock.TOLERANCE), default=None)

    def _todo(self, part: Row, kind: str, code: str, name: str, remark: str, due_at: datetime | None) -> Todo:
        days = remaining(due_at, self.at, self.calendar) if due_at else None
        return Todo(part.no, part.name, kind, code, name, remark, due_at, days)

    # -- how far it is --

    def _member(self, part: Row) -> Step:
        state = State(part.state)
        progress = "current" if part.accepted_at or state is State.CORRECTION else "waiting"
        if state in CONCLUDED:
            progress = "done" if state in DECIDED | {State.DELIVERED} else "stopped"
        wanted = next((m.after for m in rules.members(self.row.record) if m.matter == part.matter_key), ())
        over = part.decided_at or part.closed_at
        return Step(
            name=part.name,
            name_en=part.name_en,
            progress=progress,
            state=part.state,
            since=part.accepted_at,
            until=over,
            due_at=part.promised_due_at,
            days=self._days(part.accepted_at, over),
            late=state in UNDECIDED and part.paused_at is None and self._late(part.promised_due_at),
            limit=rules.terms(part.record).promise(part.flags),
            after=tuple(self.names[key] for key in wanted if key in self.names),
        )

    def _days(self, since: datetime | None, until: datetime | None) -> int | None:
        if since is None or until is None:
            return None
        return self.calendar.count(day_of(since), day_of(until))

    def _late(self, due_at: datetime | None) -> bool:
        return due_at is not None and self.at >= due_at

    def _stages(self) -> list[Step]:
        tasks: dict[str, Row] = {
            task.node: task
            for task in self.db.execute(
                sa.select(cases.tasks).where(cases.tasks.c.case_id == self.row.id).order_by(cases.tasks.c.id)
            )
            if task.outcome != "cancelled"
        }
        listed = [s for s in self.row.record.get("stages") or () if self._walks(s, tasks)]
        return [self._stage(stage, tasks.get(stage["task"])) for stage in listed]

    def _walks(self, stage: Mapping[str, Any], tasks: Mapping[str, Row]) -> bool:
        """A stage of another path is left out: one whose condition fails, or a pre-review nobody asked for."""
        if stage["task"] in tasks:
            return True
        return holds(stage.get("condition"), self.row.flags) and stage.get("clock") != "pre"

    def _stage(self, stage: Mapping[str, Any], task: Row | None) -> Step:
        over = State(self.row.state) in CONCLUDED - DECIDED - {State.DELIVERED}
        progress = "stopped" if over else "waiting"
        if task is not None and self.row.state != State.COLLECTED:
            progress = "done" if task.closed_at and task.outcome not in AGAIN else "current"
        return Step(
            name=stage["name"],
            name_en="",
            progress=progress,
            state="",
            since=task.opened_at if task else None,
            until=task.closed_at if task and progress == "done" else None,
            due_at=task.due_at if task is not None and stage.get("limit") else None,
            days=self._days(task.opened_at, task.closed_at) if task else None,
            late=False,
            limit=rules.limit(stage["limit"], Limit.parse("onspot")) if stage.get("limit") else None,
            after=(),
        )

    # -- documents and results --

    def _papers(self) -> tuple[Paper, ...]:
        promised = {p.code: p.due_at for part in self.parts for p in cases.promises(self.db, part.id)}
        lines = {line.requirement.code: line for part in self.parts for line in self._lines(part)}
        return tuple(
            Paper(
                name=line.requirement.name,
                standing=line.standing,
                filed=line.file_id is not None,
                due_at=promised.get(code) if line.standing in LATER else None,
            )
            for code, line in lines.items()
        )

    def _outcome(self, part: Row) -> Outcome | None:
        decided = self.db.execute(
            sa.select(cases.decisions).where(cases.decisions.c.case_id == part.id)
        ).first()
        if decided is None:
            return None
        handed_out = self.db.execute(
            sa.select(cases.deliveries).where(cases.deliveries.c.case_id == part.id)
        ).first()
        return Outcome(
            matter=part.name,
            granted=State(decided.outcome) in GRANTS,
            state=decided.outcome,
            reason=decided.reason,
            document_no=decided.document_no,
            at=decided.at,
            method=handed_out.method if handed_out else "",
            waybill=handed_out.waybill if handed_out else "",
            delivered_at=handed_out.at if handed_out else None,
            by_itself=part.parent_id is None or by_itself(part.flags),
        )
