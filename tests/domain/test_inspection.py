"""Who may look at a place, who may go together, and what a look leads to (R-LIM-6, 多勘合一)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import inspection
from engine.domain.errors import Incomplete, Malformed, NotNow, Refused
from engine.domain.inspection import Mode, Officer, Result, Visit

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
OUR, OTHER = 7, 8
people = st.builds(
    Officer,
    id=st.integers(1, 4),
    name=st.sampled_from(["甲", "乙", "王小满"]),
    orgs=st.sampled_from([frozenset({OUR}), frozenset({OTHER}), frozenset({OUR, OTHER})]),
)


@given(st.lists(people, max_size=4))
def test_who_goes_is_two_or_more_of_ours_each_once_and_nobodys_own(chosen: list[Officer]) -> None:
    """R-LIM-6: accepted exactly where nothing is wrong."""
    sound = (
        len({each.id for each in chosen}) == len(chosen) >= inspection.FEWEST
        and all(OUR in each.orgs for each in chosen)
        and all(each.name != "王小满" for each in chosen)
    )
    try:
        inspection.must_be_enough(chosen, OUR, "市监局", {"王小满"})
    except Refused:
        assert not sound
    else:
        assert sound


@given(
    st.sets(st.sampled_from("abcd")),
    st.sets(st.sampled_from("abcd")),
    st.sets(st.sampled_from("abcd"), min_size=1),
)
def test_only_what_is_listed_and_waits_goes_together(
    listed: set[str], due: set[str], asked: set[str]
) -> None:
    """多勘合一: one alone needs no list."""
    may = asked <= due and (len(asked) == 1 or asked <= listed)
    try:
        inspection.must_be_joined(listed, {each: each for each in due}, asked, {})
    except (Malformed, NotNow):
        assert not may
    else:
        assert may


@given(st.lists(st.tuples(st.sampled_from([None, True, False]), st.sampled_from(["", *Result]))))
def test_an_appointment_is_over_when_nobody_is_waited_for(parts: list[tuple[bool | None, str]]) -> None:
    assert inspection.is_over(parts) == (not [p for p in parts if p[0] is not False and not p[1]])


@pytest.mark.parametrize(
    ("result", "outcomes", "found"),
    [
        (Result.PASS, ("pass", "fail"), "pass"),
        (Result.FAIL, ("pass", "fail"), "fail"),
        (Result.REMEDY, ("pass", "fail"), None),
        (Result.REMEDY, ("pass", "remedy"), "remedy"),
        (Result.FAIL, (), "fail"),
    ],
)
def test_what_a_result_ends_the_step_with(
    result: Result, outcomes: tuple[str, ...], found: str | None
) -> None:
    assert inspection.outcome(result, outcomes, "地面未硬化") == found


def test_what_is_adverse_has_its_facts_and_an_end_the_step_knows() -> None:
    with pytest.raises(Incomplete):
        inspection.outcome(Result.FAIL, ("pass", "fail"), " ")
    with pytest.raises(Malformed):
        inspection.outcome(Result.FAIL, ("done",), "地面未硬化")


@pytest.mark.parametrize(
    ("visit", "field"),
    [
        (Visit(NOW, "和兴街 1 号"), "at"),
        (Visit(datetime(2026, 11, 24, tzinfo=UTC), " "), "place"),
        (Visit(datetime(2026, 11, 24, tzinfo=UTC), "后厨", Mode.REMOTE), "link"),
        (Visit(datetime(2026, 11, 24, tzinfo=UTC), "后厨", Mode.ONSITE, "javascript:1"), "link"),
    ],
)
def test_an_appointment_is_ahead_and_somewhere(visit: Visit, field: str) -> None:
    with pytest.raises(Refused) as refused:
        visit.must_be_sound(NOW)
    assert refused.value.field == field
