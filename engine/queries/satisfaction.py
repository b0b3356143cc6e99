"""How satisfied people are (好评率、差评整改率、回访率) and 零差错、零投诉、零举报: figures with definitions and lists.

Figure and list are made from one condition. A rating counts in the month it was given; one that a review has
overturned, or its giver has changed, counts as what it then is: apart, or as changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.domain.errors import NotFound
from engine.domain.identity import Actor, Role
from engine.domain.rating import LEVEL_NAMES, OVER, WORST_BAD, Level, Step
from engine.domain.ticket import Cause, Kind
from engine.queries import gauge
from engine.queries.counting import Counting
from engine.queries.gauge import Gauge, Rate
from engine.store.cases import cases
from engine.store.catalog import matters
from engine.store.people import orgs, users
from engine.store.ratings import ratings, rectifications, touched
from engine.store.tickets import tickets

Where = sa.ColumnElement[bool]
#: How many rows a list shows.
MOST = 500

_OVERTURNED = sa.func.coalesce(rectifications.c.step == Step.OVERTURNED, sa.false())
_BAD = sa.and_(ratings.c.level <= WORST_BAD, ~_OVERTURNED)
_NAMED = sa.and_(_BAD, ratings.c.named)


FIGURES = (
    Gauge("rated", "评价件", "在所选月份内作出的评价；申诉成立、不计差评的另计，不在其内。", ~_OVERTURNED),
    Gauge("good", "好评件", "评为基本满意及以上的评价。", sa.and_(ratings.c.level > WORST_BAD, ~_OVERTURNED)),
    Gauge("bad", "差评件", "评为不满意、非常不满意，且申诉未成立的评价。", _BAD),
    Gauge(
        "rectified",
        "已整改差评",
        "差评件中整改流程已办结的。",
        sa.and_(_BAD, rectifications.c.step.in_(list(OVER))),
    ),
    Gauge(
        "called",
        "已回访实名差评",
        "实名差评件中已经联系上、作过回访的。",
        sa.and_(_NAMED, rectifications.c.reached),
    ),
    Gauge("named", "实名差评", "差评件中实名的。", _NAMED),
    Gauge("overturned", "误评、恶意评价", "经复核申诉成立的差评，单独计数。", _OVERTURNED),
)
_BY_KEY = {each.key: each for each in FIGURES}


RATES = (
    Rate("good-rate", "好评率", "好评件 ÷ 评价件。", "good", "rated"),
    Rate("rectified-rate", "差评整改率", "已整改差评 ÷ 差评件。", "rectified", "bad"),
    Rate("called-rate", "差评回访率", "已回访实名差评 ÷ 实名差评。", "called", "named"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One group and its numbers by figure."""

    key: str
    name: str
    counts: dict[str, int]


Key = tuple[Any, Any]
#: By what the figures may be grouped: its key and its name.
GROUPS: dict[str, Callable[[], Key]] = {
    "department": lambda: (orgs.c.code, orgs.c.name),
    "matter": lambda: (cases.c.matter_key, matters.c.name),
    "person": lambda: (sa.func.coalesce(users.c.name, ""), sa.func.coalesce(users.c.name, "")),
}


def _from(query: Any, look: Counting) -> sa.Select[Any]:
    begin, end = look.period
    joined: sa.Select[Any] = (
        query.select_from(ratings)
        .join(cases, cases.c.id == ratings.c.case_id)
        .join(matters, matters.c.id == cases.c.matter_id)
        .join(orgs, orgs.c.id == ratings.c.org_id)
        .outerjoin(users, users.c.id == ratings.c.handler_id)
        .outerjoin(rectifications, rectifications.c.rating_id == ratings.c.id)
    )
    return joined.where(
        ratings.c.at >= begin, ratings.c.at < end, look.by_now(ratings.c.at), *_narrowed(look)
    )


def _narrowed(look: Counting) -> list[Where]:
    """The filters of the page as they hold for ratings: whose they are is who was rated, not who decides."""
    asked = look.filters
    found = [~cases.c.mystery]
    if asked.reach is not None:
        found.append(ratings.c.org_id.in_(asked.reach))
    if asked.department:
        found.append(orgs.c.code == asked.department)
    if asked.matter:
        found.append(cases.c.matter_key == asked.matter)
    if asked.person:
        found.append(users.c.name == asked.person)
    return found


def total(look: Counting) -> Line:
    """Return all ratings of the month looked at."""
    return Line(
        "",
        "",
        dict(
            zip(_BY_KEY, look.db.execute(_from(sa.select(*gauge.counted(FIGURES)), look)).one(), strict=True)
        ),
    )


def table(look: Counting, by: str) -> tuple[Line, ...]:
    """Return a line for each group, the one with most bad ratings first. Raises `NotFound`."""
    if by not in GROUPS:
        raise NotFound("没有这种分组。", code="filter.by")
    key, name = GROUPS[by]()
    query = _from(sa.select(key, sa.func.max(name), *gauge.counted(FIGURES)), look).group_by(key)
    lines = [Line(row[0], row[1], dict(zip(_BY_KEY, row[2:], strict=True))) for row in look.db.execute(query)]
    return tuple(sorted(lines, key=lambda line: (-line.counts["bad"], -line.counts["rated"], line.name)))


@dataclass(frozen=True, slots=True)
class Given:
    """A rating behind a figure; to whoever had a hand in its case nothing tells which it is (R-EV-1)."""

    id: int
    level: str
    matter: str
    department: str
    person: str
    month: str
    at: datetime | None
    words: str
    no: str
    bad: bool


def behind(look: Counting, key: str, actor: Actor) -> tuple[Given, ...]:
    """Return the ratings a figure counts, the newest first. Raises `NotFound`."""
    if key not in _BY_KEY:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    his = touched(actor.id, ratings.c.case_id).label("his")
    told = (ratings, cases.c.no, matters.c.name.label("matter"), orgs.c.name.label("department"))
    query = _from(sa.select(*told, users.c.name.label("person"), his), look).where(_BY_KEY[key].where)
    rows = look.db.execute(query.order_by(ratings.c.id.desc()).limit(MOST))
    may_know = actor.holds(Role.MANAGER)
    return tuple(
        Given(
            id=0 if row.his else row.id,
            level=LEVEL_NAMES[Level(row.level)],
            matter=row.matter,
            department=row.department,
            person=row.person or "",
            month=f"{row.at:%Y-%m}",
            at=None if row.his else row.at,
            words="" if row.his else row.words,
            no=row.no if row.named and may_know and not row.his else "",
            bad=row.level <= WORST_BAD,
        )
        for row in rows
    )


# -- 零差错、零投诉、零举报 ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zero:
    """What a department should have none of in a month: mistakes, complaints, reports of misconduct."""

    department: str
    name: str
    mistakes: int
    complaints: int
    reports: int

    @property
    def holds(self) -> bool:
        """Is it so?"""
        return not (self.mistakes or self.complaints or self.reports)


def zeros(look: Counting) -> tuple[Zero, ...]:
    """Return it for each department, the worst first; a traced ticket counts where it was found to belong."""
    begin, end = look.period
    whose = sa.func.coalesce(tickets.c.traced_org_id, tickets.c.org_id)
    on = sa.and_(
        whose == orgs.c.id,
        tickets.c.at >= begin,
        tickets.c.at < end,
        _counts(),
    )
    misconduct = tickets.c.cause == Cause.MISCONDUCT
    query = (
        sa.select(
            orgs.c.code,
            orgs.c.name,
            sa.func.count().filter(tickets.c.cause == Cause.MISTAKE),
            sa.func.count().filter(
                sa.and_(tickets.c.kind == Kind.COMPLAINT, sa.func.coalesce(~misconduct, sa.true()))
            ),
            sa.func.count().filter(misconduct),
        )
        .select_from(orgs)
        .outerjoin(tickets, on)
        .where(orgs.c.kind.in_(("department", "hall", "street")))
        .group_by(orgs.c.id, orgs.c.code, orgs.c.name)
    )
    if look.filters.reach is not None:
        query = query.where(orgs.c.id.in_(look.filters.reach))
    found = [Zero(*row) for row in look.db.execute(query)]
    return tuple(
        sorted(found, key=lambda zero: (-(zero.mistakes + zero.complaints + zero.reports), zero.name))
    )


def _counts() -> Where:
    """A ticket about a visit (体验办件) counts nowhere either."""
    its = cases.alias("its_case")
    return ~sa.exists().where(its.c.id == tickets.c.case_id, its.c.mystery)
