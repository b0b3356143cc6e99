"""Who goes first (绿色通道): before what is as urgent, never before what is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import priority
from engine.domain.errors import Malformed
from engine.domain.priority import Special

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
SOON = AT + timedelta(days=2)
due = st.integers(-300, 300).map(lambda hours: AT + timedelta(hours=hours))
tasks = st.lists(st.tuples(due, st.booleans()))


def _bucket(due_at: datetime) -> int:
    return 0 if due_at <= AT else 1 if due_at <= SOON else 2


def _order(found: list[tuple[datetime, bool]]) -> list[tuple[datetime, bool]]:
    return sorted(found, key=lambda task: priority.place(task[0], AT, SOON, first=task[1]))


@given(tasks)
def test_nobody_goes_before_what_is_more_urgent(found: list[tuple[datetime, bool]]) -> None:
    buckets = [_bucket(due_at) for due_at, _ in _order(found)]
    assert buckets == sorted(buckets)


@given(tasks)
def test_what_is_late_keeps_its_order_whoever_it_is(found: list[tuple[datetime, bool]]) -> None:
    late = [due_at for due_at, _ in _order(found) if due_at <= AT]
    assert late == sorted(late)


@given(tasks)
def test_of_what_is_as_urgent_the_first_come_first(found: list[tuple[datetime, bool]]) -> None:
    for bucket in (1, 2):
        firsts = [first for due_at, first in _order(found) if _bucket(due_at) == bucket]
        assert firsts == sorted(firsts, reverse=True)


def test_only_the_six_groups_have_the_right_of_way() -> None:
    assert priority.groups(["young", "old", "old"]) == (Special.OLD, Special.YOUNG)
    with pytest.raises(Malformed) as refused:
        priority.groups(["rich"])
    assert refused.value.code == "special.unknown"
