"""What a manager does: urge (催办), reassign (改派), extend with reason (延期)."""

from engine.domain import case as life
from engine.domain.case import UNDECIDED
from engine.domain.clock import Clock
from engine.domain.deadline import last_day
from engine.domain.errors import Incomplete, NotNow, NotYours, Stale
from engine.domain.identity import must_hold
from engine.services import papers, timing
from engine.services.act import Act
from engine.store import cases, deadlines, people
from engine.store.cases import Case

#: The clocks an extension lengthens, together.
_EXTENDED = (Clock.PROMISED, Clock.LEGAL)
#: The organisation whose leader extends what is handled jointly: the government itself (R-LIM-2).
GOVERNMENT = "DISTRICT"


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
    """Extend the promised and legal limits, once, with reason and notice to the applicant (R-LIM-1, R-LIM-2).

    The head of the authority may; for what is handled jointly, the head of the government. Raises `NotYours`,
    `Incomplete` without a reason, `NotNow` a second time or when the legal limit has passed.
    """
    must_hold(act.by, "leader", extender(act, case))
    life.must_be(case.state, UNDECIDED, "延期")
    if not reason.strip():
        raise Incomplete("延期须说明理由并告知申请人。", code="reason.missing", field="reason")
    legal = next(row for row in deadlines.running(act.db, case.id) if row.clock == Clock.LEGAL)
    if legal.extension:
        raise NotNow("已经延期一次，不得再次延期（行政许可法四十二条）。", code="extend.twice")
    if legal.fired_at is not None or legal.due_at <= act.at:
        raise NotNow(
            f"法定期限已于 {last_day(legal.due_at)} 届满，不能再延期；请立即作出决定。", code="extend.late"
        )
    more = act.matter(case).terms.extension
    words = f"本件经批准延长办理期限 {more.words()}。理由：{reason.strip()}"
    no = papers.issue(act, case, "extension_notice", words, ["《行政许可法》第四十二条"])
    timing.extend(act, case, _EXTENDED, more, no)
    act.record("extended", case, reason=reason, by=more.words(), document_no=no)
    return case


def extender(act: Act, case: Case) -> int:
    """Return the organisation whose leader may extend the case."""
    return act.library.org(act.db, GOVERNMENT) if case.kind == "bundle" else case.authority_id
