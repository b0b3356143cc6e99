"""Cases, their tasks, handed-in materials, corrections, commitments, decisions and deliveries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from engine.domain.case import FINAL, Channel, State
from engine.domain.errors import NotFound, NotNow, Stale
from engine.domain.material import Handed, Standing
from engine.store import places as _places  # noqa: F401  cases refer to its tables
from engine.store import projects as _projects  # noqa: F401  cases refer to its tables
from engine.store.catalog import matters
from engine.store.db import Connection, Id, Json, Moment, Row, listed, metadata, upsert, words
from engine.store.writes import later

#: A case of a former system: it may lack what only a case of ours must have.
FORMER = "length(origin) > 0"
#: A decided case; an undecided one is not found by when it was decided.
DECIDED = "decided_at IS NOT NULL"
#: A case that ended without a decision.
ENDED = "decided_at IS NULL AND closed_at IS NOT NULL"
#: An open case, and what the manager's board asks of it: an index that tells it all without looking at the rows.
OPEN = "decided_at IS NULL AND closed_at IS NULL AND accepted_at IS NOT NULL"
OPEN_TOLD = (
    *("authority_id", "matter_key", "promised_due_at", "paused_at", "legal_due_at", "channel", "hall_id"),
    *("street_id", "origin", "kind", "accepted_at", "decided_at", "closed_at", "mystery"),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("no", sa.String(60), nullable=False, unique=True),
    sa.Column("code", sa.String(30), unique=True),
    #: '' for a case of ours; else the former system (历史导入) it was taken over from, for the reports alone.
    sa.Column("origin", sa.String(40), nullable=False, server_default=""),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("parent_id", Id, sa.ForeignKey("cases.id")),
    sa.Column("matter_id", Id, sa.ForeignKey("matters.id"), nullable=False, index=True),
    sa.Column("matter_key", sa.String(60), nullable=False),
    sa.Column("definition_id", Id, sa.ForeignKey("definitions.id"), index=True),
    sa.Column("applicant_id", Id, sa.ForeignKey("applicants.id"), index=True),
    sa.Column("agent_id", Id, sa.ForeignKey("applicants.id")),
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("hall_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("authority_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("street_id", Id, sa.ForeignKey("orgs.id")),
    #: 收件、受理、审批 kept apart: hall_id took it in; who accepts and who works on it, where they are others.
    sa.Column("acceptor_id", Id, sa.ForeignKey("orgs.id")),
    sa.Column("acting_id", Id, sa.ForeignKey("orgs.id")),
    sa.Column("entrustment_id", Id, sa.ForeignKey("entrustments.id")),
    sa.Column("crossing", sa.String(10), nullable=False, server_default=""),
    sa.Column("project_id", Id, sa.ForeignKey("projects.id")),
    sa.Column("first_contact_id", Id, sa.ForeignKey("users.id")),
    #: Where the result is picked up, if not where the case was taken in (通办通取).
    sa.Column("pickup_id", Id, sa.ForeignKey("orgs.id")),
    #: It goes first (绿色通道); why stands elsewhere.
    sa.Column("first", sa.Boolean, nullable=False, server_default=sa.false()),
    #: It came in outside the standard working time (延时服务).
    sa.Column("after_hours", sa.Boolean, nullable=False, server_default=sa.false()),
    #: On how many days somebody had to come for it, and when last.
    sa.Column("visits", sa.Integer, nullable=False, server_default="0"),
    sa.Column("visited_at", Moment),
    sa.Column("flags", Json, nullable=False),
    sa.Column("answers", Json, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("complete_at", Moment, nullable=False),
    sa.Column("accepted_at", Moment),
    sa.Column("decided_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("paused_at", Moment),
    sa.Column("promised_due_at", Moment),
    sa.Column("legal_due_at", Moment),
    sa.Column("noticed_at", Moment),
    #: How it stands with a hearing (听证): a decision waits for one that was asked for.
    sa.Column("hearing", sa.String(10), nullable=False, server_default=""),
    sa.Column("flow", sa.LargeBinary),
    sa.Column("troubled", sa.Boolean, nullable=False, server_default=sa.false()),
    #: Somebody tries the house out (改革体验官): a case like any other, that no figure counts.
    sa.Column("mystery", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("chain", sa.String(64), nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("kind IN ('matter','bundle')", name="kind"),
    words("state", State),
    sa.CheckConstraint(f"{listed('channel', Channel)} OR {FORMER}", name="channel"),
    sa.CheckConstraint(
        f"(code IS NOT NULL AND definition_id IS NOT NULL AND applicant_id IS NOT NULL) OR {FORMER}",
        name="ours",
    ),
    sa.Index("ix_cases_parent_id", "parent_id", postgresql_where=sa.text("parent_id IS NOT NULL")),
    sa.Index(
        "ix_cases_undecided", "promised_due_at", sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)
    ),
    sa.Index("ix_cases_open", *OPEN_TOLD, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)),
    sa.Index("ix_cases_accepted_at", "accepted_at"),
    sa.Index(
        "ix_cases_decided_at", "decided_at", sqlite_where=sa.text(DECIDED), postgresql_where=sa.text(DECIDED)
    ),
    sa.Index("ix_cases_ended", "closed_at", sqlite_where=sa.text(ENDED), postgresql_where=sa.text(ENDED)),
    sa.Index("ix_cases_promised_due_at", "promised_due_at"),
    sa.Index(
        "ix_cases_late",
        "decided_at",
        sqlite_where=sa.text("decided_at >= promised_due_at"),
        postgresql_where=sa.text("decided_at >= promised_due_at"),
    ),
    sa.Index("ix_cases_received_at", "received_at"),
    sa.Index("ix_cases_visited_at", "visited_at"),
    sa.Index(
        "ix_cases_acceptor_id",
        "acceptor_id",
        "state",
        sqlite_where=sa.text("acceptor_id IS NOT NULL"),
        postgresql_where=sa.text("acceptor_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_cases_project_id",
        "project_id",
        sqlite_where=sa.text("project_id IS NOT NULL"),
        postgresql_where=sa.text("project_id IS NOT NULL"),
    ),
    sa.CheckConstraint("crossing IN ('', 'online', 'proxy', 'sites')", name="crossing"),
)

_OPEN = "closed_at IS NULL AND NOT held"
_FIRST = f"{_OPEN} AND first"

tasks = sa.Table(
    "tasks",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("node", sa.String(100), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("stage", sa.String(20), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("org_id", Id, sa.ForeignKey("orgs.id"), nullable=False),
    sa.Column("limit_text", sa.String(30)),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("paused_at", Moment),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("first", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("assignee_id", Id, sa.ForeignKey("users.id")),
    sa.Column("delegator_id", Id, sa.ForeignKey("users.id")),
    sa.Column("claimed_at", Moment),
    sa.Column("closed_at", Moment),
    sa.Column("closed_by", Id, sa.ForeignKey("users.id")),
    sa.Column("outcome", sa.String(30)),
    sa.Column("opinion", sa.String(2000), nullable=False, server_default=""),
    sa.Column("rev", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("case_id", "key"),
    sa.Index(
        "ix_tasks_inbox",
        "org_id",
        "role",
        "due_at",
        "id",
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    ),
    sa.Index(
        "ix_tasks_mine",
        "assignee_id",
        "due_at",
        "id",
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    ),
    sa.Index(
        "ix_tasks_first",
        "org_id",
        "role",
        sqlite_where=sa.text(_FIRST),
        postgresql_where=sa.text(_FIRST),
    ),
    sa.Index(
        "ix_tasks_done",
        "closed_by",
        "closed_at",
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    ),
)

materials = sa.Table(
    "materials",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("standing", sa.String(10), nullable=False),
    sa.Column("file_id", Id, sa.ForeignKey("files.id"), index=True),
    sa.Column("remark", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
    #: Where it was taken from, if nobody brought it: the applicant's library, or a licence of his.
    sa.Column("holding_id", Id, sa.ForeignKey("holdings.id")),
    sa.Column("licence_id", Id, sa.ForeignKey("licences.id")),
    sa.UniqueConstraint("case_id", "code"),
    words("standing", Standing),
    sa.Index(
        "ix_materials_licence_id",
        "licence_id",
        sqlite_where=sa.text("licence_id IS NOT NULL"),
        postgresql_where=sa.text("licence_id IS NOT NULL"),
    ),
)

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("no", sa.Integer, nullable=False),
    sa.Column("items", Json, nullable=False),
    sa.Column("override_reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("answered_at", Moment),
    sa.Column("asked_by", Id, sa.ForeignKey("users.id")),
    sa.UniqueConstraint("case_id", "no"),
    sa.Index("ix_corrections_asked_at", "asked_at"),
    sa.Index(
        "ix_corrections_open",
        "case_id",
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    ),
)

commitments = sa.Table(
    "commitments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("on_overdue", sa.String(30), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("met_at", Moment),
    #: Until when it may be outstanding: up to the decision (accept), or beyond it (decide).
    sa.Column("kind", sa.String(10), nullable=False, server_default="accept"),
    #: Where it reached the department, and why its day was moved on.
    sa.Column("place", sa.String(60), nullable=False, server_default=""),
    sa.Column("postponed", sa.String(500), nullable=False, server_default=""),
    sa.Index("ix_commitments_due_at", "due_at"),
    sa.Index("ix_commitments_made_at", "made_at"),
    sa.UniqueConstraint("case_id", "code"),
)

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(2000), nullable=False),
    sa.Column("document_no", sa.String(60), nullable=False, unique=True),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("at", Moment, nullable=False),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("case_id", Id, sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("method", sa.String(20), nullable=False),
    sa.Column("receiver", sa.String(100), nullable=False),
    sa.Column("waybill", sa.String(60), nullable=False, server_default=""),
    sa.Column("by_id", Id, sa.ForeignKey("users.id")),
    sa.Column("at", Moment, nullable=False),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", Id, nullable=False),
)


@dataclass(slots=True)
class Case:
    """A case in the hands of an act: its row, locked; written back once, when the act ends."""

    id: int
    no: str
    code: str
    origin: str
    kind: str
    parent_id: int | None
    matter_id: int
    matter_key: str
    definition_id: int
    applicant_id: int
    channel: str
    hall_id: int
    authority_id: int
    street_id: int | None
    first_contact_id: int | None
    pickup_id: int | None
    first: bool
    visits: int
    visited_at: datetime | None
    acceptor_id: int | None
    acting_id: int | None
    crossing: str
    project_id: int | None
    flags: dict[str, Any]
    received_at: datetime
    state: State
    complete_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    paused_at: datetime | None
    promised_due_at: datetime | None
    legal_due_at: datetime | None
    noticed_at: datetime | None
    hearing: str
    flow: bytes | None
    troubled: bool
    mystery: bool
    seq: int
    chain: str
    version: int

    @property
    def shelf(self) -> int:
        """The case on whose shelf its materials lie: a member shares its bundle's (R-BUN-5)."""
        return self.parent_id or self.id

    @property
    def handout_id(self) -> int:
        """The hall whose window hands the result out: where the applicant chose to, else where he applied."""
        return self.pickup_id or self.hall_id

    @property
    def accepts(self) -> int:
        """The organisation whose window accepts it: who took it in, unless that was for another (代收)."""
        return self.acceptor_id or self.hall_id


_COLUMNS = [cases.c[f.name] for f in fields(Case)]
#: What an act may change on a case.
_CHANGING = (
    *("state", "complete_at", "accepted_at", "decided_at", "closed_at", "paused_at", "noticed_at"),
    *("promised_due_at", "legal_due_at", "hearing", "flow", "troubled", "seq", "chain"),
    *("first_contact_id", "pickup_id", "first", "visits", "visited_at"),
)

_LOCK = sa.select(*_COLUMNS).where(cases.c.id == sa.bindparam("case_id")).with_for_update(key_share=True)
_LOCK_ALL = (
    sa.select(*_COLUMNS)
    .where(cases.c.id.in_(sa.bindparam("case_ids", expanding=True)))
    .order_by(cases.c.id)
    .with_for_update(key_share=True)
)
_LOCK_OF_TASK = (
    sa.select(*_COLUMNS)
    .join_from(tasks, cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.id == sa.bindparam("task"))
    .with_for_update(of=cases, key_share=True)
)
_SAVE = (
    sa.update(cases)
    .where(cases.c.id == sa.bindparam("case_id"), cases.c.version == sa.bindparam("old"))
    .values(version=cases.c.version + 1, **{name: sa.bindparam(f"new_{name}") for name in _CHANGING})
)
_OPEN_TASKS = (
    sa.select(tasks)
    .where(tasks.c.case_id == sa.bindparam("case"), tasks.c.closed_at.is_(None))
    .order_by(tasks.c.id)
)
_TASK = sa.select(tasks).where(tasks.c.id == sa.bindparam("task"))


def add(db: Connection, **values: Any) -> int:
    """Insert a case and return its id."""
    return int(db.execute(sa.insert(cases).values(**values).returning(cases.c.id)).scalar_one())


def lock(db: Connection, case_id: int) -> Case:
    """Return the case with its row locked: the one lock of an act.

    Raises `NotFound`, and `NotNow` for a case of a former system.
    """
    row = db.execute(_LOCK, {"case_id": case_id}).first()
    if row is None:
        raise NotFound("没有这个办件。", code="case.unknown")
    return _held(row)


def lock_all(db: Connection, case_ids: Collection[int]) -> list[Case]:
    """Return cases with their rows locked, always in the same order: who locks several does not block another."""
    return [_held(row) for row in db.execute(_LOCK_ALL, {"case_ids": list(case_ids)})]


def lock_of_task(db: Connection, task_id: int) -> Case:
    """Return the case a task belongs to, with its row locked. Raises `NotFound`."""
    row = db.execute(_LOCK_OF_TASK, {"task": task_id}).first()
    if row is None:
        raise NotFound("没有这个任务。", code="task.unknown")
    return _held(row)


def _held(row: Row) -> Case:
    case = Case(*row)
    if case.origin:
        raise NotNow("历史导入的办件只供统计，不能办理。", code="case.former")
    case.state = State(case.state)
    return case


def save(db: Connection, case: Case) -> None:
    """Write the case back. Raises `Stale` if its version moved: the net under the lock."""
    new = {f"new_{name}": getattr(case, name) for name in _CHANGING}
    later(db, _SAVE, {"case_id": case.id, "old": case.version, **new}, _must_be_one)
    case.version += 1


def _must_be_one(saved: int) -> None:
    if saved != 1:
        raise Stale("该办件刚被他人更新，请刷新后再试。", code="case.stale")


def know(db: Connection, case_id: int, flags: Mapping[str, Any]) -> None:
    """Write down that the applicant has answered otherwise than when he applied."""
    db.execute(sa.update(cases).where(cases.c.id == case_id).values(flags=dict(flags)))


def id_of(db: Connection, no: str) -> int:
    """Return the id of case number *no*. Raises `NotFound`."""
    found = db.execute(sa.select(cases.c.id).where(cases.c.no == no)).scalar()
    if found is None:
        raise NotFound(f"没有编号为 {no} 的办件。", code="case.unknown", field="no")
    return int(found)


def id_by_code(db: Connection, code: str) -> int:
    """Return the id of the case that *code* tracks. Raises `NotFound`."""
    found = db.execute(sa.select(cases.c.id).where(cases.c.code == code)).scalar()
    if found is None:
        raise NotFound("查询码不对，请核对受理单上的查询码。", code="case.unknown", field="code")
    return int(found)


def is_own(db: Connection, code: str, applicant_id: int) -> bool:
    """Does *code* track a case the applicant brought himself, without an agent?"""
    his = (cases.c.code == code, cases.c.applicant_id == applicant_id, cases.c.agent_id.is_(None))
    return db.execute(sa.select(cases.c.id).where(*his)).first() is not None


def key_of(db: Connection, case_id: int) -> str:
    """Return the matter a case is for, looked at without its lock."""
    return str(db.execute(sa.select(cases.c.matter_key).where(cases.c.id == case_id)).scalar_one())


def agent_of(db: Connection, case_id: int) -> int | None:
    """Return who filed a case for its applicant (代办人)."""
    return db.execute(sa.select(cases.c.agent_id).where(cases.c.id == case_id)).scalar()


def members(db: Connection, parent_id: int) -> Sequence[Row]:
    """Return how a bundle's members stand (``_TOLD``), each with what was decided on it, if it is decided."""
    return db.execute(_MEMBERS, {"bundle": parent_id}).all()


#: What is told of a member.
_TOLD = ("id", "no", "matter_key", "matter_id", "authority_id", "state", "noticed_at", "flags")
_MEMBERS = (
    sa.select(*(cases.c[name] for name in _TOLD), decisions.c.outcome.label("decision"))
    .outerjoin(decisions, decisions.c.case_id == cases.c.id)
    .where(cases.c.parent_id == sa.bindparam("bundle"))
    .order_by(cases.c.id)
)


def bundle_of(db: Connection, parent_id: int) -> Row:
    """Return ``(id, no, matter_id, authority_id, hall_id, state, flags)`` of the bundle a member belongs to."""
    told = ("id", "no", "matter_id", "authority_id", "hall_id", "state", "flags")
    return db.execute(sa.select(*(cases.c[name] for name in told)).where(cases.c.id == parent_id)).one()


def waiting_for(db: Connection, parent_id: int, codes: Collection[str]) -> Sequence[int]:
    """Return the members of a bundle that were asked for a correction, or promised one of *codes* and owe it."""
    owed = sa.exists().where(
        commitments.c.case_id == cases.c.id, commitments.c.code.in_(codes), commitments.c.met_at.is_(None)
    )
    query = sa.select(cases.c.id).where(
        cases.c.parent_id == parent_id, sa.or_(cases.c.state == State.CORRECTION, owed)
    )
    return db.execute(query.order_by(cases.c.id)).scalars().all()


def member(db: Connection, parent_id: int, matter_key: str) -> Row | None:
    """Return ``(id, state)`` of one member of a bundle, if it has it."""
    columns = (cases.c.id, cases.c.state)
    return db.execute(
        sa.select(*columns).where(cases.c.parent_id == parent_id, cases.c.matter_key == matter_key)
    ).first()


#: What is looked at of a running case without its lock.
_STANDING = (
    cases.c.id,
    cases.c.parent_id,
    cases.c.definition_id,
    cases.c.flow,
    cases.c.hall_id,
    cases.c.authority_id,
)


def family(db: Connection, root: int) -> Sequence[Row]:
    """Return how the running cases of a bundle stand: the bundle, then its members."""
    query = sa.select(*_STANDING).where(sa.or_(cases.c.id == root, cases.c.parent_id == root))
    return db.execute(query.where(cases.c.flow.is_not(None)).order_by(cases.c.id)).all()


def drawn(db: Connection) -> Sequence[int]:
    """Return the versions of diagrams on which cases are running."""
    query = sa.select(cases.c.definition_id).distinct().where(cases.c.flow.is_not(None))
    return db.execute(query.order_by(cases.c.definition_id)).scalars().all()


def running(db: Connection, drawn_as: Collection[int]) -> Sequence[Row]:
    """Return how the running cases on certain versions of diagrams stand, oldest first."""
    if not drawn_as:
        return ()
    query = sa.select(*_STANDING).where(cases.c.definition_id.in_(drawn_as), cases.c.flow.is_not(None))
    return db.execute(query.order_by(cases.c.id)).all()


def producing(db: Connection, case_id: int, parent_id: int | None) -> dict[str, str | None]:
    """Return the other matters of the same bundle that may still produce something, with their result's code."""
    if parent_id is None:
        return {}
    return {row.matter_key: row[1] for row in db.execute(_PRODUCING, {"bundle": parent_id, "but": case_id})}


_PRODUCING = (
    sa.select(cases.c.matter_key, matters.c.record[("result", "code")].as_string())
    .join(matters, matters.c.id == cases.c.matter_id)
    .outerjoin(decisions, decisions.c.case_id == cases.c.id)
    .where(
        cases.c.parent_id == sa.bindparam("bundle"),
        cases.c.id != sa.bindparam("but"),
        cases.c.state.not_in([s for s in FINAL if s is not State.DELIVERED] + [State.DENIED]),
        # a denial that was handed out is one still
        sa.func.coalesce(decisions.c.outcome, "") != State.DENIED,
    )
)


def serial(db: Connection, name: str) -> int:
    """Return the next number of the counter *name*, from 1."""
    return int(db.execute(_serial(db.dialect.name), {"name": name}).scalar_one())


@cache
def _serial(dialect: str) -> Any:
    first = upsert(dialect, counters).values(value=1)
    taken = first.on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + 1})
    return taken.returning(counters.c.value)


def task(db: Connection, task_id: int) -> Row:
    """Return a task, open or closed. Raises `NotFound`."""
    row = db.execute(_TASK, {"task": task_id}).first()
    if row is None:
        raise NotFound("没有这个任务。", code="task.unknown")
    return row


def open_tasks(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the open tasks and calls of a case, oldest first."""
    return db.execute(_OPEN_TASKS, {"case": case_id}).all()


def add_tasks(db: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Open tasks."""
    if rows:
        later(db, _ADD_TASKS, list(rows))


_ADD_TASKS = sa.insert(tasks).inline()
_CLOSE_ALL = (
    sa.update(tasks)
    .where(tasks.c.case_id == sa.bindparam("case"), tasks.c.closed_at.is_(None))
    .values(
        closed_at=sa.bindparam("at"),
        closed_by=sa.bindparam("by"),
        outcome=sa.bindparam("how"),
        opinion=sa.bindparam("words"),
        rev=tasks.c.rev + 1,
    )
)
_CLOSE = _CLOSE_ALL.where(tasks.c.key == sa.bindparam("token"))


def close_tasks(
    db: Connection,
    case_id: int,
    keys: Sequence[str],
    at: datetime,
    by: int | None,
    outcome: str,
    opinion: str = "",
) -> None:
    """Close open tasks of a case, named by their keys, with what came of them."""
    if keys:
        how = {"at": at, "by": by, "how": outcome, "words": opinion}
        later(db, _CLOSE, [{"case": case_id, "token": key, **how} for key in keys])


def close_all(db: Connection, case_id: int, at: datetime, by: int | None, outcome: str) -> None:
    """Close every open task of a case."""
    later(db, _CLOSE_ALL, {"case": case_id, "at": at, "by": by, "how": outcome, "words": ""})


def claim(db: Connection, task_id: int, user_id: int, at: datetime) -> bool:
    """Give an unclaimed open task to *user_id*; the row count decides who was first."""
    done = db.execute(
        sa.update(tasks)
        .where(tasks.c.id == task_id, tasks.c.assignee_id.is_(None), tasks.c.closed_at.is_(None))
        .values(assignee_id=user_id, claimed_at=at, rev=tasks.c.rev + 1)
    )
    return done.rowcount == 1


def assign(db: Connection, task_id: int, user_id: int | None, at: datetime) -> None:
    """Give a task to somebody, or back to the pool; it is entrusted to nobody any more."""
    given = {"assignee_id": user_id, "delegator_id": None, "claimed_at": at if user_id else None}
    db.execute(sa.update(tasks).where(tasks.c.id == task_id).values(**given, rev=tasks.c.rev + 1))


def delegate(db: Connection, task_id: int, user_id: int, by: int | None, at: datetime) -> None:
    """Entrust a task of *by* to somebody (委派)."""
    given = {"assignee_id": user_id, "delegator_id": by, "claimed_at": at}
    db.execute(sa.update(tasks).where(tasks.c.id == task_id).values(**given, rev=tasks.c.rev + 1))


def move_stage(db: Connection, case_id: int, stage: str, org_id: int) -> None:
    """Give the open task of *stage* to another organisation; whoever held it holds it no more."""
    moved = {"org_id": org_id, "assignee_id": None, "claimed_at": None, "rev": tasks.c.rev + 1}
    of_stage = (tasks.c.case_id == case_id, tasks.c.stage == stage, tasks.c.closed_at.is_(None))
    db.execute(sa.update(tasks).where(*of_stage, tasks.c.org_id != org_id).values(**moved))


def release_held(db: Connection, case_id: int, stage: str) -> None:
    """Show the held task of *stage* in the inbox."""
    db.execute(
        sa.update(tasks)
        .where(tasks.c.case_id == case_id, tasks.c.stage == stage, tasks.c.closed_at.is_(None))
        .values(held=False)
    )


def hold_back(db: Connection, case_id: int, stage: str) -> None:
    """Take the open task of *stage* off the inbox again."""
    of_stage = (tasks.c.case_id == case_id, tasks.c.stage == stage, tasks.c.closed_at.is_(None))
    db.execute(sa.update(tasks).where(*of_stage).values(held=True, assignee_id=None, claimed_at=None))


def reopen(db: Connection, task_id: int, user_id: int | None) -> None:
    """Open a closed task again, in the hands of *user_id*."""
    db.execute(
        sa.update(tasks)
        .where(tasks.c.id == task_id)
        .values(
            closed_at=None,
            closed_by=None,
            outcome=None,
            opinion="",
            assignee_id=user_id,
            rev=tasks.c.rev + 1,
        )
    )


def latest(db: Connection, case_id: int, node: str) -> Row | None:
    """Return the newest task of a node, open or closed."""
    query = sa.select(tasks).where(tasks.c.case_id == case_id, tasks.c.node == node)
    return db.execute(query.order_by(tasks.c.id.desc()).limit(1)).first()


def running_on(db: Connection, definition_id: int) -> Sequence[Row]:
    """Return ``(id, no, flow)`` of the cases that run on a version of a diagram, oldest first."""
    columns = (cases.c.id, cases.c.no, cases.c.flow)
    query = sa.select(*columns).where(cases.c.definition_id == definition_id, cases.c.flow.is_not(None))
    return db.execute(query.order_by(cases.c.id)).all()


def redefine(db: Connection, case_id: int, definition_id: int) -> None:
    """Let a case run on another version of its diagram."""
    db.execute(sa.update(cases).where(cases.c.id == case_id).values(definition_id=definition_id))


def rename(db: Connection, case_id: int, old: str, new: str) -> None:
    """Call a node of a case's diagram otherwise in all its tasks, done or not."""
    of_node = (tasks.c.case_id == case_id, tasks.c.node == old)
    db.execute(sa.update(tasks).where(*of_node).values(node=new))


def pass_up(db: Connection, case_id: int, org_id: int) -> None:
    """Let another authority decide the case from now on (转报)."""
    db.execute(sa.update(cases).where(cases.c.id == case_id).values(authority_id=org_id, acting_id=org_id))


def join(db: Connection, case_id: int, project_id: int | None) -> None:
    """Make a case, with the members of a bundle, one of a project's; or of none."""
    family = sa.or_(cases.c.id == case_id, cases.c.parent_id == case_id)
    db.execute(sa.update(cases).where(family).values(project_id=project_id))


def redraw(db: Connection, task_id: int, words: Mapping[str, Any]) -> None:
    """Write down how an open task is drawn now."""
    db.execute(sa.update(tasks).where(tasks.c.id == task_id).values(**words, rev=tasks.c.rev + 1))


def pause_tasks(db: Connection, case_id: int, at: datetime | None, but: Sequence[str] = ()) -> None:
    """Mark the open tasks of a case as paused since *at*, or as running (None); those at *but* run anyway."""
    open_ones = sa.update(tasks).where(tasks.c.case_id == case_id, tasks.c.closed_at.is_(None))
    since = sa.case((tasks.c.key.in_(list(but)), None), else_=at) if but and at is not None else at
    db.execute(open_ones.values(paused_at=since))


def due_tasks(db: Connection, case_id: int, due: Mapping[int, datetime]) -> None:
    """Give open tasks new due moments."""
    if due:
        moved = [{"task": task_id, "case": case_id, "due": due_at} for task_id, due_at in due.items()]
        later(db, _DUE_TASKS, moved)


_DUE_TASKS = (
    sa.update(tasks)
    .where(tasks.c.id == sa.bindparam("task"), tasks.c.case_id == sa.bindparam("case"))
    .values(due_at=sa.bindparam("due"))
)


def handed(db: Connection, shelf: int) -> dict[str, Handed]:
    """Return what lies on a shelf, by material code."""
    rows = db.execute(_HANDED, {"shelf": shelf})
    return {code: Handed(code, Standing(standing), *more) for code, standing, *more in rows}


def put(db: Connection, shelf: int, items: Iterable[Handed], at: datetime) -> None:
    """Lay materials on a shelf; what lay there under the same code is replaced."""
    rows = [{"case_id": shelf, "at": at, **{name: getattr(i, name) for name in _LAID}} for i in items]
    if rows:
        later(db, _put(db.dialect.name), rows)


#: What is written down of a material besides its shelf, in the order of `Handed`.
_LAID = ("code", "standing", "file_id", "remark", "holding_id", "licence_id")
_HANDED = sa.select(*(materials.c[name] for name in _LAID)).where(
    materials.c.case_id == sa.bindparam("shelf")
)


@cache
def _put(dialect: str) -> Any:
    new = upsert(dialect, materials).inline()
    replaced = {name: new.excluded[name] for name in (*_LAID[1:], "at")}
    return new.on_conflict_do_update(index_elements=["case_id", "code"], set_=replaced)


def ask(
    db: Connection,
    case_id: int,
    items: Sequence[Mapping[str, str]],
    reason: str,
    at: datetime,
    by: int | None,
) -> int:
    """Write down a correction notice; return how many there now are."""
    counted = sa.select(sa.func.count()).select_from(corrections).where(corrections.c.case_id == case_id)
    no = db.execute(counted).scalar_one() + 1
    db.execute(
        sa.insert(corrections).values(
            case_id=case_id, no=no, items=list(items), override_reason=reason, asked_at=at, asked_by=by
        )
    )
    return int(no)


def asked(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the correction notices of a case, in order."""
    return db.execute(
        sa.select(corrections).where(corrections.c.case_id == case_id).order_by(corrections.c.no)
    ).all()


def asked_elsewhere(db: Connection, case_id: int, parent_id: int | None) -> dict[str, int]:
    """Return what other members of the same bundle were asked for and have not brought yet, with who was asked."""
    if parent_id is None:
        return {}
    query = (
        sa.select(cases.c.matter_id, corrections.c["items"].label("named"))
        .join(corrections, corrections.c.case_id == cases.c.id)
        .where(cases.c.parent_id == parent_id, cases.c.id != case_id, corrections.c.answered_at.is_(None))
        .where(cases.c.state == State.CORRECTION)
        .order_by(corrections.c.id.desc())
    )
    return {item["code"]: row.matter_id for row in db.execute(query) for item in row.named}


def answer(db: Connection, case_id: int, at: datetime) -> None:
    """Mark the open correction notice as answered."""
    db.execute(
        sa.update(corrections)
        .where(corrections.c.case_id == case_id, corrections.c.answered_at.is_(None))
        .values(answered_at=at)
    )


def commit_to(
    db: Connection,
    case_id: int,
    codes: Sequence[str],
    due_at: datetime,
    on_overdue: str,
    at: datetime,
    kind: str = "accept",
) -> None:
    """Write down a promise for each of *codes*; a new promise takes the place of a broken one."""
    made = upsert(db.dialect.name, commitments)
    anew = {name: made.excluded[name] for name in _PROMISED_ANEW}
    db.execute(
        made.on_conflict_do_update(index_elements=["case_id", "code"], set_=anew),
        [
            {
                "case_id": case_id,
                "code": code,
                "on_overdue": on_overdue,
                "made_at": at,
                "due_at": due_at,
                "kind": kind,
                "met_at": None,
                "postponed": "",
                "place": "",
            }
            for code in codes
        ],
    )


#: What a promise made again takes over from the broken one: nothing.
_PROMISED_ANEW = ("on_overdue", "made_at", "due_at", "met_at", "kind", "postponed", "place")


def promises(db: Connection, case_id: int) -> Sequence[Row]:
    """Return the promises of a case, met and unmet."""
    return db.execute(_PROMISES, {"case": case_id}).all()


_PROMISES = (
    sa.select(commitments).where(commitments.c.case_id == sa.bindparam("case")).order_by(commitments.c.id)
)


def postpone(db: Connection, case_id: int, due_at: datetime, reason: str) -> None:
    """Move the unmet promises of a case to a later moment, and say why."""
    waiting = (
        commitments.c.case_id == case_id,
        commitments.c.met_at.is_(None),
        commitments.c.due_at < due_at,
    )
    db.execute(sa.update(commitments).where(*waiting).values(due_at=due_at, postponed=reason))


def due_after_grant(db: Connection, case_id: int, due_at: datetime) -> None:
    """Say when what was promised for after the grant is due, now that it is granted."""
    owed = (commitments.c.case_id == case_id, commitments.c.met_at.is_(None), commitments.c.kind == "decide")
    db.execute(sa.update(commitments).where(*owed).values(due_at=due_at))


def meet(db: Connection, case_id: int, codes: Iterable[str], at: datetime, place: str = "") -> None:
    """Mark the promises for *codes* as met, at the moment and place the materials reached the department."""
    db.execute(
        sa.update(commitments)
        .where(
            commitments.c.case_id == case_id,
            commitments.c.code.in_(list(codes)),
            commitments.c.met_at.is_(None),
        )
        .values(met_at=at, place=place)
    )


def answers(db: Connection, case_id: int) -> dict[str, Any]:
    """Return what was filled into the form of an application."""
    found = db.execute(sa.select(cases.c.answers).where(cases.c.id == case_id)).scalar_one()
    return dict(found)


def decision(db: Connection, case_id: int) -> Row | None:
    """Return the decision of a case, if there is one."""
    return db.execute(sa.select(decisions).where(decisions.c.case_id == case_id)).first()


_DECIDE = sa.insert(decisions).inline()
_DELIVER = sa.insert(deliveries).inline()


def decide(db: Connection, **values: Any) -> None:
    """Write down a decision."""
    later(db, _DECIDE, values)


def deliver(db: Connection, **values: Any) -> None:
    """Write down a delivery."""
    later(db, _DELIVER, values)


def passed_nodes(db: Connection, case_id: int) -> frozenset[str]:
    """Return the nodes of a case's diagram that a person has completed."""
    query = sa.select(tasks.c.node).where(
        tasks.c.case_id == case_id, tasks.c.closed_at.is_not(None), tasks.c.outcome != "cancelled"
    )
    return frozenset(db.execute(query).scalars())
