"""Findings of false papers (虚假材料) as staff page through them, and those of one case (R-ACC-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine.domain import bar
from engine.domain.bar import ARTICLES, GROUND_NAMES, STANDING_NAMES, Ground, Standing
from engine.domain.identity import Actor, Role
from engine.queries.sight import OVERSEERS
from engine.store import bars as rows
from engine.store.bars import bars
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import applicants, orgs, users

#: How many a page holds, and the most that are handed out whole.
PAGE, MOST = 50, 5000


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: against whom, in which case, on what it rests, and until when he is barred."""

    id: int
    no: str
    matter: str
    applicant: str
    authority: str
    ground: str
    article: str
    facts: str
    found_at: datetime
    found_by: str
    since: date | None
    until: date | None
    document_no: str
    standing: Standing
    standing_name: str
    cancelled_at: datetime | None
    cancelled_by: str
    reason: str
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of findings; ``next`` is where the following one begins."""

    items: tuple[Finding, ...]
    next: int | None


_finders, _cancellers = users.alias("finders"), users.alias("cancellers")
_TOLD = (
    sa.select(
        bars,
        cases.c.no.label("case_no"),
        cases.c.authority_id,
        matters.c.name.label("matter"),
        applicants.c.name.label("applicant"),
        orgs.c.name.label("authority"),
        _finders.c.name.label("finder"),
        _cancellers.c.name.label("canceller"),
    )
    .join(cases, cases.c.id == bars.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == bars.c.applicant_id)
    .join(orgs, orgs.c.id == cases.c.authority_id)
    .outerjoin(_finders, _finders.c.id == bars.c.by_id)
    .outerjoin(_cancellers, _cancellers.c.id == bars.c.cancelled_by)
)


def page(
    db: Connection,
    actor: Actor,
    today: date,
    words: str = "",
    standing: str = "",
    after: int | None = None,
    most: int = PAGE,
) -> Page:
    """Return the findings *actor* may see, newest first, by case number, matter or applicant, and how they stand."""
    query = _TOLD.where(_seen(actor), _stands(standing, today), _fits(words))
    if after is not None:
        query = query.where(bars.c.id < after)
    found = db.execute(query.order_by(bars.c.id.desc()).limit(most + 1)).all()
    items = tuple(_told(row, actor, today) for row in found[:most])
    return Page(items, items[-1].id if len(found) > most else None)


def of_case(db: Connection, actor: Actor, case_id: int, today: date) -> Sequence[Finding]:
    """Return the findings made in a case, the latest first."""
    query = _TOLD.where(bars.c.case_id == case_id).order_by(bars.c.id.desc())
    return [_told(row, actor, today) for row in db.execute(query)]


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    if any(actor.holds(role) for role in OVERSEERS):
        return sa.true()
    own = {post.org for post in actor.posts}
    return sa.or_(cases.c.authority_id.in_(own), cases.c.hall_id.in_(own))


def _stands(standing: str, today: date) -> sa.ColumnElement[bool]:
    """The condition that a finding stands so today; "" any."""
    if not standing:
        return sa.true()
    cancelled, since, until = bars.c.cancelled_at.is_not(None), bars.c.since, bars.c.until
    told = {
        Standing.CANCELLED: cancelled,
        Standing.FOUND: sa.and_(~cancelled, since.is_(None)),
        Standing.WARNED: sa.and_(~cancelled, since.is_not(None), until.is_(None)),
        Standing.RUNNING: sa.and_(~cancelled, until >= today),
        Standing.OVER: sa.and_(~cancelled, until < today),
    }
    return told[Standing(standing)]


def _fits(words: str) -> sa.ColumnElement[bool]:
    sought = words.strip()
    if not sought:
        return sa.true()
    columns = (cases.c.no, matters.c.name, applicants.c.name)
    return sa.or_(*(column.contains(sought, autoescape=True) for column in columns))


def _told(row: Row, actor: Actor, today: date) -> Finding:
    known, ground = rows.read(row), Ground(row.ground)
    standing = known.standing(today)
    heads = any(actor.holds(role, row.authority_id) for role in (Role.CHIEF, Role.LEADER))
    may = (heads or actor.holds(Role.MANAGER)) and bar.is_another(row.by_id, actor.id)
    return Finding(
        id=row.id,
        no=row.case_no,
        matter=row.matter,
        applicant=row.applicant,
        authority=row.authority,
        ground=GROUND_NAMES[ground],
        article=ARTICLES[ground],
        facts=row.facts,
        found_at=row.at,
        found_by=row.finder or "",
        since=row.since,
        until=row.until,
        document_no=row.document_no,
        standing=standing,
        standing_name=STANDING_NAMES[standing],
        cancelled_at=row.cancelled_at,
        cancelled_by=row.canceller or "",
        reason=row.reason,
        may_cancel=may and standing is not Standing.CANCELLED,
    )
