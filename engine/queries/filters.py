"""What a manager may look at, what he narrowed it to, and what he may choose from."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain.case import Channel
from engine.domain.deadline import day_of
from engine.domain.errors import NotYours
from engine.domain.identity import Actor, Role
from engine.store.catalog import matters
from engine.store.db import Connection
from engine.store.former import imports
from engine.store.people import orgs

#: The origin of a case of our own.
OURS = "-"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a manager narrowed the figures to; every figure and every list obeys all of it.

    ``reach`` is what he may see at all: organisations, or everything. ``kind`` tells matters, members of a
    bundle (一件事) among them, from bundles as a whole; ``origin`` names a former system, or ``OURS``;
    ``clerk`` is who asked to mend again, ``material`` what was missing: they narrow the figures about that.
    """

    reach: frozenset[int] | None = None
    department: str = ""
    matter: str = ""
    channel: str = ""
    street: str = ""
    month: str = ""
    step: str = ""
    person: str = ""
    kind: str = ""
    origin: str = ""
    clerk: str = ""
    material: str = ""
    day: date | None = None


def reach(actor: Actor) -> frozenset[int] | None:
    """Return the organisations whose cases *actor* oversees; None is all of them. Raises `NotYours`."""
    if actor.holds(Role.MANAGER):
        return None
    own = frozenset(post.org for post in actor.posts if post.role in {Role.LEADER, Role.CHIEF})
    if not own:
        raise NotYours("督办看板由督办管理岗和部门负责人查看。", code="post.missing", role=str(Role.MANAGER))
    return own


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: code and name."""

    departments: tuple[tuple[str, str], ...]
    matters: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    streets: tuple[tuple[str, str], ...]
    months: tuple[str, ...]
    origins: tuple[str, ...]


def choices(db: Connection, at: datetime) -> Choices:
    """Return what the filters offer at a moment: twelve months back."""
    named = (
        sa.select(matters.c.key, matters.c.name)
        .where(sa.or_(matters.c.current, matters.c.kind == "former"))
        .order_by(matters.c.kind, matters.c.id)
    )
    today = day_of(at)
    months = [divmod(today.year * 12 + today.month - 1 - n, 12) for n in range(12)]
    return Choices(
        departments=_of_kind(db, "department") + _of_kind(db, "former"),
        matters=tuple((key, name) for key, name in db.execute(named)),
        channels=tuple(Channel),
        streets=_of_kind(db, "street"),
        months=tuple(f"{year}-{month + 1:02}" for year, month in months),
        origins=tuple(
            db.execute(sa.select(imports.c.origin).distinct().order_by(imports.c.origin)).scalars()
        ),
    )


def _of_kind(db: Connection, kind: str) -> tuple[tuple[str, str], ...]:
    query = sa.select(orgs.c.code, orgs.c.name).where(orgs.c.kind == kind).order_by(orgs.c.id)
    return tuple((code, name) for code, name in db.execute(query))
