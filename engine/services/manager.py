"""What a manager does: urge (催办), reassign (改派), extend with reason (延期)."""

from engine.domain import case as life
from engine.domain.case import UNDECIDED
from engine.domain.clock import Clock
from engine.domain.errors import Incomplete, NotNow, NotYours, Stale
from engine.domain.identity import must_hold
from engine.domain.limit import Limit, Unit
from engine.services import timing
from engine.services.act import Act
from engine.store import cases, deadlines, people
from engine.store.cases import Case

#: Administrative Licensing Law art. 42 para. 1: once, ten working days (R-LIM-1).
EXTENSION = Limit(10, Unit.WORKDAY)
#: Art. 42 para. 2: fifteen for joint handling (R-LIM-2).
JOINT_EXTENSION = Limit(15, Unit.WORKDAY)


def urge(act: Act, case: Case, words: str) -> Case:
    """Urge whoever holds the case's open tasks (催办); it stands in the journal and on their screens."""
    must_hold(act.by, "manager")
    tasks = [task.name for task in cases.open_tasks(act.db, case.id) if not task.held]
    if not tasks:
        raise NotNow("该件没有在办环节，无须催办。", code="case.nothing-open")
    act.record("urged", case, tasks=tasks, words=words)
    return case


def reassign(act: Act, task_id: int, user_id: int) -> Case:
    """Give a task to somebody else who holds its post (改派)."""
    must_hold(act.by, "manager")
    case = act.take(cases.task(act.db, task_id).case_id)
    task = cases.task(act.db, task_id)
    if task.closed_at is not None:
        raise Stale("该任务已经办结，请刷新。", code="task.closed")
    to = people.actor(act.db, user_id, act.at)
    if not to.holds(task.role, task.org_id):
        raise NotYours(f"{to.name} 没有本环节的岗位，不能改派给他。", code="post.missing", field="user")
    cases.assign(act.db, task_id, user_id, act.at)
    act.record("reassigned", case, task=task.name, node=task.node, to=to.name)
    return case


def extend(act: Act, case: Case, reason: str) -> Case:
    """Extend the legal and promised limits, once, on the head's approval, with reason (R-LIM-1, R-LIM-2)."""
    must_hold(act.by, "leader", case.authority_id)
    life.must_be(case.state, UNDECIDED, "延期")
    if not reason.strip():
        raise Incomplete("延期须说明理由并告知申请人。", code="reason.missing", field="reason")
    running = {row.clock: row for row in deadlines.running(act.db, case.id)}
    if running[Clock.LEGAL].extension:
        raise NotNow("已经延期一次，不得再次延期（行政许可法四十二条）。", code="extend.twice")
    more = JOINT_EXTENSION if case.kind == "bundle" else EXTENSION
    timing.extend(act, case, (Clock.PROMISED, Clock.LEGAL), more)
    act.record("extended", case, reason=reason, by=str(more))
    return case
