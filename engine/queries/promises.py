"""Which cases promised materials (容缺) and how that ended, and which were asked to mend twice (多次补正): conditions.

Each is a condition on a case, in the month looked at and as of its moment (R-TOL-8, rulebook §1.1).
"""

from typing import Any

import sqlalchemy as sa

from engine.queries.counting import Counting, Where
from engine.store.cases import cases, commitments, corrections
from engine.store.people import users


def _in(look: Counting, column: sa.Column[Any]) -> Where:
    begin, end = look.asked
    return sa.and_(column >= begin, column < end, look.by_now(column))


def made(look: Counting) -> Where:
    """Was something promised in the month?"""
    return cases.c.id.in_(sa.select(commitments.c.case_id).where(_in(look, commitments.c.made_at)))


def _fell_due(look: Counting) -> Where:
    """The day of the promise is in the month, and past."""
    begin, end = look.asked
    due_at = commitments.c.due_at
    return sa.and_(due_at > begin, due_at <= end, due_at <= look.at)


def fell_due(look: Counting) -> Where:
    """Was something to be brought in the month, by a day that is past?"""
    return cases.c.id.in_(sa.select(commitments.c.case_id).where(_fell_due(look)))


def _with(look: Counting, *which: Where) -> sa.ColumnElement[bool]:
    found = sa.select(commitments.c.case_id).where(_fell_due(look), *which)
    return cases.c.id.in_(found)


def _met(look: Counting) -> Where:
    met_at = commitments.c.met_at
    return sa.and_(met_at.is_not(None), look.by_now(met_at))


def kept(look: Counting) -> Where:
    """Of what was to be brought: came everything in time?"""
    in_time = sa.and_(_met(look), commitments.c.met_at < commitments.c.due_at)
    return ~_with(look, ~in_time)


def late(look: Counting) -> Where:
    """Of what was to be brought: is everything there by now, but something came too late?"""
    return sa.and_(~_with(look, ~_met(look)), _with(look, commitments.c.met_at >= commitments.c.due_at))


def asked_again(look: Counting) -> Where:
    """Was a second or further notice to mend issued in the month; by whom, where that is asked?"""
    found = sa.select(corrections.c.case_id).where(corrections.c.no > 1, _in(look, corrections.c.asked_at))
    if look.filters.clerk:
        named = sa.select(users.c.id).where(users.c.name == look.filters.clerk)
        found = found.where(corrections.c.asked_by.in_(named))
    return cases.c.id.in_(found)


def lacking(look: Counting) -> Where:
    """Was a material missing, so that it was promised or asked for in the month; which, where that is asked?"""
    promised = sa.select(commitments.c.case_id).where(_in(look, commitments.c.made_at))
    asked = sa.select(corrections.c.case_id).where(_in(look, corrections.c.asked_at))
    code = look.filters.material
    if code:
        promised = promised.where(commitments.c.code == code)
        asked = asked.where(sa.cast(corrections.c["items"], sa.Text).contains(f'"{code}"', autoescape=True))
    return cases.c.id.in_(promised.union_all(asked))


def promised_codes(look: Counting) -> sa.Select[Any]:
    """What was promised in the month, by whom."""
    query = sa.select(commitments.c.code, commitments.c.case_id).join(
        cases, cases.c.id == commitments.c.case_id
    )
    return query.where(_in(look, commitments.c.made_at), *look.narrowed())


def asked_items(look: Counting) -> sa.Select[Any]:
    """What notices to mend of the month name, of whom."""
    query = sa.select(corrections.c["items"], corrections.c.case_id).join(
        cases, cases.c.id == corrections.c.case_id
    )
    return query.where(_in(look, corrections.c.asked_at), *look.narrowed())


def clerks(look: Counting) -> sa.Select[Any]:
    """Who issued a second notice in the month."""
    query = (
        sa.select(users.c.name)
        .join(corrections, corrections.c.asked_by == users.c.id)
        .join(cases, cases.c.id == corrections.c.case_id)
    )
    return query.where(corrections.c.no > 1, _in(look, corrections.c.asked_at), *look.narrowed()).distinct()
