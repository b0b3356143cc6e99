"""Ratings as those see them who put bad ones right: never whoever had a hand in the case (R-EV-1).

Of a rating without a name not even the case is told, for its applicant stands in it.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.case import Channel, State
from engine.domain.deadline import Light, light, remaining
from engine.domain.errors import NotFound, NotYours
from engine.domain.identity import Actor, Role
from engine.domain.limit import Limit
from engine.domain.rating import (
    ABOUT_NAMES,
    DIMENSIONS,
    HUSHED,
    KEYED,
    LEVEL_NAMES,
    OCCASION_NAMES,
    OVER,
    About,
    Level,
    Occasion,
    Step,
    is_invited,
    keys,
)
from engine.queries import watchlist
from engine.queries.counting import COUNTED
from engine.queries.watchlist import Card
from engine.store import people
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.db import Connection, Row
from engine.store.deadlines import deadlines
from engine.store.people import applicants, orgs, users
from engine.store.ratings import ratings, rectifications, touched

#: How many a page shows.
PAGE = 50
#: Which bad ratings are looked at.
VIEWS = {"open": "待办", "appealed": "申诉待复核", "closed": "已办结", "all": "全部"}


@dataclass(frozen=True, slots=True)
class Line:
    """A bad rating in the list; ``no`` is empty where no name was given."""

    id: int
    no: str
    matter: str
    department: str
    level: Level
    level_name: str
    about: str
    named: bool
    at: datetime
    step: Step
    again: bool
    appealed: bool
    due_at: datetime | None
    days: int | None
    light: Light | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of bad ratings, how many there are in each view, and where the next page begins."""

    lines: tuple[Line, ...]
    counts: dict[str, int]
    next: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done about it: by whom, when, in which words."""

    name: str
    who: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """One bad rating whole. Who rated, and how to call him, is told only where he gave his name."""

    line: Line
    scores: tuple[tuple[str, str], ...]
    words: str
    handler: str
    caller: str
    phone: str
    calls: int
    ground: str
    appeal: str
    review: str
    reviewed_at: datetime | None
    satisfaction: str
    deeds: tuple[Deed, ...]
    cards: tuple[Card, ...]
    may_review: bool


_due = (
    sa.select(
        deadlines.c.case_id,
        deadlines.c.key,
        deadlines.c.due_at,
        deadlines.c.limit_text,
    )
    .where(
        deadlines.c.settled_at.is_(None),
        deadlines.c.clock.in_(list(HUSHED)),
        deadlines.c.key.startswith(KEYED),
    )
    .subquery("its_clock")
)
#: The clock that binds what a rating waits for: to be looked into under a name, else to be put right.
_binding = (
    sa.select(sa.func.min(_due.c.due_at))
    .where(
        _due.c.case_id == ratings.c.case_id,
        _due.c.key.startswith(sa.literal(KEYED) + sa.cast(ratings.c.id, sa.String) + " "),
    )
    .correlate(ratings)
    .scalar_subquery()
)
_appealed = sa.and_(rectifications.c.appealed_at.is_not(None), rectifications.c.reviewed_at.is_(None))
_open = rectifications.c.step.not_in(list(OVER))
#: The condition of each view.
_IN = {"open": _open, "appealed": sa.and_(_open, _appealed), "closed": ~_open, "all": sa.true()}

_BAD = (
    sa.select(
        ratings,
        rectifications.c.step,
        rectifications.c.again,
        sa.case((_appealed, 1), else_=0).label("appealed"),
        _binding.label("due_at"),
        cases.c.no,
        matters.c.name.label("matter"),
        orgs.c.name.label("department"),
    )
    .join(rectifications, rectifications.c.rating_id == ratings.c.id)
    .join(cases, cases.c.id == ratings.c.case_id)
    .join(matters, matters.c.id == cases.c.matter_id)
    .join(orgs, orgs.c.id == ratings.c.org_id)
    .where(COUNTED)
)


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    """Those of his department, for a manager all; but none of a case he had a hand in himself."""
    if actor.holds(Role.MANAGER):
        his: sa.ColumnElement[bool] = sa.true()
    else:
        led = [post.org for post in actor.posts if post.role in {Role.CHIEF, Role.LEADER}]
        if not led:
            raise NotYours("差评由被评部门的负责人和督办管理岗办理。", code="post.missing")
        his = ratings.c.org_id.in_(led)
    return sa.and_(his, ~touched(actor.id, ratings.c.case_id))


def page(
    db: Connection,
    actor: Actor,
    at: datetime,
    calendar: Calendar,
    view: str = "open",
    after: int | None = None,
) -> Page:
    """Return a page of the bad ratings *actor* may put right, newest first. Raises `NotFound` for an unknown view."""
    if view not in _IN:
        raise NotFound("没有这个视图。", code="filter.view")
    seen = _BAD.where(_seen(actor))
    counted = [sa.func.count().filter(_IN[name]).label(name) for name in VIEWS]
    joined = (
        sa.select(*counted)
        .select_from(ratings)
        .join(rectifications, rectifications.c.rating_id == ratings.c.id)
        .join(cases, cases.c.id == ratings.c.case_id)
        .where(COUNTED, _seen(actor))
    )
    listed = seen.where(_IN[view])
    if after is not None:
        listed = listed.where(ratings.c.id < after)
    found = db.execute(listed.order_by(ratings.c.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    more = shown[-1].id if len(found) > PAGE else None
    counts = dict(zip(VIEWS, db.execute(joined).one(), strict=True))
    return Page(tuple(_line(row, at, calendar) for row in shown), counts, more)


def _line(row: Row, at: datetime, calendar: Calendar) -> Line:
    level = Level(row.level)
    return Line(
        id=row.id,
        no=row.no if row.named else "",
        matter=row.matter,
        department=row.department,
        level=level,
        level_name=LEVEL_NAMES[level],
        about=ABOUT_NAMES[About(row.about)],
        named=row.named,
        at=row.at,
        step=Step(row.step),
        again=row.again,
        appealed=bool(row.appealed),
        due_at=row.due_at,
        days=remaining(row.due_at, at, calendar) if row.due_at else None,
        light=light(row.due_at, at, calendar, _NEAR) if row.due_at else None,
    )


#: How near a bad rating is to being late, whichever of its clocks binds it.
_NEAR = Limit.parse("1 workday")


def one(db: Connection, actor: Actor, rating_id: int, at: datetime, calendar: Calendar) -> Appraisal:
    """Return one bad rating. Raises `NotFound`, also for whom it does not concern or concerns too much."""
    row = db.execute(_BAD.where(ratings.c.id == rating_id, _seen(actor))).first()
    if row is None:
        raise NotFound("没有这件差评，或不归您办理。", code="rating.unknown")
    put = db.execute(sa.select(rectifications).where(rectifications.c.rating_id == rating_id)).one()
    caller, phone = _caller(db, row.case_id) if row.named else ("", "")
    names = DIMENSIONS[Occasion(row.occasion)]
    return Appraisal(
        line=_line(row, at, calendar),
        scores=tuple((names[key], LEVEL_NAMES[Level(n)]) for key, n in row.scores.items()),
        words=row.words,
        handler=people.name(db, row.handler_id),
        caller=caller,
        phone=phone,
        calls=put.calls,
        ground=put.ground or "",
        appeal=put.appeal,
        review=put.review,
        reviewed_at=put.reviewed_at,
        satisfaction=LEVEL_NAMES[Level(put.satisfaction)] if put.satisfaction else "",
        deeds=_deeds(db, put),
        cards=watchlist.of_clocks(db, keys(rating_id), row.case_id) if row.named else (),
        may_review=bool(row.appealed) and actor.holds(Role.MANAGER) and put.appealed_by != actor.id,
    )


def _caller(db: Connection, case_id: int) -> tuple[str, str]:
    query = sa.select(applicants.c.name, applicants.c.phone).join(
        cases, cases.c.applicant_id == applicants.c.id
    )
    name, phone = db.execute(query.where(cases.c.id == case_id)).one()
    return name, phone


def _deeds(db: Connection, put: Row) -> tuple[Deed, ...]:
    """What was done, in order of time."""
    told = (
        ("核实", put.verified_by, put.verified_at, put.finding),
        ("整改", put.rectified_by, put.rectified_at, put.measure),
        ("回访", put.called_by, put.called_at, put.said),
        ("申诉", put.appealed_by, put.appealed_at, put.appeal),
        ("复核", put.reviewed_by, put.reviewed_at, put.review),
    )
    people_ids = {by for _, by, at, _ in told if at is not None and by is not None}
    named = sa.select(users.c.id, users.c.name).where(users.c.id.in_(people_ids))
    names = {each[0]: each[1] for each in db.execute(named)}
    done = [Deed(name, names.get(by, ""), at, words) for name, by, at, words in told if at is not None]
    return tuple(sorted(done, key=lambda deed: deed.at))


# -- what the applicant sees of his own --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Own:
    """An applicant's own rating of an occasion, and what was done about it."""

    occasion: Occasion
    level: Level
    level_name: str
    words: str
    named: bool
    at: datetime
    step: Step | None
    finding: str
    measure: str


def own(db: Connection, case_id: int, secret: str) -> Own | None:
    """Return what the applicant said whose receipt this is; without it nobody is told (R-EV-1)."""
    query = (
        sa.select(ratings, rectifications.c.step, rectifications.c.finding, rectifications.c.measure)
        .outerjoin(rectifications, rectifications.c.rating_id == ratings.c.id)
        .where(ratings.c.case_id == case_id, ratings.c.secret == people.fingerprint(secret))
    )
    row = db.execute(query).first()
    return _own(row) if row is not None else None


def _own(row: Row) -> Own:
    level = Level(row.level)
    return Own(
        Occasion(row.occasion), level, LEVEL_NAMES[level], row.words, row.named, row.at,
        Step(row.step) if row.step else None, row.finding or "", row.measure or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an applicant is asked about on an occasion, and what he has said already."""

    code: str
    name: str
    occasion: Occasion
    occasion_name: str
    dimensions: tuple[tuple[str, str], ...]
    invited: bool
    rated: bool
    own: Own | None
    receipt: str


def invitation(db: Connection, code: str, occasion: Occasion, secret: str = "") -> Invitation:
    """Return what the applicant with this tracking code is asked. Raises `NotFound`."""
    query = sa.select(cases.c.id, cases.c.state, cases.c.channel, matters.c.name).join(
        matters, matters.c.id == cases.c.matter_id
    )
    row = db.execute(query.where(cases.c.code == code)).first()
    if row is None:
        raise NotFound("查询码不对，请核对受理单上的查询码。", code="case.unknown", field="code")
    at_window = row.channel != Channel.ONLINE
    his = own(db, row.id, secret) if secret else None
    asked = his.occasion if his else occasion
    given = sa.exists().where(ratings.c.case_id == row.id, ratings.c.occasion == asked)
    return Invitation(
        code=code,
        name=row.name,
        occasion=asked,
        occasion_name=OCCASION_NAMES[asked],
        dimensions=tuple(DIMENSIONS[asked].items()),
        invited=is_invited(asked, State(row.state), at_window=at_window),
        rated=bool(db.execute(sa.select(given)).scalar_one()),
        own=his,
        receipt=secret if his else "",
    )
