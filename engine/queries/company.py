"""Who else there is for a task (同事): who may have it, be entrusted with it, sign beside it, be shown it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.identity import Actor, Role
from engine.queries.casefile import Definitions
from engine.spiff import runtime
from engine.store import people
from engine.store.cases import cases, tasks
from engine.store.copies import copies
from engine.store.db import Connection, Row
from engine.store.people import orgs, posts, users

#: Somebody to choose: his id, and his name with where he works.
Choice = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signs a joint step: with a task, open or closed, or waiting for his turn."""

    task_id: int | None
    user_id: int | None
    name: str
    outcome: str
    closed_at: datetime | None
    removable: bool


@dataclass(frozen=True, slots=True)
class Company:
    """The others around a task; *signers* is None where nothing is signed jointly."""

    heirs: tuple[Choice, ...]
    helpers: tuple[Choice, ...]
    candidates: tuple[Choice, ...]
    readers: tuple[Choice, ...]
    signers: tuple[Signer, ...] | None
    delegator: str


def company(db: Connection, definition: Definitions, actor: Actor, task_id: int) -> Company:
    """Return who else there is for a task."""
    row = db.execute(_TASK, {"task": task_id}).one()
    staff = db.execute(_STAFF).all()
    beside = db.execute(_BESIDE, {"case": row.case_id, "node": row.node}).all()
    signers = _signers(db, definition, actor, row, beside)
    signing = {signer.user_id for signer in signers or () if signer.closed_at is None}
    busy = {actor.id, row.assignee_id}
    here = {row.org_id, row.hall_id, row.authority_id, row.street_id}
    return Company(
        heirs=_choices(p for p in staff if (p.role, p.org_id) == (row.role, row.org_id) and p.id not in busy),
        helpers=_choices(p for p in staff if p.org_id == row.org_id and p.id not in busy),
        candidates=_choices(p for p in staff if p.role == row.role and p.id not in signing),
        readers=_choices(
            p for p in staff if (p.org_id in here or p.role == Role.MANAGER) and p.id != actor.id
        ),
        signers=signers,
        delegator=people.name(db, row.delegator_id),
    )


def copied(db: Connection, actor: Actor, case_id: int) -> Sequence[Row]:
    """Return what *actor* was shown of a case and has not read: by whom, when, with what words."""
    query = sa.select(copies, users.c.name.label("by")).join(users, users.c.id == copies.c.by_id)
    mine = (copies.c.case_id == case_id, copies.c.to_id == actor.id, copies.c.read_at.is_(None))
    return db.execute(query.where(*mine).order_by(copies.c.id)).all()


_TASK = (
    sa.select(
        tasks,
        cases.c.flow,
        cases.c.definition_id,
        cases.c.hall_id,
        cases.c.authority_id,
        cases.c.street_id,
    )
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.id == sa.bindparam("task"))
)
_STAFF = (
    sa.select(users.c.id, users.c.name, posts.c.role, posts.c.org_id, orgs.c.name.label("org"))
    .join(posts, posts.c.user_id == users.c.id)
    .join(orgs, orgs.c.id == posts.c.org_id)
    .where(users.c.active)
    .order_by(orgs.c.id, users.c.id)
)
_BESIDE = (
    sa.select(tasks, users.c.name.label("person"))
    .outerjoin(users, users.c.id == sa.func.coalesce(tasks.c.closed_by, tasks.c.assignee_id))
    .where(tasks.c.case_id == sa.bindparam("case"), tasks.c.node == sa.bindparam("node"))
    .order_by(tasks.c.id)
)


def _choices(staff: Iterable[Row]) -> tuple[Choice, ...]:
    return tuple({person.id: f"{person.name}（{person.org}）" for person in staff}.items())


def _signers(
    db: Connection, definition: Definitions, actor: Actor, row: Row, beside: Sequence[Row]
) -> tuple[Signer, ...] | None:
    """Those who sign a running joint step; None where it is none, or is over."""
    if row.flow is None or row.closed_at is not None:
        return None
    drawn = definition(db, row.definition_id)
    queue = runtime.queued(drawn, row.flow, row.key)
    if queue is None:
        return None
    added = {each.key: each.note for each in runtime.opened(drawn, row.flow).open}
    outcomes = drawn.nodes[row.node].outcomes
    seated = [
        Signer(
            task_id=each.id,
            user_id=each.assignee_id,
            name=each.person or "",
            outcome=outcomes.get(each.outcome or "", ""),
            closed_at=each.closed_at,
            removable=each.closed_at is None and _may_remove(actor, added.get(each.key), each.assignee_id),
        )
        for each in beside
        if (each.outcome != "cancelled" and each.opened_at >= row.opened_at) or each.closed_at is None
    ]
    waiting = [
        Signer(None, note[0], people.name(db, note[0]), "", None, _may_remove(actor, note, note[0]))
        for note in queue
    ]
    return (*seated, *waiting)


def _may_remove(actor: Actor, note: Any, assignee_id: int | None) -> bool:
    if assignee_id is not None and assignee_id == actor.id:
        return False
    return actor.holds(Role.MANAGER) or (note is not None and note[2] == actor.id)
