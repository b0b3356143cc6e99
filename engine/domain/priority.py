"""Who goes first (绿色通道): the old, weak, sick, disabled, expecting and young; never before what is late.

Which group somebody belongs to is sensitive personal data: lists say that he goes first, never why.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from engine.domain.calendar import Calendar
from engine.domain.day import ONE_DAY
from engine.domain.errors import Malformed
from engine.domain.pause import day_of, end_of


class Special(StrEnum):
    """The groups with a right of way (老、弱、病、残、孕、幼)."""

    OLD = "old"
    WEAK = "weak"
    SICK = "sick"
    DISABLED = "disabled"
    EXPECTING = "expecting"
    YOUNG = "young"


SPECIAL_NAMES: dict[Special, str] = {
    Special.OLD: "老",
    Special.WEAK: "弱",
    Special.SICK: "病",
    Special.DISABLED: "残",
    Special.EXPECTING: "孕",
    Special.YOUNG: "幼",
}


def groups(words: Iterable[str]) -> tuple[Special, ...]:
    """Return the groups named, in their order. Raises `Malformed` for a word that names none."""
    named = set(words)
    if unknown := named - set(Special):
        raise Malformed(
            f"没有这种特殊群体：{'、'.join(sorted(unknown))}。", code="special.unknown", field="groups"
        )
    return tuple(group for group in Special if group in named)


def soon(at: datetime, calendar: Calendar) -> datetime:
    """The moment up to which what falls due is soon: the end of the next working day."""
    return end_of(calendar.add(day_of(at), 2) - ONE_DAY)


def place(due_at: datetime, at: datetime, soon: datetime, *, first: bool) -> datetime:
    """Where a task stands in the order of work: by when it is due; who goes first leads what is as urgent.

    What is late keeps its order, so nobody goes before an overdue legal limit; of what is due soon, and of what
    is due later, those who go first come first.
    """
    if not first or due_at <= at:
        return due_at
    return at if due_at <= soon else soon
