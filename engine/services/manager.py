"""What a manager does: urge, order to hurry (督办单), answer appeals, reassign, put a case elsewhere, extend."""

from collections.abc import Sequence
from typing import Any

from engine.domain import case as life
from engine.domain import power
from engine.domain.case import UNDECIDED
from engine.domain.clock import Clock
from engine.domain.deadline import last_day
from engine.domain.errors import NotNow, NotYours, Stale, must_say
from engine.domain.identity import DISTRICT, must_hold
from engine.domain.limit import Limit, Unit
from engine.domain.paper import Kind
from engine.services import advance, holding, issuing, timing
from engine.services.act import Act
from engine.store import cards, cases, credit_records, deadlines, people
from engine.store.cases import Case
from engine.store.db import Row

#: The clocks an extension lengthens, together.
_EXTENDED = (Clock.PROMISED, Clock.LEGAL)
#: How long an order to hurry may wait for its answer where nothing else is said.
ANSWER = Limit(3, Unit.WORKDAY)

#: Whose posts may put a case on other steps.
MAY_JUMP = ("manager", "registrar")


def urge(act: Act, case: Case, words: str) -> Case:
    """Urge whoever holds the case's open tasks (催办); it stands in the journal and on their screens."""
    must_hold(act.by, "manager")
    tasks = [task.name for task in cases.open_tasks(act.db, case.id) if not task.held]
    if not tasks:
        raise NotNow("该件没有在办环节，无须催办。", code="case.nothing-open")
    act.record("urged", case, tasks=tasks, words=words)
    return case


def supervise(act: Act, case: Case, words: str, limit: Limit = ANSWER) -> Case:
    """Order whoever handles the case to hurry and answer in writing within *limit* (督办单), on its own clock."""
    must_hold(act.by, "manager")
    words = _said(words, "请写明督办事项和要求。", "words")
    if case.closed_at is not None or case.flow is None:
        raise NotNow("办件已经结束，不能再督办。", code="case.ended")
    serial = cases.serial(act.db, f"supervision {act.today:%Y}")
    no = f"{act.region}督〔{act.today:%Y}〕{serial:04d}号"
    key = f"supervision {act.today:%Y}-{serial}"
    cards.supervise(act.db, case_id=case.id, no=no, words=words, asked_at=act.at, asked_by=act.by.id, key=key)
    timing.start(act, case, [timing.row(act, case, Clock.SUPERVISION, limit, act.at, key)])
    act.record("supervised", case, no=no, words=words, limit=str(limit))
    return case


def close_supervision(act: Act, supervision_id: int) -> Case:
    """Accept the answer to an order to hurry and be done with it."""
    must_hold(act.by, "manager")
    case = act.take(cards.supervision(act.db, supervision_id).case_id)
    order = cards.supervision(act.db, supervision_id)
    if order.answered_at is None:
        raise NotNow("该督办单还没有答复，不能办结。", code="supervision.unanswered")
    if order.closed_at is not None:
        raise Stale("该督办单已经办结，请刷新。", code="supervision.closed")
    cards.close(act.db, order.id, act.at)
    act.record("supervision closed", case, no=order.no)
    return case


def confirm_card(act: Act, card_id: int) -> Case:
    """Confirm that a card was rightly given; an appeal against it fails."""
    return _settle_card(act, card_id, "card confirmed", "", confirmed_at=act.at, confirmed_by=act.by.id)


def revoke_card(act: Act, card_id: int, reason: str) -> Case:
    """Take a card back, with reason; it is not deleted, and revoked cards are counted apart (rulebook §5)."""
    reason = _said(reason, "撤销牌须写明理由。", "reason")
    return _settle_card(act, card_id, "card revoked", reason, revoked_at=act.at, revoked_by=act.by.id)


def _settle_card(act: Act, card_id: int, how: str, words: str, **marks: Any) -> Case:
    must_hold(act.by, "manager")
    case = act.take(cards.get(act.db, card_id).case_id)
    card = cards.get(act.db, card_id)
    if card.revoked_at is not None:
        raise Stale("这张牌已经撤销，请刷新。", code="card.revoked")
    cards.mark(act.db, card.id, answer=words, **marks)
    clock = deadlines.get(act.db, card.deadline_id)
    told = {"clock": clock.clock} if clock is not None else {}
    act.record(how, case, level=card.level, **told, **({"reason": words} if words else {}))
    return case


def _said(words: str, refusal: str, field: str) -> str:
    return must_say(words, refusal, code=f"{field}.missing", field=field)


def reassign(act: Act, task_id: int, user_id: int) -> Case:
    """Give a task to somebody else who holds its post (改派)."""
    must_hold(act.by, "manager")
    case = act.take(cases.task(act.db, task_id).case_id)
    task = cases.task(act.db, task_id)
    if task.closed_at is not None:
        raise holding.over(act, task)
    to = people.actor(act.db, user_id, act.at)
    if not to.holds(task.role, task.org_id):
        raise NotYours(f"{to.name} 没有本环节的岗位，不能改派给他。", code="post.missing", field="user")
    cases.assign(act.db, task_id, user_id, act.at)
    act.record("reassigned", case, task=task.name, node=task.node, to=to.name)
    return case


def jump(act: Act, case: Case, to: Sequence[str], reason: str, task_id: int | None = None) -> Case:
    """Put the case on other steps of its diagram (调整环节): all of it, or only the branch of a task.

    It mends what nobody at the case can mend, and takes the place of no legal act. Raises `NotNow` where the
    case's state or a parallel part forbids it.
    """
    if not any(act.by.holds(role) for role in MAY_JUMP):
        must_hold(act.by, MAY_JUMP[0])
    reason = must_say(reason, "调整环节须写明理由，理由载入台账。", code="reason.missing", field="reason")
    if case.paused_at is not None:
        raise NotNow("办件正在特别程序中，时限已中止；请先恢复办理。", code="case.paused")
    nodes = act.definition(case).nodes
    for node in filter(None, map(nodes.get, to)):
        life.must_stand(case.state, node.stage, node.name)
        if node.called:
            raise NotNow("成员事项由其自身的流程办理，不能转到。", code="jump.member", element=node.id)
    task = None if task_id is None else _task_of(act, case, task_id)
    names = [nodes[name].name for name in to if name in nodes]
    act.record(
        "jumped", case, to_nodes=list(to), to="、".join(names), reason=reason,
        **({"task": task.name, "node": task.node} if task else {}),
    )  # fmt: skip
    advance.reseat(act, case, to, of=task)
    return case


def _task_of(act: Act, case: Case, task_id: int) -> Row:
    task = next((task for task in cases.open_tasks(act.db, case.id) if task.id == task_id), None)
    if task is None:
        raise Stale("该任务不在本件的在办环节中，请刷新。", code="task.closed", field="task")
    return task


def extend(act: Act, case: Case, reason: str) -> Case:
    """Extend the promised and legal limits, once, with reason and notice to the applicant (R-LIM-1, R-LIM-2).

    The head of the authority may; for what is handled jointly, the head of the government. Raises `NotYours`,
    `Incomplete` without a reason, `NotNow` a second time or when the legal limit has passed.
    """
    head = extender(act, case)
    must_hold(act.by, "leader", head)
    if given := act.by.powers_at("leader", head):
        power.must_cover(given, "leader", head, case.matter_key, "extended", act.at)
    life.must_be(case.state, UNDECIDED, "延期")
    reason = must_say(reason, "延期须说明理由并告知申请人。", code="reason.missing", field="reason")
    legal = next(row for row in deadlines.running(act.db, case.id) if row.clock == Clock.LEGAL)
    if legal.extension:
        raise NotNow("已经延期一次，不得再次延期（行政许可法四十二条）。", code="extend.twice")
    if legal.fired_at is not None or legal.due_at <= act.at:
        raise NotNow(
            f"法定期限已于 {last_day(legal.due_at)} 届满，不能再延期；请立即作出决定。", code="extend.late"
        )
    more = act.matter(case).terms.extension
    words = f"本件经批准延长办理期限 {more.words()}。理由：{reason}"
    no = issuing.tell(act, case, Kind.EXTENSION, words)
    timing.extend(act, case, _EXTENDED, more, no)
    act.record("extended", case, reason=reason, by=more.words(), document_no=no)
    return case


def repair_credit(act: Act, credit_id: int, reason: str) -> Case:
    """Repair an applicant's credit (信用修复), with reason: what the record forbade is open to him again (R-TOL-6)."""
    if not any(act.by.holds(role) for role in MAY_JUMP):
        must_hold(act.by, MAY_JUMP[0])
    reason = _said(reason, "信用修复须写明理由和依据。", "reason")
    case = act.take(credit_records.get(act.db, credit_id).case_id)
    record = credit_records.get(act.db, credit_id)
    if record.repaired_at is not None:
        raise Stale("该信用记录已经修复，请刷新。", code="credit.repaired")
    credit_records.repair(act.db, credit_id, act.by.id, reason, act.at)
    act.record("credit repaired", case, kind=record.kind, reason=reason)
    return case


def extender(act: Act, case: Case) -> int:
    """Return the organisation whose leader may extend the case."""
    return act.library.org(act.db, DISTRICT) if case.kind == "bundle" else case.authority_id
