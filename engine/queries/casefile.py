"""One case whole (办件): how it stands, its clocks, materials, steps, and the way it has gone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain import material, special
from engine.domain import matter as rules
from engine.domain.calendar import Calendar
from engine.domain.case import Channel, State
from engine.domain.deadline import Light, light, remaining
from engine.domain.errors import NotFound
from engine.domain.limit import Limit, Unit
from engine.domain.material import Requirement, Standing
from engine.queries import clocks, halts, incidents, linked, offered, papers, relatives, timeline, watchlist
from engine.queries.clocks import Line
from engine.queries.halts import Halt
from engine.queries.incidents import Entry as Incident
from engine.queries.linked import Push
from engine.queries.offered import Begun, Told
from engine.queries.papers import Written
from engine.queries.relatives import Member
from engine.queries.timeline import Entry
from engine.queries.watchlist import Card, Order
from engine.spiff import parts, track
from engine.spiff.parser import Definition, Node
from engine.spiff.parts import PREFIX
from engine.store import cases as rows
from engine.store import definitions, journal
from engine.store.cases import cases, decisions, deliveries, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.definitions import Kind
from engine.store.people import applicants, orgs, users

#: How near a step without a limit of its own is to being late.
NO_LIMIT = Limit(1, Unit.WORKDAY)

#: How a diagram is had by its id: the library's, handed in.
Definitions = Callable[[Connection, int], Definition]


@dataclass(frozen=True, slots=True)
class Material:
    """A requirement, how it stands, and by when it was promised."""

    requirement: Requirement
    standing: Standing
    file_id: int | None
    remark: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """A task of the case, open or closed."""

    id: int
    node: str
    name: str
    stage: str
    role: str
    org: str
    org_id: int
    opened_at: datetime
    due_at: datetime
    days: int
    light: Light
    held: bool
    assignee: str | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: str
    opinion: str


@dataclass(frozen=True, slots=True)
class Casefile:
    """Everything one page says of a case."""

    id: int
    no: str
    code: str
    kind: str
    state: State
    matter_key: str
    matter: str
    matter_version: int
    applicant: str
    applicant_id: str
    phone: str
    channel: str
    hall: str
    authority: str
    authority_id: int
    flags: Mapping[str, Any]
    received_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    clocks: tuple[Line, ...]
    materials: tuple[Material, ...]
    steps: tuple[Step, ...]
    corrections: Sequence[Row]
    commitments: Sequence[Row]
    decision: Row | None
    delivery: Row | None
    grounds: tuple[str, ...]
    halts: tuple[Halt, ...]
    documents: tuple[Written, ...]
    offer: Told | None
    begun: tuple[Begun, ...]
    pushes: tuple[Push, ...]
    cards: tuple[Card, ...]
    orders: tuple[Order, ...]
    timeline: tuple[Entry, ...]
    track: str
    parent: Member | None
    members: tuple[Member, ...]
    incidents: Sequence[Incident]
    #: Is it a visit (体验办件)? Only who oversees may know.
    mystery: bool

    @property
    def running(self) -> tuple[Line, ...]:
        return tuple(line for line in self.clocks if line.settled_at is None)

    @property
    def settled(self) -> tuple[Line, ...]:
        return tuple(line for line in self.clocks if line.settled_at is not None)

    @property
    def stopping(self) -> tuple[Halt, ...]:
        """The special procedures under way."""
        return tuple(halt for halt in self.halts if halt.ended_at is None)

    @property
    def open_steps(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.closed_at is None)

    @property
    def light(self) -> Light:
        """The worst of its running clocks."""
        order = (Light.RED, Light.YELLOW, Light.PAUSED, Light.GREEN)
        return min((line.light for line in self.running), key=order.index, default=Light.GREEN)


# --- the whole ----------------------------------------------------------------------------------------

_hall = orgs.alias("hall")
_authority = orgs.alias("authority")
_HEAD = (
    sa.select(
        cases,
        matters.c.name.label("matter"),
        matters.c.version.label("matter_version"),
        matters.c.record,
        applicants.c.name.label("applicant"),
        applicants.c.id_number,
        applicants.c.phone,
        _hall.c.name.label("hall"),
        _authority.c.name.label("authority"),
    )
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .join(_hall, _hall.c.id == cases.c.hall_id)
    .join(_authority, _authority.c.id == cases.c.authority_id)
    .where(cases.c.id == sa.bindparam("case"))
)


def show(
    db: Connection, calendar: Calendar, definition: Definitions, case_id: int, at: datetime, lang: str = "zh"
) -> Casefile:
    """Return the case as it stands *at* a moment. Raises `NotFound`."""
    row = db.execute(_HEAD, {"case": case_id}).first()
    if row is None:
        raise NotFound("没有这个办件。", code="case.unknown")
    nodes = definition(db, row.definition_id).nodes
    taken = _tasks(db, case_id)
    siblings = relatives.members(db, row.parent_id or row.id, calendar, at)
    written = journal.of_case(db, case_id)
    going_on = [task for task in taken if task.closed_at is None and not task.held]
    names = {key: member.name for key, member in siblings.items()}
    stopped = halts.halts(db, case_id, at)
    return Casefile(
        **_head(row),
        clocks=clocks.lines(db, case_id, _hung(taken, stopped), calendar, at, lang),
        materials=_materials(db, row),
        steps=tuple(_step(task, nodes, at, calendar) for task in taken),
        corrections=rows.asked(db, case_id),
        commitments=rows.promises(db, case_id),
        decision=db.execute(sa.select(decisions).where(decisions.c.case_id == case_id)).first(),
        delivery=db.execute(sa.select(deliveries).where(deliveries.c.case_id == case_id)).first(),
        grounds=tuple(special.grounds(row.record)),
        halts=stopped,
        documents=papers.written(db, [case_id]),
        offer=offered.told(db, case_id, row.state) if row.channel == Channel.PUSH else None,
        begun=offered.begun(db, [case_id]),
        pushes=linked.of_case(db, case_id, at),
        cards=watchlist.of_case(db, case_id),
        orders=watchlist.orders(db, case_id),
        timeline=timeline.entries(written, nodes, names, going_on, lang),
        track=_track(db, row, taken, written),
        parent=relatives.parent(db, row, calendar, at),
        members=tuple(member for member in siblings.values() if member.no != row.no),
        incidents=incidents.of_case(db, case_id) if row.troubled else (),
        mystery=row.mystery,
    )


def _hung(taken: Iterable[Row], stopped: Iterable[Halt]) -> dict[str, str]:
    """What the clocks that have a key hang on: a step, or a special procedure and its ground."""
    return {task.key: task.name for task in taken} | {halt.key: halt.ground for halt in stopped}


def _head(row: Row) -> dict[str, Any]:
    same = (
        "id no code kind matter_key matter matter_version applicant phone channel hall authority authority_id "
        "flags received_at accepted_at decided_at closed_at paused_at"
    )
    covered = {
        "state": State(row.state),
        "applicant_id": _covered(row.id_number),
        "phone": _covered(row.phone),
    }
    return {name: getattr(row, name) for name in same.split()} | covered


def _covered(number: str) -> str:
    """A number with its middle hidden: enough to recognise, not to use."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


# --- materials ----------------------------------------------------------------------------------------


def _materials(db: Connection, row: Row) -> tuple[Material, ...]:
    """The lines of the case; of a bundle, those of all its members, each once (R-BUN-5)."""
    parts = _parts(db, row)
    shelf = rows.handed(db, row.parent_id or row.id)
    found: dict[str, Material] = {}
    for part in parts:
        flags = {**part.flags, "in_bundle": part.parent_id is not None}
        siblings = rows.producing(db, part.id, part.parent_id)
        promised = {p.code: p.due_at for p in rows.promises(db, part.id) if p.met_at is None}
        for line in material.lines(rules.requirements(part.record), flags, shelf, siblings):
            code = line.requirement.code
            due_at = promised.get(code)
            found.setdefault(
                code, Material(line.requirement, line.standing, line.file_id, line.remark, due_at)
            )
    return tuple(found.values())


def _parts(db: Connection, row: Row) -> Sequence[Row]:
    if row.kind != "bundle":
        return [row]
    query = (
        sa.select(cases.c.id, cases.c.parent_id, cases.c.flags, matters.c.record)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(cases.c.parent_id == row.id)
        .order_by(cases.c.id)
    )
    return db.execute(query).all()


# --- steps --------------------------------------------------------------------------------------------

_holder = users.alias("holder")
_closer = users.alias("closer")


def _tasks(db: Connection, case_id: int) -> Sequence[Row]:
    query = (
        sa.select(
            tasks,
            orgs.c.name.label("org"),
            _holder.c.name.label("assignee"),
            _closer.c.name.label("closer"),
        )
        .join(orgs, orgs.c.id == tasks.c.org_id)
        .outerjoin(_holder, _holder.c.id == tasks.c.assignee_id)
        .outerjoin(_closer, _closer.c.id == tasks.c.closed_by)
        .where(tasks.c.case_id == case_id)
        .order_by(tasks.c.id)
    )
    return db.execute(query).all()


def _step(task: Row, nodes: Mapping[str, Node], at: datetime, calendar: Calendar) -> Step:
    seen = task.closed_at or at
    limit = Limit.parse(task.limit_text) if task.limit_text else NO_LIMIT
    node = nodes.get(task.node)
    same = "id node name stage role org org_id opened_at due_at held assignee closed_at opinion"
    return Step(
        **{name: getattr(task, name) for name in same.split()},
        days=remaining(task.due_at, seen, calendar),
        light=light(task.due_at, seen, calendar, limit, paused=task.paused_at is not None),
        closed_by=task.closer,
        outcome=(node.outcomes.get(task.outcome, task.outcome) if node else task.outcome) or "",
    )


def _track(db: Connection, row: Row, taken: Iterable[Row], written: Iterable[Row]) -> str:
    """The case's own diagram, with the way its token went and where it is now."""
    source = definitions.get(db, row.definition_id).source
    done: set[str] = set()
    for entry in written:
        done.update(entry.data.get("walked", ()))
        if entry.act == "migrated":  # what was walked before is called as it is drawn now
            done = {entry.data["names"].get(name, name) for name in done}
    homes = _homes(db, row, source)
    waiting = [task for task in taken if task.closed_at is None]
    current = {homes.get(task.node, task.node) for task in waiting}
    labels = {homes.get(task.node, task.node): task.assignee for task in waiting if task.assignee}
    return track.render(source, done - current, current, labels)


def _homes(db: Connection, row: Row, source: bytes) -> Mapping[str, str]:
    """Where the steps of shared processes stand in the picture: at the call that they are drawn out of."""
    if PREFIX.encode() not in source:
        return {}
    called = definitions.pinned(db, row.definition_id, Kind.DIAGRAM)
    return parts.homes(source, [definitions.get(db, each).source for each in called])
