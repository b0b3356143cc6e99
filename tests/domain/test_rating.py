"""Ratings: when one is invited, when it may be changed, and how a bad one comes to its end (rulebook §7)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import rating
from engine.domain.case import CONCLUDED, State
from engine.domain.clock import Clock
from engine.domain.errors import Malformed, NotNow, NotYours
from engine.domain.limit import Limit
from engine.domain.pause import BEIJING
from engine.domain.rating import DIMENSIONS, LEVEL_NAMES, OVER, Level, Occasion, Step, Terms

NOON = datetime(2026, 11, 23, 12, tzinfo=BEIJING)
LEVELS = st.sampled_from(list(Level))


def test_the_last_two_of_five_levels_are_bad() -> None:
    assert [LEVEL_NAMES[level] for level in Level if rating.is_bad(level)] == ["不满意", "非常不满意"]
    assert len(Level) == 5


@given(state=st.sampled_from(State), at_window=st.booleans())
def test_a_matter_is_rated_once_it_came_to_something_and_a_visit_where_there_was_one(
    *, state: State, at_window: bool
) -> None:
    """R-EV-3, 一事一评、一次一评."""
    assert rating.is_invited(Occasion.MATTER, state, at_window=at_window) == (state in CONCLUDED)
    assert rating.is_invited(Occasion.INTAKE, state, at_window=at_window) == at_window
    assert rating.is_invited(Occasion.HANDOUT, state, at_window=at_window) == (state is State.DELIVERED)


@pytest.mark.parametrize("occasion", Occasion)
def test_each_place_has_its_own_dimensions(occasion: Occasion) -> None:
    rating.must_fit(occasion, dict.fromkeys(DIMENSIONS[occasion], 3))
    with pytest.raises(Malformed) as refusal:
        rating.must_fit(occasion, {"weather": 5})
    assert refusal.value.code == "rating.dimension"


@given(st.timedeltas(timedelta(0), timedelta(days=3)), st.sampled_from([None, *Step]))
def test_it_may_be_changed_within_a_day_until_somebody_looks_into_it(
    later: timedelta, step: Step | None
) -> None:
    allowed = later < timedelta(hours=24) and step in {None, Step.VERIFY}
    try:
        rating.must_be_changeable(NOON, NOON + later, step)
    except NotNow:
        assert not allowed
    else:
        assert allowed


@given(
    named=st.booleans(),
    reached=st.lists(st.booleans(), min_size=3, max_size=8),
    levels=st.lists(st.none() | LEVELS, min_size=2),
)
def test_whatever_is_answered_the_loop_ends_and_skips_nothing(
    *, named: bool, reached: list[bool], levels: list[Level | None]
) -> None:
    """核实 → 整改 → 回访 → 测评: no bad rating is closed unseen, none is asked for ever."""
    step, walked, calls, again = rating.verified(), [Step.VERIFY], 0, False
    answers, surveys = iter(reached * 3), iter(levels)
    while step not in OVER:
        walked.append(step)
        if step is Step.RECTIFY:
            step = rating.rectified(named=named)
        elif step is Step.CALL:
            calls += 1
            step = rating.called(calls, reached=next(answers))
        else:
            step, again = rating.surveyed(next(surveys), again=again), True
        assert len(walked) < 20
    needed = {Step.VERIFY, Step.RECTIFY, Step.SURVEY} | ({Step.CALL} if named else set())
    assert set(walked) == needed
    assert walked.count(Step.RECTIFY) <= 2


def test_nobody_reviews_his_own_work_or_his_own_appeal() -> None:
    """R-EV-2."""
    for refuse in (lambda: rating.must_not_be_his(handled=True), lambda: rating.must_be_another(3, 3)):
        with pytest.raises(NotYours):
            refuse()
    rating.must_be_another(3, 4)


def test_a_region_may_ask_for_less_time() -> None:
    """德州: five working days; what it does not say is common practice."""
    terms = Terms.read({"rating": {"rectify": {"value": 5, "unit": "workday"}}})
    assert (terms.rectify, terms.contact) == (Limit.parse("5 workday"), Limit.parse("1 workday"))
    assert Terms.read({}).rectify == Limit.parse("15 workday")


@given(st.integers(1), st.sampled_from(Clock))
def test_the_clocks_of_a_rating_are_told_from_all_others_by_their_keys(n: int, clock: Clock) -> None:
    """R-EV-1: a commitment's own rectification is told to everybody."""
    assert all(rating.is_hushed(each, key) for key in rating.keys(n) for each in rating.HUSHED)
    assert not rating.is_hushed(clock, "commitment")
    assert len(set(rating.keys(n))) == 3
