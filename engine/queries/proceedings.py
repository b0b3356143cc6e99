"""What goes on beside a case's steps: its hearing, its committee's votes, the agencies its applicant chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain import intermediary, vote
from engine.domain.case import UNDECIDED, State
from engine.domain.errors import NotFound
from engine.domain.identity import Actor
from engine.domain.inspection import Mode
from engine.domain.vote import Choice, Rules, Tally
from engine.queries import sight, visits
from engine.queries.casefile import Definitions
from engine.queries.visits import Appointment
from engine.store import cases as rows
from engine.store import engagements, hearings, votes
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.people import orgs, posts, users
from engine.store.votes import ballots


@dataclass(frozen=True, slots=True)
class Hearing:
    """A hearing as it stands; *standing* is that of the case: announced, asked, or "" when it is behind."""

    no: str
    standing: str
    words: str
    ask_by: datetime
    may_ask: bool
    asked_at: datetime | None
    waived_at: datetime | None
    planned_at: datetime | None
    place: str
    chair: str
    chair_id: int | None
    held_at: datetime | None
    record_id: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Ballot:
    """A member and what he did; what he chose is told to others only when the vote is over."""

    user_id: int
    name: str
    choice: str
    reason: str
    voted: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """A step's vote; without *question* it was not convened yet."""

    task_id: int
    task: str
    case_no: str
    matter: str
    rules: str
    rev: int
    question: str
    until: datetime | None
    over: bool
    outcome: str
    minutes_id: int | None
    ballots: tuple[Ballot, ...]
    members: int
    present: int
    tally: Tally | None
    member: bool
    chairs: bool
    closed: bool
    candidates: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A vote as a list shows it."""

    task_id: int
    case_no: str
    matter: str
    question: str
    until: datetime
    choice: str
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Agencies:
    """What services a case's matter lists that may be chosen now, and whom its applicant chose."""

    no: str
    services: tuple[intermediary.Service, ...]
    chosen: Sequence[Row]


# --- hearings -----------------------------------------------------------------------------------------------


#: What a hearing shows of its row as it is kept.
_KEPT = (
    *("words", "ask_by", "asked_at", "waived_at", "planned_at", "place"),
    *("chair_id", "held_at", "record_id", "outcome"),
)


def hearing_of(db: Connection, case_id: int, at: datetime) -> Hearing | None:
    """Return the latest hearing of a case; None where there was none."""
    row = hearings.latest(db, case_id)
    if row is None:
        return None
    case = db.execute(sa.select(cases.c.no, cases.c.hearing).where(cases.c.id == case_id)).one()
    named = db.execute(sa.select(users.c.name).where(users.c.id == row.chair_id)).scalar()
    same = [
        "words",
        "ask_by",
        "asked_at",
        "waived_at",
        "planned_at",
        "place",
        "chair_id",
        "held_at",
        "record_id",
        "outcome",
    ]
    return Hearing(
        **{name: getattr(row, name) for name in same},
        no=case.no,
        standing=case.hearing,
        may_ask=case.hearing == "announced" and at < row.ask_by,
        chair=str(named or ""),
    )


def chairs(db: Connection, case_id: int) -> tuple[tuple[int, str], ...]:
    """Return who of the authority may sit in the chair: everybody who did not examine the case."""
    examined = hearings.examiners(db, case_id)
    authority = sa.select(cases.c.authority_id).where(cases.c.id == case_id).scalar_subquery()
    query = (
        sa.select(users.c.id, users.c.name)
        .join(posts, posts.c.user_id == users.c.id)
        .where(posts.c.org_id == authority, users.c.active)
        .distinct()
        .order_by(users.c.id)
    )
    return tuple((row.id, row.name) for row in db.execute(query) if row.id not in examined)


# --- votes --------------------------------------------------------------------------------------------------

_TASK = (
    sa.select(tasks, cases.c.no, cases.c.definition_id, matters.c.name.label("matter"))
    .join(cases, cases.c.id == tasks.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
)
_MINE = (
    sa.select(votes.votes, ballots.c.choice, cases.c.no, matters.c.name)
    .join(ballots, ballots.c.vote_id == votes.votes.c.id)
    .join(cases, cases.c.id == votes.votes.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .order_by(votes.votes.c.closed_at.is_not(None), votes.votes.c.until.desc())
    .limit(100)
)


def vote_of(db: Connection, definition: Definitions, actor: Actor, task_id: int, at: datetime) -> Vote:
    """Return the vote of a step to its members, and to whoever may see its case. Raises `NotFound`."""
    task = db.execute(_TASK.where(tasks.c.id == task_id)).first()
    node = definition(db, task.definition_id).nodes.get(task.node) if task is not None else None
    if task is None or node is None or node.vote is None:
        raise NotFound("本环节没有表决。", code="vote.none")
    row = votes.of_task(db, task_id)
    given = votes.ballots_of(db, row.id) if row is not None else ()
    member = any(each.user_id == actor.id for each in given)
    if not member:
        sight.must_see(db, actor, task.case_id)
    chairs_it = task.closed_at is None and actor.holds(task.role, task.org_id)
    over = row is not None and row.closed_at is not None
    tally = vote.count(Choice(each.choice) for each in given)
    return Vote(
        task_id=task.id, task=task.name, case_no=task.no, matter=task.matter, rules=Rules.parse(node.vote).words(),
        rev=task.rev, question=row.question if row else "", until=row.until if row else None,
        over=row is not None and at >= row.until, outcome=row.outcome if row else "",
        minutes_id=row.minutes_id if row else None,
        ballots=tuple(_ballot(each, actor, told=over) for each in given),
        members=tally.members,
        present=tally.present,
        tally=tally if over else None,
        member=member, chairs=chairs_it, closed=over or task.closed_at is not None,
        candidates=_candidates(db, {each.user_id for each in given}) if chairs_it else (),
    )  # fmt: skip


def _ballot(row: Row, actor: Actor, *, told: bool) -> Ballot:
    shown = told or row.user_id == actor.id or row.choice == Choice.RECUSED
    return Ballot(
        row.user_id,
        row.name,
        row.choice if shown else "",
        row.reason if shown else "",
        row.choice != Choice.NONE,
    )


def _candidates(db: Connection, seated: set[int]) -> tuple[tuple[int, str], ...]:
    """Who may be a member: leaders and section heads of every department."""
    query = (
        sa.select(users.c.id, users.c.name, orgs.c.name.label("org"))
        .join(posts, posts.c.user_id == users.c.id)
        .join(orgs, orgs.c.id == posts.c.org_id)
        .where(posts.c.role.in_(["leader", "chief"]), users.c.active)
        .order_by(orgs.c.id, users.c.id)
    )
    found = {row.id: f"{row.name}（{row.org}）" for row in db.execute(query) if row.id not in seated}
    return tuple(found.items())


def my_votes(db: Connection, actor: Actor) -> tuple[Asked, ...]:
    """Return the votes somebody is a member of, the open ones first."""
    return tuple(
        Asked(row.task_id, row.no, row.name, row.question, row.until, row.choice, row.closed_at, row.outcome)
        for row in db.execute(_MINE.where(ballots.c.user_id == actor.id))
    )


# --- agencies -----------------------------------------------------------------------------------------------


def agencies(db: Connection, case_id: int) -> tuple[Agencies, ...]:
    """Return, of a case and its members, what may be chosen of agencies and what was; those without either go."""
    query = (
        sa.select(cases.c.id, cases.c.no, cases.c.state, matters.c.record)
        .join(matters, matters.c.id == cases.c.matter_id)
        .where(sa.or_(cases.c.id == case_id, cases.c.parent_id == case_id))
        .order_by(cases.c.id)
    )
    listed = [(row, intermediary.services(row.record)) for row in db.execute(query).all()]
    found = [_agencies(db, row, known) for row, known in listed if known]
    return tuple(each for each in found if each.services or each.chosen)


def _agencies(db: Connection, row: Row, known: Mapping[str, intermediary.Service]) -> Agencies:
    chosen = engagements.of_case(db, row.id)
    busy = {each.service for each in chosen if each.ended_at is None}
    open_ = State(row.state) in UNDECIDED
    return Agencies(row.no, tuple(s for s in known.values() if open_ and s.name not in busy), chosen)


# --- for the applicant --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beside:
    """What an applicant is to know beside the steps: who comes and when, his hearings, his agencies."""

    visits: tuple[Appointment, ...]
    hearings: tuple[Hearing, ...]
    agencies: tuple[Agencies, ...]

    @property
    def asks(self) -> bool:
        """Is there something only he can do?"""
        unconfirmed = any(v.evidence and v.confirmed_at is None for v in self.visits if v.mode == Mode.REMOTE)
        return unconfirmed or any(hearing.may_ask for hearing in self.hearings)


def beside(db: Connection, code: str, at: datetime) -> Beside:
    """Return what goes on beside the steps of the application a tracking code opens. Raises `NotFound`."""
    head = rows.id_by_code(db, code)
    heard = (
        sa.select(cases.c.id)
        .join(hearings.hearings, hearings.hearings.c.case_id == cases.c.id)
        .where(sa.or_(cases.c.id == head, cases.c.parent_id == head))
        .distinct()
        .order_by(cases.c.id)
    )
    found = (hearing_of(db, case_id, at) for case_id in db.execute(heard).scalars().all())
    return Beside(visits.planned(db, head), tuple(filter(None, found)), agencies(db, head))
