"""When an incident is tried again, and whose fault a refusal is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain import incident


@given(st.integers(1, 10_000))
def test_each_pause_is_twice_the_one_before_and_none_is_longer_than_six_hours(times: int) -> None:
    one, next_ = incident.pause(times), incident.pause(times + 1)
    assert timedelta(minutes=1) <= one <= next_ == min(2 * one, timedelta(hours=6))


@pytest.mark.parametrize("code", ["budget.steps", "flow.stuck", "flow.no-way", "loop.count", "feel.over-budget",
                                  "jump.unpaired", "state.unreadable", "bundle.not-chosen"])  # fmt: skip
def test_what_the_diagram_cannot_do_is_the_diagrams_fault(code: str) -> None:
    assert incident.is_of_the_diagram(code)


@pytest.mark.parametrize("code", sorted(incident.OWN))
def test_what_somebody_asked_for_wrongly_is_his(code: str) -> None:
    assert not incident.is_of_the_diagram(code)
