"""An application with its members, and whose it is: the rows that the pages of one case begin with."""

from collections.abc import Sequence

import sqlalchemy as sa

from engine.store import people
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.journal import journal
from engine.store.people import applicants, orgs

_ROW = (
    sa.select(
        cases,
        matters.c.name,
        matters.c.name_en,
        matters.c.record,
        orgs.c.name.label("authority"),
        orgs.c.name_en.label("authority_en"),
        applicants.c.name.label("applicant"),
    )
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == cases.c.authority_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
)


def head(db: Connection, case_id: int) -> Row:
    """Return the application the case is; of a member, the bundle it belongs to."""
    row = db.execute(_ROW.where(cases.c.id == case_id)).one()
    return row if row.parent_id is None else head(db, row.parent_id)


def members(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the members of a bundle, in the order they were taken in; of a single matter, none."""
    return db.execute(_ROW.where(cases.c.parent_id == case_id).order_by(cases.c.id)).all()


def place(db: Connection, org_id: int) -> str:
    """Return the name of an organisation."""
    return people.org_name(db, org_id)


def reason(db: Connection, row: Row) -> str:
    """Say why a case ended without a decision, in the words of whoever ended it."""
    found = db.execute(
        sa.select(journal.c.data).where(journal.c.case_id == row.id, journal.c.act == row.state)
    ).scalars()
    return next((str(data["reason"]) for data in found if data.get("reason")), "")
