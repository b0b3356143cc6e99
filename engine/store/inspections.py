"""Inspections (勘验): appointments, under the lock of their case or bundle; parts, under that of each member."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.inspection import Mode, Officer, Result, State
from engine.store.cases import cases, tasks
from engine.store.db import Connection, Id, Json, Moment, Row, listed, metadata, words
from engine.store.people import applicants, posts, users

inspections = sa.Table(
    "inspections",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("planned_at", Moment, nullable=False, index=True),
    sa.Column("place", sa.String(200), nullable=False, server_default=""),
    sa.Column("mode", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("link", sa.String(500), nullable=False, server_default=""),
    sa.Column("evidence", Json, nullable=False),
    sa.Column("confirmed_at", Moment),
    sa.Column("moved", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    words("mode", Mode),
    words("state", State),
)

parts = sa.Table(
    "inspection_parts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("inspection_id", Id, sa.ForeignKey("inspections.id"), nullable=False),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    #: The token of the step it is for: a step that came anew is looked at anew.
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("officers", Json, nullable=False),
    #: None until it was held: who came has a result, who stayed away is absent. Whose case ended before has neither,
    #: but the moment (``at``) he left: see `EXPECTED`.
    sa.Column("present", sa.Boolean),
    sa.Column("result", sa.String(10), nullable=False, server_default=""),
    sa.Column("remark", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Moment),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.UniqueConstraint("inspection_id", "case_id"),
    sa.CheckConstraint(listed("result", ("", *Result)), name="result"),
)

#: A part of an appointment that is still to be held.
WAITS = sa.and_(inspections.c.state == State.PLANNED, parts.c.present.is_(None), parts.c.at.is_(None))
#: A part whose case did not end before it was held.
EXPECTED = sa.or_(parts.c.present.is_not(None), parts.c.at.is_(None))


def add(db: Connection, **values: Any) -> int:
    """Keep an appointment and return its id."""
    return int(db.execute(sa.insert(inspections).values(**values).returning(inspections.c.id)).scalar_one())


def get(db: Connection, inspection_id: int) -> Row:
    """Return an appointment. Raises `NotFound`."""
    row = db.execute(sa.select(inspections).where(inspections.c.id == inspection_id)).first()
    if row is None:
        raise NotFound("没有这次勘验。", code="inspection.unknown")
    return row


def change(db: Connection, inspection_id: int, **values: Any) -> None:
    """Write down what became of an appointment."""
    db.execute(sa.update(inspections).where(inspections.c.id == inspection_id).values(**values))


def add_part(db: Connection, **values: Any) -> None:
    """Keep a department's part of an appointment."""
    db.execute(sa.insert(parts).values(**values))


def change_part(db: Connection, part_id: int, **values: Any) -> None:
    """Write down what a department found, or that it stayed away."""
    db.execute(sa.update(parts).where(parts.c.id == part_id).values(**values))


def parts_of(db: Connection, inspection_id: int) -> Sequence[Row]:
    """Return the parts of an appointment, in order."""
    return db.execute(
        sa.select(parts).where(parts.c.inspection_id == inspection_id).order_by(parts.c.id)
    ).all()


def expected(db: Connection, inspection_id: int) -> Sequence[Row]:
    """Return the parts of an appointment but those whose case ended before, in order."""
    query = sa.select(parts).where(parts.c.inspection_id == inspection_id, EXPECTED).order_by(parts.c.id)
    return db.execute(query).all()


def still_planned(db: Connection, case_id: int) -> Sequence[Row]:
    """Return a case's parts that are still to be held, with the ``head_id`` of their appointments."""
    query = (
        sa.select(parts, inspections.c.case_id.label("head_id"))
        .join(inspections, inspections.c.id == parts.c.inspection_id)
        .where(parts.c.case_id == case_id, WAITS)
    )
    return db.execute(query).all()


def part_of(db: Connection, inspection_id: int, case_id: int) -> Row | None:
    """Return a case's part of an appointment."""
    mine = (parts.c.inspection_id == inspection_id, parts.c.case_id == case_id)
    return db.execute(sa.select(parts).where(*mine)).first()


def waiting(db: Connection, case_id: int, key: str) -> Row | None:
    """Return the part of a step that is planned and not held yet, with ``mode``, ``evidence`` and the like."""
    query = (
        sa.select(
            parts, inspections.c.mode, inspections.c.evidence, inspections.c.confirmed_at,
            inspections.c.planned_at, inspections.c.case_id.label("head_id"),
        )
        .join(inspections, inspections.c.id == parts.c.inspection_id)
        .where(parts.c.case_id == case_id, parts.c.key == key, WAITS)
        .order_by(parts.c.id.desc())
    )  # fmt: skip
    return db.execute(query).first()


def due(db: Connection, case_ids: Collection[int]) -> Sequence[Row]:
    """Return the open inspection steps of cases for which nothing is planned, with ``case_no`` and ``matter_key``."""
    planned = (
        sa.select(parts.c.id)
        .join(inspections, inspections.c.id == parts.c.inspection_id)
        .where(parts.c.case_id == tasks.c.case_id, parts.c.key == tasks.c.key, WAITS)
    )
    query = (
        sa.select(tasks, cases.c.no.label("case_no"), cases.c.matter_key)
        .join(cases, cases.c.id == tasks.c.case_id)
        .where(
            tasks.c.case_id.in_(list(case_ids)),
            tasks.c.stage == "inspect",
            tasks.c.closed_at.is_(None),
            sa.not_(tasks.c.held),
            sa.not_(planned.exists()),
        )
        .order_by(tasks.c.case_id, tasks.c.id)
    )
    return db.execute(query).all()


def officers(db: Connection, user_ids: Sequence[int]) -> list[Officer]:
    """Return people who are to go, in the order named. Raises `NotFound` for one who does not work here."""
    query = (
        sa.select(users.c.id, users.c.name, posts.c.org_id)
        .join(posts, posts.c.user_id == users.c.id)
        .where(users.c.id.in_(list(user_ids)), users.c.active)
    )
    found: dict[int, tuple[str, set[int]]] = {}
    for row in db.execute(query):
        found.setdefault(row.id, (row.name, set()))[1].add(row.org_id)
    if unknown := [each for each in user_ids if each not in found]:
        raise NotFound(
            f"没有编号为 {unknown[0]} 的工作人员，或已停用。", code="user.unknown", field="officers"
        )
    return [Officer(each, found[each][0], frozenset(found[each][1])) for each in user_ids]


def parties(db: Connection, case_id: int) -> frozenset[str]:
    """Return the names of a case's applicant and of whoever acts for him."""
    mine = sa.select(cases.c.applicant_id, cases.c.agent_id).where(cases.c.id == case_id).subquery()
    named = sa.select(applicants.c.name).where(
        sa.or_(
            applicants.c.id == sa.select(mine.c.applicant_id).scalar_subquery(),
            applicants.c.id == sa.select(mine.c.agent_id).scalar_subquery(),
        )
    )
    return frozenset(db.execute(named).scalars())


def kept(chosen: Sequence[Officer]) -> list[Mapping[str, Any]]:
    """Return officers as a part keeps them."""
    return [{"id": officer.id, "name": officer.name} for officer in chosen]
