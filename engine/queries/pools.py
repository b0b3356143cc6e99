"""Which tasks a view of the list (待办) is made of: one short list per post, put together, and its pages by key.

A page is a union of short lists, each read off ``ix_tasks_inbox`` in order, so that ten thousand open tasks cost
no more than ten. Who goes first (绿色通道) has a list of his own, put where the rule places him.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import Malformed
from engine.domain.identity import Actor, Post, Role
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.copies import copies
from engine.store.db import Connection, Row
from engine.store.people import applicants


class View(StrEnum):
    """Which tasks: held by me, free to take, waiting for the applicant, done by me, shown to me (抄送)."""

    MINE = "mine"
    CLAIMABLE = "claimable"
    WAITING = "waiting"
    DONE = "done"
    COPIED = "copied"


#: The views whose latest come first, and by which moment.
LATEST = {View.DONE: tasks.c.closed_at, View.COPIED: tasks.c.opened_at}


@dataclass(frozen=True, slots=True)
class Filter:
    """What narrows a view: words to look for, one matter; *whole* shows the pool of those off duty too."""

    text: str = ""
    matter: str = ""
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.text or self.matter)


#: A view as it is, not narrowed.
EVERYTHING = Filter()
#: Counting stops here; nobody works off more in a day.
MOST_COUNTED = 1000
#: The words of the partial indexes, so that they are used.
_OPEN = (tasks.c.closed_at.is_(None), sa.text("NOT tasks.held"))


def sources(actor: Actor, view: View, *, whole: bool = False) -> list[tuple[sa.ColumnElement[bool], ...]]:
    """Return the conditions of each short list a view is made of; the pool is what one may take now, or *whole*."""
    if view is View.MINE:
        return [(tasks.c.assignee_id == actor.id, *_OPEN)]  # type: ignore[list-item]  # a text is a condition too
    if view is View.DONE:
        return [
            (tasks.c.closed_by == actor.id, tasks.c.closed_at.is_not(None), tasks.c.outcome != "cancelled")
        ]
    if view is View.COPIED:
        shown = sa.select(copies.c.task_id).where(copies.c.to_id == actor.id, copies.c.read_at.is_(None))
        return [(tasks.c.id.in_(shown),)]
    held = _posts(actor, view, whole=whole)
    return [_pool(post) for post in sorted(held, key=lambda post: (post.org, post.role))]


def _posts(actor: Actor, view: View, *, whole: bool) -> Iterable[Post]:
    """The posts whose tasks are looked at: of those with a rota, while one may; the applicant's, by the window."""
    if view is View.CLAIMABLE:
        return [post for post in actor.posts if whole or actor.off_duty(post.role, post.org) is None]
    return [Post(Role.APPLICANT, post.org) for post in actor.posts if post.role == Role.WINDOW]


def _pool(post: Post) -> tuple[sa.ColumnElement[bool], ...]:
    free = (tasks.c.org_id == post.org, tasks.c.role == post.role, tasks.c.assignee_id.is_(None))
    return (*free, *_OPEN)  # type: ignore[return-value]  # a text is a condition too


@dataclass(frozen=True, slots=True)
class Urgency:
    """Against what a list tells how urgent its tasks are: the moment it is looked at, and until when is soon."""

    at: datetime
    soon: datetime


def short_lists(
    actor: Actor,
    view: View,
    only: Filter,
    after: tuple[datetime, int] | None,
    limit: int,
    urgency: Urgency,
) -> list[sa.Select[Any]]:
    """Return the beginning of each short list of a view, narrowed, from the place *after* on."""
    down = view in LATEST
    lists: list[tuple[Any, Any]] = (
        [(LATEST[view], sa.true())] if down else [(tasks.c.due_at, _PLAIN), (_placed(urgency), _FIRST)]
    )
    branches = []
    for source in sources(actor, view, whole=only.whole):
        for when, which in lists:
            query = sa.select(tasks.c.id, when.label("when")).where(*source, which)
            if after is not None:
                query = query.where(_beyond(when, after, down=down))
            branches.append(ordered(_narrowed(query, only), when, tasks.c.id, down=down).limit(limit))
    return branches


#: The words of the partial index, so that it is used; and all the others.
_FIRST, _PLAIN = sa.text("tasks.first"), sa.text("NOT tasks.first")


def _placed(urgency: Urgency) -> sa.ColumnElement[datetime]:
    """The rule of `priority.place` for who goes first, as the database reckons it."""
    at, soon = (sa.literal(each, tasks.c.due_at.type) for each in (urgency.at, urgency.soon))
    due_at = tasks.c.due_at
    return sa.case((due_at <= at, due_at), (due_at <= soon, at), else_=soon)


def _beyond(when: Any, after: tuple[datetime, int], *, down: bool) -> sa.ColumnElement[bool]:
    place = sa.tuple_(when, tasks.c.id)
    mark = sa.tuple_(sa.literal(after[0], when.type), sa.literal(after[1]))
    return place < mark if down else place > mark


def ordered(query: Any, when: Any, id_: Any, *, down: bool) -> Any:
    """Put the most urgent first; what is done, the latest first."""
    return query.order_by(when.desc(), id_.desc()) if down else query.order_by(when, id_)


def _narrowed(query: sa.Select[Any], only: Filter) -> sa.Select[Any]:
    if not only:
        return query
    query = query.join(cases, cases.c.id == tasks.c.case_id)
    if only.matter:
        query = query.where(cases.c.matter_key == only.matter)
    if only.text:
        query = query.join(applicants, applicants.c.id == cases.c.applicant_id)
        query = query.join(matters, matters.c.id == cases.c.matter_id)
        query = query.where(sa.or_(*_looks(only.text)))
    return query


def _looks(text: str) -> list[sa.ColumnElement[bool]]:
    """Case number, applicant, matter; and the tail of an identity or phone number, four digits at least."""
    found = [
        column.contains(text, autoescape=True) for column in (cases.c.no, applicants.c.name, matters.c.name)
    ]
    if len(text) >= 4:
        tails = (applicants.c.id_number, applicants.c.phone)
        found += [column.endswith(text.upper(), autoescape=True) for column in tails]
    return found


def union(branches: Sequence[sa.Select[Any]]) -> sa.Subquery:
    """A union of limited lists: SQLite wants each of them in a bracket of its own."""
    return sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).subquery()


def counts(db: Connection, actor: Actor) -> dict[str, int]:
    """Return how many there are in every view, counted no further than a thousand, in one statement."""
    counted = [_count(actor, view).label(view) for view in View]
    return {view: int(n) for view, n in zip(View, db.execute(sa.select(*counted)).one(), strict=True)}


def _count(actor: Actor, view: View) -> sa.ScalarSelect[Any]:
    branches = [sa.select(tasks.c.id).where(*source).limit(MOST_COUNTED) for source in sources(actor, view)]
    if not branches:
        return sa.select(sa.literal(0)).scalar_subquery()
    some = sa.select(union(branches)).limit(MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def cursor(row: Row) -> str:
    """Return where the page after *row* begins."""
    return f"{row.when.timestamp():.6f}-{row.id}"


def place(cursor: str) -> tuple[datetime, int] | None:
    """Return the place a cursor names; the first page has none. Raises `Malformed`."""
    if not cursor:
        return None
    stamp, _, task = cursor.partition("-")
    try:
        return datetime.fromtimestamp(float(stamp), UTC), int(task)
    except (ValueError, OverflowError, OSError) as why:
        raise Malformed(
            "翻页的位置读不出来，请从第一页看起。", code="cursor.unreadable", field="cursor"
        ) from why
