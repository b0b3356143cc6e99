"""How near a place is (15 分钟圈、5 公里圈)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import nearness
from engine.domain.nearness import FIVE_KM, QUARTER, Point

ANYWHERE = st.builds(Point, st.floats(73, 136), st.floats(3, 53))


@given(one=ANYWHERE, other=ANYWHERE, third=ANYWHERE)
def test_a_distance_is_one(one: Point, other: Point, third: Point) -> None:
    """The same both ways, none to itself, and no way round is shorter."""
    there = nearness.metres(one, other)
    assert there == pytest.approx(nearness.metres(other, one))
    assert nearness.metres(one, one) == 0
    assert there <= nearness.metres(one, third) + nearness.metres(third, other) + 1e-3


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert nearness.metres(Point(104, 31), Point(104, 32)) == pytest.approx(111_195, abs=1)
    assert nearness.metres(Point(104, 60), Point(105, 60)) == pytest.approx(
        111_195 * math.cos(math.radians(60)), rel=1e-3
    )


@pytest.mark.parametrize(
    ("metres", "minutes"), [(0, 0), (66, 1), (67, 2), (QUARTER, 15), (1001, 16), (FIVE_KM, 75)]
)
def test_a_walker_goes_four_kilometres_an_hour(metres: float, minutes: int) -> None:
    assert nearness.minutes(metres) == minutes
