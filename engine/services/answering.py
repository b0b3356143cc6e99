"""Answering for a case: what is said to an order to hurry (督办单), and an appeal against a card (申诉)."""

from engine.domain import rating
from engine.domain.errors import NotNow, NotYours, Stale, must_say
from engine.domain.identity import Role
from engine.services import carding, timing
from engine.services.act import Act
from engine.store import cards, cases, deadlines, ratings
from engine.store.cases import Case


def answer(act: Act, supervision_id: int, words: str) -> Case:
    """Answer an order to hurry in writing; its clock ends with it."""
    case = act.take(cards.supervision(act.db, supervision_id).case_id)
    order = cards.supervision(act.db, supervision_id)
    _must_answer_for(act, case)
    words = must_say(words, "请写明办理情况和预计完成的日期。", code="words.missing", field="words")
    if order.answered_at is not None:
        raise Stale("该督办单已经答复，请刷新。", code="supervision.answered")
    cards.answer(act.db, order.id, act.by.id, words, act.at)
    carding.catch_up(act, case)
    timing.settle(act, case, keys=[order.key])
    act.record("supervision answered", case, no=order.no, words=words)
    return case


def appeal(act: Act, card_id: int, reason: str) -> Case:
    """Appeal against a card, once, with reason; a manager confirms or revokes it."""
    case = act.take(cards.get(act.db, card_id).case_id)
    card = cards.get(act.db, card_id)
    clock = _must_answer_card(act, case, card.deadline_id)
    reason = must_say(reason, "申诉须写明理由。", code="reason.missing", field="reason")
    if card.appealed_at is not None:
        raise NotNow("这张牌已经申诉过一次，请等待督办管理岗处理。", code="card.appealed")
    if card.revoked_at is not None:
        raise NotNow("这张牌已经撤销，不必申诉。", code="card.revoked")
    cards.mark(act.db, card.id, appealed_at=act.at, appealed_by=act.by.id, appeal=reason, confirmed_at=None)
    act.record("card appealed", case, level=card.level, clock=clock, reason=reason)
    return case


def _must_answer_card(act: Act, case: Case, deadline_id: int) -> str:
    """Raise `NotYours` unless he answers for what the card was given for; return its clock.

    The card of a bad rating is no business of whoever was rated (R-EV-1).
    """
    clock = deadlines.get(act.db, deadline_id)
    assert clock is not None
    if rating.is_hushed(clock.clock, clock.key):
        rating.must_not_be_his(handled=ratings.has_touched(act.db, act.by.id, case.id))
    _must_answer_for(act, case)
    return str(clock.clock)


def _must_answer_for(act: Act, case: Case) -> None:
    """Raise `NotYours` unless he holds an open step of the case, or leads the department that decides it."""
    if any(act.by.holds(role, case.authority_id) for role in (Role.CHIEF, Role.LEADER)):
        return
    if any(act.by.holds(task.role, task.org_id) for task in cases.open_tasks(act.db, case.id)):
        return
    raise NotYours("只有本件在办环节的人员或承办部门的负责人可以答复和申诉。", code="post.missing")
