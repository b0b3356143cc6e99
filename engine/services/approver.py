"""What an approver does: claim, complete with an opinion, return, decide, stop the clock by law and go on."""

from collections.abc import Sequence

from engine.domain import case as life
from engine.domain import material, power, special
from engine.domain.case import UNDECIDED, Channel, State
from engine.domain.commitment import Result
from engine.domain.errors import Incomplete, Malformed, NotFound, NotNow, NotYours, Taken, must_say
from engine.domain.identity import Role, must_hold
from engine.domain.tolerance import When
from engine.services import (
    advance,
    committing,
    halting,
    hearing,
    holding,
    inspecting,
    lifecycle,
    offering,
    promising,
    seating,
)
from engine.services.act import Act
from engine.store import cases, people, stops
from engine.store.cases import Case
from engine.store.db import Row

#: Stages that are legal acts of others and are not completed as mere tasks; and who does them.
_LEGAL_ACTS = {
    "prereview": "请在综合窗口办理预审。",
    "accept": "请在综合窗口办理受理、容缺、补正或不予受理。",
    "correct": "须由申请人补正。",
    "supply": "须由申请人补交；补齐后自动办结。",
    "deliver": "请在综合窗口办理送达。",
    seating.CALL: "该环节等待成员事项办结，不能人工完成。",
}
#: What a decision task may end with, and the state it leads to.
_DECISIONS = {"granted": State.GRANTED, "denied": State.DENIED}


#: What the check of an informed commitment may end with, and what it says of it.
_CHECKED = {"pass": Result.TRUE, "fail": Result.FALSE}


def claim(act: Act, task_id: int) -> Row:
    """Take a task from the pool.

    Raises `Taken` when somebody was faster, `NotYours` without the post, `NotNow` while others are on duty for it.
    """
    task = holding.open_(act, task_id)
    must_hold(act.by, task.role, task.org_id)
    duty = holding.on_duty(act, task)
    case = act.take(task.case_id)
    if act.by.id is None or not cases.claim(act.db, task_id, act.by.id, act.at):
        raise holding.taken(act, holding.open_(act, task_id))
    act.record("claimed", case, task=task.name, node=task.node, **duty)
    return cases.task(act.db, task_id)


def release(act: Act, task_id: int) -> Row:
    """Give a claimed task back to the pool, an entrusted one to whoever entrusted it; he may also take it back."""
    task = holding.open_(act, task_id)
    if act.by.id is None or act.by.id not in {task.assignee_id, task.delegator_id}:
        raise NotYours("只有认领人可以退回任务池。", code="task.not-yours")
    case = act.take(task.case_id)
    cases.assign(act.db, task_id, task.delegator_id, act.at)
    act.record("released", case, task=task.name, node=task.node)
    return cases.task(act.db, task_id)


def complete(
    act: Act,
    task_id: int,
    outcome: str,
    opinion: str = "",
    officers: Sequence[str] = (),
    rev: int | None = None,
) -> Case:
    """Complete a task with one of its outcomes and an opinion.

    *officers* names who took part besides the actor: an inspection needs two (R-LIM-6). *rev* is the task's
    revision the form was made from; a task that moved on since raises `Stale`.
    """
    case = act.take_of(task_id)
    task = holding.mine(act, task_id, rev)
    if task.stage in _LEGAL_ACTS:
        raise NotNow(_LEGAL_ACTS[task.stage], code="task.legal-act", element=task.node)
    node = act.definition(case).nodes[task.node]
    if node.outcomes and outcome not in node.outcomes:
        raise Malformed(
            f"本环节的结论只能是：{'、'.join(node.outcomes.values())}。", code="task.outcome", field="outcome"
        )
    if task.delegator_id is not None:
        return _hand_back(act, case, task, outcome, opinion)
    if node.vote is not None:
        raise NotNow("本环节须经委员会表决，请召集表决。", code="vote.needed", element=task.node)
    if task.stage == "inspect":
        inspecting.must_not_be_planned(act, case, task)
    _must_be_enough(act, node.officers, officers)
    halting.must_not_hold(act, case, task)
    act.record(
        "completed", case, task=task.name, node=task.node, outcome=outcome, opinion=opinion,
        **({"officers": list(officers)} if officers else {}), **holding.on_duty(act, task),
    )  # fmt: skip
    if task.stage == "follow" and outcome in _CHECKED and committing.stands(act, case):
        committing.inspect(act, case, _CHECKED[outcome], opinion)
    if task.stage == "decide" and outcome in _DECISIONS:
        _decide(act, case, task, outcome, opinion)
    else:
        advance.complete(act, case, task, outcome, opinion)
    return case


def _hand_back(act: Act, case: Case, task: Row, outcome: str, opinion: str) -> Case:
    """Whoever was entrusted gives his opinion; the step stays open, and comes back to who entrusted it (委派)."""
    cases.assign(act.db, task.id, task.delegator_id, act.at)
    act.record("advised", case, task=task.name, node=task.node, outcome=outcome, opinion=opinion)
    return case


def _must_be_enough(act: Act, needed: int, officers: Sequence[str]) -> None:
    present = {act.by.name, *(name.strip() for name in officers if name.strip())}
    if len(present) < needed:
        raise Incomplete(
            f"实质核查须由 {needed} 名以上工作人员进行（行政许可法三十四条），请写明同行人员。",
            code="task.officers",
            field="officers",
        )


def _decide(act: Act, case: Case, task: Row, outcome: str, reason: str) -> None:
    """Decide only what is accepted, and grant only what is complete (R-TOL-3, R-BUN-3, R-DEC-1)."""
    state = _DECISIONS[outcome]
    life.must_be(case.state, UNDECIDED, "作出决定")
    if case.hearing:
        hearing.must_not_wait(act, case)
    _must_be_empowered(act, case, task, outcome)
    if case.channel == Channel.PUSH:
        offering.must_be_over(act, case)
    if state is State.GRANTED:
        state = _granted(act, case)
    if state is State.DENIED and not reason.strip():
        raise Incomplete(
            "不予许可须说明理由，并告知复议和诉讼的权利（行政许可法三十八条）。",
            code="reason.missing",
            field="opinion",
        )
    lifecycle.decide(act, case, state, reason, step=(task, outcome))


def _must_be_empowered(act: Act, case: Case, task: Row, outcome: str) -> None:
    """Whoever decides by a power given to him stays within it (规范授权); whose post it is needs none."""
    if given := act.by.powers_at(task.role, task.org_id):
        power.must_cover(given, task.role, task.org_id, case.matter_key, outcome, act.at)


def _granted(act: Act, case: Case) -> State:
    """The gate: what is complete is granted; with tolerance, what lacks only what may come later (R-TOL-3, R-TOL-7)."""
    missing = material.outstanding(lifecycle.lines(act, case))
    owed = promising.owed(act, case) if missing else frozenset()
    lacking = [line for line in missing if line.requirement.code not in owed]
    if lacking:
        said = [f"{line.requirement.name}（{material.STANDING_NAMES[line.standing]}）" for line in lacking]
        after = act.matter(case).terms.tolerance_when is When.DECIDE
        way = "；本事项可容缺办结，次要材料可由申请人在窗口承诺办结后补交" if after else ""
        raise NotNow(f"材料未齐，不能准予：{'、'.join(said)}{way}。", code="decision.gate", field="materials")
    return State.GRANTED_TOLERANT if missing else State.GRANTED


def inspect_commitment(act: Act, case: Case, result: Result, words: str) -> Case:
    """Say what the check of an informed commitment found, or what came of it (rulebook §4.3)."""
    if not act.by.holds(Role.INSPECTOR, case.authority_id):
        must_hold(act.by, Role.APPROVER, case.authority_id)
    committing.inspect(act, case, result, words)
    committing.be_done(act, case)
    return case


def return_(act: Act, task_id: int, to: str, reason: str) -> Case:
    """Send the case, or within a parallel part its branch, back to an earlier step (退回).

    Raises `NotNow` where the jump would break a parallel part.
    """
    case = act.take_of(task_id)
    task = holding.mine(act, task_id)
    reason = must_say(reason, "退回须写明理由。", code="reason.missing", field="reason")
    back = act.definition(case).nodes.get(to)
    if back is None or to not in cases.passed_nodes(act.db, case.id) or back.stage in life.STANDS:
        raise Malformed("只能退回到本件已经办过的审批环节。", code="return.target", field="to")
    halting.must_not_hold(act, case, task)
    act.record("returned", case, task=task.name, node=task.node, to=to, reason=reason)
    advance.reseat(act, case, (to,), of=task)
    return case


def recall(act: Act, task_id: int) -> Case:
    """Take one's own completed step back (拿回) while nobody is at what followed; its clocks count on.

    Raises `Taken` when the next step is in somebody's hands, `NotNow` when the flow has moved on.
    """
    case = act.take_of(task_id)
    task = cases.task(act.db, task_id)
    must_hold(act.by, task.role, task.org_id)
    if task.closed_at is None:
        raise NotNow("该任务尚未办结，无须拿回。", code="recall.open", element=task.node)
    if act.by.id is None or task.closed_by != act.by.id:
        raise NotYours("只有办结该环节的本人可以拿回。", code="recall.not-yours")
    if task.stage in _LEGAL_ACTS:
        raise NotNow("受理、送达等法定行为不能拿回。", code="task.legal-act", element=task.node)
    life.must_stand(case.state, task.stage, task.name)
    halting.must_not_hold(act, case, task)
    if cases.latest(act.db, case.id, task.node) != task:
        raise NotNow("该环节此后已重新办理，不能拿回。", code="recall.moved", element=task.node)
    act.record("recalled", case, task=task.name, node=task.node)
    advance.recall(act, case, task)
    return case


def add_signer(act: Act, task_id: int, user_id: int, reason: str = "") -> Case:
    """Let one more person sign beside this task (加签), with a task of his own; in a sequence he comes last.

    He holds the step's post, here or in another department. Raises `NotNow` where nothing is signed jointly.
    """
    case = act.take_of(task_id)
    task = holding.to_give(act, task_id)
    halting.must_not_hold(act, case, task)
    who = people.actor(act.db, user_id, act.at)
    orgs = sorted((post.org != task.org_id, post.org) for post in who.posts if post.role == task.role)
    if not orgs:
        raise NotYours(f"{who.name} 没有本环节这类岗位，不能加签。", code="post.missing", field="user")
    beside = [each for each in cases.open_tasks(act.db, case.id) if each.node == task.node]
    waiting = [note[0] for note in advance.queued(act, case, task)]
    if user_id in {*(each.assignee_id for each in beside), *waiting}:
        raise Taken(f"{who.name} 已经在会签名单里。", code="signer.already", field="user")
    act.record("signer added", case, task=task.name, node=task.node, to=who.name, reason=reason)
    advance.add_signer(act, case, task, (user_id, orgs[0][1], act.by.id))
    return case


def remove_signer(act: Act, task_id: int, user_id: int | None = None, reason: str = "") -> Case:
    """Let somebody sign no more (减签): whose task this is, or *user_id* beside it; his task is cancelled.

    Whoever added him may do it, and a manager; nobody withdraws himself, and one signer is left.
    """
    case = act.take_of(task_id)
    task = holding.open_(act, task_id)
    halting.must_not_hold(act, case, task)
    seats = {each.assignee_id: each for each in cases.open_tasks(act.db, case.id) if each.node == task.node}
    gone = task if user_id is None else seats.get(user_id)
    waits = next((note for note in advance.queued(act, case, task) if note[0] == user_id), None)
    note = advance.note_of(act, case, gone) if gone else waits
    if gone is None and waits is None:
        raise NotFound("他不在本环节的会签名单里，或已经办结。", code="signer.unknown", field="user")
    _must_have_added(act, note, gone)
    name = people.name(act.db, user_id or (gone.assignee_id if gone else None))
    act.record("signer removed", case, task=task.name, node=task.node, to=name, reason=reason)
    advance.remove_signer(act, case, gone or task, None if gone else waits)
    return case


def _must_have_added(act: Act, note: Sequence[int] | None, gone: Row | None) -> None:
    if gone is not None and act.by.id is not None and gone.assignee_id == act.by.id:
        raise NotYours("不能把自己减签；请办结，或转办给同岗人员。", code="signer.self")
    if not act.by.holds(Role.MANAGER) and (note is None or note[2] != act.by.id):
        raise NotYours("只有加签的人或督办管理岗可以减签。", code="signer.not-yours")


def suspend(act: Act, case: Case, ground: str, notice: str, planned: str) -> Case:
    """Stop the clocks for a special procedure, on a legal ground, with written notice of its time (R-LIM-5).

    *planned* is the time the notice announces ("10 workday"); what lasts longer no longer stops the clock.
    Stops may overlap. Raises `Malformed` for a ground that is not on the list, `Incomplete` without notice.
    """
    _must_work_on(act, case)
    life.must_be(case.state, UNDECIDED, "中止计时")
    special.ground(ground, special.grounds(act.matter(case).record))
    notice = must_say(
        notice, "中止计时须书面告知申请人，请写明告知的内容。", code="suspend.notice", field="notice"
    )
    halting.begin(act, case, ground, notice, special.announced(planned))
    return case


def resume(act: Act, case: Case, stop: int | None = None, result: str = "") -> Case:
    """End a special procedure: the clocks run again with what was left of them (R-CNT-5).

    *stop* names which; without it there must be only one. One that is an activity of the diagram ends with it.
    """
    _must_work_on(act, case)
    halting.end(act, case, _chosen(stops.open_(act.db, case.id), stop), result)
    return case


def _chosen(running: Sequence[Row], stop: int | None) -> Row:
    own = [
        each
        for each in running
        if not each.key and stop in {None, each.id} and each.ground != special.PROMISE.name
    ]
    if not running or (stop is not None and all(each.id != stop for each in running)):
        raise NotNow("办件没有中止计时。", code="case.not-paused")
    if any(each.ground == special.PROMISE.name for each in running) and not own:
        raise NotNow("容缺材料补齐时自动恢复办理，逾期退件；不能人工恢复。", code="resume.promise")
    if not own:
        raise NotNow("该特别程序是流程的一个环节，环节办结时自动恢复计时。", code="resume.by-task")
    if len(own) > 1:
        listed = "、".join(f"{each.ground}（{each.document_no}）" for each in own)
        raise Malformed(
            f"有 {len(own)} 项特别程序在进行：{listed}；请指明恢复哪一项。", code="resume.which", field="stop"
        )
    return own[0]


def _must_work_on(act: Act, case: Case) -> None:
    """Only somebody who holds a post of one of the case's open tasks may touch its clocks."""
    for task in cases.open_tasks(act.db, case.id):
        if act.by.holds(task.role, task.org_id):
            return
    raise NotYours("只有本件在办环节的人员可以操作。", code="post.missing")
