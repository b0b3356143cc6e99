"""Who has a task in his hands: he who took it, he to whom it was given or entrusted (委派), or nobody yet."""

from engine.domain.errors import NotNow, NotYours, Stale, Taken
from engine.domain.identity import Actor, Role, must_hold
from engine.domain.inspection import moment
from engine.domain.rota import must_be_on_duty
from engine.services.act import Act
from engine.services.seating import JOINT_STAGES
from engine.store import cases, journal, people
from engine.store.cases import Case
from engine.store.db import Row


def open_(act: Act, task_id: int) -> Row:
    """Return an open task. Raises `Stale` for one that is done, `NotNow` for one that is held back."""
    task = cases.task(act.db, task_id)
    if task.closed_at is not None:
        raise over(act, task)
    if task.held:
        if task.stage in JOINT_STAGES:
            raise NotNow("“一件事”成员的受理和送达由综合窗口在整件上统一办理。", code="bundle.joint-step")
        raise NotNow("本件按规则自动办理；本人要求人工复核的，才转由工作人员办理。", code="offer.automatic")
    return task


def mine(act: Act, task_id: int, rev: int | None = None) -> Row:
    """Return an open task that the actor may work on now; one entrusted to him needs no post.

    Raises what `of_post` does, and `NotNow` for one that nobody has while others are on duty (2主1备轮值).
    """
    task = of_post(act, task_id, rev)
    on_duty(act, task)
    return task


def of_post(act: Act, task_id: int, rev: int | None = None) -> Row:
    """Return an open task that the actor's post lets him work on, whoever is on duty for it.

    Raises `NotYours` without the post, `Taken` when somebody else has it, `Stale` when it moved since *rev*.
    """
    task = open_(act, task_id)
    if task.delegator_id is None or task.assignee_id != act.by.id:
        must_hold(act.by, task.role, task.org_id)
    if task.assignee_id not in {None, act.by.id}:
        raise taken(act, task, "；可请对方退回或由管理员改派")
    if rev is not None and rev != task.rev:
        entry = journal.last(act.db, task.case_id, task.node)
        by = f"由 {entry.by_name} 于 {moment(entry.at)} 改动" if entry is not None else "有变动"
        raise Stale(f"该任务在您打开之后{by}，请刷新后再办。", code="task.stale")
    return task


def over(act: Act, task: Row) -> Stale:
    """Say that a task is done: by whom and when, to those whose post it was and to managers."""
    if not (act.by.holds(task.role, task.org_id) or act.by.holds(Role.MANAGER)):
        return Stale("该任务已经办结，请刷新待办。", code="task.closed")
    who = people.name(act.db, task.closed_by) or journal.who(act.db, task.case_id, task.closed_at)
    ended = "终止" if task.outcome == "cancelled" else "办结"
    by = f"由 {who} " if who else ""
    return Stale(f"该任务已{by}于 {moment(task.closed_at)} {ended}，请刷新待办。", code="task.closed")


def taken(act: Act, task: Row, way_out: str = "") -> Taken:
    """Say who has a task in his hands, and since when."""
    since = f"于 {moment(task.claimed_at)} " if task.claimed_at else ""
    return Taken(
        f"该任务已由 {people.name(act.db, task.assignee_id)} {since}认领{way_out}。", code="task.taken"
    )


def on_duty(act: Act, task: Row) -> dict[str, str]:
    """Return what the journal says of taking a task beside the plain: that the spare, or anybody, had to.

    What somebody has is his, on duty or not. Raises `NotNow` for what nobody has while others are on duty.
    """
    words = must_be_on_duty(act.by.duties, task.role, task.org_id) if task.assignee_id is None else ""
    return {"duty": words} if words else {}


def must_serve(act: Act, case: Case, window: int) -> None:
    """Raise a refusal unless the actor may do what a window owes a case now: he holds the post and is on duty.

    Off duty he still may where he met the case first (首问负责), or has its step in hand.
    """
    must_hold(act.by, Role.WINDOW, window)
    if act.by.off_duty(Role.WINDOW, window) is None or case.first_contact_id == act.by.id:
        return
    if all(task.assignee_id != act.by.id for task in cases.open_tasks(act.db, case.id)):
        must_be_on_duty(act.by.duties, Role.WINDOW, window)


def to_give(act: Act, task_id: int) -> Row:
    """Return an open task that the actor may give to others: his own, or any for a manager."""
    task = open_(act, task_id) if act.by.holds(Role.MANAGER) else mine(act, task_id)
    if task.delegator_id is not None:
        raise NotNow("该任务是委派的；请先提出意见交回，或由委派人收回。", code="task.delegated")
    return task


def must_hold_post(who: Actor, task: Row) -> None:
    """Raise `NotYours` unless *who*, who is to get a task, holds its post."""
    if not who.holds(task.role, task.org_id):
        raise NotYours(f"{who.name} 没有本环节的岗位，不能交给他。", code="post.missing", field="user")
