"""A committee's ballots, counted exactly (决策委员会)."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.domain import vote
from engine.domain.errors import Malformed, NotNow
from engine.domain.vote import Choice, Outcome, Rules

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
shares = st.builds(lambda a, b: Fraction(min(a, b), max(a, b)), st.integers(1, 9), st.integers(1, 9))
rules = st.builds(Rules, quorum=shares, share=shares, more=st.booleans(), abstain_counts=st.booleans())
ballots = st.lists(st.sampled_from(Choice), max_size=12)


@given(ballots.flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))), rules)
def test_the_order_of_the_ballots_does_not_matter(two: tuple[list[Choice], list[Choice]], by: Rules) -> None:
    one, other = (vote.outcome(vote.count(each), by) for each in two)
    assert one is other


@given(ballots, rules, st.integers(0, 5))
def test_who_is_recused_never_counts(given_: list[Choice], by: Rules, more: int) -> None:
    """回避: neither among those who should come, nor among those who did."""
    with_them = vote.count([*given_, *[Choice.RECUSED] * more])
    assert vote.outcome(with_them, by) is vote.outcome(vote.count(given_), by)


@given(ballots, rules)
def test_nothing_is_decided_without_a_quorum(given_: list[Choice], by: Rules) -> None:
    """法定人数, in whole numbers."""
    tally = vote.count(given_)
    enough = (
        tally.members > 0 and tally.present * by.quorum.denominator >= by.quorum.numerator * tally.members
    )
    assert (vote.outcome(tally, by) is not Outcome.INQUORATE) == enough


@given(ballots, rules)
def test_abstentions_count_as_the_rules_say(given_: list[Choice], by: Rules) -> None:
    tally = vote.count(given_)
    assume(vote.outcome(tally, by) is not Outcome.INQUORATE)
    base = tally.agree + tally.oppose + tally.abstain * by.abstain_counts
    excess = tally.agree * by.share.denominator - by.share.numerator * base
    adopted = base > 0 and (excess > 0 if by.more else excess >= 0)
    assert vote.outcome(tally, by) is (Outcome.ADOPTED if adopted else Outcome.REJECTED)


@given(ballots, rules)
def test_one_more_who_agrees_never_turns_it_down(given_: list[Choice], by: Rules) -> None:
    before, after = (vote.outcome(vote.count(each), by) for each in (given_, [*given_, Choice.AGREE]))
    assert not (before is Outcome.ADOPTED and after is not Outcome.ADOPTED)


def test_the_rules_are_read_as_a_diagram_writes_them() -> None:
    by = Rules.parse("quorum=2/3;agree>1/2;abstain=ignored")
    assert by == Rules(Fraction(2, 3), Fraction(1, 2), more=True, abstain_counts=False)
    assert Rules.parse("quorum=1/1; agree>=2/3").abstain_counts
    assert by.words() == "应到委员的 2/3 以上到会；超过投票委员（弃权不计）的 1/2 同意的通过"


@pytest.mark.parametrize(
    "text",
    ["", "quorum=2/3", "quorum=3/2;agree>1/2", "quorum=1/2;agree>1/1", "quorum=2/0;agree>1/2", "agree>1/2"],
)
def test_rules_nobody_can_keep_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Rules.parse(text)


def test_it_is_over_when_all_have_voted_or_the_time_has() -> None:
    by, later = Rules.parse("quorum=2/3;agree>1/2"), datetime(2026, 11, 24, 1, tzinfo=UTC)
    two = vote.count([Choice.AGREE, Choice.AGREE, Choice.NONE])
    with pytest.raises(NotNow):
        vote.must_be_over(two, by, later, NOW)
    assert vote.must_be_over(two, by, later, later) is Outcome.ADOPTED
