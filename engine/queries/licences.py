"""E-licences (电子证照) as staff page through them, and the one word anybody is told by a licence's number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Role
from engine.domain.licence import GROUND_NAMES, GROUNDS, NEXT, Ground, State, standing
from engine.queries.sight import OVERSEERS
from engine.store import licences as rows
from engine.store.cases import cases
from engine.store.db import Connection, Row
from engine.store.licences import licences
from engine.store.people import applicants, orgs
from engine.store.reminders import reminders

#: How many a page holds, and the most that are handed out whole.
PAGE, MOST = 50, 5000


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence: what, whose, until when, how it stands, and how it ended."""

    id: int
    number: str
    kind: str
    name: str
    holder: str
    authority: str
    authority_id: int
    case_no: str
    grant_no: str
    issued_at: datetime
    valid_from: date
    valid_until: date | None
    state: State
    ground: str
    reason: str
    document_no: str
    ended_at: datetime | None
    #: When its holder was last reminded that it ends.
    reminded_at: datetime | None

    def ends(self, actor: Actor) -> Mapping[State, Sequence[Ground]]:
        """How *actor* may end it, each way with the grounds the law knows."""
        if not actor.holds(Role.LEADER, self.authority_id):
            return {}
        return {
            state: GROUNDS[state] for state in (State.REVOKED, State.CANCELLED) if state in NEXT[self.state]
        }

    @property
    def ground_name(self) -> str:
        """Why it ended."""
        return GROUND_NAMES[Ground(self.ground)] if self.ground else ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of licences; ``next`` is where the following one begins."""

    items: tuple[Licence, ...]
    next: int | None


_REMINDED = (
    sa.select(sa.func.max(reminders.c.made_at))
    .where(reminders.c.licence_id == licences.c.id)
    .scalar_subquery()
)
_TOLD = (
    sa.select(
        licences,
        applicants.c.name.label("holder"),
        orgs.c.name.label("authority"),
        cases.c.no.label("case_no"),
        _REMINDED.label("reminded_at"),
    )
    .join(applicants, applicants.c.id == licences.c.applicant_id)
    .join(orgs, orgs.c.id == licences.c.authority_id)
    .join(cases, cases.c.id == licences.c.case_id)
)


def page(
    db: Connection,
    actor: Actor,
    today: date,
    words: str = "",
    state: str = "",
    after: int | None = None,
    most: int = PAGE,
) -> Page:
    """Return the licences *actor* may see, newest first, by number, holder, name or kind, and by how they stand."""
    query = _TOLD.where(_seen(actor), _standing(state, today), _fits(words))
    if after is not None:
        query = query.where(licences.c.id < after)
    found = db.execute(query.order_by(licences.c.id.desc()).limit(most + 1)).all()
    items = tuple(_told(row, today) for row in found[:most])
    return Page(items, items[-1].id if len(found) > most else None)


def one(db: Connection, actor: Actor, today: date, number: str) -> Licence:
    """Return one licence *actor* may see. Raises `NotFound`."""
    row = db.execute(_TOLD.where(licences.c.number == number, _seen(actor))).first()
    if row is None:
        raise NotFound("没有这个编号的电子证照，或不归您的岗位查看。", code="licence.unknown", field="number")
    return _told(row, today)


def of_application(db: Connection, case_ids: Sequence[int], today: date) -> tuple[Licence, ...]:
    """Return the licences some cases ended in."""
    query = _TOLD.where(licences.c.case_id.in_(case_ids)).order_by(licences.c.id)
    return tuple(_told(row, today) for row in db.execute(query))


def verified(db: Connection, number: str, today: date) -> State:
    """Say how the licence of *number* stands, and nothing more: anybody may ask. Raises `NotFound`."""
    row = rows.get(db, number)
    return standing(row.state, row.valid_until, today)


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    if any(actor.holds(role) for role in OVERSEERS):
        return sa.true()
    return licences.c.authority_id.in_({post.org for post in actor.posts})


def _standing(state: str, today: date) -> sa.ColumnElement[bool]:
    """The condition that a licence stands so today; "" any."""
    if not state:
        return sa.true()
    over = sa.and_(licences.c.valid_until.is_not(None), licences.c.valid_until < today)
    told = {State.VALID: sa.not_(over), State.EXPIRED: over}
    stored = State.VALID if state == State.EXPIRED else State(state)
    return sa.and_(licences.c.state == stored, told.get(State(state), sa.true()))


def _fits(words: str) -> sa.ColumnElement[bool]:
    if not words.strip():
        return sa.true()
    sought = words.strip()
    columns = (licences.c.number, licences.c.name, licences.c.kind, applicants.c.name)
    return sa.or_(*(column.contains(sought, autoescape=True) for column in columns))


def _told(row: Row, today: date) -> Licence:
    same: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    return Licence(**same, state=standing(row.state, row.valid_until, today))


_SAME = (
    *(
        "id",
        "number",
        "kind",
        "name",
        "holder",
        "authority",
        "authority_id",
        "case_no",
        "grant_no",
        "issued_at",
    ),
    *("valid_from", "valid_until", "ground", "reason", "document_no", "ended_at", "reminded_at"),
)
