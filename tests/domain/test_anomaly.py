"""What is out of the ordinary: robust scores and overtaking, against plain reckoning (rulebook §1.5)."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engine.domain import anomaly
from engine.domain.anomaly import FEWEST, OVERTAKEN, Rule, Span
from engine.domain.pause import BEIJING, day_of

START = datetime(2026, 11, 2, 9, tzinfo=BEIJING)


@st.composite
def queues(draw: st.DrawFn) -> list[Span]:
    hours = st.integers(0, 24 * 20)
    found = []
    for n in range(draw(st.integers(0, 14))):
        accepted = START + timedelta(hours=draw(hours))
        took = draw(st.none() | st.integers(0, 24 * 20))
        found.append(Span(n, accepted, None if took is None else accepted + timedelta(hours=took)))
    return found


@given(queues())
def test_overtaking_is_what_plain_counting_says(spans: list[Span]) -> None:
    """Whoever was accepted on an earlier day and still waited when this one was decided."""
    told = {}
    for one in spans:
        if one.decided is None:
            continue
        passed = [
            other
            for other in spans
            if day_of(other.accepted) < day_of(one.accepted)
            and (other.decided is None or (other.decided, other.id) > (one.decided, one.id))
        ]
        if len(passed) >= OVERTAKEN:
            told[one.id] = len(passed)
    assert anomaly.overtaking(spans) == told


@given(st.lists(st.integers(0, 10_000), max_size=FEWEST - 1))
def test_of_few_nobody_can_tell(values: list[int]) -> None:
    assert anomaly.scores(values) == [0.0] * len(values)


@given(st.lists(st.integers(900, 1100), min_size=20, max_size=40))
def test_one_far_below_the_others_is_seen_whatever_they_are(values: list[int]) -> None:
    """The others must differ at all: where most are alike there is no measure of far."""
    scores = anomaly.scores([*values, 1])
    if any(scores):
        assert anomaly.outlier(min(scores)) in {Rule.FAST, None}
        assert scores[-1] == min(scores)


def test_the_same_for_all_is_nothing_out_of_the_ordinary() -> None:
    assert {anomaly.outlier(score) for score in anomaly.scores([60] * 30)} == {None}
