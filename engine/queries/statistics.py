"""The statistics (统计报表): averages and rates of what a month finished, beside what is open; by group and period.

Every rate is one figure over another, and leads to the list of the first. What a case took was measured when it
was finished; a case nobody has measured yet is in no average.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from engine.queries import figures
from engine.queries.counting import Counting, month_of
from engine.store.cases import cases, decisions, deliveries, tasks
from engine.store.catalog import matters
from engine.store.db import Moment, Row
from engine.store.former import former
from engine.store.measures import measures
from engine.store.people import orgs, users

#: How many months back a table by month goes.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Sums:
    """What was finished, added up; the averages and rates are made of these."""

    decided: int = 0
    in_time: int = 0
    at_once: int = 0
    online: int = 0
    nearby: int = 0
    days: int = 0
    days_of: int = 0
    minutes: int = 0
    elapsed: int = 0
    elapsed_of: int = 0
    promised: int = 0
    legal: int = 0
    legal_of: int = 0
    legal_days: int = 0
    visits: int = 0
    visits_of: int = 0
    after_hours: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """A number made of sums: its name, its definition (口径), its unit, and the figure whose list is behind it."""

    key: str
    name: str
    definition: str
    unit: str
    of: Callable[[Sums], float | None]
    behind: str = "decided"


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


#: Every average and every rate; a rate is of one.
MEASURES: tuple[Measure, ...] = (
    Measure(
        "on-time",
        "按时办结率",
        "按时办结的件数 ÷ 办结的件数。",
        "rate",
        lambda s: _ratio(s.in_time, s.decided),
        "in-time",
    ),
    Measure(
        "days",
        "平均办结工作日",
        "受理次日起至决定之日的工作日，扣除中止计时的日子，按件平均。",
        "days",
        lambda s: _ratio(s.days, s.days_of),
    ),
    Measure(
        "hours",
        "平均办结工作小时",
        "受理至决定之间大厅开放的小时，扣除中止计时的时间，按件平均。",
        "hours",
        lambda s: _ratio(s.minutes / 60, s.days_of),
    ),
    Measure(
        "elapsed",
        "平均办结自然小时",
        "受理至决定的自然小时，含夜间、休息日和中止计时的时间，按件平均。",
        "hours",
        lambda s: _ratio(s.elapsed / 60, s.elapsed_of),
    ),
    Measure(
        "at-once",
        "即办率",
        "受理当日即办结的件数 ÷ 办结的件数。",
        "rate",
        lambda s: _ratio(s.at_once, s.decided),
        "at-once",
    ),
    Measure(
        "online",
        "网办率",
        "网上申请的件数 ÷ 办结的件数。",
        "rate",
        lambda s: _ratio(s.online, s.decided),
        "online",
    ),
    Measure(
        "nearby",
        "就近办率",
        "在街道或社区收件的件数 ÷ 办结的件数。",
        "rate",
        lambda s: _ratio(s.nearby, s.decided),
        "nearby",
    ),
    Measure(
        "compression",
        "承诺压缩率",
        "（法定工作日 − 承诺工作日）÷ 法定工作日，按办结的件数加权；时限按受理时的日历折为工作日，不含延期。",
        "rate",
        lambda s: _ratio(s.legal - s.promised, s.legal),
    ),
    Measure(
        "speed-up",
        "实际提速率",
        "（法定工作日 − 实际用去的工作日）÷ 法定工作日，按办结的件数加权。",
        "rate",
        lambda s: _ratio(s.legal - s.legal_days, s.legal),
    ),
    Measure(
        "visits",
        "平均到场次数",
        "到窗口申请、补交、领取结果各计一次，同日只计一次，按已送达的申请平均；历史导入的不知道，不计。",
        "times",
        lambda s: _ratio(s.visits, s.visits_of),
    ),
    Measure(
        "after-hours",
        "延时业务占比",
        "在标准工作时间以外（晚间、休息日）收件的件数 ÷ 办结的件数。",
        "rate",
        lambda s: _ratio(s.after_hours, s.decided),
        "after-hours",
    ),
)
#: The figures a table tells beside the measures, from what is open.
OPEN = ("open", "red", "yellow")


@dataclass(frozen=True, slots=True)
class Line:
    """One group: what of it is open (None where nothing is to be told), and what was finished."""

    key: str
    name: str
    open: tuple[int, ...] | None
    sums: Sums

    def told(self) -> tuple[float | None, ...]:
        return tuple(measure.of(self.sums) for measure in MEASURES)


def total(look: Counting) -> Line:
    """Return the whole of what was looked at, as one line."""
    opened = figures.counts(look, OPEN)
    return Line(
        "", "", tuple(opened[key] for key in OPEN), _sums(look, sa.literal(""), lambda query: query)[""][1]
    )


def compared(look: Counting) -> tuple[tuple[str, Sums], ...]:
    """Return what was finished in the month looked at, in the one before (环比) and in the same a year ago (同比)."""
    first = month_of(look)
    earlier = (first, (first - timedelta(days=1)).replace(day=1), _year_before(first))
    return tuple((f"{month:%Y-%m}", _of_month(look, month)) for month in earlier)


def _year_before(first: date) -> date:
    return first.replace(year=first.year - 1)


def _of_month(look: Counting, month: date) -> Sums:
    asked = replace(look, filters=replace(look.filters, month=f"{month:%Y-%m}"))
    return _sums(asked, sa.literal(""), lambda query: query)[""][1]


# --- by group -------------------------------------------------------------------------------------------------

Joined = Callable[[sa.Select[Any]], sa.Select[Any]]
_deciders, _holders = users.alias("deciders"), users.alias("holders")


@dataclass(frozen=True, slots=True)
class Group:
    """What a table may be grouped by: the filter that leads to a line; key and name of what is open, and over."""

    filter: str
    open: Callable[[Counting], tuple[Any, Any, Joined]]
    over: Callable[[Counting], tuple[Any, Any, Joined]]


def _department(_: Counting) -> tuple[Any, Any, Joined]:
    return orgs.c.code, orgs.c.name, lambda q: q.join(orgs, orgs.c.id == cases.c.authority_id)


def _matter(_: Counting) -> tuple[Any, Any, Joined]:
    return cases.c.matter_key, matters.c.name, lambda q: q.join(matters, matters.c.id == cases.c.matter_id)


def _channel(_: Counting) -> tuple[Any, Any, Joined]:
    return cases.c.channel, cases.c.channel, lambda q: q


def _holder(look: Counting) -> tuple[Any, Any, Joined]:
    """Who holds an open step; a case that several hold counts with each."""
    name = sa.func.coalesce(_holders.c.name, former.c.person, "")
    return (
        name,
        name,
        lambda q: (
            q.outerjoin(tasks, look.waits(tasks))
            .outerjoin(_holders, _holders.c.id == tasks.c.assignee_id)
            .outerjoin(former, former.c.case_id == cases.c.id)
        ),
    )


def _decider(_: Counting) -> tuple[Any, Any, Joined]:
    name = sa.func.coalesce(_deciders.c.name, former.c.person, "")
    return (
        name,
        name,
        lambda q: (
            q.outerjoin(decisions, decisions.c.case_id == cases.c.id)
            .outerjoin(_deciders, _deciders.c.id == decisions.c.by_id)
            .outerjoin(former, former.c.case_id == cases.c.id)
        ),
    )


GROUPS: dict[str, Group] = {
    "department": Group("department", _department, _department),
    "matter": Group("matter", _matter, _matter),
    "channel": Group("channel", _channel, _channel),
    "person": Group("person", _holder, _decider),
}


def table(look: Counting, by: str) -> tuple[Line, ...]:
    """Return a line for each group, the one with most finished first; by month the newest first."""
    if by == "month":
        return _by_month(look)
    group = GROUPS[by]
    opened = _opened(look, *group.open(look))
    key, name, joined = group.over(look)
    finished = _sums(look, key, joined, name)
    names = {
        **{key: name for key, (name, _) in opened.items()},
        **{key: name for key, (name, _) in finished.items()},
    }
    nothing = ("", (0,) * len(OPEN))
    lines = [
        Line(key, name, opened.get(key, nothing)[1], finished[key][1] if key in finished else Sums())
        for key, name in names.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.sums.decided, -(line.open or (0,))[0], line.name)))


def _opened(look: Counting, key: Any, name: Any, joined: Joined) -> dict[str, tuple[str, tuple[int, ...]]]:
    distinct = sa.func.count(cases.c.id.distinct())
    counted = [distinct.filter(figures.more(look, figure)) for figure in OPEN]
    query = joined(sa.select(key, sa.func.max(name), *counted).select_from(cases))
    rows: Iterable[Row] = look.db.execute(query.where(look.running, *look.narrowed()).group_by(key))
    return {key: (name, tuple(counts)) for key, name, *counts in rows}


def _sums(look: Counting, key: Any, joined: Joined, name: Any = None) -> dict[str, tuple[str, Sums]]:
    """Add up what was decided in the period, by *key*."""
    told = (key.label("key"), sa.func.max(key if name is None else name).label("name"))
    query = joined(sa.select(*told, *_added()).select_from(cases))
    query = query.outerjoin(measures, measures.c.case_id == cases.c.id)
    handed = sa.and_(deliveries.c.case_id == cases.c.id, look.by_now(deliveries.c.at))
    query = query.outerjoin(deliveries, handed)
    rows = look.db.execute(query.where(figures.where(look, "decided")).group_by(key)).all()
    found = {row.key: (row.name, _read(row)) for row in rows}
    return found or {"": ("", Sums())} if name is None else found


def _read(row: Row) -> Sums:
    return Sums(**{field: int(getattr(row, field) or 0) for field in Sums.__slots__})


def _added() -> list[sa.Label[Any]]:
    """The sums, each with the condition its list is made from where it has one."""
    count, took = sa.func.count, measures.c
    both = sa.and_(
        took.legal_days.is_not(None), took.promised_days.is_not(None), took.worked_days.is_not(None)
    )
    handed_out = sa.and_(deliveries.c.case_id.is_not(None), cases.c.parent_id.is_(None))
    given = {
        "decided": count(),
        "in_time": count().filter(figures.IN_TIME),
        "at_once": count().filter(took.worked_days == 0),
        "online": count().filter(figures.ONLINE),
        "nearby": count().filter(figures.NEARBY),
        "days": sa.func.sum(took.worked_days),
        "days_of": count(took.worked_days),
        "minutes": sa.func.sum(took.worked_minutes),
        "elapsed": sa.func.sum(took.elapsed_minutes),
        "elapsed_of": count(took.elapsed_minutes),
        "promised": sa.func.sum(took.promised_days).filter(both),
        "legal": sa.func.sum(took.legal_days).filter(both),
        "legal_of": count().filter(both),
        "legal_days": sa.func.sum(took.worked_days).filter(both),
        "visits": sa.func.sum(cases.c.visits).filter(handed_out),
        "visits_of": count().filter(handed_out),
        "after_hours": count().filter(figures.AFTER_HOURS),
    }
    return [each.label(name) for name, each in given.items()]


def _by_month(look: Counting) -> tuple[Line, ...]:
    """Return a line for each of the last months; what was open at their ends a look back tells."""
    last = month_of(look)
    months = [last]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    spans = [replace(look, filters=replace(look.filters, month=f"{month:%Y-%m}")).period for month in months]
    each = sa.values(*_SPAN, name="months").data(
        [(f"{m:%Y-%m}", *s) for m, s in zip(months, spans, strict=True)]
    )
    listed = each.cte("months")
    asked = replace(look, span=(listed.c.begin, listed.c.until))
    found = _sums(asked, listed.c.month, lambda q: q.join(listed, sa.true()), listed.c.month)
    return tuple(
        Line(f"{month:%Y-%m}", f"{month:%Y-%m}", None, found.get(f"{month:%Y-%m}", ("", Sums()))[1])
        for month in months
    )


_SPAN = (sa.column("month", sa.String), sa.column("begin", Moment), sa.column("until", Moment))
