"""The life of a case and its number."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10

from engine.domain import case as life
from engine.domain.case import (
    CONCLUDED,
    DECIDED,
    FINAL,
    NEXT,
    ON_THE_WAY,
    STATE_NAMES,
    UNACCEPTED,
    UNDECIDED,
    Channel,
    State,
)
from engine.domain.errors import NotNow

states = st.sampled_from(State)
numbers = st.builds(
    life.number,
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(Channel),
    st.integers(1, 999_999),
)


def test_every_state_has_a_name_and_says_what_may_follow() -> None:
    assert set(State) == set(STATE_NAMES) == set(NEXT)


def test_nothing_follows_a_final_state_and_something_follows_every_other() -> None:
    assert {state for state in State if not NEXT[state]} == FINAL


def test_every_state_is_before_acceptance_or_undecided_or_decided_or_final_and_only_one_of_them() -> None:
    for state in State:
        assert sum(state in group for group in (UNACCEPTED, ON_THE_WAY, UNDECIDED, DECIDED, FINAL)) == 1
    assert CONCLUDED == DECIDED | FINAL


def test_every_state_can_be_reached_from_an_application() -> None:
    reached = {State.SUBMITTED, State.RECEIVED, State.COLLECTED}
    while more := {after for state in reached for after in NEXT[state]} - reached:
        reached |= more
    assert reached == set(State) - {State.ENDED}  # only a former system knows how those ended


def test_an_end_can_be_reached_from_every_state() -> None:
    ending = set(FINAL)
    while more := {state for state in State if NEXT[state] & ending} - ending:
        ending |= more
    assert ending == set(State)


@given(states, states)
def test_a_case_moves_where_the_table_says_and_nowhere_else(old: State, new: State) -> None:
    if new in NEXT[old]:
        assert life.move(old, new) is new
        return
    with pytest.raises(NotNow) as refused:
        life.move(old, new)
    assert refused.value.code == "case.wrong-state"
    assert STATE_NAMES[old] in refused.value.message


@given(st.lists(states, max_size=12))
def test_no_walk_through_life_goes_back_before_acceptance_or_decision(wishes: list[State]) -> None:
    rank = {
        **dict.fromkeys(UNACCEPTED | ON_THE_WAY, 0),
        **dict.fromkeys(UNDECIDED, 1),
        **dict.fromkeys(DECIDED, 2),
    }
    now = State.SUBMITTED
    for wish in wishes:
        if wish in NEXT[now]:
            assert rank.get(wish, 3) >= rank.get(now, 3)
            now = wish


@given(states)
def test_what_a_state_does_not_allow_is_refused_in_its_own_words(state: State) -> None:
    if state in UNDECIDED:
        life.must_be(state, UNDECIDED, "延期")
        return
    with pytest.raises(NotNow, match=f"“{STATE_NAMES[state]}”，不能延期"):
        life.must_be(state, UNDECIDED, "延期")


def test_a_number_names_region_day_channel_and_serial() -> None:
    no = life.number("510703", date(2026, 11, 23), Channel.WINDOW, 7)
    assert no[:-1] == "510703" + "20261123" + "1" + "000007"
    assert len(no) == 22


@given(st.from_regex(r"[0-9]{21}", fullmatch=True))
def test_the_check_digit_is_iso_7064_mod_11_10(body: str) -> None:
    assert life._check_digit(body) == mod_11_10.calc_check_digit(body)


@given(numbers, st.data())
def test_the_check_digit_detects_every_single_wrong_digit(no: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(no) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != no[place]]))
    wrong = no[:place] + digit + no[place + 1 :]
    assert life._check_digit(wrong[:-1]) != wrong[-1]


def test_the_check_digit_misses_few_swaps_of_neighbours() -> None:
    """MOD 11,10 finds every wrong digit but not every swap: where it is blind is a property of the standard."""
    random = Random(11)
    asked = [f"{random.randrange(10**21):021}" for _ in range(500)]
    swaps = [(no, no[:at] + no[at + 1] + no[at] + no[at + 2 :]) for no in asked for at in range(20)]
    wrong = [(no, swapped) for no, swapped in swaps if swapped != no]
    missed = [1 for no, swapped in wrong if life._check_digit(no) == life._check_digit(swapped)]
    assert len(missed) / len(wrong) < 0.03
