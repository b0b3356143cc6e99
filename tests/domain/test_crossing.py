"""Across regions: how far apart two places are, and how far a matter may be taken in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import capability, crossing, entrustment, power
from engine.domain.capability import Level
from engine.domain.crossing import REACH_NAMES, Reach
from engine.domain.entrustment import Scope
from engine.domain.errors import NotNow
from engine.domain.power import Power

moments = st.datetimes(timezones=st.just(UTC))
codes = st.from_regex(r"[1-6][0-9]{5}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("510703", "510703", Reach.COUNTY),
        ("510703", "510704", Reach.CITY),
        ("510703", "510802", Reach.PROVINCE),
        ("510703", "520102", Reach.NATION),
        ("510703", "", Reach.COUNTY),
    ],
)
def test_how_far_apart_two_divisions_are(one: str, other: str, apart: Reach) -> None:
    assert crossing.between(one, other) is apart


@given(codes, codes)
def test_it_is_as_far_there_as_back(one: str, other: str) -> None:
    assert crossing.between(one, other) is crossing.between(other, one)


@given(codes, codes, codes)
def test_no_detour_is_shorter(one: str, two: str, three: str) -> None:
    """Divisions nest: two places are never farther apart than both are from a third."""
    assert crossing.between(one, three) <= max(crossing.between(one, two), crossing.between(two, three))


@given(codes, codes, st.sets(st.sampled_from(sorted(REACH_NAMES.values()))))
def test_a_matter_is_taken_in_exactly_within_its_scope(home: str, place: str, words: set[str]) -> None:
    """§1.2 通办范围."""
    record = {"scope": sorted(words)}
    if crossing.between(home, place) <= crossing.scope(record):
        crossing.must_reach(record, home, place, "属地大厅")
        return
    with pytest.raises(NotNow, match="属地大厅") as refused:
        crossing.must_reach(record, home, place, "属地大厅")
    assert refused.value.code == "crossing.scope"


def test_a_leg_takes_three_days_where_nothing_is_said() -> None:
    """残疾人补贴 3/10/3 found; the matter may say otherwise."""
    assert str(crossing.legs({}).transfer) == "3 workday"
    said = {"cross_region": {"push": {"value": 1, "unit": "workday"}}}
    assert (str(crossing.legs(said).transfer), str(crossing.legs(said).feedback)) == (
        "1 workday",
        "3 workday",
    )


@given(st.sampled_from(["hall", "department", "street", "community", "point", "kiosk"]))
def test_only_halls_and_departments_take_in_what_is_not_listed(kind: str) -> None:
    expected = Level.HELP if kind in capability.LISTED else Level.ACCEPT
    assert capability.usual(kind, {"level": "县级"}) is expected


@given(st.booleans(), st.none() | st.sampled_from(list(Scope)))
def test_only_what_is_ones_own_is_given_away(own: bool, held: Scope | None) -> None:  # noqa: FBT001
    """许可法 24 条: entrusted is not entrusted further; devolved is one's own."""
    may = (own and held not in {Scope.ACCEPT, Scope.IMPLEMENT}) or held is Scope.DEVOLVED
    if may:
        entrustment.must_be_own(own=own, held=held)
        return
    with pytest.raises(NotNow):
        entrustment.must_be_own(own=own, held=held)


@given(moments, moments, moments, st.sampled_from(["", "food", "film"]), st.sampled_from(list(power.Reach)))
def test_a_power_covers_its_own_time_matter_and_decision(
    since: datetime, until: datetime, at: datetime, matter: str, reach: power.Reach
) -> None:
    """§1.1 授权表(from,to,matter,scope,期限)."""
    given_ = Power("leader", 1, matter, reach, since, until)
    for outcome in ("granted", "denied", "extended"):
        covered = given_.covers("leader", 1, "food", outcome, at)
        right = matter != "film" and since <= at < until and (reach == "all" or outcome == "granted")
        assert covered is right
        assert not given_.covers("leader", 2, "food", outcome, at)
