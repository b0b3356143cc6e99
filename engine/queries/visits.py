"""Inspections (勘验) as they are looked at: what comes in the next days, what waits to be planned, who stayed away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from engine.domain.deadline import day_of, end_of
from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Role
from engine.domain.inspection import State
from engine.queries import sight
from engine.store import cases as rows
from engine.store import inspections as visits
from engine.store.cases import cases, tasks
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.inspections import WAITS, inspections, parts
from engine.store.people import applicants, orgs, posts, users

#: How many days a page of the calendar shows, and over how many absences are counted.
DAYS = 14
COUNTED = 90
#: How many steps that wait to be planned a page lists.
MOST = 100


@dataclass(frozen=True, slots=True)
class Part:
    """A department's part of an appointment; *present* is None until it was held."""

    case_no: str
    matter: str
    org: str
    officers: tuple[str, ...]
    present: bool | None
    result: str
    remark: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment with its parts; *no* is the case or bundle it was made for."""

    id: int
    no: str
    name: str
    applicant: str
    phone: str
    planned_at: datetime
    place: str
    mode: str
    state: str
    link: str
    evidence: tuple[int, ...]
    confirmed_at: datetime | None
    moved: int
    reason: str
    parts: tuple[Part, ...]

    @property
    def day(self) -> date:
        """The Beijing day it is on."""
        return day_of(self.planned_at)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits for a look: whose, since when, until when, and where it is planned."""

    case_no: str
    head_no: str
    matter: str
    org: str
    due_at: datetime
    staff: tuple[tuple[int, str], ...] = ()
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """How often a department was to come, and did not."""

    org: str
    planned: int
    absent: int


@dataclass(frozen=True, slots=True)
class Mine:
    """The part of a step's own department that is planned, with who is sent and who could be."""

    id: int
    planned_at: datetime
    place: str
    mode: str
    link: str
    evidence: tuple[int, ...]
    confirmed_at: datetime | None
    officers: frozenset[int]
    staff: tuple[tuple[int, str], ...]


# --- appointments -----------------------------------------------------------------------------------------

_head = (
    sa.select(
        inspections, cases.c.no, matters.c.name, applicants.c.name.label("applicant"), applicants.c.phone
    )
    .join(cases, cases.c.id == inspections.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(applicants, applicants.c.id == cases.c.applicant_id)
    .order_by(inspections.c.planned_at, inspections.c.id)
)  # fmt: skip
_PARTS = (
    sa.select(parts, cases.c.no, matters.c.name, orgs.c.name.label("org"))
    .join(cases, cases.c.id == parts.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == parts.c.org_id)
    .order_by(parts.c.id)
)


#: What an appointment shows of its row as it is kept.
_KEPT = (
    *("id", "no", "name", "applicant", "phone", "planned_at", "place"),
    *("mode", "state", "link", "confirmed_at", "moved", "reason"),
)


#: It is planned, and its case was not withdrawn or ended otherwise since.
GOES_ON = sa.and_(inspections.c.state == State.PLANNED, cases.c.closed_at.is_(None))


def listed(db: Connection, actor: Actor, first: date, days: int = DAYS) -> tuple[Appointment, ...]:
    """Return the appointments of some days that concern *actor*'s posts; an overseer sees all, cancelled ones go."""
    since, until = end_of(first - timedelta(days=1)), end_of(first + timedelta(days=days - 1))
    when = (inspections.c.planned_at >= since, inspections.c.planned_at < until)
    shown = _head.where(*when, sa.or_(inspections.c.state == State.HELD, GOES_ON))
    if not any(actor.holds(role) for role in sight.OVERSEERS):
        where = {post.org for post in actor.posts}
        ours = sa.exists().where(parts.c.inspection_id == inspections.c.id, parts.c.org_id.in_(where))
        shown = shown.where(sa.or_(ours, cases.c.hall_id.in_(where), cases.c.authority_id.in_(where)))
    return _told(db, db.execute(shown).all())


def of_case(db: Connection, case_id: int) -> tuple[Appointment, ...]:
    """Return every appointment that was made for a case, or for its bundle with it, in order of time."""
    mine = sa.exists().where(parts.c.inspection_id == inspections.c.id, parts.c.case_id == case_id)
    found = _head.where(sa.or_(inspections.c.case_id == case_id, mine))
    return _told(db, db.execute(found).all())


def planned(db: Connection, case_id: int) -> tuple[Appointment, ...]:
    """Return the appointments a case or bundle has ahead, in order of time."""
    return _told(db, db.execute(_head.where(inspections.c.case_id == case_id, GOES_ON)).all())


def one(db: Connection, actor: Actor, inspection_id: int) -> tuple[Appointment, int]:
    """Return an appointment *actor* may see, and the id of the case it was made for. Raises `NotFound`."""
    row = db.execute(_head.where(inspections.c.id == inspection_id)).first()
    if row is None:
        raise NotFound("没有这次勘验。", code="inspection.unknown")
    sight.must_see(db, actor, row.case_id)
    return _told(db, [row])[0], row.case_id


def of_code(db: Connection, code: str, inspection_id: int) -> int:
    """Return the case a tracking code opens, if the appointment was made for it. Raises `NotFound`."""
    case_id = rows.id_by_code(db, code)
    if visits.get(db, inspection_id).case_id != case_id:
        raise NotFound("这个查询码下没有这次勘验。", code="inspection.unknown")
    return case_id


def _told(db: Connection, heads: Sequence[Row]) -> tuple[Appointment, ...]:
    found = (
        db.execute(_PARTS.where(parts.c.inspection_id.in_([head.id for head in heads]))).all()
        if heads
        else ()
    )
    return tuple(
        Appointment(
            **{name: getattr(head, name) for name in _KEPT},
            evidence=tuple(head.evidence),
            parts=tuple(_part(each) for each in found if each.inspection_id == head.id),
        )
        for head in heads
    )


def _part(row: Row) -> Part:
    return Part(
        case_no=row.no, matter=row.name, org=row.org, officers=tuple(each["name"] for each in row.officers),
        present=row.present, result=row.result, remark=row.remark,
    )  # fmt: skip


# --- what waits to be planned -------------------------------------------------------------------------------

_bundle = cases.alias("bundle")
_bundle_matter = matters.alias("bundle_matter")
_PLANNED = (
    sa.select(parts.c.id)
    .join(inspections, inspections.c.id == parts.c.inspection_id)
    .where(parts.c.case_id == tasks.c.case_id, parts.c.key == tasks.c.key, WAITS)
)
_WAITING = (
    sa.select(
        tasks.c.due_at, tasks.c.org_id, cases.c.no, cases.c.matter_key, matters.c.name, orgs.c.name.label("org"),
        sa.func.coalesce(_bundle.c.no, cases.c.no).label("head_no"), _bundle_matter.c.record,
    )
    .join(cases, cases.c.id == tasks.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == tasks.c.org_id)
    .outerjoin(_bundle, _bundle.c.id == cases.c.parent_id)
    .outerjoin(_bundle_matter, _bundle_matter.c.id == _bundle.c.matter_id)
    .where(
        tasks.c.stage == "inspect", tasks.c.closed_at.is_(None), sa.not_(tasks.c.held), sa.not_(_PLANNED.exists())
    )
    .order_by(tasks.c.due_at, tasks.c.id)
    .limit(MOST)
)  # fmt: skip


def unplanned(db: Connection, actor: Actor) -> tuple[Waiting, ...]:
    """Return what waits to be planned and concerns *actor*'s posts, most urgent first."""
    where = {post.org for post in actor.posts}
    halls = {post.org for post in actor.posts if post.role == Role.WINDOW}
    mine = sa.or_(tasks.c.org_id.in_(where), cases.c.hall_id.in_(halls), _bundle.c.authority_id.in_(where))
    return tuple(_waits(row, ()) for row in db.execute(_WAITING.where(mine)))


def to_plan(db: Connection, case_id: int) -> tuple[Waiting, ...]:
    """Return what may be planned for a case or the members of a bundle, each with the staff it may send."""
    mine = sa.or_(cases.c.id == case_id, cases.c.parent_id == case_id)
    return tuple(_waits(row, staff(db, row.org_id)) for row in db.execute(_WAITING.where(mine)).all())


def _waits(row: Row, people: tuple[tuple[int, str], ...]) -> Waiting:
    joint = (row.record or {}).get("joint_inspection") or {}
    return Waiting(
        case_no=row.no, head_no=row.head_no, matter=row.name, org=row.org, due_at=row.due_at, staff=people,
        joint=row.matter_key in (joint.get("members") or ()),
    )  # fmt: skip


def staff(db: Connection, org_id: int) -> tuple[tuple[int, str], ...]:
    """Return who works in an organisation, inspectors first."""
    query = (
        sa.select(
            users.c.id, users.c.name, sa.func.max(sa.case((posts.c.role == Role.INSPECTOR, 1), else_=0))
        )
        .join(posts, posts.c.user_id == users.c.id)
        .where(posts.c.org_id == org_id, users.c.active)
        .group_by(users.c.id, users.c.name)
    )
    found = sorted(db.execute(query), key=lambda row: (-row[2], row.id))
    return tuple((row.id, row.name) for row in found)


def mine(db: Connection, task_id: int) -> Mine | None:
    """Return the part that is planned for a step; None where nothing is."""
    task = rows.task(db, task_id)
    if task.stage != "inspect" or task.closed_at is not None:
        return None
    part = visits.waiting(db, task.case_id, task.key)
    if part is None:
        return None
    visit = visits.get(db, part.inspection_id)
    return Mine(
        id=visit.id, planned_at=visit.planned_at, place=visit.place, mode=visit.mode, link=visit.link,
        evidence=tuple(visit.evidence), confirmed_at=visit.confirmed_at,
        officers=frozenset(each["id"] for each in part.officers), staff=staff(db, task.org_id),
    )  # fmt: skip


# --- who stayed away ----------------------------------------------------------------------------------------


def absences(db: Connection, at: datetime, days: int = COUNTED) -> tuple[Absence, ...]:
    """Return, of the departments that were to come in the last days, how often and how often they did not."""
    absent = sa.func.sum(sa.case((parts.c.present.is_(False), 1), else_=0))
    query = (
        sa.select(orgs.c.name, sa.func.count(), absent)
        .select_from(parts)
        .join(inspections, inspections.c.id == parts.c.inspection_id)
        .join(orgs, orgs.c.id == parts.c.org_id)
        .where(parts.c.present.is_not(None), inspections.c.planned_at >= at - timedelta(days=days))
        .group_by(orgs.c.id, orgs.c.name)
        .order_by(absent.desc(), orgs.c.id)
    )
    return tuple(Absence(name, int(planned), int(missed)) for name, planned, missed in db.execute(query))


def by_day(found: Iterable[Appointment]) -> dict[date, list[Appointment]]:
    """Return appointments by the day they are on."""
    days: dict[date, list[Appointment]] = {}
    for each in found:
        days.setdefault(each.day, []).append(each)
    return days
