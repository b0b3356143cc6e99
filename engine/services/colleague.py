"""What colleagues do among one another: give a task over, entrust, remind, hurry a member, show for information."""

from collections.abc import Sequence

from engine.domain.bundle import Graph
from engine.domain.case import CONCLUDED
from engine.domain.deadline import day_of
from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.identity import Actor
from engine.services import holding
from engine.services.act import Act
from engine.store import cases, copies, journal, people
from engine.store.cases import Case
from engine.store.db import Row


def transfer(act: Act, task_id: int, user_id: int, reason: str = "") -> Row:
    """Give a task over to somebody else who holds its post (转办); a manager may give anybody's."""
    case = act.take_of(task_id)
    task = holding.to_give(act, task_id)
    to = _another(act, task, user_id)
    holding.must_hold_post(to, task)
    cases.assign(act.db, task_id, user_id, act.at)
    act.record("transferred", case, task=task.name, node=task.node, to=to.name, reason=reason)
    return cases.task(act.db, task_id)


def delegate(act: Act, task_id: int, user_id: int, words: str = "") -> Row:
    """Entrust a task to somebody of the same department (委派): he gives his opinion, and it comes back.

    He decides nothing, so he needs no post of the step.
    """
    case = act.take_of(task_id)
    task = holding.mine(act, task_id)
    if task.delegator_id is not None:
        raise NotNow("受委派的任务不能再委派；请提出意见交回。", code="task.delegated")
    to = _another(act, task, user_id)
    if all(post.org != task.org_id for post in to.posts):
        raise NotYours(f"{to.name} 不在本环节的部门，不能委派给他。", code="post.missing", field="user")
    cases.delegate(act.db, task_id, user_id, act.by.id, act.at)
    act.record("delegated", case, task=task.name, node=task.node, to=to.name, words=words)
    return cases.task(act.db, task_id)


def _another(act: Act, task: Row, user_id: int) -> Actor:
    """Return whom a task is to be given to. Raises `Malformed` for whoever has it, `NotFound` for nobody."""
    if user_id == task.assignee_id or (user_id == act.by.id and task.assignee_id is None):
        raise Malformed("该任务已经在他手上，请另选一人。", code="task.same-person", field="user")
    return people.actor(act.db, user_id, act.at)


def remind(act: Act, task_id: int, words: str = "") -> Case:
    """Remind whoever holds a task (催办); it stands in the journal and on his screen."""
    case = act.take_of(task_id)
    task = holding.open_(act, task_id)
    if act.by.id is None or not act.by.posts:
        raise NotYours("只有工作人员可以催办。", code="post.missing")
    if task.assignee_id == act.by.id:
        raise NotNow("该任务在您自己手上，无须催办。", code="remind.self")
    act.record("reminded", case, task=task.name, node=task.node, words=words)
    return case


def hurry(act: Act, case: Case, words: str = "") -> Case:
    """Hurry a member of a bundle (催办) for a department that waits for it, or for the one that leads (R-BUN-1).

    It stands in the journal, on the list of whoever has the member in hand, and in the reports. Raises `NotYours`
    for anybody else, `NotNow` for what is over or stopped by law, and a second time on the same working day.
    """
    if case.parent_id is None:
        raise NotNow("只有“一件事”的成员事项可以由部门之间催办。", code="hurry.not-member")
    if case.state in CONCLUDED or case.paused_at is not None:
        raise NotNow("该成员事项已有结果或依法中止计时，无须催办。", code="hurry.over")
    by_org = _waiting_org(act, case, case.parent_id)
    before = [e for e in journal.of_case(act.db, case.id) if e.act == "hurried" and e.data["org"] == by_org]
    last = day_of(before[-1].at) if before else None
    if last is not None and act.calendar_at(by_org).count(last, act.today) < 1:
        raise NotNow("贵部门今天已经催办过该事项；下一个工作日起可以再催。", code="hurry.again")
    tasks = [task.name for task in cases.open_tasks(act.db, case.id) if not task.held]
    name = people.org_name(act.db, by_org)
    act.record("hurried", case, org=by_org, by_org=name, tasks=tasks, words=words.strip() or "请尽快办理。")
    return case


def _waiting_org(act: Act, case: Case, parent_id: int) -> int:
    """Return the organisation the actor hurries for: the one that leads, or one that waits for the member."""
    bundle = cases.bundle_of(act.db, parent_id)
    waiting = Graph.read(act.library.matter(act.db, bundle.matter_id).record).followers(case.matter_key)
    may: list[int] = [bundle.authority_id] + [
        each.authority_id
        for each in cases.members(act.db, parent_id)
        if each.matter_key in waiting and each.state not in CONCLUDED
    ]
    own = {post.org for post in act.by.posts}
    found = next((org for org in may if org in own and org != case.authority_id), None)
    if found is None:
        raise NotYours("只有等待该事项结果的部门和牵头部门可以催办。", code="hurry.not-waiting")
    return found


def copy(act: Act, task_id: int, user_ids: Sequence[int], words: str = "") -> Case:
    """Show a case at this step to others for information (抄送): to read, not to work on.

    It is done by whoever may work on the step, or has worked on it. Raises `Malformed` for nobody, himself, or
    somebody who has it already.
    """
    case = act.take_of(task_id)
    task = cases.task(act.db, task_id)
    if task.closed_by != act.by.id:
        task = holding.mine(act, task_id)
    known = {user for user in user_ids if copies.of(act.db, task_id, user)}
    if not user_ids or act.by.id in user_ids or known:
        raise Malformed("请选择抄送给谁；不必抄送给自己，也不必重复抄送。", code="copy.whom", field="users")
    named = [people.actor(act.db, user, act.at) for user in dict.fromkeys(user_ids)]
    assert act.by.id is not None  # who may work on a task is somebody
    for who in named:
        copies.add(act.db, case.id, task_id, who.id or 0, act.by.id, words, act.at)
    act.record(
        "copied", case, task=task.name, node=task.node, to="、".join(who.name for who in named), words=words
    )
    return case


def read(act: Act, case: Case) -> Case:
    """Say that one has read what one was shown of a case (已阅)."""
    if act.by.id is None or not copies.read(act.db, case.id, act.by.id, act.at):
        raise NotNow("没有抄送给您的未阅事项。", code="copy.nothing")
    act.record("copy read", case)
    return case
