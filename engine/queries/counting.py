"""One look at the cases: at which moment, by which calendar, narrowed to what, and what is near its limit."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.deadline import BY_MOMENT, DAYS_IN, NOTICE_SHARE, Allowance, Clock, day_of, end_of
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.queries.filters import Filters
from engine.store.cases import cases, tasks
from engine.store.db import Connection
from engine.store.deadlines import deadlines
from engine.store.people import orgs

Where = sa.ColumnElement[bool]

#: Accepted, and neither decided nor ended; and of these, whose clock is not stopped.
RUNNING = sa.and_(cases.c.decided_at.is_(None), cases.c.closed_at.is_(None), cases.c.accepted_at.is_not(None))
GOING = sa.and_(RUNNING, cases.c.paused_at.is_(None))
#: The same tables under names of their own, for conditions within conditions.
_clocks, _steps = deadlines.alias("clocks"), tasks.alias("steps")


@dataclass
class Counting:
    """One look: at which moment, by which calendar, narrowed to what."""

    db: Connection
    calendar: Calendar
    at: datetime
    filters: Filters = field(default_factory=Filters)

    @cached_property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def period(self) -> tuple[datetime, datetime]:
        """The month looked at: its first moment and the first of the next."""
        first = _month(self.filters.month) if self.filters.month else self.today.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return _begin(first), _begin(following)

    @cached_property
    def near(self) -> Where:
        """Is the promised limit nearly used up (the yellow light), for every limit cases run on?"""
        promised = sa.and_(
            _clocks.c.case_id == cases.c.id, _clocks.c.clock == Clock.PROMISED, _clocks.c.settled_at.is_(None)
        )
        granted = (_clocks.c.limit_text, _clocks.c.extension)
        running = sa.select(*granted).select_from(cases).join(_clocks, promised)
        found = self.db.execute(running.where(GOING, cases.c.promised_due_at > self.at).distinct())
        until = {
            (limit, more): near_until(Allowance.read(limit, more).whole, self.at, self.calendar)
            for limit, more in found
        }
        fits = [
            sa.and_(granted[0] == limit, granted[1] == more, cases.c.promised_due_at <= moment)
            for (limit, more), moment in until.items()
        ]
        if not fits:
            return sa.false()
        latest = max(until.values())
        return sa.and_(
            cases.c.promised_due_at <= latest, sa.exists().where(promised, sa.or_(*fits)).correlate(cases)
        )

    def span(self, day: date | None) -> tuple[datetime, datetime]:
        """The moments that belong to a working day: what fell on the rest days before it is told with it."""
        if day is None:
            return self.period
        return end_of(self.calendar.add(day, -1)), end_of(day)

    def narrowed(self) -> Iterator[Where]:
        """The filters, as conditions on a case."""
        asked = self.filters
        if asked.reach is not None:
            yield sa.or_(cases.c.authority_id.in_(asked.reach), cases.c.hall_id.in_(asked.reach))
        if asked.department:
            yield cases.c.authority_id == _org(asked.department)
        if asked.matter:
            yield cases.c.matter_key == asked.matter
        if asked.channel:
            yield cases.c.channel == asked.channel
        if asked.street:
            yield cases.c.street_id == _org(asked.street)
        if asked.step:
            yield sa.exists().where(waits(_steps), _steps.c.name == asked.step).correlate(cases)


def waits(at: sa.FromClause) -> Where:
    """Does the case wait at this task: is it open, and not held back?"""
    return sa.and_(at.c.case_id == cases.c.id, at.c.closed_at.is_(None), ~at.c.held)


def near_until(limit: Limit, at: datetime, calendar: Calendar) -> datetime:
    """Return the latest due moment that shows yellow at *at*: `deadline.light`, asked the other way round."""
    today = day_of(at)
    if limit.unit in BY_MOMENT or limit.unit is Unit.ONSPOT:
        return end_of(today)
    if limit.unit is Unit.WORKDAY:
        return _within(today, max(1, math.ceil(limit.value * NOTICE_SHARE)), calendar)
    days = math.ceil(limit.value * DAYS_IN[limit.unit] * NOTICE_SHARE)
    return max(_within(today, 1, calendar), end_of(today + timedelta(days=days)))


def _within(today: date, workdays: int, calendar: Calendar) -> datetime:
    """The last moment no more than so many working days away: just before the next one begins."""
    return _begin(calendar.add(today, workdays + 1))


def _begin(day: date) -> datetime:
    return end_of(day - timedelta(days=1))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Malformed("月份应写作“2026-11”。", code="filter.month", field="month") from error


def _org(code: str) -> sa.ScalarSelect[int]:
    return sa.select(orgs.c.id).where(orgs.c.code == code).scalar_subquery()
