"""Mandates (代办授权): they stand from a moment to a moment, and cover what they name (R-ACC-7)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import mandate
from engine.domain.errors import Malformed, NotYours
from engine.domain.mandate import Mandate

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
moments = st.integers(-100, 100).map(lambda hours: AT + timedelta(hours=hours))
mandates = st.builds(
    Mandate,
    st.frozensets(st.sampled_from(["food", "sign", "fire"])),
    moments,
    moments,
    st.none() | moments,
)


@given(mandates, moments)
def test_it_never_stands_outside_its_time_nor_after_it_was_taken_back(one: Mandate, at: datetime) -> None:
    if one.stands(at):
        assert one.since <= at < one.until
        assert one.revoked_at is None or at < one.revoked_at


@given(st.lists(mandates), st.sampled_from(["food", "sign"]))
def test_an_agent_acts_exactly_where_one_of_his_mandates_stands_and_covers(
    held: list[Mandate], matter: str
) -> None:
    may = any(one.stands(AT) and (not one.matters or matter in one.matters) for one in held)
    if may:
        mandate.must_hold(held, AT, matter)
        return
    with pytest.raises(NotYours) as refused:
        mandate.must_hold(held, AT, matter)
    assert refused.value.code in {"mandate.missing", "mandate.over", "mandate.scope"}


def test_a_bundle_is_covered_by_its_name_or_by_all_its_members() -> None:
    one = Mandate(frozenset({"food", "sign"}), AT, AT)
    assert one.covers("restaurant", ["food", "sign"])
    assert not one.covers("restaurant", ["food", "fire"])
    assert not one.covers("restaurant")


def test_it_ends_after_it_began() -> None:
    with pytest.raises(Malformed):
        mandate.must_end_later(AT, AT)
