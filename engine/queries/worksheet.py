"""What whoever holds a task needs to complete it: its ways out and where each leads, what it may be returned to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.case import UNDECIDED, State
from engine.domain.errors import NotFound, Refused
from engine.domain.identity import ROLE_NAMES, Actor, Role
from engine.domain.rota import Duty
from engine.queries.casefile import Definitions
from engine.spiff import runtime
from engine.spiff.parser import Definition, Node
from engine.spiff.runtime import Outcome
from engine.store import cases as rows
from engine.store import inspections
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import orgs, users

#: Steps of others, to which nothing is returned.
_NOT_BACK = frozenset({"accept", "correct", "prereview"})


@dataclass(frozen=True, slots=True)
class Way:
    """An outcome, what it is called, and the steps that open after it."""

    outcome: str
    name: str
    leads: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One task, as its page needs it; *off* is whose duty it is where one may not take it for being off duty."""

    id: int
    case_id: int
    case_no: str
    node: str
    name: str
    stage: str
    role: str
    org: str
    rev: int
    key: str
    held: bool
    assignee: str | None
    mine: bool
    may: bool
    off: Duty | None
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    paused: bool
    officers: int
    bulk: bool
    help: str
    ways: tuple[Way, ...]
    back: tuple[tuple[str, str], ...]
    entrusted: bool
    voted: bool
    goes_up: bool


def task(db: Connection, definition: Definitions, actor: Actor, task_id: int) -> Worksheet:
    """Return the sheet of a task. Raises `NotFound`."""
    row = _row(db, task_id)
    drawn = definition(db, row.definition_id)
    node = drawn.nodes.get(row.node) or Node(row.node, row.name, "userTask")  # redrawn since, and closed
    same = "id case_id case_no node name stage role org rev key held assignee opened_at due_at closed_at"
    entrusted = row.delegator_id is not None and row.assignee_id == actor.id
    holds = entrusted or actor.holds(row.role, row.org_id)
    off = _off(db, actor, row)
    may = holds and not row.held and row.closed_at is None and off is None
    works = may and row.assignee_id in {None, actor.id}
    return Worksheet(
        **{name: getattr(row, name) for name in same.split()},
        mine=actor.id is not None and row.assignee_id == actor.id,
        may=may,
        off=off,
        paused=row.stopped_at is not None,
        officers=node.officers,
        bulk=node.bulk,
        help=node.help or "",
        ways=tuple(_ways(drawn, row, node)) if works else (),
        back=tuple(_back(db, drawn, row)) if works and not entrusted else (),
        entrusted=entrusted,
        voted=node.vote is not None,
        goes_up=works and row.above is not None and row.state in UNDECIDED - {State.TRANSFERRED},
    )


def _off(db: Connection, actor: Actor, row: Row) -> Duty | None:
    """Whose duty it is where that keeps him off the task; whoever was sent to inspect reports all the same."""
    duty = actor.off_duty(row.role, row.org_id)
    if duty is None or row.assignee_id is not None or row.closed_at is not None:
        return None
    part = inspections.waiting(db, row.case_id, row.key) if row.stage == "inspect" else None
    sent = part is not None and any(each["id"] == actor.id for each in part.officers)
    return None if sent else duty


def _row(db: Connection, task_id: int) -> Row:
    query = (
        sa.select(
            tasks,
            cases.c.no.label("case_no"),
            cases.c.flow,
            cases.c.definition_id,
            cases.c.paused_at.label("stopped_at"),
            cases.c.state,
            matters.c.record[("initial_review", "to")].as_string().label("above"),
            orgs.c.name.label("org"),
            users.c.name.label("assignee"),
        )
        .join(cases, cases.c.id == tasks.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == tasks.c.org_id)
        .outerjoin(users, users.c.id == tasks.c.assignee_id)
        .where(tasks.c.id == task_id)
    )
    row = db.execute(query).first()
    if row is None:
        raise NotFound("没有这个任务。", code="task.unknown")
    return row


def _ways(drawn: Definition, row: Row, node: Node) -> Iterable[Way]:
    """Try each outcome on the diagram itself, without keeping anything: it is pure."""
    before = _standing(drawn, row)
    for outcome, name in (node.outcomes or {"done": "办结"}).items():
        yield Way(outcome, name, _leads(drawn, row, outcome, before))


def _standing(drawn: Definition, row: Row) -> frozenset[str]:
    stand = runtime.opened(drawn, row.flow)
    return frozenset(item.key for item in (*stand.open, *stand.calls))


def _leads(drawn: Definition, row: Row, outcome: str, before: frozenset[str]) -> str:
    try:
        moved = runtime.complete(drawn, row.flow, row.key, {row.node: outcome})
    except Refused as refusal:
        return refusal.message
    return _told(moved, drawn.nodes, before)


def _told(moved: Outcome, nodes: Mapping[str, Node], before: frozenset[str]) -> str:
    fresh = [item.node for item in (*moved.open, *moved.calls) if item.key not in before]
    if fresh:
        return "、".join(_named(nodes[node]) for node in dict.fromkeys(fresh))
    if moved.ended:
        return "流程结束"
    waiting = [nodes[item.node].name for item in (*moved.open, *moved.calls)]
    return f"等待：{'、'.join(dict.fromkeys(waiting))}" if waiting else "流程等待计时"


def _named(node: Node) -> str:
    role = ROLE_NAMES[Role(node.role)] if node.role in set(Role) else ""
    return f"{node.name}（{role}）" if role else node.name


def _back(db: Connection, drawn: Definition, row: Row) -> Iterable[tuple[str, str]]:
    """The approval steps the case has passed and to which its token may soundly go back."""
    for node in sorted(rows.passed_nodes(db, row.case_id) - _NOT_BACK - {row.node}):
        try:
            runtime.reseat(drawn, row.flow, (node,))
        except Refused:
            continue
        yield node, drawn.nodes[node].name
