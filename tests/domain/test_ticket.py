"""Tickets: which ends are followed up, within what a wrong one goes back, what gathers (rulebook §1.5, §7)."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import ticket
from engine.domain.case import DECIDED, UNACCEPTED, UNDECIDED, State
from engine.domain.errors import Incomplete, NotNow
from engine.domain.limit import Limit
from engine.domain.pause import BEIJING
from engine.domain.ticket import MANY, Cause, Kind, Terms
from tests.domain.test_deadline import calendar

NOON = datetime(2026, 11, 23, 12, tzinfo=BEIJING)


@given(state=st.sampled_from(State), member=st.booleans())
def test_only_what_came_to_nothing_is_followed_up(*, state: State, member: bool) -> None:
    """未办成事: 不予受理、不予许可、退件、撤回; what a bundle gives up it gives up once."""
    followed = ticket.is_followed(state, member=member)
    if state in UNACCEPTED | UNDECIDED | (DECIDED - {State.DENIED}) | {State.DELIVERED, State.NOT_REQUIRED}:
        assert not followed
    if followed and member:
        assert ticket.is_followed(state, member=False)


@given(st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_wrong_one_goes_back_within_twenty_four_hours_of_the_clock(later: timedelta) -> None:
    try:
        ticket.must_still_go_back(NOON, NOON + later, Terms.read({}), calendar())
    except NotNow:
        assert later >= timedelta(hours=24)
    else:
        assert later < timedelta(hours=24)


@given(st.lists(st.tuples(st.sampled_from([str(c) for c in Cause]), st.sampled_from("ab")), max_size=40))
def test_what_gathers_is_just_what_occurs_often_the_most_first(found: list[tuple[str, str]]) -> None:
    """集中性问题."""
    told = ticket.gathered(found)
    assert dict(told) == {each: n for each, n in Counter(found).items() if n >= MANY}
    assert [n for _, n in told] == sorted((n for _, n in told), reverse=True)


@pytest.mark.parametrize("kind", Kind)
def test_all_but_a_question_say_why(kind: Kind) -> None:
    ticket.must_name_cause(kind, Cause.SLOW)
    if kind is Kind.CONSULT:
        ticket.must_name_cause(kind, None)
        return
    with pytest.raises(Incomplete) as refusal:
        ticket.must_name_cause(kind, None)
    assert refusal.value.field == "cause"


def test_five_and_five_working_days_where_the_region_says_nothing_else() -> None:
    terms = Terms.read({})
    assert (terms.answer, terms.more) == (Limit.parse("5 workday"), Limit.parse("5 workday"))
    own = Terms.read(
        {"ticket": {"answer": {"value": 3, "unit": "workday"}}, "follow_up": {"value": 2, "unit": "workday"}}
    )
    assert (own.answer, own.follow_up) == (Limit.parse("3 workday"), Limit.parse("2 workday"))
