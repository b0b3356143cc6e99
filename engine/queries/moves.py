"""Where a case could be put (调整环节), and which of one's own steps could be taken back (拿回): tried, not guessed."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from engine.domain import case as life
from engine.domain.case import State
from engine.domain.errors import Refused
from engine.domain.identity import Actor
from engine.queries.casefile import Definitions
from engine.spiff import recalling, runtime
from engine.spiff.parser import Definition
from engine.store import cases as rows
from engine.store import journal
from engine.store.cases import cases, tasks
from engine.store.db import Connection, Row

#: A place to put a case: what a form sends for it, and what it is called.
Goal = tuple[str, str]


def goals(db: Connection, definition: Definitions, case_id: int) -> tuple[Goal, ...]:
    """Return where the case could soundly go: the whole of it, or only the branch of one of its open tasks."""
    row = _row(db, case_id)
    if row.flow is None or row.paused_at is not None:
        return ()
    drawn, waiting = definition(db, row.definition_id), _open(db, case_id)
    whole = [(f"0.{node}", name) for node, name in _sound(drawn, row, None)]
    if len(waiting) < 2:
        return tuple(whole)
    return (*whole, *(goal for task in waiting for goal in _within(drawn, row, task, waiting)))


def _row(db: Connection, case_id: int) -> Row:
    columns = [cases.c[name] for name in ("flow", "definition_id", "state", "paused_at")]
    return db.execute(sa.select(*columns).where(cases.c.id == case_id)).one()


def _open(db: Connection, case_id: int) -> Sequence[Row]:
    return [task for task in rows.open_tasks(db, case_id) if not task.held]


def _within(drawn: Definition, row: Row, task: Row, waiting: Sequence[Row]) -> Iterator[Goal]:
    """What of the diagram lies in the branch of *task*: there the others' tasks stay."""
    keys = {each.key for each in waiting} - {task.key}
    for node, name in _sound(drawn, row, task.key):
        moved = runtime.reseat(drawn, row.flow, (node,), of=task.key)
        if keys & {item.key for item in moved.open}:
            yield f"{task.id}.{node}", f"{name}（仅“{task.name}”所在的分支）"


def _sound(drawn: Definition, row: Row, of: str | None) -> Iterator[tuple[str, str]]:
    """The steps of people a case in this state may stand on, as far as the diagram allows it."""
    calls = {item.key for item in runtime.opened(drawn, row.flow).calls}
    for node in drawn.nodes.values():
        if node.kind != "userTask" or not _fits(State(row.state), node.stage):
            continue
        try:
            moved = runtime.reseat(drawn, row.flow, (node.id,), of=of)
        except Refused:
            continue
        if calls <= {item.key for item in moved.calls}:
            yield node.id, node.name


def _fits(state: State, stage: str | None) -> bool:
    return state in life.STANDS.get(stage or "", life.UNDECIDED)


def recallable(db: Connection, definition: Definitions, actor: Actor, case_id: int) -> frozenset[int]:
    """Return the ids of the tasks *actor* completed and could still take back."""
    row = _row(db, case_id)
    if row.flow is None or row.paused_at is not None or actor.id is None:
        return frozenset()
    mine = sa.select(tasks).where(tasks.c.case_id == case_id, tasks.c.closed_by == actor.id)
    written = [(entry.act, entry.data) for entry in journal.of_case(db, case_id)]
    drawn = definition(db, row.definition_id)
    taken = frozenset(
        t.key for t in rows.open_tasks(db, case_id) if t.assignee_id is not None or t.role == CALL
    )
    return frozenset(
        task.id
        for task in db.execute(mine)
        if task.stage not in life.STANDS
        and _fits(State(row.state), task.stage)
        and rows.latest(db, case_id, task.node) == task
        and _comes_back(drawn, row, task, written, taken)
    )


#: The role of a call activity: it waits for a member, not for a person.
CALL = "call"


def _comes_back(
    drawn: Definition, row: Row, task: Row, written: Sequence[recalling.Told], taken: frozenset[str]
) -> bool:
    step = recalling.Step(task.node, task.key, recalling.since(task.node, written), taken)
    try:
        runtime.recall(drawn, row.flow, step)
    except Refused:
        return False
    return True
