"""Mandates (代办授权) that end: whose running applications somebody should call about, by window and first contact."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain import mandate
from engine.domain.case import FINAL
from engine.domain.identity import Actor, Role
from engine.queries.surroundings import initial
from engine.store import mandates
from engine.store.cases import cases, members
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import applicants, users


@dataclass(frozen=True, slots=True)
class Ending:
    """A running application whose agent may soon act no more, or may not any more: somebody should call its owner."""

    no: str
    matter: str
    applicant: str
    agent: str
    until: datetime
    over: bool
    first_contact: str


_filers, _agents = applicants.alias("filers"), applicants.alias("agents")
_contacts = users.alias("contacts")
_ENDING = (
    sa.select(
        cases.c.id,
        cases.c.no,
        cases.c.matter_key,
        cases.c.applicant_id,
        cases.c.agent_id,
        matters.c.name.label("matter"),
        _filers.c.name.label("applicant"),
        _agents.c.name.label("agent"),
        _contacts.c.name.label("contact"),
    )
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(_filers, _filers.c.id == cases.c.applicant_id)
    .join(_agents, _agents.c.id == cases.c.agent_id)
    .outerjoin(_contacts, _contacts.c.id == cases.c.first_contact_id)
    .where(cases.c.parent_id.is_(None), cases.c.state.not_in(list(FINAL)))
)
#: The most that are listed; who has more to call begins with these.
MOST = 200


def ending(db: Connection, actor: Actor, at: datetime) -> tuple[Ending, ...]:
    """Return the running applications at *actor*'s windows, or first met by him, whose mandate ends soon or has.

    Whose mandate was taken back knows it by his own paper; what another mandate covers is left out.
    """
    windows = [post.org for post in actor.posts if post.role == Role.WINDOW]
    his = sa.or_(cases.c.hall_id.in_(windows), cases.c.first_contact_id == actor.id)
    ends = sa.exists().where(
        mandates.mandates.c.principal_id == cases.c.applicant_id,
        mandates.mandates.c.agent_id == cases.c.agent_id,
        mandates.mandates.c.revoked_at.is_(None),
        mandates.mandates.c.until <= at + mandate.SOON,
    )
    rows = db.execute(_ENDING.where(his, ends).order_by(cases.c.id).limit(MOST)).all()
    told = (_ending(db, row, at) for row in rows)
    return tuple(sorted((each for each in told if each is not None), key=lambda each: (each.until, each.no)))


def _ending(db: Connection, row: Row, at: datetime) -> Ending | None:
    """Return the row with the day its last mandate ends; None where one goes on."""
    parts = [each.matter_key for each in members(db, row.id)]
    known = [mandates.read(each) for each in mandates.between(db, row.applicant_id, row.agent_id)]
    covering = [each for each in known if each.covers(row.matter_key, parts) and each.revoked_at is None]
    last = max((each.until for each in covering), default=None)
    if last is None or last > at + mandate.SOON:
        return None
    return Ending(row.no, row.matter, row.applicant, initial(row.agent), last, last <= at, row.contact or "")
