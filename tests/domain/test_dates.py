"""Due dates against a table counted by hand: every rule of time, every notice from 2012 to 2026."""

import pytest

from engine.domain import deadline
from engine.domain.clock import Clock
from engine.domain.deadline import Allowance
from engine.domain.explain import explain
from tests import dates
from tests.dates import Line

#: The rules of the rulebook that concern time; each is told by at least one line.
OF_TIME = {
    *("R-ACC-1", "R-ACC-4", "R-ACC-5"),
    *(f"R-LIM-{n}" for n in range(1, 12)),
    *(f"R-CNT-{n}" for n in range(1, 8)),
    *("R-TOL-2", "R-TOL-3", "R-TOL-4", "R-TOL-5", "R-TOL-7"),
    *("R-BUN-1", "R-BUN-2", "R-BUN-3", "R-BUN-9", "R-BUN-10"),
}


@pytest.mark.parametrize("line", dates.lines(), ids=str)
def test_it_is_due_when_a_clerk_says(line: Line) -> None:
    due = deadline.due(
        line.limit,
        line.start,
        dates.calendar(line.year),
        line.pauses,
        extension=line.extension,
        precision=line.precision,
    )
    assert line.told(due) == line.due, line.arithmetic


def test_the_explanation_says_the_same_and_shows_as_many_days() -> None:
    for line in dates.lines():
        allowance = Allowance(line.limit, line.extension, "1号", line.precision)
        told = explain(
            Clock.PROMISED, allowance, line.start, dates.calendar(line.year), line.pauses, line.start
        )
        assert line.told(told.due) == line.due
        assert [square.kind for square in told.squares].count("due") == 1
        assert {"R-CNT-7"} <= set(told.rules) or not told.provisional


def test_there_are_two_hundred_lines_each_different() -> None:
    asked = {(x.start, x.limit, x.pauses, x.extension, x.precision, x.year) for x in dates.lines()}
    assert len(asked) >= 200
    assert all(line.arithmetic for line in dates.lines())


def test_every_rule_of_time_has_its_line() -> None:
    assert {rule for line in dates.lines() for rule in line.rules} >= OF_TIME


def test_every_notice_has_its_lines() -> None:
    assert {line.start.year for line in dates.lines()} >= set(range(2012, 2027))
