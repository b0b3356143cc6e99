"""The figures (统计指标): of each its name, its definition (口径), and the one condition on the cases it counts.

A figure and its list are made from one condition, so that they cannot differ. Open cases are counted as they
stand at a moment; what is over is counted in a month. A bundle (一件事) and each of its members count as one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.domain.case import State
from engine.domain.errors import NotFound
from engine.queries.counting import GOING, RUNNING, Counting, Where
from engine.store.cases import cases, commitments


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name, its definition (口径), and which cases it counts; ``by`` is the order of its list."""

    key: str
    name: str
    definition: str
    counts: Callable[[Counting], Where]
    by: sa.Column[Any] = cases.c.promised_due_at
    tone: str = ""


def _promise_broken(look: Counting) -> Where:
    begin, end = look.period
    return sa.exists().where(
        commitments.c.case_id == cases.c.id,
        commitments.c.met_at.is_(None),
        commitments.c.due_at <= look.at,
        commitments.c.due_at > begin,
        commitments.c.due_at <= end,
    )


def _between(column: sa.Column[Any]) -> Callable[[Counting], Where]:
    def counts(look: Counting) -> Where:
        begin, end = look.span(look.filters.day)
        return sa.and_(column >= begin, column < end)

    return counts


def _due_between(look: Counting) -> Where:
    begin, end = look.span(look.filters.day)
    return sa.and_(cases.c.promised_due_at > begin, cases.c.promised_due_at <= end)


def _lapsed(look: Counting) -> Where:
    """Its promised limit ended then, and it was not decided: still running, or decided afterwards."""
    begin, _ = look.span(look.filters.day)
    late = sa.and_(cases.c.decided_at >= begin, cases.c.decided_at >= cases.c.promised_due_at)
    return sa.and_(_due_between(look), cases.c.promised_due_at <= look.at, sa.or_(GOING, late))


_decided = _between(cases.c.decided_at)


FIGURES: tuple[Figure, ...] = (
    Figure("open", "在办", "已经受理、尚未作出决定也未终止的办件，含中止计时的。", lambda _: RUNNING),
    Figure(
        "red",
        "红牌·超期",
        "在办且未中止计时、承诺时限已过的办件。",
        lambda look: sa.and_(GOING, cases.c.promised_due_at <= look.at),
        tone="red",
    ),
    Figure(
        "legal",
        "超法定时限",
        "在办且未中止计时、法定时限也已过的办件。",
        lambda look: sa.and_(GOING, cases.c.promised_due_at <= look.at, cases.c.legal_due_at <= look.at),
        tone="red",
    ),
    Figure(
        "yellow",
        "黄牌·临期",
        "在办且未中止计时、承诺时限未过，剩余不超过额度的百分之二十（至少 1 个工作日）的办件。",
        lambda look: sa.and_(GOING, cases.c.promised_due_at > look.at, look.near),
        tone="yellow",
    ),
    Figure(
        "paused",
        "挂起 / 补正中止",
        "因特别程序中止计时的在办件，和等待申请人补正的办件。",
        lambda _: sa.or_(sa.and_(RUNNING, cases.c.paused_at.is_not(None)), cases.c.state == State.CORRECTION),
        by=cases.c.received_at,
        tone="violet",
    ),
    Figure(
        "broken",
        "容缺逾期未补",
        "承诺补齐的日期在所选月份内、已过而仍未补齐的办件，含因此终止的。",
        _promise_broken,
        by=cases.c.received_at,
    ),
    Figure("decided", "办结", "在所选月份内作出决定的办件。", _decided, by=cases.c.decided_at),
    Figure(
        "in-time",
        "按时办结",
        "在所选月份内作出决定、且不晚于承诺到期日的办件。",
        lambda look: sa.and_(_decided(look), cases.c.decided_at < cases.c.promised_due_at),
        by=cases.c.decided_at,
        tone="green",
    ),
    Figure(
        "too-late",
        "超承诺办结",
        "在所选月份内作出决定、但晚于承诺到期日的办件。",
        lambda look: sa.and_(_decided(look), cases.c.decided_at >= cases.c.promised_due_at),
        by=cases.c.decided_at,
        tone="red",
    ),
    Figure(
        "accepted",
        "受理",
        "在该工作日受理的办件；休息日受理的计入下一个工作日。",
        _between(cases.c.accepted_at),
    ),
    Figure(
        "lapsed",
        "到期未办结",
        "承诺到期日在该日、到期时未作决定的办件，中止计时的除外。",
        _lapsed,
        tone="red",
    ),
    Figure(
        "due",
        "即将到期",
        "在办且未中止计时、承诺到期日在该日的办件。",
        lambda look: sa.and_(GOING, cases.c.promised_due_at > look.at, _due_between(look)),
        tone="yellow",
    ),
)
_BY_KEY = {figure.key: figure for figure in FIGURES}
#: The figures shown as tiles; the share decided in time is made of two of them.
TILES = ("open", "red", "yellow", "paused", "broken")


def figure(key: str) -> Figure:
    """Return a figure by its key. Raises `NotFound`."""
    if key not in _BY_KEY:
        raise NotFound("没有这个统计指标。", code="figure.unknown")
    return _BY_KEY[key]


def where(look: Counting, key: str) -> Where:
    """The one condition of a figure: its count and its list are both made from it."""
    return sa.and_(figure(key).counts(look), *look.narrowed())


def count(look: Counting, key: str) -> int:
    """Return how many cases a figure counts."""
    counted = sa.select(sa.func.count()).select_from(cases).where(where(look, key))
    return int(look.db.execute(counted).scalar_one())


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its number."""

    key: str
    name: str
    tone: str
    definition: str
    count: int


def tile(look: Counting, key: str) -> Tile:
    """Return a figure with its number."""
    found = figure(key)
    return Tile(found.key, found.name, found.tone, found.definition, count(look, key))
