"""What departments were told of grants (双告知) and what came back: a department's list, and that of one case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import Malformed, NotYours
from engine.domain.identity import Actor, Role
from engine.domain.linkage import ANSWERING, FINDING_NAMES, REVIEW_NAMES, Finding, Review
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.people import applicants, orgs
from engine.store.pushes import penalties, pushes

#: How many a page shows.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty told back, and what the review of the licence came to."""

    id: int
    document_no: str
    words: str
    at: datetime
    review: str
    review_name: str
    opinion: str
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Push:
    """What a department was told of a grant, and what it answered."""

    id: int
    no: str
    matter: str
    matter_key: str
    document_no: str
    result: str
    decided_on: str
    holder: str
    holder_number: str
    department: str
    department_id: int
    authority: str
    authority_id: int
    at: datetime
    due_at: datetime
    reminded: int
    acknowledged_at: datetime | None
    finding: str
    finding_name: str
    words: str
    found_at: datetime | None
    standing: str
    penalties: tuple[Penalty, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what a department was told, how many there are of each standing, and where the next begins."""

    pushes: tuple[Push, ...]
    counts: dict[str, int]
    next: int | None


STANDINGS = {
    "waiting": "待签收",
    "late": "逾期未签收",
    "acknowledged": "已签收",
    "problem": "发现问题",
    "review": "许可待复核",
}
_authority = orgs.alias("granting")
_UNREVIEWED = sa.exists().where(penalties.c.push_id == pushes.c.id, penalties.c.reviewed_at.is_(None))
_STANDS: dict[str, sa.ColumnElement[bool]] = {
    "waiting": pushes.c.acknowledged_at.is_(None),
    "late": sa.and_(pushes.c.acknowledged_at.is_(None), deadlines.c.due_at <= sa.bindparam("now")),
    "acknowledged": pushes.c.acknowledged_at.is_not(None),
    "problem": pushes.c.finding == Finding.PROBLEM,
    "review": _UNREVIEWED,
}
#: The clock that runs until a push is acknowledged; it knows when that is due.
_WAITS = sa.and_(deadlines.c.case_id == pushes.c.case_id, deadlines.c.key == pushes.c.key)
_PUSHES = (
    sa.select(
        pushes,
        deadlines.c.due_at,
        cases.c.no,
        cases.c.authority_id,
        matters.c.name.label("matter"),
        applicants.c.name.label("holder"),
        applicants.c.id_number,
        orgs.c.name.label("department"),
        _authority.c.name.label("authority"),
    )
    .join(cases, cases.c.id == pushes.c.case_id)
    .join(deadlines, _WAITS)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .join(orgs, orgs.c.id == pushes.c.org_id)
    .join(_authority, _authority.c.id == cases.c.authority_id)
)


def reach(actor: Actor) -> frozenset[int] | None:
    """Return the departments whose list *actor* sees; None is all of them. Raises `NotYours`."""
    if actor.holds(Role.MANAGER):
        return None
    own = frozenset(post.org for post in actor.posts if post.role in ANSWERING)
    if not own:
        raise NotYours("审管联动由监管部门、许可部门和督办管理岗查看。", code="post.missing")
    return own


def page(
    db: Connection, seen: Collection[int] | None, at: datetime, standing: str = "", after: int | None = None
) -> Page:
    """Return a page of what *seen* departments were told or granted, newest first. Raises `Malformed`."""
    if standing and standing not in STANDINGS:
        raise Malformed("没有这种签收状态。", code="filter.standing", field="standing")
    listed = sa.true() if seen is None else sa.or_(pushes.c.org_id.in_(seen), cases.c.authority_id.in_(seen))
    query = _PUSHES.where(listed)
    if standing:
        query = query.where(_STANDS[standing])
    if after is not None:
        query = query.where(pushes.c.id < after)
    found = db.execute(query.order_by(pushes.c.id.desc()).limit(PAGE + 1), {"now": at}).all()
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return Page(_shown(db, found[:PAGE], at), _counts(db, listed, at), more)


def of_case(db: Connection, case_id: int, at: datetime) -> tuple[Push, ...]:
    """Return what departments were told of a case."""
    query = _PUSHES.where(pushes.c.case_id == case_id).order_by(pushes.c.id)
    return _shown(db, db.execute(query).all(), at)


_COUNTED = pushes.join(cases, cases.c.id == pushes.c.case_id).join(deadlines, _WAITS)


def _counts(db: Connection, listed: sa.ColumnElement[bool], at: datetime) -> dict[str, int]:
    sums = [sa.func.coalesce(sa.func.sum(sa.case((holds, 1), else_=0)), 0) for holds in _STANDS.values()]
    query = sa.select(*sums).select_from(_COUNTED).where(listed)
    return dict(zip(_STANDS, map(int, db.execute(query, {"now": at}).one()), strict=True))


def _shown(db: Connection, rows: Collection[Row], at: datetime) -> tuple[Push, ...]:
    ids = [row.id for row in rows]
    fined: dict[int, list[Penalty]] = {}
    if ids:
        query = sa.select(penalties).where(penalties.c.push_id.in_(ids)).order_by(penalties.c.id)
        for row in db.execute(query):
            fined.setdefault(row.push_id, []).append(_penalty(row))
    return tuple(_push(row, tuple(fined.get(row.id, ())), at) for row in rows)


def _penalty(row: Row) -> Penalty:
    same = ("id", "document_no", "words", "at", "review", "opinion", "reviewed_at")
    named = REVIEW_NAMES[Review(row.review)] if row.review else ""
    return Penalty(**{name: getattr(row, name) for name in same}, review_name=named)


#: What of a row is shown as it is.
_TOLD = (
    "id no matter holder department authority authority_id at due_at reminded acknowledged_at finding words "
    "found_at"
)


def _push(row: Row, fined: tuple[Penalty, ...], at: datetime) -> Push:
    told: dict[str, Any] = {name: getattr(row, name) for name in _TOLD.split()}
    data = {name: row.data[name] for name in ("matter_key", "document_no", "result", "decided_on")}
    waits = "late" if row.due_at <= at else "waiting"
    return Push(
        **told,
        **data,
        holder_number=row.id_number,
        department_id=row.org_id,
        finding_name=FINDING_NAMES[Finding(row.finding)] if row.finding else "",
        standing=waits if row.acknowledged_at is None else "acknowledged",
        penalties=fined,
    )
