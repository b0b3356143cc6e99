"""What was begun unasked (免申即办) as its person and its officers see it: of what, by which rule, with whose data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.case import UNACCEPTED, UNDECIDED, State
from engine.domain.clock import Clock
from engine.domain.deadline import last_day
from engine.domain.offer import WAY_NAMES, Way
from engine.spiff.dmn import printed
from engine.store import deadlines, offers
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Data:
    """A material taken from another's data (数据互认): where from, under which number, when, and its seal."""

    code: str
    source: str
    document_no: str
    at: datetime
    seal: str


@dataclass(frozen=True, slots=True)
class Told:
    """Why a case was begun unasked, the rule as it stood, and what its person may still say to it."""

    because: str
    why: str
    way: str
    goes_on: str
    until: date
    agreed: bool
    declined: bool
    human_at: datetime | None
    rule: str
    version: int | None
    sha256: str
    asked: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    data: tuple[Data, ...]
    may_decline: bool
    may_agree: bool
    may_ask: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A case that was begun by the result of another."""

    no: str
    code: str
    name: str
    state: str


def told(db: Connection, case_id: int, state: str) -> Told | None:
    """Return why a case was begun unasked; None for one that was applied for."""
    row = offers.of_case(db, case_id)
    if row is None:
        return None
    way, open_ = Way(row.way), State(state) in UNACCEPTED | UNDECIDED
    table = _table(row)
    return Told(
        because=row.said["because"],
        why=row.said["why"],
        way=row.way,
        goes_on=WAY_NAMES[Way.HANDLED if row.human_at else way],
        until=last_day(_until(db, case_id)),
        agreed=row.agreed_at is not None,
        declined=row.declined_at is not None,
        human_at=row.human_at,
        rule=row.rule_name or "",
        version=row.rule_version,
        sha256=row.rule_sha256 or "",
        asked=tuple((label, value) for label, value in row.said["asked"]),
        rows=tuple(tuple(map(_plainly, cells)) for cells in table.rows) if table else (),
        heads=(*table.inputs, *table.outputs) if table else (),
        data=data(db, case_id),
        may_decline=open_,
        may_agree=open_ and row.agreed_at is None and row.human_at is None,
        may_ask=open_ and way is Way.AUTOMATIC and row.human_at is None,
    )


def of_number(db: Connection, case_id: int) -> Told | None:
    """Return why a case was begun unasked, by the case alone."""
    return told(db, case_id, db.execute(sa.select(cases.c.state).where(cases.c.id == case_id)).scalar_one())


def _table(row: Row) -> printed.Printed | None:
    """The rule as it stood, to be read; what it answered is among its rows."""
    if row.rule_source is None:
        return None
    return next(iter(printed.decisions(row.rule_source)), None)


def _plainly(cell: str) -> str:
    """A cell of the rule as its person reads it: no quotes, what the rule may answer in words, "-" for anything."""
    said = cell.strip('"')
    if said in set(Way):
        return WAY_NAMES[Way(said)]
    return "其他" if said == "-" else said


def _until(db: Connection, case_id: int) -> datetime:
    """Until when its person may think it over, as the clock now says."""
    clock = deadlines.deadlines
    query = sa.select(clock.c.due_at).where(clock.c.case_id == case_id, clock.c.clock == Clock.DECLINE)
    found: datetime = db.execute(query).scalar_one()
    return found


def data(db: Connection, case_id: int) -> tuple[Data, ...]:
    """Return the materials of a case that were taken from others' data."""
    same = ("code", "source", "document_no", "at", "seal")
    return tuple(
        Data(**{name: getattr(row, name) for name in same}) for row in offers.recognised_of(db, case_id)
    )


def begun(db: Connection, case_ids: Sequence[int]) -> tuple[Begun, ...]:
    """Return what was begun by the results of some cases."""
    query: sa.Select[Any] = (
        sa.select(cases.c.no, cases.c.code, matters.c.name, cases.c.state)
        .join_from(offers.offers, cases, cases.c.id == offers.offers.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(offers.offers.c.origin_id.in_(case_ids))
    )
    return tuple(Begun(*row) for row in db.execute(query.order_by(cases.c.id)))
