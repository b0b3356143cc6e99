"""Acting on a committee's vote (决策委员会): convened by whoever holds the step, voted on, closed with its minutes."""

from collections.abc import Sequence
from datetime import datetime

from engine.domain import vote
from engine.domain.deadline import last_day
from engine.domain.errors import Incomplete, Malformed, NotNow, NotYours, must_say
from engine.domain.material import Handed, Standing
from engine.domain.vote import CHOICE_NAMES, OUTCOME_NAMES, Choice, Outcome, Rules
from engine.services import advance, halting, holding, keeping
from engine.services.act import Act
from engine.store import cases, copies, people, votes
from engine.store.cases import Case
from engine.store.db import Row

#: What a member may do himself; who is recused has not voted.
_OWN = (Choice.AGREE, Choice.OPPOSE, Choice.ABSTAIN, Choice.RECUSED)


def convene(act: Act, task_id: int, question: str, members: Sequence[int], until: datetime) -> Case:
    """Put a question to a committee until a moment; done again, it puts the end off and seats more members."""
    case = act.take_of(task_id)
    task = holding.mine(act, task_id)
    halting.must_not_hold(act, case, task)
    rules = _rules(act, case, task)
    question = must_say(question, "请写明提请表决的事项。", code="vote.question", field="question")
    if until <= act.at:
        raise Malformed("表决期限须在现在之后。", code="vote.until", field="until")
    row = votes.of_task(act.db, task_id)
    seated = {ballot.user_id for ballot in _ballots(act, row)}
    fresh = [each for each in dict.fromkeys(members) if each not in seated]
    named = [people.actor(act.db, each, act.at).name for each in fresh]
    if row is None:
        vote.must_be_many(len(fresh))
        vote_id = votes.add(
            act.db, case_id=case.id, task_id=task.id, rules=rules, question=question, convened_at=act.at,
            until=until, chair_id=act.by.id,
        )  # fmt: skip
    else:
        vote_id = row.id
        votes.change(act.db, vote_id, until=until, question=question, chair_id=act.by.id)
    votes.seat(act.db, vote_id, fresh)
    _show(act, case, task, fresh, question)
    act.record(
        "vote convened", case, task=task.name, node=task.node, until=last_day(until).isoformat(), to="、".join(named),
        words=question,
    )  # fmt: skip
    return case


def cast(act: Act, task_id: int, choice: Choice, reason: str = "") -> Case:
    """Vote, or withdraw for being involved (回避); whoever changes his mind does so before the end."""
    case, _, row = _running(act, task_id)
    mine = next((b for b in votes.ballots_of(act.db, row.id) if b.user_id == act.by.id), None)
    if mine is None:
        raise NotYours("您不是本次表决的委员。", code="vote.not-member")
    if choice not in _OWN:
        raise Malformed("请选择同意、不同意、弃权或回避。", code="vote.choice", field="choice")
    if mine.choice == Choice.RECUSED:
        raise NotNow("您已回避本次表决，不能再投票。", code="vote.recused")
    vote.must_be_open(row.until, act.at)
    _must_say_why(choice, reason)
    votes.cast(act.db, row.id, mine.user_id, choice=choice, reason=reason.strip(), at=act.at)
    recused = choice is Choice.RECUSED  # what anybody chose is told when the vote is closed
    act.record(
        "vote recused" if recused else "voted",
        case,
        to=act.by.name,
        **({"reason": reason} if recused else {}),
    )
    return case


def recuse(act: Act, task_id: int, member: int, reason: str) -> Case:
    """Let a member take no part for being involved (回避), by whoever holds the step; his vote counts no more."""
    case, task, row = _running(act, task_id)
    _must_chair(act, task, row)
    found = next((b for b in votes.ballots_of(act.db, row.id) if b.user_id == member), None)
    if found is None:
        raise NotYours("他不是本次表决的委员。", code="vote.not-member", field="member")
    _must_say_why(Choice.RECUSED, reason)
    votes.cast(act.db, row.id, member, choice=Choice.RECUSED, reason=reason.strip(), at=act.at)
    act.record("vote recused", case, to=found.name, reason=reason.strip())
    return case


def _must_chair(act: Act, task: Row, row: Row, rev: int | None = None) -> None:
    """Whoever may work on the step leads its vote to the end; who convened it, on duty that day or not."""
    lead = holding.of_post if row.chair_id == act.by.id else holding.mine
    lead(act, task.id, rev)


def close(act: Act, task_id: int, minutes: int | None, words: str = "", rev: int | None = None) -> Case:
    """End the vote with its minutes (会议纪要): the step is completed with what the ballots come to.

    Raises `NotNow` while somebody may still vote in time, or without a quorum; `Incomplete` without minutes.
    """
    case, task, row = _running(act, task_id)
    _must_chair(act, task, row, rev)
    halting.must_not_hold(act, case, task)
    given = votes.ballots_of(act.db, row.id)
    tally = vote.count(Choice(each.choice) for each in given)
    found = vote.must_be_over(tally, Rules.parse(row.rules), row.until, act.at)
    vote.must_be_many(tally.members)
    if minutes is None:
        raise Incomplete("会议纪要是表决的材料，请上传。", code="vote.minutes", field="file")
    keeping.must_be_brought(act, [minutes])
    votes.change(act.db, row.id, closed_at=act.at, outcome=found, minutes_id=minutes)
    cases.put(act.db, case.shelf, [Handed(f"minutes-{row.id}", Standing.RECEIVED, minutes)], act.at)
    outcome = _outcome(act, case, task, found)
    opinion = "；".join(
        filter(None, (_said(tally.agree, tally.oppose, tally.abstain, tally.recused), words.strip()))
    )
    act.record(
        "vote closed", case, task=task.name, node=task.node, result=OUTCOME_NAMES[found],
        ballots={each.name: CHOICE_NAMES[Choice(each.choice)] for each in given},
    )  # fmt: skip
    act.record("completed", case, task=task.name, node=task.node, outcome=outcome, opinion=opinion)
    advance.complete(act, case, task, outcome, opinion)
    return case


def _said(agree: int, oppose: int, abstain: int, recused: int) -> str:
    return f"同意 {agree}，不同意 {oppose}，弃权 {abstain}，回避 {recused}"


def _outcome(act: Act, case: Case, task: Row, found: Outcome) -> str:
    """The first of the step's outcomes is what is adopted, the second what is not."""
    adopted, rejected = list(act.definition(case).nodes[task.node].outcomes)[:2]
    return adopted if found is Outcome.ADOPTED else rejected


def _rules(act: Act, case: Case, task: Row) -> str:
    rules = act.definition(case).nodes[task.node].vote
    if rules is None:
        raise NotNow("本环节不须表决，请直接填写办理意见。", code="vote.none", element=task.node)
    Rules.parse(rules)
    return rules


def _ballots(act: Act, row: Row | None) -> Sequence[Row]:
    return () if row is None else votes.ballots_of(act.db, row.id)


def _running(act: Act, task_id: int) -> tuple[Case, Row, Row]:
    """The case, its step and its vote, which is still going on."""
    case = act.take_of(task_id)
    task = holding.open_(act, task_id)
    row = votes.of_task(act.db, task_id)
    if row is None or row.closed_at is not None:
        raise NotNow("还没有召集表决，或已经结束。", code="vote.not-open")
    return case, task, row


def _show(act: Act, case: Case, task: Row, members: Sequence[int], question: str) -> None:
    """Let the members see the case (抄送): nobody votes on what he cannot read."""
    assert act.by.id is not None  # who may work on a task is somebody
    for member in members:
        if member != act.by.id and copies.of(act.db, task.id, member) is None:
            copies.add(
                act.db, case.id, task.id, member, act.by.id, f"提请表决：{question.strip()}"[:500], act.at
            )


def _must_say_why(choice: Choice, reason: str) -> None:
    if choice in {Choice.OPPOSE, Choice.RECUSED} and not reason.strip():
        raise Incomplete(f"选择{CHOICE_NAMES[choice]}须说明理由。", code="reason.missing", field="reason")
