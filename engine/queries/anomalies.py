"""What was out of the ordinary in a month (收好处费快办、不收拖办): each row says by which rule, and judges nobody."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.domain import anomaly
from engine.domain.anomaly import RULE_NAMES, Rule, Span
from engine.domain.case import State
from engine.domain.identity import Role
from engine.queries.counting import Counting
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Row
from engine.store.deadlines import pauses
from engine.store.journal import journal
from engine.store.measures import measures
from engine.store.people import orgs, posts, users

#: How many cases of a month are looked at, and how many rows are told.
MOST, ROWS = 50_000, 500
#: How far before the month what still waited may have been accepted.
BACK = timedelta(days=120)
#: Steps whose closing before acceptance is early; the window's own come before it by right.
_AT_WINDOW = ("apply", "prereview", "accept", "correct")
#: Whose posts may mend any case.
_OVERSEERS = (Role.MANAGER, Role.REGISTRAR)
#: Acts that are words, or take no task by their own rules, and move no case.
_WORDS = (
    *("urged", "copied", "copy read", "reminded", "supervised", "supervision answered", "incident retried"),
    *("claimed", "released", "advised", "extended", "visit marked", "visit told", "rating appealed"),
    *("rating reviewed", "rectification verified", "rectification done", "rectification called"),
    *("rectification surveyed", "card appealed"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A case in the list, the rule, and what the rule saw."""

    rule: Rule
    name: str
    no: str
    matter: str
    department: str
    seen: str


def found(look: Counting) -> tuple[Found, ...]:
    """Return every row of the month looked at, rule by rule."""
    rows = [*_outliers(look), *_overtaken(look), *_early(look), *_without_task(look)]
    return tuple(rows[:ROWS])


_TOLD = (cases.c.id, cases.c.no, matters.c.name.label("matter"), orgs.c.name.label("department"))


def _cases(look: Counting, *more: Any) -> sa.Select[Any]:
    query = sa.select(*_TOLD, cases.c.matter_key, cases.c.authority_id, *more)
    joined = query.join(matters, matters.c.id == cases.c.matter_id).join(
        orgs, orgs.c.id == cases.c.authority_id
    )
    return joined.where(*look.narrowed(), cases.c.origin == "").order_by(cases.c.id).limit(MOST)


def _row(rule: Rule, row: Row, seen: str) -> Found:
    return Found(rule, RULE_NAMES[rule], row.no, row.matter, row.department, seen)


def _outliers(look: Counting) -> Iterator[Found]:
    """What took much less, or much longer, than the others of its matter."""
    begin, end = look.period
    query = _cases(look, measures.c.worked_minutes).join(measures, measures.c.case_id == cases.c.id)
    took = measures.c.worked_minutes
    rows = look.db.execute(
        query.where(took.is_not(None), cases.c.decided_at >= begin, cases.c.decided_at < end)
    )
    by_matter: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_matter[row.matter_key].append(row)
    for alike in by_matter.values():
        scores = anomaly.scores([row.worked_minutes for row in alike])
        for row, score in zip(alike, scores, strict=True):
            rule = anomaly.outlier(score)
            if rule is not None:
                yield _row(rule, row, f"{row.worked_minutes / 60:.1f} h，z = {score:.1f}")


def _overtaken(look: Counting) -> Iterator[Found]:
    """What was decided before several that had been accepted earlier; what ever stood still is left out."""
    begin, end = look.period
    stood = sa.exists().where(pauses.c.case_id == cases.c.id)
    still = sa.or_(cases.c.decided_at.is_(None), cases.c.decided_at >= begin)
    query = _cases(look, cases.c.accepted_at, cases.c.decided_at, cases.c.closed_at).where(
        cases.c.accepted_at.is_not(None), cases.c.accepted_at >= begin - BACK, cases.c.accepted_at < end, ~stood, still,
        sa.or_(cases.c.decided_at.is_not(None), cases.c.closed_at.is_(None)),
    )  # fmt: skip
    queues: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in look.db.execute(query):
        queues[row.matter_key, row.authority_id].append(row)
    for queue in queues.values():
        overtook = anomaly.overtaking(Span(row.id, row.accepted_at, row.decided_at) for row in queue)
        for row in queue:
            if row.id in overtook and begin <= row.decided_at < end:
                yield _row(Rule.OVERTAKEN, row, f"{overtook[row.id]}")


def _early(look: Counting) -> Iterator[Found]:
    """What was reviewed or decided before it was accepted."""
    begin, end = look.period
    worked = sa.and_(
        tasks.c.case_id == cases.c.id,
        tasks.c.closed_by.is_not(None),
        tasks.c.outcome != "cancelled",
        tasks.c.stage.not_in(_AT_WINDOW),
    )
    first = sa.select(sa.func.min(tasks.c.closed_at)).where(worked).correlate(cases).scalar_subquery()
    early = sa.or_(cases.c.decided_at < cases.c.accepted_at, first < cases.c.accepted_at)
    query = _cases(look, cases.c.accepted_at).where(
        early, cases.c.state != State.ACCEPTED_DEEMED, cases.c.accepted_at >= begin, cases.c.accepted_at < end
    )
    for row in look.db.execute(query):
        yield _row(Rule.BEFORE_ACCEPTANCE, row, f"{row.accepted_at:%Y-%m-%d}")


def _without_task(look: Counting) -> Iterator[Found]:
    """What somebody changed who never had a task of it or its post, nor sits at its hall, nor oversees."""
    begin, end = look.period
    holds = sa.exists().where(
        posts.c.user_id == users.c.id, posts.c.org_id == tasks.c.org_id, posts.c.role == tasks.c.role
    )
    his = sa.or_(
        tasks.c.closed_by == users.c.id,
        tasks.c.assignee_id == users.c.id,
        tasks.c.delegator_id == users.c.id,
        holds.correlate(tasks, users),
    )
    had = sa.exists().where(tasks.c.case_id == cases.c.id, his)
    in_charge = sa.exists().where(
        posts.c.user_id == users.c.id,
        sa.or_(
            posts.c.role.in_(_OVERSEERS),
            posts.c.org_id == cases.c.hall_id,
            sa.and_(posts.c.org_id == cases.c.authority_id, posts.c.role.in_((Role.CHIEF, Role.LEADER))),
        ),
    )
    query = (
        _cases(look, users.c.name.label("person"), sa.func.count().label("times"))
        .join(journal, journal.c.case_id == cases.c.id)
        .join(users, users.c.id == journal.c.by_id)
        .where(journal.c.at >= begin, journal.c.at < end, journal.c.act.not_in(_WORDS), ~had, ~in_charge)
        .group_by(
            *_TOLD[:2], matters.c.name, orgs.c.name, cases.c.matter_key, cases.c.authority_id, users.c.name
        )
    )
    for row in look.db.execute(query):
        yield _row(Rule.NO_TASK, row, f"{row.person} × {row.times}")
