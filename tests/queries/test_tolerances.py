"""Tolerance and correction in figures (R-TOL-8, rulebook §1.1): each number equals its list; late is not kept."""

from datetime import date

import pytest

from engine import worker
from engine.domain.tolerance import Advice
from engine.office import Office
from engine.queries import tolerances
from engine.queries.filters import Filters
from engine.services import applicant, desk
from tests import builders
from tests.builders import do
from tests.conftest import Watch
from tests.people import Staff
from tests.queries.test_statistics import counting, listed, moment

FOOD, RULES = "food_operation_new", "food-safety-rules"


def _tolerated(office: Office, staff: Staff) -> str:
    no = builders.apply(office, staff, FOOD, lacking=(RULES,))
    do(office, staff["lin"], desk.tolerate, no, [RULES], None, consent=True)
    return no


@pytest.fixture
def month(office: Office, staff: Staff, watch: Watch) -> dict[str, str]:
    """November: one promise kept, one broken, one that came too late; one asked to mend twice."""
    watch.set("2026-11-09 09:00")
    found = {name: _tolerated(office, staff) for name in ("kept", "broken", "late")}
    found["again"] = builders.apply(office, staff, FOOD, lacking=("floor-plan",))
    do(office, staff["he"], desk.correct, found["again"], {})
    builders.bring(office, found["again"], "floor-plan")
    do(office, staff["he"], desk.correct, found["again"], {"floor-plan": "看不清"}, "原件与复印件不符")
    watch.set("2026-11-11 09:00")
    builders.bring(office, found["kept"], RULES)
    watch.set("2026-11-18 09:00")
    _bring_late(office, found["late"])
    watch.set("2026-11-23 10:00")
    worker.drain(office)
    return found


def _bring_late(office: Office, no: str) -> None:
    """It came on the day after, before the worker had looked: the promise was not yet broken."""
    builders.bring(office, no, RULES)


def test_each_figure_tells_its_cases(office: Office, month: dict[str, str]) -> None:
    """R-TOL-8: 容缺件数, 按期补齐, 逾期未补; and what came too late is not in time."""
    with office.look() as look:
        found = {key: {*listed(look, key, Filters())} for key in tolerances.KEYS}
    promised = {month[name] for name in ("kept", "broken", "late")}
    assert (found["tolerated"], found["promise-due"]) == (promised, promised)
    assert found["promise-kept"] == {month["kept"]}
    assert found["promise-late"] == {month["late"]}
    assert (found["broken"], found["again"]) == ({month["broken"]}, {month["again"]})


@pytest.mark.parametrize("by", tolerances.GROUPED)
def test_every_number_equals_its_list(office: Office, month: dict[str, str], by: str) -> None:
    with office.look() as look:
        lines = tolerances.table(counting(look), by)
        assert any(line.counts["again"] for line in lines)
        for line in lines:
            asked = Filters(**{line.filter: line.key})
            for key, number in line.counts.items():
                assert number is None or number == len(listed(look, key, asked))


def test_the_whole_equals_its_lists_and_the_share_is_of_what_was_due(
    office: Office, month: dict[str, str]
) -> None:
    with office.look() as look:
        total = tolerances.total(counting(look))
        assert all(n == len(listed(look, key, Filters())) for key, n in total.counts.items())
    assert total.rate == pytest.approx(1 / 3)


def test_a_promise_of_a_look_back_was_not_yet_kept(office: Office, month: dict[str, str]) -> None:
    """As of the 10th nothing was due; as of the 17th one had come in time and two were missing."""
    with office.look() as look:
        early, later = (
            tolerances.total(counting(look, at=moment(day)))
            for day in ("2026-11-10 12:00", "2026-11-17 12:00")
        )
    assert (early.counts["tolerated"], early.counts["promise-due"]) == (3, 0)
    counts = later.counts
    assert (counts["promise-due"], counts["promise-kept"], counts["promise-late"], counts["broken"]) == (
        3,
        1,
        0,
        2,
    )


def test_who_asked_again_is_named(office: Office, staff: Staff, month: dict[str, str]) -> None:
    """Rulebook §1.1: 一次性告知; the second notice counts with whoever issued it."""
    with office.look() as look:
        (line,) = tolerances.table(counting(look), "person")
    assert (line.name, line.counts["again"], line.counts["tolerated"]) == ("何主任", 1, None)


def test_what_is_missing_most_is_told_with_its_list(office: Office, month: dict[str, str]) -> None:
    """R-TOL-8: 按材料的缺失频次, and what follows from it."""
    with office.look() as look:
        rows = tolerances.missing(counting(look))
        for row in rows:
            assert row.cases == len(listed(look, "missing", Filters(material=row.code)))
    first, second = rows
    assert (first.code, first.cases, first.promised, first.asked, first.applied) == (RULES, 3, 3, 0, 4)
    assert (second.code, second.asked, second.advice) == ("floor-plan", 1, Advice.DROP)


def test_nothing_is_told_of_a_quiet_month(office: Office) -> None:
    with office.look() as look:
        quiet = counting(look, Filters(month="2026-01"))
        assert (tolerances.table(quiet, "matter"), tolerances.missing(quiet)) == ([], [])
        assert tolerances.total(quiet).rate is None


def test_it_counts_when_it_reached_the_department(office: Office, staff: Staff, watch: Watch) -> None:
    """R-TOL-4: 以送达部门的时间为准: entered late, but it was there in time."""
    watch.set("2026-11-09 09:00")
    no = _tolerated(office, staff)
    watch.set("2026-11-16 23:00")
    handed = builders.Handed(RULES, builders.Standing.RECEIVED)
    do(office, staff["lin"], applicant.supplement, no, [handed], reached=date(2026, 11, 13))
    watch.set("2026-11-23 10:00")
    with office.look() as look:
        assert listed(look, "promise-kept", Filters()) == [no]
