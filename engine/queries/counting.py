"""One look at the cases: as of which moment, by which calendar, narrowed to what, and what is near its limit.

A look at the present reads the cases as they stand. A look back (``at`` before ``now``) reads what was known
then: the due moment from the ledger of due moments (R-CNT-7), stops from their own times.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from engine.domain.calendar import Calendar
from engine.domain.deadline import BY_MOMENT, DAYS_IN, NOTICE_SHARE, Allowance, Clock, day_of, end_of
from engine.domain.errors import Malformed
from engine.domain.limit import Limit, Unit
from engine.queries.filters import OURS, Filters
from engine.store.cases import cases, decisions, tasks
from engine.store.db import Connection
from engine.store.deadlines import deadlines, pauses
from engine.store.dues import Cause, dues
from engine.store.former import former
from engine.store.people import orgs, users

Where = sa.ColumnElement[bool]

#: The same tables under names of their own, for conditions within conditions.
_clocks, _steps, _dues, _pauses = (
    table.alias(f"its_{table.name}") for table in (deadlines, tasks, dues, pauses)
)
_same = cases.alias("the_same")
#: The promised clock of a case.
_PROMISED = sa.and_(_clocks.c.case_id == cases.c.id, _clocks.c.clock == Clock.PROMISED)
_GRANTED = (_clocks.c.limit_text, _clocks.c.extension)
#: What counts at all: a visit (体验办件) runs like any other case and is in no figure. The one home of that.
COUNTED = ~cases.c.mystery
#: How many working days are left of a former system's case when it is near; what it was allowed nobody knows.
FORMER_NEAR = 1


@dataclass
class Counting:
    """One look: as of which moment, by which calendar, narrowed to what; ``now`` is the present, if not *at*."""

    db: Connection
    calendar: Calendar
    at: datetime
    filters: Filters = field(default_factory=Filters)
    now: datetime | None = None
    span: tuple[sa.ColumnElement[datetime], sa.ColumnElement[datetime]] | None = None

    @property
    def is_back(self) -> bool:
        """Is it a look back?"""
        return self.now is not None and self.at < self.now

    @cached_property
    def today(self) -> date:
        return day_of(self.at)

    @cached_property
    def period(self) -> tuple[datetime, datetime]:
        """The month looked at: its first moment and the first of the next."""
        first = month_of(self)
        following = (first + timedelta(days=31)).replace(day=1)
        return _begin(first), _begin(following)

    def by_now(self, column: sa.ColumnElement[Any]) -> Where:
        """Had it happened? What came after the moment of a look back was not there yet."""
        return column <= self.at if self.is_back else sa.true()

    # -- how a case stood --

    def not_yet(self, column: sa.ColumnElement[Any]) -> Where:
        """Had it not happened yet?"""
        return sa.or_(column.is_(None), column > self.at) if self.is_back else column.is_(None)

    @cached_property
    def running(self) -> Where:
        """Accepted, and neither decided nor ended; each way of it is one an index knows."""
        unended = sa.and_(cases.c.decided_at.is_(None), cases.c.closed_at.is_(None))
        if not self.is_back:
            return sa.and_(unended, cases.c.accepted_at.is_not(None))
        later = sa.or_(
            sa.and_(unended, cases.c.accepted_at.is_not(None)),
            cases.c.decided_at > self.at,
            sa.and_(cases.c.decided_at.is_(None), cases.c.closed_at > self.at),
        )
        return sa.and_(cases.c.accepted_at <= self.at, later)

    @cached_property
    def stopped(self) -> Where:
        """Does its promised clock stand still? Past the announced end of a special procedure it runs (R-CNT-6)."""
        stands = sa.exists().where(_pauses.c.case_id == cases.c.id, self._stands).correlate(cases)
        return stands if self.is_back else sa.and_(cases.c.paused_at.is_not(None), stands)

    @property
    def halted(self) -> sa.Select[tuple[int]]:
        """The cases that may be stopped: every one whose promised clock a pause holds."""
        return sa.select(_pauses.c.case_id).where(self._stands)

    @property
    def _stands(self) -> Where:
        open_ = (
            sa.or_(_pauses.c.stop.is_(None), _pauses.c.stop > self.at)
            if self.is_back
            else _pauses.c.stop.is_(None)
        )
        holds = sa.or_(_pauses.c.cap.is_(None), _pauses.c.cap > self.at)
        return sa.and_(_pauses.c.clock == Clock.PROMISED, _pauses.c.start <= self.at, open_, holds)

    @cached_property
    def going(self) -> Where:
        """Running, and its clock with it."""
        return sa.and_(self.running, ~self.stopped)

    def due(self, after: Any = None, until: Any = None, clock: Clock = Clock.PROMISED) -> Where:
        """Was it, by what was known, due later than *after* and no later than *until*?"""
        if not self.is_back:
            return _between(cases.c[f"{clock}_due_at"], after, until)
        known = sa.and_(
            _dues.c.case_id == cases.c.id,
            _dues.c.clock == clock,
            self.known(_dues),
        )
        return sa.exists().where(known, _between(_dues.c.due_at, after, until)).correlate_except(_dues)

    def known(self, ledger: sa.FromClause) -> Where:
        """Is this row of the ledger what was known?"""
        return sa.and_(ledger.c.since <= self.at, sa.or_(ledger.c.until.is_(None), ledger.c.until > self.at))

    @cached_property
    def near(self) -> Where:
        """Is the promised limit nearly used up (the yellow light), for every limit cases run on?"""
        until = {granted: self._near(*granted) for granted in self._granted()}
        latest = max((moment for pair in until.values() for moment in pair), default=self.at)
        former = _within(self.today, FORMER_NEAR, self.calendar)
        fits = [self._fits(*granted, *moments) for granted, moments in until.items()]
        clocked = sa.exists().where(_PROMISED, sa.or_(sa.false(), *fits)).correlate(cases)
        return sa.and_(
            self.due(until=max(latest, former)),
            sa.or_(clocked, sa.and_(cases.c.origin != "", self.due(until=former))),
        )

    def _granted(self) -> list[tuple[str, str]]:
        """Every limit, with its extension, that a promised clock has."""
        query = sa.select(*_GRANTED).where(_clocks.c.clock == Clock.PROMISED)
        if not self.is_back:
            query = query.where(_clocks.c.settled_at.is_(None))
        return [(limit, more) for limit, more in self.db.execute(query.distinct())]

    def _near(self, limit: str, more: str) -> tuple[datetime, datetime]:
        """Until when it is near with its extension, and without."""
        granted = (Allowance.read(limit, more), Allowance.read(limit, ""))
        with_, without = (near_until(each.whole, self.at, self.calendar) for each in granted)
        return with_, without

    def _fits(self, limit: str, more: str, with_: datetime, without: datetime) -> Where:
        """Is a clock of this limit near? In a look back the extension counts from when it was granted."""
        same = sa.and_(_GRANTED[0] == limit, _GRANTED[1] == more)
        if not (self.is_back and more):
            return sa.and_(same, self.due(until=with_))
        extended = sa.exists().where(
            _dues.c.deadline_id == _clocks.c.id, _dues.c.cause == Cause.EXTENDED, _dues.c.since <= self.at
        )
        either = sa.or_(sa.and_(extended, self.due(until=with_)), sa.and_(~extended, self.due(until=without)))
        return sa.and_(same, either)

    # -- what belongs to a day, and to whom --

    @property
    def asked(self) -> tuple[Any, Any]:
        """The moments looked at, from and up to: of the day asked for, else of the month; or a `span` given as such.

        What fell on the rest days before a working day is told with it.
        """
        day = self.filters.day
        if self.span is not None:
            return self.span
        return (end_of(self.calendar.add(day, -1)), end_of(day)) if day else self.period

    def on(self, day: date) -> "Counting":
        """The same look, at one working day."""
        return replace(self, filters=replace(self.filters, day=day))

    def maybe_due(self, after: Any, until: Any) -> Where:
        """Where to look for what was due in between, by what was known or at the end."""
        due_at = cases.c.promised_due_at
        if not self.is_back:
            return sa.and_(due_at > after, due_at <= until)
        told = (_dues.c.clock == Clock.PROMISED, _dues.c.due_at > after, _dues.c.due_at <= until)
        known = sa.select(_dues.c.case_id).where(*told, self.known(_dues)).correlate_except(_dues)
        last = (
            sa.select(_same.c.id)
            .where(_between(_same.c.promised_due_at, after, until))
            .correlate_except(_same)
        )
        return cases.c.id.in_(known.union_all(last))

    def narrowed(self) -> Iterator[Where]:
        """The filters, as conditions on a case; what nobody counts is in no figure, list or export of one."""
        asked = self.filters
        yield COUNTED
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
        if asked.kind:
            yield cases.c.kind == asked.kind
        if asked.origin:
            yield cases.c.origin == ("" if asked.origin == OURS else asked.origin)
        if asked.person:
            yield self._of_person(asked.person)
        if asked.step:
            yield sa.exists().where(self.waits(_steps), _steps.c.name == asked.step).correlate(cases)

    def _of_person(self, name: str) -> Where:
        """Does he hold one of its open steps, or did he decide it, in the former system too?"""
        named = sa.select(users.c.id).where(users.c.name == name)
        holds = sa.exists().where(self.waits(_steps), _steps.c.assignee_id.in_(named)).correlate(cases)
        decided = (
            sa.exists()
            .where(decisions.c.case_id == cases.c.id, decisions.c.by_id.in_(named))
            .correlate(cases)
        )
        told = sa.exists().where(former.c.case_id == cases.c.id, former.c.person == name).correlate(cases)
        return sa.or_(sa.and_(self.running, holds), sa.and_(~self.running, decided), told)

    def waits(self, at: sa.FromClause, case_id: sa.ColumnElement[int] = cases.c.id) -> Where:
        """Does the case wait at this task: is it open, and not held back?"""
        opened = at.c.opened_at <= self.at if self.is_back else sa.true()
        return sa.and_(at.c.case_id == case_id, opened, self.not_yet(at.c.closed_at), ~at.c.held)


def _between(moment: sa.ColumnElement[datetime], after: Any, until: Any) -> Where:
    bounds = (sa.true() if after is None else moment > after, sa.true() if until is None else moment <= until)
    return sa.and_(moment.is_not(None), *bounds)


def month_of(look: Counting) -> date:
    """The first day of the month looked at."""
    return _month(look.filters.month) if look.filters.month else look.today.replace(day=1)


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
